"""What servers do wrong, as a table: what each does, and what is to be said of it."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import brotli
import zstandard
from h2.connection import H2Connection
from h2.exceptions import ProtocolError

from tests.support.rawserver import Peer, Script, response
from tests.transport.test_http2 import Http2Server

Security = Literal["", "good", "h2", "expired", "not yet valid", "wrong host", "self-signed", "no intermediate"]

ALLOW = b"Access-Control-Allow-Origin: *"
HEAD = b"HTTP/1.1 200 OK\r\n" + ALLOW + b"\r\n"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """``reason``: of the cell, None where script may read the response; then ``body_error`` tells of the body.

    ``words``: what the sentence about a failed request, or about the rule that refused, must contain. ``timeout``: of
    its endpoint, for what would never end. ``net_error``: what Chromium calls it, where that is to be seen.
    """

    script: Script | None
    reason: str | None
    words: str = ""
    body_error: str | None = None
    security: Security = ""
    timeout: str = "20s"
    preflight: bool = False
    net_error: str | None = None


def says(*parts: bytes) -> Script:
    """Answer every request with the parts, then close."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for part in parts:
            await peer.send(part)

    return script


def endlessly(start: bytes, again: bytes, pause: float = 0.0) -> Script:
    """``start``, then ``again`` for ever, ``pause`` seconds apart."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(start)
        while True:
            await peer.send(again)
            await asyncio.sleep(pause)

    return script


def resets(*parts: bytes, after: Literal["accept", "head of the request", "answer"]) -> Script:
    """Reset the connection at a stage; before, in ``answer``, say the parts."""

    async def script(peer: Peer) -> None:
        if after == "head of the request":
            await peer.reader.read(10)
        if after == "answer":
            await peer.request()
            for part in parts:
                await peer.send(part)
            await asyncio.sleep(0.2)  # a reset overtakes what the client has not yet read
        peer.reset()

    return script


async def silent(peer: Peer) -> None:
    await peer.request()
    await peer.wait_closed()


async def mute(peer: Peer) -> None:
    """Not even the TLS handshake."""
    await peer.wait_closed()


async def garbage(peer: Peer) -> None:
    await peer.reader.read(1)
    await peer.send(b"\x16\x03\x03\xff\xff" + b"\xee" * 500)


async def plain(peer: Peer) -> None:
    await peer.reader.read(1)
    await peer.send(response(status=b"400 Bad Request"))


async def redirect_to_itself(peer: Peer) -> None:
    while await peer.request() is not None:
        await peer.send(response(ALLOW, b"Location: /", status=b"302 Found"))


async def chain_of_fifty(peer: Peer) -> None:
    while (raw := await peer.request()) is not None:
        step = int(raw.split(b" ", 2)[1].removeprefix(b"/") or 0)
        last = step >= 50
        next_one = b"Location: /%d" % (step + 1)
        await peer.send(response(ALLOW) if last else response(ALLOW, next_one, status=b"302 Found"))


async def dies(peer: Peer) -> None:
    """Answer the preflight, and be gone."""
    await peer.request()
    peer.server.stop_listening()
    await peer.send(response(ALLOW, b"Access-Control-Allow-Headers: x-test", b"Connection: close"))


def over_two(answer: Callable[[H2Connection, int], None]) -> Script:
    """Speak HTTP/2 until the client says more than the connection, once closed, can take."""

    async def script(peer: Peer) -> None:
        with contextlib.suppress(ProtocolError):
            await Http2Server(answer)(peer)

    return script


def reset_stream(connection: H2Connection, stream: int) -> None:
    connection.reset_stream(stream, error_code=2)


def reset_body(connection: H2Connection, stream: int) -> None:
    connection.send_headers(stream, [(b":status", b"200"), (b"access-control-allow-origin", b"*")])
    connection.send_data(stream, b"hi")
    connection.reset_stream(stream, error_code=2)


def go_away(connection: H2Connection, stream: int) -> None:
    connection.close_connection(error_code=11, last_stream_id=0)


@cache
def bomb(coding: bytes) -> Script:
    """300 MB of zeros behind a small body."""
    body = b"".join(_PACKERS[coding]())
    assert len(body) < MEGABYTE
    return says(response(ALLOW, b"Content-Encoding: " + coding, body=body))


def zeros() -> Iterator[bytes]:
    part = bytes(MEGABYTE)
    for _ in range(300):
        yield part


def gzipped() -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    yield from map(packer.compress, zeros())
    yield packer.flush()


def brotlied() -> Iterator[bytes]:
    packer = brotli.Compressor(quality=1)
    yield from map(packer.process, zeros())
    yield packer.finish()


def zstandarded() -> Iterator[bytes]:
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    yield from map(packer.compress, zeros())
    yield packer.flush()


_PACKERS = {b"gzip": gzipped, b"br": brotlied, b"zstd": zstandarded}


def with_field(field: bytes) -> Script:
    return says(response(ALLOW, field))


M = Misbehaviour
SOON = "700ms"


def table() -> dict[str, Misbehaviour]:
    """By name."""
    return {
        # no answer
        "refuse": M(None, "connection-refused", "nothing listens on that port"),
        "reset after accept": M(resets(after="accept"), "connection-reset", "reset the connection"),
        "reset in the request": M(resets(after="head of the request"), "connection-reset", "reset the connection"),
        "reset in the head": M(
            resets(b"HTTP/1.1 200 OK\r\nX-A: ", after="answer"), "connection-reset", "reset the connection"
        ),
        "reset in the body": M(
            resets(HEAD + b"Content-Length: 100\r\n\r\nhalf", after="answer"), None, body_error="truncated"
        ),
        "close without a word": M(says(), "connection-reset", "closed the connection without an answer"),
        "never answer": M(silent, "timeout", "sent no complete response head", timeout=SOON),
        "a byte a second": M(endlessly(b"", b"H", 1.0), "timeout", "no complete response head", timeout=SOON),
        "a slow body": M(
            endlessly(HEAD + b"Content-Length: 99\r\n\r\n", b"x", 1.0), None, body_error="timeout", timeout=SOON
        ),
        "dies in the run": M(dies, "connection-refused", "nothing listens on that port", preflight=True),
        # too much
        "endless header": M(endlessly(HEAD + b"X-A: ", b"a" * 65_536), "malformed-response", "too large"),
        "endless headers": M(endlessly(HEAD, b"X-A: b\r\n" * 10_000), "malformed-response", "too large"),
        "100,000 headers": M(says(HEAD, b"X-A: b\r\n" * 100_000, b"\r\n"), "malformed-response", "too large"),
        "a header of 1 MB": M(with_field(b"X-A: " + b"a" * MEGABYTE), "malformed-response", "too large"),
        "1xx without end": M(
            endlessly(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100), "malformed-response", "too large", timeout="2s"
        ),
        "endless body": M(endlessly(HEAD + b"\r\n", b"x" * 65_536), None, body_error="capped"),
        "gzip bomb": M(bomb(b"gzip"), None),
        "br bomb": M(bomb(b"br"), None),
        "zstd bomb": M(bomb(b"zstd"), None),
        # not HTTP, or nearly
        "no HTTP": M(says(b"SSH-2.0-OpenSSH_9.2\r\n"), "malformed-response", "not an HTTP response"),
        "NUL": M(with_field(b"X-A: a\0b"), "malformed-response", "not an HTTP response"),
        "control bytes": M(with_field(b"X-A: " + bytes({*range(1, 32)} - {10, 13}) + b"\x7f"), None),
        "escape sequences": M(with_field(b"X-A: \x1b]0;owned\x07\x1b[2J\x9b31m"), None),
        "markup": M(with_field(b"X-A: [bold]<script>alert(1)</script>]]>&amp;|=1+1"), None),
        "invalid UTF-8": M(with_field(b"X-A: \xff\xfe\xc3("), None),
        "bare LF": M(says(HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n"), None),
        "folded header": M(with_field(b"X-A: one\r\n two"), None),
        "two lengths": M(
            says(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "malformed-response", "Content-Length"
        ),
        "bad chunks": M(says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n"), None, body_error="malformed"),
        # redirects
        "redirect to itself": M(redirect_to_itself, "redirect-limit", "20"),
        "fifty redirects": M(chain_of_fifty, "redirect-limit", "20"),
        # TLS
        "expired": M(
            says(response()), "tls-failure", "has expired", security="expired", net_error="ERR_CERT_DATE_INVALID"
        ),
        "not yet valid": M(
            says(response()),
            "tls-failure",
            "is not valid yet",
            security="not yet valid",
            net_error="ERR_CERT_DATE_INVALID",
        ),
        "wrong host": M(
            says(response()),
            "tls-failure",
            "is for another",
            security="wrong host",
            net_error="ERR_CERT_COMMON_NAME_INVALID",
        ),
        "self-signed": M(
            says(response()),
            "tls-failure",
            "is self-signed",
            security="self-signed",
            net_error="ERR_CERT_AUTHORITY_INVALID",
        ),
        "no intermediate": M(
            says(response()),
            "tls-failure",
            "intermediate",
            security="no intermediate",
            net_error="ERR_CERT_AUTHORITY_INVALID",
        ),
        "TLS garbage": M(garbage, "tls-failure", "does not speak TLS"),
        "plain HTTP for TLS": M(plain, "tls-failure", "does not speak TLS"),
        "no handshake": M(mute, "connect-timeout", "did not finish the TLS handshake", timeout=SOON),
        # HTTP/2
        "RST_STREAM": M(over_two(reset_stream), "connection-reset", "cancelled the request", security="h2"),
        "RST_STREAM in the body": M(over_two(reset_body), None, body_error="truncated", security="h2"),
        "GOAWAY": M(over_two(go_away), "connection-reset", "ENHANCE_YOUR_CALM", security="h2"),
    }


#: Spoken to with https although the server does no TLS.
TLS_EXPECTED = frozenset({"TLS garbage", "plain HTTP for TLS", "no handshake"})
