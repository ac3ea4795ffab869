"""How the cells of a drill-down are called: name and verdict of each, and what tells two of them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.marks import mark
from corstui.analysis.story import headline
from corstui.runner.store import is_stored
from corstui.tui.render import MUTED, View, names, note_lines, wrapped
from corstui.tui.widgets.lines import COLOURS, spread

if TYPE_CHECKING:
    from corstui.runner import Cell

EARLIER = "earlier run"
#: How many lines of the endpoint's notes stand under the names.
NOTED = 2


def title(cell: Cell, view: View, columns: int) -> list[Content]:
    """Names and engine on the left, the verdict on the right or below."""
    found = mark(cell, ascii=view.ascii)
    style = f"bold {COLOURS.get(found.style, '')}"
    left = Content.assemble((names(cell.key, view), "bold"), (f" {view.dot} {cell.engine}{_when(cell, view)}", MUTED))
    said = f"{found.symbol} {view.text(headline(cell))}"
    right = Content.styled(said, style)
    if left.cell_length + right.cell_length + 2 <= columns:
        return [spread(left, right, columns)]
    return [left, *wrapped(said, columns, rest="   ", style=style)]


def noted(cell: Cell, view: View, columns: int) -> list[Content]:
    """What the profile notes about the endpoint, in short: all of it stands with the advice."""
    lines = note_lines(cell.planned, view, columns)
    if len(lines) > NOTED:
        last = view.short(f"{lines[NOTED - 1].plain} {lines[NOTED].plain.strip()}", columns)
        lines[NOTED - 1 :] = [Content.styled(last, MUTED)]
    return lines


def _when(cell: Cell, view: View) -> str:
    return f" {view.dot} {EARLIER}" if is_stored(cell) else ""


def side_names(a: Cell, b: Cell) -> tuple[str, str]:
    """What tells two cells of a comparison apart: environment, engine, or the run."""
    for told in ((a.environment, b.environment), (a.engine, b.engine)):
        if told[0] != told[1]:
            return told
    return EARLIER if is_stored(a) else "this run", EARLIER if is_stored(b) else "this run"
