"""The Python API as the README and the docstrings show it, against a server on loopback."""

from __future__ import annotations

from pathlib import Path

from corstui import Browser, explain, load_profile, run
from tests.end_to_end.test_wire_safety import allow_everything, written
from tests.support.rawserver import RawServer


async def test_a_browser_fetches_and_tells_everything() -> None:
    async with RawServer(allow_everything) as server, Browser(engine="chromium") as browser:
        page = browser.page("http://web.example")
        flow = await page.fetch(
            server.url("/orders"),
            method="PUT",
            headers=[("Authorization", "Bearer 1")],
            body=b"{}",
            mode="cors",
            credentials="include",
            redirect="follow",
            cache="default",
        )
    assert (flow.verdict, flow.reason, flow.phase, flow.sent, flow.browser_error) == (
        "allowed",
        None,
        "actual",
        True,
        None,
    )
    assert [(each.phase, each.hop, each.request.method) for each in flow.exchanges] == [
        ("preflight", 0, "OPTIONS"),
        ("actual", 0, "PUT"),
    ]
    for exchange in flow.exchanges:
        assert exchange.response is not None and exchange.error is None
        assert exchange.response.http_version == "HTTP/1.1"
        assert exchange.timing.total is not None
    assert flow.response is not None and (flow.response.type, flow.response.status) == ("cors", 200)
    assert {check.exchange for check in flow.checks if check.exchange is not None} == {0, 1}


async def test_a_profile_runs_cell_by_cell(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        path = written(tmp_path, f"endpoints: {{a: GET {server.url('/a')}, b: PUT {server.url('/b')}}}\n")
        cells = {cell.endpoint: cell async for cell in run(load_profile(path), engines=["firefox"])}
    assert (cells["a"].verdict, cells["a"].engine, cells["a"].origin_value) == (
        "allowed",
        "firefox",
        "http://web.example",
    )
    assert (cells["b"].verdict, cells["b"].reason) == ("unsent", "held-after-preflight")
    assert [each.phase for each in cells["a"].exchanges] == ["actual", "control", "control"]
    assert cells["a"].flow.exchanges == cells["a"].exchanges[:1]


def test_a_code_is_explained() -> None:
    row = explain("acao-missing")
    assert (row.code, row.chromium, row.firefox) == (
        "acao-missing",
        "MissingAllowOriginHeader",
        "CORSMissingAllowOrigin2",
    )
