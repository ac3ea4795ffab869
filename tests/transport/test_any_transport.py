"""The public API over whatever transport somebody brought, doing whatever it likes: a flow, and never an exception."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
from hypothesis import given
from hypothesis import strategies as st

from corstui import Browser
from corstui.fetch.context import FetchParams
from corstui.fetch.engines import ENGINES
from corstui.fetch.result import VERDICTS, Flow
from tests.fetch.test_properties import asked
from tests.support.effort import examples
from tests.support.hostile import ORIGIN, STATUSES, fields, policies

_EXCEPTIONS = st.sampled_from(
    [
        *(httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError),
        *(httpx.ProxyError, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.DecodingError, httpx.StreamError),
        *(OSError, ConnectionResetError, TimeoutError, ssl.SSLError, ValueError, KeyError, RuntimeError, UnicodeError),
    ]
)


class _Broken(httpx.AsyncByteStream):
    """A body in pieces, which may break off."""

    def __init__(self, pieces: list[bytes], error: type[Exception] | None) -> None:
        self._pieces, self._error = pieces, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error("broken off")


@dataclass(frozen=True)
class Answer:
    """What the transport does with one request."""

    status: int
    headers: list[tuple[str, str]]
    extensions: dict[str, bytes]
    pieces: list[bytes]
    breaks: type[Exception] | None
    raises: type[Exception] | None

    def response(self) -> httpx.Response:
        if self.raises is not None:
            raise self.raises("said \x1b[31m")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        stream = _Broken(self.pieces, self.breaks)
        return httpx.Response(self.status, headers=headers, stream=stream, extensions=dict(self.extensions))


_ANSWERS = st.builds(
    Answer,
    STATUSES | st.integers(0, 70_000),
    st.builds(list.__add__, policies(), st.lists(fields, max_size=3)),
    st.just({}) | st.fixed_dictionaries({}, optional={"http_version": st.binary(), "reason_phrase": st.binary()}),
    st.lists(st.binary(max_size=20), max_size=3),
    st.none() | _EXCEPTIONS,
    st.none() | st.none() | _EXCEPTIONS,
)


class _Odd(httpx.AsyncBaseTransport):
    def __init__(self, answers: list[Answer]) -> None:
        self._answers, self.asked = answers, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return self._answers[self.asked % len(self._answers)].response()


async def _flow(params: FetchParams, engine: str, transport: _Odd) -> Flow:
    arguments = params._asdict()
    del arguments["body_type"]
    async with Browser(engine, transport=transport) as browser:
        return await browser.page(ORIGIN).fetch(arguments.pop("url"), **arguments)


@examples(1.5)
@given(asked, st.sampled_from(sorted(ENGINES)), st.lists(_ANSWERS, min_size=1, max_size=3))
def test_whatever_a_transport_does_is_a_flow(params: FetchParams, engine: str, answers: list[Answer]) -> None:
    transport = _Odd(answers)
    flow = asyncio.run(_flow(params, engine, transport))
    assert flow.verdict in VERDICTS
    assert transport.asked <= len(flow.exchanges)
    for exchange in flow.exchanges:
        assert (exchange.response is None) != (exchange.error is None)
        assert exchange.error is None or exchange.error.message
