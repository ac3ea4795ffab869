"""``--baseline``: a stored run that this one must not differ from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from corstui.analysis.compare import Comparison, compare
from corstui.cli import exits
from corstui.cli.failing import on_policies
from corstui.cli.streams import UsageError, narrate
from corstui.printable import printable
from corstui.profile.secrets import Masker
from corstui.report.comparison import Side, Sides, policy_table
from corstui.report.masking import Masked
from corstui.runner import Plan, Run
from corstui.runner.store import StoredRun, StoreError, load_run


@dataclass(frozen=True, slots=True)
class Baseline:
    """The stored run that ``--baseline PATH`` names."""

    path: str
    stored: StoredRun

    @classmethod
    def read(cls, path: str) -> Baseline:
        """Raises UsageError for a file that is no stored run."""
        try:
            return cls(path, load_run(Path(path)))
        except StoreError as error:
            raise UsageError(str(error)) from None

    def check_common_ground(self, plan: Plan) -> None:
        """Raises UsageError when nothing that is to run is in the baseline."""
        if not {cell.key for cell in self.stored.cells} & {cell.key for cell in plan.cells}:
            raise UsageError(f"{printable(self.path)} holds none of the cells that are to run")

    def against(self, run: Run, fail_on: Collection[str]) -> int:
        """Tell on stderr where the run differs from the baseline; the exit code for that."""
        secrets = frozenset().union(*(deployment.secrets for deployment in run.plan.deployments))
        parts = [(environment, _part(self.stored, run, environment)) for environment in run.plan.environments]
        sides = Sides(self.stored.profile, "baseline", "now", parts, Masked(Masker(secrets)))
        for sentence in sides.sentences:
            narrate(printable(sentence))
        for endpoint, exchange, name, was, now, origins in policy_table(sides):
            narrate(printable(f"{endpoint} x {origins}: {exchange} {name}: baseline {was}; now {now}"))
        counts = sides.counts
        narrate(f"{counts['differ']} of {counts['cells']} cells differ from the baseline")
        if counts["differ"] or on_policies(counts["policies"], fail_on):
            return exits.UNEXPECTED
        return exits.UNJUDGED if counts["not_comparable"] else exits.OK


def _part(baseline: StoredRun, run: Run, environment: str) -> Comparison[Side]:
    """One environment, with those cells of the baseline that this run has repeated."""
    repeated = {cell.key for cell in run.cells}
    before: list[Side] = [
        cell for cell in baseline.cells if cell.key in repeated and cell.key.environment == environment
    ]
    now: list[Side] = [cell for cell in run.cells if cell.environment == environment]
    return compare(before, now, name_a="baseline", name_b="now")
