"""Plans and cells that look like the runner's, without a profile, a network or a browser behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


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


@dataclass(frozen=True)
class FakePlanned:
    key: CellKey
    origin_value: str
    endpoint: FakeEndpoint
    expectation: Any = None
    sends: bool = True

    @property
    def method(self) -> str:
        return self.endpoint.method

    def endpoint_with(self, **fields: Any) -> FakePlanned:
        """The same with other fields of its endpoint."""
        return replace(self, endpoint=replace(self.endpoint, **fields))


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
    severity: str | None = None
    duration_ms: float = 12.0
    waiver_state: str | None = None
    waiver_note: str | None = None


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
