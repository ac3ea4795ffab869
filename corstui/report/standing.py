"""Where a cell stands for a pipeline: the same for the exit code and for every report that a pipeline reads."""

from __future__ import annotations

from typing import Literal

from corstui.runner.cell import Cell

#: ``unjudged``: the network failed, the application did not answer, or nothing was proven.
#: ``free``: nothing is expected.
#: ``waived``: not as expected, which a waiver accepts.
Standing = Literal["passed", "failed", "waived", "unjudged", "free"]


def standing(cell: Cell) -> Standing:
    """As expected or not, could not be judged, or free of any expectation."""
    if cell.as_expected is False:
        return "failed"
    if cell.waiver_state == "in-force":
        return "waived"
    if cell.verdict == "error":
        return "unjudged"
    if cell.expected is None:
        return "free"
    return "unjudged" if cell.as_expected is None or cell.inconclusive else "passed"
