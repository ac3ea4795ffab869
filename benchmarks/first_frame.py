"""How long after its start the dashboard has painted, beside a Textual application that shows one word.

Both are whole processes in a pseudo-terminal of their own, from their start until the text has come out of it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.effort import Effort, ms, ratios
from benchmarks.figures import Figure, Goal
from benchmarks.profiles import environment, profile_file
from tests.support.terminal import Terminal

_EMPTY = """\
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("here-I-am")
Empty().run()
"""
_ROWS, _COLUMNS = 20, 6
_GOAL = Goal(2.5)


def measure(effort: Effort) -> Iterator[Figure]:
    with profile_file(_ROWS, _COLUMNS) as profile:
        dashboard = [sys.executable, "-m", "corstui", str(profile)]
        empty, first, matrix = effort.in_turn(
            effort.of(15, 3),
            partial(seconds_until, ["here-I-am"], [sys.executable, "-c", _EMPTY], profile.parent),
            # a profile that is read quickly is shown at once
            partial(seconds_until, ["reading", "endpoint 0"], dashboard, profile.parent),
            partial(seconds_until, [f"endpoint {_ROWS - 1}"], dashboard, profile.parent),
        )
    beside = f"against {ms(empty)} of the empty application"
    yield Figure(
        "first frame / that of an empty Textual application", ratios(first, empty), "x", _GOAL, f"{ms(first)} {beside}"
    )
    yield Figure(
        f"frame with the {_ROWS} x {_COLUMNS} matrix / the same",
        ratios(matrix, empty),
        "x",
        detail=f"{ms(matrix)} {beside}",
    )


def seconds_until(texts: Sequence[str], command: Sequence[str], folder: Path) -> float:
    """From the start of the program until one of the texts is on the screen."""
    began = time.perf_counter()
    with Terminal(command, env=environment(folder), cwd=folder) as terminal:
        terminal.until(*texts)
        return time.perf_counter() - began
