"""Comma-separated values (RFC 4180), a row a cell, for spreadsheets."""

from __future__ import annotations

import csv
import io

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
)


def render(run: Run, options: Options) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_FIELDS)
    for cell in run.cells:
        mask = mask_for(cell.planned.deployment, options)
        writer.writerow([_harmless(mask.text(_text(cell, name))) for name in _FIELDS])
    return buffer.getvalue()


def _text(cell: Cell, name: str) -> str:
    value = getattr(cell, name)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else printable(str(value))


def _harmless(value: str) -> str:
    """A value that a spreadsheet would take for a formula is quoted with an apostrophe (OWASP, CSV injection)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
