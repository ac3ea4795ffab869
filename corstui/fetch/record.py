"""The record of a flow: exchanges made, rules applied, and how it ended."""

from __future__ import annotations

from collections.abc import Generator
from typing import NoReturn

from corstui.fetch.engines import Engine
from corstui.fetch.head import BadHead, parse_head
from corstui.fetch.messages import NetworkError, Reply, Request
from corstui.fetch.reasons import REASONS
from corstui.fetch.response import is_bot_challenge
from corstui.fetch.result import INCONCLUSIVE_STATUSES, Check, Exchange, Flow, Phase, Response, ScriptResponse, Verdict
from corstui.fetch.rules import Rule, failed, first_failure


class Stop(Exception):
    """The flow has ended without a response for script."""

    def __init__(self, verdict: Verdict, reason: str, browser_error: str | None = None) -> None:
        super().__init__(reason)
        self.verdict: Verdict = verdict
        self.reason = reason
        self.browser_error = browser_error


class Record:
    """What has happened so far. ``now`` and ``wall`` are the times of the latest reply."""

    def __init__(self, engine: Engine, now: float, wall: float) -> None:
        self.engine = engine
        self.now, self.wall = now, wall
        self.phase: Phase = "local"
        self.sent = False
        self.exchanges: list[Exchange] = []
        self.checks: list[Check] = []
        self.notes: list[str] = []

    def exchange(
        self, request: Request, withheld: tuple[tuple[str, str], ...] = ()
    ) -> Generator[Request, Reply, tuple[Response, Reply]]:
        """Yield ``request`` and read its reply; ends the flow when no usable head came."""
        reply = yield request
        if reply.held is not None:
            raise Stop("unsent", reply.held.code)
        parsed = None if reply.error else parse_head(reply.head, self.engine)
        error = reply.error
        if isinstance(parsed, BadHead):
            error = NetworkError("malformed-response", parsed.why, sent=True, net_error=parsed.net_error)
        if request.phase != "preflight" and (error is None or error.sent):
            self.sent = True
        response = None
        if isinstance(parsed, Response):
            response = parsed._replace(body_length=reply.body_length, body_error=reply.body_error)
        self.exchanges.append(
            Exchange(request.phase, request.hop, request, response, error, reply.timing, reply.address, withheld)
        )
        self.now, self.wall = reply.now, reply.wall
        if error is not None or response is None:
            code = error.code if error is not None else "malformed-response"
            net_error = error.net_error if error is not None and self.engine.name == "chromium" else None
            raise Stop("error", code, net_error)
        if response.status in self.engine.statuses_refused:
            observed = str(response.status)
            self.fail("engine.refused", "no demand of a proxy", observed, "engine-refused", "ERR_UNEXPECTED_PROXY_AUTH")
        return response, reply

    def record(self, rule: Rule, index: int | None, *, decisive: bool) -> None:
        self.checks.append(Check(rule.id, rule.passed, rule.required, rule.observed, decisive, index, rule.detail))

    def note(self, id: str, required: str, observed: str) -> None:
        """Record a rule that was applied and went through."""
        exchange = len(self.exchanges) - 1 if self.exchanges else None
        self.checks.append(Check(id, True, required, observed, False, exchange))

    def apply(self, rules: list[Rule], index: int, browser_error: str | None = None) -> None:
        """Record every rule; end the flow by the first that failed."""
        failure = first_failure(rules)
        for rule in rules:
            self.record(rule, index, decisive=rule is failure)
        if failure is not None:
            raise Stop(
                "blocked", failure.reason or failure.id, browser_error if self.engine.name == "chromium" else None
            )

    def fail(self, id: str, required: str, observed: str, reason: str, browser_error: str | None = None) -> NoReturn:
        """End the flow by a rule that failed."""
        exchange = len(self.exchanges) - 1 if self.exchanges else None
        self.record(failed(id, required, observed, reason), exchange, decisive=True)
        raise Stop("blocked", reason, browser_error if self.engine.name == "chromium" else None)

    def undecide(self) -> None:
        """Nothing was decided by what failed: the initiator is not told of it."""
        self.checks = [check._replace(decisive=False) for check in self.checks]

    def flow(
        self, verdict: Verdict, reason: str | None, browser_error: str | None, response: ScriptResponse | None
    ) -> Flow:
        final = self.exchanges[-1].response if self.exchanges else None
        return Flow(
            engine=self.engine.name,
            verdict=verdict,
            reason=reason,
            phase=self.phase,
            sent=self.sent,
            browser_error=browser_error or self._browser_error(reason),
            exchanges=self.exchanges,
            checks=self.checks,
            response=response,
            inconclusive=final is not None
            and (final.status in INCONCLUSIVE_STATUSES or is_bot_challenge(final.headers)),
            notes=self.notes,
        )

    def _browser_error(self, reason: str | None) -> str | None:
        """The engine's own name for ``reason``, if it has one."""
        if reason is None or self.engine.name not in ("chromium", "firefox"):
            return None
        if self.engine.name == "chromium":
            return REASONS[reason].chromium
        name = REASONS[reason].firefox
        return None if name == _DID_NOT_SUCCEED and not self._tells_that_it_did_not_succeed(reason) else name

    def _tells_that_it_did_not_succeed(self, reason: str) -> bool:
        """Firefox's catch-all category comes once CORS has had a part in the flow; measured."""
        if not self.exchanges or reason == "redirect-mode-error":
            return False
        by_cors = any(check.id == "main.cors" or check.id.startswith("cors.check") for check in self.checks)
        return by_cors or reason in _TOLD_BEFORE_CORS


_DID_NOT_SUCCEED = "CORSDidNotSucceed2"
#: What it tells of although CORS had no part in it yet.
_TOLD_BEFORE_CORS = frozenset({"bad-port", "redirect-has-credentials"})
