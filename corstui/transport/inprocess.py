"""ASGI applications in process, judged at the response head as everything else is.

``httpx.ASGITransport`` answers only when the application has returned: an endless body would never end, and an
exception after the head would hide it. So the application's messages are watched on their way to the transport.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

import httpx

from corstui.fetch.messages import NO_TIMING, NetworkError, Reply, Request, Timing
from corstui.transport.adapter import Adapted, head_of
from corstui.transport.body import BodyKeeper, patience

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[MutableMapping[str, Any], _Receive, _Send], Awaitable[None]]


class InProcess(Adapted):
    """An ``httpx.ASGITransport`` behind the seam's own call. The given transport is left as it is."""

    def __init__(self, transport: httpx.ASGITransport) -> None:
        watched = copy.copy(transport)
        watched.app = _watch(transport.app)
        super().__init__(watched)

    async def exchange(self, request: Request, *, deadline: float | None = None) -> Reply:
        """As for every transport. An exception of the application before its head is an error, later a cut-off body."""
        record = _Record(request, deadline)
        token = _RECORD.set(record)
        try:
            async with asyncio.timeout(None) as record.limit:
                reply = await super().exchange(request, deadline=deadline)
        except TimeoutError:
            return record.reply(None, NO_TIMING)
        finally:
            _RECORD.reset(token)
        return record.reply(reply.error, reply.timing) if reply.error is not None and record.head else reply


class _TooLong(Exception):
    """The body is longer than anybody should read."""


class _Record:
    """What the application has sent so far."""

    def __init__(self, request: Request, deadline: float | None) -> None:
        self.head = b""
        self.limit: asyncio.Timeout
        self._request = request
        self._deadline = deadline
        self._body = BodyKeeper()
        self._capped = False
        self._now = self._wall = 0.0

    def note(self, message: _Message) -> None:
        """One message of the application, before it reaches the transport. Raises when there is enough of a body."""
        if message["type"] == "http.response.start":
            self._now, self._wall = time.monotonic(), time.time()
            self.head = head_of(httpx.Response(message["status"], headers=list(message.get("headers", ()))))
            wait = patience(self._request.phase, self.head, self._deadline)
            if wait is not None:
                self.limit.reschedule(asyncio.get_running_loop().time() + wait)
        elif message["type"] == "http.response.body" and self._request.method != "HEAD":
            self._capped = not self._body.add(message.get("body", b""))
            if self._capped:
                raise _TooLong

    def reply(self, error: NetworkError | None, timing: Timing) -> Reply:
        """The reply after all, when ``error`` came after the head; no error when its body was waited for long
        enough."""
        if self._capped:
            body_error = "capped"
        else:
            body_error = "timeout" if error is None or error.code == "timeout" else "truncated"
        return Reply(
            head=self.head,
            body=self._body.kept,
            body_length=self._body.length,
            body_error=body_error,
            timing=timing,
            now=self._now,
            wall=self._wall,
        )


_RECORD: ContextVar[_Record] = ContextVar("corstui in-process request")


def _watch(app: _App) -> _App:
    async def watched(scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        record = _RECORD.get()

        async def send_noted(message: _Message) -> None:
            record.note(message)
            await send(message)

        await app(scope, receive, send_noted)

    return watched
