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


async def test_requests_in_parallel_all_come_back(
    fetch: Client, certificates: Certificates, http2: ssl.SSLContext
) -> None:
    async with RawServer(Http2Server(fine), tls=http2) as raw:
        replies = await asyncio.gather(*(fetch(raw.url(f"/{n}"), ca=certificates.ca) for n in range(40)))
        assert [reply.body for reply in replies] == [b"over two"] * 40
