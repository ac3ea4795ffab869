"""What the package exports."""

from __future__ import annotations

import dataclasses

import pytest

import corstui
from corstui import profile
from corstui.profile import Deployment, Endpoint, Environment, Profile, Settings, load_profile


def test_names_are_sorted_and_there() -> None:
    assert profile.__all__ == sorted(profile.__all__)
    assert all(hasattr(profile, name) for name in profile.__all__)
    assert corstui.load_profile is load_profile


@pytest.mark.parametrize("model", [Deployment, Endpoint, Environment, Profile, Settings])
def test_what_is_loaded_does_not_change(model: type) -> None:
    parameters = getattr(model, "__dataclass_params__")  # noqa: B009 - typed stubs do not know it

    assert parameters.frozen
    assert dataclasses.fields(model)
