from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from corstui.profile import Profile
from corstui.runner import Cell, CellFailed, CellKey, Plan, execute, plan, run
from corstui.runner import schedule as schedule_module
from tests.runner.shops import Shop, consent, profile_of

GRID = """
environments: {{here: {{writes: true}}}}
settings: {{controls: false, {settings}}}
origins:
  a: https://a.example
  b: https://b.example
  c: https://c.example
endpoints:
  one: https://one.example/1
  two: PUT https://two.example/2
  three: https://one.example/3
  four: {{request: "POST https://four.example/4", json: {{}}, credentials: include}}
"""


def grid(directory: Path, settings: str = "") -> Profile:
    return profile_of(directory, GRID.format(settings=settings))


async def collect(
    chosen: Plan, shop: Shop, only: Collection[CellKey] | None = None, concurrency: int | None = None
) -> list[Cell]:
    return [cell async for cell in execute(chosen, transport=shop, only=only, concurrency=concurrency)]


def outcomes(cells: list[Cell]) -> dict[CellKey, tuple[object, ...]]:
    return {cell.key: (cell.verdict, cell.reason, cell.phase, cell.sent, cell.status, cell.checks) for cell in cells}


def picky(request: httpx.Request) -> httpx.Response:
    """Lets only b in, and no PUT."""
    if request.headers.get("origin") != "https://b.example":
        return httpx.Response(200)
    if request.headers.get("access-control-request-method") == "PUT":
        return consent(request, access_control_allow_methods="GET", status=403)
    return consent(request)


async def test_every_cell_is_run_once_and_judged(tmp_path: Path) -> None:
    shop = Shop(picky)
    chosen = plan(grid(tmp_path))
    cells = await collect(chosen, shop)
    assert {cell.key for cell in cells} == {planned.key for planned in chosen.cells}
    assert len(cells) == 12
    verdicts = {f"{cell.endpoint} {cell.origin}": (cell.verdict, cell.reason) for cell in cells}
    assert verdicts["one b"] == ("allowed", None)
    assert verdicts["one a"] == ("blocked", "acao-missing")
    assert verdicts["two b"] == ("blocked", "preflight-status")
    assert verdicts["four c"] == ("blocked", "acao-missing-preflight")


@pytest.mark.parametrize("concurrency", [1, 3, 64])
async def test_results_depend_neither_on_concurrency_nor_on_order(tmp_path: Path, concurrency: int) -> None:
    chosen = plan(grid(tmp_path), engines=["all"])
    alone = outcomes(await collect(chosen, Shop(picky), concurrency=1))
    backwards = replace(chosen, cells=chosen.cells[::-1])
    assert outcomes(await collect(chosen, Shop(picky), concurrency=concurrency)) == alone
    assert outcomes(await collect(backwards, Shop(picky), concurrency=concurrency)) == alone


async def test_a_preflight_kept_by_one_cell_serves_no_other(tmp_path: Path) -> None:
    shop = Shop()
    await collect(plan(grid(tmp_path), endpoints=["two"], origins=["a"], engines=["all"]), shop)
    assert shop.lines.count("OPTIONS https://two.example/2") == 4


async def test_only_the_asked_for_cells_are_run(tmp_path: Path) -> None:
    shop = Shop()
    chosen = plan(grid(tmp_path))
    wanted = [chosen.cells[0].key, chosen.cells[-1].key]
    assert {cell.key for cell in await collect(chosen, shop, only=wanted)} == set(wanted)
    assert len(shop.requests) == 3


async def test_concurrency_counts_flows_and_per_host_counts_requests(tmp_path: Path) -> None:
    shop = Shop()
    await collect(plan(grid(tmp_path, "per_host: 2")), shop, concurrency=5)
    assert shop.most <= 5
    assert shop.most_per_host["one.example"] == 2
    busy = Shop()
    await collect(plan(grid(tmp_path, "per_host: 1, concurrency: 2")), busy)
    assert busy.most == 2
    assert set(busy.most_per_host.values()) == {1}


