"""The matrix: endpoints as rows, origins as columns, one mark and a short label where they cross.

Only visible cells are rendered, so a matrix of 300 x 300 costs what its window costs. The header row and the name
columns stay in place while the rest scrolls. Sideways it scrolls by whole columns, and ``<2`` and ``3>`` count those
out of sight.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from corstui.analysis.text import printable
from corstui.tui.faces import PAIR_WIDTH, fit, fitted, pair, single
from corstui.tui.grid import Grid

if TYPE_CHECKING:
    from textual import events

    from corstui.tui.grid import Place

_NARROWEST, _WIDEST = 7, 13
_LOOKS = ("allowed", "blocked", "error", "unsent", "opaque", "waiting", "running")


class Matrix(ScrollView, can_focus=True):
    """Shows a :class:`Grid` and moves a cursor over it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False, id="matrix.up", tooltip="The endpoint above"),
        Binding("down,j", "move(1, 0)", "Down", show=False, id="matrix.down", tooltip="The endpoint below"),
        Binding("left,h", "move(0, -1)", "Left", show=False, id="matrix.left", tooltip="The origin to the left"),
        Binding("right,l", "move(0, 1)", "Right", show=False, id="matrix.right", tooltip="The origin to the right"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="matrix.page-up", tooltip="One page up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="matrix.page-down", tooltip="One page down"),
        Binding("ctrl+pageup", "turn(-1)", "Left", show=False, id="matrix.page-left", tooltip="One page to the left"),
        Binding("ctrl+pagedown", "turn(1)", "Right", show=False, id="matrix.page-right", tooltip="A page to the right"),
        Binding("home,0", "edge(0, -1)", "First origin", show=False, id="matrix.home", tooltip="The first origin"),
        Binding("end,$", "edge(0, 1)", "Last origin", show=False, id="matrix.end", tooltip="The last origin"),
        Binding("g,ctrl+home", "edge(-1, 0)", "Top", show=False, id="matrix.top", tooltip="The first endpoint"),
        Binding("G,ctrl+end", "edge(1, 0)", "Bottom", show=False, id="matrix.bottom", tooltip="The last endpoint"),
        Binding("enter", "select", "open", key_display="Enter", id="matrix.open", tooltip="The flow of this cell"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--header",
        "matrix--name",
        "matrix--here",
        "matrix--hint",
        "matrix--quiet",
        "matrix--dimmed",
        "matrix--differs",
        "matrix--unexpected",
        *(f"matrix--{look}" for look in _LOOKS),
    }

    DEFAULT_CSS = """
    Matrix {
        height: 1fr;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        overflow-x: hidden;
        background: $background;
        color: $foreground;
        &> .matrix--header { text-style: bold; color: $text-muted; }
        &> .matrix--name { color: $foreground; }
        &> .matrix--here { color: $foreground; text-style: bold; }
        &> .matrix--hint { color: $text-accent; text-style: bold; }
        &> .matrix--quiet { color: $text-muted; }
        &> .matrix--dimmed { color: $text-disabled; }
        &> .matrix--differs { color: $text-warning; text-style: bold; }
        &> .matrix--unexpected { color: $text-warning; text-style: bold; }
        &> .matrix--allowed { color: $text-success; }
        &> .matrix--blocked { color: $text-error; }
        &> .matrix--error { color: $text-warning; }
        &> .matrix--unsent { color: $text-secondary; }
        &> .matrix--opaque { color: $text-primary; }
        &> .matrix--waiting { color: $text-muted; }
        &> .matrix--running { color: $text-accent; }
        &:ansi {
            &> .matrix--header { color: ansi_default; }
            &> .matrix--quiet { color: ansi_default; }
            &> .matrix--dimmed { color: ansi_default; text-style: dim; }
            &> .matrix--waiting { color: ansi_default; text-style: dim; }
        }
    }
    """

    class CellHighlighted(Message):
        """The cursor stands on another place, or there is none (both names None)."""

        def __init__(self, endpoint: str | None, origin: str | None) -> None:
            self.endpoint, self.origin = endpoint, origin
            super().__init__()

    class CellSelected(Message):
        """Somebody wants to look into the place."""

        def __init__(self, endpoint: str, origin: str) -> None:
            self.endpoint, self.origin = endpoint, origin
            super().__init__()

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.grid = Grid(())
        self.message: list[str] = []
        """What to say in place of rows when there is none."""
        self._pointer, self._ellipsis = (">", "..") if ascii else ("›", "…")
        self.row = self.column = 0
        self._first = 0
        self._names = (0, 0)
        self._known: dict[str, int] = {}
        self._widths: list[int] = []
        self._ends: list[int] = []
        self._row_at: dict[str, int] = {}
        self._column_at: dict[str, int] = {}
        self._looks: dict[str, Style] = {}

    # what it shows ----------------------------------------------------------------------------------------------------

    @property
    def at(self) -> tuple[str, str] | None:
        """Endpoint and origin under the cursor; None in an empty matrix."""
        if self.row >= len(self.grid.rows) or self.column >= len(self.grid.columns):
            return None
        return self.grid.rows[self.row].endpoint, self.grid.columns[self.column].origin

    @property
    def place(self) -> Place | None:
        """What stands under the cursor."""
        return None if self.at is None else self.grid.place(*self.at)

    def show(self, grid: Grid) -> None:
        """Show another grid, or the same one with other rows and columns. The cursor stays with its endpoint and origin
        where they are still there, else as near as possible."""
        before = self.at
        if grid is not self.grid:
            self._known.clear()
        self.grid = grid
        self._row_at = {row.endpoint: index for index, row in enumerate(grid.rows)}
        self._column_at = {column.origin: index for index, column in enumerate(grid.columns)}
        endpoint, origin = before or ("", "")
        self.row = self._row_at.get(endpoint, max(0, min(self.row, len(grid.rows) - 1)))
        self.column = self._column_at.get(origin, max(0, min(self.column, len(grid.columns) - 1)))
        self._measure()
        self._reveal()
        self.refresh()
        self._highlighted()

    def update_cells(self, places: Iterable[tuple[str, str]]) -> None:
        """Repaint these places (endpoint, origin) and nothing else, unless one of them needs a wider column."""
        grown = False
        regions: list[Region] = []
        for endpoint, origin in places:
            row, column = self._row_at.get(endpoint), self._column_at.get(origin)
            needed = self._needs(self.grid.place(endpoint, origin))
            if needed > self._known.get(origin, _WIDEST):
                self._known[origin] = needed
                grown = grown or column is not None
            if row is not None and column is not None:
                regions.append(self._region(row, column))
        if grown:
            self._measure()
            self._reveal()
            self.refresh()
        elif regions:
            self.refresh(*regions)

    def move_to(self, row: int, column: int) -> None:
        """Put the cursor on a visible row and column (clamped) and scroll it into view."""
        if not self.grid.rows or not self.grid.columns:
            return
        old = self.row, self.column
        self.row = max(0, min(row, len(self.grid.rows) - 1))
        self.column = max(0, min(column, len(self.grid.columns) - 1))
        if (self.row, self.column) == old:
            return
        self._reveal()
        self.refresh()
        self._highlighted()

    def go_to(self, endpoint: str, origin: str) -> bool:
        """Put the cursor on a place by name; False when it is not visible now."""
        if endpoint not in self._row_at or origin not in self._column_at:
            return False
        self.move_to(self._row_at[endpoint], self._column_at[origin])
        return True

    # geometry ---------------------------------------------------------------------------------------------------------

    def _needs(self, place: Place) -> int:
        if self.grid.compares:
            return PAIR_WIDTH
        slot = place.slot
        return min(slot.face.width, _WIDEST) if slot is not None else 0

    def _measure(self) -> None:
        """Column widths from what is known so far: they only grow until another grid comes."""
        self._widths = []
        for column in self.grid.columns:
            if column.origin not in self._known:
                places = (self.grid.place(row.endpoint, column.origin) for row in self.grid.all_rows)
                needed = PAIR_WIDTH if self.grid.compares else max(map(self._needs, places), default=0)
                self._known[column.origin] = max(_NARROWEST, min(cell_len(column.label), _WIDEST - 2), needed)
            self._widths.append(self._known[column.origin])
        self._lay_out()

    def _lay_out(self) -> None:
        methods = max((cell_len(row.method) for row in self.grid.all_rows), default=0)
        labels = max((cell_len(row.label) for row in self.grid.all_rows), default=0)
        most = max(12, self.size.width * 3 // 10 - 8)
        self._names = (min(methods, 7), min(labels, most))
        self._ends = list(accumulate(width + 1 for width in self._widths))
        self.virtual_size = Size(0, len(self.grid.rows) + 1)

    @property
    def _frozen(self) -> int:
        return self._names[0] + self._names[1] + 4

    @property
    def full_width(self) -> int:
        """Columns of the terminal with which nothing is out of sight sideways."""
        return self._frozen + (self._ends[-1] if self._ends else 0) + 2

    @property
    def _room(self) -> int:
        """Columns of the terminal between the names and the right edge, one kept for the hint."""
        return max(0, self.scrollable_content_region.width - self._frozen - 2)

    def _window(self) -> tuple[int, int]:
        """The first visible column and the one after the last; at least one, however narrow the terminal."""
        last = bisect_right(self._ends, self._start(self._first) + self._room + 1)
        return self._first, max(last, min(self._first + 1, len(self._ends)))

    def _start(self, column: int) -> int:
        return self._ends[column - 1] if column else 0

    def _leftmost(self, column: int) -> int:
        """The smallest first column with which ``column`` is still in sight."""
        starts = [0, *self._ends[:-1]]
        return min(column, bisect_left(starts, self._ends[column] - self._room - 1))

    def _region(self, row: int, column: int) -> Region:
        x = self._frozen + self._start(column) - self._start(self._first)
        return Region(x, row + 1 - round(self.scroll_y), self._widths[column] + 1, 1)

    def _reveal(self) -> None:
        """Scroll so that the cursor is in sight, and no further."""
        if not self._ends:
            self._first = 0
            self.scroll_to(y=0, animate=False)
            return
        furthest = min(self.column, self._leftmost(len(self._ends) - 1))
        self._first = max(self._leftmost(self.column), min(self._first, furthest))
        height = max(1, self.scrollable_content_region.height - 1)
        self.scroll_to(y=min(max(round(self.scroll_y), self.row - height + 1), self.row), animate=False)

    def _slide(self, columns: int) -> None:
        """Scroll sideways by whole columns, without moving the cursor."""
        if self._ends:
            self._first = max(0, min(self._first + columns, self._leftmost(len(self._ends) - 1)))
            self.refresh()

    def on_resize(self) -> None:
        self._lay_out()
        self._reveal()

    # rendering --------------------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        self._looks.clear()
        super().notify_style_update()

    def _look(self, name: str) -> Style:
        if name not in self._looks:
            self._looks[name] = self.get_component_rich_style(f"matrix--{name}")
        return self._looks[name]

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        row = y - 1 + round(self.scroll_y)
        if y == 0:
            segments = self._header()
        elif row < len(self.grid.rows):
            segments = self._line(row)
        elif not self.grid.rows and 1 < y < len(self.message) + 2:
            segments = [Segment(" " + self._fit(printable(self.message[y - 2]), width - 2), self._look("name"))]
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _fit(self, text: str, width: int) -> str:
        return fit(text, width, self._ellipsis)

    def _header(self) -> list[Segment]:
        first, last = self._window()
        header, hint = self._look("header"), self._look("hint")
        left = f"<{first}" if first else ""
        shown = f"{len(self.grid.rows)} of {len(self.grid.all_rows)}" if self.grid.filtered else ""
        segments = [
            Segment(" " + fit(shown, self._frozen - 2 - len(left)), header),
            Segment(left + " ", hint),
        ]
        for index in range(first, last):
            look = self._look("here") if index == self.column else header
            label = self._fit(self.grid.columns[index].label, self._widths[index])
            segments += [Segment(label, look), Segment(" ", header)]
        if last < len(self._ends):
            segments.append(Segment(f"{len(self._ends) - last}>", hint))
        return segments

    def _line(self, index: int) -> list[Segment]:
        row = self.grid.rows[index]
        look = self._look("here") if index == self.row else self._look("name")
        pointer = self._pointer if index == self.row and self.has_focus else " "
        segments = [
            Segment(pointer + self._fit(row.method, self._names[0]) + " ", look),
            Segment(self._fit(row.label, self._names[1]) + "  ", look),
        ]
        first, last = self._window()
        for column in range(first, last):
            segments += self._cell(index, column)
            segments.append(Segment(" ", self._look("name")))
        return segments

    def _cell(self, row: int, column: int) -> list[Segment]:
        endpoint, origin = self.grid.rows[row].endpoint, self.grid.columns[column].origin
        place = self.grid.place(endpoint, origin)
        pieces = pair(place) if self.grid.compares else single(place.slot.face if place.slot else None)
        pieces = fitted(pieces, self._widths[column], self._ellipsis)
        if (row, column) == (self.row, self.column):
            here = Style(reverse=True, bold=True) if self.has_focus else Style(underline=True, bold=True)
            return [Segment(text, self._look(look) + here) for text, look in pieces]
        if self.grid.dimmed(endpoint, origin):
            return [Segment(text, self._look("dimmed")) for text, _ in pieces]
        return [Segment(text, self._look(look)) for text, look in pieces]

    # what a person does -----------------------------------------------------------------------------------------------

    def action_move(self, rows: int, columns: int) -> None:
        self.move_to(self.row + rows, self.column + columns)

    def action_page(self, pages: int) -> None:
        height = max(1, self.scrollable_content_region.height - 2)
        self.move_to(self.row + pages * height, self.column)

    def action_turn(self, pages: int) -> None:
        first, last = self._window()
        self.move_to(self.row, self.column + pages * max(1, last - first))

    def action_edge(self, vertical: int, horizontal: int) -> None:
        rows, columns = len(self.grid.rows), len(self.grid.columns)
        row = self.row if not vertical else 0 if vertical < 0 else rows
        column = self.column if not horizontal else 0 if horizontal < 0 else columns
        self.move_to(row, column)

    def action_select(self) -> None:
        if self.at is not None and self.place is not None and self.place.slot is not None:
            self.post_message(self.CellSelected(*self.at))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on the cell that has it already, it opens the flow. Names move one axis only."""
        offset = event.get_content_offset(self)
        if offset is None or not self.grid.rows or not self.grid.columns:
            return
        row = self.row if offset.y == 0 else offset.y - 1 + round(self.scroll_y)
        column = self.column if offset.x < self._frozen else self._column_under(offset.x)
        if row >= len(self.grid.rows) or column is None:
            return
        again = (row, column) == (self.row, self.column) and offset.y > 0 and offset.x >= self._frozen
        self.move_to(row, column)
        if again:
            self.action_select()

    def _column_under(self, x: int) -> int | None:
        first, last = self._window()
        column = bisect_right(self._ends, x - self._frozen + self._start(first))
        return column if column < last else None

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self._slide(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self._slide(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        if event.shift or event.ctrl:
            event.prevent_default().stop()
            self._slide(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        if event.shift or event.ctrl:
            event.prevent_default().stop()
            self._slide(-1)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _highlighted(self) -> None:
        self.post_message(self.CellHighlighted(*(self.at or (None, None))))
