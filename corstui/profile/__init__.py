"""Profiles: what is called from where, in which environments, and what is expected."""

from __future__ import annotations

from corstui.profile.expectations import Expectation
from corstui.profile.model import Deployment, Endpoint, Environment, Settings, Tls
from corstui.profile.problems import Location, Problem, ProfileError
from corstui.profile.profile import Profile, load_profile
from corstui.profile.schema import schema
from corstui.profile.secrets import Masker

__all__ = [
    "Deployment",
    "Endpoint",
    "Environment",
    "Expectation",
    "Location",
    "Masker",
    "Problem",
    "Profile",
    "ProfileError",
    "Settings",
    "Tls",
    "load_profile",
    "schema",
]
