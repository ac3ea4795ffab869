"""A run as a whole: what was planned, what finished, and the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corstui.fetch.result import Verdict
from corstui.runner.cell import Cell
from corstui.runner.plan import Plan

VERDICTS: tuple[Verdict, ...] = ("allowed", "opaque", "blocked", "unsent", "error")


@dataclass(frozen=True, slots=True)
class Run:
    """``cells`` holds the finished cells, in the plan's order. ``started`` is an aware time."""

    plan: Plan
    cells: tuple[Cell, ...]
    started: datetime
    duration_ms: float
    interrupted: bool = False

    @property
    def summary(self) -> dict[str, int]:
        """Counts by verdict, and of the cells that an expectation, a gateway or an interruption makes special."""
        counts: dict[str, int] = {verdict: sum(cell.verdict == verdict for cell in self.cells) for verdict in VERDICTS}
        counts["unexpected"] = sum(cell.as_expected is False for cell in self.cells)
        counts["unproven"] = sum(is_unproven(cell) for cell in self.cells)
        counts["waived"] = sum(cell.waiver_state == "in-force" for cell in self.cells)
        counts["inconclusive"] = sum(cell.inconclusive for cell in self.cells)
        counts["not_run"] = len(self.plan.cells) - len(self.cells)
        return counts


def is_unproven(cell: Cell) -> bool:
    """Whether the cell has an expectation that its outcome neither meets nor breaks."""
    return cell.expected is not None and cell.as_expected is None and cell.waiver_state != "in-force"


def recorded(plan: Plan, cells: list[Cell], started: datetime, duration_ms: float, *, interrupted: bool = False) -> Run:
    """The run of ``cells``, put into the plan's order."""
    position = {planned.key: index for index, planned in enumerate(plan.cells)}
    ordered = tuple(sorted(cells, key=lambda cell: position[cell.key]))
    return Run(plan, ordered, started, duration_ms, interrupted)
