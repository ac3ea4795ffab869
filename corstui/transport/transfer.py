"""One request on one libcurl easy handle, and the reply that it becomes.

A transfer is prepared, started on a pool, fed by libcurl's callbacks and finished once; then its handle serves another
request. The callbacks run for every header line of every response: they do as little as possible.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

import pycurl

from corstui.fetch.messages import HeaderList, Reply, Request, Timing
from corstui.fetch.url import Url
from corstui.transport.body import BodyKeeper, patience
from corstui.transport.failure import CANCELLED, TIMED_OUT, Attempt, body_error, from_curl, is_broken_connection
from corstui.transport.multi import LoopMulti
from corstui.transport.network import Route

#: CURLOPT_SUPPRESS_CONNECT_HEADERS (curl/curl.h), which pycurl does not name.
_SUPPRESS_CONNECT_HEADERS = 265
#: CURLOPT_QUICK_EXIT, likewise: do not hold up the loop until a name lookup ends that nobody waits for any more.
_QUICK_EXIT = 322

#: What every handle is set to: nothing but the flow's own headers goes out, nothing is followed, decoded or stored.
_FIXED_OPTIONS: tuple[tuple[int, Any], ...] = (
    (pycurl.NOSIGNAL, 1),
    (_QUICK_EXIT, 1),
    (pycurl.USERAGENT, ""),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.HTTP_CONTENT_DECODING, 0),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (_SUPPRESS_CONNECT_HEADERS, 1),
    (pycurl.HEADEROPT, pycurl.HEADER_SEPARATE),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
)


class Transfer:
    """An easy handle on its pool's connections, with the state of the request that it carries."""

    __slots__ = (
        "_body",
        "_deadline",
        "_future",
        "_head",
        "_lines",
        "_multi",
        "_now",
        "_patience",
        "_phase",
        "_proxy",
        "_url",
        "_wall",
        "curl",
    )

    def __init__(self, multi: LoopMulti, options: Iterable[tuple[int, Any]]) -> None:
        self.curl = pycurl.Curl()
        self._multi = multi
        self._proxy = ""
        for option, value in (*_FIXED_OPTIONS, *options):
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._on_body)

    def start(self, request: Request, url: Url, route: Route, seconds: float | None) -> asyncio.Future[Reply]:
        """Send ``request``; the reply will be the future's result, after ``seconds`` at the latest."""
        self._url = url
        self._future: asyncio.Future[Reply] = self._multi.loop.create_future()
        self._lines: list[bytes] = []
        self._head = b""
        self._body = BodyKeeper()
        self._now = self._wall = 0.0
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._phase = request.phase
        self._patience: asyncio.TimerHandle | None = None
        curl, body = self.curl, request.body
        curl.setopt(pycurl.URL, f"{url.scheme}://{url.authority}/")
        curl.setopt(pycurl.REQUEST_TARGET, route.target)  # from a URL, libcurl would write %7e as %7E
        if body:
            curl.setopt(pycurl.POST, 1)  # which, unlike POSTFIELDS, takes NOBODY back
            curl.setopt(pycurl.POSTFIELDS, body)
        elif request.method == "HEAD":
            curl.setopt(pycurl.NOBODY, 1)
        else:
            curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        curl.setopt(pycurl.HTTPHEADER, _header_lines(request.headers, bool(body)))
        curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(seconds))
        curl.setopt(pycurl.FRESH_CONNECT, 0)
        if route.proxy != self._proxy:
            curl.setopt(pycurl.PROXY, route.proxy)
            self._proxy = route.proxy
        self._multi.start(self)
        return self._future

    def finish(self, code: int, message: str) -> None:
        """libcurl is done with the handle: settle the future."""
        if self._patience is not None:
            self._patience.cancel()
        if self._future.done():
            return
        if self._was_stale(code):
            self._try_anew()
        else:
            self._future.set_result(self._reply(code, message))

    def _was_stale(self, code: int) -> bool:
        """Whether all that was tried were old connections, which the server had closed meanwhile.

        libcurl tries again by itself, on another old one if it has any, but five times only (Curl_retry_request).
        """
        nothing_came = not self._head and not self._lines
        return is_broken_connection(code) and nothing_came and not self.curl.getinfo(pycurl.NUM_CONNECTS)

    def _try_anew(self) -> None:
        """As browsers do, on a connection of its own, for which no other try follows."""
        self.curl.setopt(pycurl.FRESH_CONNECT, 1)
        if self._deadline is not None:
            self.curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(self._deadline - time.monotonic()))
        self._multi.start(self)

    def cancel(self) -> None:
        """The pool closes under the request: answer it with a ``cancelled`` error, or with the head that has come."""
        self._multi.stop(self)
        self.finish(CANCELLED, "")

    def stop(self) -> None:
        """Drop the request and its connection at once; the future stays as it is."""
        if self._patience is not None:
            self._patience.cancel()
        self._multi.stop(self)

    def close(self) -> None:
        """Free the handle, which no request uses any more."""
        self.curl.close()

    def _on_header(self, line: bytes) -> None:
        self._lines.append(line)
        if line == b"\r\n" or line == b"\n":
            self._on_blank_line()

    def _on_blank_line(self) -> None:
        lines, self._lines = self._lines, []
        # neither trailers, nor a blank line before the status line, nor informational heads
        if self._head or len(lines) == 1 or _is_informational(lines[0]):
            return
        self._head = b"".join(lines)
        self._now = time.monotonic()
        self._wall = time.time()
        wait = patience(self._phase, self._head, self._deadline)
        if wait is not None:
            self._patience = self._multi.loop.call_later(wait, self._leave_body)

    def _leave_body(self) -> None:
        self._multi.stop(self)
        self.finish(TIMED_OUT, "")

    def _on_body(self, data: bytes) -> int | None:
        return None if self._body.add(data) else -1  # which makes libcurl stop with a write error

    def _reply(self, code: int, message: str) -> Reply:
        timing = self._timing()
        if not self._head:
            error = from_curl(code, message, self._attempt())
            return Reply(error=error, timing=timing, now=time.monotonic(), wall=time.time())
        return Reply(
            head=self._head,
            body=self._body.kept,
            body_length=self._body.length,
            body_error=body_error(code, message),
            timing=timing,
            now=self._now,
            wall=self._wall,
            address=None if self._proxy else self.curl.getinfo(pycurl.PRIMARY_IP) or None,
        )

    def _timing(self) -> Timing:
        info = self.curl.getinfo
        total, first_byte = info(pycurl.TOTAL_TIME) * 1000, None
        if self._head:
            first_byte = (info(pycurl.STARTTRANSFER_TIME) - info(pycurl.PRETRANSFER_TIME)) * 1000
        if not info(pycurl.NUM_CONNECTS):  # an old connection
            return Timing(first_byte=first_byte, total=total)
        resolved, connected, secured = _stages(info)
        return Timing(
            dns=resolved * 1000 if resolved and not self._url.is_ip else None,
            connect=(connected - resolved) * 1000 if connected else None,
            tls=(secured - connected) * 1000 if secured else None,
            first_byte=first_byte,
            total=total,
        )

    def _attempt(self) -> Attempt:
        info = self.curl.getinfo
        resolved, connected, secured = _stages(info)
        begun, written = info(pycurl.PRETRANSFER_TIME), info(pycurl.REQUEST_SIZE)
        if written and not info(pycurl.NUM_CONNECTS):  # an old connection, for which libcurl leaves the stages at 0
            resolved = connected = secured = begun
        established = bool(secured if self._url.scheme == "https" else connected)
        return Attempt(
            scheme=self._url.scheme,
            authority=self._url.authority,
            seconds=info(pycurl.TOTAL_TIME),
            resolved=resolved > 0,
            connected=connected > 0,
            secured=secured > 0,
            sent=established and begun > 0 and written > 0,
            proxy=_origin(self._proxy),
            tunnel_status=info(pycurl.HTTP_CONNECTCODE),
            errno=info(pycurl.OS_ERRNO),
            verify_result=info(pycurl.SSL_VERIFYRESULT),
        )


