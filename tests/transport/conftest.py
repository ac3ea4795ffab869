"""A sender over libcurl, and certificates for the servers that it meets."""

from __future__ import annotations

import datetime
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from corstui.fetch.messages import HeaderList, Reply, Request
from corstui.transport.sender import Sender

#: Seconds within which a loopback server surely answers, however busy the machine is.
LONG = 30.0


class Client:
    """Makes senders with given options and sends plain requests; closes everything at the end of the test."""

    def __init__(self) -> None:
        self._senders: dict[str, Sender] = {}

    def sender(self, **options: Any) -> Sender:
        key = repr(sorted(options.items()))
        if key not in self._senders:
            self._senders[key] = Sender(**{"proxy": "none", **options})
        return self._senders[key]

    async def __call__(
        self,
        url: str,
        method: str = "GET",
        headers: HeaderList | None = None,
        body: bytes = b"",
        *,
        seconds: float | None = LONG,
        phase: str = "actual",
        credentials: bool = False,
        **options: Any,
    ) -> Reply:
        request = Request(method, url, headers or [], body, phase=phase, credentials=credentials)
        deadline = None if seconds is None else time.monotonic() + seconds
        return await self.sender(**options).send(request, deadline=deadline)

    async def aclose(self) -> None:
        for sender in self._senders.values():
            await sender.aclose()


@pytest.fixture
async def fetch() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.aclose()


@dataclass(frozen=True)
class Certificates:
    """An authority in a file, and server contexts with certificates that it, or another one, has issued."""

    directory: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    @property
    def ca(self) -> str:
        path = self.directory / "ca.pem"
        if not path.exists():
            self.authority.cert_pem.write_to_path(path)
        return str(path)

    def server(self, *names: str, authority: trustme.CA | None = None, expired: bool = False) -> ssl.SSLContext:
        yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        leaf = (authority or self.authority).issue_cert(
            *(names or ("127.0.0.1", "localhost")),
            not_before=yesterday - datetime.timedelta(days=1) if expired else None,
            not_after=yesterday if expired else None,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        return context

    def client(self, name: str) -> tuple[str, str]:
        """The files of a client certificate and of its key."""
        leaf = self.authority.issue_cert(name)
        cert, key = self.directory / "client.pem", self.directory / "client.key"
        leaf.cert_chain_pems[0].write_to_path(cert)
        leaf.private_key_pem.write_to_path(key)
        return str(cert), str(key)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
