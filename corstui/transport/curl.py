"""The default transport: libcurl on the running event loop.

Chosen because it parses what browsers parse, hands over response heads as received, speaks HTTP/2, TLS and every kind
of proxy, and costs a fraction of the CPU of a client written in Python. It sends the headers that it is given and no
others. It knows nothing of httpx, which takes longer to load than all of this and is not needed here:
:class:`corstui.transport.curl_transport.CurlTransport` is the same for users of httpx.
"""

from __future__ import annotations

import asyncio
import time

from corstui.fetch.messages import Reply, Request
from corstui.fetch.url import Url, parse
from corstui.transport.failure import closed_before, out_of_time
from corstui.transport.multi import LoopMulti
from corstui.transport.network import Network
from corstui.transport.opening import Openings
from corstui.transport.transfer import Transfer

#: Idle connections that a pool may keep.
MAX_CONNECTIONS = 256


class Curl:
    """Carries requests over libcurl, on the event loop of its first request.

    Connections are reused, but never between requests with and without credentials; a client certificate is shown
    only on requests with credentials that are not preflights.
    """

    def __init__(self, network: Network | None = None) -> None:
        self._network = network or Network()
        self._pools: dict[bool, _Pool] = {}

    async def exchange(self, request: Request, *, deadline: float | None = None) -> Reply:
        """Send ``request`` and return what came back; a failure of the network is a reply too.

        ``deadline`` is a ``time.monotonic()`` time. Cancelling the caller drops the transfer and its connection at
        once.
        """
        url = parse(request.url)
        if url is None:
            raise ValueError(f"not a URL: {request.url!r}")
        pool = self._pool(request.credentials and request.phase != "preflight")
        if url.scheme != "https":
            return await self._carry(pool, request, url, deadline)
        async with pool.openings.turn(url.authority):
            return await self._carry(pool, request, url, deadline)

    async def _carry(self, pool: _Pool, request: Request, url: Url, deadline: float | None) -> Reply:
        seconds = None if deadline is None else deadline - time.monotonic()
        if seconds is not None and seconds <= 0:
            return out_of_time(url.authority)
        if pool.is_closed:
            return closed_before(url.authority)
        transfer = pool.take()
        try:
            return await transfer.start(request, url, self._network.route(url), seconds)
        except asyncio.CancelledError:
            transfer.stop()
            raise
        finally:
            pool.give_back(transfer)

    async def aclose(self) -> None:
        """Close all connections; requests in flight are answered with a ``cancelled`` error."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, credentials: bool) -> _Pool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(credentials)
        if pool is None or pool.loop is not loop:
            if pool is not None:
                pool.close()
            pool = self._pools[credentials] = _Pool(loop, self._network, credentials)
        return pool


class _Pool:
    """Connections that may be shared, and the idle handles that use them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, network: Network, credentials: bool) -> None:
        self.loop = loop
        self.openings = Openings()
        self.is_closed = False
        self._multi = LoopMulti(loop, max_connections=MAX_CONNECTIONS)
        self._options = list(network.options(credentials=credentials))
        self._idle: list[Transfer] = []

    def take(self) -> Transfer:
        return self._idle.pop() if self._idle else Transfer(self._multi, self._options)

    def give_back(self, transfer: Transfer) -> None:
        if self.is_closed:
            transfer.close()
        else:
            self._idle.append(transfer)

    def close(self) -> None:
        self.is_closed = True
        self._multi.close()
        for transfer in self._idle:
            transfer.close()
        self._idle.clear()
