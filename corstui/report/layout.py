"""Laying text out in columns of a terminal: colour, padding, wrapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corstui.analysis.text import shorten, width

#: SGR codes of the 16 colours that every terminal theme defines (ECMA-48, section 8.3.117).
_SGR = {
    "allowed": "32",
    "blocked": "31",
    "error": "33",
    "unsent": "36",
    "opaque": "34",
    "strong": "1",
    "faint": "2",
    "plain": "",
}


def paint(text: str, style: str, color: bool) -> str:
    """``text`` in the colour of a verdict, ``strong`` or ``faint``; unchanged without colour."""
    code = _SGR.get(style, "")
    return f"\x1b[{code}m{text}\x1b[0m" if color and code else text


def pad(text: str, cells: int, *, ascii: bool = False) -> str:
    """``text`` in exactly ``cells`` columns, cut or filled at its end."""
    text = shorten(text, cells, ascii=ascii)
    return text + " " * (cells - width(text))


def columns(rows: Iterable[Sequence[str]], gap: int = 2) -> list[str]:
    """Rows with their fields one below the other; nothing is cut, nothing trails."""
    rows = [list(row) for row in rows]
    widths = [max(map(width, fields)) for fields in zip(*rows, strict=True)]
    return [
        (" " * gap).join(pad(field, cells) for field, cells in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def wrap(text: str, cells: int | None, indent: str = "", first: str | None = None) -> list[str]:
    """``text`` broken between words into lines of at most ``cells`` columns, ``indent`` included.

    ``first`` replaces the indent of the first line. A word that is too long is broken. None does not wrap.
    """
    lead = indent if first is None else first
    if cells is None:
        return [lead + text]
    lines, line = [], lead
    empty = True
    for word in text.split(" "):
        room = cells - width(line) - (0 if empty else 1)
        if not empty and width(word) > room:
            lines.append(line)
            line, empty = indent, True
            room = cells - width(line)
        while empty and width(word) > room > 0:
            head = _head(word, room)
            lines.append(line + head)
            word, line, room = word[len(head) :], indent, cells - width(indent)
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]


def _head(word: str, cells: int) -> str:
    """As many of the first characters as fit, at least one."""
    end = 1
    while end < len(word) and width(word[: end + 1]) <= cells:
        end += 1
    return word[:end]
