"""Rows and columns of the matrix: endpoints, or folds of several endpoints, and origins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from corstui.analysis.query import EndpointFacts, OriginFacts
from corstui.printable import printable
from corstui.tui.board import Board, Slot

#: What the endpoints of a fold have in common.
FoldBy = Literal["group", "tag"]


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint, or a fold of several. ``key`` is unique among rows; ``method`` and ``label`` are safe to show."""

    key: str
    endpoints: tuple[str, ...]
    method: str
    label: str
    facts: EndpointFacts
    fold: str | None = None
    """The name of the fold that this row stands for; None for one endpoint."""

    def part_of(self, by: FoldBy) -> str | None:
        """The group, or the first tag, of an endpoint; None when it has none."""
        if by == "group":
            return self.facts.group or None
        return self.facts.tags[0] if self.facts.tags else None


@dataclass(frozen=True, slots=True)
class Column:
    """One origin. ``key`` is its name; ``label`` is safe to show."""

    key: str
    label: str
    facts: OriginFacts


def axes(boards: Iterable[Board]) -> tuple[list[Row], list[Column]]:
    """Every endpoint and every origin of the boards, in the order of the plans."""
    rows: dict[str, Row] = {}
    columns: dict[str, Column] = {}
    for slot in (slot for board in boards for slot in board):
        key = slot.key
        if key.endpoint not in rows:
            rows[key.endpoint] = _row(slot)
        if key.origin not in columns:
            facts = OriginFacts(key.origin, slot.planned.origin_value)
            columns[key.origin] = Column(key.origin, printable(key.origin), facts)
    return list(rows.values()), list(columns.values())


def _row(slot: Slot) -> Row:
    planned, endpoint = slot.planned, slot.planned.endpoint
    facts = EndpointFacts(
        name=slot.key.endpoint,
        method=planned.method,
        url=_path(endpoint.url),
        group=endpoint.group or "",
        tags=tuple(endpoint.tags),
    )
    return Row(slot.key.endpoint, (slot.key.endpoint,), printable(planned.method), printable(endpoint.name), facts)


def _path(url: str) -> str:
    """What a filter may look for in an address; its query may hold a secret."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def folded(rows: Sequence[Row], by: FoldBy, names: Collection[str]) -> list[Row]:
    """The rows with the endpoints of each named group or tag as one row, at the place of the first of them."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        name = row.part_of(by)
        if name in names and name is not None:
            members.setdefault(name, []).append(row)
    found: list[Row] = []
    for row in rows:
        name = row.part_of(by)
        if name is None or name not in members:
            found.append(row)
        elif members[name][0] is row:
            found.append(_fold(name, by, members[name]))
    return found


def _fold(name: str, by: FoldBy, members: Sequence[Row]) -> Row:
    endpoints = tuple(row.key for row in members)
    facts = EndpointFacts(name=name, method="", url="", group=name if by == "group" else "", tags=())
    return Row(f"{by}\0{name}", endpoints, f"+{len(endpoints)}", printable(name), facts, fold=name)
