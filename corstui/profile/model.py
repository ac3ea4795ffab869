"""What a profile says: as written (specs, with templates), and as one environment has it (nothing left to replace)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from corstui.fetch.cookies import Cookie
from corstui.fetch.methods import normalize
from corstui.profile.expectations import ByOrigin, Expectation
from corstui.profile.kinds import Entry, Values
from corstui.profile.problems import Location
from corstui.profile.requests import Header
from corstui.profile.secrets import Masker, is_secret_name
from corstui.profile.variables import Template

#: Methods that leave a server as it was (RFC 9110, section 9.2.1), as far as script can send them.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

BodyKind = Literal["body", "json", "form"]

#: The plain choices of a request with their values where nothing is said.
OPTIONS: Mapping[str, Any] = {
    "mode": "cors",
    "credentials": "same-origin",
    "redirect": "follow",
    "cache": "default",
    "referrer_policy": "",
    "keepalive": False,
    "upload_listener": False,
    "crossorigin": None,
    "initiator": "fetch",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How runs are done. ``timeout``: seconds; ``rate``: requests per second; None does not limit."""

    engine: str = "chromium"
    timeout: float = 10.0
    concurrency: int = 32
    per_host: int = 6
    rate: float | None = None
    budget: int | None = None
    controls: bool = True


@dataclass(frozen=True, slots=True)
class Tls:
    """``ca``, ``cert`` and ``key`` are paths; ``ca`` None means the system's authorities."""

    verify: bool = True
    ca: str | None = None
    cert: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """What is known of an environment before its variables are looked up."""

    name: str
    writes: bool
    confirm: bool
    location: Location


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """One environment as one profile writes it. ``options``: writes, confirm, cookies, resolve, proxy, tls.

    The value of an entry in ``origins`` is a template, or None where the environment takes the origin out.
    """

    name: str
    location: Location
    variables: Mapping[str, Template]
    origins: Mapping[str, Entry]
    options: Values


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """One endpoint with its defaults merged. ``options``: mode, credentials and the other plain choices by name.

    ``expect``: what each level says, nearest first.
    """

    name: str
    group: str | None
    location: Location = field(compare=False)
    method: str
    url: Template
    base: Template | None
    headers: tuple[Header, ...]
    body_kind: BodyKind | None
    body: Any
    options: Mapping[str, Any]
    expect: tuple[ByOrigin, ...]
    origins: tuple[str, ...] | None
    send: Literal["auto", "never"] | frozenset[str]
    timeout: float | None
    repeat: int
    tags: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True)
class Part:
    """One profile with all that it includes. ``settings`` keep their places for messages."""

    name: str
    path: str
    files: tuple[str, ...]
    environments: Mapping[str, EnvironmentSpec]
    origins: Mapping[str, Template]
    endpoints: tuple[EndpointSpec, ...]
    settings: Mapping[str, tuple[Any, Location]]

    @property
    def known_variables(self) -> frozenset[str]:
        """The variables of all its environments."""
        return frozenset(name for environment in self.environments.values() for name in environment.variables)

    @property
    def timeout(self) -> float | None:
        """Seconds for a flow, by this profile's own settings."""
        value, _ = self.settings.get("timeout", (None, None))
        return value


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A named request as one environment has it.

    ``headers`` include the content type of the body. ``origins`` None means every origin. ``timeout``: seconds, None
    for that of the settings. ``uses_secret``: the URL, a header or the body holds a secret.
    """

    name: str
    group: str | None
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    mode: str
    credentials: str
    redirect: str
    cache: str
    referrer_policy: str
    keepalive: bool
    upload_listener: bool
    crossorigin: str | None
    initiator: str
    origins: frozenset[str] | None
    repeat: int
    send: Literal["auto", "never"] | frozenset[str]
    timeout: float | None
    tags: tuple[str, ...]
    notes: str
    uses_secret: bool
    expectations: Mapping[str, Expectation] = field(hash=False)
    """By origin, for this environment."""
    location: Location = field(compare=False)

    def expectation_for(self, origin: str) -> Expectation | None:
        """What is expected when the page of this name calls; None where nothing is."""
        return self.expectations.get(origin)


def may_send(method: str, send: Literal["auto", "never"] | frozenset[str], environment: str, *, writes: bool) -> bool:
    """Whether a request may leave: ``never`` holds all; GET, HEAD and OPTIONS go; others need a grant.

    A grant is ``writes: true`` of the environment, or the environment's name in the endpoint's ``send``, which then
    stands for the environment's own word.
    """
    if send == "never":
        return False
    if normalize(method) in SAFE_METHODS:
        return True
    return writes if send == "auto" else environment in send


@dataclass(frozen=True)
class Deployment:
    """One environment with every variable replaced.

    ``proxy``: a URL, ``none``, or None for what the process environment names. ``named_origins``: serialised origins
    that the profile names in endpoint URLs and pages; a secret may go only there.
    """

    name: str
    writes: bool
    confirm: bool
    cookies: tuple[Cookie, ...]
    resolve: Mapping[str, str] = field(hash=False)
    proxy: str | None
    tls: Tls
    origins: Mapping[str, str] = field(hash=False)
    endpoints: tuple[Endpoint, ...]
    secrets: frozenset[str] = field(repr=False)
    named_origins: frozenset[str]

    @cached_property
    def masker(self) -> Masker:
        """Hides this environment's secrets."""
        return Masker(self.secrets)

    def mask(self, text: str) -> str:
        """``text`` without this environment's secrets."""
        return self.masker.mask(text)

    @staticmethod
    def is_secret_name(name: str) -> bool:
        """Whether a header of this name is masked whatever it holds."""
        return is_secret_name(name)
