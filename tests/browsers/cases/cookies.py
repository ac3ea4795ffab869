"""Cookies: which are kept, and which go along with what. Path=/c/<id> keeps the cases apart.

A cookie set by a first-party visit needs two cases: ``cookieset-N`` visits ``cookie-N``'s page and comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    API,
    API_TLS,
    APP,
    APP_TLS,
    SUB,
    SUB_TLS,
    Case,
    Request,
    Script,
    allow,
    answer,
    ask,
    at,
    case,
    field,
    preflight,
    text,
)

_ATTRIBUTES = {
    "plain": "",
    "Lax": "; SameSite=Lax",
    "Strict": "; SameSite=Strict",
    "None": "; SameSite=None",
    "None-Secure": "; SameSite=None; Secure",
    "Secure": "; Secure",
    "HttpOnly": "; HttpOnly",
    "None-Secure-Partitioned": "; SameSite=None; Secure; Partitioned",
}

#: Page and target.
_RELATIONS = {
    "cross-site": (APP, API),
    "same-site": (APP, SUB),
    "same-origin": (APP, APP),
    "https cross-site": (APP_TLS, API_TLS),
    "https same-site": (APP_TLS, SUB_TLS),
    "http to https cross-site": (APP, API_TLS),
    "http to https same host": (APP, APP_TLS),
}

_COMBINATIONS = [
    (target, page, f"{relation}, {kind}", attributes)
    for (relation, (page, target)), (kind, attributes) in product(_RELATIONS.items(), _ATTRIBUTES.items())
]


def _server(page: str, attributes: str) -> Script:
    good = allow(page, True)
    cookies = field("Set-Cookie", *(f"{pair}; Path=/c/{{id}}{attributes}" for pair in ("first=1", "second=2")))
    return {
        "* /set": [text(good, cookies)],
        "OPTIONS /r": [preflight(good, allow(methods="PUT"))],
        "* /r": [text(good)],
    }


def _uses(target: str) -> list[Request]:
    """In turn: omit, same-origin, include, include with a preflight, include without CORS."""
    url = at(target)
    return [
        *(ask(url, credentials=credentials) for credentials in ("omit", "same-origin", "include")),
        ask(url, "PUT", credentials="include"),
        ask(url, credentials="include", mode="no-cors"),
    ]


def first_party_visits() -> Iterator[Case]:
    for number, (target, _, what, _) in enumerate(_COMBINATIONS, 1):
        visit = ask(f"{target}/c/cookie-{number:03d}/set")
        yield case(f"first-party visit for cookie-{number:03d}: {what}", visit, {}, origin=target)


def cookies() -> Iterator[Case]:
    for target, page, what, attributes in _COMBINATIONS:
        yield case(f"{what}, set first-party", _uses(target), _server(page, attributes), origin=page)
    for target, page, what, attributes in _COMBINATIONS:
        requests = [ask(at(target, "set"), credentials="include"), *_uses(target)]
        yield case(f"{what}, set by the response", requests, _server(page, attributes), origin=page)
    yield from _particulars()


def _particulars() -> Iterator[Case]:
    good, cookie = allow(APP, True), field("Set-Cookie", "c=1; Path=/c/{id}")
    reading, plain = ask(at(SUB), credentials="include"), {"* /r": [text(good)]}
    setting = ask(at(SUB, "set"), credentials="include")
    for credentials in ("omit", "same-origin"):
        for host in (SUB, APP):
            requests = [ask(at(host, "set"), credentials=credentials), ask(at(host), credentials="include")]
            yield case(f"set with {credentials} by {host}", requests, {"* /set": [text(good, cookie)], **plain})
    yield case("set by a response that fails the check", [setting, reading], {"* /set": [text(cookie)], **plain})
    asked = [preflight(good, allow(methods="PUT"), cookie)]
    requests = [ask(at(SUB, "set"), "PUT", credentials="include"), reading]
    yield case("set by a preflight", requests, {"OPTIONS /set": asked, "* /set": [text(good)], **plain})
    hop = answer(good, cookie, field("Location", "r"), status=302)
    yield case("set by a redirect, and used at once", [setting, reading], {"* /set": [hop], **plain})
    away = answer(good, cookie, field("Location", at(APP)), status=302)
    yield case(
        "set by a redirect to elsewhere", [setting, reading], {"* /set": [away], "* /r": [text(allow("null", True))]}
    )
    expired = field("Set-Cookie", "c=; Path=/c/{id}; Max-Age=0")
    server = {"* /set": [text(good, cookie), text(good, expired)], **plain}
    yield case("set, used, expired", [setting, reading, setting, reading], server)
    opaque = ask(at(SUB, "set"), credentials="include", mode="no-cors")
    yield case("set by an opaque response", [opaque, reading], {"* /set": [text(cookie)], **plain})
    for via in ("xhr", "img", "eventsource"):
        requests = [setting, ask(at(SUB), via=via, credentials="include" if via != "img" else None)]
        yield case(f"used by {via}", requests, {"* /set": [text(good, cookie)], **plain})
    for frame in ("sandbox", SUB):
        requests = [setting, ask(at(SUB), credentials="include", frame=frame)]
        yield case(f"used from {frame}", requests, {"* /set": [text(good, cookie)], **plain})


GROUPS = {"cookieset": first_party_visits, "cookie": cookies}
