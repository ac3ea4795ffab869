"""What script may read: exposed headers, request modes, opaque responses, and resources that say who may have them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    ACEH,
    API,
    APP,
    APP_OTHER_PORT,
    CHAINS,
    CREDENTIALS,
    OTHER,
    SUB,
    TEXT,
    Case,
    allow,
    answer,
    ask,
    at,
    case,
    chain,
    field,
    preflight,
    serves,
    text,
)
from tests.browsers.cases.spellings import CORP, EXPOSED_LISTS

_MANY = [
    *TEXT,
    *(["X-A", "1"], ["X-B", "2"], ["x-lower", "3"], ["Cache-Control", "no-store"], ["Content-Language", "en"]),
    *(["Expires", "0"], ["Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT"], ["Pragma", "p"], ["ETag", '"e"']),
    *(["Set-Cookie", "e=1; Path=/c/{id}/"], ["Set-Cookie2", "f=1"], ["Server", "s"], ["Vary", "Origin"]),
    *(["Date", "Sat, 01 Jan 2000 00:00:00 GMT"], ["WWW-Authenticate", "x"], ["Authorization", "secret"]),
    *(["Refresh", "99999"], ["Link", "<x>"], ["Retry-After", "1"], ["X-A", "dup"], ["Accept", "a/b"]),
]


def exposed() -> Iterator[Case]:
    for aceh, credentials, via in product(EXPOSED_LISTS, ("omit", "include"), (None, "xhr")):
        server = serves(answer(_MANY, allow(APP, True), field(ACEH, *EXPOSED_LISTS[aceh])))
        request = ask(at(API), credentials=credentials, via=via)
        yield case(f"{via or 'fetch'} aceh={aceh} cred={credentials}", request, server)
    for what, host, acao in (("same-origin", APP, None), ("acao=*", API, "*"), ("no-cors", API, None)):
        mode = "no-cors" if what == "no-cors" else None
        yield case(f"{what}, all headers, no list", ask(at(host), mode=mode), serves(answer(_MANY, allow(acao))))
    listed = field(ACEH, "*")
    hop = answer(allow("*"), listed, field("Location", "t"), field("X-Hop", "1"), status=302)
    for redirect in (None, "manual"):
        server = {"* /h": [hop], "* /t": [answer(_MANY, allow("*"))]}
        yield case(f"the redirect exposes, redirect={redirect}", ask(at(API, "h"), redirect=redirect), server)
    server = serves(answer(_MANY, allow(APP)), preflight(allow(APP, methods="PUT"), listed))
    yield case("the preflight exposes", ask(at(API), "PUT"), server)


_NO_CORS_HEADERS = (
    *(("Content-Type", "application/json"), ("Content-Type", "text/plain;a=b"), ("Accept", "a/b"), ("Accept", 'a"b')),
    *(("Accept-Language", "en"), ("Accept-Language", "a_b"), ("Content-Language", "en"), ("Range", "bytes=0-1")),
    *(("X-A", "1"), ("Authorization", "b"), ("User-Agent", "me"), ("Cache-Control", "no-cache"), ("DPR", "2")),
)


def no_cors() -> Iterator[Case]:
    methods = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "put", "foo")
    for method, credentials in product(methods, CREDENTIALS):
        body = "x" if method == "POST" else None
        request = ask(at(API), method, mode="no-cors", credentials=credentials, body=body)
        yield case(f"{method} no-cors cred={credentials}", request, serves(text()))
    for name, value in _NO_CORS_HEADERS:
        request = ask(at(API), "POST", mode="no-cors", headers=[[name, value]], body="x")
        yield case(f"header {name}: {value}", request, serves(text()))


_CONTENT = ('{"a":1}', "<!doctype html><html>", "var a=1;")
_TYPES = {
    "html": "text/html", "json": "application/json", "xml": "text/xml", "plain": "text/plain",
    "js": "text/javascript", "png": "image/png", "none": None, "css": "text/css", "svg": "image/svg+xml",
    "octet": "application/octet-stream",
}  # fmt: skip


def opaque_blocking() -> Iterator[Case]:
    for (label, kind), nosniff, body in product(_TYPES.items(), (False, True), _CONTENT):
        headers = field("Content-Type", kind) if kind else []
        headers += field("X-Content-Type-Options", "nosniff") if nosniff else []
        what = f"no-cors fetch ct={label} nosniff={nosniff} body={body[:6]}"
        yield case(what, ask(at(API), mode="no-cors"), serves(answer(headers, body=body)))


def modes() -> Iterator[Case]:
    for (where, host), mode, method in product(
        {"cross": API, "same": APP, "same-site": SUB}.items(),
        ("same-origin", "cors", "no-cors", "navigate"),
        ("GET", "POST", "HEAD"),
    ):
        body = "x" if method == "POST" else None
        yield case(f"{where} mode={mode} {method}", ask(at(host), method, mode=mode, body=body), serves(text()))
    for mode, route, status in product(
        ("same-origin", "no-cors"), ("same>cross", "same>same", "same>sub", "cross>other", "cross>back"), (302, 307)
    ):
        hosts = CHAINS[route]
        server = chain(hosts, status, hop=allow("*"), final=text(allow("*")))
        yield case(f"{mode} redirect {route} {status}", ask(at(hosts[0], "h0"), mode=mode), server)
    for mode, redirect in product(("no-cors", "cors"), ("error", "manual", "follow")):
        server = chain((API, OTHER), 302, hop=[], final=text())
        request = ask(at(API, "h0"), mode=mode, redirect=redirect)
        yield case(f"{mode} redirect={redirect} cross>other, no ACAO", request, server)


def resource_policies() -> Iterator[Case]:
    targets = {"cross": API, "same-site": SUB, "same": APP, "port": APP_OTHER_PORT}
    for (label, values), (target, host), mode in product(CORP.items(), targets.items(), ("no-cors", "cors")):
        headers = field("Cross-Origin-Resource-Policy", *values)
        server = serves(text(headers, allow("*" if mode == "cors" else None)))
        yield case(f"corp={label} target={target} mode={mode}", ask(at(host), mode=mode), server)
    for policy, route in product(
        ("same-origin", "same-site"), ("same>cross", "cross>back", "cross>cross>cross", "same>sub")
    ):
        hosts = CHAINS[route]
        said = field("Cross-Origin-Resource-Policy", policy)
        for where, hop, final in (("redirect", said, []), ("final", [], said)):
            server = chain(hosts, 302, hop=hop, final=text(final))
            request = ask(at(hosts[0], "h0"), mode="no-cors")
            yield case(f"corp={policy} at the {where} of {route}, no-cors", request, server)


GROUPS = {
    "expose": exposed,
    "nocors": no_cors,
    "orb": opaque_blocking,
    "mode": modes,
    "corp": resource_policies,
}
