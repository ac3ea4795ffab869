"""``corstui check --format jsonl``: each line as soon as there is one, and no cell kept.

What a run is judged by is counted as it goes, so ten thousand cells take the memory of those that are under way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from corstui.cli.running import Ended, play
from corstui.cli.streams import lines_to
from corstui.report.formats import Options
from corstui.report.lines import first, last, of_cell
from corstui.report.standing import Standing, standing
from corstui.runner import Cell, Plan
from corstui.runner.record import Tally


class Stream:
    """A run that is written while it goes. ``standings`` and ``severities`` count its cells."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self._plan, self._options = plan, options
        self._tally = Tally()
        self.standings: Counter[Standing] = Counter()
        self.severities: Counter[str | None] = Counter()

    def run(self, output: str | None, *, until: Callable[[Cell], bool], concurrency: int | None, bodies: bool) -> Ended:
        """Run the plan, and write to stdout or to the file ``output``, which is replaced as a whole at the end.

        Raises UsageError when it cannot be written.
        """
        with lines_to(output) as write:
            write(first(self._plan, datetime.now(UTC)))

            def take(cell: Cell) -> bool:
                self._tally.add(cell)
                self.standings[standing(cell)] += 1
                self.severities[cell.severity] += 1
                write(of_cell(cell, self._options))
                return until(cell)

            ended = play(self._plan, take, concurrency=concurrency, bodies=bodies)
            write(last(self._tally.summary(len(self._plan.cells)), ended.duration_ms, interrupted=ended.interrupted))
        return ended
