"""A small HTTP/1.1 server that says exactly the bytes that its table gives it, and survives any client.

    server = Server(site)
    await server.start(socket)
    ...
    await server.close()

A connection carries one request after another. It ends when the client asks for it, when a request is no HTTP, or when
no whole request arrives in time.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from corstui.lab.answers import Answer, Site, render
from corstui.lab.message import BadRequest, Request, parse_head

#: The longest request head, in bytes.
MAX_HEAD = 32 * 1024
#: How long a connection may take to bring a whole request, in seconds; also how long it may idle.
PATIENCE = 60.0
#: What is still read from a client that was refused, so that it gets to see why: bytes and seconds.
_LINGER_BYTES = 1 << 20
_LINGER_SECONDS = 2.0


class Server:
    """Serves one site. ``slow``: seconds that slow answers take; ``patience``: seconds for a request to arrive."""

    def __init__(self, site: Site, *, slow: float = 1.5, patience: float = PATIENCE) -> None:
        self._site = site
        self._slow = slow
        self._patience = patience
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, listener: socket.socket) -> None:
        """Accept connections on a bound socket, which belongs to the server from now on."""
        self._server = await asyncio.start_server(self._accept, sock=listener, limit=MAX_HEAD, backlog=512)

    async def close(self) -> None:
        """Stop accepting, drop every connection and wait until all is gone."""
        if self._server is None:
            return
        self._server.close()
        while self._connections:
            tasks = list(self._connections)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from its first byte to its last."""
        try:
            while await self._exchange(reader, writer):
                pass
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        finally:
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it. False when the connection is done."""
        try:
            async with asyncio.timeout(self._patience):
                request = await self._read(reader, writer)
        except TimeoutError:
            return False
        except BadRequest as refused:
            await self._refuse(refused.status, reader, writer)
            return False
        answer = self._site.answer(request)
        if answer.slow:
            await asyncio.sleep(self._slow)
        if answer.resets:
            _reset(writer)
            return False
        writer.write(self._response(answer, request))
        await writer.drain()
        return request.keep_alive

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
        """The next request, its body read and dropped. Raises BadRequest, or IncompleteReadError at the end."""
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise BadRequest("431 Request Header Fields Too Large") from None
        request = parse_head(raw)
        if request.wants_continue:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await reader.readexactly(request.body_length)
        return request

    def _response(self, answer: Answer, request: Request) -> bytes:
        lines = self._site.header_lines(answer, request)
        with_body = request.method.upper() != "HEAD"
        return render(answer.status, lines, answer.body, with_body=with_body, keep_alive=request.keep_alive)

    async def _refuse(self, status: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say why, then take in what is still under way: closing with unread bytes would reset the connection."""
        writer.write(render(status, (), "", keep_alive=False))
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        left = _LINGER_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0 and (more := await reader.read(65536)):
                    left -= len(more)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a TCP reset instead of an answer."""
    peer = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
