"""Between the seam's messages and httpx's, without loss.

``httpx.Request`` upper-cases methods, rewrites paths and adds headers; ``httpx.Response`` keeps no head. So methods,
target and headers are put in place after construction, and heads are carried as an extension or written anew from
what is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from corstui.fetch.messages import Reply, Request, Timing
from corstui.fetch.url import Url, parse
from corstui.transport.body import BodyKeeper, patience
from corstui.transport.failure import Attempt, NetworkFailure, from_exception, out_of_time

#: Extension of a request: its :class:`Context`, for transports that care, as ours does.
CONTEXT = "corstui.context"
#: Extension of a response: the whole :class:`Reply`, from transports that have one.
REPLY = "corstui.reply"


@dataclass(frozen=True, slots=True)
class Context:
    """What ``httpx.Request`` has no place for.

    ``limit`` ends the wait for the response; a transport that keeps ``deadline`` itself may reschedule it to None.
    """

    phase: str = "actual"
    hop: int = 0
    credentials: bool = False
    deadline: float | None = None
    limit: asyncio.Timeout | None = None


class _VerbatimURL(httpx.URL):
    """A URL whose path and query reach the wire byte for byte."""

    def __init__(self, url: Url) -> None:
        super().__init__(url.wire_url)
        self._target = url.target.encode("ascii")

    @property
    def raw_path(self) -> bytes:
        return self._target

    @property
    def query(self) -> bytes:
        return self._target.partition(b"?")[2]


def to_httpx(request: Request, url: Url, context: Context, seconds: float | None, trace: Any) -> httpx.Request:
    """``request`` for any httpx transport, to be told of its stages through ``trace`` if the transport can."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    names = {name.lower() for name, _ in headers}
    if b"host" not in names:
        headers.insert(0, (b"Host", url.authority.encode("ascii")))
    if request.body and b"content-length" not in names:
        headers.append((b"Content-Length", str(len(request.body)).encode("ascii")))
    made = httpx.Request(
        request.method,
        _VerbatimURL(url),
        content=request.body,
        extensions={
            "timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds),
            "target": url.target.encode("ascii"),
            "trace": trace,
            CONTEXT: context,
        },
    )
    made.method = request.method
    made.url = _VerbatimURL(url)
    made.headers = httpx.Headers(headers)
    return made


async def from_httpx(request: httpx.Request) -> tuple[Request, float | None]:
    """An httpx request as the seam's, with its deadline (``time.monotonic()`` seconds; None for none).

    Without a context, the longest of httpx's four timeouts counts, as one for the whole exchange.
    """
    context = request.extensions.get(CONTEXT)
    if isinstance(context, Context):
        deadline = context.deadline
        if context.limit is not None:
            context.limit.reschedule(None)  # libcurl ends in time, and keeps what has come until then
    else:
        context = Context()
        timeouts = request.extensions.get("timeout", {}).values()
        seconds = None if None in timeouts else max(timeouts, default=None)
        deadline = None if seconds is None else time.monotonic() + seconds
    url, target = request.url, request.extensions.get("target", request.url.raw_path)
    body = b"".join([part async for part in _parts(request.stream)])
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    made = Request(
        method=request.method,
        url=f"{url.scheme}://{url.netloc.decode('ascii')}{target.decode('latin-1')}",
        headers=headers,
        body=body,
        phase=context.phase,
        hop=context.hop,
        credentials=context.credentials,
    )
    return made, deadline


def to_response(reply: Reply, request: httpx.Request) -> httpx.Response:
    """A reply as httpx's response; its error, if any, is raised as the httpx exception of that kind."""
    if reply.error is not None:
        kind = _EXCEPTIONS.get(reply.error.code, httpx.ReadError)
        raise kind(reply.error.message, request=request) from NetworkFailure(reply.error)
    status_line, *lines = re.sub(rb"\r?\n[ \t]+", b" ", reply.head).splitlines()
    version, status, *reason = status_line.split(None, 2)
    fields = [line.partition(b":") for line in lines if line]
    return httpx.Response(
        int(status[:3]),
        headers=[(name, value.strip()) for name, _, value in fields],
        stream=_Body(reply),
        extensions={"http_version": version, "reason_phrase": b"".join(reason), REPLY: reply},
        request=request,
    )


_EXCEPTIONS: dict[str, type[httpx.TransportError]] = {
    "dns-failure": httpx.ConnectError,
    "connection-refused": httpx.ConnectError,
    "connect-timeout": httpx.ConnectTimeout,
    "tls-failure": httpx.ConnectError,
    "timeout": httpx.ReadTimeout,
    "malformed-response": httpx.RemoteProtocolError,
    "proxy-failure": httpx.ProxyError,
}


class _Body(httpx.AsyncByteStream):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._reply.body
        if self._reply.body_error is not None:
            raise httpx.ReadError(f"the body is incomplete: {self._reply.body_error}")
        if self._reply.body_length > len(self._reply.body):
            raise httpx.ReadError(f"only the first {len(self._reply.body)} bytes of the body are kept")


