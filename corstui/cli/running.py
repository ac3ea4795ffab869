"""Running a plan from the command line: load, ask the signals to leave what is finished, show progress."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from corstui.cli.streams import Progress, UsageError, columns, complain, emit, has_color, has_marks, lines, narrate
from corstui.garbage import collect_rarely
from corstui.printable import printable
from corstui.profile import Profile, ProfileError, load_profile
from corstui.report.formats import Options
from corstui.runner import Cell, NothingSelected, Plan, Run, execute, recorded
from corstui.runner.limits import host_of


@contextmanager
def complaints() -> Iterator[None]:
    """Turn what a profile or a filter can be wrong in into a usage error."""
    try:
        yield
    except (ProfileError, NothingSelected) as error:
        raise UsageError(str(error)) from None


def load(paths: Sequence[str]) -> Profile:
    """Load profiles; their warnings go to stderr. Raises UsageError with every problem."""
    with complaints():
        profile = load_profile(*paths, process_env=os.environ)
    for warning in profile.warnings:
        narrate(str(warning))
    return profile


def output_options(arguments: argparse.Namespace) -> Options:
    """How a document looks where it goes."""
    output = getattr(arguments, "output", None)
    return Options(
        width=columns(output),
        height=lines(output),
        color=has_color(output),
        ascii=output is None and not has_marks(),
        secrets=arguments.show_secrets,
        bodies=getattr(arguments, "bodies", False),
    )


def deliver(text: str, output: str | None = None, *, interrupted: bool = False) -> None:
    """Write the report of a run. Raises UsageError when it cannot be written, but for an interrupted run: that comes
    first in the exit code, so this is only told."""
    try:
        emit(text, output)
    except UsageError as error:
        if not interrupted:
            raise
        complain(str(error))


def allowed_to_run(chosen: Plan, *, assume_yes: bool) -> None:
    """Ask before an environment whose profile says ``confirm: true`` is reached, where there is somebody to ask.

    Without a terminal the command line itself is the consent. Raises UsageError when the answer is no.
    """
    for deployment in chosen.deployments:
        if not deployment.confirm:
            continue
        cells = [cell for cell in chosen.cells if cell.deployment is deployment]
        hosts = ", ".join(dict.fromkeys(host_of(cell.url) for cell in cells))
        credentialed = sum(cell.endpoint.credentials == "include" for cell in cells)
        writes = sum(cell.writes for cell in cells)
        scope = f"{len(cells)} cells at {hosts}; {credentialed} with credentials, {writes} that write"
        narrate(printable(f"{deployment.name}: {scope}"))
        if assume_yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            continue
        sys.stderr.write("Go on? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise UsageError(f"{deployment.name} was not confirmed; nothing was sent")


def rehearse_plan(plan: Plan, arguments: argparse.Namespace) -> None:
    """Write what a run would send. Raises UsageError for a format that only a run has."""
    from corstui.report.rehearsal import RENDERERS

    renderer = RENDERERS.get(arguments.format)
    if renderer is None:
        raise UsageError(f"--dry-run has nothing to write as {arguments.format}; it writes {' or '.join(RENDERERS)}")
    emit(renderer(plan, output_options(arguments)), arguments.output)


def run_plan(
    plan: Plan,
    *,
    concurrency: int | None = None,
    until: Callable[[Cell], bool] | None = None,
    bodies: bool = False,
) -> Run:
    """Run a plan to its end, to the first cell for which ``until`` holds, or to SIGINT or SIGTERM."""
    cells: list[Cell] = []

    def take(cell: Cell) -> bool:
        cells.append(cell)
        return until is not None and until(cell)

    ended = play(plan, take, concurrency=concurrency, bodies=bodies)
    return recorded(plan, cells, ended.started, ended.duration_ms, interrupted=ended.interrupted)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run went. ``started`` is an aware time."""

    started: datetime
    duration_ms: float
    interrupted: bool


def play(plan: Plan, take: Callable[[Cell], bool], *, concurrency: int | None = None, bodies: bool = False) -> Ended:
    """Hand each cell over as it finishes, to the end of the plan, until ``take`` says that this was enough, or to a
    SIGINT or SIGTERM: what was finished has been handed over then."""
    collect_rarely()
    return asyncio.run(_Player(plan, take, bodies=bodies).run(concurrency))


class _Player:
    def __init__(self, plan: Plan, take: Callable[[Cell], bool], *, bodies: bool) -> None:
        self._plan, self._take, self._bodies = plan, take, bodies
        self._interrupted = False

    async def run(self, concurrency: int | None) -> Ended:
        started, began = datetime.now(UTC), time.monotonic()
        task = asyncio.ensure_future(self._play(concurrency))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt, task)
        try:
            await task
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
        return Ended(started, (time.monotonic() - began) * 1000, self._interrupted)

    def _interrupt(self, task: asyncio.Future[None]) -> None:
        """Stop what is under way. A second signal ends the program as if nobody listened."""
        self._interrupted = True
        task.cancel()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    async def _play(self, concurrency: int | None) -> None:
        progress = Progress(len(self._plan.cells))
        try:
            async with aclosing(execute(self._plan, concurrency=concurrency, bodies=self._bodies)) as cells:
                async for cell in cells:
                    enough = self._take(cell)
                    progress.step()
                    if enough:
                        break
        finally:
            progress.close()
