"""From a key press to the painted answer, while a matrix of 400 x 12 fills.

From the first result on, somebody presses the arrows 20 to 60 ms apart; the answer is there when the cursor has been
painted in its new place, as read from what came out of the pseudo-terminal. Once the results come from a stand-in at
1,000 cells a second, whose answers are judged like any others in the child process; once from the real engine with
nginx, as fast as it gets.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.figures import Figure, Goal, percentile
from benchmarks.profiles import environment, profile_file
from benchmarks.screen import Painter, TimedTerminal
from benchmarks.servers import nginx

ROWS, COLUMNS = 400, 12
#: Cells a second.
PACE = 1000
#: Columns and lines of the terminal, and where in it the matrix' rows are.
_SIZE = (160, 50)
_LEFT_OF, _BELOW = 112, 2
#: The rows and columns within which the cursor stays, so that nothing scrolls.
_BOX = (30, 7)
#: Seconds of pressing: less than the matrix takes to fill.
_PRESSING = 4.0
_KEYS = {(-1, 0): "\x1b[A", (1, 0): "\x1b[B", (0, 1): "\x1b[C", (0, -1): "\x1b[D"}
_GOAL = Goal(50)
_CONTROL = re.compile(r"\x1b\[[0-9;:?<=>]*[ -/]*[@-~]")

#: A press: its time in seconds, and the row and column where the cursor is to be.
Press = tuple[float, tuple[int, int]]


def measure(effort: Effort) -> Iterator[Figure]:
    runs = effort.of(5, 1)
    with profile_file(ROWS, COLUMNS, refused=3) as profile:
        paced = [sys.executable, "-m", "benchmarks.paced", str(profile), str(PACE)]
        yield from _figures(
            f"while {PACE} cells a second come", [_watched(paced, profile, seed) for seed in range(runs)]
        )
    with nginx() as api, profile_file(ROWS, COLUMNS, api, "concurrency: 64, per_host: 64", refused=3) as profile:
        real = [sys.executable, "-m", "corstui", str(profile)]
        yield from _figures("with the engine and nginx", [_watched(real, profile, seed) for seed in range(runs)])


def _figures(when: str, runs: Sequence[tuple[list[float], int]]) -> Iterator[Figure]:
    rates = sorted(rate for _, rate in runs)
    detail = f"{sum(len(took) for took, _ in runs)} presses; {rates[len(rates) // 2]} cells a second came"
    for share, goal in ((0.5, None), (0.95, _GOAL)):
        values = tuple(percentile(took, share) for took, _ in runs)
        yield Figure(f"key press to painted answer {when}, p{share * 100:.0f}", values, "ms", goal, detail)


def _watched(command: Sequence[str], profile: Path, seed: int) -> tuple[list[float], int]:
    """The milliseconds that each press took, and the rate of the cells as the dashboard tells it."""
    with TimedTerminal(command, env=environment(profile.parent), cwd=Path.cwd(), size=_SIZE) as terminal:
        terminal.until("✓")
        presses = list(_pressed(terminal, random.Random(seed)))
        terminal.follow(time.perf_counter() + 0.5)
        told = re.findall(r"(\d+)/s", _CONTROL.sub("", terminal.output))
        return [seconds * 1000 for seconds in answers(presses, terminal.pieces)], int(told[-1])


def _pressed(terminal: TimedTerminal, chance: random.Random) -> Iterator[Press]:
    row = column = 0
    end = time.perf_counter() + _PRESSING
    while time.perf_counter() < end:
        steps = [(y, x) for y, x in _KEYS if 0 <= row + y < _BOX[0] and 0 <= column + x < _BOX[1]]
        step = chance.choice(steps)
        row, column = row + step[0], column + step[1]
        terminal.type(_KEYS[step])
        yield time.perf_counter(), (row, column)
        terminal.follow(time.perf_counter() + chance.uniform(0.02, 0.06))


def answers(presses: Sequence[Press], pieces: Sequence[tuple[float, bytes]]) -> Iterator[float]:
    """The seconds from each press until the cursor was painted where it, or a later press, had sent it.

    Columns are told from how the cursor moved sideways, for their places change as the columns grow. What was never
    answered counts as long as the output lasted.
    """
    painter, waiting, at = Painter(), 0, (0, 0)
    x_before: int | None = None
    for moment, piece in pieces:
        for y, x in _cursors(painter, piece):
            x_before = x if x_before is None else x_before
            side = (x > x_before) - (x < x_before)
            for index in range(waiting, len(presses)):
                pressed, there = presses[index]
                if pressed > moment:
                    break
                if there[0] == y and _sign(there[1] - at[1]) == side:
                    yield from (moment - earlier for earlier, _ in presses[waiting : index + 1])
                    waiting, at = index + 1, there
                    break
            x_before = x
    yield from (pieces[-1][0] - pressed for pressed, _ in presses[waiting:])


def _cursors(painter: Painter, piece: bytes) -> Iterator[tuple[int, int]]:
    """Row and terminal column where the matrix' cursor was painted: the first stretch of reverse video on a line."""
    seen: dict[int, int] = {}
    for y, x in painter.reversed(piece):
        if y > _BELOW and x < _LEFT_OF:
            seen.setdefault(y, x)
    yield from ((y - _BELOW - 1, x) for y, x in seen.items())


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
