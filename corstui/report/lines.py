"""One JSON object a line: the run, each cell, where engines differ, the summary.

What is only known at the end stands in the last line, so that lines can be written while cells finish.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from corstui.report.document import beginning, cell_object, differences, ending
from corstui.report.formats import Options
from corstui.runner.cell import Cell
from corstui.runner.plan import Plan
from corstui.runner.record import Run


def render(run: Run, options: Options) -> str:
    """A run that is over, its cells in the plan's order."""
    lines = [first(run.plan, run.started), *(of_cell(cell, options) for cell in run.cells), *of_engines(run, options)]
    return "\n".join([*lines, last(run.summary, run.duration_ms, interrupted=run.interrupted)])


def first(plan: Plan, started: datetime) -> str:
    """The line of the run."""
    return _line("run", beginning(plan, started))


def of_cell(cell: Cell, options: Options) -> str:
    """The line of a cell."""
    return _line("cell", cell_object(cell, options))


def of_engines(run: Run, options: Options) -> list[str]:
    """A line for each place where the engines of a run that is over differ."""
    if len(run.plan.engines) == 1:
        return []
    return [_line("engine_difference", difference) for difference in differences(run, options)]


def last(summary: dict[str, int], duration_ms: float, *, interrupted: bool) -> str:
    """The line of the summary."""
    return _line("summary", {**summary, **ending(duration_ms, interrupted)})


def _line(kind: str, content: dict[str, Any]) -> str:
    return json.dumps({"type": kind, **content})
