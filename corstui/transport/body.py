"""How much of a body is read, and how long it is waited for: the same rules on every transport."""

from __future__ import annotations

import time

#: How many bytes of a body are kept, and how many may arrive before the transfer is stopped.
BODY_KEPT = 64 * 1024
BODY_LIMIT = 1024 * 1024
#: How long, in seconds, a body may take that no browser waits for; also never more than half of the time that is left.
UNREAD_BODY_PATIENCE = 1.0

_REDIRECTS = (b"301", b"302", b"303", b"307", b"308")


class BodyKeeper:
    """Collects the beginning of a body and counts the rest."""

    __slots__ = ("_parts", "length")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.length = 0

    def add(self, data: bytes) -> bool:
        """Take ``data``; False when the body is longer than anybody should read."""
        room = BODY_KEPT - self.length
        self.length += len(data)
        if room > 0:
            self._parts.append(data[:room])
        return self.length <= BODY_LIMIT

    @property
    def kept(self) -> bytes:
        return b"".join(self._parts)


def patience(phase: str, head: bytes, deadline: float | None) -> float | None:
    """How many seconds the body after ``head`` may take at most; None for as long as the flow has.

    A browser acts on the head alone of a preflight's response and of a redirect, so a body that stalls there must not
    use up the flow's time. It is read for a while only to keep the connection. An event stream has no end to wait
    for.
    """
    if phase != "preflight" and not _is_read_for_its_head(head.lower()):
        return None
    if deadline is None:
        return UNREAD_BODY_PATIENCE
    return min(UNREAD_BODY_PATIENCE, max(0.0, deadline - time.monotonic()) / 2)


def _is_read_for_its_head(head: bytes) -> bool:
    if b"text/event-stream" in head:
        return True
    return b"\nlocation:" in head and head.split(None, 2)[1] in _REDIRECTS
