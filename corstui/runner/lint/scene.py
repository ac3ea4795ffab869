"""What lint rules look at: one cell's flow, what the two control requests were answered, and the profile's own words.

A :class:`Rule` is a row of data with a pure function; each :class:`Hit` of it becomes a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from corstui.fetch import headers as h
from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Exchange, Flow, Response
from corstui.runner.plan import Planned

ACAO = "Access-Control-Allow-Origin"
ACAC = "Access-Control-Allow-Credentials"
ACAM = "Access-Control-Allow-Methods"
ACAH = "Access-Control-Allow-Headers"
ACEH = "Access-Control-Expose-Headers"
MAX_AGE = "Access-Control-Max-Age"
VARY = "Vary"

#: Severities, the mildest first. ``error``: what the header says cannot work.
SEVERITIES = ("info", "warning", "medium", "error", "high", "critical")

#: The values of each header, by its lower-case name.
Fields = Mapping[str, list[str]]

#: What caches call an answer that they had.
_CACHES = ("x-cache", "x-cache-status", "cf-cache-status", "cache-status", "x-vercel-cache", "x-proxy-cache")


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange that was answered. ``index`` counts the flow's exchanges, then the controls.

    ``fields`` and ``asks``: the values of each header of the response and of the request, by its lower-case name,
    because some fifty rules ask.
    """

    index: int
    exchange: Exchange
    response: Response
    fields: Fields
    asks: Fields
    is_preflight: bool
    is_control: bool

    def value(self, name: str) -> str | None:
        """All values of a header, joined by ``, ``; None when it is absent."""
        return _joined(self.fields.get(name.lower()))

    def lines(self, name: str) -> list[str]:
        """The value of each field line."""
        return self.fields.get(name.lower(), [])

    def tokens(self, name: str) -> list[str] | None:
        """A list of names: empty when the header is absent, None when one element is no token."""
        return h.parse_tokens(self.lines(name))

    def asked(self, name: str) -> str | None:
        """A header of the request."""
        return _joined(self.asks.get(name.lower()))

    @property
    def kind(self) -> str:
        """How a sentence calls it."""
        return "preflight" if self.is_preflight else "redirect" if self.is_redirect else "answer"

    @property
    def is_redirect(self) -> bool:
        return self.response.status in (301, 302, 303, 307, 308) and self.value("Location") is not None

    @property
    def is_ok(self) -> bool:
        return 200 <= self.response.status <= 299

    @property
    def has_credentials(self) -> bool:
        """Whether the answer lets credentialed requests through."""
        return self.value(ACAC) == "true"

    @property
    def has_list(self) -> bool:
        """Whether Access-Control-Allow-Origin is more than one value."""
        lines = self.lines(ACAO)
        return len(lines) > 1 or any("," in line or " " in line for line in lines)

    @property
    def varies(self) -> bool:
        """Whether Vary names Origin."""
        said = {part.strip().lower() for part in (self.value(VARY) or "").split(",")}
        return bool(said & {"origin", "*"})

    @property
    def refuses_origin(self) -> bool:
        """Whether a CORS layer gave this requester no permission: it knows that its answer depends on Origin."""
        return self.value(ACAO) is None and self.varies

    @property
    def from_cache(self) -> bool:
        """Whether the answer says that a cache gave it."""
        return self.value("Age") is not None or any("hit" in (self.value(name) or "").lower() for name in _CACHES)


@dataclass(frozen=True)
class Scene:
    """Everything that is known of one cell."""

    planned: Planned
    flow: Flow
    controls: tuple[Exchange, ...] = ()

    @cached_property
    def answers(self) -> list[Answer]:
        """All answers, those of the flow first."""
        return list(_answered([*self.flow.exchanges, *self.controls]))

    @cached_property
    def own(self) -> list[Answer]:
        """The flow's answers."""
        return [each for each in self.answers if not each.is_control]

    @cached_property
    def preflights(self) -> list[Answer]:
        """The answers to the browser's preflights."""
        return [each for each in self.own if each.exchange.phase == "preflight"]

    @cached_property
    def consents(self) -> list[Answer]:
        """Preflights with an answer that is meant to let a request through."""
        return [each for each in self.preflights if each.is_ok and each.value(ACAO) is not None]

    @cached_property
    def actuals(self) -> list[Answer]:
        """The flow's answers to other requests than preflights."""
        return [each for each in self.own if each.exchange.phase != "preflight"]

    @cached_property
    def readable(self) -> list[Answer]:
        """Answers, controls included, whose headers script could come to see: no preflights."""
        return [each for each in self.answers if not each.is_preflight]

    @cached_property
    def singles(self) -> list[tuple[Answer, str]]:
        """Answers whose Access-Control-Allow-Origin has one value, and that value."""
        found = ((each, each.value(ACAO)) for each in self.answers if not each.has_list)
        return [(each, value) for each, value in found if value is not None]

    @cached_property
    def canary(self) -> Answer | None:
        """The answer to the control request of an origin that nobody can have allowed."""
        return next((each for each in self.answers if each.is_control and each.asked("Origin") is not None), None)

    @cached_property
    def with_credentials(self) -> bool:
        """Whether the CORS check was that of a credentialed request."""
        return any(check.id == "cors.check.acac" for check in self.flow.checks)

    @property
    def origin(self) -> str:
        """The page's origin."""
        return self.planned.origin_value


def _answered(exchanges: Iterable[Exchange]) -> Iterator[Answer]:
    for index, exchange in enumerate(exchanges):
        if exchange.response is not None:
            fields, asks = _by_name(exchange.response.headers), _by_name(exchange.request.headers)
            is_preflight = exchange.request.method == "OPTIONS" and "access-control-request-method" in asks
            is_control = exchange.phase == "control"
            yield Answer(index, exchange, exchange.response, fields, asks, is_preflight, is_control)


def _by_name(headers: HeaderList) -> Fields:
    fields: dict[str, list[str]] = {}
    for name, value in headers:
        fields.setdefault(name.lower(), []).append(value)
    return fields


def _joined(values: list[str] | None) -> str | None:
    return None if not values else values[0] if len(values) == 1 else ", ".join(values)


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule holds. ``exchange`` None: nothing on the wire shows it. ``header`` and ``severity``
    stand for those of the rule."""

    message: str
    exchange: int | None = None
    header: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """``header``: the one that usually shows it."""

    id: str
    severity: str
    header: str | None
    look: Callable[[Scene], Iterator[Hit]]
