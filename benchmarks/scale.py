"""Whether a flow costs the same and a cell takes little memory however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks import workload
from benchmarks.effort import Effort, ratios
from benchmarks.figures import Figure, Goal
from benchmarks.profiles import profile_file
from benchmarks.servers import nginx
from benchmarks.workload import Took

_COLUMNS = 10


def measure(effort: Effort) -> Iterator[Figure]:
    few, some, many = 1000, effort.of(10_000, 2000), effort.of(50_000, 5000)
    rounds = effort.of(3, 1)
    with nginx() as api:

        def took(name: str, cells: int) -> Took:
            with profile_file(cells // _COLUMNS, _COLUMNS, api, workload.SETTINGS) as profile:
                return workload.run(name, profile)

        taken: dict[tuple[str, int], list[Took]] = {}
        for _ in range(rounds):
            for name, cells in (
                ("engine", few),
                ("engine", some),
                ("engine", many),
                ("streaming", some),
                ("streaming", many),
            ):
                taken.setdefault((name, cells), []).append(took(name, cells))
    few_cost, many_cost = (tuple(each.cpu / each.flows for each in taken["engine", cells]) for cells in (few, many))
    detail = f"{median(many_cost) * 1e6:.0f} against {median(few_cost) * 1e6:.0f} microseconds of processor time"
    yield Figure(f"cost of a flow at {many} cells / at {few}", ratios(many_cost, few_cost), "x", Goal(1.1), detail)
    for cells in (some, many):
        values = tuple(each.memory / each.flows / 1024 for each in taken["engine", cells])
        yield Figure(f"memory of a finished cell, all headers kept, plan included, at {cells}", values, "KB", Goal(4))
    values = tuple(
        (large.grown - small.grown) / (many - some)
        for small, large in zip(taken["streaming", some], taken["streaming", many], strict=True)
    )
    title = f"memory for each more cell when none is kept, from {some} to {many}"
    yield Figure(title, values, "bytes", Goal(100), "the plan left out")
