"""The two control requests of an endpoint: one without Origin, one with an origin made up for the run.

Nobody can have allowed that origin, so the answers tell an echoed origin from a fixed one, and what depends on Origin.
They carry no cookie, no secret and no body, and are never a write: where the endpoint's own request may not be
repeated, the preflight for it is sent instead. Their redirects are not followed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from corstui.fetch.engines import ENGINES
from corstui.fetch.head import BadHead, parse_head
from corstui.fetch.messages import HeaderList, NetworkError, Reply, Request
from corstui.fetch.result import Exchange, Response
from corstui.runner.guard import carries_secret
from corstui.runner.plan import Plan, Planned
from corstui.runner.simulate import rehearse

#: An environment and an endpoint of it.
Place = tuple[str, str]

#: What a request says about its page.
_PAGE = frozenset({"origin", "referer"})
#: What a request says about its body.
_BODY = frozenset({"content-type", "content-length"})


def place_of(planned: Planned) -> Place:
    return planned.key.environment, planned.key.endpoint


def controls_of(plan: Plan, cells: Iterable[Planned] | None = None) -> dict[Place, tuple[Request, ...]]:
    """The control requests for ``cells``, by default for the whole plan; none where the settings want none, where
    nothing of an endpoint leaves, and where its URL itself is secret."""
    if not plan.settings.controls:
        return {}
    canary = f"https://canary-{secrets.token_hex(8)}.invalid"
    found: dict[Place, tuple[Request, ...]] = {}
    for planned in plan.cells if cells is None else cells:
        place = place_of(planned)
        if place not in found and (base := _base(planned)) is not None:
            found[place] = (base, _asked_by(canary, base))
    return found


def _base(planned: Planned) -> Request | None:
    """The request without Origin, or None when this cell is not one to take it from."""
    requests = rehearse(planned)
    if not requests or planned.deployment.mask(requests[-1].url) != requests[-1].url:
        return None
    preflight = next((each for each in requests if each.phase == "preflight"), None)
    actual = requests[-1]
    if preflight is None and not planned.may_send(actual.method):
        return None
    if actual.method in ("GET", "HEAD") and planned.may_send(actual.method):
        chosen = actual
    else:
        chosen = preflight or _preflight_for(actual)
    harmless = chosen._replace(
        headers=_harmless(planned, chosen.headers), body=b"", phase="control", hop=0, credentials=False
    )
    return None if carries_secret(planned, harmless) else harmless


def _preflight_for(actual: Request) -> Request:
    """The preflight that a simple write would need if it were none."""
    headers = [(name, value) for name, value in actual.headers if name.lower() not in _BODY]
    return actual._replace(method="OPTIONS", headers=[*headers, ("Access-Control-Request-Method", actual.method)])


def _harmless(planned: Planned, headers: HeaderList) -> HeaderList:
    """The fields that carry no secret and name no page."""
    deployment = planned.deployment
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in _PAGE and not deployment.is_secret_name(name) and deployment.mask(value) == value
    ]
    return [(name, "cross-site" if name.lower() == "sec-fetch-site" else value) for name, value in kept]


def _asked_by(origin: str, request: Request) -> Request:
    return request._replace(headers=[*request.headers, ("Origin", origin)])


def exchange_of(request: Request, reply: Reply, engine: str) -> Exchange:
    """A control request with its answer, as ``engine`` understands it."""
    parsed = None if reply.error is not None else parse_head(reply.head, ENGINES[engine])
    error, response = reply.error, None
    if isinstance(parsed, BadHead):
        error = NetworkError("malformed-response", parsed.why, sent=True)
    elif isinstance(parsed, Response):
        response = parsed._replace(body_length=reply.body_length, body_error=reply.body_error)
    return Exchange("control", 0, request, response, error, reply.timing, reply.address)
