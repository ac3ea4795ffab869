"""Finished cells around real flows, for the screens that open them; no profile and no runner behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from corstui.fetch.cookies import Cookie
from corstui.fetch.messages import Timing
from corstui.fetch.result import Check, Exchange, Flow
from corstui.profile.secrets import Masker
from corstui.runner.simulate import Recorded
from tests.analysis.doubles import Cell, Key
from tests.analysis.flows import APP, flow, ok, preflight
from tests.support.endpoints import endpoint
from tests.support.playbook import head

SECRET = "sk-live-1234567890"
TIMING = Timing(queue=0.0, dns=1.0, connect=12.0, tls=31.0, first_byte=44.0, total=90.0)


@dataclass(frozen=True)
class OpenedCell(Cell):
    """A cell with what the inspector and the drill-down ask for besides its flow."""

    expectation: Any = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    sends: bool = True
    controls: tuple[Exchange, ...] = ()
    #: Fields of its endpoint that are not a profile's defaults.
    request: dict[str, Any] = field(default_factory=dict)
    jar: tuple[Cookie, ...] = ()
    waiver_state: str | None = None
    waiver_note: str | None = None
    dialogue: tuple[Recorded, ...] = (Recorded(0.0, 1_793_000_000.0, ()),)

    @property
    def planned(self) -> Any:
        return SimpleNamespace(
            key=self.key,
            method=self.method,
            url=self.url,
            endpoint=endpoint(name=self.key.endpoint, method=self.method, url=self.url, **self.request),
            origin_value=self.origin_value,
            expectation=self.expectation,
            deployment=SimpleNamespace(
                masker=Masker({SECRET}), origins={self.key.origin: self.origin_value}, cookies=self.jar
            ),
            sends=self.sends,
        )

    @property
    def environment(self) -> str:
        return self.key.environment

    @property
    def origin(self) -> str:
        return self.key.origin

    @property
    def endpoint(self) -> str:
        return self.key.endpoint

    @property
    def engine(self) -> str:
        return self.key.engine

    @property
    def browser_error(self) -> str | None:
        return self.flow.browser_error

    @property
    def exchanges(self) -> list[Exchange]:
        return [*self.flow.exchanges, *self.controls]

    @property
    def checks(self) -> list[Check]:
        return self.flow.checks


def opened(done: Flow, *, environment: str = "staging", endpoint: str = "create order", **fields: Any) -> OpenedCell:
    """A cell of that flow, with times on its exchanges."""
    timed = replace(done, exchanges=[each._replace(timing=TIMING, address="192.0.2.7") for each in done.exchanges])
    key = Key(environment, "partner", endpoint, done.engine)
    return OpenedCell(timed, key, APP, **fields)


def refused() -> OpenedCell:
    """A preflight answered 401, with more wrong behind it."""
    answer = preflight(("WWW-Authenticate", "Bearer"), ("Server", "nginx"), ("Via", "1.1 gateway"), status=401)
    done = flow(
        answer,
        method="PUT",
        credentials="include",
        headers=[("Authorization", f"Bearer {SECRET}"), ("Content-Type", "application/json")],
        body=b"{}",
    )
    return opened(done, method="PUT", as_expected=False)


def received(origin: str = "https://other.example") -> OpenedCell:
    """A simple request that the server got, whose answer allows somebody else."""
    return opened(flow(ok(("Server", "nginx"), ("Vary", "Accept"), origin=origin)), endpoint="list orders")


def allowed(environment: str = "production") -> OpenedCell:
    """A readable answer."""
    answer = ok(("Content-Type", "application/json"), ("X-Total", "3"), ("Server", "nginx"))
    return opened(flow(answer), endpoint="list orders", environment=environment)


def hostile() -> OpenedCell:
    """An answer that would take over a careless terminal."""
    evil = "\x1b[2J[bold]\u202e{0}"
    headers = [
        ("Access-Control-Allow-Origin", f"https://{evil.encode('utf-8').decode('latin-1')}"),
        ("Server", evil[:8]),
    ]
    return opened(flow(head(200, *headers, reason="\x1b]0;x\x07")), endpoint="ev\x1bil [red]")
