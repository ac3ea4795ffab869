"""What passes the seam between the pure flow and whatever carries it.

The flow yields a :class:`Request` and is sent back a :class:`Reply`: the raw head that arrived, a
:class:`NetworkError`, or :class:`Held` when the caller declines to send. Nothing here knows a socket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: Header fields in wire order, duplicates kept, text as latin-1.
HeaderList = list[tuple[str, str]]
#: For where there are none: a list of headers is never changed once it is made.
NO_HEADERS: HeaderList = []


class Timing(NamedTuple):
    """Where the time of one exchange went, in milliseconds; None where it is unknown."""

    queue: float | None = None
    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    total: float | None = None


NO_TIMING = Timing()


class Request(NamedTuple):
    """One request as the browser puts it on the wire.

    ``phase`` is ``preflight``, ``actual`` or ``redirect``; ``hop`` counts the redirects before it.
    ``credentials``: whether the browser would present credentials; connections and client certificates are kept apart.
    """

    method: str
    url: str
    headers: HeaderList
    body: bytes = b""
    phase: str = "actual"
    hop: int = 0
    credentials: bool = False


@dataclass(frozen=True, slots=True)
class NetworkError:
    """Why no response head came. ``code`` is an error reason (``dns-failure``, ``timeout`` ...).

    ``sent``: the request head had been written to an established connection. ``net_error``: Chromium's name for it,
    where that says more than ``code``.
    """

    code: str
    message: str
    sent: bool = False
    net_error: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The caller declines to send the request: ``code`` is a ``held-*`` reason."""

    code: str


class Reply(NamedTuple):
    """What came back for one request.

    ``head``: the final response's raw head, from its status line to the blank line (1xx heads left out), exactly as
    received; over HTTP/2 the equivalent lines with ``HTTP/2`` in the status line.
    ``body``: the bytes kept of the body, still content-coded, transfer coding removed; ``body_length`` counts all that
    arrived. ``body_error``: ``truncated``, ``timeout``, ``capped``, ``malformed`` ... or None.
    ``now`` is a monotonic time and ``wall`` a Unix time, both in seconds, when the head arrived.
    """

    head: bytes = b""
    body: bytes = b""
    body_length: int = 0
    body_error: str | None = None
    error: NetworkError | None = None
    held: Held | None = None
    timing: Timing = NO_TIMING
    now: float = 0.0
    wall: float = 0.0
    address: str | None = None
    """The IP address that answered, when known."""
