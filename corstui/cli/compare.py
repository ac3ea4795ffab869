"""``corstui compare``: two environments of a profile, or two run documents."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from corstui.analysis.compare import Comparison, compare, pair
from corstui.cli import exits
from corstui.cli.baseline import Baseline
from corstui.cli.failing import on_findings, on_policies
from corstui.cli.running import allowed_to_run, complaints, deliver, load, output_options, rehearse_plan, run_plan
from corstui.cli.streams import UsageError, check_output
from corstui.profile import Profile
from corstui.profile.secrets import Masker
from corstui.report.comparison import Side, Sides, pair_of
from corstui.report.formats import NotInDocuments, compare_renderer
from corstui.report.masking import Masked, Unmasked
from corstui.runner import Cell, NothingSelected, Plan, Run, plan
from corstui.runner.plan import no_match, select
from corstui.runner.store import StoredRun, StoreError, load_run


def run(arguments: argparse.Namespace) -> int:
    """Compare and write the report. Returns the exit code."""
    check_output(arguments.output)
    if len(arguments.sources) < 2:
        raise UsageError("compare takes a profile and two environments, or two run documents")
    if len(arguments.sources) == 2:
        _check_stored(arguments)
        return _report(_documents(arguments), arguments)
    baseline = Baseline.read(arguments.baseline) if arguments.baseline is not None else None
    profile, chosen = _planned(arguments)
    if baseline is not None:
        baseline.check_common_ground(chosen)
    if arguments.dry_run:
        rehearse_plan(chosen, arguments)
        return exits.OK
    allowed_to_run(chosen, assume_yes=arguments.yes)
    stop = _FirstDifference() if arguments.fail_fast else None
    result = run_plan(chosen, concurrency=arguments.concurrency, until=stop)
    codes = [_report(_sides(profile.name, result, arguments), arguments)]
    if result.interrupted:
        return exits.INTERRUPTED
    if arguments.require_expectations and any(cell.expected is None for cell in result.cells):
        codes.append(exits.UNEXPECTED if arguments.strict else exits.UNJUDGED)
    if baseline is not None:
        codes.append(baseline.against(result, arguments.fail_on))
    return min(codes, key=exits.PRECEDENCE.index)


def _report(sides: Sides, arguments: argparse.Namespace) -> int:
    """Write the report; the code that the comparison asks for."""
    try:
        report = compare_renderer(arguments.format)(sides, output_options(arguments))
    except NotInDocuments as error:
        raise UsageError(str(error)) from None
    deliver(report, arguments.output, interrupted=sides.interrupted)
    return exit_code(sides, arguments.fail_on, strict=arguments.strict)


class _FirstDifference:
    """Whether a finished cell differs from its other side, once both are there."""

    def __init__(self) -> None:
        self._finished: dict[tuple[str, str, str], Cell] = {}

    def __call__(self, cell: Cell) -> bool:
        names = cell.key.origin, cell.key.endpoint, cell.key.engine
        other = self._finished.setdefault(names, cell)
        return other is not cell and bool(pair(other, cell).differs)


def exit_code(sides: Sides, fail_on: Collection[str] = (), *, strict: bool = False) -> int:
    """1 when a cell differs or something of ``fail_on`` holds, 3 when one cannot be compared; ``strict``: 1 then."""
    counts = sides.counts
    cells = [cell for _, pair in sides.pairs for cell in (pair.a, pair.b) if cell is not None]
    failed = [on_findings((cell.severity for cell in cells), fail_on), on_policies(counts["policies"], fail_on)]
    if counts["differ"] or any(failed) or (strict and counts["not_comparable"]):
        return exits.UNEXPECTED
    return exits.UNJUDGED if counts["not_comparable"] else exits.OK


def _planned(arguments: argparse.Namespace) -> tuple[Profile, Plan]:
    """Both environments of a profile."""
    if arguments.environments:
        raise UsageError("--env chooses environments of two run documents; name those of a profile behind it")
    *paths, a, b = arguments.sources
    profile = load(paths)
    with complaints():
        _known(profile, a, b)
        both = plan(
            profile,
            origins=arguments.origins,
            endpoints=arguments.endpoints,
            tags=arguments.tags,
            engines=arguments.engines,
            environments=[a, b],
        )
    return profile, replace(both, cells=tuple(cell for cell in both.cells if cell.key.environment in (a, b)))


def _sides(title: str, result: Run, arguments: argparse.Namespace) -> Sides:
    """What finished of both environments. A cell whose other side was to run, and has not, is no one-sided cell."""
    a, b = arguments.sources[-2:]
    finished = {cell.key for cell in result.cells}
    missing = tuple(planned for planned in result.plan.cells if planned.key not in finished)
    halves = {pair_of(planned.key) for planned in missing}
    cells: dict[str, list[Side]] = {a: [], b: []}
    for cell in result.cells:
        if pair_of(cell.key) not in halves:
            cells[cell.environment].append(cell)
    secrets = frozenset().union(*(deployment.secrets for deployment in result.plan.deployments))
    return Sides(
        title=title,
        a=a,
        b=b,
        parts=[(None, compare(cells[a], cells[b], name_a=a, name_b=b))],
        mask=Unmasked() if arguments.show_secrets else Masked(Masker(secrets)),
        missing=missing,
        interrupted=result.interrupted,
    )


def _known(profile: Profile, a: str, b: str) -> None:
    for name in (a, b):
        if name not in profile.environments:
            raise NothingSelected(no_match("environment", name, list(profile.environments)))
    if a == b:
        raise NothingSelected(f"both sides are the environment {a!r}; name two different ones")


def _check_stored(arguments: argparse.Namespace) -> None:
    """Raises UsageError for options that ask for a run."""
    if arguments.dry_run:
        raise UsageError("two run documents send nothing; leave --dry-run out")
    for name in ("baseline", "fail_fast", "require_expectations"):
        if getattr(arguments, name):
            raise UsageError(f"--{name.replace('_', '-')} is about a run; two run documents are there already")


def _documents(arguments: argparse.Namespace) -> Sides:
    """Compare two stored runs. Secrets in them were masked when they were written."""
    try:
        first, second = (load_run(Path(source)) for source in arguments.sources)
    except StoreError as error:
        raise UsageError(f"{error}\ncompare takes a profile and two environments, or two run documents") from None
    left, right = _kept(first, second, arguments)
    if not left and not right:
        raise UsageError("the filters leave no cell of either run")
    title = first.profile if first.profile == second.profile else f"{first.profile} | {second.profile}"
    a, b = (first.name, second.name) if first.name != second.name else arguments.sources
    stopped = first.interrupted or second.interrupted
    return Sides(title, a, b, list(_parts(a, left, b, right)), interrupted=stopped)


def _kept(first: StoredRun, second: StoredRun, arguments: argparse.Namespace) -> tuple[list[Side], list[Side]]:
    """The cells of two stored runs that the filters keep."""
    if arguments.tags:
        raise UsageError("a run document knows no tags; leave --tag out")
    engines = None if "all" in (arguments.engines or ()) else arguments.engines
    wanted = {
        "environment": arguments.environments,
        "origin": arguments.origins,
        "endpoint": arguments.endpoints,
        "engine": engines,
    }
    keys = [cell.key for stored in (first, second) for cell in stored.cells]
    with complaints():
        chosen = {
            axis: set(select(axis, patterns, list(dict.fromkeys(getattr(key, axis) for key in keys))))
            for axis, patterns in wanted.items()
        }

    def kept(stored: StoredRun) -> list[Side]:
        return [cell for cell in stored.cells if all(getattr(cell.key, axis) in chosen[axis] for axis in chosen)]

    return kept(first), kept(second)


def _parts(
    name_a: str, left: Sequence[Side], name_b: str, right: Sequence[Side]
) -> list[tuple[str | None, Comparison[Side]]]:
    """One comparison when each run has one environment, else one for each environment by name."""
    names = list(dict.fromkeys(cell.key.environment for cell in [*left, *right]))
    single = all(len({cell.key.environment for cell in side}) <= 1 for side in (left, right))
    if single:
        return [(None, compare(left, right, name_a=name_a, name_b=name_b))]
    return [
        (
            name,
            compare(
                [cell for cell in left if cell.key.environment == name],
                [cell for cell in right if cell.key.environment == name],
                name_a=name_a,
                name_b=name_b,
            ),
        )
        for name in names
    ]
