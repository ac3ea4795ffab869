"""Plans executed in a child process come out as they do here, and whatever happens to the child is told."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable, Collection
from dataclasses import fields, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from corstui import load_profile
from corstui.runner import Cell, CellKey, Plan, plan
from corstui.runner.apart import Apart, ExecutionFailed
from corstui.runner.together import Together

PROFILE = """
version: 1
origins: {app: https://app.example, other: https://other.example}
environments: {test: {writes: true}}
endpoints:
  list: {url: "https://api.example/orders"}
  create: {method: POST, url: "https://api.example/orders", json: {a: 1}}
"""


def answer(request: httpx.Request) -> httpx.Response:
    headers = {"Access-Control-Allow-Origin": "https://app.example", "Access-Control-Allow-Headers": "content-type"}
    return httpx.Response(204 if request.method == "OPTIONS" else 200, headers=headers, content=b"{}")


def mocked() -> Together:
    return Together(httpx.MockTransport(answer))


class Asked:
    """Does with the process what it is asked to, after one cell."""

    def __init__(self, what: Callable[[], object], cells: int = 1) -> None:
        self._what, self._cells = what, cells
        self._real = mocked()

    async def __call__(
        self, plan: Plan, *, only: Collection[CellKey], on_start: Callable[[CellKey], None]
    ) -> AsyncGenerator[Cell, None]:
        count = 0
        async for cell in self._real(plan, only=only, on_start=on_start):
            yield cell
            count += 1
            if count == self._cells:
                await asyncio.sleep(0.1)  # what was told is on its way
                self._what()


def fail() -> None:
    raise RuntimeError("the cable is cut")


def speak_and_leave() -> None:
    os.write(2, b"something went wrong\nbadly\n")
    os._exit(3)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def orders(tmp_path: Path) -> Plan:
    path = tmp_path / "orders.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    return plan(load_profile(path))


async def collected(run: Any, orders: Plan, cells: list[Cell] | None = None) -> list[Cell]:
    cells = [] if cells is None else cells
    async with asyncio.timeout(60):
        async for cell in run(orders, only={each.key for each in orders.cells}, on_start=lambda key: None):
            cells.append(cell)
    return cells


async def test_cells_are_the_same_as_here(orders: Plan) -> None:
    there = {cell.key: cell for cell in await collected(Apart(mocked), orders)}
    here = {cell.key: cell for cell in await collected(mocked(), orders)}
    assert list(here) and there.keys() == here.keys()
    for key, cell in here.items():
        assert there[key].planned is next(each for each in orders.cells if each.key == key)
        for field in fields(Cell):
            if field.name not in ("planned", "dialogue", "duration_ms", "controls"):
                assert getattr(there[key], field.name) == getattr(cell, field.name)
        assert [each.response for each in there[key].exchanges] == [each.response for each in cell.exchanges]
        assert there[key].findings == cell.findings


async def test_the_controls_of_an_endpoint_are_there_once(orders: Plan) -> None:
    cells = await collected(Apart(mocked), orders)
    assert all(cell.controls for cell in cells)
    assert len({id(cell.controls) for cell in cells}) == 2


async def test_starts_are_told_and_only_what_was_asked_for_runs(orders: Plan) -> None:
    wanted, started = {orders.cells[1].key, orders.cells[2].key}, []
    async with asyncio.timeout(60):
        cells = [cell async for cell in Apart(mocked)(orders, only=wanted, on_start=started.append)]
    assert {cell.key for cell in cells} == wanted == set(started)


async def test_leaving_a_run_stops_it_and_the_child_goes_on(orders: Plan) -> None:
    apart = Apart(mocked)
    run = apart(orders, only={each.key for each in orders.cells}, on_start=lambda key: None)
    async with asyncio.timeout(60):
        await anext(run)
        await run.aclose()
        assert len(await collected(apart, orders)) == 4


async def test_what_breaks_a_run_off_is_told(orders: Plan) -> None:
    apart = Apart(partial(Asked, fail))
    for _ in range(2):
        with pytest.raises(ExecutionFailed, match=r"^the cable is cut$"):
            await collected(apart, orders)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (kill, "^the network process was ended by SIGKILL$"),
        (speak_and_leave, "^the network process ended with exit code 3: badly$"),
    ],
)
async def test_a_child_that_dies_ends_its_runs_and_the_next_run_has_another_one(
    orders: Plan, what: Callable[[], object], told: str
) -> None:
    apart = Apart(partial(Asked, what, 2))
    for _ in range(2):
        cells: list[Cell] = []
        with pytest.raises(ExecutionFailed, match=told):
            await collected(apart, orders, cells)
        assert len(cells) == 2


async def unsendable(plan: Plan, *, only: Collection[CellKey], on_start: Any) -> AsyncGenerator[Cell, None]:
    async for cell in mocked()(plan, only=only, on_start=on_start):
        yield replace(cell, dialogue=(lambda: None,))  # type: ignore[arg-type]


async def test_what_cannot_be_told_is_told_to_be_so(orders: Plan) -> None:
    with pytest.raises(ExecutionFailed, match=r"exit code 1: .*lambda"):
        await collected(Apart(partial(identity, unsendable)), orders)


def identity(thing: Any) -> Any:
    return thing


async def test_what_cannot_be_imported_is_told(orders: Plan) -> None:
    with pytest.raises(ExecutionFailed, match=r"exit code 1: .*[Nn]o(t| module)"):
        await collected(Apart(partial(import_module, "no_such_module")), orders)  # type: ignore[arg-type]


async def test_the_child_ends_with_the_tasks_of_the_loop(orders: Plan) -> None:
    apart = Apart(mocked)
    await collected(apart, orders)
    child = apart._child
    assert child is not None
    pid = child._process.pid
    child._life.cancel()
    with pytest.raises(asyncio.CancelledError):
        await child._life
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
