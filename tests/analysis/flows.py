"""Flows of the real engine over a scripted dialogue, in few words."""

from __future__ import annotations

from typing import Any

from corstui.browser import fetch_params, page_context
from corstui.fetch.context import new_state
from corstui.fetch.cookies import Cookie
from corstui.fetch.engines import ENGINES
from corstui.fetch.result import Flow
from tests.support.playbook import Answer, Playbook, answers, head

APP = "https://app.example"
API = "https://api.example/orders"


def flow(
    *script: Answer,
    origin: str = APP,
    url: str = API,
    engine: str = "chromium",
    cookies: tuple[Cookie, ...] = (),
    **params: Any,
) -> Flow:
    """The flow of one fetch that is answered by ``script``."""
    state = new_state(ENGINES[engine], cookies=cookies)
    return Playbook(answers(*script)).play(fetch_params(url, **params), page_context(origin), state)


def ok(*headers: tuple[str, str], status: int = 200, origin: str | None = APP) -> bytes:
    """An answer that allows ``origin``."""
    allowed = [("Access-Control-Allow-Origin", origin)] if origin is not None else []
    return head(status, *allowed, *headers)


def preflight(*headers: tuple[str, str], status: int = 204, origin: str | None = APP) -> bytes:
    """An answer to OPTIONS that allows ``origin``."""
    return ok(*headers, status=status, origin=origin)
