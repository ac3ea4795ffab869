"""Preflights: methods, the lists of what is allowed, statuses and other oddities of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    ACAH,
    ACAM,
    ACAO,
    API,
    APP,
    AUTHORIZATION,
    CREDENTIALS,
    JSON,
    X_A,
    Answer,
    Case,
    Headers,
    allow,
    answer,
    ask,
    at,
    case,
    field,
    preflight,
    serves,
    text,
)
from tests.browsers.cases.spellings import HEADER_LISTS, METHOD_LISTS, headers_listed, methods_listed

_GOOD = text(allow(APP, True))
_SOME_CREDENTIALS = CREDENTIALS[1:]
_GENEROUS = allow(APP, True, "*, PUT", "*, X-A")

METHODS = (
    *("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
    *("get", "post", "head", "put", "delete", "options", "patch", "Patch", "Get", "PoSt", "pUT"),
    *("PROPFIND", "MKCOL", "QUERY", "query", "FOO", "foo", "PURGE", "LINK", "LOCK", "REPORT", "CHICKEN"),
    *("CONNECT", "TRACE", "TRACK", "connect", "Trace", "TrAcK"),
    *("X-Y", "a b", "", "GET\n", " GET", "GET/1", "M!#$%&'*+-.^_`|~", "É", "☃", "G\x00T"),
)

#: What can stand in the lists that a server gives.
_LISTABLE = frozenset(METHODS) - {"GET\n", "☃", "G\x00T"}


def methods() -> Iterator[Case]:
    for method, acam, credentials in product(METHODS, ("absent", "*", "exact"), _SOME_CREDENTIALS):
        if acam == "exact" and method not in _LISTABLE:
            continue
        listed = {"absent": None, "*": "*", "exact": method}[acam]
        server = {
            "OPTIONS /r": [preflight(allow(APP, True, listed)), _GOOD],  # OPTIONS itself comes after its preflight
            "* /r": [_GOOD],
        }
        body = "x" if method.upper() == "POST" else None
        request = ask(at(API), method, credentials=credentials, body=body)
        yield case(f"{method!r} acam={acam} cred={credentials}", request, server)


def method_lists() -> Iterator[Case]:
    for method, acam, credentials in product(
        ("PUT", "PATCH", "patch", "DELETE", "foo"), METHOD_LISTS, _SOME_CREDENTIALS
    ):
        asked = preflight(allow(APP, True), field(ACAM, *methods_listed(acam, method)))
        request = ask(at(API), method, credentials=credentials)
        yield case(f"{method} acam={acam} cred={credentials}", request, serves(_GOOD, asked))


_UNSAFE: dict[str, Headers] = {
    "x-custom": [["X-Custom", "1"]],
    "authorization": AUTHORIZATION,
    "x-a+x-b": [["X-A", "1"], ["X-B", "2"]],
    "json": JSON,
    "auth+x-a": AUTHORIZATION + X_A,
}


def header_lists() -> Iterator[Case]:
    for (kind, headers), acah, credentials in product(_UNSAFE.items(), HEADER_LISTS, _SOME_CREDENTIALS):
        listed = headers_listed(acah, [name for name, _ in headers])
        asked = preflight(allow(APP, True), field(ACAH, *listed))
        method, body = ("POST", "{}") if kind == "json" else ("GET", None)
        request = ask(at(API), method, credentials=credentials, headers=headers, body=body)
        yield case(f"{kind} acah={acah} cred={credentials}", request, serves(_GOOD, asked))


_STATUSES = (
    *(*range(200, 207), 226, 299, *range(300, 309), 400, 401, 403, 404, 405, 407, 408, 409, 410, 418, 421, 429),
    *(500, 501, 502, 503, 504, 511, 599, 600, 700, 999),
)
_REDIRECTS = (301, 302, 303, 307, 308)
_ASKING = {"PUT": ("PUT", None), "GET+X-A": ("GET", X_A)}


def statuses_of_preflight() -> Iterator[Case]:
    for status, credentials, (kind, (method, headers)) in product(_STATUSES, _SOME_CREDENTIALS, _ASKING.items()):
        onward = field("Location", at(API, "r2")) if status in _REDIRECTS else []
        server = serves(_GOOD, preflight(_GENEROUS, onward, status=status))
        server["OPTIONS /r2"] = [preflight(_GENEROUS)]
        request = ask(at(API), method, credentials=credentials, headers=headers)
        yield case(f"{kind} preflight status {status} cred={credentials}", request, server)
    for status in _REDIRECTS:
        what = f"PUT preflight status {status} without Location"
        yield case(what, ask(at(API), "PUT"), serves(_GOOD, preflight(_GENEROUS, status=status)))


def statuses() -> Iterator[Case]:
    """Of the response itself. (What a redirect does is another topic.)"""
    plain = [status for status in _STATUSES if status not in _REDIRECTS]
    for status, origin, method in product((*plain, 425), (APP, None), ("GET", "PUT")):
        server = serves(text(allow(origin, True), status=status), preflight(_GENEROUS))
        yield case(f"{method} status {status} acao={origin}", ask(at(API), method), server)


_EARLY = "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
_EARLY_ACAO = f"HTTP/1.1 103 Early Hints\r\n{ACAO}: {APP}\r\n\r\n"
_CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n"
_CHALLENGE = field("WWW-Authenticate", 'Basic realm="/c/{id}"')

_ODD: dict[str, Answer] = {
    "200 with a body": preflight(_GENEROUS, status=200, body="x" * 5000),
    "nosniff": preflight(_GENEROUS, field("X-Content-Type-Options", "nosniff"), status=200),
    "401+www-auth": preflight(_GENEROUS, _CHALLENGE, status=401),
    "200+www-auth": preflight(_GENEROUS, _CHALLENGE, status=200),
    "early103": preflight(_GENEROUS, early=_EARLY),
    "early100": preflight(_GENEROUS, early=_CONTINUE),
    "early103 twice": preflight(_GENEROUS, early=_EARLY * 2),
    "early103 with ACAO": preflight(allow(methods="*, PUT"), early=_EARLY_ACAO),
    "set-cookie": preflight(_GENEROUS, field("Set-Cookie", "p=1; Path=/c/{id}/")),
    "cache-control": preflight(_GENEROUS, field("Cache-Control", "max-age=600"), status=200),
    "no-store": preflight(_GENEROUS, field("Cache-Control", "no-store"), status=200),
    "corp": preflight(_GENEROUS, field("Cross-Origin-Resource-Policy", "same-origin")),
    "slow": preflight(_GENEROUS, delay=0.3),
    "connection-close": preflight(_GENEROUS, field("Connection", "close"), close=True),
    "gzip-bad": preflight(_GENEROUS, field("Content-Encoding", "gzip"), status=200, body="notgzip"),
    "html": answer(field("Content-Type", "text/html"), _GENEROUS, body="<html>"),
    "trailing body": preflight(_GENEROUS, field("Content-Length", "10"), status=200, close=True),
    "allow instead": preflight(allow(APP, True), field("Allow", "PUT, DELETE")),
    "csp sandbox": preflight(_GENEROUS, field("Content-Security-Policy", "sandbox; default-src 'none'")),
    "location": preflight(_GENEROUS, field("Location", at(API, "r2")), status=200),
}


def oddities() -> Iterator[Case]:
    for (kind, asked), credentials in product(_ODD.items(), _SOME_CREDENTIALS):
        requests = [ask(at(API), method, credentials=credentials) for method in ("PUT", "DELETE")]
        yield case(f"PUT preflight {kind} cred={credentials}", requests, serves(_GOOD, asked))


GROUPS = {
    "method": methods,
    "acam": method_lists,
    "acah": header_lists,
    "pfstatus": statuses_of_preflight,
    "status": statuses,
    "pfodd": oddities,
}
