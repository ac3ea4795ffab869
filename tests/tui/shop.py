"""A shop to look at: a real profile, the real runner, and a server in memory that answers as the test says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Collection
from pathlib import Path
from typing import Any

import httpx

from corstui.runner import Cell, CellKey, Plan
from corstui.runner.together import Together
from corstui.tui.session import Session, load

#: Environment, number of the endpoint, number of the origin.
Place = tuple[str, int, int]
METHODS = ("GET", "POST", "DELETE")


def profile_text(
    rows: int = 4,
    columns: int = 3,
    *,
    confirm: str = "",
    environments: tuple[str, ...] = (),
    settings: str = "controls: false",
) -> str:
    """Endpoints ``endpoint 0`` ... (GET, POST, DELETE in turn) called from origins ``origin0`` ..."""
    lines = ["version: 1", "name: Shop", "environments:"]
    for name in environments or ("staging", "production"):
        lines.append(f"  {name}:")
        lines += [f"    vars: {{api: 'https://api.{name}.example'}}", "    writes: true"]
        lines += ["    confirm: true"] * (name == confirm)
    lines += [f"settings: {{{settings}}}", "origins:"]
    lines += [f"  origin{n}: https://o{n}.example" for n in range(columns)]
    lines += ["endpoints:", *(f"  endpoint {n}: {METHODS[n % 3]} ${{api}}/{n}" for n in range(rows))]
    return "\n".join(lines) + "\n"


def session(folder: Path, rows: int = 4, columns: int = 3, **fields: Any) -> Session:
    """The session of a freshly written profile."""
    path = folder / "shop.yaml"
    path.write_text(profile_text(rows, columns, **fields))
    return Session(load([path], {}))


class Network:
    """The runner over a server that allows everything but ``blocked`` places and waits for ``held`` ones.

    ``asked`` lists every key that was run, in order.
    """

    def __init__(self, *, blocked: Collection[Place] = (), held: Collection[Place] = ()) -> None:
        self.blocked, self.held = set(blocked), set(held)
        self.released = threading.Event()
        self.broken: str | None = None
        self.asked: list[CellKey] = []
        self.requests: list[httpx.Request] = []
        self.runner = Together(httpx.MockTransport(self.answer))

    async def execute(self, plan: Plan, *, only: Collection[CellKey], on_start: Any) -> AsyncGenerator[Cell, None]:
        if self.broken:
            raise RuntimeError(self.broken)
        self.asked += [planned.key for planned in plan.cells if planned.key in only]
        async for cell in self.runner(plan, only=only, on_start=on_start):
            yield cell

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        origin = request.headers["origin"]
        place = (request.url.host.split(".")[1], int(request.url.path[1:]), int(origin[9:].split(".")[0]))
        if place in self.held:
            await asyncio.to_thread(self.released.wait, 30)
        allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Methods": "DELETE"}
        return httpx.Response(200, headers={} if place in self.blocked else allowed)
