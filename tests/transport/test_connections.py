"""Which requests share a connection, and where connections lead: pools, client certificates, pins, proxies, HTTP/2."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from corstui.fetch.url import parse
from corstui.transport.network import Network, environment_proxies, find_authorities, is_exempt, split_address
from tests.support.rawserver import Peer, RawServer, response
from tests.transport.conftest import Certificates, Client

OK = response(body=b"hi")


async def test_connections_are_reused(fetch: Client) -> None:
    async with RawServer(OK) as server:
        for _ in range(5):
            await fetch(server.url())
        assert (len(server.requests), server.connections) == (5, 1)


async def test_credentialed_requests_have_connections_of_their_own(fetch: Client) -> None:
    async with RawServer(OK) as server:
        for target, credentials in (("/1", True), ("/2", False), ("/3", True), ("/4", False)):
            await fetch(server.url(target), credentials=credentials)
        targets = [b"".join(re.findall(rb"GET (/\d)", b"".join(raws))) for raws in server.by_connection.values()]
        assert targets == [b"/1/3", b"/2/4"]


async def test_a_preflight_never_uses_a_credentialed_connection(fetch: Client) -> None:
    async with RawServer(OK) as server:
        await fetch(server.url(), credentials=True)
        await fetch(server.url(), "OPTIONS", credentials=True, phase="preflight")
        assert server.connections == 2


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(fetch: Client) -> None:
    async def once(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)

    async with RawServer(once) as server:
        for expected in (1, 2, 3):
            server.closed.clear()
            assert (await fetch(server.url())).error is None
            await server.closed.wait()
            assert server.connections == expected


@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b"order")])
@pytest.mark.parametrize("resets", [False, True])
async def test_however_many_connections_went_stale_a_request_gets_through(
    fetch: Client, method: str, body: bytes, resets: bool
) -> None:
    """Of the first connections the server answers once, and closes them without a word when they are used again."""
    stale = 8
    all_arrived = asyncio.Event()

    async def once_at_first(peer: Peer) -> None:
        await peer.request()
        if server.connections == stale:
            all_arrived.set()
        await all_arrived.wait()
        await peer.send(OK)
        while await peer.request() is not None and server.connections > stale:
            await peer.send(OK)
        if resets and server.connections == stale:
            peer.reset()

    async with RawServer(once_at_first) as server:
        await asyncio.gather(*(fetch(server.url()) for _ in range(stale)))
        reply = await fetch(server.url("/again"), method, [("Content-Type", "text/plain")], body)
        assert reply.error is None
        answered = list(server.by_connection.values())[-1]
        assert len(answered) == 1
        assert answered[0].startswith(f"{method} /again ".encode())
        assert answered[0].endswith(body)
        assert (await fetch(server.url("/reused"))).error is None
        assert server.connections == stale + 1


async def test_many_requests_at_once_all_come_back(fetch: Client) -> None:
    async with RawServer(OK) as server:
        replies = await asyncio.gather(*(fetch(server.url(f"/{n}"), credentials=n % 2 == 0) for n in range(200)))
        assert [reply.body for reply in replies] == [b"hi"] * 200
        assert len({raw.split(b" ")[1] for raw in server.requests}) == 200


async def test_a_client_certificate_is_shown_on_credentialed_requests_only(
    fetch: Client, certificates: Certificates
) -> None:
    shown: list[tuple[bytes, bool]] = []

    async def note(peer: Peer) -> None:
        while (raw := await peer.request()) is not None:
            shown.append((raw.split(b" ")[1], peer.certificate is not None))
            await peer.send(OK)

    context = certificates.server()
    certificates.authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL
    cert, key = certificates.client("client.example")
    options: dict[str, Any] = {"ca": certificates.ca, "cert": cert, "key": key}
    async with RawServer(note, tls=context) as server:
        await fetch(server.url("/credentialed"), credentials=True, **options)
        await fetch(server.url("/uncredentialed"), credentials=False, **options)
        await fetch(server.url("/preflight"), "OPTIONS", credentials=True, phase="preflight", **options)
        await fetch(server.url("/credentialed"), credentials=True, **options)
    assert shown == [
        (b"/credentialed", True),
        (b"/uncredentialed", False),
        (b"/preflight", False),
        (b"/credentialed", True),
    ]


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "a.b.LOCALHOST", "localhost."])
async def test_localhost_and_names_below_it_are_this_machine(fetch: Client, host: str) -> None:
    async with RawServer(OK) as server:
        assert (await fetch(server.url("/", host))).error is None
        assert f"Host: {host.lower()}:{server.port}".encode() in server.requests[0]


async def test_a_pinned_name_keeps_host_and_server_name(fetch: Client, certificates: Certificates) -> None:
    names: list[str | None] = []
    context = certificates.server("shop.invalid")
    context.sni_callback = lambda tls, name, _: names.append(name)
    async with RawServer(OK, tls=context) as server:
        pins = {"Shop.invalid": f"127.0.0.1:{server.port}", "other.invalid": "127.0.0.1"}
        reply = await fetch("https://shop.invalid/x", ca=certificates.ca, resolve=pins)
        assert reply.error is None
        assert b"\r\nHost: shop.invalid\r\n" in server.requests[0]
        assert names == ["shop.invalid"]
    async with RawServer(OK) as server:
        assert (await fetch(f"http://other.invalid:{server.port}/", resolve=pins)).error is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", ("127.0.0.1", "")),
        ("127.0.0.1:80", ("127.0.0.1", "80")),
        ("::1", ("[::1]", "")),
        ("[::1]", ("[::1]", "")),
        ("[::1]:80", ("[::1]", "80")),
    ],
)
def test_addresses_come_with_or_without_port(text: str, expected: tuple[str, str]) -> None:
    assert split_address(text) == expected


# --- proxies


@asynccontextmanager
async def tunnel(target: RawServer) -> AsyncIterator[RawServer]:
    """A proxy that answers CONNECT with a tunnel to ``target`` and any other request itself."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    async def script(peer: Peer) -> None:
        raw = await peer.request()
        if raw is None or not raw.startswith(b"CONNECT"):
            await peer.send(response(b"Connection: close", body=b"from the proxy"))
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        await peer.send(b"HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
        try:
            await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer))
        finally:
            writer.close()

    async with RawServer(script) as proxy:
        yield proxy


