"""A server that allows everything and takes its time: ``python -m benchmarks.slow_server PORT SECONDS``."""

from __future__ import annotations

import asyncio
import re
import sys

_ORIGIN = re.compile(rb"\r\n[Oo]rigin: ([^\r]*)")
_HEAD = b"""\
HTTP/1.1 200 OK\r
Access-Control-Allow-Origin: %s\r
Access-Control-Allow-Methods: PUT\r
Access-Control-Allow-Headers: X-Trace\r
Vary: Origin\r
Content-Type: application/json\r
Content-Length: 2\r
\r
{}"""


class Slow(asyncio.Protocol):
    """One connection. A request is answered when its time is up."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            origin = _ORIGIN.search(head)
            answer = _HEAD % (origin[1] if origin else b"*")
            asyncio.get_running_loop().call_later(self._seconds, self._transport.write, answer)


async def serve(port: int, seconds: float) -> None:
    """Until the process ends, on every address of loopback."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Slow(seconds), "0.0.0.0", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
