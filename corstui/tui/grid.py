"""Which rows and columns the matrix shows, in which order, and what stands in each place.

A grid looks at one board, or at two in compare mode. It filters, folds, orders and names; it changes nothing. Rows and
columns without any cell that matches the filter go away; a cell between them that does not match itself is dimmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from corstui.analysis.query import Outcome, Query
from corstui.tui.axes import Column, FoldBy, Row, axes, folded
from corstui.tui.board import Board, Slot
from corstui.tui.order import Order, ordered
from corstui.tui.place import Place, fold_of
from corstui.tui.sums import Names, Sums, Total

if TYPE_CHECKING:
    from corstui.analysis.policy import Policy
    from corstui.runner import Cell

#: Whether two finished cells differ: True, False, or None when they cannot be compared (nor can one alone).
Differ = Callable[["Cell", "Cell"], bool | None]


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
    _sums: Sums = field(init=False)
    _row_of: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sums = Sums(self._count)
        self.all_rows, self.all_columns = axes(self.boards)
        self._arrange(self.all_rows, self.all_columns)
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
        return Place(sides, self._seen_to_differ(endpoint, origin, sides)) if self.compares else Place(sides)

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
        places = ((endpoint, column.key) for endpoint in row.endpoints for column in self.columns)
        return self._sums.of(f"row {row.key}", self._counted(row, places))

    def column_total(self, column: Column) -> Total:
        """The sum over the visible rows of a column."""
        places = (self._counted(row, ((each, column.key) for each in row.endpoints)) for row in self.rows)
        return self._sums.of(f"column {column.key}", chain.from_iterable(places))

    def _counted(self, row: Row, places: Iterable[Names]) -> Iterable[Names]:
        """Those that the totals count: under a filter, a fold stands for the members that match."""
        return places if row.fold is None else (place for place in places if not self._left_out(*place))

    def _count(self, place: Names) -> Total:
        """What one place adds to the totals."""
        sides = self._sides(*place)
        slots = [slot for slot in sides if slot is not None]
        cells = [slot.cell for slot in slots if slot.cell is not None]
        complete = bool(slots) and len(cells) == len(slots)
        judged = self._judged(*place, sides) if self.compares and complete else None
        return Total(
            places=bool(slots),
            done=complete if not self.compares else judged is not None,
            allowed=complete and all(cell.verdict == "allowed" for cell in cells),
            unexpected=any(cell.as_expected is False for cell in cells),
            differing=judged == (True,),
            unclear=judged == (None,),
        )

    def policies(self, cells: Sequence[Cell]) -> list[Policy]:
        """The policies that these results of every side met; none where one of them is no longer the latest."""
        slots = [board.slots.get(cell.key) for board, cell in zip(self.boards, cells, strict=False)]
        if len(cells) != len(self.boards) or any(
            slot is None or slot.cell is not cell for slot, cell in zip(slots, cells, strict=True)
        ):
            return []
        return [board.policy_of(cell) for board, cell in zip(self.boards, cells, strict=True)]

    def slots(self, endpoints: Iterable[str], origins: Iterable[str]) -> Iterator[Slot]:
        """The planned slots where the given endpoints and origins cross, on every side."""
        names = list(origins)
        for endpoint in endpoints:
            for origin in names:
                yield from (slot for slot in self._sides(endpoint, origin) if slot is not None)

    # the look ---------------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Recompute the visible rows and columns from the look and the results so far."""
        rows, columns = self.all_rows, self.all_columns
        self._shown = None if self.look.query.empty and not self.look.only else self._matching()
        if self._shown is not None:
            endpoints = {endpoint for endpoint, _ in self._shown}
            origins = {origin for _, origin in self._shown}
            rows = [row for row in rows if row.key in endpoints]
            columns = [column for column in columns if column.key in origins]
        rows = folded(rows, self.look.fold_by, self.look.folded)
        self._arrange(
            ordered(rows, self.look.rows, lambda row: [self.place(row, column) for column in columns]),
            ordered(columns, self.look.columns, lambda column: [self.place(row, column) for row in rows]),
        )

    def _arrange(self, rows: list[Row], columns: list[Column]) -> None:
        self.rows, self.columns = rows, columns
        self._row_of = {endpoint: row for row in rows for endpoint in row.endpoints}
        self._sums.forget()

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
        difference = self._seen_to_differ(endpoint, origin, sides) if self.compares else None
        return [_outcome(slot, difference, selected) for slot in sides if slot is not None]

    def noteworthy(self, endpoint: str, origin: str) -> bool:
        """A difference in compare mode, as far as it is known, else what deserves a look."""
        sides = self._sides(endpoint, origin)
        if self.compares:
            return self._seen_to_differ(endpoint, origin, sides) is not False
        return sides[0] is not None and self.boards[0].deserves_a_look(sides[0])

    def stops_at(self, row: Row, column: Column) -> bool:
        """Whether ``previous/next`` stops here; judges what is not judged yet."""
        for endpoint in row.endpoints:
            sides = self._sides(endpoint, column.key)
            if self.compares and _complete(sides) and self._judged(endpoint, column.key, sides) is None:
                self._judge(endpoint, column.key, sides)
            if self.noteworthy(endpoint, column.key):
                return True
        return False

    def walk(self, start: tuple[int, int], step: int) -> Iterator[tuple[int, int]]:
        """Every visible position once, row by row, from the one after ``start`` around to ``start`` itself."""
        width, total = len(self.columns), len(self.rows) * len(self.columns)
        at = start[0] * width + start[1]
        for offset in range(1, total + 1):
            yield divmod((at + step * offset) % total, width)

    # comparing --------------------------------------------------------------------------------------------------------

    def touch(self, places: Iterable[Names]) -> None:
        """Something new happened at these places: they count anew, and their pairs are to be judged (again)."""
        places = list(places)
        for place in places:
            self._recount(place)
        if self.compares:
            self._unsettled.update(dict.fromkeys(places))

    def _recount(self, place: Names) -> None:
        endpoint, origin = place
        row = self._row_of.get(endpoint)
        if row is not None:
            self._sums.renew(place, (f"row {row.key}", f"column {origin}"))

    @property
    def settled(self) -> bool:
        """Whether every pair that has both results is judged."""
        return not self._unsettled

    def settle(self) -> Names | None:
        """Judge a pair that has both results; its names, or None when all are judged.

        Judging replays two flows, so a large comparison is settled bit by bit. One that :meth:`stops_at` has judged
        already has its turn too: nobody has been told of it.
        """
        while self._unsettled:
            place = next(iter(self._unsettled))
            del self._unsettled[place]
            sides = self._sides(*place)
            if _complete(sides):
                if self._judged(*place, sides) is None:
                    self._judge(*place, sides)
                return place
        return None

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

    def _judge(self, endpoint: str, origin: str, sides: tuple[Slot | None, ...]) -> None:
        cells = [slot.cell for slot in sides if slot is not None and slot.cell is not None]
        verdict = self.differ(cells[0], cells[1]) if len(cells) == 2 and self.differ is not None else None
        self._verdicts[endpoint, origin] = (_identity(sides), verdict)
        self._recount((endpoint, origin))

    def _seen_to_differ(self, endpoint: str, origin: str, sides: tuple[Slot | None, ...]) -> bool | None:
        """What is known by now; false as long as a pair is not judged."""
        judged = self._judged(endpoint, origin, sides) if _complete(sides) else None
        return judged[0] if judged is not None else False


