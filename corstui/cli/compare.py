"""``corstui compare``: two environments of a profile, or two run documents."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from corstui.analysis.compare import Comparison, compare
from corstui.cli import exits
from corstui.cli.failing import on_findings, on_policies
from corstui.cli.running import allowed_to_run, complaints, deliver, load, output_options, rehearse_plan, run_plan
from corstui.cli.streams import UsageError, check_output
from corstui.profile import Profile
from corstui.profile.secrets import Masker
from corstui.report.comparison import Side, Sides
from corstui.report.formats import NotInDocuments, compare_renderer
from corstui.report.masking import Masked, Unmasked
from corstui.runner import NothingSelected, plan
from corstui.runner.plan import no_match, select
from corstui.runner.store import StoredRun, StoreError, load_run


def run(arguments: argparse.Namespace) -> int:
    """Compare and write the report. Returns the exit code."""
    check_output(arguments.output)
    if len(arguments.sources) < 2:
        raise UsageError("compare takes a profile and two environments, or two run documents")
    if len(arguments.sources) == 2:
        if arguments.dry_run:
            raise UsageError("two run documents send nothing; leave --dry-run out")
        sides, interrupted = _documents(arguments), False
    elif (found := _environments(arguments)) is not None:
        sides, interrupted = found
    else:
        return exits.OK
    try:
        report = compare_renderer(arguments.format)(sides, output_options(arguments))
    except NotInDocuments as error:
        raise UsageError(str(error)) from None
    deliver(report, arguments.output, interrupted=interrupted)
    return exits.INTERRUPTED if interrupted else exit_code(sides, arguments.fail_on, strict=arguments.strict)


def exit_code(sides: Sides, fail_on: Collection[str] = (), *, strict: bool = False) -> int:
    """1 when a cell differs or something of ``fail_on`` holds, 3 when one cannot be compared; ``strict``: 1 then."""
    counts = sides.counts
    cells = [cell for _, pair in sides.pairs for cell in (pair.a, pair.b) if cell is not None]
    failed = [on_findings((cell.severity for cell in cells), fail_on), on_policies(counts["policies"], fail_on)]
    if counts["differ"] or any(failed) or (strict and counts["not_comparable"]):
        return exits.UNEXPECTED
    return exits.UNJUDGED if counts["not_comparable"] else exits.OK


def _environments(arguments: argparse.Namespace) -> tuple[Sides, bool] | None:
    """Run both environments of a profile; None where only what would be sent was asked for."""
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
    both = replace(both, cells=tuple(cell for cell in both.cells if cell.key.environment in (a, b)))
    if arguments.dry_run:
        rehearse_plan(both, arguments)
        return None
    allowed_to_run(both, assume_yes=arguments.yes)
    result = run_plan(both, concurrency=arguments.concurrency)
    cells: dict[str, list[Side]] = {a: [], b: []}
    for cell in result.cells:
        cells[cell.environment].append(cell)
    secrets = frozenset().union(*(deployment.secrets for deployment in both.deployments))
    mask = Unmasked() if arguments.show_secrets else Masked(Masker(secrets))
    return Sides(
        profile.name, a, b, [(None, compare(cells[a], cells[b], name_a=a, name_b=b))], mask
    ), result.interrupted


def _known(profile: Profile, a: str, b: str) -> None:
    for name in (a, b):
        if name not in profile.environments:
            raise NothingSelected(no_match("environment", name, list(profile.environments)))
    if a == b:
        raise NothingSelected(f"both sides are the environment {a!r}; name two different ones")


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
    return Sides(title, a, b, list(_parts(a, left, b, right)))


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
