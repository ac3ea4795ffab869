"""Comma-separated values (RFC 4180), a row a cell, for spreadsheets.

A cell that an interrupted run did not reach has no verdict.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from corstui.printable import printable
from corstui.report.formats import Options
from corstui.report.masking import mask_for
from corstui.runner.cell import Cell
from corstui.runner.plan import Planned
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
    cells = {cell.key: cell for cell in run.cells}
    told = [planned for planned in run.plan.cells if run.interrupted or planned.key in cells]
    return table(_FIELDS, (_values(planned, cells.get(planned.key), options) for planned in told))


def _values(planned: Planned, cell: Cell | None, options: Options) -> list[object]:
    mask = mask_for(planned.deployment, options)
    known = {**_names(planned), **({name: getattr(cell, name) for name in _FIELDS} if cell is not None else {})}
    values = [known.get(name) for name in _FIELDS]
    return [mask.text(value) if isinstance(value, str) else value for value in values]


def _names(planned: Planned) -> dict[str, object]:
    """What is known of a cell before it runs."""
    key, expectation = planned.key, planned.expectation
    return {
        **{name: getattr(key, name) for name in ("environment", "endpoint", "origin", "engine")},
        **{name: getattr(planned, name) for name in ("method", "url", "origin_value")},
        "expected": expectation.text if expectation is not None else None,
    }


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
