"""The matrix: endpoints as rows, origins as columns, one mark and a short label where they cross.

Only visible cells are rendered, so a matrix of 300 x 300 costs what its window costs. The header row, the totals and
the name columns stay in place while the rest scrolls. Sideways it scrolls by whole columns, and ``<2`` and ``3>`` count
those out of sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from corstui.tui.columns import Columns, room_for_names, room_for_totals
from corstui.tui.faces import Zoom
from corstui.tui.grid import Grid
from corstui.tui.painting import Cursor, Painter

if TYPE_CHECKING:
    from textual import events

    from corstui.tui.axes import Column, Row
    from corstui.tui.place import Place

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
        # by the screen itself, not through a message: what is typed right behind it is meant for what opens
        Binding(
            "enter", "screen.open_cell", "open", key_display="Enter", id="matrix.open", tooltip="The flow of this cell"
        ),
    ]

    #: No key has another meaning here than its binding.
    only_bindings = True

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--header",
        "matrix--name",
        "matrix--fold",
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
        &> .matrix--fold { color: $text-accent; }
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
        """The cursor stands on another place, or there is none."""

    class CellOpened(Message):
        """Somebody wants to look into the place."""

        def __init__(self, row: Row, column: Column) -> None:
            self.row, self.column = row, column
            super().__init__()

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.grid = Grid(())
        self.message: list[str] = []
        """What to say in place of rows when there is none."""
        self.zoom: Zoom | None = None
        """None: as much as there is room for."""
        self.totals = True
        self.row = self.column = 0
        self._painter = Painter(self._look, ascii)
        self._window = self._painter.window
        self._columns = Columns(self.grid)
        # endpoint and origin under the cursor when it last moved: rows may move away beneath it
        self._kept = ("", "")
        self._available = 0
        self._row_at: dict[str, int] = {}
        self._column_at: dict[str, int] = {}
        self._looks: dict[str, Style] = {}

    # what it shows ----------------------------------------------------------------------------------------------------

    @property
    def at(self) -> tuple[Row, Column] | None:
        """What the cursor is on; None in an empty matrix."""
        if self.row >= len(self.grid.rows) or self.column >= len(self.grid.columns):
            return None
        return self.grid.rows[self.row], self.grid.columns[self.column]

    @property
    def place(self) -> Place | None:
        """What stands under the cursor."""
        return None if self.at is None else self.grid.place(*self.at)

    @property
    def current_zoom(self) -> Zoom:
        """The zoom in force, chosen by somebody or by the room there is."""
        return self._painter.zoom

    def show(self, grid: Grid) -> None:
        """Show another grid, or the same one with other rows and columns. The cursor stays with its endpoint and origin
        where they are still there, else as near as possible."""
        if grid is not self.grid:
            self._columns = Columns(grid)
        self.grid = self._painter.grid = grid
        self._columns.fold()
        self._row_at = {endpoint: index for index, row in enumerate(grid.rows) for endpoint in row.endpoints}
        self._column_at = {column.key: index for index, column in enumerate(grid.columns)}
        row, column = self._row_at.get(self._kept[0]), self._column_at.get(self._kept[1])
        self.row = max(0, min(self.row, len(grid.rows) - 1)) if row is None else row
        self.column = max(0, min(self.column, len(grid.columns) - 1)) if column is None else column
        self.lay_out()
        self._highlighted()

    def update_cells(self, places: Iterable[tuple[str, str]]) -> None:
        """Repaint these places (endpoint, origin) with their rows' totals and nothing else, unless one of them needs a
        wider column."""
        grown = False
        seen: dict[int, list[int]] = {}
        for endpoint, origin in places:
            row, column = self._row_at.get(endpoint), self._column_at.get(origin)
            if row is not None and column is not None:
                seen.setdefault(row, []).append(column)
                grown = self._columns.grows(self.grid.rows[row], self.grid.columns[column], self.current_zoom) or grown
        if grown:
            self.lay_out()
        elif regions := list(self._regions(seen)):
            self.refresh(*regions)

    def update_sums(self) -> None:
        """Repaint the totals of the columns."""
        if self._fixed_lines > 1:
            area = self.scrollable_content_region
            self.refresh(Region(0, area.height - 1, area.width, 1))

    def move_to(self, row: int, column: int) -> None:
        """Put the cursor on a visible row and column (clamped) and scroll it into view."""
        if not self.grid.rows or not self.grid.columns:
            return
        old = self.row, self.column
        self.row = max(0, min(row, len(self.grid.rows) - 1))
        self.column = max(0, min(column, len(self.grid.columns) - 1))
        if (self.row, self.column) == old:
            return
        first = self._window.first
        self._reveal()
        self.refresh(
            *([self._line_region(row) for row in (old[0], self.row, None)] if first == self._window.first else [])
        )
        self._highlighted()

    def go_to(self, endpoint: str, origin: str) -> bool:
        """Put the cursor on a place by name; False when it is not visible now."""
        if endpoint not in self._row_at or origin not in self._column_at:
            return False
        self.move_to(self._row_at[endpoint], self._column_at[origin])
        return True

    # geometry ---------------------------------------------------------------------------------------------------------

    @property
    def full_width(self) -> int:
        """Columns of the terminal with which nothing is out of sight sideways."""
        return self._window.full_width

    def give(self, columns: int) -> None:
        """Say how many columns of the terminal the matrix may grow to, to choose a zoom by."""
        if columns != self._available:
            self._available = columns
            self.lay_out()

    def lay_out(self) -> None:
        """Fit everything into the size there is, and repaint."""
        painter = self._painter
        painter.names = room_for_names(self.grid, self.size.width)
        painter.totals = room_for_totals(self.grid, painter.total_text) if self.shows_totals else 0
        frozen = sum(painter.names) + 4 + painter.totals
        available = (self._available or self.size.width) - frozen - 2
        painter.zoom = self._columns.fitting(available) if self.zoom is None else self.zoom
        room = max(0, self.scrollable_content_region.width - frozen - 2)
        self._window.lay_out(frozen, room, self._columns.widths(painter.zoom))
        self.virtual_size = Size(0, len(self.grid.rows) + self._fixed_lines)
        self._reveal()
        self.refresh()

    @property
    def shows_totals(self) -> bool:
        """Whether there is room for the sums of rows and columns, where they are wanted."""
        return self.totals and len(self.grid.rows) > 1 and (self._available or self.size.width) >= 100

    @property
    def _fixed_lines(self) -> int:
        """Lines that stay: the header, and the totals below."""
        return 1 + (self.shows_totals and self.size.height > 12)

    @property
    def _height(self) -> int:
        """Lines for rows."""
        return max(1, self.scrollable_content_region.height - self._fixed_lines)

    def _regions(self, changed: Mapping[int, list[int]]) -> Iterator[Region]:
        """Where these columns of these rows are on screen, and the totals of the rows."""
        top = round(self.scroll_y)
        for row, columns in changed.items():
            y = row + 1 - top
            if not 0 < y <= self._height:
                continue
            first, last = min(columns), max(columns)
            x = self._window.x(first)
            yield Region(x, y, self._window.x(last) + self._window.widths[last] + 1 - x, 1)
            if self._painter.totals:
                yield Region(self._window.frozen - self._painter.totals, y, self._painter.totals, 1)

    def _line_region(self, row: int | None) -> Region:
        """Where a row is on screen; None is the header."""
        y = 0 if row is None else row + 1 - round(self.scroll_y)
        return Region(0, y, self.scrollable_content_region.width, 1)

    def _reveal(self) -> None:
        """Scroll so that the cursor is in sight, and no further."""
        self._window.reveal(self.column)
        top = min(max(round(self.scroll_y), self.row - self._height + 1), self.row) if self.grid.rows else 0
        self.scroll_to(y=top, animate=False)

    def _slide(self, columns: int) -> None:
        """Scroll sideways by whole columns, without moving the cursor."""
        self._window.slide(columns)
        self.refresh()

    def on_resize(self) -> None:
        self.lay_out()

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
        cursor = Cursor(self.row, self.column, self.has_focus)
        if y == 0:
            segments = self._painter.header(cursor)
        elif y > self._height:
            segments = self._painter.sums() if self.grid.rows else []
        elif row < len(self.grid.rows):
            segments = self._painter.line(row, cursor)
        elif not self.grid.rows and 1 < y < len(self.message) + 2:
            segments = self._painter.message(self.message[y - 2], width)
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    # what a person does -----------------------------------------------------------------------------------------------

    def action_move(self, rows: int, columns: int) -> None:
        self.move_to(self.row + rows, self.column + columns)

    def action_page(self, pages: int) -> None:
        self.move_to(self.row + pages * max(1, self._height - 1), self.column)

    def action_turn(self, pages: int) -> None:
        self.move_to(self.row, self.column + pages * max(1, len(self._window.shown)))

    def action_edge(self, vertical: int, horizontal: int) -> None:
        rows, columns = len(self.grid.rows), len(self.grid.columns)
        row = self.row if not vertical else 0 if vertical < 0 else rows
        column = self.column if not horizontal else 0 if horizontal < 0 else columns
        self.move_to(row, column)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on the cell that has it already, it opens the flow. Names move one axis only."""
        offset = event.get_content_offset(self)
        if offset is None or not self.grid.rows or not self.grid.columns:
            return
        row = self.row if offset.y == 0 or offset.y > self._height else offset.y - 1 + round(self.scroll_y)
        column = self.column if offset.x < self._window.frozen else self._window.under(offset.x)
        if row >= len(self.grid.rows) or column is None:
            return
        again = (row, column) == (self.row, self.column) and offset.y > 0 and offset.x >= self._window.frozen
        self.move_to(row, column)
        if again and self.at is not None:
            self.post_message(self.CellOpened(*self.at))

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
        if self.at is not None:
            self._kept = (self.at[0].endpoints[0], self.at[1].key)
        self.post_message(self.CellHighlighted())
