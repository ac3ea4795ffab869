"""A client that says exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


def head(method: str, target: str, *headers: str, version: str = "HTTP/1.1") -> bytes:
    """The bytes of a request head; ``headers`` are whole lines."""
    return "\r\n".join([f"{method} {target} {version}", "Host: shop.test", *headers, "", ""]).encode("latin-1")


@contextlib.asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to loopback that is dropped at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def everything(port: int, raw: bytes) -> bytes:
    """All that comes back for ``raw`` until the server closes; a reset counts as the end."""
    async with connection(port) as (reader, writer):
        received = b""
        with contextlib.suppress(ConnectionError):
            writer.write(raw)
            await writer.drain()
            while more := await reader.read(65536):
                received += more
        return received


async def ask(url: str, method: str, target: str, *headers: str) -> bytes:
    """The whole response to one request on a connection of its own."""
    port = urlsplit(url).port
    assert port is not None
    return await everything(port, head(method, target, *headers, "Connection: close"))
