"""What goes out over libcurl, and what comes back, byte for byte."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from corstui.fetch.messages import HeaderList
from corstui.transport.body import BODY_KEPT, BODY_LIMIT
from tests.support.rawserver import Peer, RawServer, response
from tests.transport.conftest import SHORT, Client

OK = response(body=b"hi")


def request_lines(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


async def test_nothing_but_the_headers_of_the_flow_goes_out(fetch: Client) -> None:
    async with RawServer(OK) as server:
        await fetch(server.url("/x"))
        await fetch(server.url("/x"), "POST", body=b"abc")
        host = f"Host: 127.0.0.1:{server.port}".encode()
        assert request_lines(server.requests[0]) == [b"GET /x HTTP/1.1", host]
        assert request_lines(server.requests[1]) == [b"POST /x HTTP/1.1", host, b"Content-Length: 3"]


async def test_headers_keep_order_case_duplicates_latin_1_and_empty_values(fetch: Client) -> None:
    headers: HeaderList = [
        ("Host", "other.example"),
        ("accept", "*/*"),
        ("X-One", "1"),
        ("x-ONE", "1"),
        ("X-Latin", "caf\xe9\xff"),
        ("X-Empty", ""),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Content-Type", "text/plain;charset=UTF-8"),
        ("Cookie", "a=b"),
        ("Connection", "keep-alive"),
    ]
    async with RawServer(OK) as server:
        await fetch(server.url(), "POST", [*headers, ("Content-Length", "1")], b"x")
        lines = request_lines(server.requests[0])[1:]
        expected = [f"{name}: {value}".rstrip().encode("latin-1") for name, value in headers]
        assert sorted(lines) == sorted([*expected, b"Content-Length: 1"])
        assert [line for line in lines if line.lower().startswith(b"x-")] == expected[2:6]


@pytest.mark.parametrize("method", ["GET", "patch", "Get", "DELETE", "CHICKEN", "OPTIONS", "m-search", "PUT"])
async def test_methods_go_out_verbatim(fetch: Client, method: str) -> None:
    async with RawServer(OK) as server:
        await fetch(server.url(), method)
        await fetch(server.url(), method, body=b"1")
        assert [raw.split(b" ")[0].decode() for raw in server.requests] == [method, method]


@pytest.mark.parametrize(
    "target",
    ["/a|b/%7e%2F'x//y", "/?", "/?q={}[]^`&%ff", "/a//b;c=d/", "/[1-3]?{a,b}", "/" + "x" * 20000, "/%00?%0d%0a"],
)
async def test_targets_go_out_verbatim(fetch: Client, target: str) -> None:
    async with RawServer(OK) as server:
        reply = await fetch(server.url(target))
        assert reply.error is None
        assert server.requests[0].split(b" ")[1].decode() == target


async def test_fragment_and_credentials_of_a_url_stay_here(fetch: Client) -> None:
    async with RawServer(OK) as server:
        await fetch(server.url("/x#y").replace("://", "://user:pass@"))
        assert request_lines(server.requests[0]) == [b"GET /x HTTP/1.1", f"Host: 127.0.0.1:{server.port}".encode()]


async def test_a_body_goes_with_any_method_and_as_it_is(fetch: Client) -> None:
    body = bytes(range(256)) * 8000
    async with RawServer(OK) as server:
        for method in ("GET", "POST", "DELETE"):
            await fetch(server.url(), method, body=body)
        assert [raw.partition(b"\r\n\r\n")[2] for raw in server.requests] == [body] * 3
        assert not any(b"expect" in raw.partition(b"\r\n\r\n")[0].lower() for raw in server.requests)


async def test_an_empty_body_is_announced_exactly_when_the_flow_says_so(fetch: Client) -> None:
    async with RawServer(OK) as server:
        await fetch(server.url(), "POST", [("Content-Length", "0")])
        await fetch(server.url(), "POST")
        assert [b"Content-Length: 0" in raw for raw in server.requests] == [True, False]


async def test_one_request_leaves_no_trace_in_the_next_on_the_same_handle(fetch: Client) -> None:
    async with RawServer(OK) as server:
        for method, body in (("HEAD", b""), ("GET", b""), ("POST", b"x"), ("GET", b""), ("HEAD", b""), ("PUT", b"y")):
            reply = await fetch(server.url(), method, [("X-M", method)] if method == "HEAD" else [], body)
            assert reply.error is None
            raw = server.requests[-1]
            assert raw.startswith(method.encode() + b" ")
            assert (b"X-M" in raw) == (method == "HEAD")
            assert raw.partition(b"\r\n\r\n")[2] == body
            assert reply.body == (b"" if method == "HEAD" else b"hi")
            if method == "HEAD":  # the server sends a body that it must not send, so the connection is given up
                await server.closed.wait()


async def test_a_response_head_comes_back_as_it_was_sent(fetch: Client) -> None:
    head = (
        b"HTTP/1.1 299   Odd  Reason \xe9\r\nX-A:  spaced \t\r\nx-a:again\r\n"
        b"X-Latin: caf\xe9\r\nX-Ctl: a\x01\x1b[31mb\r\n"
        b"X Bad Name: 1\r\nX-Space : 1\r\nX-Empty:\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Content-Length: 2\r\n\r\n"
    )
    async with RawServer(head + b"hi") as server:
        reply = await fetch(server.url())
        assert reply.error is None
        assert reply.head == head
        assert (reply.body, reply.body_length, reply.body_error) == (b"hi", 2, None)
        assert reply.address == "127.0.0.1"


async def test_a_folded_header_keeps_its_meaning(fetch: Client) -> None:
    async with RawServer(response(b"X-Folded: one\r\n  two", b"X-Next: 1", body=b"hi")) as server:
        head = (await fetch(server.url())).head
        # newer libcurl joins the lines itself
        assert b"X-Folded: one two\r\n" in head or b"X-Folded: one\r\n  two\r\n" in head


@pytest.mark.parametrize("line", [b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 999 ?"])
async def test_odd_status_lines_are_kept(fetch: Client, line: bytes) -> None:
    async with RawServer(line + b"\r\nContent-Length: 0\r\n\r\n") as server:
        reply = await fetch(server.url())
        assert reply.error is None
        assert reply.head.split(b"\r\n")[0] == line


async def test_bare_line_feeds_end_lines_too(fetch: Client) -> None:
    async with RawServer(b"HTTP/1.1 200 OK\nX: 1\nContent-Length: 2\n\nhi") as server:
        reply = await fetch(server.url())
        assert (reply.head, reply.body) == (b"HTTP/1.1 200 OK\nX: 1\nContent-Length: 2\n\n", b"hi")


async def test_informational_heads_are_left_out(fetch: Client) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nAccess-Control-Allow-Origin: *\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    async with RawServer(hints + OK) as server:
        reply = await fetch(server.url())
        assert reply.head + reply.body == OK


async def test_trailers_do_not_get_into_the_head(fetch: Client) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n"
    async with RawServer(head + b"2\r\nhi\r\n0\r\nX: 1\r\nAccess-Control-Allow-Origin: *\r\n\r\n") as server:
        reply = await fetch(server.url())
        assert (reply.head, reply.body, reply.body_error) == (head, b"hi", None)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_statuses_without_body_do_not_wait_for_one(fetch: Client, status: bytes) -> None:
    async with RawServer(b"HTTP/1.1 " + status + b"\r\nX: 1\r\n\r\n") as server:
        reply = await fetch(server.url())
        assert (reply.error, reply.body, reply.body_error) == (None, b"", None)


async def test_a_response_to_head_has_no_body(fetch: Client) -> None:
    async with RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n") as server:
        reply = await fetch(server.url(), "HEAD")
        assert (reply.error, reply.body, reply.body_error) == (None, b"", None)
        assert b"Content-Length: 10" in reply.head


async def test_content_codings_are_left_to_the_reader(fetch: Client) -> None:
    packed = gzip.compress(b"hello" * 100)
    async with RawServer(response(b"Content-Encoding: gzip", body=packed)) as server:
        reply = await fetch(server.url(), headers=[("Accept-Encoding", "gzip")])
        assert reply.body == packed


@pytest.mark.parametrize("status", [b"302 Found", b"401 Unauthorized", b"407 Proxy Authentication Required", b"503 X"])
async def test_no_status_makes_libcurl_send_something_more(fetch: Client, status: bytes) -> None:
    fields = (b"Location: /next", b"WWW-Authenticate: Basic", b"Set-Cookie: a=b", b"Retry-After: 1", b"Refresh: 0")
    async with RawServer(response(*fields, status=status)) as server:
        await fetch(server.url())
        await fetch(server.url())
        assert len(server.requests) == 2
        assert server.requests[0] == server.requests[1]


async def test_a_long_body_is_kept_in_part_and_counted(fetch: Client) -> None:
    async with RawServer(response(body=b"x" * 100_000)) as server:
        reply = await fetch(server.url())
        assert (len(reply.body), reply.body_length, reply.body_error) == (BODY_KEPT, 100_000, None)


async def test_an_endless_body_is_stopped(fetch: Client) -> None:
    async def endless(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\n")
        while True:
            await peer.send(b"x" * 65536)

    async with RawServer(endless) as server:
        reply = await fetch(server.url())
        assert (reply.error, len(reply.body), reply.body_error) == (None, BODY_KEPT, "capped")
        assert BODY_LIMIT < reply.body_length < 2 * BODY_LIMIT
        await server.closed.wait()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"Content-Length: 10\r\n\r\nhi", "truncated"),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", "truncated"),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n", "malformed"),
    ],
)
async def test_a_body_that_goes_wrong_leaves_the_head(fetch: Client, body: bytes, error: str) -> None:
    async def broken(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n" + body)

    async with RawServer(broken) as server:
        reply = await fetch(server.url())
        assert (reply.error, reply.body, reply.body_error) == (None, b"hi", error)


async def test_a_reset_in_the_body_leaves_the_head(fetch: Client) -> None:
    async def reset(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        peer.reset()

    async with RawServer(reset) as server:
        reply = await fetch(server.url())
        assert reply.head.startswith(b"HTTP/1.1 200 OK") or (reply.error and reply.error.code == "connection-reset")
        assert reply.error or reply.body_error == "truncated"


def stalling(head: bytes) -> RawServer:
    async def stall(peer: Peer) -> None:
        await peer.request()
        await peer.send(head + b"Content-Length: 10\r\n\r\nhi")
        await peer.wait_closed()

    return RawServer(stall)


async def test_a_body_that_stalls_ends_at_the_deadline(fetch: Client) -> None:
    async with stalling(b"HTTP/1.1 200 OK\r\n") as server:
        reply = await fetch(server.url(), seconds=SHORT)
        assert (reply.error, reply.body, reply.body_error) == (None, b"hi", "timeout")


@pytest.mark.parametrize(
    ("head", "phase"),
    [
        (b"HTTP/1.1 204 Go\r\nTransfer-Encoding: chunked\r\n", "preflight"),
        (b"HTTP/1.1 200 OK\r\n", "preflight"),
        (b"HTTP/1.1 302 Found\r\nlocation: /x\r\n", "actual"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n", "actual"),
    ],
)
async def test_a_body_that_no_browser_waits_for_does_not_use_up_the_time(
    fetch: Client, monkeypatch: pytest.MonkeyPatch, head: bytes, phase: str
) -> None:
    monkeypatch.setattr("corstui.transport.body.UNREAD_BODY_PATIENCE", 0.1)
    async with stalling(head) as server:
        reply = await asyncio.wait_for(fetch(server.url(), seconds=300, phase=phase), 60)
        assert reply.error is None
        assert reply.head.startswith(head)


async def test_times_are_told_by_stage(fetch: Client) -> None:
    async with RawServer(OK) as server:
        first = (await fetch(server.url("/", "localhost"))).timing
        again = (await fetch(server.url("/", "localhost"))).timing
    assert None not in (first.dns, first.connect, first.first_byte, first.total)
    assert first.queue is first.tls is None
    assert again.dns is again.connect is None
    assert again.first_byte is not None and again.total is not None
    assert 0 <= again.first_byte <= again.total


async def test_replies_tell_when_the_head_came(fetch: Client) -> None:
    async with RawServer(OK) as server:
        first, second = await fetch(server.url()), await fetch(server.url())
        assert 0 < first.now < second.now
        assert 1.7e9 < first.wall <= second.wall
