"""A run as a whole: what was planned, what finished, and the counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from corstui.fetch.result import VERDICTS
from corstui.runner.cell import Cell
from corstui.runner.plan import Plan


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
        tally = Tally()
        for cell in self.cells:
            tally.add(cell)
        return tally.summary(len(self.plan.cells))


@dataclass(slots=True)
class Tally:
    """The counts of a run, cell by cell, for which none has to be kept."""

    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, cell: Cell) -> None:
        self.done += 1
        self.counts[cell.verdict] += 1
        self.counts["unexpected"] += cell.as_expected is False
        self.counts["unproven"] += is_unproven(cell)
        self.counts["waived"] += cell.waiver_state == "in-force"
        self.counts["inconclusive"] += bool(cell.inconclusive)

    def summary(self, planned: int) -> dict[str, int]:
        """The counts so far, of so many cells."""
        names = (*VERDICTS, "unexpected", "unproven", "waived", "inconclusive")
        return {**{name: self.counts[name] for name in names}, "not_run": planned - self.done}


def is_unproven(cell: Cell) -> bool:
    """Whether the cell has an expectation that its outcome neither meets nor breaks."""
    return cell.expected is not None and cell.as_expected is None and cell.waiver_state != "in-force"


def recorded(plan: Plan, cells: list[Cell], started: datetime, duration_ms: float, *, interrupted: bool = False) -> Run:
    """The run of ``cells``, put into the plan's order."""
    position = {planned.key: index for index, planned in enumerate(plan.cells)}
    ordered = tuple(sorted(cells, key=lambda cell: position[cell.key]))
    return Run(plan, ordered, started, duration_ms, interrupted)
