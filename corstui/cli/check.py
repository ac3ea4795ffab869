"""``corstui check``: the same run as the dashboard's, for scripts and CI."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from corstui.cli import exits
from corstui.cli.arguments import FAIL_ON_POLICY
from corstui.cli.failing import on_findings
from corstui.cli.running import allowed_to_run, complaints, deliver, load, output_options, rehearse_plan, run_plan
from corstui.cli.streams import UsageError, check_output
from corstui.profile import Profile
from corstui.report.formats import Options, check_renderer
from corstui.report.standing import Standing, standing
from corstui.runner import Cell, Plan, Run, plan

if TYPE_CHECKING:
    from corstui.cli.baseline import Baseline
    from corstui.cli.freezing import Snapshot


def run(arguments: argparse.Namespace) -> int:
    """Run the profiles and write the report. Returns the exit code."""
    check_output(arguments.output)
    baseline = _baseline(arguments.baseline) if arguments.baseline is not None else None
    if FAIL_ON_POLICY in arguments.fail_on and baseline is None:
        raise UsageError("--fail-on policy compares with a stored run; name one with --baseline")
    _check_writing(arguments)
    profile = load(arguments.profiles)
    snapshot = _snapshot(arguments.profiles, profile) if arguments.write_expectations else None
    with complaints():
        chosen = plan(
            profile,
            environments=arguments.environments,
            origins=arguments.origins,
            endpoints=arguments.endpoints,
            tags=arguments.tags,
            engines=arguments.engines,
        )
    if baseline is not None:
        baseline.check_common_ground(chosen)
    options = output_options(arguments)
    if arguments.dry_run:
        rehearse_plan(chosen, arguments)
        return exits.OK
    allowed_to_run(chosen, assume_yes=arguments.yes)

    def stop(cell: Cell) -> bool:
        return arguments.fail_fast and cell.as_expected is False

    if arguments.format == "jsonl" and snapshot is None:
        return _streamed(chosen, arguments, options, stop, baseline)
    result = run_plan(chosen, concurrency=arguments.concurrency, until=stop, bodies=arguments.bodies)
    if snapshot is not None and not result.interrupted:
        return _write(result, profile, snapshot, arguments)
    report = check_renderer(arguments.format)(result, options)
    deliver(report, arguments.output, interrupted=result.interrupted)
    codes = [exit_code(map(standing, result.cells), **_strictness(arguments), interrupted=result.interrupted)]
    codes.append(on_findings((cell.severity for cell in result.cells), arguments.fail_on))
    if baseline is not None:
        codes.append(baseline.against(result, arguments.fail_on))
    return min(codes, key=exits.PRECEDENCE.index)


# What a run is compared with, or becomes an expectation by, is loaded only when that is asked for.


def _baseline(path: str) -> Baseline:
    from corstui.cli.baseline import Baseline

    return Baseline.read(path)


def _snapshot(paths: Iterable[str], profile: Profile) -> Snapshot:
    from corstui.cli.freezing import Snapshot

    return Snapshot.of(paths, profile)


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
    from corstui.cli.freezing import observed, write_expectations

    diff = write_expectations(result, profile, snapshot, diff=arguments.diff)
    if diff:
        deliver(diff if arguments.show_secrets else profile.mask(diff), arguments.output)
    return exits.UNJUDGED if any(observed(cell) is None for cell in result.cells) else exits.OK


def _streamed(
    plan: Plan,
    arguments: argparse.Namespace,
    options: Options,
    stop: Callable[[Cell], bool],
    baseline: Baseline | None,
) -> int:
    """Run and write at once; the exit code."""
    from corstui.cli.streaming import Stream

    stream = Stream(plan, options, keep=baseline is not None)
    run = stream.run(arguments.output, until=stop, concurrency=arguments.concurrency, bodies=arguments.bodies)
    codes = [exit_code(stream.standings, **_strictness(arguments), interrupted=run.interrupted)]
    codes.append(on_findings(stream.severities.elements(), arguments.fail_on))
    if baseline is not None:
        codes.append(baseline.against(run, arguments.fail_on))
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
