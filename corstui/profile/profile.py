"""A loaded profile, possibly of several files, and its environments resolved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from corstui.fetch.origin import origin_of
from corstui.fetch.url import parse
from corstui.profile.loading import load_parts
from corstui.profile.model import Deployment, Endpoint, Environment, Part, Settings, Tls
from corstui.profile.problems import Location, Problem, Problems, nearest, shown
from corstui.profile.resolving import Resolved, Resolver
from corstui.profile.secrets import Masker


@dataclass(frozen=True)
class Profile:
    """One or several profiles that are run together; immutable. ``paths``: every file that was read.

    Several profiles stay side by side: each endpoint is called from the origins of its own profile, in the environments
    of its own profile, with that profile's variables and defaults. What they share by name must agree.
    """

    name: str
    paths: tuple[str, ...]
    settings: Settings
    environments: Mapping[str, Environment]
    origins: list[str]
    endpoint_names: list[str]
    warnings: list[Problem]
    _parts: tuple[Part, ...]
    _process: Mapping[str, str]

    def resolve(self, environment: str) -> Deployment:
        """The environment with every variable replaced.

        Raises ProfileError when it does not exist, a variable is not set, or a value is none of its kind.
        """
        return self.resolve_all([environment])[0]

    def resolve_all(self, environments: Iterable[str]) -> list[Deployment]:
        """Several environments, so that ProfileError names the problems of all of them at once."""
        problems = Problems()
        found = [self._resolve(name, problems) for name in environments]
        problems.raise_errors()
        return found

    def mask(self, text: str) -> str:
        """``text`` without the secrets of any environment that can be resolved."""
        return self._masker.mask(text)

    @cached_property
    def _masker(self) -> Masker:
        return Masker({secret for name in self.environments for secret in self._resolve(name, Problems()).secrets})

    def _resolve(self, environment: str, problems: Problems) -> Deployment:
        if environment not in self.environments:
            hint = nearest(environment, self.environments)
            problems.add(Location(self.paths[0]), f"there is no environment {shown(environment)}", hint)
        parts = [part for part in self._parts if environment in part.environments]
        resolved = [Resolver(part, environment, self._process, problems).resolve() for part in parts]
        return _deployment(environment, resolved, parts, len(self._parts) > 1, problems)


def load_profile(
    *paths: str | os.PathLike[str],
    process_env: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Profile:
    """Read profiles; a directory stands for the profiles in it.

    ``process_env``: where ``${env:}`` and ``${secret:}`` look, by default the process's own environment.
    ``texts``: by path, what to read instead of a file: an edit that is not written yet. Raises
    ProfileError with every problem that does not depend on the environment.
    """
    if not paths:
        raise TypeError("load_profile() takes at least one path")
    problems = Problems()
    parts = load_parts([os.fsdecode(path) for path in paths], problems, texts)
    environments = _environments(parts, problems)
    settings = _settings(parts, problems)
    _check_endpoints(parts, problems)
    problems.raise_errors()
    return Profile(
        name=" + ".join(dict.fromkeys(part.name for part in parts)),
        paths=tuple(dict.fromkeys(path for part in parts for path in part.files)),
        settings=settings,
        environments=environments,
        origins=list(dict.fromkeys(name for part in parts for name in part.origins)),
        endpoint_names=list(dict.fromkeys(spec.name for part in parts for spec in part.endpoints)),
        warnings=list(problems.warnings),
        _parts=tuple(parts),
        _process=dict(os.environ if process_env is None else process_env),
    )


def _environments(parts: list[Part], problems: Problems) -> dict[str, Environment]:
    """The environments of all parts. Permission to write must not spread from one profile to another."""
    found: dict[str, Environment] = {}
    for spec in (spec for part in parts for spec in part.environments.values()):
        writes, confirm = bool(spec.options.get("writes")), bool(spec.options.get("confirm"))
        first = found.setdefault(spec.name, Environment(spec.name, writes, confirm, spec.location))
        if first.writes != writes:
            place = spec.options.places.get("writes", spec.location)
            words = (str(writes).lower(), str(first.writes).lower())
            message = f"the environment {shown(spec.name)} has writes: {words[0]} here and {words[1]} elsewhere"
            problems.add(place, message, f"see {first.location}; give both the same, or run them one at a time")
        found[spec.name] = replace(first, confirm=first.confirm or confirm)
    return found


#: How a setting that several profiles give differently comes out: the stricter one counts, budgets add up.
_COMBINED: dict[str, Callable[[list[Any]], Any]] = {
    "concurrency": min, "per_host": min, "rate": min, "budget": sum, "controls": all,
}  # fmt: skip


def _settings(parts: list[Part], problems: Problems) -> Settings:
    found: dict[str, Any] = {}
    for key in dict.fromkeys(key for part in parts for key in part.settings):
        given = [part.settings[key] for part in parts if key in part.settings]
        values = [value for value, _ in given]
        if key in _COMBINED:
            found[key] = _COMBINED[key](values)
        elif key == "engine" and len(set(values)) > 1:
            problems.add(
                given[-1][1], f"the engine is {values[-1]} here and {values[0]} elsewhere", f"see {given[0][1]}"
            )
        elif len(parts) == 1 or key == "engine":
            found[key] = values[0]
    return Settings(**found)


def _check_endpoints(parts: list[Part], problems: Problems) -> None:
    """An endpoint of two profiles must be the same request in both, before variables and after."""
    first: dict[str, Any] = {}
    for spec in (spec for part in parts for spec in part.endpoints):
        if first.setdefault(spec.name, spec) != spec:
            _differs(f"the endpoint {shown(spec.name)}", spec.location, first[spec.name].location, problems)


def _differs(what: str, place: Location, first: Location, problems: Problems) -> None:
    problems.add(
        place,
        f"{what} is defined differently in another profile",
        f"see {first}; rename one, or run them one at a time",
    )


class _Shared:
    """Values by name that several profiles may give, as long as they give the same."""

    def __init__(self, what: str, problems: Problems) -> None:
        self._what = what
        self._problems = problems
        self._found: dict[Any, tuple[Any, Location]] = {}

    def add(self, name: Any, value: Any, place: Location) -> None:
        """Keep a value; None says nothing."""
        if value is None:
            return
        first, where = self._found.setdefault(name, (value, place))
        if first != value:
            _differs(f"{self._what} {shown(str(name))}", place, where, self._problems)

    @property
    def values(self) -> dict[Any, Any]:
        return {name: value for name, (value, _) in self._found.items()}


def _deployment(name: str, resolved: list[Resolved], parts: list[Part], apart: bool, problems: Problems) -> Deployment:
    """What the profiles that have this environment say about it together."""
    origins, endpoints = _Shared("the origin", problems), _Shared("the endpoint", problems)
    cookies, addresses = _Shared("the cookie", problems), _Shared("the address of", problems)
    connection = _Shared(f"in the environment {shown(name)}", problems)
    for one, part in zip(resolved, parts, strict=True):
        for origin, (value, place) in one.origins.items():
            origins.add(origin, value, place)
        for endpoint in one.endpoints:
            endpoints.add(endpoint.name, _kept_apart(endpoint, part) if apart else endpoint, endpoint.location)
        for cookie in one.cookies:
            cookies.add(cookie.identity, cookie, one.place("cookies"))
        for host, address in one.resolve.items():
            addresses.add(host, address, one.place("resolve"))
        connection.add("proxy", one.proxy, one.place("proxy"))
        connection.add("tls", one.tls, one.place("tls"))
    return Deployment(
        name=name,
        writes=any(one.writes for one in resolved),
        confirm=any(one.confirm for one in resolved),
        cookies=tuple(cookies.values.values()),
        resolve=addresses.values,
        proxy=connection.values.get("proxy"),
        tls=connection.values.get("tls", Tls()),
        origins=origins.values,
        endpoints=tuple(endpoints.values.values()),
        secrets=frozenset().union(*(one.secrets for one in resolved)),
        named_origins=_named([*origins.values.values(), *(each.url for each in endpoints.values.values())]),
    )


def _kept_apart(endpoint: Endpoint, part: Part) -> Endpoint:
    """The endpoint as its own profile runs it: from that profile's origins, within that profile's time."""
    own = frozenset(part.origins) if endpoint.origins is None else endpoint.origins
    return replace(endpoint, origins=own, timeout=endpoint.timeout or part.timeout)


def _named(texts: Iterable[str]) -> frozenset[str]:
    """The serialised origins of URLs and origins; an opaque one names nobody."""
    urls = [parse(text) for text in texts if text != "null"]
    return frozenset(str(origin_of(url)) for url in urls if url is not None) - {"null"}
