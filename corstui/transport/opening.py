"""The first request to a TLS server goes ahead, so that the others can share its connection where that speaks HTTP/2.

libcurl opens a connection for every request that comes before it knows better, and its own way to wait
(CURLOPT_PIPEWAIT) lasts until the first answer, which may never come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager

#: How long, in seconds, the others wait at most: enough for TLS across an ocean, and no flow's undoing.
HEAD_START = 0.3


class Openings:
    """Who has been spoken to already, by the name of a connection."""

    def __init__(self) -> None:
        self._opened: dict[Hashable, asyncio.Event] = {}

    @asynccontextmanager
    async def turn(self, connection: Hashable) -> AsyncGenerator[None]:
        """Enter at once as the first, else when the first has left or had its head start."""
        opened = self._opened.get(connection)
        if opened is not None:
            await opened.wait()
            yield
            return
        opened = self._opened[connection] = asyncio.Event()
        timer = asyncio.get_running_loop().call_later(HEAD_START, opened.set)
        try:
            yield
        finally:
            timer.cancel()
            opened.set()
