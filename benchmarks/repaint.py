"""What one changed cell costs the screen, in a small matrix and in a large one.

The processor time of the program in a pseudo-terminal while cells start and end one by one, less that of the same
program beside it to which nothing happens, for each change. It takes the news in, works out what they change, and
paints; playing and judging flows is the business of its child process and is not counted.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.effort import Effort, ratios
from benchmarks.figures import Figure, Goal
from benchmarks.profiles import environment, profile_file
from benchmarks.screen import TimedTerminal

SMALL, LARGE = (20, 50), (300, 300)
_SIZE = (160, 50)
_GOAL = Goal(5)
#: As fast in the large one: what noise leaves of 1.
_AS_FAST = Goal(1.25)
#: Cells a second, how often each of them changes, and seconds of looking at them.
_PACE, _CHANGES, _LOOKING = 8, 2, 6.0


def measure(effort: Effort) -> Iterator[Figure]:
    rounds = effort.of(7, 2)
    small, large = effort.in_turn(rounds, partial(_spent, SMALL), partial(_spent, LARGE))
    for size, spent in ((SMALL, small), (LARGE, large)):
        yield Figure(f"one changed cell of {_text(size)} repaints", spent, "ms", _GOAL)
    yield Figure(f"{_text(LARGE)} / {_text(SMALL)}", ratios(large, small), "x", _AS_FAST)


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _spent(size: tuple[int, int]) -> float:
    """The milliseconds of processor time for each change."""
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
        return (spent[1] - spent[0]) / (_CHANGES * _PACE * _LOOKING) * 1000


def _seconds(pid: int) -> float:
    """The processor time of a process so far (proc_pid_stat(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
