"""How many columns text takes."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from corstui.analysis.text import shorten, width
from corstui.printable import printable
from tests.support.hostile import TEXTS


@pytest.mark.parametrize(
    "text", ["plain", "café", "日本語", "cafe\u0301", "✓ ✗> × …", "＊", "का", "\u1112\u1161", "\u4dc0"]
)
def test_width_agrees_with_the_terminal_library(text: str) -> None:
    assert width(text) == cell_len(text)


def test_every_character_is_as_wide_as_the_terminal_library_says() -> None:
    """One after the other, as nothing that prints changes the width of its neighbour."""
    shown = [char for char in map(chr, range(sys.maxunicode + 1)) if printable(char) == char]
    assert [char for char in shown if width(char) != cell_len(char)] == []


@given(TEXTS | st.text())
def test_any_text_is_as_wide_as_the_terminal_library_says(raw: str) -> None:
    assert width(printable(raw)) == cell_len(printable(raw))


def test_a_short_text_is_left_alone() -> None:
    assert shorten("orders", 6) == "orders"


def test_a_long_text_is_cut_by_columns_not_characters() -> None:
    assert shorten("orders by id", 7) == "orders…"
    assert shorten("日本語です", 6) == "日本…"
    assert shorten("anything", 0) == ""


@given(st.text().map(printable), st.integers(0, 30))
def test_a_shortened_text_never_exceeds_its_columns(text: str, cells: int) -> None:
    assert width(shorten(text, cells)) <= cells
