"""One piece of work in a process of its own, which tells what it took as JSON on standard output.

    python -m benchmarks.workload NAME PROFILE

Each does the requests of all cells of the profile, 64 flows at once. Processor time and memory are those of the work
alone: what starting, importing and planning took is left out.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from corstui import load_profile
from corstui.fetch.messages import Request
from corstui.garbage import collect_rarely
from corstui.runner import Cell, Plan, execute, plan
from corstui.runner.simulate import rehearse

CONCURRENCY = 64
#: The settings of a profile that is to be run like this.
SETTINGS = f"concurrency: {CONCURRENCY}, per_host: {CONCURRENCY}"


@dataclass(frozen=True, slots=True)
class Took:
    """``cpu`` and ``wall`` in seconds; ``memory``: bytes more than before, the plan included; ``grown``: since the plan
    was there."""

    cpu: float
    wall: float
    flows: int
    memory: int
    grown: int


def run(name: str, profile: Path) -> Took:
    """Do it in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.workload", name, str(profile)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    return Took(**json.loads(done.stdout))


# what is done ---------------------------------------------------------------------------------------------------------


async def engine(chosen: Plan, kept: list[Cell]) -> None:
    """The whole engine, every cell kept."""
    async for cell in execute(chosen):
        kept.append(cell)  # noqa: PERF401 (as its callers do)


async def streaming(chosen: Plan, kept: list[Cell]) -> None:
    """The whole engine, no cell kept."""
    async for _ in execute(chosen):
        pass


async def bare(requests: list[Request]) -> None:
    """libcurl's own asyncio client, which keeps the lines of every response head."""
    import pycurl

    async with pycurl.AsyncCurlMulti() as multi:

        async def work(mine: Iterator[Request]) -> None:
            lines: list[bytes] = []
            curl = pycurl.Curl()
            curl.setopt(pycurl.HEADERFUNCTION, lines.append)
            curl.setopt(pycurl.WRITEFUNCTION, lambda _: None)
            for request in mine:
                lines.clear()
                curl.setopt(pycurl.URL, request.url)
                curl.setopt(pycurl.CUSTOMREQUEST, request.method)
                curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in request.headers])
                await multi.perform(curl)

        await _at_once(work, requests)


async def httpx(requests: list[Request]) -> None:
    """A stock httpx.AsyncClient."""
    from httpx import AsyncClient, Limits

    async with AsyncClient(limits=Limits(max_connections=CONCURRENCY)) as client:

        async def work(mine: Iterator[Request]) -> None:
            for request in mine:
                await client.request(request.method, request.url, headers=request.headers)

        await _at_once(work, requests)


#: What works on a plan, and what works on the requests that the engine would send.
ENGINES: dict[str, Callable[[Plan, list[Cell]], Coroutine[None, None, None]]] = {
    "engine": engine,
    "streaming": streaming,
}
CLIENTS: dict[str, Callable[[list[Request]], Coroutine[None, None, None]]] = {"bare": bare, "httpx": httpx}


async def _at_once(work: Callable[[Iterator[Request]], Awaitable[None]], requests: Iterable[Request]) -> None:
    """As many workers as flows at once, which share the requests."""
    shared = iter(requests)
    await asyncio.gather(*(work(shared) for _ in range(CONCURRENCY)))


def _requests(chosen: Plan) -> list[Request]:
    """What the engine sends, worked out beforehand."""
    return [request for planned in chosen.cells for request in rehearse(planned)]


# and what it took -----------------------------------------------------------------------------------------------------


def measured(name: str, profile: Path) -> Took:
    """Do it here."""
    collect_rarely()  # as the program does
    before = resident()
    chosen = plan(load_profile(profile, process_env={}))
    planned = resident()
    kept: list[Cell] = []
    work = CLIENTS[name](_requests(chosen)) if name in CLIENTS else ENGINES[name](chosen, kept)
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(work)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = resident()
    return Took(cpu, wall, len(chosen.cells), after - before, after - planned)


def resident() -> int:
    """The bytes of memory that this process has now (proc_pid_statm(5))."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(asdict(measured(sys.argv[1], Path(sys.argv[2])))))
