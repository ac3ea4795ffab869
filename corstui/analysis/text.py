"""Text from outside made safe to show: nothing in it can move a cursor, hide, or reorder what stands around it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Characters that Python calls printable although nothing, or nothing of their own, appears: combining grapheme
#: joiner, Hangul fillers, Khmer inherent vowels, Mongolian and general variation selectors, skin tones of emoji.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
#: Vowels and finals of Hangul, which join the syllable before them.
_JOINING = re.compile("[\u1161-\u11ff\ud7b0-\ud7ff]")
#: Signs of the I Ching and of counting rods, wide since Unicode 16, which Python may not know yet.
_WIDE = re.compile("[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d356\U0001d360-\U0001d376]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}

#: Ends a text that was cut; one column wide everywhere.
ELLIPSIS = "\u2026"


def printable(text: str) -> str:
    r"""``text`` with everything that does not print, or prints invisibly, written as an escape (``\x1b``, ``\u202e``).

    That covers control characters (C0, DEL, C1), bidirectional and zero-width formatting, separators other than the
    space (a no-break space in a header is worth seeing), lone surrogates, private-use and unassigned code points.
    The result is one line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() and not _INVISIBLE.match(char) else _escape(char) for char in text)


def _escape(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


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
