"""What lint rules look at: one cell's flow, what the two control requests were answered, and the profile's own words.

A :class:`Rule` is a row of data with a pure function; each :class:`Hit` of it becomes a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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


class Answer:
    """An exchange that was answered.

    ``index`` counts the flow's exchanges, then the controls. ``fields``: the values of each header of the response, by
    its lower-case name, because some fifty rules ask.
    """

    __slots__ = (
        "allow_origin",
        "exchange",
        "fields",
        "index",
        "is_control",
        "is_ok",
        "is_preflight",
        "response",
    )

    def __init__(self, index: int, exchange: Exchange, response: Response) -> None:
        self.index = index
        self.exchange = exchange
        self.response = response
        self.fields = _by_name(response.headers)
        self.allow_origin = self.value(ACAO)
        self.is_preflight = (
            exchange.request.method == "OPTIONS" and self.asked("Access-Control-Request-Method") is not None
        )
        self.is_control = exchange.phase == "control"
        self.is_ok = 200 <= response.status <= 299

    def value(self, name: str) -> str | None:
        """All values of a header, joined by ``, ``; None when it is absent."""
        return _joined(self.fields.get(name.lower()))

    def lines(self, name: str) -> list[str]:
        """The value of each field line."""
        return self.fields.get(name.lower(), [])

    def tokens(self, name: str) -> Sequence[str] | None:
        """A list of names: empty when the header is absent, None when one element is no token."""
        return h.parse_tokens(self.lines(name))

    def asked(self, name: str) -> str | None:
        """A header of the request."""
        return h.get(self.exchange.request.headers, name.lower())

    @property
    def kind(self) -> str:
        """How a sentence calls it."""
        return "preflight" if self.is_preflight else "redirect" if self.is_redirect else "answer"

    @property
    def is_redirect(self) -> bool:
        return self.response.status in (301, 302, 303, 307, 308) and self.value("Location") is not None

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
        return self.allow_origin is None and self.varies

    @property
    def from_cache(self) -> bool:
        """Whether the answer says that a cache gave it."""
        return self.value("Age") is not None or any("hit" in (self.value(name) or "").lower() for name in _CACHES)


class Scene:
    """Everything that is known of one cell.

    ``answers``: all of them, those of the flow first. ``own``: the flow's. ``preflights``: those to the browser's
    preflights; ``consents``: those of them that are meant to let a request through. ``all_preflights``: those to
    control requests, too. ``actuals``: the flow's answers to other requests. ``readable``: answers, controls
    included, whose headers script could come to see, which are those of no preflight. ``singles``: answers whose
    Access-Control-Allow-Origin has one value, and that value. ``canary``: the answer to the control request of an
    origin that nobody can have allowed. ``with_credentials``: whether the CORS check was that of a credentialed
    request. ``origin``: the page's. ``fields``: the lower-case names of all response headers.
    """

    def __init__(self, planned: Planned, flow: Flow, controls: Sequence[Exchange] = ()) -> None:
        self.planned, self.flow, self.controls = planned, flow, controls
        self.origin = planned.origin_value
        self.answers = answers = [
            Answer(index, exchange, exchange.response)
            for index, exchange in enumerate([*flow.exchanges, *controls])
            if exchange.response is not None
        ]
        self.own = [each for each in answers if not each.is_control]
        self.preflights = [each for each in self.own if each.exchange.phase == "preflight"]
        self.consents = [each for each in self.preflights if each.is_ok and each.allow_origin is not None]
        self.actuals = [each for each in self.own if each.exchange.phase != "preflight"]
        self.all_preflights = [each for each in answers if each.is_preflight]
        self.readable = [each for each in answers if not each.is_preflight]
        self.singles = [
            (each, each.allow_origin) for each in answers if each.allow_origin is not None and not each.has_list
        ]
        self.canary = next((each for each in answers if each.is_control and each.asked("Origin") is not None), None)
        self.with_credentials = any(check.id == "cors.check.acac" for check in flow.checks)
        self.fields = {name for each in answers for name in each.fields}


def _by_name(headers: HeaderList) -> Fields:
    fields: dict[str, list[str]] = {}
    for name, value in headers:
        fields.setdefault(name.lower(), []).append(value)
    return fields


def _joined(values: list[str] | None) -> str | None:
    return None if not values else values[0] if len(values) == 1 else ", ".join(values)


class Hit(NamedTuple):
    """One place where a rule holds. ``exchange`` None: nothing on the wire shows it. ``header`` and ``severity``
    stand for those of the rule."""

    message: str
    exchange: int | None = None
    header: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """``header``: the response header that usually shows it; ``without``: it may also hold where no response has it."""

    id: str
    severity: str
    header: str | None
    look: Callable[[Scene], Iterator[Hit]]
    without: bool = False
