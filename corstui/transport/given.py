"""How a transport that somebody brought carries requests. Loaded only then: httpx takes its time."""

from __future__ import annotations

import httpx

from corstui.transport.adapter import Adapted
from corstui.transport.curl_transport import CurlTransport
from corstui.transport.inprocess import InProcess


def carrier_of(transport: httpx.AsyncBaseTransport) -> Adapted | CurlTransport:
    """The given transport behind the seam's own call."""
    if type(transport) is CurlTransport:  # a subclass may have its own handle_async_request
        return transport
    if isinstance(transport, httpx.ASGITransport):
        return InProcess(transport)
    return Adapted(transport)
