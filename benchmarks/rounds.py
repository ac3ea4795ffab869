"""The wall time of a whole ``check`` against servers that take 50 ms, beside the least that it can take.

The least is the rounds of flows at the given concurrency, times two requests, times 50 ms: what remains is starting,
planning, judging, reporting and every moment in which a place was empty.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.effort import Effort
from benchmarks.figures import Figure, Goal
from benchmarks.profiles import environment, profile_text
from benchmarks.servers import slow

CELLS, CONCURRENCY, DELAY = 1000, 32, 0.05
_COLUMNS = 10
#: Names that resolve to loopback (RFC 6761, section 6.3), so that the default limit for one host bounds nothing.
_HOSTS = tuple(f"server{n}.localhost" for n in range(8))
_GOAL = Goal(1.15)


def measure(effort: Effort) -> Iterator[Figure]:
    ideal = ceil(CELLS / CONCURRENCY) * 2 * DELAY
    with slow(DELAY) as api, TemporaryDirectory(prefix="corstui-benchmark-") as folder:
        profile = Path(folder) / "profile.yaml"
        profile.write_text(_profile(api), encoding="utf-8")
        (walls,) = effort.in_turn(effort.of(5, 1), partial(_checked, profile))
    detail = f"{median(walls):.2f} s against {ideal:.2f} s for {CELLS} cells, {CONCURRENCY} at once"
    title = "wall time of check against servers that take 50 ms / rounds x 50 ms"
    yield Figure(title, tuple(wall / ideal for wall in walls), "x", _GOAL, detail)


def _profile(api: str) -> str:
    """The endpoints by turns on several hosts of the one server."""
    rows = CELLS // _COLUMNS
    text = profile_text(rows, _COLUMNS, api, f"concurrency: {CONCURRENCY}")
    for number in range(rows):
        host = _HOSTS[number % len(_HOSTS)]
        text = text.replace(f"{api}/items/{number}\n", f"{api.replace('127.0.0.1', host)}/items/{number}\n")
    return text


def _checked(profile: Path) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "corstui", "check", str(profile)]
    subprocess.run(
        command, env=environment(profile.parent), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - began
