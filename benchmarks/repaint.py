"""What one changed cell costs the screen, in a small matrix and in a large one.

In process: the processor time of the screen's thread from the news of a finished cell until the screen is at rest, less
what it spends in the same time without news. Through a pseudo-terminal: the processor time of the whole program that
shows ten more cells a second than another one beside it, for each of those cells, the judging in the child process
included.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.effort import Effort, ratios
from benchmarks.figures import Figure, Goal
from benchmarks.paced import answered
from benchmarks.profiles import environment, profile_file
from benchmarks.screen import TimedTerminal
from corstui.runner import Cell, CellKey, Plan
from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge, Finished, Started

SMALL, LARGE = (20, 50), (300, 300)
_SIZE = (160, 50)
_GOAL = Goal(5)
#: As fast in the large one: what noise leaves of 1.
_AS_FAST = Goal(1.25)
#: Seconds within which the screen has painted and come to rest, and what it does regularly has happened once.
_REST = 0.25
#: Cells a second in the pseudo-terminal, and seconds of looking at them.
_PACE, _LOOKING = 10, 6.0


def measure(effort: Effort) -> Iterator[Figure]:
    cells = effort.of(25, 5)
    small, large = (asyncio.run(_in_process(*size, cells)) for size in (SMALL, LARGE))
    yield Figure(f"one changed cell of {_text(SMALL)} repaints", small, "ms", _GOAL, "the screen's thread, in process")
    yield Figure(f"one changed cell of {_text(LARGE)} repaints", large, "ms", _GOAL, "the screen's thread, in process")
    yield Figure(f"{_text(LARGE)} / {_text(SMALL)}", (median(large) / median(small),), "x", _AS_FAST)
    rounds = effort.of(5, 1)
    small, large = effort.in_turn(rounds, partial(_in_terminal, SMALL), partial(_in_terminal, LARGE))
    for size, spent in ((SMALL, small), (LARGE, large)):
        detail = f"the whole program in a pseudo-terminal, {_PACE} cells a second"
        yield Figure(f"one more cell of {_text(size)}", spent, "ms", None, detail)
    yield Figure(f"{_text(LARGE)} / {_text(SMALL)}", ratios(large, small), "x")


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


async def _in_process(rows: int, columns: int, cells: int) -> tuple[float, ...]:
    """The milliseconds of each of so many cells on screen, the first of which warms up."""
    with profile_file(rows, columns) as profile:
        app = CorstuiApp([profile], process_env=environment(profile.parent), bridge=Bridge(_silent))
        async with app.run_test(size=_SIZE) as pilot:
            while app.dashboard is None or not app.dashboard.grid.rows:
                await pilot.pause(0.05)
            await pilot.pause(0.5)
            slots = [app.dashboard.grid.boards[0].by_name[f"endpoint {n % 18}", f"origin{n % 5}"] for n in range(cells)]
            news = app.bridge._news
            spent = []
            for slot in slots:
                cell = answered(slot.planned)
                news.put(Started(slot.run, slot.key))
                await asyncio.sleep(_REST)
                idle = await _thread_seconds(lambda: None)
                busy = await _thread_seconds(partial(news.put, Finished(slot.run, cell)))
                assert slot.cell is cell
                spent.append((busy - idle) * 1000)
        app.bridge.close()
    return tuple(spent[1:])


async def _thread_seconds(act: Callable[[], None]) -> float:
    before = time.thread_time()
    act()
    await asyncio.sleep(_REST)
    return time.thread_time() - before


async def _silent(plan: Plan, *, only: Collection[CellKey], on_start: object) -> AsyncGenerator[Cell, None]:
    """A network that never answers."""
    await asyncio.Event().wait()
    yield answered(plan.cells[0])


def _in_terminal(size: tuple[int, int]) -> float:
    """The milliseconds of processor time for each cell that comes, by a program that nothing comes to beside it."""
    with profile_file(*size) as profile:
        started = [
            TimedTerminal(
                [sys.executable, "-m", "benchmarks.paced", str(profile), str(pace)],
                env=environment(profile.parent),
                cwd=Path.cwd(),
                size=_SIZE,
            )
            for pace in (0, _PACE)
        ]
        with started[0] as idle, started[1] as busy:
            for terminal in (idle, busy):
                terminal.until("endpoint 10")
            for terminal in (idle, busy):
                terminal.follow(time.perf_counter() + 1)
            before = [_seconds(terminal.pid) for terminal in (idle, busy)]
            end = time.perf_counter() + _LOOKING
            while time.perf_counter() < end:
                for terminal in (idle, busy):
                    terminal.follow(time.perf_counter() + 0.01)
            spent = [_seconds(terminal.pid) - start for terminal, start in zip((idle, busy), before, strict=True)]
        return (spent[1] - spent[0]) / (_PACE * _LOOKING) * 1000


def _seconds(pid: int) -> float:
    """The processor time of a process so far (proc_pid_stat(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
