"""Which rows and columns the matrix shows, in which order, and what stands in each place.

A grid looks at one board, or at two in compare mode. It filters, folds, orders and names; it changes nothing. Rows and
columns without any cell that matches the filter go away; a cell between them that does not match itself is dimmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corstui.analysis.query import Outcome, Query
from corstui.tui.axes import Column, FoldBy, Row, axes, folded
from corstui.tui.board import Board, Slot
from corstui.tui.order import Order, ordered
from corstui.tui.place import Place, Total, fold_of, total

if TYPE_CHECKING:
    from corstui.runner import Cell

#: Whether two finished cells differ: True, False, or None when they cannot be compared (nor can one alone).
Differ = Callable[["Cell", "Cell"], bool | None]

#: Endpoint and origin.
Names = tuple[str, str]


@dataclass(slots=True)
class Look:
    """How somebody wants to see the matrix, whatever it shows: kept from one tab to the next.

    ``folded``: the groups or tags that are one row. ``selected``: places by endpoint and origin.
    """

    query: Query = field(default_factory=Query)
    only: bool = False
    rows: Order = "profile"
    columns: Order = "profile"
    fold_by: FoldBy = "group"
    folded: set[str] = field(default_factory=set)
    selected: set[Names] = field(default_factory=set)


@dataclass(slots=True)
class Grid:
    """The view of one board or of a pair. Call :meth:`apply` after a change of its look."""

    boards: tuple[Board, ...]
    differ: Differ | None = None
    look: Look = field(default_factory=Look)
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    all_rows: list[Row] = field(default_factory=list)
    all_columns: list[Column] = field(default_factory=list)
    _shown: set[Names] | None = None
    _unsettled: dict[Names, None] = field(default_factory=dict)
    _verdicts: dict[Names, tuple[tuple[Cell | None, ...], bool | None]] = field(default_factory=dict)
    _totals: dict[str, Total] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.all_rows, self.all_columns = axes(self.boards)
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

    @property
    def shown(self) -> set[Names]:
        """The places that match, by endpoint and origin."""
        if self._shown is not None:
            return self._shown
        return {(endpoint, column.key) for row in self.rows for endpoint in row.endpoints for column in self.columns}

    @property
    def restless(self) -> bool:
        """Whether new results can change which rows and columns are shown, or their order."""
        orders = {self.look.rows, self.look.columns}
        return self.filtered or not orders.isdisjoint({"failures", "latency"})

    # places -----------------------------------------------------------------------------------------------------------

    def place(self, row: Row, column: Column) -> Place:
        """What stands where they cross; under a filter, of a fold only the members that match."""
        if row.fold is None:
            return self._place(row.key, column.key)
        names = (endpoint for endpoint in row.endpoints if not self._left_out(endpoint, column.key))
        return fold_of(self._place(endpoint, column.key) for endpoint in names)

    def _place(self, endpoint: str, origin: str) -> Place:
        sides = self._sides(endpoint, origin)
        return Place(sides, self._difference(endpoint, origin, sides)) if self.compares else Place(sides)

    def _left_out(self, endpoint: str, origin: str) -> bool:
        return self._shown is not None and (endpoint, origin) not in self._shown

    def dimmed(self, row: Row, column: Column) -> bool:
        """Whether the place is shown only because its row and its column are."""
        return all(self._left_out(endpoint, column.key) for endpoint in row.endpoints)

    def selected(self, row: Row, column: Column) -> bool:
        """Whether all of the place is selected."""
        return all((endpoint, column.key) in self.look.selected for endpoint in row.endpoints)

    def row_total(self, row: Row) -> Total:
        """The sum over the visible columns of a row."""
        return self._total(f"row {row.key}", (self.place(row, column) for column in self.columns))

    def column_total(self, column: Column) -> Total:
        """The sum over the visible rows of a column."""
        return self._total(f"column {column.key}", (self.place(row, column) for row in self.rows))

    def _total(self, name: str, places: Iterable[Place]) -> Total:
        if name not in self._totals:
            self._totals[name] = total(places)
        return self._totals[name]

    def slots(self, endpoints: Iterable[str], origins: Iterable[str]) -> Iterator[Slot]:
        """The planned slots where the given endpoints and origins cross, on every side."""
        names = list(origins)
        for endpoint in endpoints:
            for origin in names:
                yield from (slot for slot in self._sides(endpoint, origin) if slot is not None)

    # the look ---------------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Recompute the visible rows and columns from the look and the results so far."""
        self._totals.clear()
        rows, columns = self.all_rows, self.all_columns
        self._shown = None if self.look.query.empty and not self.look.only else self._matching()
        if self._shown is not None:
            endpoints = {endpoint for endpoint, _ in self._shown}
            origins = {origin for _, origin in self._shown}
            rows = [row for row in rows if row.key in endpoints]
            columns = [column for column in columns if column.key in origins]
        rows = folded(rows, self.look.fold_by, self.look.folded)
        self.rows = ordered(rows, self.look.rows, lambda row: [self.place(row, column) for column in columns])
        self.columns = ordered(columns, self.look.columns, lambda column: [self.place(row, column) for row in rows])

    def _matching(self) -> set[Names]:
        rows, columns = self.all_rows, self.all_columns

        def outcomes(row: int, column: int) -> Sequence[Outcome]:
            return self._outcomes(rows[row].key, columns[column].key)

        found = self.look.query.select([row.facts for row in rows], [column.facts for column in columns], outcomes)
        names = ((rows[row].key, columns[column].key) for row, column in found)
        return {each for each in names if not self.look.only or self.noteworthy(*each)}

    def _outcomes(self, endpoint: str, origin: str) -> Sequence[Outcome]:
        sides = self._sides(endpoint, origin)
        selected = (endpoint, origin) in self.look.selected
        # judging replays two flows, which a plain word need not wait for
        wanted = self.compares and any(term.field == "differs" for term in self.look.query.terms)
        difference = self._difference(endpoint, origin, sides) if wanted else None
        return [_outcome(slot, difference, selected) for slot in sides if slot is not None]

    def noteworthy(self, endpoint: str, origin: str) -> bool:
        """A difference in compare mode, else what deserves a look."""
        place = self._place(endpoint, origin)
        if self.compares:
            return place.difference is not False
        return place.slot is not None and self.boards[0].deserves_a_look(place.slot)

    def stops_at(self, row: Row, column: Column) -> bool:
        """Whether ``previous/next`` stops here."""
        return any(self.noteworthy(endpoint, column.key) for endpoint in row.endpoints)

    def walk(self, start: tuple[int, int], step: int) -> Iterator[tuple[int, int]]:
        """Every visible position once, row by row, from the one after ``start`` around to ``start`` itself."""
        width, total = len(self.columns), len(self.rows) * len(self.columns)
        at = start[0] * width + start[1]
        for offset in range(1, total + 1):
            yield divmod((at + step * offset) % total, width)

    # comparing --------------------------------------------------------------------------------------------------------

    def touch(self, places: Iterable[Names]) -> None:
        """Something new happened at these places: their sums are void, and their pairs are to be judged (again)."""
        places = list(places)
        for endpoint, origin in places:
            self._totals.pop(f"row {endpoint}", None)
            self._totals.pop(f"column {origin}", None)
        if self.look.folded:
            self._totals.clear()
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


