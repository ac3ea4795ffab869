"""A small HTTP/1.1 server with exact control of every header byte; it knows nothing of shops or CORS.

A connection carries one request after another. It ends when the client says so or speaks HTTP/1.0, when a request is
no HTTP, and when a request does not arrive in time.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

#: Bytes of a request head, and of a body, beyond which the server answers 431 or 413.
MAX_HEAD, MAX_BODY = 65_536, 1_048_576
#: Seconds that a client may take for one request.
PATIENCE = 30.0
#: What is still read from a client that was refused, so that it gets to see why: bytes, and seconds.
_LINGER_BYTES, _LINGER_SECONDS = 4 * MAX_BODY, 2.0

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) (HTTP/1\.[01])")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``target`` is its path and query; header names are lower case, text is latin-1.

    ``last``: the client wants the connection closed after the answer.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    last: bool = False

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first value of ``name`` (lower case)."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, header fields in order and as spelled. ``delay`` is in seconds.

    ``reset``: instead of an answer the connection is reset (TCP RST).
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0
    reset: bool = False

    def encode(self, method: str, *, last: bool = False) -> bytes:
        """The response on the wire. Content-Length is added, and Connection: close to the ``last`` one of a connection.
        A HEAD, 204 or 304 has no body."""
        try:
            reason = HTTPStatus(self.status).phrase
        except ValueError:
            reason = "Unknown"
        bodiless = self.status in (204, 304)
        fields = [*self.headers]
        if not bodiless:
            fields.append(("Content-Length", str(len(self.body))))
        if last:
            fields.append(("Connection", "close"))
        lines = [f"HTTP/1.1 {self.status} {reason}", *(f"{name}: {value}" for name, value in fields), "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        return head if bodiless or method == "HEAD" else head + self.body


class _BadRequest(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Server:
    """Answers each request with what ``answer`` returns for it. ``patience``: seconds that one request may take."""

    def __init__(self, answer: Callable[[Asked], Answer], *, patience: float = PATIENCE) -> None:
        self._answer = answer
        self._patience = patience
        self._listener: socket.socket | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        self._listener = socket.create_server((host, port), backlog=512)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        # asyncio's own server forgets a client that comes while it closes
        asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)

    async def close(self) -> None:
        """Stop listening, drop every connection and wait until they are gone."""
        if self._listener is None:
            return
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        self._listener = None
        while self._connections:
            for task in self._connections:
                task.cancel()
            await asyncio.wait(self._connections)
        await asyncio.sleep(0)  # transports that were dropped close their sockets in the next turn of the loop

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # the client has gone already, or there are too many of them
        client.setblocking(False)
        task = asyncio.get_running_loop().create_task(self._serve(client))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        task.add_done_callback(lambda _: client.close())

    async def _serve(self, client: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=client, limit=MAX_HEAD)
        try:
            while await self._one(reader, writer):
                pass
            writer.close()
            await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the client left or dawdled
        finally:
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; False when the connection ends with it."""
        try:
            async with asyncio.timeout(self._patience):
                asked = await _read(reader)
        except _BadRequest as bad:
            await _refuse(bad.status, reader, writer)
            return False
        answer = self._answer(asked)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.reset:
            _reset(writer)
            return False
        writer.write(answer.encode(asked.method, last=asked.last))
        await writer.drain()
        return not asked.last


async def _read(reader: asyncio.StreamReader) -> Asked:
    """The next request; its body is read and dropped. Raises IncompleteReadError when the client ends before it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise _BadRequest(431) from None
    asked = _parse(head[:-4].decode("latin-1"))
    lengths = {value for name, value in asked.headers if name == "content-length"} or {"0"}
    length = lengths.pop()
    if lengths or not length.isdecimal() or asked.header("transfer-encoding") is not None:
        raise _BadRequest(400)
    if len(length) > 9 or int(length) > MAX_BODY:
        raise _BadRequest(413)
    await reader.readexactly(int(length))
    return asked


def _parse(head: str) -> Asked:
    request_line, *lines = head.split("\r\n")
    request, fields = _REQUEST_LINE.fullmatch(request_line), [_FIELD.fullmatch(line) for line in lines]
    if request is None:
        raise _BadRequest(400)
    headers: list[tuple[str, str]] = []
    for field in fields:
        if field is None:
            raise _BadRequest(400)
        headers.append((field[1].lower(), field[2].rstrip(" \t")))
    last = request[3] == "HTTP/1.0" or any(name == "connection" and value.lower() == "close" for name, value in headers)
    return Asked(request[1], request[2], tuple(headers), last)


async def _refuse(status: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say why, then take in what is still under way: closing a connection with unread bytes would reset it."""
    writer.write(Answer(status).encode("GET", last=True))
    writer.write_eof()
    left = _LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while left > 0 and (more := await reader.read(65_536)):
                left -= len(more)


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
