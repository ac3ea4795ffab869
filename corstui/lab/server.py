"""A small HTTP/1.1 server with exact control of every header byte; it knows nothing of shops or CORS."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

#: Bytes of a request head, and of a body, beyond which the server answers 431 or 413.
MAX_HEAD, MAX_BODY = 65_536, 1_048_576
#: Seconds that a client may take for one request.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``target`` is its path and query; header names are lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first value of ``name`` (lower case)."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, header fields in order and as spelled. ``delay`` is in seconds; ``reset`` resets TCP."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0
    reset: bool = False

    def encode(self, method: str) -> bytes:
        """The response on the wire. Content-Length is added; a HEAD, 204 or 304 has no body."""
        try:
            reason = HTTPStatus(self.status).phrase
        except ValueError:
            reason = "Unknown"
        bodiless = self.status in (204, 304)
        fields = [*self.headers, *([] if bodiless else [("Content-Length", str(len(self.body)))])]
        lines = [f"HTTP/1.1 {self.status} {reason}", *(f"{name}: {value}" for name, value in fields), "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        return head if bodiless or method == "HEAD" else head + self.body


class _BadRequest(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Server:
    """Answers each request with what ``answer`` returns for it. Start it, then close it."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, dawdled, or the server is closing
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; False when the connection ends with it."""
        try:
            async with asyncio.timeout(PATIENCE):
                asked = await _read(reader)
        except _BadRequest as bad:
            writer.write(Answer(bad.status, (("Connection", "close"),)).encode("GET"))
            await _drained(writer)
            return False
        answer = self._answer(asked)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.reset:
            writer.transport.abort()
            return False
        writer.write(answer.encode(asked.method))
        await writer.drain()
        return (asked.header("connection") or "").lower() != "close"


async def _read(reader: asyncio.StreamReader) -> Asked:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise _BadRequest(431) from None
    request, *lines = head[:-4].decode("latin-1").split("\r\n")
    parts = request.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise _BadRequest(400)
    pairs = [line.partition(":") for line in lines]
    if any(not colon or name != name.strip() or not name for name, colon, _ in pairs):
        raise _BadRequest(400)
    asked = Asked(parts[0], parts[1], tuple((name.lower(), value.strip()) for name, _, value in pairs))
    length = asked.header("content-length") or "0"
    if not length.isdecimal() or asked.header("transfer-encoding") is not None:
        raise _BadRequest(400)
    if int(length) > MAX_BODY:
        raise _BadRequest(413)
    await reader.readexactly(int(length))
    return asked


async def _drained(writer: asyncio.StreamWriter) -> None:
    """Let a last answer out before the connection is dropped."""
    with contextlib.suppress(OSError):
        await writer.drain()
        writer.close()
        closed: Awaitable[None] = writer.wait_closed()
        await closed
