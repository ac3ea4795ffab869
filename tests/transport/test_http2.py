"""HTTP/2 over TLS, against a server written with ``h2``."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.support.rawserver import Peer, RawServer
from tests.transport.conftest import Certificates, Client

Fields = list[tuple[bytes, bytes]]


@dataclass
class Http2Server:
    """Answers each complete request with ``answer``; remembers the requests' fields and bodies."""

    answer: Callable[[H2Connection, int], None]
    requests: dict[int, Fields] = field(default_factory=dict)
    bodies: dict[int, bytes] = field(default_factory=dict)

    async def __call__(self, peer: Peer) -> None:
        # nothing is checked: what libcurl makes of odd responses is to be seen
        connection = H2Connection(
            H2Configuration(
                client_side=False,
                header_encoding=None,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        connection.initiate_connection()
        await peer.send(connection.data_to_send())
        while data := await peer.reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    self.requests[event.stream_id] = [(bytes(name), bytes(value)) for name, value in event.headers]
                    self.bodies[event.stream_id] = b""
                elif isinstance(event, DataReceived):
                    self.bodies[event.stream_id] += event.data
                elif isinstance(event, StreamEnded):
                    self.answer(connection, event.stream_id)
            await peer.send(connection.data_to_send())


@pytest.fixture
def http2(certificates: Certificates) -> ssl.SSLContext:
    context = certificates.server()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def fine(connection: H2Connection, stream: int) -> None:
    connection.send_headers(stream, [(":status", "103"), ("link", "</x>")])
    headers = [(b":status", b"201"), (b"x-a", b"1"), (b"x-b", b"caf\xe9"), (b"x-a", b"2")]
    connection.send_headers(stream, headers)
    connection.send_data(stream, b"over two")
    connection.send_headers(stream, [(b"access-control-allow-origin", b"*")], end_stream=True)


async def test_http_2_is_spoken_where_it_is_offered(
    fetch: Client, certificates: Certificates, http2: ssl.SSLContext
) -> None:
    server = Http2Server(fine)
    async with RawServer(server, tls=http2) as raw:
        headers = [("Host", f"localhost:{raw.port}"), ("X-One", "1"), ("x-one", "2"), ("Connection", "keep-alive")]
        for _ in range(2):
            reply = await fetch(
                raw.url("/%7e?q", "localhost"),
                "patch",
                [*headers, ("Cookie", "a=b"), ("Content-Length", "4")],
                b"body",
                ca=certificates.ca,
            )
            assert reply.error is None
            first, *fields = reply.head.split(b"\r\n")
            assert first.rstrip() == b"HTTP/2 201"
            assert fields == [b"x-a: 1", b"x-b: caf\xe9", b"x-a: 2", b"", b""]
            assert (reply.body, reply.body_error) == (b"over two", None)
        assert raw.connections == 1
        assert list(server.bodies.values()) == [b"body"] * 2
        assert sorted(server.requests[1]) == sorted(
            [
                (b":method", b"patch"),
                (b":scheme", b"https"),
                (b":authority", b"localhost:%d" % raw.port),
                (b":path", b"/%7e?q"),
                (b"x-one", b"1"),
                (b"x-one", b"2"),
                (b"cookie", b"a=b"),
                (b"content-length", b"4"),
            ]
        )


def refuse(connection: H2Connection, stream: int) -> None:
    connection.reset_stream(stream, error_code=2)


def lie(connection: H2Connection, stream: int) -> None:
    connection.send_headers(stream, [(b":status", b"200"), (b"X Bad\0Name", b"1\0")], end_stream=True)


def cut(connection: H2Connection, stream: int) -> None:
    connection.send_headers(stream, [(b":status", b"200")])
    connection.send_data(stream, b"hi")
    connection.reset_stream(stream, error_code=2)


@pytest.mark.parametrize(("answer", "code"), [(refuse, "connection-reset"), (lie, "malformed-response")])
async def test_a_stream_that_fails_before_its_head_is_an_error(
    fetch: Client,
    certificates: Certificates,
    http2: ssl.SSLContext,
    answer: Callable[[H2Connection, int], None],
    code: str,
) -> None:
    async with RawServer(Http2Server(answer), tls=http2) as raw:
        error = (await fetch(raw.url(), ca=certificates.ca)).error
        assert error is not None
        assert (error.code, error.sent) == (code, True), error


async def test_a_stream_that_fails_in_its_body_leaves_the_head(
    fetch: Client, certificates: Certificates, http2: ssl.SSLContext
) -> None:
    async with RawServer(Http2Server(cut), tls=http2) as raw:
        reply = await fetch(raw.url(), ca=certificates.ca)
        assert (reply.error, reply.body_error) == (None, "truncated")


async def test_requests_in_parallel_share_one_connection(
    fetch: Client, certificates: Certificates, http2: ssl.SSLContext
) -> None:
    async with RawServer(Http2Server(fine), tls=http2) as raw:
        replies = await asyncio.gather(*(fetch(raw.url(f"/{n}"), ca=certificates.ca) for n in range(40)))
        assert [reply.body for reply in replies] == [b"over two"] * 40
        assert raw.connections == 1


@pytest.mark.parametrize("protocols", [["http/1.1"], []])
async def test_where_http_2_is_not_offered_they_have_one_each(
    fetch: Client, certificates: Certificates, protocols: list[str]
) -> None:
    """Each is answered when all have come."""
    together = asyncio.Barrier(6)

    async def say(peer: Peer) -> None:
        await peer.request()
        await together.wait()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await peer.wait_closed()

    tls = certificates.server()
    if protocols:
        tls.set_alpn_protocols(protocols)
    async with RawServer(say, tls=tls) as raw:
        replies = await asyncio.gather(*(fetch(raw.url(), ca=certificates.ca) for _ in range(6)))
        assert [reply.error for reply in replies] == [None] * 6
        assert raw.connections == 6


async def test_nobody_waits_for_the_first_who_waits_in_vain(fetch: Client, certificates: Certificates) -> None:
    async def say(peer: Peer) -> None:
        first = raw.connections == 1
        await peer.request()
        if not first:
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await peer.wait_closed()

    async with RawServer(say, tls=certificates.server()) as raw:
        replies = [asyncio.create_task(fetch(raw.url(), ca=certificates.ca)) for _ in range(3)]
        assert [reply.error for reply in await asyncio.gather(*replies[1:])] == [None, None]
        assert not replies[0].done()
        await fetch.aclose()
        error = (await replies[0]).error
        assert error is not None
        assert error.code == "cancelled"


async def test_closing_answers_also_those_who_wait_for_the_first(fetch: Client, certificates: Certificates) -> None:
    async def say(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        await peer.wait_closed()

    arrived = asyncio.Event()
    async with RawServer(say, tls=certificates.server()) as raw:
        replies = [asyncio.create_task(fetch(raw.url(), ca=certificates.ca)) for _ in range(3)]
        await arrived.wait()
        await fetch.aclose()
        errors = [reply.error for reply in await asyncio.gather(*replies)]
        assert [error and error.code for error in errors] == ["cancelled"] * 3


async def test_a_new_connection_goes_on_with_the_tls_session_of_an_old_one(
    fetch: Client, certificates: Certificates
) -> None:
    resumed = []

    async def say(peer: Peer) -> None:
        resumed.append(peer.writer.get_extra_info("ssl_object").session_reused)
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    async with RawServer(say, tls=certificates.server()) as raw:
        for _ in range(3):
            assert (await fetch(raw.url(), ca=certificates.ca)).error is None
    assert resumed == [False, True, True]
