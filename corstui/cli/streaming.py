"""``corstui check --format jsonl``: each line as soon as there is one.

What a run is judged by is counted as it goes, so ten thousand cells take the memory of those that are under way. Cells
are kept only where they have to be laid beside others at the end: those of other engines, or a baseline's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from corstui.cli.running import play
from corstui.cli.streams import lines_to
from corstui.report.formats import Options
from corstui.report.lines import first, last, of_cell, of_engines
from corstui.report.standing import Standing, standing
from corstui.runner import Cell, Plan, Run, recorded
from corstui.runner.record import Tally


class Stream:
    """A run that is written while it goes. ``standings`` and ``severities`` count its cells."""

    def __init__(self, plan: Plan, options: Options, *, keep: bool = False) -> None:
        self._plan, self._options = plan, options
        self._keep = keep or len(plan.engines) > 1
        self._tally = Tally()
        self.standings: Counter[Standing] = Counter()
        self.severities: Counter[str | None] = Counter()

    def run(self, output: str | None, *, until: Callable[[Cell], bool], concurrency: int | None, bodies: bool) -> Run:
        """Run the plan, and write to stdout or to the file ``output``, which is replaced as a whole at the end.

        Returns the run with the cells that were kept. Raises UsageError when it cannot be written.
        """
        kept: list[Cell] = []
        with lines_to(output) as write:
            write(first(self._plan, datetime.now(UTC)))

            def take(cell: Cell) -> bool:
                self._tally.add(cell)
                self.standings[standing(cell)] += 1
                self.severities[cell.severity] += 1
                write(of_cell(cell, self._options))
                if self._keep:
                    kept.append(cell)
                return until(cell)

            ended = play(self._plan, take, concurrency=concurrency, bodies=bodies)
            run = recorded(self._plan, kept, ended.started, ended.duration_ms, interrupted=ended.interrupted)
            for line in of_engines(run, self._options):
                write(line)
            write(last(self._tally.summary(len(self._plan.cells)), ended.duration_ms, interrupted=ended.interrupted))
        return run
