"""From a profile to the cells of a run: environment x endpoint x origin x engine, filtered, and what each may send."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from corstui.fetch.engines import ENGINES
from corstui.fetch.methods import normalize
from corstui.profile.model import SAFE_METHODS, may_send

if TYPE_CHECKING:
    from corstui.profile import Deployment, Endpoint, Expectation, Profile, Settings
    from corstui.profile.expectations import Judged
    from corstui.profile.waivers import WaiverState


class NothingSelected(Exception):
    """A filter matches nothing, or the filters together leave no cell. The message says what there is instead."""


@dataclass(frozen=True, slots=True)
class CellKey:
    """The names that identify one cell in a run."""

    environment: str
    origin: str
    endpoint: str
    engine: str

    def __str__(self) -> str:
        return f"{self.endpoint} x {self.origin} in {self.environment} ({self.engine})"


@dataclass(frozen=True, slots=True)
class Planned:
    """One cell before it ran.

    ``may_write`` false: it sends no unsafe method, whatever the profile grants. ``guarded``: its secrets go only where
    the profile says so. ``strangers``: origins that mean another environment's page, each with that environment.
    ``waived``: the waiver of the expectation holds on the day of the run.
    """

    key: CellKey
    origin_value: str
    endpoint: Endpoint
    deployment: Deployment
    expectation: Expectation | None
    may_write: bool
    guarded: bool = True
    strangers: tuple[tuple[str, str], ...] = ()
    waived: bool = False

    def judge(self, cell: Judged) -> bool | None:
        """Whether ``cell`` is as expected; None where it proves nothing, and where it deviates by a waiver."""
        outcome = self.expectation.judge(cell) if self.expectation else None
        return None if outcome is False and self.waived else outcome

    def waiver_state(self, cell: Judged) -> WaiverState | None:
        """What the waiver of the expectation does for ``cell``; None without one, and where nothing is proven."""
        if self.expectation is None or self.expectation.waiver is None:
            return None
        outcome = self.expectation.judge(cell)
        if outcome is None:
            return None
        return "unneeded" if outcome else "in-force" if self.waived else "expired"

    @property
    def method(self) -> str:
        return self.endpoint.method

    @property
    def url(self) -> str:
        return self.endpoint.url

    @property
    def sends(self) -> bool:
        """False when the actual request will be held back: only a preflight can leave."""
        return self.may_send(self.endpoint.method)

    @property
    def writes(self) -> bool:
        """Whether the request is unsafe and will be sent all the same."""
        return self.sends and normalize(self.endpoint.method) not in SAFE_METHODS

    def may_send(self, method: str) -> bool:
        """Whether a request of this method may leave for the cell; redirects can change the method."""
        send, deployment = self.endpoint.send, self.deployment
        if send != "never" and not self.may_write:
            return normalize(method) in SAFE_METHODS
        return may_send(method, send, deployment.name, writes=deployment.writes)


@dataclass(frozen=True, slots=True)
class Plan:
    """All cells of a run, in the order in which they start, with the names along each axis in the profile's order.

    ``name`` is the profile's.
    """

    name: str
    settings: Settings
    cells: tuple[Planned, ...]
    environments: tuple[str, ...]
    origins: tuple[str, ...]
    endpoints: tuple[str, ...]
    engines: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def deployments(self) -> list[Deployment]:
        """The resolved environments that the plan touches, each once."""
        return list({cell.key.environment: cell.deployment for cell in self.cells}.values())

    def beside(self, other: Plan) -> Plan:
        """Both plans of one profile as one; the names along each axis are this one's, then what only the other has."""
        return replace(
            self,
            cells=(*self.cells, *other.cells),
            environments=_joined(self.environments, other.environments),
            origins=_joined(self.origins, other.origins),
            endpoints=_joined(self.endpoints, other.endpoints),
            engines=_joined(self.engines, other.engines),
            warnings=_joined(self.warnings, other.warnings),
        )


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def plan(
    profile: Profile,
    *,
    environments: Iterable[str] | None = None,
    origins: Iterable[str] | None = None,
    endpoints: Iterable[str] | None = None,
    tags: Iterable[str] | None = None,
    engines: Iterable[str] | None = None,
    allow_writes: bool = True,
    today: date | None = None,
) -> Plan:
    """The cells that the filters leave. Each filter holds names or globs; None leaves that axis whole.

    ``engines``: names, or ``all``; None means the profile's own. Only the first engine may send unsafe methods, and
    none may when ``allow_writes`` is false (reruns that nobody asked for by hand). ``today``: the day by which waivers
    hold, that of the clock in UTC when left out.
    Raises NothingSelected for a filter without a match, ProfileError where a selected environment misses a variable.
    """
    environment_names = select("environment", environments, list(profile.environments))
    origin_names = set(select("origin", origins, profile.origins))
    endpoint_names = set(select("endpoint", endpoints, profile.endpoint_names))
    engine_names = choose_engines(engines, profile.settings.engine)
    wanted_tags = None if tags is None else list(tags)
    deployments = profile.resolve_all(environment_names)
    if wanted_tags is not None:
        select("tag", wanted_tags, sorted({tag for one in deployments for each in one.endpoints for tag in each.tags}))
    strangers = {one.name: _strangers(one, deployments) for one in deployments}
    day = today or datetime.now(UTC).date()
    cells = tuple(
        Planned(
            key=CellKey(deployment.name, origin, endpoint.name, engine),
            origin_value=value,
            endpoint=endpoint,
            deployment=deployment,
            expectation=endpoint.expectation_for(origin),
            may_write=allow_writes and engine == engine_names[0],
            strangers=strangers[deployment.name],
            waived=_is_waived(endpoint.expectation_for(origin), day),
        )
        for deployment in deployments
        for endpoint in deployment.endpoints
        if endpoint.name in endpoint_names and _has_tag(endpoint, wanted_tags)
        for origin, value in deployment.origins.items()
        if origin in origin_names and (endpoint.origins is None or origin in endpoint.origins)
        for engine in engine_names
    )
    if not cells:
        raise NothingSelected(
            "the filters together leave no cell: no endpoint that they keep is called from an origin that they keep"
        )
    return Plan(
        name=profile.name,
        settings=profile.settings,
        cells=cells,
        environments=_present(environment_names, (cell.key.environment for cell in cells)),
        origins=_present(profile.origins, (cell.key.origin for cell in cells)),
        endpoints=_present(profile.endpoint_names, (cell.key.endpoint for cell in cells)),
        engines=engine_names,
        warnings=tuple(str(warning) for warning in profile.warnings),
    )


