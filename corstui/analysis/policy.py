"""The CORS policy that one flow met, as named values, so that two flows can be laid side by side.

What one answer leaves open, the other requests to its endpoint decide, control requests and those of other cells: an
origin that got its own name back is echoed, unless somebody else, or a request without an origin, got the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from corstui.analysis import facts
from corstui.fetch.headers import parse_tokens
from corstui.fetch.messages import HeaderList
from corstui.fetch.origin import parse_origin
from corstui.fetch.result import Exchange, Flow

Rows = tuple[tuple[str, str], ...]

#: What Vary may say about CORS; anything else in it is no part of the policy.
_VARY = ("origin", "access-control-request-method", "access-control-request-headers")
_ACAO = "access-control-allow-origin"


class HasOrigins(Protocol):
    """Where a cell is played."""

    @property
    def origins(self) -> Mapping[str, str]: ...


class HasDeployment(Protocol):
    """What was planned of a cell."""

    @property
    def deployment(self) -> HasOrigins: ...


class Named(Protocol):
    """The names of a cell."""

    @property
    def environment(self) -> str: ...

    @property
    def endpoint(self) -> str: ...


class Answered(Protocol):
    """A finished cell, as far as policies need it."""

    @property
    def key(self) -> Named: ...

    @property
    def planned(self) -> HasDeployment: ...

    @property
    def flow(self) -> Flow: ...

    @property
    def controls(self) -> Sequence[Exchange]: ...


def names_of(cells: Iterable[Answered]) -> dict[str, str]:
    """What the profile calls each origin of the cells' environments, by its value; of several names the first."""
    all_origins = {id(each): each for each in (cell.planned.deployment.origins for cell in cells)}
    names: dict[str, str] = {}
    for origins in all_origins.values():
        for name, value in origins.items():
            names.setdefault(value, name)
    return names


class Policies:
    """The policies that the cells of one side met: what one cell leaves open, others of its endpoint decide."""

    def __init__(self, cells: Iterable[Answered]) -> None:
        cells = list(cells)
        self._names = names_of(cells)
        self._witnesses: dict[tuple[str, str], list[Exchange]] = {}
        for cell in cells:
            first = [each for each in cell.flow.exchanges if each.hop == 0]
            self._witnesses.setdefault(_place(cell), []).extend(first)

    def of(self, cell: Answered) -> Policy:
        """The policy of one of them."""
        return policy(cell.flow, cell.controls, self._names, self._witnesses[_place(cell)])


def _place(cell: Answered) -> tuple[str, str]:
    return cell.key.environment, cell.key.endpoint


@dataclass(frozen=True, slots=True)
class Policy:
    """Rows of (name, value); None where that exchange did not take place or was not answered."""

    preflight: Rows | None
    actual: Rows | None


def policy(
    flow: Flow,
    controls: Sequence[Exchange] = (),
    names: Mapping[str, str] = MappingProxyType({}),
    witnesses: Sequence[Exchange] = (),
) -> Policy:
    """The policy of the first preflight and of the first other answer of a flow.

    ``controls``: the exchanges of its endpoint's control requests. ``names``: what the profile calls each origin.
    ``witnesses``: what other flows exchanged with the endpoint's own URL; a preflight tells of preflights only.
    """
    rows = []
    for preflight in (True, False):
        alike = [each for each in witnesses if (each.phase == "preflight") == preflight]
        known = _Known(names, frozenset(_given_to_strangers([*controls, *alike])))
        rows.append(_rows(flow, known, preflight=preflight))
    return Policy(preflight=rows[0], actual=rows[1])


@dataclass(frozen=True, slots=True)
class _Known:
    """``fixed``: origins that were named to requesters of another origin, or of none."""

    names: Mapping[str, str] = field(repr=False)
    fixed: frozenset[str]


def _given_to_strangers(exchanges: Iterable[Exchange]) -> Iterable[str]:
    for each in exchanges:
        value = facts.field(each.response.headers, _ACAO) if each.response is not None else None
        if value is not None and value != facts.field(each.request.headers, "origin"):
            yield value


def _rows(flow: Flow, known: _Known, *, preflight: bool) -> Rows | None:
    for exchange in flow.exchanges:
        if (exchange.phase == "preflight") == preflight and exchange.response is not None:
            return _preflight(exchange, known) if preflight else _actual(exchange, known)
    return None


def _preflight(exchange: Exchange, known: _Known) -> Rows:
    headers = exchange.response.headers if exchange.response is not None else []
    return (
        *_common(exchange, headers, known),
        ("allow-methods", _names(headers, "access-control-allow-methods", keep_case=True)),
        ("allow-headers", _names(headers, "access-control-allow-headers")),
        ("max-age", facts.field(headers, "access-control-max-age") or "absent"),
        ("vary", _vary(headers)),
    )


def _actual(exchange: Exchange, known: _Known) -> Rows:
    headers = exchange.response.headers if exchange.response is not None else []
    return (
        *_common(exchange, headers, known),
        ("expose-headers", _names(headers, "access-control-expose-headers")),
        ("vary", _vary(headers)),
    )


def _common(exchange: Exchange, headers: HeaderList, known: _Known) -> Rows:
    origin = facts.field(exchange.request.headers, "origin")
    credentials = facts.field(headers, "access-control-allow-credentials")
    return (
        ("status", str(exchange.response.status) if exchange.response is not None else "none"),
        ("allow-origin", _allow_origin(headers, origin, known)),
        ("allow-credentials", "absent" if credentials is None else credentials or "(empty)"),
    )


def _allow_origin(headers: HeaderList, origin: str | None, known: _Known) -> str:
    """``absent``, ``*``, ``null``, ``echo``, ``fixed (ORIGIN NAME)``, ``several`` or ``invalid``.

    A fixed origin that the profile does not name stands there itself: environments are compared by names, because
    their values differ as they should.
    """
    values = [value for name, value in headers if name.lower() == _ACAO]
    if not values:
        return "absent"
    value = ", ".join(values)
    if len(values) > 1 or "," in value or " " in value:
        return "several"
    if value in ("*", "null"):
        return value
    if value == origin and value not in known.fixed:
        return "echo"
    parsed = parse_origin(value)
    return f"fixed ({known.names.get(value, value)})" if str(parsed) == value else "invalid"


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
    said = {part.strip().lower() for part in (facts.field(headers, "vary") or "").split(",")}
    return ", ".join(name for name in _VARY if name in said or "*" in said) or "-"
