"""Which rows and columns the matrix shows, and what stands in each place.

A grid looks at one board, or at two in compare mode. It orders, filters and names; it changes nothing.

A filter that is part of some name is taken whole (``list orders``); else its words are joined by *and*. A word matches
a cell when it is part of the endpoint's method, name, group or tag, of the origin's name or value, or of what came out:
verdict, reason, label or status. Rows and columns without any matching cell go away; a cell between them that does not
match itself is dimmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corstui.analysis.text import printable
from corstui.tui.board import Board, Slot

if TYPE_CHECKING:
    from corstui.runner import Cell

#: Whether two finished cells differ: True, False, or None when they cannot be compared (nor can one alone).
Differ = Callable[["Cell", "Cell"], bool | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint. ``endpoint`` is its key; ``method`` and ``label`` are safe to show."""

    endpoint: str
    method: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """One origin. ``origin`` is its key; ``label`` is safe to show."""

    origin: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """What stands where a row and a column cross: one slot a side, or None where nothing is planned."""

    sides: tuple[Slot | None, ...]
    difference: bool | None = False

    @property
    def slot(self) -> Slot | None:
        """The slot to act on: the first side that has one."""
        return next((slot for slot in self.sides if slot is not None), None)


@dataclass(slots=True)
class Grid:
    """The view of one board or of a pair. Call :meth:`apply` after a change of filter."""

    boards: tuple[Board, ...]
    differ: Differ | None = None
    text: str = ""
    only: bool = False
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    all_rows: list[Row] = field(default_factory=list)
    all_columns: list[Column] = field(default_factory=list)
    _shown: set[tuple[str, str]] | None = None
    _unsettled: dict[tuple[str, str], None] = field(default_factory=dict)
    _verdicts: dict[tuple[str, str], tuple[tuple[Cell | None, ...], bool | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows: dict[str, Row] = {}
        columns: dict[str, Column] = {}
        for slot in (slot for board in self.boards for slot in board):
            key, planned = slot.key, slot.planned
            if key.endpoint not in rows:
                rows[key.endpoint] = _row(slot)
            if key.origin not in columns:
                words = f"{key.origin} {planned.origin_value}".casefold()
                columns[key.origin] = Column(key.origin, printable(key.origin), words)
        self.all_rows, self.all_columns = list(rows.values()), list(columns.values())
        self.rows, self.columns = self.all_rows, self.all_columns
        self.touch(place for board in self.boards for place in board.by_name)

    @property
    def compares(self) -> bool:
        """Whether each place holds two sides."""
        return len(self.boards) > 1

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return self._shown is not None

    def place(self, endpoint: str, origin: str) -> Place:
        """What stands at one endpoint and origin."""
        sides = self._sides(endpoint, origin)
        if not self.compares:
            return Place(sides)
        return Place(sides, self._difference(endpoint, origin, sides))

    def dimmed(self, endpoint: str, origin: str) -> bool:
        """Whether the place is shown only because its row and its column are."""
        return self._shown is not None and (endpoint, origin) not in self._shown

    def apply(self, text: str | None = None, only: bool | None = None) -> None:
        """Set the filter and recompute the visible rows and columns. None leaves a part of the filter as it is."""
        self.text = self.text if text is None else text
        self.only = self.only if only is None else only
        words = self._words(self.text.casefold().strip())
        if not words and not self.only:
            self._shown = None
            self.rows, self.columns = self.all_rows, self.all_columns
            return
        self._shown = set(self._matching(words))
        endpoints = {endpoint for endpoint, _ in self._shown}
        origins = {origin for _, origin in self._shown}
        self.rows = [row for row in self.all_rows if row.endpoint in endpoints]
        self.columns = [column for column in self.all_columns if column.origin in origins]

    def noteworthy(self, endpoint: str, origin: str) -> bool:
        """Whether ``previous/next`` stops here: a difference in compare mode, else what deserves a look."""
        place = self.place(endpoint, origin)
        if self.compares:
            return place.difference is not False
        slot = place.slot
        return slot is not None and self.boards[0].deserves_a_look(slot)

    def walk(self, start: tuple[int, int], step: int) -> Iterator[tuple[int, int]]:
        """Every visible position once, row by row, from the one after ``start`` around to ``start`` itself."""
        width, total = len(self.columns), len(self.rows) * len(self.columns)
        at = start[0] * width + start[1]
        for offset in range(1, total + 1):
            yield divmod((at + step * offset) % total, width)

    def slots(self, endpoints: Iterable[str], origins: Iterable[str]) -> Iterator[Slot]:
        """The planned slots where the given endpoints and origins cross, on every side."""
        names = list(origins)
        for endpoint in endpoints:
            for origin in names:
                yield from (slot for slot in self.place(endpoint, origin).sides if slot is not None)

    def touch(self, places: Iterable[tuple[str, str]]) -> None:
        """Something new happened at these places (endpoint, origin): their pairs are to be judged (again)."""
        if self.compares:
            self._unsettled.update(dict.fromkeys(places))

    def settle(self, most: int) -> bool:
        """Judge up to ``most`` pairs that have both results; whether that was enough for all.

        Judging replays two flows, so a large comparison is settled in portions between two frames.
        """
        while self._unsettled and most:
            endpoint, origin = next(iter(self._unsettled))
            del self._unsettled[endpoint, origin]
            sides = self._sides(endpoint, origin)
            if _complete(sides) and self._judged(endpoint, origin, sides) is None:
                self._judge(endpoint, origin, sides)
                most -= 1
        return not self._unsettled

    def differences(self) -> tuple[int, int, int]:
        """In compare mode, of the pairs judged so far: how many differ, cannot be compared, and are judged at all."""
        verdicts = [verdict for _, verdict in self._verdicts.values()]
        return verdicts.count(True), verdicts.count(None), len(verdicts)

    def _names(self) -> Iterator[str]:
        yield from (row.words for row in self.all_rows)
        yield from (column.words for column in self.all_columns)

    def _words(self, text: str) -> list[str]:
        if any(text in words for words in self._names()):
            return [text] if text else []
        return text.split()

    def _sides(self, endpoint: str, origin: str) -> tuple[Slot | None, ...]:
        return tuple(board.by_name.get((endpoint, origin)) for board in self.boards)

    def _judged(self, endpoint: str, origin: str, sides: tuple[Slot | None, ...]) -> tuple[bool | None] | None:
        """The verdict on this very pair of results, in a tuple; None when it is not judged yet."""
        known = self._verdicts.get((endpoint, origin))
        return (known[1],) if known is not None and known[0] == _identity(sides) else None

    def _judge(self, endpoint: str, origin: str, sides: tuple[Slot | None, ...]) -> bool | None:
        cells = [slot.cell for slot in sides if slot is not None and slot.cell is not None]
        verdict = self.differ(cells[0], cells[1]) if len(cells) == 2 and self.differ is not None else None
        self._verdicts[endpoint, origin] = (_identity(sides), verdict)
        return verdict

    def _difference(self, endpoint: str, origin: str, sides: tuple[Slot | None, ...]) -> bool | None:
        if not _complete(sides):
            return False
        judged = self._judged(endpoint, origin, sides)
        return judged[0] if judged is not None else self._judge(endpoint, origin, sides)

    def _matching(self, words: list[str]) -> Iterator[tuple[str, str]]:
        for row in self.all_rows:
            left = [word for word in words if word not in row.words]
            for column in self.all_columns:
                slots = [slot for slot in self._sides(row.endpoint, column.origin) if slot is not None]
                if not slots or (self.only and not self.noteworthy(row.endpoint, column.origin)):
                    continue
                rest = [word for word in left if word not in column.words]
                outcome = " ".join(map(_outcome, slots)) if rest else ""
                if all(word in outcome for word in rest):
                    yield row.endpoint, column.origin


def _complete(sides: tuple[Slot | None, ...]) -> bool:
    """Whether every side that is planned has a result, and at least one is planned."""
    planned = [slot for slot in sides if slot is not None]
    return bool(planned) and all(slot.cell is not None for slot in planned)


def _identity(sides: tuple[Slot | None, ...]) -> tuple[Cell | None, ...]:
    return tuple(slot.cell if slot is not None else None for slot in sides)


def _row(slot: Slot) -> Row:
    planned, endpoint = slot.planned, slot.planned.endpoint
    words = " ".join((planned.method, endpoint.name, endpoint.group or "", *endpoint.tags))
    return Row(slot.key.endpoint, printable(planned.method), printable(endpoint.name), words.casefold())


def _outcome(slot: Slot) -> str:
    cell = slot.cell
    if cell is None:
        return slot.state.value
    label = slot.result.label if slot.result is not None else ""
    extra = ("unexpected " if cell.as_expected is False else "") + ("inconclusive" if cell.inconclusive else "")
    return f"{cell.verdict} {cell.reason or ''} {label} {cell.status or ''} {cell.phase} {extra}".casefold()
