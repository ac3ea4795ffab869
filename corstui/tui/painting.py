"""The lines of the matrix as segments: its header, its rows, and the totals below. No widget here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style

from corstui.printable import printable
from corstui.tui.faces import Zoom, fit, fitted, pieces_of
from corstui.tui.grid import Grid
from corstui.tui.sums import Total, shortened
from corstui.tui.window import Window

#: Between two places, by whether the one before and the one after are selected.
_GAPS = {(False, False): " ", (False, True): "[", (True, False): "]", (True, True): "|"}
#: The cursor, by whether keys reach the matrix.
_CURSOR = {True: Style(reverse=True, bold=True), False: Style(underline=True, bold=True)}


@dataclass(slots=True)
class Cursor:
    """Where somebody stands. ``focused``: keys reach the matrix."""

    row: int
    column: int
    focused: bool


@dataclass(slots=True)
class Painter:
    """Paints ``grid`` through ``window``. ``look`` gives the style of a name; ``names`` and ``totals`` are the columns
    of the terminal for methods, for endpoints and for the totals of rows, 0 where there are none."""

    look: Callable[[str], Style]
    ascii: bool = False
    grid: Grid = field(default_factory=lambda: Grid(()))
    window: Window = field(default_factory=Window)
    zoom: Zoom = Zoom.LABEL
    names: tuple[int, int] = (0, 0)
    totals: int = 0

    def header(self, at: Cursor) -> list[Segment]:
        """The origins, with how many are out of sight on either side; under a filter, how many rows are left."""
        shown, header, hint = self.window.shown, self.look("header"), self.look("hint")
        left = f"<{shown.start}" if shown.start else ""
        count = f"{len(self.grid.rows)} of {len(self.grid.all_rows)}" if self.grid.filtered else ""
        if not self.grid.rows:
            return [Segment(f" {count}", header)]
        what = self._summed if self.totals else ""
        names = self.window.frozen - 2 - max(len(left), self.totals - 1 if what else 0)
        segments = [
            Segment(" " + fit(count, names), header),
            Segment(fit(what, self.window.frozen - 2 - names - len(left)), self.look("quiet")),
            Segment(left + " ", hint),
        ]
        for index in shown:
            look = self.look("here") if index == at.column else header
            label = self._fit(self.grid.columns[index].label, self.window.widths[index])
            segments += [Segment(label, look), Segment(" ", header)]
        if shown.stop < len(self.window):
            segments.append(Segment(f"{len(self.window) - shown.stop}>", hint))
        return segments

    def line(self, index: int, at: Cursor) -> list[Segment]:
        """A row: its names, its total, and the places in sight."""
        row = self.grid.rows[index]
        look = self.look("here" if index == at.row else "fold" if row.fold is not None else "name")
        pointer = (">" if self.ascii else "›") if index == at.row and at.focused else " "
        segments = [
            Segment(pointer + self._fit(row.method, self.names[0]) + " ", look),
            Segment(self._fit(row.label, self.names[1]) + " ", look),
        ]
        if self.totals:
            text = self._said(self.grid.row_total(row), self.totals - 1)
            segments.append(Segment(text + " ", self.look("quiet")))
        marked = False
        for column in self.window.shown:
            selected = self.grid.selected(row, self.grid.columns[column])
            segments.append(Segment(_GAPS[marked, selected], self.look("hint" if marked or selected else "name")))
            segments += self._cell(index, column, at)
            marked = selected
        segments.append(Segment(_GAPS[marked, False], self.look("hint")))
        return segments

    def sums(self) -> list[Segment]:
        """The totals of the columns, below them."""
        quiet = self.look("quiet")
        segments = [Segment(" " + self._fit(self._summed, self.window.frozen - 1), quiet)]
        for index in self.window.shown:
            text = self._said(self.grid.column_total(self.grid.columns[index]), self.window.widths[index])
            segments += [Segment(text, quiet), Segment(" ", quiet)]
        return segments

    def message(self, text: str, width: int) -> list[Segment]:
        """What is said in place of a row."""
        return [Segment(" " + self._fit(printable(text), width - 2), self.look("name"))]

    def total_text(self, total: Total) -> str:
        """A total in full."""
        return total.compared if self.grid.compares else total.text

    def _cell(self, index: int, at: int, cursor: Cursor) -> list[Segment]:
        row, column = self.grid.rows[index], self.grid.columns[at]
        pieces = pieces_of(self.grid.place(row, column), self.zoom, compares=self.grid.compares)
        pieces = fitted(pieces, self.window.widths[at], self._ellipsis)
        if (index, at) == (cursor.row, cursor.column):
            here = _CURSOR[cursor.focused]
            return [Segment(text, self.look(look) + here) for text, look in pieces]
        if self.grid.dimmed(row, column):
            return [Segment(text, self.look("dimmed")) for text, _ in pieces]
        return [Segment(text, self.look(look)) for text, look in pieces]

    @property
    def _summed(self) -> str:
        """What the totals count."""
        return "differ" if self.grid.compares else "allowed"

    def _said(self, total: Total, width: int) -> str:
        return fit(shortened(self.total_text(total), width), width)

    @property
    def _ellipsis(self) -> str:
        return ".." if self.ascii else "…"

    def _fit(self, text: str, width: int) -> str:
        return fit(text, width, self._ellipsis)
