"""Every network reason, provoked by a real server on loopback."""

from __future__ import annotations

import asyncio
import errno
import ssl

import pytest
import trustme

from corstui.fetch.messages import NetworkError, Reply
from corstui.transport.failure import Attempt, from_curl
from tests.support.rawserver import Peer, RawServer, response
from tests.transport.conftest import SHORT, Certificates, Client

OK = response(body=b"hi")


def error_of(reply: Reply) -> NetworkError:
    assert reply.error is not None, reply
    assert (reply.head, reply.body) == (b"", b"")
    return reply.error


async def silent(peer: Peer) -> None:
    await peer.wait_closed()


async def test_a_name_that_does_not_exist(fetch: Client) -> None:
    error = error_of(await fetch("http://name.invalid/"))
    assert (error.code, error.sent) == ("dns-failure", False)
    assert "name.invalid" in error.message


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_port_where_nothing_listens(fetch: Client, free_port: int, scheme: str) -> None:
    error = error_of(await fetch(f"{scheme}://127.0.0.1:{free_port}/"))
    assert (error.code, error.sent) == ("connection-refused", False)
    assert f"127.0.0.1:{free_port}" in error.message


async def test_a_reset_after_the_request(fetch: Client) -> None:
    async def reset(peer: Peer) -> None:
        await peer.request()
        peer.reset()

    async with RawServer(reset) as server:
        error = error_of(await fetch(server.url(), "POST", body=b"x"))
        assert (error.code, error.sent) == ("connection-reset", True)


