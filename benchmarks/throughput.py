"""Flows a second at 64 at once, beside wrk, which only throws the same two requests at the server by turns."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import workload
from benchmarks.effort import Effort, ratios
from benchmarks.figures import Figure, Goal, Missing
from benchmarks.machine import program
from benchmarks.profiles import profile_file
from benchmarks.servers import nginx
from corstui import load_profile
from corstui.fetch.messages import Request
from corstui.runner import plan
from corstui.runner.simulate import rehearse

_COLUMNS = 10
_GOAL = Goal(0.05, at_least=True)


def measure(effort: Effort) -> Iterator[Figure]:
    wrk = program("wrk")
    if wrk is None:
        raise Missing("wrk is not installed: apt-get install wrk")
    flows, seconds = effort.of(3000, 500), effort.of(4, 1)
    with (
        nginx() as api,
        profile_file(flows // _COLUMNS, _COLUMNS, api, workload.SETTINGS) as profile,
        TemporaryDirectory(prefix="corstui-wrk-") as folder,
    ):
        script = Path(folder) / "flow.lua"
        script.write_text(_script(profile), encoding="ascii")
        ours, theirs = effort.in_turn(
            effort.of(7, 2), partial(_flows, profile), partial(_thrown, wrk, script, seconds, api)
        )
    detail = f"{median(ours):.0f} against {median(theirs):.0f} a second"
    yield Figure("flows a second / wrk -t1 -c64", ratios(ours, theirs), "x", _GOAL, detail)


def _flows(profile: Path) -> float:
    took = workload.run("engine", profile)
    return took.flows / took.wall


def _thrown(wrk: str, script: Path, seconds: int, api: str) -> float:
    """Pairs of requests a second."""
    command = [wrk, "-t1", f"-c{workload.CONCURRENCY}", f"-d{seconds}s", "-s", str(script), api]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found is not None
    return float(found[1]) / 2


def _script(profile: Path) -> str:
    """Lua for wrk: the first cell's two requests by turns."""
    requests = rehearse(plan(load_profile(profile, process_env={})).cells[0])
    lines = ["local requests = {}", "local turn = 0", "init = function()"]
    lines += [f"  requests[{number}] = {_formatted(request)}" for number, request in enumerate(requests)]
    lines += ["end", "request = function()", "  turn = 1 - turn", "  return requests[turn]", "end"]
    return "\n".join(lines) + "\n"


def _formatted(request: Request) -> str:
    path = "/" + request.url.split("/", 3)[3]
    headers = ", ".join(f'["{name}"] = [[{value}]]' for name, value in request.headers)
    return f'wrk.format("{request.method}", "{path}", {{{headers}}})'
