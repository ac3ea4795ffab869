"""``corstui check``: the same run as the dashboard's, for scripts and CI."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from corstui.analysis.compare import Comparison, compare
from corstui.analysis.text import printable
from corstui.cli import exits
from corstui.cli.arguments import FAIL_ON_POLICY
from corstui.cli.failing import on_findings, on_policies
from corstui.cli.freezing import Snapshot, observed, write_expectations
from corstui.cli.running import allowed_to_run, complaints, deliver, load, output_options, rehearse_plan, run_plan
from corstui.cli.streaming import Stream
from corstui.cli.streams import UsageError, check_output, narrate
from corstui.profile import Profile
from corstui.report.comparison import Side, Sides
from corstui.report.formats import Options, check_renderer
from corstui.report.standing import Standing, standing
from corstui.runner import Cell, Plan, Run, plan
from corstui.runner.store import StoredRun, StoreError, load_run


def run(arguments: argparse.Namespace) -> int:
    """Run the profiles and write the report. Returns the exit code."""
    check_output(arguments.output)
    baseline = _baseline(arguments.baseline)
    if FAIL_ON_POLICY in arguments.fail_on and baseline is None:
        raise UsageError("--fail-on policy compares with a stored run; name one with --baseline")
    _check_writing(arguments)
    profile = load(arguments.profiles)
    snapshot = Snapshot.of(arguments.profiles, profile) if arguments.write_expectations else None
    with complaints():
        chosen = plan(
            profile,
            environments=arguments.environments,
            origins=arguments.origins,
            endpoints=arguments.endpoints,
            tags=arguments.tags,
            engines=arguments.engines,
        )
    if baseline is not None and not {cell.key for cell in baseline.cells} & {cell.key for cell in chosen.cells}:
        raise UsageError(f"{printable(arguments.baseline)} holds none of the cells that are to run")
    options = output_options(arguments)
    if arguments.dry_run:
        rehearse_plan(chosen, arguments)
        return exits.OK
    allowed_to_run(chosen, assume_yes=arguments.yes)

    def stop(cell: Cell) -> bool:
        return arguments.fail_fast and cell.as_expected is False

    if arguments.format == "jsonl" and baseline is None and snapshot is None and len(chosen.engines) == 1:
        return _streamed(chosen, arguments, options, stop)
    result = run_plan(chosen, concurrency=arguments.concurrency, until=stop, bodies=arguments.bodies)
    if snapshot is not None and not result.interrupted:
        return _write(result, profile, snapshot, arguments)
    report = check_renderer(arguments.format)(result, options)
    deliver(report, arguments.output, interrupted=result.interrupted)
    codes = [exit_code(map(standing, result.cells), **_strictness(arguments), interrupted=result.interrupted)]
    codes.append(on_findings((cell.severity for cell in result.cells), arguments.fail_on))
    if baseline is not None:
        codes.append(_against(baseline, result, arguments.fail_on))
    return min(codes, key=exits.PRECEDENCE.index)


def _check_writing(arguments: argparse.Namespace) -> None:
    """Raises UsageError for options that do not go together."""
    if arguments.diff and not arguments.write_expectations:
        raise UsageError("--diff shows what --write-expectations would write; add it")
    if arguments.write_expectations and arguments.output is not None and not arguments.diff:
        raise UsageError("--write-expectations writes into the profile; --output takes what --diff shows")
    if arguments.write_expectations:
        for name in ("baseline", "fail_fast", "dry_run", "fail_on"):
            if getattr(arguments, name):
                raise UsageError(f"--write-expectations and --{name.replace('_', '-')} do not go together")


def _write(result: Run, profile: Profile, snapshot: Snapshot, arguments: argparse.Namespace) -> int:
    """Write the expectations instead of a report. What proved nothing asks for exit code 3."""
    diff = write_expectations(result, profile, snapshot, diff=arguments.diff)
    if diff:
        deliver(diff, arguments.output)
    return exits.UNJUDGED if any(observed(cell) is None for cell in result.cells) else exits.OK


def _streamed(plan: Plan, arguments: argparse.Namespace, options: Options, stop: Callable[[Cell], bool]) -> int:
    """Run and write at once; the exit code."""
    stream = Stream(plan, options)
    ended = stream.run(arguments.output, until=stop, concurrency=arguments.concurrency, bodies=arguments.bodies)
    codes = [exit_code(stream.standings, **_strictness(arguments), interrupted=ended.interrupted)]
    codes.append(on_findings(stream.severities.elements(), arguments.fail_on))
    return min(codes, key=exits.PRECEDENCE.index)


def _strictness(arguments: argparse.Namespace) -> dict[str, bool]:
    return {"strict": arguments.strict, "require_expectations": arguments.require_expectations}


def exit_code(
    standings: Iterable[Standing], *, interrupted: bool, strict: bool = False, require_expectations: bool = False
) -> int:
    """The code that the cells of a run ask for, by precedence.

    ``strict``: what could not be judged counts as not as expected. ``require_expectations``: a cell without an
    expectation could not be judged.
    """
    if interrupted:
        return exits.INTERRUPTED
    found = set(standings)
    unjudged = "unjudged" in found or (require_expectations and "free" in found)
    if "failed" in found or (unjudged and strict):
        return exits.UNEXPECTED
    return exits.UNJUDGED if unjudged else exits.OK


def _baseline(path: str | None) -> StoredRun | None:
    if path is None:
        return None
    try:
        return load_run(Path(path))
    except StoreError as error:
        raise UsageError(str(error)) from None


def _against(baseline: StoredRun, run: Run, fail_on: Collection[str]) -> int:
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
    """One environment, with those cells of the baseline that this run was to repeat."""
    planned = {cell.key for cell in run.plan.cells}
    before: list[Side] = [
        cell for cell in baseline.cells if cell.key in planned and cell.key.environment == environment
    ]
    now: list[Side] = [cell for cell in run.cells if cell.environment == environment]
    return compare(before, now, name_a="baseline", name_b="now")