def _complete(sides: tuple[Slot | None, ...]) -> bool:
    """Whether every side that is planned has a result, and at least one is planned."""
    planned = [slot for slot in sides if slot is not None]
    return bool(planned) and all(slot.cell is not None for slot in planned)


def _identity(sides: tuple[Slot | None, ...]) -> tuple[Cell | None, ...]:
    return tuple(slot.cell if slot is not None else None for slot in sides)


_EXPECTED = {True: "yes", False: "no", None: "unproven"}


def _expected(slot: Slot) -> str:
    """What the filter calls how the place stands to its expectation."""
    if slot.planned.expectation is None:
        return "none"
    if slot.cell is None:
        return "unproven"
    return "waived" if slot.cell.waiver_state == "in-force" else _EXPECTED[slot.cell.as_expected]


def _outcome(slot: Slot, difference: bool | None, selected: bool) -> Outcome:
    cell = slot.cell
    return Outcome(
        environment=slot.key.environment,
        engine=slot.key.engine,
        verdict=cell.verdict if cell is not None else None,
        reason=cell.reason if cell is not None else None,
        phase=cell.phase if cell is not None else "",
        status=cell.status if cell is not None else None,
        sent=cell is not None and cell.sent,
        expected=_expected(slot),
        changed=slot.changes > 0,
        inconclusive=cell is not None and cell.inconclusive,
        severity=cell.severity if cell is not None else None,
        differs=difference,
        selected=selected,
        label=slot.result.label if slot.result is not None else "",
    )
