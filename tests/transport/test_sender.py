"""Every kind of httpx transport behind the one send."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import httpx
import pytest

from corstui.fetch.messages import HeaderList, NetworkError, Reply, Request
from corstui.transport.body import BODY_KEPT
from corstui.transport.curl_transport import CurlTransport
from corstui.transport.network import Network
from corstui.transport.sender import Sender
from tests.support.rawserver import Peer, RawServer, response
from tests.transport.conftest import LONG, SHORT, Certificates

OK = response(b"X-A: 1", b"x-a: 2", body=b"hi")
URL = "http://shop.example/%7e|x?q={}"
HEADERS: HeaderList = [("Host", "shop.example"), ("X-One", "1"), ("x-one", "caf\xe9"), ("Content-Length", "4")]


async def send(
    transport: httpx.AsyncBaseTransport,
    url: str = URL,
    method: str = "patch",
    headers: HeaderList | None = None,
    body: bytes = b"body",
    *,
    seconds: float = LONG,
    phase: str = "actual",
) -> Reply:
    sender = Sender(transport)
    try:
        request = Request(method, url, HEADERS if headers is None else headers, body, phase=phase)
        return await sender.send(request, deadline=time.monotonic() + seconds)
    finally:
        await sender.aclose()


def error_of(reply: Reply) -> NetworkError:
    assert reply.error is not None, reply
    return reply.error


class Wrapped(httpx.AsyncBaseTransport):
    """Somebody's transport around another one."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


def direct(**options: Any) -> CurlTransport:
    return CurlTransport(Network(proxy="none", **options))


#: The transports that open sockets.
SOCKETS: dict[str, Callable[[], httpx.AsyncBaseTransport]] = {
    "curl": direct,
    "curl within another": lambda: Wrapped(direct()),
    "httpx": httpx.AsyncHTTPTransport,
}
over_sockets = pytest.mark.parametrize("make", SOCKETS.values(), ids=SOCKETS.keys())


@over_sockets
async def test_a_request_arrives_and_a_response_comes_back_without_loss(
    make: Callable[[], httpx.AsyncBaseTransport],
) -> None:
    async with RawServer(OK) as server:
        reply = await send(make(), server.url("/%7e|x?q={}"))
        assert reply.error is None
        assert reply.head + reply.body == OK
        assert (reply.body_length, reply.body_error) == (2, None)
        assert reply.address == "127.0.0.1"
        assert reply.timing.connect is not None and reply.timing.total is not None
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        first, *fields = head.split(b"\r\n")
        assert first == b"patch /%7e|x?q={} HTTP/1.1"
        assert fields == [b"Host: shop.example", b"X-One: 1", b"x-one: caf\xe9", b"Content-Length: 4"]
        assert body == b"body"


@over_sockets
async def test_network_failures_have_the_same_reasons(
    make: Callable[[], httpx.AsyncBaseTransport], free_port: int, deaf_port: int
) -> None:
    async def close(peer: Peer) -> None:
        await peer.request()

    async def silent(peer: Peer) -> None:
        await peer.wait_closed()

    async def reset(peer: Peer) -> None:
        await peer.request()
        peer.reset()

    async def garbage(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"garbage\r\n\r\n")

    scripts = (
        (close, LONG, "connection-reset"),
        (reset, LONG, "connection-reset"),
        (garbage, LONG, "malformed-response"),
        (silent, SHORT, "timeout"),
    )
    for script, seconds, code in scripts:
        async with RawServer(script) as server:
            error = error_of(await send(make(), server.url(), seconds=seconds))
            assert (error.code, error.sent) == (code, True), error
    error = error_of(await send(make(), f"http://127.0.0.1:{free_port}/"))
    assert (error.code, error.sent) == ("connection-refused", False)
    error = error_of(await send(make(), f"http://127.0.0.1:{deaf_port}/", seconds=SHORT))
    assert (error.code, error.sent) == ("connect-timeout", False)
    error = error_of(await send(make(), "http://name.invalid/"))
    assert (error.code, error.sent) == ("dns-failure", False)
    error = error_of(await send(make(), seconds=-1))
    assert (error.code, error.sent) == ("timeout", False)


