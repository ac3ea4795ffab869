"""libcurl's multi interface on a running asyncio loop.

libcurl tells which sockets it waits for and when it wants to be woken; the loop does the waiting, so that thousands
of transfers need neither a thread nor a poll. (pycurl's own ``AsyncCurlMulti`` is younger than the oldest pycurl
supported.)
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import pycurl

_WATCH_READ = pycurl.POLL_IN
_WATCH_WRITE = pycurl.POLL_OUT


class Job(Protocol):
    """A prepared easy handle, told once when its transfer is over."""

    curl: Any

    def finish(self, code: int, message: str) -> None:
        """``code`` is libcurl's (0 for success), ``message`` its own words."""

    def cancel(self) -> None:
        """The pool closes: leave it, and tell whoever waits."""


class LoopMulti:
    """A pool of connections and the transfers on it, all on the loop that was running at construction."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, max_connections: int) -> None:
        self.loop = loop
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, max_connections)
        self._jobs: dict[Any, Job] = {}
        self._watched: dict[int, int] = {}
        self._timer: asyncio.Handle | None = None

    def start(self, job: Job) -> None:
        """Begin the transfer of ``job``; its ``finish`` is called later, from the loop."""
        self._jobs[job.curl] = job
        self._multi.add_handle(job.curl)

    def stop(self, job: Job) -> None:
        """Drop the transfer at once, with its connection if it was in the middle of something. ``finish`` is not
        called."""
        if self._jobs.pop(job.curl, None) is not None:
            self._multi.remove_handle(job.curl)

    def close(self) -> None:
        """Cancel what is still running and close every connection."""
        for job in list(self._jobs.values()):
            job.cancel()
        self._multi.close()
        if self._timer is not None:
            self._timer.cancel()
        for fd in list(self._watched):
            self._watch(fd, 0)

    def _on_socket(self, what: int, fd: int, _multi: object, _data: object) -> None:
        self._watch(fd, 0 if what == pycurl.POLL_REMOVE else what)

    def _watch(self, fd: int, wanted: int) -> None:
        had = self._watched.pop(fd, 0)
        if self.loop.is_closed():
            return
        if wanted:
            self._watched[fd] = wanted
        if wanted & _WATCH_READ and not had & _WATCH_READ:
            self.loop.add_reader(fd, self._act, fd, pycurl.CSELECT_IN)
        elif had & _WATCH_READ and not wanted & _WATCH_READ:
            self.loop.remove_reader(fd)
        if wanted & _WATCH_WRITE and not had & _WATCH_WRITE:
            self.loop.add_writer(fd, self._act, fd, pycurl.CSELECT_OUT)
        elif had & _WATCH_WRITE and not wanted & _WATCH_WRITE:
            self.loop.remove_writer(fd)

    def _on_timer(self, milliseconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if milliseconds == 0:
            self._timer = self.loop.call_soon(self._act, pycurl.SOCKET_TIMEOUT, 0)
        elif milliseconds > 0:
            self._timer = self.loop.call_later(milliseconds / 1000, self._act, pycurl.SOCKET_TIMEOUT, 0)

    def _act(self, fd: int, event: int) -> None:
        """Let libcurl work on one socket, or on its timers, then hand over whatever is finished."""
        self._multi.socket_action(fd, event)
        queued = 1
        while queued:
            queued, done, failed = self._multi.info_read()
            for curl in done:
                self._finish(curl, 0, "")
            for curl, code, message in failed:
                self._finish(curl, code, message)

    def _finish(self, curl: Any, code: int, message: str) -> None:
        job = self._jobs.pop(curl, None)
        if job is not None:
            self._multi.remove_handle(curl)
            job.finish(code, message)
