"""libcurl for users of httpx: the default transport as an ``httpx.AsyncBaseTransport``."""

from __future__ import annotations

import httpx

from corstui.transport import adapter
from corstui.transport.curl import Curl


class CurlTransport(Curl, httpx.AsyncBaseTransport):
    """Can be given to an ``httpx.AsyncClient``; failures are raised as httpx's exceptions."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the headers that it has and no others."""
        made, deadline = await adapter.from_httpx(request)
        return adapter.to_response(await self.exchange(made, deadline=deadline), request)
