"""Control requests: two for each endpoint and environment, harmless, counted, and told to all cells of the endpoint."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from corstui.report.formats import Options
from corstui.report.rehearsal import render_table as render
from corstui.runner import Cell, Plan, execute, plan
from tests.runner.shops import Shop, consent, profile_of

ORIGINS = 'origins: {a: "https://a.example", b: "https://b.example"}\n'
KINDS = """
  read: GET https://api.example/read
  traced: {request: "GET https://api.example/traced", headers: {X-Trace: "1"}}
  head: HEAD https://api.example/head
  save: PUT https://api.example/save
  simple: {request: "POST https://api.example/simple", body: x}
"""


async def sent(chosen: Plan, shop: Shop, concurrency: int | None = None) -> list[Cell]:
    return [cell async for cell in execute(chosen, transport=shop, concurrency=concurrency)]


def controls(shop: Shop) -> list[httpx.Request]:
    """The requests of no page of the profile."""
    pages = ("https://a.example", "https://b.example")
    return [request for request in shop.requests if request.headers.get("origin") not in pages]


@pytest.mark.parametrize("writes", ["true", "false"])
async def test_what_repeats_harmlessly_is_repeated_and_for_the_rest_there_is_a_preflight(
    tmp_path: Path, writes: str
) -> None:
    text = f"environments: {{here: {{writes: {writes}}}}}\n{ORIGINS}endpoints:{KINDS}"
    shop = Shop()
    await sent(plan(profile_of(tmp_path, text)), shop)
    asked = sorted((request.method, request.url.path) for request in controls(shop))
    expected = [("GET", "/read"), ("GET", "/traced"), ("HEAD", "/head"), ("OPTIONS", "/save")]
    # where the write itself is held back, nothing of a simple one leaves, so nothing is asked about it
    expected += [("OPTIONS", "/simple")] if writes == "true" else []
    assert asked == sorted(expected * 2)
    for request in controls(shop):
        wanted = {"/save": "PUT", "/simple": "POST"}.get(request.url.path)
        assert request.headers.get("access-control-request-method") == wanted
        assert "content-length" not in request.headers
        assert "content-type" not in request.headers


async def test_one_has_no_origin_and_one_has_an_origin_of_its_own_for_each_run(tmp_path: Path) -> None:
    canaries = set()
    for _ in range(2):
        shop = Shop()
        await sent(plan(profile_of(tmp_path, ORIGINS + "endpoints: {read: GET https://api.example/}\n")), shop)
        first, second = controls(shop)
        assert "origin" not in first.headers
        assert "referer" not in first.headers
        assert "referer" not in second.headers
        assert second.headers["origin"].endswith(".invalid")
        canaries.add(second.headers["origin"])
    assert len(canaries) == 2


async def test_they_carry_no_secret_and_no_cookie(tmp_path: Path) -> None:
    text = f"""
environments:
  here: {{cookies: [{{name: sid, value: cookie-value, domain: api.example, samesite: none, secure: true}}]}}
{ORIGINS}
endpoints:
  list:
    request: GET https://api.example/list
    credentials: include
    headers: {{Authorization: Bearer plain, X-Trace: "id-${{secret:TOKEN}}", X-Api-Key: plain, X-Tenant: shop}}
  in the path: GET https://api.example/${{secret:TOKEN}}/list
  in the query: GET https://api.example/list?api_key=plain
"""
    shop = Shop()
    await sent(plan(profile_of(tmp_path, text, TOKEN="s3cret-value")), shop)
    found = controls(shop)
    assert {request.url.path for request in found} == {"/list"}
    assert {request.url.query for request in found} == {b""}
    for request in found:
        assert request.headers["x-tenant"] == "shop"
        assert not {"cookie", "authorization", "x-trace", "x-api-key"} & set(request.headers)


@pytest.mark.parametrize(
    "endpoint",
    [
        '{request: "GET https://api.example/", send: never}',
        '{request: "POST https://api.example/", body: x}',
        '{request: "CONNECT https://api.example/"}',
        "GET https://api.example:6000/",
    ],
)
async def test_where_nothing_of_an_endpoint_leaves_neither_do_they(tmp_path: Path, endpoint: str) -> None:
    shop = Shop()
    await sent(plan(profile_of(tmp_path, f"{ORIGINS}endpoints: {{x: {endpoint}}}\n")), shop)
    assert shop.requests == []


async def test_settings_leave_them_out(tmp_path: Path) -> None:
    shop = Shop()
    text = f"settings: {{controls: false}}\n{ORIGINS}endpoints: {{x: GET https://api.example/}}\n"
    cells = await sent(plan(profile_of(tmp_path, text)), shop)
    assert len(shop.requests) == 2
    assert [cell.controls for cell in cells] == [(), ()]


async def test_every_cell_of_the_endpoint_is_told_what_they_were_answered(tmp_path: Path) -> None:
    shop = Shop()
    text = f"environments: {{here: {{}}, there: {{}}}}\n{ORIGINS}endpoints: {{x: GET https://api.example/}}\n"
    cells = await sent(plan(profile_of(tmp_path, text), engines=["all"]), shop)
    assert len(controls(shop)) == 4
    for environment in ("here", "there"):
        told = [cell.controls for cell in cells if cell.environment == environment]
        assert [each.phase for each in told[0]] == ["control", "control"]
        assert told == told[:1] * 8
    assert {finding["rule"] for cell in cells for finding in cell.findings} >= {"lint.reflect-any-creds"}
    assert {cell.severity for cell in cells} == {"critical"}


async def test_they_wait_for_a_place_and_for_their_host(tmp_path: Path) -> None:
    text = f"settings: {{per_host: 1}}\nenvironments: {{here: {{writes: true}}}}\n{ORIGINS}endpoints:{KINDS}"
    shop = Shop()
    await sent(plan(profile_of(tmp_path, text)), shop)
    assert shop.most == 1
    wide = Shop()
    await sent(plan(profile_of(tmp_path, text.replace("per_host: 1", "per_host: 20"))), wide, concurrency=3)
    assert wide.most == 3


async def test_a_server_that_hangs_is_asked_once(tmp_path: Path) -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        if request.headers.get("origin") == "https://a.example":
            return consent(request)
        raise httpx.ReadTimeout("no answer")

    shop = Shop(hang)
    text = f"{ORIGINS}endpoints: {{x: {{request: GET https://api.example/, origins: [a]}}}}\n"
    (cell,) = await sent(plan(profile_of(tmp_path, text)), shop)
    assert cell.verdict == "allowed"
    assert [each.error.code for each in cell.controls if each.error is not None] == ["timeout"]


@pytest.mark.parametrize("budget", [1, 3, 4, 7, 100])
async def test_a_rehearsal_promises_what_is_sent_to_the_last_request(tmp_path: Path, budget: int) -> None:
    text = f"settings: {{budget: {budget}}}\nenvironments: {{here: {{writes: true}}}}\n{ORIGINS}endpoints:{KINDS}"
    chosen = plan(profile_of(tmp_path, text))
    rows = [line.split() for line in render(chosen, Options()).splitlines()]
    promised = [f"{row[4]} {row[5]}" for row in rows if row[:1] == ["here"] and "held" not in row]
    shop = Shop()
    await sent(chosen, shop, concurrency=1)
    assert shop.lines == promised
    assert len(shop.lines) <= budget
