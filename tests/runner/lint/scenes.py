"""Scenes for lint rules in few words: a flow of the real engine over scripted answers, and what controls were told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from corstui.browser import fetch_params, page_context
from corstui.fetch.context import new_state
from corstui.fetch.cookies import Cookie
from corstui.fetch.engines import ENGINES
from corstui.fetch.head import parse_head
from corstui.fetch.messages import Request, Timing
from corstui.fetch.result import Exchange, Response
from corstui.profile import Tls
from corstui.runner.lint import Scene, findings_of
from corstui.runner.single import single
from tests.analysis.flows import API, APP
from tests.support.playbook import Answer, Playbook, answers, head

CANARY = "https://canary-0123456789abcdef.invalid"
GET = {"method": "GET"}
PUT = {"method": "PUT"}
TRACED = {"headers": [("X-Trace", "1")]}
INCLUDE = {"credentials": "include"}


def scene(
    *script: Answer,
    controls: tuple[Exchange, ...] = (),
    origin: str = APP,
    url: str = API,
    engine: str = "chromium",
    cookies: tuple[Cookie, ...] = (),
    environment: str = "default",
    strangers: tuple[tuple[str, str], ...] = (),
    tls: Tls | None = None,
    server: Callable[[Request], Answer] | None = None,
    **params: Any,
) -> Scene:
    """The scene of one fetch that is answered by ``script``, or by ``server``."""
    words = {name: value for name, value in params.items() if name in ("method", "headers", "mode", "credentials")}
    planned = single(url, origin, engines=[engine], **words).cells[0]
    deployment = replace(planned.deployment, name=environment, tls=tls or Tls())
    key = replace(planned.key, environment=environment)
    state = new_state(ENGINES[engine], cookies=cookies)
    played = Playbook(server or answers(*script)).play(fetch_params(url, **params), page_context(origin), state)
    return Scene(replace(planned, key=key, deployment=deployment, strangers=strangers), played, controls)


def control(*headers: tuple[str, str], origin: str | None = CANARY, status: int = 200, method: str = "GET") -> Exchange:
    """What a control request was answered; ``method`` OPTIONS makes it a preflight."""
    asking = [("Access-Control-Request-Method", "PUT")] if method == "OPTIONS" else []
    fields = [*([("Origin", origin)] if origin is not None else []), *asking]
    response = parse_head(head(status, *headers), ENGINES["chromium"])
    assert isinstance(response, Response)
    return Exchange("control", 0, Request(method, API, fields, phase="control"), response)


def anonymous(*headers: tuple[str, str], status: int = 200) -> Exchange:
    """The control request without Origin."""
    return control(*headers, origin=None, status=status)


def acao(value: str) -> tuple[str, str]:
    return "Access-Control-Allow-Origin", value


def timed(scene: Scene, *totals: float) -> Scene:
    """The scene with the time that each exchange took, in milliseconds."""
    exchanges = [
        exchange._replace(timing=Timing(total=total))
        for exchange, total in zip(scene.flow.exchanges, totals, strict=True)
    ]
    return Scene(scene.planned, replace(scene.flow, exchanges=exchanges), scene.controls)


def fired(scene: Scene) -> dict[str, str]:
    """The rules that fire, with their severity."""
    return {finding["rule"]: finding["severity"] for finding in findings_of(scene)}
