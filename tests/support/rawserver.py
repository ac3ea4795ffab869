"""A server on loopback that says exactly the bytes it is told to, and remembers the bytes it was sent.

    async with RawServer(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi") as server:
        ... server.url("/path") ...
    assert server.requests == [b"GET /path HTTP/1.1\\r\\n..."]

Bytes answer every request of every connection. For all else the script is an async function that is given each
connection as a :class:`Peer`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from types import TracebackType

Script = Callable[["Peer"], Awaitable[None]]


class Peer:
    """One connection, from the server's side."""

    def __init__(self, server: RawServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes | None:
        """The next request, head and body, which is also remembered; None when the client has closed."""
        try:
            raw = await self.reader.readuntil(b"\r\n\r\n")
            for line in raw.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    raw += await self.reader.readexactly(int(line.split(b":")[1]))
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return None
        self.server.requests.append(raw)
        self.server.by_connection[self].append(raw)
        return raw

    async def send(self, data: bytes) -> None:
        """Write ``data``; ConnectionError when the client is gone."""
        self.writer.write(data)
        await self.writer.drain()

    async def wait_closed(self) -> None:
        """Until the client closes the connection; what it sends is ignored."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while await self.reader.read(65536):
                pass

    def reset(self) -> None:
        """Close with a TCP RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def half_close(self) -> None:
        """Say that nothing more will be sent."""
        self.writer.write_eof()

    @property
    def certificate(self) -> object:
        """The certificate that the client showed, None for none."""
        return self.writer.get_extra_info("peercert") or None


class RawServer:
    """See the module. ``requests``: all raw requests in order of arrival; ``connections``: how many were accepted."""

    def __init__(
        self, script: bytes | Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._script: Script = _answering(script) if isinstance(script, bytes) else script
        self._tls = tls
        self._host = host
        self._tasks: list[asyncio.Task[None]] = []
        self._server: asyncio.Server | None = None
        self.port = port
        self.requests: list[bytes] = []
        self.by_connection: dict[Peer, list[bytes]] = {}
        self.closed = asyncio.Event()
        """Set whenever a connection's script has ended."""

    @property
    def connections(self) -> int:
        return len(self.by_connection)

    def url(self, target: str = "/", host: str | None = None) -> str:
        """The URL of ``target`` on this server, under another host name if given."""
        return f"{'https' if self._tls else 'http'}://{host or self._host}:{self.port}{target}"

    def stop_listening(self) -> None:
        """Take no further connection; those that are open stay."""
        assert self._server is not None
        self._server.close()

    async def __aenter__(self) -> RawServer:
        # a long backlog: some tests connect in numbers
        self._server = await asyncio.start_server(self._accept, self._host, self.port, ssl=self._tls, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(outcome, Exception) and error is None:
                raise outcome  # a script's own mistake, or its assertion

    # a plain function, so that a cancelled connection is no concern of asyncio's streams
    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(self, reader, writer)
        self.by_connection[peer] = []
        self._tasks.append(asyncio.ensure_future(self._serve(peer)))

    async def _serve(self, peer: Peer) -> None:
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await self._script(peer)
        finally:
            with contextlib.suppress(RuntimeError):
                peer.writer.close()
            self.closed.set()


def _answering(answer: bytes) -> Script:
    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            await peer.send(answer)

    return script


def response(*fields: bytes, status: bytes = b"200 OK", body: bytes = b"") -> bytes:
    """A whole HTTP/1.1 response with its Content-Length."""
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, length, b"", body])