def _is_waived(expectation: Expectation | None, day: date) -> bool:
    return expectation is not None and expectation.waiver is not None and expectation.waiver.holds(day)


def _strangers(deployment: Deployment, all: Iterable[Deployment]) -> tuple[tuple[str, str], ...]:
    """Origins of pages that exist in ``deployment`` too, under another origin."""
    return tuple(
        (value, other.name)
        for other in all
        for name, value in other.origins.items()
        if deployment.origins.get(name, value) != value
    )


def choose_engines(wanted: Iterable[str] | None, default: str) -> tuple[str, ...]:
    """Engine names without repeats; ``all`` is the default one first, then the others."""
    if wanted is None:
        return (default,)
    everything = [default, *(name for name in ENGINES if name != default)]
    names = list(dict.fromkeys(each for name in wanted for each in (everything if name == "all" else [name])))
    for name in names:
        if name not in ENGINES:
            raise NothingSelected(no_match("engine", name, [*ENGINES, "all"]))
    return tuple(names) or (default,)


def no_match(what: str, wanted: str, names: Collection[str]) -> str:
    """The sentence for a name that does not exist, with the nearest ones that do."""
    close = get_close_matches(wanted, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}?" if close else f"there is {_listed(names)}" if names else "the profile has none"
    return f"no {what} matches {wanted!r}; {hint}"


def _listed(names: Collection[str], most: int = 12) -> str:
    shown = ", ".join(list(names)[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def select(what: str, wanted: Iterable[str] | None, names: list[str]) -> list[str]:
    """The names, in their own order, that are equal to a pattern or match it as a glob; all of them for None.

    Raises NothingSelected for a pattern without a match.
    """
    if wanted is None:
        return names
    chosen: set[str] = set()
    for pattern in wanted:
        matches = [name for name in names if name == pattern] or [name for name in names if fnmatchcase(name, pattern)]
        if not matches:
            raise NothingSelected(no_match(what, pattern, names))
        chosen.update(matches)
    return [name for name in names if name in chosen]


def _has_tag(endpoint: Endpoint, wanted: list[str] | None) -> bool:
    return wanted is None or any(tag == each or fnmatchcase(tag, each) for tag in endpoint.tags for each in wanted)


def _present(order: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    present = set(names)
    return tuple(name for name in order if name in present)
