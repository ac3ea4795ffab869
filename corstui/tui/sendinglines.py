"""The requests of a run that has not begun, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.text import width
from corstui.printable import printable
from corstui.report.layout import wrap
from corstui.report.rehearsal import remarks, summed
from corstui.tui.render import MUTED, wrapped

if TYPE_CHECKING:
    from corstui.report.rehearsal import Line

#: How many requests are listed; the copy has all of them.
LISTED = 2000
#: Columns that methods take at most before an address begins.
_METHODS = 7


def sending_lines(requests: Sequence[Line], columns: int) -> list[Content]:
    """How many there are, then the names of each cell over its requests; what is special about one stands behind its
    address, or below it."""
    listed = requests[:LISTED]
    methods = min(max((width(printable(line.method)) for line in listed), default=0), _METHODS)
    lines = [each for text in summed(requests) for each in wrapped(text, columns)]
    lines.append(Content(""))
    for names, members in groupby(listed, key=_names):
        lines += wrapped(names, columns, rest="  ", style="bold")
        for line in members:
            lines += _request(line, methods, columns)
    if len(requests) > LISTED:
        lines.append(Content(f"and {len(requests) - LISTED} more: y copies all of them"))
    return lines


def _names(line: Line) -> str:
    endpoint = printable(line.endpoint)
    return f"{endpoint}: control requests" if line.origin is None else f"{endpoint} x {printable(line.origin)}"


def _request(line: Line, methods: int, columns: int) -> list[Content]:
    method, note = printable(line.method), ", ".join(remarks(line))
    indent = " " * (methods + 4)
    first, *more = wrap(printable(line.url), columns, indent, f"  {method:<{methods}}  ")
    if note and not more and width(first) + 2 + width(note) <= columns:
        return [Content.assemble(first, "  ", (note, MUTED))]
    below = wrapped(note, columns, first=indent, rest=indent, style=MUTED) if note else []
    return [Content(first), *map(Content, more), *below]
