"""The bridge runs plans in its own thread and never keeps a failure or a quit to itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from corstui.runner.together import Together
from corstui.tui.bridge import Bridge, Ended, Finished, News, Started
from tests.tui.fakes import FakeCell, planned
from tests.tui.shop import session

KEYS = [item.key for item in planned(2, 2)]


@pytest.fixture
def made() -> Iterator[list[Bridge]]:
    """Bridges to close whatever the test did."""
    bridges: list[Bridge] = []
    yield bridges
    for bridge in bridges:
        bridge.close()


async def collected(bridge: Bridge, enough: Callable[[list[News]], bool]) -> list[News]:
    """News until ``enough``, looked at the way a screen does."""
    news: list[News] = []
    async with asyncio.timeout(60):
        while not enough(news):
            news += bridge.drain()
            await asyncio.sleep(0.005)
    return news


def ended(news: list[News]) -> bool:
    return any(isinstance(one, Ended) for one in news)


async def everything(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
    for key in KEYS:
        if key in only:
            on_start(key)
            yield FakeCell(key)


async def forever(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
    on_start(KEYS[0])
    await asyncio.Event().wait()
    yield FakeCell(KEYS[0])


async def test_starts_results_and_the_end_arrive_in_order(made: list[Bridge]) -> None:
    bridge = Bridge(everything)
    made.append(bridge)
    bridge.run(7, None, KEYS[:2])  # type: ignore[arg-type]
    news = await collected(bridge, ended)
    assert [type(one) for one in news] == [Started, Finished, Started, Finished, Ended]
    assert {one.run for one in news} == {7}
    assert news[-1] == Ended(7)


async def test_a_run_that_is_stopped_before_it_begins_ends_too(made: list[Bridge]) -> None:
    bridge = Bridge(everything)
    made.append(bridge)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    await collected(bridge, ended)
    loop, held = bridge._running_loop(), threading.Event()
    loop.call_soon_threadsafe(held.wait)
    bridge.run(2, None, KEYS)  # type: ignore[arg-type]
    bridge.stop(2)
    held.set()
    assert await collected(bridge, ended) == [Ended(2)]


async def test_a_run_happens_in_another_thread(made: list[Bridge]) -> None:
    seen: list[threading.Thread] = []

    async def spy(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        seen.append(threading.current_thread())
        return
        yield

    bridge = Bridge(spy)
    made.append(bridge)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    await collected(bridge, ended)
    assert seen[0] is not threading.current_thread()


async def test_stopping_one_run_leaves_the_other(made: list[Bridge]) -> None:
    bridge = Bridge(forever)
    made.append(bridge)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    bridge.run(2, None, KEYS)  # type: ignore[arg-type]
    await collected(bridge, lambda news: len(news) == 2)
    bridge.stop(1)
    assert await collected(bridge, ended) == [Ended(1)]
    bridge.stop()
    assert await collected(bridge, ended) == [Ended(2)]


async def test_an_error_in_the_network_thread_is_told(made: list[Bridge]) -> None:
    async def broken(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        raise RuntimeError("the cable is cut")
        yield

    bridge = Bridge(broken)
    made.append(bridge)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    assert await collected(bridge, ended) == [Ended(1, "the cable is cut")]


async def test_an_error_in_a_stray_callback_is_told_too(made: list[Bridge]) -> None:
    async def stray(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        asyncio.get_running_loop().call_soon(lambda: [][0])
        await asyncio.sleep(0)
        return
        yield

    bridge = Bridge(stray)
    made.append(bridge)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    news = await collected(bridge, lambda news: len(news) == 2)
    assert any(isinstance(one, Ended) and one.run is None and "index out of range" in (one.error or "") for one in news)


async def test_closing_cancels_what_runs_and_joins_the_thread() -> None:
    cleaned = threading.Event()

    async def tidy(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        on_start(KEYS[0])
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()
        yield

    bridge = Bridge(tidy)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    await collected(bridge, lambda news: len(news) == 1)
    assert bridge.close()
    assert cleaned.is_set()
    assert bridge.close()


def test_closing_a_bridge_that_never_ran_is_nothing() -> None:
    assert Bridge().close()


async def test_closing_never_waits_longer_than_told() -> None:
    release = threading.Event()

    async def stubborn(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        on_start(KEYS[0])
        release.wait(30)
        yield FakeCell(KEYS[0])

    bridge = Bridge(stubborn)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    await collected(bridge, lambda news: len(news) == 1)
    assert not bridge.close(timeout=0.05)
    release.set()
    assert bridge.close()


async def test_a_flood_is_handed_over_in_parts(made: list[Bridge]) -> None:
    async def flood(plan: Any, *, only: Any, on_start: Any) -> AsyncGenerator[Any, None]:
        for _ in range(100):
            yield FakeCell(KEYS[0])

    bridge = Bridge(flood)
    made.append(bridge)
    bridge.run(1, None, KEYS)  # type: ignore[arg-type]
    first: list[News] = []
    async with asyncio.timeout(60):
        while not first:
            first = bridge.drain(most=10)
            await asyncio.sleep(0.005)
    assert len(first) <= 10
    assert len(first + await collected(bridge, ended)) == 101


async def test_runs_side_by_side_keep_to_the_limits_of_their_profile_together(
    made: list[Bridge], tmp_path: Path
) -> None:
    shown = session(tmp_path, 2, 2, settings="per_host: 1")
    under_way = most = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(5):
            await asyncio.sleep(0)
        under_way -= 1
        return httpx.Response(200)

    plan = shown.plan("staging")
    bridge = Bridge(Together(httpx.MockTransport(answer)))
    made.append(bridge)
    for number in range(4):
        bridge.run(number, plan, [plan.cells[number].key])
    news = await collected(bridge, lambda news: sum(isinstance(one, Ended) for one in news) == 4)
    assert [one.error for one in news if isinstance(one, Ended)] == [None] * 4
    assert most == 1
