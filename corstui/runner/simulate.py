"""The pure flow of a planned cell: its page and its browser, played live, from a recording, or as a rehearsal."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from corstui.browser import fetch_params, page_context
from corstui.fetch.context import BrowserState, FetchParams, PageContext, new_state
from corstui.fetch.engines import ENGINES, Engine
from corstui.fetch.flow import fetch
from corstui.fetch.messages import HeaderList, Reply, Request
from corstui.fetch.result import Flow
from corstui.runner.plan import Planned


class Recorded(NamedTuple):
    """The replies that one flow was sent, and when it began (monotonic and Unix time, seconds)."""

    now: float
    wall: float
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A fresh browser with the page of one cell. Flows begun on it share its jar and preflight cache."""

    params: FetchParams
    page: PageContext
    state: BrowserState

    def begin(self, now: float, wall: float) -> Generator[Request, Reply, Flow]:
        return fetch(self.params, self.page, self.state, now, wall)


def simulation(planned: Planned, engine: Engine | None = None) -> Simulation:
    """Set the stage for one cell, in its own engine or in another."""
    endpoint = planned.endpoint
    params = fetch_params(
        endpoint.url,
        method=endpoint.method,
        headers=endpoint.headers,
        body=endpoint.body,
        mode=endpoint.mode,
        credentials=endpoint.credentials,
        redirect=endpoint.redirect,
        cache=endpoint.cache,
        referrer_policy=endpoint.referrer_policy,
        keepalive=endpoint.keepalive,
        initiator=endpoint.initiator,
        upload_listener=endpoint.upload_listener,
        crossorigin=endpoint.crossorigin,
    )
    state = new_state(engine or ENGINES[planned.key.engine], cookies=planned.deployment.cookies)
    return Simulation(params, page_context(planned.origin_value), state)


def replay(planned: Planned, dialogue: Iterable[Recorded]) -> list[Flow]:
    """The flows that these recordings gave, one for each."""
    stage = simulation(planned)
    return [_replayed(stage.begin(part.now, part.wall), part.replies) for part in dialogue]


def _replayed(flow: Generator[Request, Reply, Flow], replies: Iterable[Reply]) -> Flow:
    try:
        next(flow)
        for reply in replies:
            flow.send(reply)
    except StopIteration as done:
        result: Flow = done.value
        return result
    raise ValueError("the recording ends before the flow does")


def joined(flows: list[Flow]) -> Flow:
    """Repetitions as one flow: the first that is not ``allowed`` decides, else the last; every exchange is kept."""
    chosen = next((index for index, flow in enumerate(flows) if flow.verdict != "allowed"), len(flows) - 1)
    flow = flows[chosen]
    if len(flows) == 1:
        return flow
    before = sum(len(each.exchanges) for each in flows[:chosen])
    return replace(
        flow,
        sent=any(each.sent for each in flows),
        exchanges=[exchange for each in flows for exchange in each.exchanges],
        checks=[
            check._replace(exchange=None if check.exchange is None else check.exchange + before)
            for check in flow.checks
        ],
    )


def rehearse(planned: Planned) -> list[Request]:
    """The requests that the cell makes when its preflight passes and nothing redirects; held ones included."""
    flow = simulation(planned).begin(0.0, 0.0)
    requests: list[Request] = []
    try:
        request = next(flow)
        requests.append(request)
        if request.phase == "preflight":
            requests.append(flow.send(Reply(head=_consent(request.headers))))
    except StopIteration:
        pass
    flow.close()
    return requests


def _consent(asked: HeaderList) -> bytes:
    """The head of a preflight response that allows just what was asked for."""
    values = {name.lower(): value for name, value in asked}
    lines = [
        "HTTP/1.1 204 No Content",
        f"Access-Control-Allow-Origin: {values.get('origin', '')}",
        "Access-Control-Allow-Credentials: true",
        f"Access-Control-Allow-Methods: {values.get('access-control-request-method', '')}",
        f"Access-Control-Allow-Headers: {values.get('access-control-request-headers', '')}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