async def test_a_timeout_on_a_reused_connection_says_that_the_request_left(fetch: Client) -> None:
    async def first_only(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await peer.wait_closed()

    async with RawServer(first_only) as server:
        assert (await fetch(server.url())).error is None
        error = error_of(await fetch(server.url(), seconds=SHORT))
        assert server.connections == 1
        assert (error.code, error.sent) == ("timeout", True)


async def test_a_reset_of_a_reused_connection_says_that_the_request_left(fetch: Client) -> None:
    async def first_only(peer: Peer) -> None:
        await peer.request()
        if server.connections == 1:
            await peer.send(OK)
            await peer.request()
        peer.reset()  # a new connection too: libcurl tries again by itself

    async with RawServer(first_only) as server:
        assert (await fetch(server.url())).error is None
        error = error_of(await fetch(server.url()))
        assert (error.code, error.sent) == ("connection-reset", True)


async def test_a_connection_closed_without_an_answer(fetch: Client) -> None:
    async def close(peer: Peer) -> None:
        await peer.request()

    async with RawServer(close) as server:
        error = error_of(await fetch(server.url()))
        assert (error.code, error.sent) == ("connection-reset", True)
        assert "without an answer" in error.message


async def test_a_head_that_breaks_off(fetch: Client) -> None:
    async def break_off(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n")

    async with RawServer(break_off) as server:
        error = error_of(await fetch(server.url()))
        assert error.sent
        assert error.code == "connection-reset"


async def test_a_reset_in_the_tls_handshake_is_not_sent(fetch: Client) -> None:
    async def reset(peer: Peer) -> None:
        await peer.reader.read(1)
        peer.reset()

    async with RawServer(reset) as server:
        error = error_of(await fetch(server.url().replace("http:", "https:")))
        assert (error.code, error.sent) == ("connection-reset", False)


async def test_a_server_that_never_answers(fetch: Client) -> None:
    async with RawServer(silent) as server:
        error = error_of(await fetch(server.url(), seconds=SHORT))
        assert (error.code, error.sent) == ("timeout", True)
        assert f"127.0.0.1:{server.port}" in error.message


async def test_a_head_that_never_ends(fetch: Client) -> None:
    async def drip(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nX: 1\r\n")
        await peer.wait_closed()

    async with RawServer(drip) as server:
        error = error_of(await fetch(server.url(), seconds=SHORT))
        assert (error.code, error.sent) == ("timeout", True)


async def test_a_flow_whose_time_is_up_sends_nothing(fetch: Client) -> None:
    async with RawServer(OK) as server:
        error = error_of(await fetch(server.url(), seconds=-1))
        assert (error.code, error.sent) == ("timeout", False)
        assert server.connections == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_connection_that_never_comes_about(fetch: Client, deaf_port: int, scheme: str) -> None:
    error = error_of(await fetch(f"{scheme}://127.0.0.1:{deaf_port}/", seconds=SHORT))
    assert (error.code, error.sent) == ("connect-timeout", False)


async def test_a_tls_handshake_that_never_ends(fetch: Client) -> None:
    async with RawServer(silent) as server:
        error = error_of(await fetch(server.url().replace("http:", "https:"), seconds=SHORT))
        assert (error.code, error.sent) == ("connect-timeout", False)


# --- TLS


async def test_a_trusted_certificate(fetch: Client, certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server()) as server:
        reply = await fetch(server.url(), ca=certificates.ca)
        assert reply.error is None
        assert reply.timing.tls is not None


async def test_an_expired_certificate(fetch: Client, certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server(expired=True)) as server:
        error = error_of(await fetch(server.url(), ca=certificates.ca))
        assert (error.code, error.sent) == ("tls-failure", False)
        assert "expired" in error.message
        assert server.requests == []


async def test_a_certificate_for_another_name(fetch: Client, certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server("other.example")) as server:
        for host in ("127.0.0.1", "localhost"):
            error = error_of(await fetch(server.url("/", host), ca=certificates.ca))
            assert (error.code, error.sent) == ("tls-failure", False)
            assert "another name" in error.message


async def test_a_self_signed_certificate(fetch: Client, self_signed: ssl.SSLContext) -> None:
    async with RawServer(OK, tls=self_signed) as server:
        error = error_of(await fetch(server.url()))
        assert (error.code, error.sent) == ("tls-failure", False)
        assert "self-signed" in error.message


async def test_a_certificate_of_an_unknown_authority(fetch: Client, certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server(authority=trustme.CA())) as server:
        error = error_of(await fetch(server.url(), ca=certificates.ca))
        assert (error.code, error.sent) == ("tls-failure", False)
        assert "authority" in error.message


async def test_tls_spoken_to_a_plain_server(fetch: Client) -> None:
    async def plain(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with RawServer(plain) as server:
        error = error_of(await fetch(server.url().replace("http:", "https:")))
        assert (error.code, error.sent) == ("tls-failure", False)
        assert "does not speak TLS" in error.message


async def test_any_certificate_will_do_without_verification(fetch: Client, certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server("other.example", expired=True)) as server:
        assert (await fetch(server.url(), verify=False)).error is None


async def test_a_client_certificate_that_is_demanded(fetch: Client, certificates: Certificates) -> None:
    context = certificates.server()
    context.verify_mode = ssl.CERT_REQUIRED

    async def handshake(peer: Peer) -> None:  # by hand: asyncio's own drops the alert that says what is missing
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                await peer.send(outgoing.read())
                incoming.write(await peer.reader.read(65536))
            except ssl.SSLError:
                await peer.send(outgoing.read())
                peer.half_close()
                return await peer.wait_closed()

    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context.maximum_version = version
        async with RawServer(handshake) as server:
            error = error_of(await fetch(server.url().replace("http:", "https:"), ca=certificates.ca))
            assert error.code == "tls-failure"
            assert "client certificate" in error.message


async def test_a_missing_file_of_authorities_is_named(fetch: Client, certificates: Certificates) -> None:
    async with RawServer(OK, tls=certificates.server()) as server:
        error = error_of(await fetch(server.url(), ca="/nowhere/ca.pem"))
        assert (error.code, error.sent) == ("tls-failure", False)
        assert "/nowhere/ca.pem" in error.message


# --- no HTTP


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"<html>an HTTP/0.9 answer</html>",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 200 O\0K\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
async def test_what_is_no_http(fetch: Client, answer: bytes) -> None:
    async def speak(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)

    async with RawServer(speak) as server:
        error = error_of(await fetch(server.url()))
        assert (error.code, error.sent) == ("malformed-response", True)


@pytest.mark.parametrize("line", [b"X: " + b"a" * 1000 + b"\r\n", b"X: " + b"a" * 10_000_000])
async def test_ten_megabytes_of_headers(fetch: Client, line: bytes) -> None:
    async def flood(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n" + line * (10_000_000 // len(line) + 1) + b"\r\n\r\n")

    async with RawServer(flood) as server:
        error = error_of(await fetch(server.url()))
        assert (error.code, error.sent) == ("malformed-response", True)


async def test_informational_heads_without_end(fetch: Client) -> None:
    async def flood(peer: Peer) -> None:
        await peer.request()
        while True:
            await peer.send(b"HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n" * 1000)

    async with RawServer(flood) as server:
        error = error_of(await fetch(server.url(), seconds=5))
        assert error.code in ("malformed-response", "timeout")
        assert error.sent


# --- proxies


async def test_a_proxy_that_is_not_there(fetch: Client, free_port: int) -> None:
    for scheme in ("http", "https"):
        error = error_of(await fetch(f"{scheme}://shop.example/", proxy=f"http://user:pw@127.0.0.1:{free_port}"))
        assert (error.code, error.sent) == ("proxy-failure", False)
        assert f"127.0.0.1:{free_port}" in error.message
        assert "pw" not in error.message


@pytest.mark.parametrize("proxy", ["ftp://user:pw@127.0.0.1:1", "no proxy", "http://user:pw@"])
async def test_a_proxy_that_is_no_proxy(fetch: Client, proxy: str) -> None:
    error = error_of(await fetch("http://shop.example/", proxy=proxy))
    assert (error.code, error.sent) == ("proxy-failure", False)
    assert "pw" not in error.message


async def test_a_proxy_whose_name_does_not_exist(fetch: Client) -> None:
    error = error_of(await fetch("http://shop.example/", proxy="http://proxy.invalid:3128"))
    assert (error.code, error.sent) == ("proxy-failure", False)


@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b"403 Forbidden"])
async def test_a_proxy_that_refuses_the_tunnel(fetch: Client, status: bytes) -> None:
    async with RawServer(response(status=status, body=b"no")) as proxy:
        error = error_of(await fetch("https://shop.example/", proxy=proxy.url()))
        assert (error.code, error.sent) == ("proxy-failure", False)
        assert status[:3].decode() in error.message
        assert "shop.example" in error.message


async def test_a_proxy_that_closes_or_falls_silent_or_talks_nonsense(fetch: Client) -> None:
    async def close(peer: Peer) -> None:
        await peer.request()

    async def nonsense(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"nonsense\r\n\r\n")

    for script, seconds in ((close, 30.0), (silent, SHORT), (nonsense, 30.0)):
        async with RawServer(script) as proxy:
            error = error_of(await fetch("https://shop.example/", proxy=proxy.url(), seconds=seconds))
            assert (error.code, error.sent) == ("proxy-failure", False), error


async def test_a_socks_proxy_that_is_none(fetch: Client) -> None:
    async def nonsense(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with RawServer(nonsense) as proxy:
        error = error_of(await fetch("http://shop.example/", proxy=f"socks5h://127.0.0.1:{proxy.port}"))
        assert (error.code, error.sent) == ("proxy-failure", False)


# --- cancelling


async def test_cancelling_frees_the_connection_at_once(fetch: Client) -> None:
    async with RawServer(silent) as server:
        task = asyncio.ensure_future(fetch(server.url(), seconds=None))
        while not server.connections:  # noqa: ASYNC110 - the server has no event for this
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.closed.wait()


async def test_closing_answers_what_is_in_flight(fetch: Client) -> None:
    async with RawServer(silent) as server:
        task = asyncio.ensure_future(fetch(server.url(), seconds=None))
        while not server.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await fetch.aclose()
        assert error_of(await task).code == "cancelled"
        await server.closed.wait()


# --- what no loopback server can provoke


@pytest.mark.parametrize(
    ("code", "message", "attempt", "expected"),
    [
        (7, "", Attempt("http", "a.example", resolved=True, errno=errno.EHOSTUNREACH), "connection-refused"),
        (7, "", Attempt("http", "a.example", resolved=True, errno=errno.ETIMEDOUT), "connect-timeout"),
        (28, "", Attempt("http", "a.example", seconds=3), "dns-failure"),
        (7, "", Attempt("http", "a.example", resolved=True, errno=errno.ECONNRESET), "connection-reset"),
        (60, "", Attempt("https", "a.example", verify_result=20), "tls-failure"),
        (35, "tlsv1 alert protocol version", Attempt("https", "a.example"), "tls-failure"),
        (
            92,
            "HTTP/2 stream 1 was not closed cleanly: CANCEL (err 8)",
            Attempt("https", "a.example"),
            "connection-reset",
        ),
        (92, "HTTP/2 stream 1: PROTOCOL_ERROR (err 1)", Attempt("https", "a.example"), "malformed-response"),
        (27, "Out of memory", Attempt("https", "a.example"), "connection-reset"),
    ],
)
def test_other_errors_of_libcurl_find_their_reason(code: int, message: str, attempt: Attempt, expected: str) -> None:
    error = from_curl(code, message, attempt)
    assert error.code == expected
    assert "a.example" in error.message
