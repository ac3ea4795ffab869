"""Text from outside made safe to show: nothing in it can move a cursor, hide, or reorder what stands around it."""

from __future__ import annotations

import re

#: Characters that Python calls printable although nothing, or nothing of their own, appears: combining grapheme
#: joiner, Hangul fillers, Khmer inherent vowels, Mongolian and general variation selectors, skin tones of emoji.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


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