async def test_plain_requests_name_the_whole_url_to_a_proxy(fetch: Client) -> None:
    async with RawServer(OK) as server, tunnel(server) as proxy:
        reply = await fetch("http://shop.example/%7e?q", proxy=proxy.url())
        assert (reply.body, reply.address) == (b"from the proxy", None)
        assert proxy.requests[0].startswith(b"GET http://shop.example/%7e?q HTTP/1.1\r\nHost: shop.example\r\n")


async def test_tls_goes_through_a_tunnel_whose_head_is_not_the_response(
    fetch: Client, certificates: Certificates
) -> None:
    async with RawServer(OK, tls=certificates.server("shop.example")) as server, tunnel(server) as proxy:
        reply = await fetch(
            "https://shop.example/x", headers=[("Cookie", "a=b")], proxy=proxy.url(), ca=certificates.ca
        )
        assert reply.head + reply.body == OK
        assert proxy.requests[0].startswith(b"CONNECT shop.example:443 HTTP/1.1\r\n")
        assert b"Cookie" not in proxy.requests[0]
        assert server.requests[0].startswith(b"GET /x HTTP/1.1\r\n")


async def test_an_environment_proxy_is_used_but_never_for_this_machine(
    fetch: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with RawServer(OK) as server, tunnel(server) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.setenv("no_proxy", "exempt.invalid")
        assert (await fetch("http://shop.example/", proxy=None)).body == b"from the proxy"
        pins = {"pinned.example": "127.0.0.1"}
        for host in ("127.0.0.1", "localhost", "a.localhost", "pinned.example"):
            reply = await fetch(server.url("/", host), proxy=None, resolve=pins)
            assert reply.body == b"hi", host
        assert (await fetch("http://exempt.invalid/", proxy=None)).error is not None
        assert (await fetch("http://shop.invalid/", proxy="none")).error is not None
        assert len(proxy.requests) == 1


def test_proxies_of_the_environment() -> None:
    assert environment_proxies({"HTTP_PROXY": "http://cgi"}) == {"http": "", "https": ""}
    assert environment_proxies({"http_proxy": "http://a", "HTTPS_PROXY": "http://b"}) == {
        "http": "http://a",
        "https": "http://b",
    }
    assert environment_proxies({"ALL_PROXY": "socks5://c"}) == {"http": "socks5://c", "https": "socks5://c"}


@pytest.mark.parametrize(
    ("entry", "url", "expected"),
    [
        ("*", "https://shop.example/", True),
        ("shop.example", "https://shop.example/", True),
        ("shop.example", "https://api.shop.example/", True),
        (".shop.example", "https://api.shop.example/", True),
        ("*.shop.example", "https://api.shop.example/", True),
        ("shop.example", "https://bookshop.example/", False),
        ("shop.example:8443", "https://shop.example/", False),
        ("shop.example:8443", "https://shop.example:8443/", True),
        ("10.0.0.0/8", "http://10.1.2.3/", True),
        ("10.0.0.0/8", "http://11.1.2.3/", False),
        ("10.1.2.3", "http://10.1.2.3/", True),
        ("::1", "http://[::1]/", True),
        ("fd00::/8", "http://[fd00::1]/", True),
        ("2.3", "http://10.1.2.3/", False),
        ("", "http://shop.example/", False),
    ],
)
def test_exemptions_from_the_proxy(entry: str, url: str, expected: bool) -> None:
    parsed = parse(url)
    assert parsed is not None
    assert is_exempt(parsed, [entry]) is expected


# --- certificate authorities


def test_the_environment_names_the_authorities_first() -> None:
    assert find_authorities({"SSL_CERT_FILE": "/a.pem", "SSL_CERT_DIR": "/b"}) == "/a.pem"
    assert find_authorities({"SSL_CERT_DIR": "/b"}) == "/b"
    assert Network(ca="/c.pem").authorities == "/c.pem"


async def test_the_authorities_of_the_environment_are_trusted(
    fetch: Client, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificates.ca)
    async with RawServer(OK, tls=certificates.server()) as server:
        assert (await fetch(server.url())).error is None
