"""Text that a server may send, made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.printable import printable
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


@given(TEXTS | st.text())
def test_no_control_of_a_terminal_gets_through(raw: str) -> None:
    for char in printable(raw):
        assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
