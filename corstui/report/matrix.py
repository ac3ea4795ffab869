"""Endpoints as rows and origins as columns, in as many blocks of columns as the width asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corstui.analysis.text import width
from corstui.printable import printable
from corstui.report.formats import Options
from corstui.report.layout import pad, paint

#: The widest that a row's name and a column's name may get.
_ROW_NAME, _COLUMN_NAME = 32, 14
#: The narrowest that names get: room for the method.
_SHORTEST = 8
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Field:
    """What stands in one place, and its style."""

    text: str = ""
    style: str = "plain"


def matrix(
    rows: Sequence[tuple[str, str]], origins: Sequence[str], grid: Sequence[Sequence[Field]], options: Options
) -> list[str]:
    """The lines of a matrix. ``rows`` are (method, endpoint); ``grid`` has a field for each row and origin."""
    names = [f"{printable(method):<6} {printable(name)}" for method, name in rows]
    widths = [_column_width(origin, [row[column] for row in grid]) for column, origin in enumerate(origins)]
    name_width = min(_ROW_NAME, max(map(width, names)))
    if options.width is not None:  # the widest column stands beside the names
        name_width = max(_SHORTEST, min(name_width, options.width - len(_GAP) - max(widths)))
    lines: list[str] = []
    for block in _blocks(widths, name_width, options.width):
        heads = _GAP.join(pad(printable(origins[column]), widths[column], ascii=options.ascii) for column in block)
        lines += ["", (" " * name_width + _GAP + heads).rstrip()]
        for name, row in zip(names, grid, strict=True):
            fields = (
                paint(pad(row[column].text, widths[column]), row[column].style, options.color) for column in block
            )
            lines.append((pad(name, name_width, ascii=options.ascii) + _GAP + _GAP.join(fields)).rstrip())
    return lines


def _column_width(origin: str, fields: Sequence[Field]) -> int:
    return max(min(_COLUMN_NAME, width(printable(origin))), *(width(field.text) for field in fields))


def _blocks(widths: Sequence[int], name_width: int, cells: int | None) -> list[list[int]]:
    """The columns that stand beside each other, at least one a block."""
    blocks: list[list[int]] = [[]]
    used = name_width
    for column, needed in enumerate(widths):
        if cells is not None and blocks[-1] and used + len(_GAP) + needed > cells:
            blocks.append([])
            used = name_width
        blocks[-1].append(column)
        used += len(_GAP) + needed
    return blocks