class Adapted:
    """Any httpx transport behind the seam's own call."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def exchange(self, request: Request, *, deadline: float | None = None) -> Reply:
        """As :meth:`corstui.transport.curl.Curl.exchange`; whatever the transport raises becomes an error."""
        url = parse(request.url)
        if url is None:
            raise ValueError(f"not a URL: {request.url!r}")
        seconds = None if deadline is None else deadline - time.monotonic()
        if seconds is not None and seconds <= 0:
            return out_of_time(url.authority)
        progress = Progress()
        try:
            async with asyncio.timeout(seconds) as limit:
                context = Context(request.phase, request.hop, request.credentials, deadline, limit)
                made = to_httpx(request, url, context, seconds, progress.trace)
                response = await self._transport.handle_async_request(made)
        except Exception as error:
            failure = progress.timed_out() if limit.expired() else error
            attempt = Attempt(url.scheme, url.authority, seconds=progress.elapsed, sent=progress.has_sent(failure))
            return Reply(
                error=from_exception(failure, attempt),
                timing=progress.timing(),
                now=time.monotonic(),
                wall=time.time(),
            )
        return await _read(response, request.phase, deadline, progress)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


async def _read(response: httpx.Response, phase: str, deadline: float | None, progress: Progress) -> Reply:
    ready = response.extensions.get(REPLY)
    if isinstance(ready, Reply):
        return ready
    progress.answered()
    now, wall, head = time.monotonic(), time.time(), head_of(response)
    body = BodyKeeper()
    error = await _read_body(response.stream, body, patience(phase, head, deadline), deadline)
    return Reply(
        head=head,
        body=body.kept,
        body_length=body.length,
        body_error=error,
        timing=progress.timing(),
        now=now,
        wall=wall,
        address=_address(response),
    )


async def _read_body(stream: object, body: BodyKeeper, wait: float | None, deadline: float | None) -> str | None:
    if wait is None and deadline is not None:
        wait = max(0.0, deadline - time.monotonic())
    try:
        async with asyncio.timeout(wait) as limit:
            async for part in _parts(stream):
                if not body.add(part):
                    return "capped"
    except httpx.RemoteProtocolError as error:
        return "truncated" if "closed" in str(error) else "malformed"
    except httpx.TimeoutException:
        return "timeout"
    except Exception:
        return "timeout" if limit.expired() else "truncated"
    finally:
        with contextlib.suppress(Exception):
            if isinstance(stream, httpx.AsyncByteStream):
                await stream.aclose()
    return None


async def _parts(stream: object) -> AsyncIterator[bytes]:
    if isinstance(stream, httpx.AsyncByteStream):
        async for part in stream:
            yield part
    elif isinstance(stream, httpx.SyncByteStream):
        for part in stream:
            yield part


def head_of(response: httpx.Response) -> bytes:
    """A response head written from what httpx keeps of it: status, reason, and the headers in order."""
    first = f"{response.http_version} {response.status_code} {response.reason_phrase}".encode("ascii", "replace")
    fields = [name + b": " + value for name, value in response.headers.raw]
    return b"\r\n".join([first.rstrip() if response.http_version == "HTTP/2" else first, *fields, b"", b""])


def _address(response: httpx.Response) -> str | None:
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return str(peer[0]) if isinstance(peer, tuple) else None


_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class Progress:
    """How far a request came, from the trace events that httpcore gives; other transports give none."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._began: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._first_byte: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's trace extension: ``connection.connect_tcp.started``, ``http11.send_request_headers.complete``
        ..."""
        stage, _, state = event.rpartition(".")
        stage = stage.rpartition(".")[2]
        if stage.endswith("request_headers") and getattr(info.get("request"), "method", b"") == b"CONNECT":
            return
        if state == "started":
            self._began[stage] = time.monotonic()
        elif state == "complete":
            self._took[stage] = (time.monotonic() - self._began.get(stage, self._start)) * 1000

    def answered(self) -> None:
        """The response head has come."""
        self._first_byte = self.elapsed * 1000

    def timed_out(self) -> Exception:
        """The time is up: as httpx would call it."""
        connecting = any(stage in self._began and stage not in self._took for stage in ("connect_tcp", "start_tls"))
        return httpx.ConnectTimeout("") if connecting else httpx.ReadTimeout("")

    def has_sent(self, error: Exception) -> bool:
        """Whether the request head was written; without events to tell, all but a failure to connect means that it
        was."""
        if self._began:
            return "send_request_headers" in self._took
        return not isinstance(error, _BEFORE_SENDING)

    def timing(self) -> Timing:
        """The stages as they are known now."""
        return Timing(
            connect=self._took.get("connect_tcp"),
            tls=self._took.get("start_tls"),
            first_byte=self._took.get("receive_response_headers", self._first_byte),
            total=self.elapsed * 1000,
        )
