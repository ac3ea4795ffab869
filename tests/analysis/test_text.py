"""Text that a server may send, made safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from corstui.analysis.text import printable, shorten, width


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


def test_width_agrees_with_the_terminal_library() -> None:
    for text in ("plain", "café", "日本語", "cafe\u0301", "✓ ✗> × …", "＊"):
        assert width(text) == cell_len(text)


def test_a_short_text_is_left_alone() -> None:
    assert shorten("orders", 6) == "orders"


def test_a_long_text_is_cut_by_columns_not_characters() -> None:
    assert shorten("orders by id", 7) == "orders…"
    assert shorten("日本語です", 6) == "日本…"
    assert shorten("anything", 0) == ""


@given(st.text().map(printable), st.integers(0, 30))
def test_a_shortened_text_never_exceeds_its_columns(text: str, cells: int) -> None:
    assert width(shorten(text, cells)) <= cells