def _complete(sides: tuple[Slot | None, ...]) -> bool:
    """Whether every side that is planned has a result, and at least one is planned."""
    planned = [slot for slot in sides if slot is not None]
    return bool(planned) and all(slot.cell is not None for slot in planned)


def _identity(sides: tuple[Slot | None, ...]) -> tuple[Cell | None, ...]:
    return tuple(slot.cell if slot is not None else None for slot in sides)


_EXPECTED = {True: "yes", False: "no", None: "unproven"}


def _outcome(slot: Slot, difference: bool | None, selected: bool) -> Outcome:
    cell = slot.cell
    planned = slot.planned.expectation is not None
    return Outcome(
        environment=slot.key.environment,
        engine=slot.key.engine,
        verdict=cell.verdict if cell is not None else None,
        reason=cell.reason if cell is not None else None,
        phase=cell.phase if cell is not None else "",
        status=cell.status if cell is not None else None,
        sent=cell is not None and cell.sent,
        expected=_EXPECTED[cell.as_expected] if planned and cell is not None else "unproven" if planned else "none",
        changed=slot.changes > 0,
        inconclusive=cell is not None and cell.inconclusive,
        severity=cell.severity if cell is not None else None,
        differs=difference,
        selected=selected,
        label=slot.result.label if slot.result is not None else "",
    )
