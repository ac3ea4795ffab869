"""libcurl's multi interface on a running asyncio loop.

libcurl tells which sockets it waits for and when it wants to be woken; the loop does the waiting, so that thousands
of transfers need neither a thread nor a poll. (pycurl's own ``AsyncCurlMulti`` is younger than the oldest pycurl
supported.)
"""

from __future__ import annotations

import asyncio
import math
import selectors
import threading
from typing import Any, Protocol

import pycurl

#: What libcurl waits for, in the words of ``selectors``, whose bits happen to be those of CURL_CSELECT_IN and _OUT.
_EVENTS = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
#: How much too early, in seconds, the loop may call.
_CLOCK_STEP = 0.001
#: How many transfers that start in one turn of the loop begin together: each call of libcurl costs, and each transfer
#: that waits for others to be prepared loses time.
_TOGETHER = 4
#: How long, in seconds, closing may hold up the loop.
_CLOSING_PATIENCE = 0.2


class Job(Protocol):
    """A prepared easy handle, told once when its transfer is over."""

    curl: Any

    def finish(self, code: int, message: str) -> None:
        """``code`` is libcurl's (0 for success), ``message`` its own words."""

    def cancel(self) -> None:
        """The pool closes: leave it, and tell whoever waits."""


class LoopMulti:
    """A pool of connections and the transfers on it, all on the event loop ``loop``.

    The sockets are in a selector of their own, which the loop watches as one file: libcurl changes its mind about them
    several times per request, and the loop's own bookkeeping would cost more than libcurl does.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, max_connections: int) -> None:
        self.loop = loop
        self._jobs: dict[Any, Job] = {}
        self._sockets = selectors.DefaultSelector()
        self._watched: dict[int, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf
        self._starting = 0
        self._is_closed = False
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, max_connections)
        loop.add_reader(self._sockets.fileno(), self._on_ready)

    def start(self, job: Job) -> None:
        """Begin the transfer of ``job``; its ``finish`` is called later, from the loop."""
        self._jobs[job.curl] = job
        self._multi.add_handle(job.curl)
        self._starting += 1
        if self._starting == 1:
            self.loop.call_soon(self._begin)
        elif self._starting >= _TOGETHER:
            self._begin()

    def stop(self, job: Job) -> None:
        """Drop the transfer at once, with its connection if that is in the middle of it. ``finish`` is not called."""
        if self._jobs.pop(job.curl, None) is not None:
            self._multi.remove_handle(job.curl)
            self._arm()

    def close(self) -> None:
        """Cancel what is still running and close every connection."""
        for job in list(self._jobs.values()):
            job.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if not self.loop.is_closed():
            self.loop.remove_reader(self._sockets.fileno())
        self._is_closed = True
        # libcurl waits for the end of name lookups that nobody waits for any more, which can take many seconds
        closing = threading.Thread(target=self._multi.close, name="corstui-close", daemon=True)
        closing.start()
        closing.join(_CLOSING_PATIENCE)
        self._sockets.close()

    def _on_socket(self, what: int, fd: int, _multi: object, _data: object) -> None:
        """libcurl waits for something else on ``fd``, for the first time or no more at all."""
        if self._is_closed:
            return
        had = self._watched.get(fd)
        if what == pycurl.POLL_REMOVE:
            if had is not None:
                del self._watched[fd]
                self._sockets.unregister(fd)
            return
        self._watched[fd] = what
        if had is None:
            self._sockets.register(fd, _EVENTS[what])
        elif had != what:
            self._sockets.modify(fd, _EVENTS[what])

    def _on_timer(self, milliseconds: int) -> None:
        """libcurl wants to be woken later, or (-1) not at all. Called within calls of libcurl only."""
        self._due = math.inf if milliseconds < 0 else self.loop.time() + milliseconds / 1000

    def _arm(self) -> None:
        """See to it that the loop calls when libcurl wants it. A timer that is set for earlier will look again."""
        if self._timer is not None:
            if self._timer.when() <= self._due:
                return
            self._timer.cancel()
            self._timer = None
        if self._due < math.inf:
            self._timer = self.loop.call_at(self._due, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        if self._due <= self.loop.time() + _CLOCK_STEP:
            self._work()
        else:
            self._arm()

    def _work(self) -> None:
        """Let libcurl do what is due, beginnings of transfers included."""
        self._due = math.inf
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._collect()

    def _begin(self) -> None:
        if self._starting:
            self._starting = 0
            if self._jobs:  # which a closed pool has none of
                self._work()

    def _on_ready(self) -> None:
        act = self._multi.socket_action
        for key, events in self._sockets.select(0):
            if key.fd in self._watched:  # an earlier one may have ended it
                act(key.fd, events)
        self._collect()

    def _collect(self) -> None:
        """Hand over whatever is finished, then set the clock."""
        queued = 1
        while queued:
            queued, done, failed = self._multi.info_read()
            for curl in done:
                self._finish(curl, 0, "")
            for curl, code, message in failed:
                self._finish(curl, code, message)
        self._arm()

    def _finish(self, curl: Any, code: int, message: str) -> None:
        job = self._jobs.pop(curl, None)
        if job is not None:
            self._multi.remove_handle(curl)
            job.finish(code, message)
