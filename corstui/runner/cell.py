"""One finished cell: its verdict, and the recorded dialogue from which everything else is worked out when asked for.

A cell keeps raw heads and times only. Exchanges, checks and the response that script sees are recomputed by replaying
the pure flow over the recorded replies, so that a run of many thousand cells stays small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corstui.fetch.messages import Reply, Timing
from corstui.fetch.result import Check, Exchange, Flow, ScriptResponse
from corstui.profile.waivers import WaiverState, waiver_note
from corstui.runner.lint import Scene, findings_of, worst
from corstui.runner.plan import CellKey, Planned
from corstui.runner.simulate import Recorded, joined, replay

#: How many replayed flows stay in memory: more than a screen of cells.
_REPLAYED = 512


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One cell after it ran. ``dialogue`` holds one recording for each repetition.

    ``status`` is the status that script sees; ``as_expected`` is None where nothing is proven, and where a waiver
    accepts that it is not. ``controls``: what the control requests of the endpoint were answered. ``severity``: that of
    the gravest finding.
    """

    planned: Planned
    dialogue: tuple[Recorded, ...]
    verdict: str
    reason: str | None
    browser_error: str | None
    phase: str
    sent: bool
    inconclusive: bool
    status: int | None
    as_expected: bool | None
    duration_ms: float
    controls: tuple[Exchange, ...] = ()
    severity: str | None = None

    @property
    def key(self) -> CellKey:
        return self.planned.key

    @property
    def environment(self) -> str:
        return self.planned.key.environment

    @property
    def origin(self) -> str:
        return self.planned.key.origin

    @property
    def origin_value(self) -> str:
        return self.planned.origin_value

    @property
    def endpoint(self) -> str:
        return self.planned.key.endpoint

    @property
    def engine(self) -> str:
        return self.planned.key.engine

    @property
    def method(self) -> str:
        return self.planned.method

    @property
    def url(self) -> str:
        return self.planned.url

    @property
    def expected(self) -> str | None:
        """The expectation's text, e.g. ``allow 201``."""
        return self.planned.expectation.text if self.planned.expectation else None

    @property
    def waiver_state(self) -> WaiverState | None:
        """What the waiver of the expectation does here; None without one, and where nothing is proven."""
        return self.planned.waiver_state(self)

    @property
    def waiver_note(self) -> str | None:
        """A line about the waiver, where it does something."""
        waiver = self.planned.expectation.waiver if self.planned.expectation else None
        return waiver_note(self.waiver_state, waiver.reason, waiver.expires) if waiver else None

    @property
    def flow(self) -> Flow:
        """The flow that gave the verdict, with the exchanges of all repetitions."""
        return _replayed(self)

    @property
    def response(self) -> ScriptResponse | None:
        return self.flow.response

    @property
    def exchanges(self) -> list[Exchange]:
        """Those of the flow, then the controls."""
        return [*self.flow.exchanges, *self.controls]

    @property
    def checks(self) -> list[Check]:
        return self.flow.checks

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Rules that fired: ``{rule, severity, message, exchange, header}``."""
        return _linted(self)


@lru_cache(maxsize=_REPLAYED)
def _replayed(cell: Cell) -> Flow:
    return joined(replay(cell.planned, cell.dialogue))


@lru_cache(maxsize=_REPLAYED)
def _linted(cell: Cell) -> list[dict[str, Any]]:
    return findings_of(Scene(cell.planned, cell.flow, cell.controls))


def finished(
    planned: Planned,
    dialogue: tuple[Recorded, ...],
    flow: Flow,
    duration_ms: float,
    controls: tuple[Exchange, ...] = (),
) -> Cell:
    """The cell of a flow that has just ended."""
    return Cell(
        planned=planned,
        dialogue=dialogue,
        verdict=flow.verdict,
        reason=flow.reason,
        browser_error=flow.browser_error,
        phase=flow.phase,
        sent=flow.sent,
        inconclusive=flow.inconclusive,
        status=flow.response.status if flow.response else None,
        as_expected=planned.judge(flow),
        duration_ms=duration_ms,
        controls=controls,
        severity=worst(findings_of(Scene(planned, flow, controls))),
    )


def compact(reply: Reply, waited: float, *, bodies: bool = False) -> Reply:
    """The reply with the milliseconds that its request waited for a slot, and without the bytes of its body, which no
    rule reads, unless ``bodies`` are wanted."""
    timing = reply.timing
    return Reply(
        head=reply.head,
        body=reply.body if bodies else b"",
        body_length=reply.body_length,
        body_error=reply.body_error,
        error=reply.error,
        held=reply.held,
        timing=Timing(waited, timing.dns, timing.connect, timing.tls, timing.first_byte, timing.total),
        now=reply.now,
        wall=reply.wall,
        address=reply.address,
    )