@over_sockets
async def test_a_body_that_goes_wrong_leaves_the_head(make: Callable[[], httpx.AsyncBaseTransport]) -> None:
    async def truncated(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi")

    async def malformed(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n\r\n")

    async def stalled(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi")
        await peer.wait_closed()

    async def endless(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await peer.send(b"x" * 65536)

    scripts = ((truncated, LONG, "truncated"), (malformed, LONG, "malformed"), (stalled, SHORT, "timeout"))
    for script, seconds, error in scripts:
        async with RawServer(script) as server:
            reply = await send(make(), server.url(), seconds=seconds)
            assert (reply.error, reply.body, reply.body_error) == (None, b"hi", error)
    async with RawServer(endless) as server:
        reply = await send(make(), server.url())
        assert (reply.error, len(reply.body), reply.body_error) == (None, BODY_KEPT, "capped")


async def test_tls_failures_of_httpx_have_the_same_reasons(certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server("other.example")) as server:
        error = error_of(await send(httpx.AsyncHTTPTransport(), server.url()))
        assert (error.code, error.sent) == ("tls-failure", False)
        assert "authority" in error.message


# --- a function in place of a network


async def test_a_mock_sees_the_request_as_the_flow_made_it() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(299, headers=[(b"X-A", b"1"), (b"x-a", b"caf\xe9")], content=b"hi")

    reply = await send(httpx.MockTransport(answer))
    request = seen[0]
    assert (request.method, str(request.url.host), request.url.raw_path) == ("patch", "shop.example", b"/%7e|x?q={}")
    assert request.extensions["target"] == b"/%7e|x?q={}"
    assert request.content == b"body"
    assert request.headers.raw == [(name.encode(), value.encode("latin-1")) for name, value in HEADERS]
    assert reply.head == b"HTTP/1.1 299 \r\nX-A: 1\r\nx-a: caf\xe9\r\nContent-Length: 2\r\n\r\n"
    assert reply.body == b"hi"


async def test_a_mock_gives_coded_bodies_streams_and_errors_in_the_body() -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b"h"
        yield b"i"
        raise httpx.ReadError("gone")

    reply = await send(httpx.MockTransport(lambda _: httpx.Response(200, content=stream())))
    assert (reply.body, reply.body_error) == (b"hi", "truncated")
    coded = httpx.Response(200, headers={"Content-Encoding": "br"}, stream=httpx.ByteStream(b"not brotli"))
    assert (await send(httpx.MockTransport(lambda _: coded))).body == b"not brotli"


@pytest.mark.parametrize(
    ("raised", "code", "sent"),
    [
        (httpx.ConnectError("x"), "connection-refused", False),
        (httpx.ConnectTimeout("x"), "connect-timeout", False),
        (httpx.PoolTimeout("x"), "timeout", False),
        (httpx.ReadTimeout("x"), "timeout", True),
        (httpx.ReadError("x"), "connection-reset", True),
        (httpx.RemoteProtocolError("x"), "malformed-response", True),
        (httpx.ProxyError("x"), "proxy-failure", False),
        (httpx.UnsupportedProtocol("x"), "connection-reset", False),
        (ZeroDivisionError("by zero"), "connection-reset", True),
        (TimeoutError(), "connection-reset", True),
    ],
)
async def test_whatever_a_transport_raises_becomes_an_error(raised: Exception, code: str, sent: bool) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise raised

    error = error_of(await send(httpx.MockTransport(fail)))
    assert (error.code, error.sent) == (code, sent)
    assert "shop.example" in error.message


# --- an application in process

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
START = {"type": "http.response.start", "status": 201, "headers": [(b"X-A", b"1"), (b"x-a", b"2")]}


async def test_an_application_is_asked_without_a_socket() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append({**scope, "body": (await receive())["body"]})
        await send(START)
        await send({"type": "http.response.body", "body": b"hi"})

    reply = await send(httpx.ASGITransport(app))
    assert reply.head == b"HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a: 2\r\n\r\n"
    assert (reply.body, reply.body_error) == (b"hi", None)
    scope = seen[0]
    assert (scope["method"], scope["raw_path"], scope["query_string"]) == ("patch", b"/%7e|x", b"q={}")
    assert (scope["server"], scope["body"]) == (("shop.example", None), b"body")
    assert scope["headers"] == [(name.lower().encode(), value.encode("latin-1")) for name, value in HEADERS]


@pytest.mark.parametrize("swallow", [False, True])
async def test_an_application_that_fails_before_its_head_is_an_error(swallow: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("no such table")

    reply = await send(httpx.ASGITransport(app, raise_app_exceptions=not swallow))
    if swallow:
        assert reply.head.startswith(b"HTTP/1.1 500 ")
    else:
        error = error_of(reply)
        assert (error.code, error.sent) == ("connection-reset", True)
        assert "LookupError" in error.message and "no such table" in error.message


async def test_an_application_that_answers_nothing_is_an_error() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return None

    assert error_of(await send(httpx.ASGITransport(app))).code == "connection-reset"


async def test_an_application_that_hangs_times_out() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    error = error_of(await send(httpx.ASGITransport(app), seconds=SHORT))
    assert (error.code, error.sent) == ("timeout", True)


async def test_an_application_is_judged_at_its_head() -> None:
    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"hi", "more_body": True})
        raise LookupError

    async def stalls(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"hi", "more_body": True})
        await asyncio.Event().wait()

    async def floods(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        while True:
            await send({"type": "http.response.body", "body": b"hi" * 10000, "more_body": True})

    cases = ((fails, LONG, 2, "truncated"), (stalls, SHORT, 2, "timeout"), (floods, LONG, BODY_KEPT, "capped"))
    for app, seconds, kept, error in cases:
        reply = await send(httpx.ASGITransport(app), seconds=seconds)
        assert (reply.error, len(reply.body), reply.body_error) == (None, kept, error)
        assert reply.head.startswith(b"HTTP/1.1 201 Created\r\nX-A: 1\r\n")


async def test_an_applications_preflight_is_not_waited_for_beyond_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corstui.transport.body.UNREAD_BODY_PATIENCE", 0.1)

    async def stalls(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await asyncio.Event().wait()

    reply = await asyncio.wait_for(send(httpx.ASGITransport(stalls), phase="preflight", seconds=300), 60)
    assert (reply.error, reply.body_error) == (None, "timeout")


async def test_a_given_transport_is_left_as_it_was() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"hi"})

    transport = httpx.ASGITransport(app)
    await send(transport)
    assert transport.app is app


# --- our transport in the hands of httpx


async def test_an_httpx_client_can_use_the_default_transport() -> None:
    async with RawServer(OK) as server, httpx.AsyncClient(transport=direct()) as client:
        answer = await client.post(server.url("/x"), content=b"body")
        assert (answer.status_code, answer.text, answer.headers.get_list("x-a")) == (200, "hi", ["1", "2"])
        assert answer.http_version == "HTTP/1.1"
        assert server.requests[0].startswith(b"POST /x HTTP/1.1\r\n")
        assert server.requests[0].endswith(b"\r\n\r\nbody")


async def test_an_httpx_client_gets_httpx_exceptions(free_port: int) -> None:
    async def stalled(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi")

    async with httpx.AsyncClient(transport=direct()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{free_port}/")
        async with RawServer(stalled) as server:
            with pytest.raises(httpx.ReadError):
                await client.get(server.url())
        async with RawServer(response(body=b"x" * 100_000)) as server:
            with pytest.raises(httpx.ReadError):
                await client.get(server.url())


async def test_one_transport_serves_one_event_loop_after_the_other() -> None:
    transport = direct()
    sender = Sender(transport)

    async def once() -> bytes:
        async with RawServer(OK) as server:
            return (await sender.send(Request("GET", server.url(), []), deadline=time.monotonic() + LONG)).body

    def two_loops() -> list[bytes]:
        return [asyncio.run(once()), asyncio.run(once())]

    assert await asyncio.to_thread(two_loops) == [b"hi", b"hi"]
