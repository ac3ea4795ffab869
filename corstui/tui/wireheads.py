"""Heads of answers as they came over the wire, byte for byte, made visible, with what is odd about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corstui.fetch.messages import HeaderList
from corstui.fetch.methods import is_token
from corstui.printable import printable
from corstui.runner.store import is_stored

if TYPE_CHECKING:
    from corstui.runner import Cell

_TRAILING = re.compile(r"[ \t]+\Z")


def visible(text: str) -> str:
    r"""Bytes read as latin-1 with everything beyond plain ASCII as an escape: ``\xc3\xbc``, ``\t``, ``\x1b``."""
    return "".join(char if char.isascii() else _escape(char) for char in printable(text))


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible_line(line: str) -> str:
    r"""A whole line: spaces and tabs at its end are escaped too, for they would not be seen."""
    end = _TRAILING.search(line)
    if end is None:
        return visible(line)
    return visible(line[: end.start()]) + "".join(f"\\x{ord(char):02x}" for char in end[0])


def heads(cell: Cell) -> list[bytes]:
    """The raw head of each exchange of the flow, empty where none came; nothing for a cell of an earlier run."""
    if is_stored(cell):
        return []
    return [reply.head for part in cell.dialogue for reply in part.replies if reply.held is None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a head. ``ending`` is ``\\r\\n`` but for odd ones; ``folded``: it goes on with the field before."""

    text: str
    ending: str
    folded: bool = False


def lines_of(head: bytes) -> list[Line]:
    """The lines up to the blank one that ends the head."""
    found: list[Line] = []
    for line in head.decode("latin-1").split("\n"):
        text, ending = (line[:-1], "\r\n") if line.endswith("\r") else (line, "\n")
        if not text:
            break
        found.append(Line(text, ending, folded=bool(found) and text[0] in " \t"))
    return found


@dataclass(frozen=True, slots=True)
class Oddities:
    """What is odd about the fields of a head: notes by the index of the field, and lines that the engine dropped."""

    notes: dict[int, list[str]] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


def oddities(head: bytes, fields: HeaderList) -> Oddities:
    """``fields`` are those that the engine understood, in the order of the wire."""
    found = Oddities()
    lines = lines_of(head)[1:]
    if any("\r" in line.text for line in lines):
        return found  # engines do not agree on what a line is; the raw page shows the bytes
    index, kept = -1, False
    for line in lines:
        if line.folded:
            if kept:
                found.notes.setdefault(index, []).append("folded over several lines, which RFC 9112 forbids")
            continue
        name, _, value = line.text.partition(":")
        following = fields[index + 1][0].lower() if index + 1 < len(fields) else None
        kept = name.strip(" \t").lower() == following
        if not kept:
            if name.strip(" \t").lower() != "content-length":  # equal ones are taken as one
                found.dropped.append(line.text)
            continue
        index += 1
        said = _odd(name, value, line.ending)
        if said:
            found.notes.setdefault(index, []).extend(said)
    return found


def _odd(name: str, value: str, ending: str) -> Sequence[str]:
    said = []
    if not is_token(name):
        said.append("white space before the colon")
    inner = value.strip(" \t")
    if not value.isascii():
        said.append("bytes beyond ASCII")
    if any(char < " " or char == "\x7f" for char in inner):
        said.append("control characters")
    if ending != "\r\n":
        said.append("ends in a bare line feed")
    return said
