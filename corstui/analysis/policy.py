"""The CORS policy that one flow met, as named values, so that two flows can be laid side by side."""

from __future__ import annotations

from dataclasses import dataclass

from corstui.analysis.facts import field
from corstui.fetch.headers import parse_tokens
from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Exchange, Flow
from corstui.fetch.url import parse

Rows = tuple[tuple[str, str], ...]

#: What Vary may say about CORS; anything else in it is no part of the policy.
_VARY = ("origin", "access-control-request-method", "access-control-request-headers")


@dataclass(frozen=True, slots=True)
class Policy:
    """Rows of (name, value); None where that exchange did not take place or was not answered."""

    preflight: Rows | None
    actual: Rows | None


def policy(flow: Flow) -> Policy:
    """The policy of the first preflight and of the first other answer of a flow."""
    return Policy(preflight=_rows(flow, preflight=True), actual=_rows(flow, preflight=False))


def _rows(flow: Flow, *, preflight: bool) -> Rows | None:
    for exchange in flow.exchanges:
        if (exchange.phase == "preflight") == preflight and exchange.response is not None:
            return _preflight(exchange) if preflight else _actual(exchange)
    return None


def _preflight(exchange: Exchange) -> Rows:
    headers = exchange.response.headers if exchange.response is not None else []
    return (
        *_common(exchange, headers),
        ("allow-methods", _names(headers, "access-control-allow-methods", keep_case=True)),
        ("allow-headers", _names(headers, "access-control-allow-headers")),
        ("max-age", field(headers, "access-control-max-age") or "absent"),
        ("vary", _vary(headers)),
    )


def _actual(exchange: Exchange) -> Rows:
    headers = exchange.response.headers if exchange.response is not None else []
    return (
        *_common(exchange, headers),
        ("expose-headers", _names(headers, "access-control-expose-headers")),
        ("vary", _vary(headers)),
    )


def _common(exchange: Exchange, headers: HeaderList) -> Rows:
    origin = field(exchange.request.headers, "origin")
    credentials = field(headers, "access-control-allow-credentials")
    return (
        ("status", str(exchange.response.status) if exchange.response is not None else "none"),
        ("allow-origin", _allow_origin(headers, origin)),
        ("allow-credentials", "absent" if credentials is None else credentials or "(empty)"),
    )


def _allow_origin(headers: HeaderList, origin: str | None) -> str:
    """``absent``, ``*``, ``null``, ``this origin``, or the value with what is odd about it."""
    values = [value for name, value in headers if name.lower() == "access-control-allow-origin"]
    if not values:
        return "absent"
    value = ", ".join(values)
    if len(values) > 1:
        return f"several (x{len(values)}): {value}"
    if value in ("*", "null"):
        return value
    if value == origin:
        return "this origin"
    if "," in value or " " in value:
        return f"several: {value}"
    return f"other: {value}" if parse(value) is not None else f"invalid: {value or '(empty)'}"


def _names(headers: HeaderList, name: str, *, keep_case: bool = False) -> str:
    """A list as a sorted set; methods keep their case, which matters."""
    values = [value for each, value in headers if each.lower() == name]
    if not values:
        return "absent"
    tokens = parse_tokens(values)
    if tokens is None:
        return f"invalid: {', '.join(values)}"
    return ", ".join(sorted({token if keep_case else token.lower() for token in tokens})) or "(empty)"


def _vary(headers: HeaderList) -> str:
    said = {part.strip().lower() for part in (field(headers, "vary") or "").split(",")}
    return ", ".join(name for name in _VARY if name in said or "*" in said) or "-"
