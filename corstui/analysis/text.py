"""How many columns of a terminal text takes, and text cut to some of them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Vowels and finals of Hangul, which join the syllable before them.
_JOINING = re.compile("[\u1161-\u11ff\ud7b0-\ud7ff]")
#: Signs of the I Ching and of counting rods, wide since Unicode 16, which Python may not know yet.
_WIDE = re.compile("[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d356\U0001d360-\U0001d376]")
#: Ends a text that was cut; one column wide everywhere.
ELLIPSIS = "\u2026"


def width(text: str) -> int:
    """Terminal columns that printable ``text`` takes."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    """As the library that draws the dashboard counts them, and terminals of today."""
    if unicodedata.category(char) in ("Mn", "Me", "Mc") or _JOINING.match(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") or _WIDE.match(char) else 1


def shorten(text: str, cells: int, *, ascii: bool = False) -> str:
    """``text`` in at most ``cells`` columns; where it is longer, an ellipsis, or a tilde in ASCII, tells of the cut."""
    if width(text) <= cells:
        return text
    kept, used = [], 0
    for char in text:
        used += _char_width(char)
        if used > cells - 1:
            break
        kept.append(char)
    return "".join(kept) + ("~" if ascii else ELLIPSIS) if cells > 0 else ""
