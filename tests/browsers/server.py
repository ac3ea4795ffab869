"""A server that plays the scripts of cases and remembers every request in order."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import trustme

from tests.browsers.script import NOT_FOUND, Answer, Case, Scripts, composed

#: The ports of the cases: app, api, other and third; with TLS, all of them.
PLAIN_PORTS = (23080, 23081, 23082)
TLS_PORTS = (23443,)
#: Nobody listens here.
REFUSED_PORT = 23099
#: Hosts on the standard ports have an address of their own, as 80 and 443 may be in use.
STANDARD_PORTS_NAMES = frozenset({"std.test", "stdapi.test"})
STANDARD_PORTS_ADDRESS = "127.0.0.177"

_TLS_HANDSHAKE = 0x16


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for field, value in self.headers if field.lower() == name), None)


#: Answers a request that belongs to no case: a complete response, or None for a plain 404.
Elsewhere = Callable[[Received], bytes | None]


class ScriptedServer:
    """Plays ``cases``; ``wire`` holds for every case's id the requests that came, in order.

    It listens on one free ``port``, which serves plain text and TLS alike, or ``for_browsers`` on all the ports that
    the cases name; entering the context raises OSError when one of their own is taken.
    """

    def __init__(
        self, cases: Iterable[Case], *, for_browsers: bool = False, elsewhere: Elsewhere | None = None
    ) -> None:
        cases = list(cases)
        self._scripts = Scripts(cases)
        self.wire: dict[str, list[Received]] = {}
        self.port = 0
        self._for_browsers = for_browsers
        self._elsewhere = elsewhere
        self._tasks: set[asyncio.Task[None]] = set()
        self._context = _tls()
        self._places = sorted({place for case in cases for place in _places(case)})

    async def __aenter__(self) -> Self:
        if self._for_browsers:
            for listener, tls in _listeners(self._places):
                self._spawn(self._accept(listener, tls))
        else:
            listener = _listener("127.0.0.1", 0)
            self.port = listener.getsockname()[1]
            self._spawn(self._accept(listener, None))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, listener: socket.socket, tls: bool | None) -> None:
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        with listener:
            while True:
                connection, _ = await loop.sock_accept(listener)
                self._spawn(self._greet(connection, tls))

    async def _greet(self, connection: socket.socket, tls: bool | None) -> None:
        spoken = await _first_byte(connection) == _TLS_HANDSHAKE
        if tls is False and spoken:
            connection.recv(1 << 16)
            connection.close()
            return
        tls = spoken if tls is None else tls
        reader = asyncio.StreamReader(limit=1 << 20)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            context = self._context if tls else None
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, ssl=context)
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            try:
                await self._converse(reader, writer, "https" if tls else "http")
            finally:
                writer.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str) -> None:
        while (request := await _request(reader, scheme)) is not None:
            case = self._scripts.case_of(request.url)
            if case is None:
                response = self._elsewhere(request) if self._elsewhere is not None else None
                writer.write(response or composed(NOT_FOUND, request.method))
                await writer.drain()
                continue
            self.wire.setdefault(case, []).append(request)
            if not await _play(self._scripts.answer(request.method, request.url), request.method, writer):
                return


async def _play(answer: Answer, method: str, writer: asyncio.StreamWriter) -> bool:
    """Give one answer; False when the connection ends with it."""
    await asyncio.sleep(answer.get("delay", 0))
    if answer.get("abort"):
        writer.transport.abort()
        return False
    writer.write(str(answer.get("early", "")).encode("latin-1") + composed(answer, method))
    await writer.drain()
    return not (answer.get("close") or "raw" in answer)


async def _request(reader: asyncio.StreamReader, scheme: str) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(name, value.strip(" \t")) for name, _, value in (line.partition(":") for line in lines)]
    received = Received(method, "", headers, b"")
    if (length := received.header("content-length")) is not None:
        body = await reader.readexactly(int(length))
    elif (received.header("transfer-encoding") or "").lower() == "chunked":
        body = await _chunks(reader)
    else:
        body = b""
    return Received(method, f"{scheme}://{received.header('host')}{target}", headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _first_byte(connection: socket.socket) -> int | None:
    """What the client says first, left unread; None when it says nothing."""
    loop = asyncio.get_running_loop()
    spoken = asyncio.Event()
    connection.setblocking(False)
    loop.add_reader(connection, spoken.set)
    try:
        await spoken.wait()
        return next(iter(connection.recv(1, socket.MSG_PEEK)), None)
    finally:
        loop.remove_reader(connection)


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("*.test", "*.app.test", "*.api.test", "localhost", "127.0.0.1", "::1").configure_cert(
        context
    )
    return context


def _places(case: Case) -> Iterator[tuple[str, int, bool]]:
    """Address, port and whether TLS is spoken, for each URL of a case."""
    for url in (case["origin"], case["top"], *(request["url"] for request in case["requests"])):
        with contextlib.suppress(ValueError):
            name = urlsplit(url)
            if name.scheme in ("http", "https") and name.port != REFUSED_PORT:
                tls = name.scheme == "https"
                standard = name.hostname in STANDARD_PORTS_NAMES
                port = name.port or (443 if tls else 80)
                yield STANDARD_PORTS_ADDRESS if standard else "127.0.0.1", port, tls


def _listeners(places: Iterable[tuple[str, int, bool]]) -> Iterator[tuple[socket.socket, bool]]:
    """Sockets for all that browsers may reach, and whether TLS is spoken there.

    A port that a case names only to see whether a browser goes there may be in use: no browser does then, or the case
    shows it.
    """
    for address in ("127.0.0.1", "::1"):
        for port in PLAIN_PORTS + TLS_PORTS:
            yield _listener(address, port), port in TLS_PORTS
    for address, port, tls in places:
        if port not in PLAIN_PORTS + TLS_PORTS:
            with contextlib.suppress(OSError):
                yield _listener(address, port), tls


def _listener(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=512)