async def test_a_slow_host_holds_no_place_that_another_could_use(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "one.example":
            await release.wait()
        return consent(request)

    chosen = plan(grid(tmp_path, "per_host: 1, concurrency: 2"))
    finished: list[CellKey] = []
    async with aclosing(execute(chosen, transport=Shop(answer))) as cells:
        async for cell in cells:
            finished.append(cell.key)
            if len(finished) == 6:
                assert {key.endpoint for key in finished} == {"two", "four"}
                release.set()
    assert len(finished) == 12


async def test_waiting_for_a_slot_costs_a_flow_none_of_its_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer takes most of the timeout on a clock that only the server moves; six queue for one slot."""
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    deadlines: list[float] = []

    class Recorder(schedule_module.Sender):
        async def send(self, request, *, deadline=None):  # type: ignore[no-untyped-def]
            deadlines.append(deadline - clock[0])
            clock[0] += 4.0
            return await super().send(request, deadline=None)

    monkeypatch.setattr(schedule_module, "Sender", Recorder)
    cells = await collect(plan(grid(tmp_path, "per_host: 1, timeout: 10s"), endpoints=["two"]), Shop())
    assert [cell.verdict for cell in cells] == ["allowed"] * 3
    assert sorted(deadlines) == [6.0, 6.0, 6.0, 10.0, 10.0, 10.0]


async def test_the_budget_ends_what_is_sent_and_says_so(tmp_path: Path) -> None:
    shop = Shop()
    cells = await collect(plan(grid(tmp_path, "budget: 4")), shop, concurrency=1)
    assert len(shop.requests) == 4
    held = [cell for cell in cells if cell.reason == "held-budget"]
    assert {cell.verdict for cell in held} == {"unsent"}
    assert len(cells) == 12
    assert held


async def test_requests_are_spaced_by_the_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, slept = [50.0], []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))

    monkeypatch.setattr("corstui.runner.limits.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("corstui.runner.limits.asyncio.sleep", sleep)
    from corstui.runner.limits import Rate

    rate = Rate(20)
    for _ in range(3):
        await rate.turn()
    clock[0] += 10  # an idle spell saves up no burst
    for _ in range(2):
        await rate.turn()
    assert slept == [0.05, 0.1, 0.05]


async def test_nothing_unsafe_leaves_an_environment_without_writes(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/away" and request.method == "OPTIONS":
            return consent(request)
        return consent(request)

    shop = Shop(answer)
    profile = profile_of(
        tmp_path,
        """
settings: {controls: false}
origins: {web: "https://web.example"}
endpoints:
  simple post: {request: "POST https://api.example/a", body: x}
  put: PUT https://api.example/b
  get never: {request: "GET https://api.example/c", send: never}
  preflighted get never: {request: "GET https://api.example/d", headers: {X-A: "1"}, send: never}
""",
    )
    cells = {cell.endpoint: cell for cell in await collect(plan(profile), shop)}
    assert {name: (cell.verdict, cell.reason, cell.sent) for name, cell in cells.items()} == {
        "simple post": ("unsent", "held-no-preflight", False),
        "put": ("unsent", "held-after-preflight", False),
        "get never": ("unsent", "held-no-preflight", False),
        "preflighted get never": ("unsent", "held-after-preflight", False),
    }
    assert sorted(shop.lines) == ["OPTIONS https://api.example/b", "OPTIONS https://api.example/d"]


async def test_a_redirect_that_makes_a_write_safe_lets_it_go_on_and_one_that_keeps_it_does_not(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/post" and request.method == "POST":
            return consent(request, 303, Location="/done")
        if request.url.path == "/get":
            return consent(request, 307, Location="/done")
        return consent(request)

    shop = Shop(answer)
    profile = profile_of(
        tmp_path,
        """
settings: {controls: false}
environments: {here: {writes: true}}
origins: {web: "https://web.example"}
endpoints:
  post: {request: "POST https://api.example/post", body: x}
  get: {request: "GET https://api.example/get", send: never}
""",
    )
    cells = {cell.endpoint: cell for cell in await collect(plan(profile), shop)}
    assert cells["post"].verdict == "allowed"
    assert cells["get"].reason == "held-no-preflight"
    assert sorted(shop.lines) == ["GET https://api.example/done", "POST https://api.example/post"]


@pytest.mark.parametrize(
    ("extra", "away"),
    [
        ("headers: {X-Api-Key: '${secret:TOKEN}'}", "GET"),
        ("headers: {X-Api-Key: plain-text-key}", "GET"),
        ("headers: {X-Trace: 'id-${secret:TOKEN}'}", "GET"),
    ],
)
async def test_a_secret_never_follows_a_redirect_to_an_origin_that_the_profile_does_not_name(
    tmp_path: Path, extra: str, away: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.example" and request.method == "GET":
            return consent(request, 302, Location="https://elsewhere.example/")
        return consent(request)

    shop = Shop(answer)
    profile = profile_of(
        tmp_path,
        f"""
origins: {{web: "https://web.example"}}
endpoints:
  list:
    request: GET https://api.example/
    {extra}
""",
        TOKEN="s3cret-value",
    )
    (cell,) = await collect(plan(profile), shop)
    assert (cell.verdict, cell.reason) == ("unsent", "held-secret")
    assert f"{away} https://elsewhere.example/" not in shop.lines


async def test_a_secret_may_go_to_an_origin_that_the_profile_names(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.example" and request.method == "GET":
            return consent(request, 302, Location="https://other.example/")
        return consent(request)

    shop = Shop(answer)
    profile = profile_of(
        tmp_path,
        """
settings: {controls: false}
origins: {web: "https://web.example"}
endpoints:
  list: {request: "GET https://api.example/", headers: {X-Api-Key: "${secret:TOKEN}"}}
  other: GET https://other.example/
""",
        TOKEN="s3cret-value",
    )
    cells = await collect(plan(profile, endpoints=["list"]), shop)
    assert "GET https://other.example/" in shop.lines
    assert cells[0].reason != "held-secret"


async def test_repetitions_share_a_browser_and_the_first_that_is_not_allowed_decides(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        if asked.count("PUT") == 2 and request.method == "PUT":
            return httpx.Response(200)
        return consent(request, access_control_max_age="600")

    profile = profile_of(
        tmp_path,
        """
settings: {controls: false}
environments: {here: {writes: true}}
origins: {web: "https://web.example"}
endpoints: {save: {request: "PUT https://api.example/", repeat: 3}}
""",
    )
    (cell,) = await collect(plan(profile), Shop(answer))
    assert asked == ["OPTIONS", "PUT", "PUT", "PUT"]
    assert (cell.verdict, cell.reason) == ("blocked", "acao-missing")
    assert len(cell.exchanges) == 4
    decisive = cell.flow.deciding
    assert decisive is not None
    assert decisive.exchange == 2


async def test_leaving_the_iterator_cancels_what_is_under_way(tmp_path: Path) -> None:
    cancelled: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/1" and request.headers["origin"] == "https://a.example":
            return consent(request)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(str(request.url))
            raise
        raise AssertionError

    before = asyncio.all_tasks()
    shop = Shop(answer)
    async with aclosing(execute(plan(grid(tmp_path)), transport=shop)) as cells:
        async for _ in cells:
            break
    assert len(cancelled) == len(shop.requests) - 1
    assert asyncio.all_tasks() == before
    assert not shop.closed, "a transport that was given belongs to the caller"


async def test_a_cell_that_breaks_the_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Cell:
        raise RuntimeError("a bug")

    monkeypatch.setattr(schedule_module, "finished", broken)
    with pytest.raises(CellFailed, match=r"one x a in here \(chromium\): RuntimeError: a bug"):
        await collect(plan(grid(tmp_path), endpoints=["one"], origins=["a"]), Shop())


async def test_starting_is_told_in_the_order_of_the_plan(tmp_path: Path) -> None:
    chosen = plan(grid(tmp_path))
    started: list[CellKey] = []
    async for _ in execute(chosen, transport=Shop(), concurrency=1, on_start=started.append):
        pass
    assert started == [planned.key for planned in chosen.cells]


async def test_run_plans_and_executes_in_one_go(tmp_path: Path) -> None:
    found = [cell async for cell in run(grid(tmp_path), endpoints=["o*"], origins=["a"], transport=Shop())]
    assert [(cell.endpoint, cell.origin, cell.verdict, cell.status) for cell in found] == [("one", "a", "allowed", 200)]


async def test_a_cell_replays_to_the_flow_that_it_was_made_of(tmp_path: Path) -> None:
    for cell in await collect(plan(grid(tmp_path), engines=["all"]), Shop(picky)):
        flow = cell.flow
        assert (flow.verdict, flow.reason, flow.phase, flow.sent) == (cell.verdict, cell.reason, cell.phase, cell.sent)
        assert len(flow.exchanges) == sum(len(part.replies) for part in cell.dialogue) - (cell.verdict == "unsent")


async def test_bodies_are_counted_but_not_kept(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        allowed = {"Access-Control-Allow-Origin": "*"}
        return httpx.Response(200, headers=allowed, content=b"x" * 5000)

    (cell,) = await collect(plan(grid(tmp_path), endpoints=["one"], origins=["a"]), Shop(answer))
    assert cell.exchanges[0].response is not None
    assert cell.exchanges[0].response.body_length == 5000
    assert all(not reply.body for part in cell.dialogue for reply in part.replies)


async def test_a_cookie_of_the_profile_never_goes_to_an_origin_that_it_does_not_name(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.shop.example":
            return consent(
                request, 302, Location="https://static.shop.example/", Set_Cookie="own=1; Domain=shop.example"
            )
        return consent(request)

    profile_text = """
settings: {{controls: false}}
environments:
  here: {{cookies: [{{name: sid, value: abc123, domain: {domain}, samesite: none, secure: true}}]}}
origins: {{web: "https://web.example"}}
endpoints: {{list: {{request: "GET https://api.shop.example/", credentials: include}}}}
"""
    shop = Shop(answer)
    (cell,) = await collect(plan(profile_of(tmp_path, profile_text.format(domain=".shop.example"))), shop)
    assert (cell.verdict, cell.reason) == ("unsent", "held-secret")
    assert shop.lines == ["GET https://api.shop.example/"]
    host_only = Shop(answer)
    (cell,) = await collect(plan(profile_of(tmp_path, profile_text.format(domain="api.shop.example"))), host_only)
    assert host_only.lines == ["GET https://api.shop.example/", "GET https://static.shop.example/"]
    assert cell.reason != "held-secret"


async def test_breaking_out_of_run_cancels_the_rest(tmp_path: Path) -> None:
    cancelled = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/1":
            return consent(request)
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    before = asyncio.all_tasks()
    async for _ in run(grid(tmp_path), transport=Shop(answer)):
        break
    async with asyncio.timeout(30):
        await cancelled.wait()
        await asyncio.gather(*asyncio.all_tasks() - before, return_exceptions=True)
    assert asyncio.all_tasks() == before
