"""The facts of one flow that sentences are filled with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Exchange, Flow

#: What a template shows where no flow fills it.
BLANKS: Mapping[str, str] = {
    "answer": "The answer",
    "answer_lower": "the answer",
    "origin": "<origin>",
    "status": "<status>",
    "host": "<host>",
    "method": "<method>",
    "asked": "<method>",
    "observed": "<value>",
    "required": "<required>",
    "detail": "<header>",
    "location": "<location>",
}


class HasFlow(Protocol):
    """A cell, as far as its sentences need it."""

    @property
    def flow(self) -> Flow: ...

    @property
    def origin_value(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def method(self) -> str: ...


def flow_of(thing: Flow | HasFlow) -> Flow:
    """The flow itself, or that of a cell."""
    return thing if isinstance(thing, Flow) else thing.flow


def field(headers: HeaderList, name: str) -> str | None:
    """The values of a header joined by ``, ``; None when it is absent."""
    values = [value for each, value in headers if each.lower() == name.lower()]
    return ", ".join(values) if values else None


def deciding_exchange(flow: Flow) -> Exchange | None:
    """The exchange whose answer decided, else the last one."""
    check = flow.deciding
    if check is not None and check.exchange is not None and check.exchange < len(flow.exchanges):
        return flow.exchanges[check.exchange]
    return flow.exchanges[-1] if flow.exchanges else None


def origin_sent(thing: Flow | HasFlow) -> str:
    """The origin that the answer must allow: the one sent with the deciding request, else the page's."""
    exchange = deciding_exchange(flow_of(thing))
    sent = field(exchange.request.headers, "origin") if exchange is not None else None
    if sent is not None:
        return sent
    return "the page's origin" if isinstance(thing, Flow) else thing.origin_value


def host_of(url: str) -> str:
    """Host and port as they stand in a URL."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2] or url


def phase_of(exchange: Exchange) -> str:
    """``preflight``, ``redirect 2``, ``preflight of redirect 2`` ..."""
    if not exchange.hop:
        return exchange.phase
    return (
        f"redirect {exchange.hop}" if exchange.phase == "redirect" else f"{exchange.phase} of redirect {exchange.hop}"
    )


def facts(thing: Flow | HasFlow) -> dict[str, str]:
    """Every fact that a template may name; those that the flow does not have keep their blank."""
    flow = flow_of(thing)
    filled = dict(BLANKS)
    exchange, check = deciding_exchange(flow), flow.deciding
    filled["origin"] = origin_sent(thing)
    if not isinstance(thing, Flow):
        filled.update(method=thing.method, asked=thing.method, host=host_of(thing.url))
    if exchange is not None:
        request, response = exchange.request, exchange.response
        filled["answer"] = _answer(exchange)
        filled["answer_lower"] = filled["answer"][0].lower() + filled["answer"][1:]
        filled["host"] = host_of(request.url)
        filled["asked"] = field(request.headers, "access-control-request-method") or request.method
        filled["method"] = filled["asked"]
        if response is not None:
            filled["status"] = str(response.status)
            filled["location"] = field(response.headers, "location") or "nowhere"
    if check is not None:
        filled.update(observed=check.observed, required=check.required, detail=check.hint or check.observed)
    return filled


def _answer(exchange: Exchange) -> str:
    if exchange.phase == "preflight":
        return f"The answer to the preflight of redirect {exchange.hop}" if exchange.hop else "The preflight's answer"
    if exchange.response is not None and 300 <= exchange.response.status < 400:
        return "The redirect itself" if not exchange.hop else f"Redirect {exchange.hop + 1} itself"
    return "The answer" if not exchange.hop else f"The answer after redirect {exchange.hop}"
