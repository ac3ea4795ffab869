"""The one door to the network: a request goes in, a reply comes out, whatever carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from corstui.fetch.messages import Reply, Request
from corstui.transport.curl import Curl
from corstui.transport.network import Network

if TYPE_CHECKING:
    import httpx


class _Carrier(Protocol):
    async def exchange(self, request: Request, *, deadline: float | None = None) -> Reply: ...

    async def aclose(self) -> None: ...


class Sender:
    """Sends requests over libcurl, or over the given ``transport``.

    ``verify``, ``ca``, ``cert``, ``key``, ``resolve`` and ``proxy`` say how libcurl reaches the network, as
    :class:`corstui.transport.network.Network` documents; a given transport brings its own ways.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        verify: bool = True,
        ca: str | None = None,
        cert: str | None = None,
        key: str | None = None,
        resolve: Mapping[str, str] | None = None,
        proxy: str | None = None,
    ) -> None:
        self._carrier: _Carrier
        if transport is None:
            network = Network(verify=verify, ca=ca, cert=cert, key=key, resolve=resolve or {}, proxy=proxy)
            self._carrier = Curl(network)
        else:
            from corstui.transport.given import carrier_of

            self._carrier = carrier_of(transport)

    async def send(self, request: Request, *, deadline: float | None = None) -> Reply:
        """Send ``request`` and return what came back, at ``deadline`` (``time.monotonic()`` seconds) at the latest.

        Never raises for failures of the network, of the server or of an application in process: they are replies with
        an ``error``. ValueError for what is no URL. Cancelling frees the connection at once.
        """
        return await self._carrier.exchange(request, deadline=deadline)

    async def aclose(self) -> None:
        """Close all connections. Requests in flight are answered with a ``cancelled`` error by the default
        transport."""
        await self._carrier.aclose()
