"""A FastAPI app in this process, without a socket: the browser's flows over httpx.ASGITransport."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from corstui import Browser, load_profile, run
from tests.real_servers.servers import absent, give_up

PROFILE = """
version: 1
name: In process
environments: {test: {writes: true}}
origins: {shop: https://shop.example, partner: https://partner.example, sandbox: "null"}
defaults: {credentials: include}
groups:
  api:
    base: https://api.shop.example
    endpoints:
      orders: GET /orders
      change order: {request: PUT /orders/7, json: {count: 2}, headers: {X-Trace: "1"}}
      cancel order: DELETE /orders/7
      lost order: GET /orders/999
      crash: GET /crash
"""


@pytest.fixture
def transport() -> httpx.ASGITransport:
    if sentence := absent("fastapi"):
        give_up(sentence)
    from tests.real_servers.apps.fastapi_app import application

    return httpx.ASGITransport(app=application(), raise_app_exceptions=False)


async def test_a_page_calls_the_app_as_a_browser_would(transport: httpx.ASGITransport) -> None:
    async with Browser(engine="chromium", transport=transport) as browser:
        page = browser.page("https://shop.example")
        listed = await page.fetch("https://api.shop.example/orders", credentials="include")
        changed = await page.fetch(
            "https://api.shop.example/orders/7",
            method="PUT",
            headers=[("Content-Type", "application/json"), ("X-Trace", "1")],
            body='{"count": 2}',
        )
    assert listed.verdict == "allowed"
    assert listed.response is not None
    readable = {name.lower() for name, _ in listed.response.headers}
    assert "x-total" in readable
    assert "x-page" not in readable
    assert changed.verdict == "allowed"
    assert changed.response is not None
    assert changed.response.body == b'{"id":7,"count":2}'
    assert [exchange.request.method for exchange in changed.exchanges] == ["OPTIONS", "PUT"]


async def test_a_profile_is_run_against_the_app(transport: httpx.ASGITransport, tmp_path: Path) -> None:
    path = tmp_path / "app.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    cells = run(load_profile(path, process_env={}), transport=transport)
    found = {(cell.endpoint, cell.origin): (cell.verdict, cell.reason, cell.status, cell.sent) async for cell in cells}
    refused = ("blocked", "acao-missing", None, True)
    kept_away = ("blocked", "acao-missing-preflight", None, False)
    assert found == {
        ("orders", "shop"): ("allowed", None, 200, True),
        ("orders", "partner"): refused,
        ("orders", "sandbox"): refused,
        ("change order", "shop"): ("allowed", None, 200, True),
        ("change order", "partner"): kept_away,
        ("change order", "sandbox"): kept_away,
        # DELETE is not allowed: the middleware answers 400, with ACAO for the shop
        ("cancel order", "shop"): ("blocked", "preflight-status", None, False),
        ("cancel order", "partner"): kept_away,
        ("cancel order", "sandbox"): kept_away,
        ("lost order", "shop"): ("allowed", None, 404, True),
        ("lost order", "partner"): refused,
        ("lost order", "sandbox"): refused,
        # an exception is answered outside of the middleware
        ("crash", "shop"): refused,
        ("crash", "partner"): refused,
        ("crash", "sandbox"): refused,
    }
