"""What a finished flow says: verdict, reason, exchanges, checks and the response that script sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from corstui.fetch.messages import NO_TIMING, HeaderList, NetworkError, Request, Timing

Verdict = Literal["allowed", "opaque", "blocked", "unsent", "error"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Phase = Literal["local", "preflight", "actual", "redirect"]


class Response(NamedTuple):
    """A response head as the engine understood it."""

    status: int
    reason: str
    http_version: str
    headers: HeaderList
    body_length: int = 0
    body_error: str | None = None


class Exchange(NamedTuple):
    """One request with its response or its network error."""

    phase: str
    hop: int
    request: Request
    response: Response | None = None
    error: NetworkError | None = None
    timing: Timing = NO_TIMING
    address: str | None = None
    withheld_cookies: tuple[tuple[str, str], ...] = ()
    """Cookies of the jar that were not sent, as (name, why)."""
    set_cookies: tuple[tuple[str, str], ...] = ()
    """What became of the cookies that the answer sets, as (name, fate); empty without credentials."""


class Check(NamedTuple):
    """One rule applied. ``id`` is the step id; ``exchange`` indexes the flow's exchanges, None for local rules."""

    id: str
    passed: bool
    required: str
    observed: str
    decisive: bool = False
    exchange: int | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ScriptResponse:
    """What script sees of the response. ``headers`` holds the readable fields only, in wire order."""

    type: str
    status: int
    url: str
    redirected: bool
    headers: HeaderList
    body: bytes = b""
    body_error: str | None = None


#: Statuses that a gateway gives when the application did not answer.
INCONCLUSIVE_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Flow:
    """All that the simulated browser did for one request of script.

    ``sent``: the head of some non-preflight request was written to an established connection.
    ``reason`` is None exactly when the verdict is ``allowed`` or ``opaque``.
    """

    engine: str
    verdict: Verdict
    reason: str | None
    phase: Phase
    sent: bool
    browser_error: str | None
    exchanges: list[Exchange] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    response: ScriptResponse | None = None
    inconclusive: bool = False
    notes: list[str] = field(default_factory=list)
    """Codes of what is worth a warning and decided nothing: ``local-network-prompt``, ``authorization-by-wildcard``."""

    @property
    def deciding(self) -> Check | None:
        """The check that decided a blocked flow."""
        return next((check for check in self.checks if check.decisive), None)
