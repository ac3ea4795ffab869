"""Text that a server may send, made safe to show."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from corstui.analysis.text import printable, shorten, width
from tests.support.hostile import TEXTS


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text, [markup] kept as it is", "plain text, [markup] kept as it is"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\tb\r\nc", "a\\tb\\r\\nc"),
        ("del\x7f c1\x9b", "del\\x7f c1\\x9b"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("no-break\xa0space", "no-break\\xa0space"),
        ("lone \ud800 surrogate", "lone \\ud800 surrogate"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("filler \u3164 and variation \ufe0f", "filler \\u3164 and variation \\ufe0f"),
        ("thumb \U0001f44d\U0001f3fd", "thumb \U0001f44d\\U0001f3fd"),
        ("café 日本", "café 日本"),
    ],
)
def test_what_does_not_print_is_shown_as_an_escape(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text())
def test_the_result_is_one_printable_line_and_stays_so(raw: str) -> None:
    shown = printable(raw)
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    assert printable(shown) == shown


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


@given(TEXTS | st.text())
def test_no_control_of_a_terminal_gets_through(raw: str) -> None:
    for char in printable(raw):
        assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def test_a_short_text_is_left_alone() -> None:
    assert shorten("orders", 6) == "orders"


def test_a_long_text_is_cut_by_columns_not_characters() -> None:
    assert shorten("orders by id", 7) == "orders…"
    assert shorten("日本語です", 6) == "日本…"
    assert shorten("anything", 0) == ""


@given(st.text().map(printable), st.integers(0, 30))
def test_a_shortened_text_never_exceeds_its_columns(text: str, cells: int) -> None:
    assert width(shorten(text, cells)) <= cells
