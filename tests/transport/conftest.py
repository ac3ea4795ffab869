"""A sender over libcurl, and certificates for the servers that it meets."""

from __future__ import annotations

import datetime
import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from corstui.fetch.messages import HeaderList, Reply, Request
from corstui.transport.sender import Sender

#: Seconds within which a loopback server surely answers, however busy the machine is.
LONG = 30.0
#: Seconds to wait for an answer that never comes; long enough to send the request on a busy machine.
SHORT = 0.5


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


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that nothing listens on: bound, so that nobody else takes it meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that Linux ignores further SYNs: nobody ever accepts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting: list[socket.socket] = []
        try:
            while len(waiting) < 64:
                knock = socket.socket()
                knock.setblocking(False)
                waiting.append(knock)
                knock.connect_ex(("127.0.0.1", port))
                knock.settimeout(0.2)
                if knock.connect_ex(("127.0.0.1", port)) not in (0, errno.EISCONN):
                    break
            else:
                pytest.skip("this system's listening queue does not fill up")
            yield port
        finally:
            for knock in waiting:
                knock.close()


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server with a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("self-signed") / "both.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