def _milliseconds(seconds: float | None) -> int:
    """As libcurl takes a limit: 0 is none."""
    return 0 if seconds is None else max(1, round(seconds * 1000))


def _origin(proxy: str) -> str:
    """Scheme, host and port of a proxy's URL: the rest may be a password."""
    scheme, _, rest = proxy.rpartition("://")
    authority = rest.split("/", 1)[0].rpartition("@")[2]
    return f"{scheme or 'http'}://{authority}" if proxy else ""


def _stages(info: Callable[[int], Any]) -> tuple[float, float, float]:
    """When the name was resolved, the connection made, and TLS agreed on: seconds since the start, 0 for not at all."""
    return info(pycurl.NAMELOOKUP_TIME), info(pycurl.CONNECT_TIME), info(pycurl.APPCONNECT_TIME)


#: Headers that libcurl would add; a name without value keeps them out, unless the flow has one of that name.
_SUPPRESSED = ("Accept:",)
_SUPPRESSED_WITH_BODY = ("Accept:", "Expect:", "Content-Type:")


def _header_lines(headers: HeaderList, has_body: bool) -> list[str] | list[bytes]:
    """The flow's headers as libcurl wants them: those without value end in a semicolon, which it makes a colon."""
    if has_body:  # libcurl counts the body itself
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in headers]
    lines += _SUPPRESSED_WITH_BODY if has_body else _SUPPRESSED
    # pycurl takes text in ASCII only
    return lines if all(map(str.isascii, lines)) else [line.encode("latin-1") for line in lines]


def _is_informational(status_line: bytes) -> bool:
    parts = status_line.split(None, 2)
    return len(parts) > 1 and len(parts[1]) == 3 and parts[1][:1] == b"1" and parts[1] != b"101"
