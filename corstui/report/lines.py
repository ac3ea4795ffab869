"""One JSON object a line: the run, each cell, where engines differ, the summary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from corstui.report.document import cell_object, differences, heading
from corstui.report.formats import Options
from corstui.runner.record import Run


def render(run: Run, options: Options) -> str:
    return "\n".join(json.dumps(line) for line in _lines(run, options))


def _lines(run: Run, options: Options) -> Iterator[dict[str, Any]]:
    yield {"type": "run", **heading(run)}
    for cell in run.cells:
        yield {"type": "cell", **cell_object(cell, options)}
    for difference in differences(run, options) if len(run.plan.engines) > 1 else ():
        yield {"type": "engine_difference", **difference}
    yield {"type": "summary", **run.summary}
