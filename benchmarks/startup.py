"""How long the command line takes to help and to check one cell, beside a Python that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.effort import Effort, ms, ratios
from benchmarks.figures import Figure, Goal
from benchmarks.profiles import environment, profile_file
from benchmarks.servers import nginx


def measure(effort: Effort) -> Iterator[Figure]:
    corstui = [sys.executable, "-m", "corstui"]
    with nginx() as api, profile_file(1, 1, api) as profile:
        nothing, helped, checked = effort.in_turn(
            effort.of(21, 3),
            partial(_seconds, [sys.executable, "-c", "pass"], profile.parent),
            partial(_seconds, [*corstui, "--help"], profile.parent),
            partial(_seconds, [*corstui, "check", str(profile)], profile.parent),
        )
    for title, took, goal in (("corstui --help", helped, Goal(5)), ("corstui check of one cell", checked, Goal(30))):
        detail = f"{ms(took)} against {ms(nothing)}"
        yield Figure(f"{title} / python -c pass", ratios(took, nothing), "x", goal, detail)


def _seconds(command: Sequence[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began
