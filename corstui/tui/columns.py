"""How wide the names, the totals and the columns of the matrix are: plain numbers, in columns of the terminal.

A column is as wide as the widest thing that has stood in it since the grid came; it never shrinks while somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len

from corstui.tui.faces import WIDEST, Zoom, widths_of
from corstui.tui.sums import Total

if TYPE_CHECKING:
    from corstui.tui.axes import Column, Row
    from corstui.tui.grid import Grid

#: The narrowest column of each zoom, and the least of the totals beside the names.
_NARROWEST = {Zoom.MARK: 4, Zoom.LABEL: 7, Zoom.DETAIL: 7}
_LEAST_TOTALS = 9
#: The most that methods take, and the least that the endpoints' names are given.
_METHODS, _LABELS = 7, 12


@dataclass(slots=True)
class Columns:
    """The widths of a grid's columns in every zoom."""

    grid: Grid
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def fold(self) -> None:
        """Rows were folded: what they say has its room too."""
        for fold in self._folds():
            for each in self.grid.columns:
                self.grows(fold, each, Zoom.LABEL)

    def grows(self, row: Row, column: Column, zoom: Zoom) -> bool:
        """Whether what stands there is wider than anything in its column so far, in this zoom: where another one grows,
        no choice of a zoom comes out otherwise."""
        known = self._known.get(column.key)
        if known is None:
            return False
        needed = widths_of(self.grid.place(row, column), compares=self.grid.compares)
        wider = self._known[column.key] = tuple(map(max, known, needed))
        return wider[zoom] > known[zoom]

    def widths(self, zoom: Zoom) -> list[int]:
        """The width of each column in sight and out of it."""
        return [self._width(column)[zoom] for column in self.grid.columns]

    def fitting(self, room: int) -> Zoom:
        """The most that every column has room for; marks alone show all of them where labels would hide half."""
        needed = {zoom: sum(self.widths(zoom)) + len(self.grid.columns) for zoom in Zoom}
        if needed[Zoom.DETAIL] <= room:
            return Zoom.DETAIL
        return Zoom.MARK if needed[Zoom.MARK] <= room < needed[Zoom.LABEL] / 2 else Zoom.LABEL

    def _width(self, column: Column) -> tuple[int, ...]:
        if column.key not in self._known:
            label = cell_len(column.label)
            labels = tuple(min(label, WIDEST[each] - 2 if each is not Zoom.MARK else 0) for each in Zoom)
            places = (self.grid.place(row, column) for row in (*self.grid.all_rows, *self._folds()))
            needed = {widths_of(place, compares=self.grid.compares) for place in places}
            self._known[column.key] = tuple(map(max, _NARROWEST.values(), labels, *needed))
        return self._known[column.key]

    def _folds(self) -> list[Row]:
        return [row for row in self.grid.rows if row.fold is not None]


def room_for_names(grid: Grid, width: int) -> tuple[int, int]:
    """For methods and for endpoints, on a terminal of this width."""
    methods = max((cell_len(row.method) for row in grid.rows), default=0)
    labels = max((cell_len(row.label) for row in grid.rows), default=0)
    return min(methods, _METHODS), min(labels, max(_LABELS, width * 3 // 10 - 8))


def room_for_totals(grid: Grid, said: Callable[[Total], str]) -> int:
    """For the longest total that a row can come to, as ``said``, and a blank."""
    places = max((len(row.endpoints) for row in grid.rows), default=0) * len(grid.columns)
    judged = places if any(board.expectations for board in grid.boards) else 0
    longest = Total(places, allowed=places, unexpected=judged, differing=places, unclear=places)
    return max(_LEAST_TOTALS, len(said(longest)) + 1)
