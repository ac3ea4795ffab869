"""The processor time of one request in the whole engine, beside other clients that do the same requests.

The engine judges, lints and keeps every answer with all its headers; the others only fetch them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import corscanner, workload
from benchmarks.effort import Effort, ratios
from benchmarks.figures import Figure, Goal
from benchmarks.profiles import profile_file
from benchmarks.servers import nginx

_COLUMNS = 10
_RIVALS = {
    "bare": ("bare pycurl.AsyncCurlMulti with a header callback", Goal(3)),
    "httpx": ("stock httpx.AsyncClient", Goal(0.1)),
}


def measure(effort: Effort) -> Iterator[Figure]:
    flows, rounds = effort.of(3000, 500), effort.of(7, 2)
    with nginx() as api:
        with profile_file(flows // _COLUMNS, _COLUMNS, api, workload.SETTINGS) as profile:
            names = ("engine", *_RIVALS)
            ours, *theirs = effort.in_turn(rounds, *(partial(_a_request, name, profile) for name in names))
        for (title, goal), other in zip(_RIVALS.values(), theirs, strict=True):
            yield _figure(title, goal, ours, other)
        scanned = corscanner.a_request(api, effort)
        yield _figure("CORScanner", Goal(0.1), ours, scanned)


def _figure(title: str, goal: Goal, ours: tuple[float, ...], theirs: tuple[float, ...]) -> Figure:
    detail = f"{median(ours) * 1e6:.0f} against {median(theirs) * 1e6:.0f} microseconds"
    return Figure(f"processor time of a request / {title}", ratios(ours, theirs), "x", goal, detail)


def _a_request(name: str, profile: Path) -> float:
    took = workload.run(name, profile)
    return took.cpu / took.flows / 2
