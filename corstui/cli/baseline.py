"""``--baseline``: a stored run that this one must not differ from."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from corstui.analysis.compare import Comparison, compare
from corstui.analysis.text import printable
from corstui.cli import exits
from corstui.cli.failing import on_policies
from corstui.cli.streams import UsageError, narrate
from corstui.report.comparison import Side, Sides
from corstui.runner import Plan, Run
from corstui.runner.store import StoredRun, StoreError, load_run


def read_baseline(path: str | None) -> StoredRun | None:
    """The stored run. Raises UsageError for a file that is none."""
    if path is None:
        return None
    try:
        return load_run(Path(path))
    except StoreError as error:
        raise UsageError(str(error)) from None


def check_common_ground(path: str, baseline: StoredRun, plan: Plan) -> None:
    """Raises UsageError when nothing that is to run is in the baseline."""
    if not {cell.key for cell in baseline.cells} & {cell.key for cell in plan.cells}:
        raise UsageError(f"{printable(path)} holds none of the cells that are to run")


def against(baseline: StoredRun, run: Run, fail_on: Collection[str]) -> int:
    """Tell on stderr where the run differs from the baseline; the exit code for that."""
    parts = [_part(baseline, run, environment) for environment in run.plan.environments]
    differing = sum(len(part.differing) for part in parts)
    cells = sum(len(part.pairs) for part in parts)
    for environment, part in zip(run.plan.environments, parts, strict=True):
        for sentence in part.summary:
            narrate(printable(f"{environment}: {sentence}"))
    narrate(f"{differing} of {cells} cells differ from the baseline")
    policies = len(Sides(baseline.profile, "baseline", "now", [(None, part) for part in parts]).policies)
    if differing or on_policies(policies, fail_on):
        return exits.UNEXPECTED
    return exits.UNJUDGED if any(part.incomparable for part in parts) else exits.OK


def _part(baseline: StoredRun, run: Run, environment: str) -> Comparison[Side]:
    """One environment, with those cells of the baseline that this run has repeated."""
    repeated = {cell.key for cell in run.cells}
    before: list[Side] = [
        cell for cell in baseline.cells if cell.key in repeated and cell.key.environment == environment
    ]
    now: list[Side] = [cell for cell in run.cells if cell.environment == environment]
    return compare(before, now, name_a="baseline", name_b="now")
