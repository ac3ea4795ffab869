"""All the misbehaving servers at once, and a profile that names them beside healthy ones."""

from __future__ import annotations

import datetime
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.misbehaviours import ALLOW, TLS_EXPECTED, Misbehaviour, Security, table
from tests.support.rawserver import Peer, RawServer, response
from tests.transport.conftest import Certificates, certificates, free_port, no_proxy_from_outside, self_signed

__all__ = ["certificates", "free_port", "no_proxy_from_outside", "self_signed"]


#: How many healthy endpoints there are, ``fine 0`` and so on.
HEALTHY = 20


@dataclass(frozen=True, slots=True)
class Street:
    """``everything``: a profile of all servers; ``healthy``: one of the healthy ones alone."""

    misbehaviours: dict[str, Misbehaviour]
    everything: str
    healthy: str


async def behave(peer: Peer) -> None:
    """Allow; ``/closed`` allows nobody."""
    while (raw := await peer.request()) is not None:
        fields = (ALLOW, b"Access-Control-Allow-Headers: x-test", b"X-Name: value")
        closed = raw.split(b" ", 2)[1] == b"/closed"
        await peer.send(response(*(() if closed else fields), body=b'{"fine": true}'))


def contexts(known: Certificates, self_signed: ssl.SSLContext, folder: Path) -> dict[Security, ssl.SSLContext | None]:
    """A server's side of TLS for each kind of certificate."""
    two = known.server()
    two.set_alpn_protocols(["h2"])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    early = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    known.authority.issue_cert("127.0.0.1", not_before=now + day, not_after=now + 2 * day).configure_cert(early)
    leaf = known.authority.create_child_ca().issue_cert("127.0.0.1")
    alone = folder / "leaf.pem"
    alone.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
    short = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    short.load_cert_chain(alone)
    return {
        "": None,
        "good": known.server(),
        "h2": two,
        "expired": known.server(expired=True),
        "not yet valid": early,
        "wrong host": known.server("other.example"),
        "self-signed": self_signed,
        "no intermediate": short,
    }


@asynccontextmanager
async def opened(
    folder: Path, certificate: Certificates, self_signed: ssl.SSLContext, free: int
) -> AsyncIterator[Street]:
    kinds = contexts(certificate, self_signed, folder)
    head = (
        "version: 1\norigins: {web: 'https://web.example'}\n"
        "settings: {concurrency: 64, per_host: 64, controls: false}\n"
        f"environments: {{here: {{proxy: none, tls: {{ca: {json.dumps(certificate.ca)}}}}}}}\nendpoints:\n"
    )
    misbehaviours = table()
    async with AsyncExitStack() as stack:
        good = await stack.enter_async_context(RawServer(behave))
        safe = await stack.enter_async_context(RawServer(behave, tls=kinds["good"]))
        healthy = "".join(
            f"  fine {number}: {{request: 'GET {server.url(path)}', expect: {{web: {expected}}}{headers}}}\n"
            for number, (server, path, expected, headers) in enumerate(
                [
                    (good, "/", "allow", ""),
                    (good, "/", "allow", ", headers: {X-Test: '1'}"),
                    (good, "/closed", "block acao-missing", ""),
                    (safe, "/", "allow", ""),
                    (safe, "/closed", "block acao-missing-preflight", ", headers: {X-Test: '1'}"),
                ]
                * (HEALTHY // 5)
            )
        )
        hostile = ""
        for name, wrong in misbehaviours.items():
            if wrong.script is None:
                url = f"http://127.0.0.1:{free}/"
            else:
                server = await stack.enter_async_context(RawServer(wrong.script, tls=kinds[wrong.security]))
                url = server.url()
            if name in TLS_EXPECTED:
                url = url.replace("http:", "https:")
            headers = ", headers: {X-Test: '1'}" if wrong.preflight else ""
            hostile += f"  {json.dumps(name)}: {{request: 'GET {url}', timeout: {wrong.timeout}{headers}}}\n"
        (folder / "healthy.yaml").write_text(head + healthy)
        (folder / "everything.yaml").write_text(head + hostile + healthy)
        yield Street(misbehaviours, str(folder / "everything.yaml"), str(folder / "healthy.yaml"))


@pytest.fixture
async def street(
    tmp_path: Path, certificates: Certificates, self_signed: ssl.SSLContext, free_port: int
) -> AsyncIterator[Street]:
    async with opened(tmp_path, certificates, self_signed, free_port) as ready:
        yield ready
