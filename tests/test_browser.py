"""The public API: one browser, its pages, its memory, over every kind of transport."""

from __future__ import annotations

import gzip

import httpx
import pytest

import corstui
from corstui import Browser
from tests.support.rawserver import RawServer, response

ORIGIN = "https://app.example.com"
ALLOW = ("access-control-allow-origin", ORIGIN)


def answering(status: int = 200, *fields: tuple[str, str], body: bytes = b"{}") -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "OPTIONS":
            return httpx.Response(
                204,
                headers=[
                    ALLOW,
                    ("access-control-allow-credentials", "true"),
                    ("access-control-allow-methods", "PUT"),
                    ("access-control-allow-headers", "x-trace"),
                ],
            )
        return httpx.Response(status, headers=list(fields), content=body)

    return httpx.MockTransport(handle)


async def test_the_flow_holds_all_that_the_browser_did() -> None:
    transport = answering(200, ALLOW, ("access-control-allow-credentials", "true"), ("etag", "e"))
    async with Browser(engine="chromium", transport=transport) as browser:
        page = browser.page(ORIGIN)
        flow = await page.fetch(
            "https://api.example.com/orders",
            method="PUT",
            headers=[("X-Trace", "1")],
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
    preflight, actual = flow.exchanges
    assert (preflight.phase, preflight.hop, preflight.request.method) == ("preflight", 0, "OPTIONS")
    assert actual.request.url == "https://api.example.com/orders"
    assert actual.request.body == b"{}"
    assert actual.response is not None and (actual.response.status, actual.error) == (200, None)
    assert flow.response is not None
    assert (flow.response.type, flow.response.status, flow.response.body) == ("cors", 200, b"{}")
    assert flow.response.url == "https://api.example.com/orders" and not flow.response.redirected
    assert "etag" not in {name for name, _ in flow.response.headers}
    assert all(check.passed and check.id and check.required for check in flow.checks)


async def test_one_browser_remembers_and_another_does_not() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, headers=[("set-cookie", "a=1; Secure; SameSite=None; Path=/")])

    seen: list[str | None] = []
    for _ in range(2):
        async with Browser(transport=httpx.MockTransport(handle)) as browser:
            await browser.visit("https://api.example.com/login")
            await browser.page("https://app.example.com").fetch("https://api.example.com/", credentials="include")
    assert seen == [None, "a=1", None, "a=1"]


async def test_cookies_given_as_mappings_are_in_the_jar() -> None:
    seen: list[str | None] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200)

    cookie = {"name": "sid", "value": "1", "domain": "example.com", "secure": True}
    async with Browser(transport=httpx.MockTransport(handle), cookies=[cookie]) as browser:
        await browser.page(ORIGIN).fetch("https://api.example.com/", credentials="include")
    assert seen == ["sid=1"]


async def test_the_clock_decides_how_long_a_preflight_is_kept() -> None:
    now = 1_000_000.0
    async with Browser(transport=answering(200, ALLOW), clock=lambda: now) as browser:
        page = browser.page(ORIGIN)
        counts = []
        for step in (0.0, 4.0, 2.0):
            now += step
            flow = await page.fetch("https://api.example.com/", method="PUT")
            counts.append(len(flow.exchanges))
    assert counts == [2, 1, 2]


async def test_a_body_is_read_as_script_reads_it() -> None:
    transport = answering(200, ALLOW, ("content-encoding", "gzip"), body=gzip.compress(b"hello"))
    async with Browser(transport=transport) as browser:
        flow = await browser.page(ORIGIN).fetch("https://api.example.com/")
    assert flow.response is not None and flow.response.body == b"hello"


async def test_an_application_in_process_is_asked_through_asgi() -> None:
    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"access-control-allow-origin", b"*")]})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"in process"})  # type: ignore[operator]

    async with Browser("firefox", transport=httpx.ASGITransport(app)) as browser:  # type: ignore[arg-type]
        flow = await browser.page(ORIGIN).fetch("https://api.example.com/")
    assert flow.response is not None and (flow.verdict, flow.response.body) == ("allowed", b"in process")


async def test_the_default_transport_reaches_real_servers_under_pinned_names() -> None:
    async with (
        RawServer(response(b"Access-Control-Allow-Origin: *", body=b"real")) as server,
        Browser("webkit", resolve={"api.example.com": "127.0.0.1"}) as browser,
    ):
        flow = await browser.page("http://app.example.com").fetch(f"http://api.example.com:{server.port}/x")
    assert flow.response is not None and (flow.verdict, flow.response.body) == ("allowed", b"real")
    assert server.requests[0].startswith(b"GET /x HTTP/1.1\r\nHost: api.example.com:")


async def test_frames_are_pages_too() -> None:
    async with Browser(transport=answering(200, ("access-control-allow-origin", "null"))) as browser:
        sandbox = browser.page("null", url="https://app.example.com/frame")
        flow = await sandbox.fetch("https://api.example.com/")
        assert flow.verdict == "allowed"
        assert ("Origin", "null") in flow.exchanges[0].request.headers
        relative = await sandbox.fetch("/relative")
        assert relative.exchanges[0].request.url == "https://app.example.com/relative"
        baseless = await browser.page("null", url="data:text/html,x").fetch("/relative")
        assert baseless.reason == "url-invalid"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"engine": "opera"}, "chromium"),
        ({"third_party_cookies": "maybe"}, "partitioned"),
        ({"local_network": "perhaps"}, "denied"),
    ],
)
def test_choices_that_do_not_exist_are_refused_with_those_that_do(arguments: dict[str, str], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        Browser(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("origin", ["app.example.com", "https://app.example.com/path", "", "*"])
async def test_what_is_no_origin_is_refused(origin: str) -> None:
    async with Browser(transport=answering()) as browser:
        with pytest.raises(ValueError, match="not an origin"):
            browser.page(origin)


async def test_a_mode_that_does_not_exist_is_refused() -> None:
    async with Browser(transport=answering()) as browser:
        with pytest.raises(ValueError, match="no-cors"):
            await browser.page(ORIGIN).fetch("https://api.example.com/", mode="cross")


def test_the_public_names_are_all_there() -> None:
    assert sorted(corstui.__all__) == corstui.__all__
    for name in corstui.__all__:
        assert getattr(corstui, name) is not None
    with pytest.raises(AttributeError):
        corstui.nothing  # noqa: B018
