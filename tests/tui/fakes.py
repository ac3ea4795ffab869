"""Plans and cells that look like the runner's, without a profile, a network or a browser behind them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from corstui.fetch.result import Flow
from corstui.profile.secrets import Masker
from corstui.tui.session import Session


@dataclass(frozen=True)
class CellKey:
    environment: str
    origin: str
    endpoint: str
    engine: str


@dataclass(frozen=True)
class FakeEndpoint:
    name: str
    method: str = "GET"
    url: str = "https://api.example/"
    group: str | None = None
    tags: tuple[str, ...] = ()
    credentials: str = "same-origin"
    uses_secret: bool = False


@dataclass(frozen=True)
class FakePlanned:
    key: CellKey
    origin_value: str
    endpoint: FakeEndpoint
    expectation: Any = None
    sends: bool = True
    deployment: Any = None

    @property
    def method(self) -> str:
        return self.endpoint.method

    @property
    def url(self) -> str:
        return self.endpoint.url


@dataclass(frozen=True)
class FakeCell:
    key: CellKey
    verdict: str = "allowed"
    reason: str | None = None
    phase: str = "actual"
    sent: bool = True
    status: int | None = 200
    inconclusive: bool = False
    as_expected: bool | None = None
    planned: Any = None
    response: Any = None
    browser_error: str | None = None
    findings: tuple[Any, ...] = ()

    @property
    def flow(self) -> Flow:
        verdict, phase = cast(Any, self.verdict), cast(Any, self.phase)
        return Flow(self.key.engine, verdict, self.reason, phase, self.sent, None, inconclusive=self.inconclusive)

    @property
    def exchanges(self) -> list[Any]:
        return []

    @property
    def environment(self) -> str:
        return self.key.environment

    @property
    def method(self) -> str:
        return str(self.planned.method)

    @property
    def url(self) -> str:
        return str(self.planned.url)

    @property
    def origin_value(self) -> str:
        return str(self.planned.origin_value)


def planned(
    rows: int = 3, columns: int = 3, *, environment: str = "staging", engine: str = "chromium", **fields: Any
) -> list[FakePlanned]:
    """A full matrix: endpoints ``endpoint 0`` ..., origins ``origin0`` ..."""
    return [
        FakePlanned(
            CellKey(environment, f"origin{column}", f"endpoint {row}", engine),
            f"https://o{column}.example",
            FakeEndpoint(f"endpoint {row}", method=("GET", "POST", "DELETE")[row % 3]),
            **fields,
        )
        for row in range(rows)
        for column in range(columns)
    ]


def rename(item: FakePlanned, *, endpoint: str | None = None, origin: str | None = None) -> FakePlanned:
    """The same planned cell under other names."""
    key = replace(item.key, endpoint=endpoint or item.key.endpoint, origin=origin or item.key.origin)
    return replace(item, key=key, endpoint=replace(item.endpoint, name=key.endpoint))


@dataclass(frozen=True)
class Mark:
    symbol: str
    label: str
    style: str
    suffix: str = ""


_LOOKS = {"allowed": "✓", "blocked": "✗", "error": "!", "unsent": "~", "opaque": "="}


def mark(cell: Any) -> Mark:
    """A mark by verdict, in the manner of the real one."""
    symbol = _LOOKS[cell.verdict]
    if cell.sent and cell.verdict in ("blocked", "error"):
        symbol += ">"
    suffix = ("*" if cell.as_expected is False else "") + ("?" if cell.inconclusive else "")
    return Mark(symbol, (cell.reason or str(cell.status))[:8], cell.verdict, suffix)


@dataclass(frozen=True)
class FakeEnvironment:
    confirm: bool = False


@dataclass(frozen=True)
class FakeSettings:
    engine: str = "chromium"


@dataclass(frozen=True)
class FakeDeployment:
    cookies: tuple[Any, ...] = ()
    masker: Masker = Masker()
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FakeProfile:
    name: str = "Shop"
    environments: dict[str, FakeEnvironment] = field(
        default_factory=lambda: {"staging": FakeEnvironment(), "production": FakeEnvironment()}
    )
    settings: FakeSettings = FakeSettings()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True)
class FakePlan:
    cells: tuple[FakePlanned, ...]


ENGINES = ("chromium", "firefox", "webkit", "standard")


def session(rows: int = 4, columns: int = 3, profile: FakeProfile | None = None) -> Session:
    """A session whose plans are all made already: the same matrix in every environment and engine."""
    made = Session(profile or FakeProfile())  # type: ignore[arg-type]
    for environment in made.environments:
        for engine in ENGINES:
            cells = planned(rows, columns, environment=environment, engine=engine, deployment=FakeDeployment())
            made.plans[environment, engine] = FakePlan(tuple(cells))  # type: ignore[assignment]
    return made


class Network:
    """Stands in for the runner: answers every cell at once, except those that ``hold`` names, until released.

    ``outcomes`` maps (environment, endpoint, origin) to fields of the cell. ``asked`` lists every key that was run.
    """

    def __init__(self, outcomes: dict[tuple[str, str, str], dict[str, Any]] | None = None) -> None:
        self.outcomes = outcomes or {}
        self.hold: set[tuple[str, str]] = set()
        self.released = threading.Event()
        self.broken: str | None = None
        self.asked: list[CellKey] = []

    async def execute(self, plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        if self.broken:
            raise RuntimeError(self.broken)
        late = []
        for item in plan.cells:
            if item.key in only:
                self.asked.append(item.key)
                on_start(item.key)
                if (item.key.endpoint, item.key.origin) in self.hold:
                    late.append(item)
                else:
                    yield self.cell(item)
        for item in late:
            await asyncio.to_thread(self.released.wait, 30)
            yield self.cell(item)

    def cell(self, item: FakePlanned) -> FakeCell:
        key = item.key
        return FakeCell(key, planned=item, **self.outcomes.get((key.environment, key.endpoint, key.origin), {}))
