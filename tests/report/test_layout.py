from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.analysis.text import width
from corstui.printable import printable
from corstui.report.formats import Options
from corstui.report.layout import columns, pad, paint, wrap
from corstui.report.matrix import Field, matrix

WORDS = st.lists(st.text(st.characters(exclude_characters=" "), min_size=1, max_size=30).map(printable), min_size=1)


@given(words=WORDS, cells=st.integers(8, 60), indent=st.integers(0, 5))
def test_wrapping_keeps_every_character_within_the_width(words: list[str], cells: int, indent: int) -> None:
    lines = wrap(" ".join(words), cells, " " * indent)
    assert all(width(line) <= cells for line in lines)
    assert all(line.startswith(" " * indent) for line in lines)
    assert "".join(line[indent:] for line in lines).replace(" ", "") == "".join(words)


def test_without_a_width_nothing_is_wrapped() -> None:
    assert wrap("a " * 500, None, "  ") == ["  " + "a " * 500]


def test_the_first_line_may_have_an_indent_of_its_own() -> None:
    assert wrap("one two three", 9, "    ", "- ") == ["- one two", "    three"]


def test_padding_counts_columns_not_characters() -> None:
    assert pad("日本", 6) == "日本  "
    assert pad("日本語", 4) == "日… "


def test_columns_line_up_and_nothing_trails() -> None:
    assert columns([("a", "bbb", ""), ("aaa", "b", "c")]) == ["a    bbb", "aaa  b    c"]


def test_colour_is_asked_for() -> None:
    assert paint("x", "blocked", False) == "x"
    assert paint("x", "blocked", True) == "\x1b[31mx\x1b[0m"
    assert paint("x", "plain", True) == "x"


@pytest.mark.parametrize("cells", [40, 60, 80, 200])
def test_a_matrix_fits_its_width_by_showing_columns_in_blocks(cells: int) -> None:
    origins = [f"origin-number-{index}" for index in range(9)]
    grid = [[Field(f"✗> {row}{column} ACAO *") for column in range(9)] for row in range(3)]
    lines = matrix([("GET", f"endpoint {row}") for row in range(3)], origins, grid, Options(width=cells))
    assert all(width(line) <= cells for line in lines)
    for row in range(3):
        for column in range(9):
            assert sum(f"✗> {row}{column} ACAO *" in line for line in lines) == 1


def test_a_matrix_of_unlimited_width_is_one_block() -> None:
    origins = [f"o{index}" for index in range(60)]
    lines = matrix([("DELETE", "x" * 50)], origins, [[Field("✓  200")] * 60], Options())
    assert len(lines) == 3
    assert "x" * 20 in lines[2]
