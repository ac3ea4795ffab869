"""Who gave an answer: the application, or something in front of it.

An answer tells it by what it lacks beside others from the same host. Whoever answers OPTIONS without the application's
own header, or an error without the gateway's Via, did not ask the application. A policy header that comes twice was
added by two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from corstui.analysis.facts import deciding_exchange, field, host_of
from corstui.analysis.story import answered_by
from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Exchange, Flow

#: Servers that stand in front of applications more often than they are one.
_FRONTS = re.compile(
    "nginx|openresty|apache|caddy|envoy|istio|traefik|haproxy|varnish|squid|kong"
    "|cloudflare|cloudfront|akamai|fastly|awselb|amazons3|application-gateway|vercel|netlify",
    re.IGNORECASE,
)
_POLICY = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")


class Answered(Protocol):
    """A finished cell, as far as this needs it."""

    @property
    def flow(self) -> Flow: ...

    @property
    def controls(self) -> Sequence[Exchange]: ...

    @property
    def origin_value(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def method(self) -> str: ...


def who_answered(cell: Answered) -> list[str]:
    """What the deciding answer says of its server, then what others from the same host tell about it, in sentences."""
    said = answered_by(cell)
    return [*([said] if said else []), *in_front(cell.flow, cell.controls)]


def in_front(flow: Flow, controls: Sequence[Exchange] = ()) -> list[str]:
    """Whether the application answered, as far as that can be told; empty where it cannot."""
    exchange = deciding_exchange(flow)
    if exchange is None or exchange.response is None:
        return []
    return [*_twice(exchange.response.headers), *_cached(exchange.response.headers), *_parted(exchange, flow, controls)]


def _twice(headers: HeaderList) -> Iterable[str]:
    for policy in _POLICY:
        lines = [value for name, value in headers if name.lower() == policy.lower()]
        values = [part.strip() for line in lines for part in line.split(",")]
        # one line with a list of different values is somebody's mistake, not two at work
        if len(lines) > 1 or (len(values) > 1 and len(set(values)) == 1):
            how = "the same value" if len(set(values)) == 1 else "different values"
            yield f"{policy} comes {len(values)} times, with {how}: the application adds it, and something in front."


def _cached(headers: HeaderList) -> Iterable[str]:
    if field(headers, "age") is not None:
        yield "A cache answered: the application did not see this request."


def _parted(exchange: Exchange, flow: Flow, controls: Sequence[Exchange]) -> Iterable[str]:
    """One sentence about the first answer of the same host that somebody else gave."""
    mine = _Signs.of(exchange)
    host = host_of(exchange.request.url)
    others = [each for each in (*flow.exchanges, *controls) if host_of(each.request.url) == host]
    for other in others:
        theirs = _Signs.of(other)
        if mine is None or theirs is None or theirs == mine:
            continue
        this, that = f"{_called(exchange)} ({mine})", f"{_called(other)} ({theirs})"
        if mine.lacks(theirs):
            yield f"Something in front answered {this}, and not the application, which answered {that}."
            return
        if theirs.lacks(mine):
            yield f"The application answered {this}; {that} was answered by something in front."
            return


def _called(exchange: Exchange) -> str:
    method = exchange.request.method
    status = f", {exchange.response.status}" if exchange.response is not None else ""
    if exchange.phase == "control":
        return f"the control {method}{status}"
    return f"the preflight{status}" if exchange.phase == "preflight" else f"the {method}{status}"


@dataclass(frozen=True, slots=True)
class _Signs:
    """What an answer says of whoever gave it, without versions, which a rolling update may mix."""

    server: str
    powered: str
    via: bool

    @classmethod
    def of(cls, exchange: Exchange) -> _Signs | None:
        if exchange.response is None:
            return None
        headers = exchange.response.headers
        server, powered = (_product(field(headers, name) or "") for name in ("server", "x-powered-by"))
        return cls(server, powered, field(headers, "via") is not None)

    def lacks(self, other: _Signs) -> bool:
        """Whether this answer has signs of less than the other: what makes that one the application's."""
        if self.powered != other.powered:
            return not self.powered
        if self.server != other.server:
            return bool(_FRONTS.search(self.server)) and bool(other.server) and not _FRONTS.search(other.server)
        return other.via and not self.via

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.server, self.powered, "with Via" if self.via else ""))) or "no name"


def _product(value: str) -> str:
    return re.split(r"[/ ,(]", value.strip(), maxsplit=1)[0]
