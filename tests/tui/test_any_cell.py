"""Whatever a server sends, every page of the drill-down shows it harmlessly and within its columns."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from corstui.printable import printable
from corstui.runner import cell as cells_of
from corstui.tui.flowpages import PAGES, tab_label
from corstui.tui.render import View, difference, side_by_side
from corstui.tui.sequence import sequence
from tests.support.effort import examples
from tests.support.runs import CASES, HOSTILE, Case

#: What screens of 80 columns and more leave for a page.
COLUMNS = st.integers(60, 200)


def assert_shown(lines: list[Content], columns: int) -> None:
    for line in lines:
        for part in line.plain.split("\n"):
            assert part == printable(part)
            assert cell_len(part) <= columns, part


@examples(0.3)
@given(CASES, COLUMNS, st.booleans())
@example(HOSTILE, 60, False)
def test_every_page_of_every_cell(case: Case, columns: int, ascii: bool) -> None:
    for cell in case.run().cells:
        view = View.of(cell.planned, ascii)
        for name, page in {**PAGES, "sequence": sequence}.items():
            lines = page(cell, view, columns)
            assert_shown(lines, columns)
            assert tab_label(name, cell, view).isprintable()
            cells_of._replayed.cache_clear()
            assert [line.plain for line in page(cell, view, columns)] == [line.plain for line in lines]


@examples(0.3)
@given(CASES, COLUMNS, st.booleans())
@example(HOSTILE, 60, False)
def test_any_two_cells_side_by_side(case: Case, columns: int, ascii: bool) -> None:
    cells = case.run().cells
    for a, b in pairwise(cells):
        assert_shown(difference(a, b, columns), columns)
        assert_shown(side_by_side(a, b, columns, ascii), columns)
    for cell in cells:
        same = side_by_side(cell, cell, columns, ascii)
        assert_shown(same, columns)
