"""Comma-separated values (RFC 4180), a row a cell, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from corstui.analysis.text import printable
from corstui.report.formats import Options
from corstui.report.masking import mask_for
from corstui.runner.cell import Cell
from corstui.runner.record import Run

_FIELDS = (
    "environment",
    "endpoint",
    "method",
    "url",
    "origin",
    "origin_value",
    "engine",
    "verdict",
    "reason",
    "phase",
    "sent",
    "status",
    "inconclusive",
    "expected",
    "as_expected",
    "waiver_state",
    "waiver_note",
)


def render(run: Run, options: Options) -> str:
    return table(_FIELDS, (_values(cell, options) for cell in run.cells))


def _values(cell: Cell, options: Options) -> list[object]:
    mask = mask_for(cell.planned.deployment, options)
    values = [getattr(cell, name) for name in _FIELDS]
    return [mask.text(value) if isinstance(value, str) else value for value in values]


def table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A document with a line of titles. Nothing is an empty field; truth values are in lower case."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(_text(value)) for value in row] for row in rows)
    return buffer.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else printable(str(value))


def _harmless(value: str) -> str:
    """A value that a spreadsheet would take for a formula is quoted with an apostrophe (OWASP, CSV injection)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
