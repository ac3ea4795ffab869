"""The bytes of responses, well-formed and not, and whole request heads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.browsers.cases.build import (
    ACAO,
    API,
    API_TLS,
    APP,
    APP_TLS,
    AUTHORIZATION,
    CHAINS,
    JSON,
    SUB,
    X_A,
    Case,
    allow,
    answer,
    ask,
    at,
    case,
    chain,
    field,
    preflight,
    raw,
    serves,
    text,
)
from tests.browsers.cases.initiators import ELEMENTS

_OK = "HTTP/1.1 200 OK"
_ANY = f"{ACAO}: *"


def _first(line: str) -> tuple[str, ...]:
    return (line, _ANY)


#: The lines of the head, the empty one left out; the body is ``ok`` unless it matters.
_FRAMINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "cl-long": ((_OK, _ANY, "Content-Length: 10"), "ok"),
    "cl-short": ((_OK, _ANY, "Content-Length: 1"), "ok"),
    "cl-dup": ((_OK, _ANY, "Content-Length: 2", "Content-Length: 2"), "ok"),
    "cl-junk": ((_OK, _ANY, "Content-Length: x"), "ok"),
    "cl-negative": ((_OK, _ANY, "Content-Length: -1"), "ok"),
    "cl-plus": ((_OK, _ANY, "Content-Length: +2"), "ok"),
    "cl-list": ((_OK, _ANY, "Content-Length: 2, 2"), "ok"),
    "cl-differ": ((_OK, _ANY, "Content-Length: 2", "Content-Length: 1"), "ok"),
    "cl-and-chunked": ((_OK, _ANY, "Content-Length: 9", "Transfer-Encoding: chunked"), "2\r\nok\r\n0\r\n\r\n"),
    "no-length": ((_OK, _ANY), "ok"),
    "chunked": ((_OK, _ANY, "Transfer-Encoding: chunked"), "2\r\nok\r\n0\r\n\r\n"),
    "chunk-trunc": ((_OK, _ANY, "Transfer-Encoding: chunked"), "2\r\nok\r\n"),
    "chunk-bad": ((_OK, _ANY, "Transfer-Encoding: chunked"), "zz\r\nok\r\n0\r\n\r\n"),
    "chunk-extension": ((_OK, _ANY, "Transfer-Encoding: chunked"), "2;x=y\r\nok\r\n0\r\n\r\n"),
    "chunk-trailer-acao": ((_OK, "Transfer-Encoding: chunked", f"Trailer: {ACAO}"), f"2\r\nok\r\n0\r\n{_ANY}\r\n\r\n"),
    "te-gzip": ((_OK, _ANY, "Transfer-Encoding: gzip"), "ok"),
    "ce-gzip-bad": ((_OK, _ANY, "Content-Encoding: gzip"), "notgzip"),
    "ce-unknown": ((_OK, _ANY, "Content-Encoding: foo"), "ok"),
    "http10": (_first("HTTP/1.0 200 OK"), "ok"),
    "http2": (_first("HTTP/2 200 OK"), "ok"),
    "http12": (_first("HTTP/1.2 200 OK"), "ok"),
    "no-reason": (_first("HTTP/1.1 200"), "ok"),
    "long-reason": (_first("HTTP/1.1 200 " + "x" * 500), "ok"),
    "latin-reason": (_first("HTTP/1.1 200 \xe9"), "ok"),
    "1000": (_first("HTTP/1.1 1000 X"), "ok"),
    "099": (_first("HTTP/1.1 099 X"), "ok"),
    "20": (_first("HTTP/1.1 20 X"), "ok"),
    "200OK": (_first("HTTP/1.1 200OK"), "ok"),
    "lower": (_first("http/1.1 200 OK"), "ok"),
    "two-spaces": (_first("HTTP/1.1  200 OK"), "ok"),
    "junk-first": (_first("\r\nHTTP/1.1 200 OK"), "ok"),
    "icy": (_first("ICY 200 OK"), "ok"),
    "101": (_first("HTTP/1.1 101 Switching Protocols"), "ok"),
    "204-body": (_first("HTTP/1.1 204 No"), "ok"),
    "205-body": ((*_first("HTTP/1.1 205 Reset"), "Content-Length: 2"), "ok"),
    "304-body": (_first("HTTP/1.1 304 Not"), "ok"),
    "103-then-200": (("HTTP/1.1 103 Early Hints", _ANY, "", _OK, "Content-Length: 2"), "ok"),
    "100-then-200": (("HTTP/1.1 100 Continue", "", _OK, _ANY, "Content-Length: 2"), "ok"),
    "ws-before-name": ((_OK, f" {_ANY}"), "ok"),
}


def framings() -> Iterator[Case]:
    for what, (lines, body) in _FRAMINGS.items():
        yield case(f"GET {what}", ask(at(API)), serves(raw(*lines, body=body)))
    for what, bytes_ in {"empty": "", "only-crlf": "\r\n\r\n", "no-blank-line": f"{_OK}\r\n{_ANY}\r\n"}.items():
        yield case(f"GET {what}", ask(at(API)), serves({"raw": bytes_}))
    for what in ("cl-long", "no-length", "chunked", "http10", "204-body", "103-then-200"):
        lines, body = _FRAMINGS[what]
        request = ask(at(API), mode="no-cors")
        yield case(f"no-cors {what}", request, serves(raw(*lines, body=body)))


_LINES: dict[str, tuple[str, ...]] = {
    "lower-name": (f"{ACAO.lower()}: *",), "upper-name": (f"{ACAO.upper()}: *",),
    "odd-name": (f"{ACAO.swapcase()}: *",), "underscores": ("Access_Control_Allow_Origin: *",),
    "space-before-colon": (f"{ACAO} : *",), "tab-before-colon": (f"{ACAO}\t: *",), "no-space": (f"{ACAO}:*",),
    "many-space": (f"{ACAO}:   \t *  \t",), "fold": (f"{ACAO}:", " *"), "fold2": ("X-A: 1", f" {_ANY}"),
    "fold-exact": (f"{ACAO}:", f"\t{APP}"), "fold-after": (f"{ACAO}: {APP}", " "),
    "fold-mid": (f"{ACAO}: http://app.", " test:23080"), "mixed-dup": (f"{ACAO.lower()}: {APP}", f"{ACAO}: {APP}"),
    "nul": (f"{_ANY}\x00",), "nul-other": ("X-A: a\x00b", _ANY), "nul-name": ("X\x00A: b", _ANY),
    "ctl-other": ("X-A: a\x01b", _ANY), "bare-cr": (f"X-A: 1\r{_ANY}",), "bare-cr-end": (f"{_ANY}\r",),
    "bare-lf": (f"X-A: 1\n{_ANY}",), "bare-lf-end": (f"{_ANY}\nX-A: 1",), "del": (f"{_ANY}\x7f",),
    "vt": (f"{_ANY}\x0b",), "ff": (f"{_ANY}\x0c",), "nbsp": (f"{_ANY}\xa0",), "x85": (f"{_ANY}\x85",),
    "bom": (f"{ACAO}: \xef\xbb\xbf*",), "ctl1": (f"{ACAO}: \x01*",), "esc": (f"{_ANY}\x1b",),
    "empty-name": (": x", _ANY), "no-colon": ("garbage", _ANY), "space-name": ("X A: 1", _ANY),
    "at-name": ("X@A: 1", _ANY), "latin-name": ("X\xe9: 1", _ANY), "latin-value": ("X-A: \xe9", _ANY),
    "long": ("X-A: " + "a" * 20_000, _ANY), "long-value-100k": ("X-A: " + "a" * 100_000, _ANY),
    "many-headers": (*(f"X-{number}: 1" for number in range(200)), _ANY), "exact-nbsp": (f"{ACAO}: {APP}\xa0",),
    "exact-tab": (f"{ACAO}: {APP}\t",), "equals": (f"{ACAO}= *",), "comment": (f"{_ANY} (all)",),
}  # fmt: skip


def header_lines() -> Iterator[Case]:
    ending = ("Content-Length: 2", "Connection: close")
    for what, lines in _LINES.items():
        yield case(f"GET {what}", ask(at(API)), serves(raw(_OK, *lines, *ending)))
        asked = raw(_OK, *lines, "Access-Control-Allow-Methods: PUT", *ending)
        yield case(f"PUT preflight {what}", ask(at(API), "PUT"), serves(text(allow("*")), asked))


_LISTS = allow(APP, True, "PUT, DELETE, PATCH", "content-type, x-a, authorization")
_SENT: dict[str, dict[str, Any]] = {
    "GET": {}, "GET include": {"credentials": "include"}, "GET omit": {"credentials": "omit"},
    "HEAD": {"method": "HEAD"}, "POST": {"method": "POST", "body": "x"},
    "POST json": {"method": "POST", "headers": JSON, "body": "{}"},
    "POST form": {"method": "POST", "body": {"form": [["a", "b"]]}},
    "POST multipart": {"method": "POST", "body": {"multipart": [["a", "b"]]}}, "POST empty": {"method": "POST"},
    "PUT": {"method": "PUT", "body": "x"}, "DELETE": {"method": "DELETE"},
    "PATCH json": {"method": "PATCH", "headers": JSON, "body": "{}"}, "GET X-A": {"headers": X_A},
    "GET Authorization": {"headers": AUTHORIZATION}, "no-cors GET": {"mode": "no-cors"},
    "no-cors POST": {"mode": "no-cors", "method": "POST", "body": "x"}, "GET keepalive": {"keepalive": True},
    "GET priority high": {"priority": "high"}, "GET priority low": {"priority": "low"},
    "GET no-store": {"cache": "no-store"}, "GET no-cache": {"cache": "no-cache"},
    "PUT reload": {"cache": "reload", "method": "PUT", "body": "x"},
    "GET own Accept": {"headers": [["Accept", "application/json"], ["Accept-Language", "de"]]},
    "GET no-referrer": {"referrerPolicy": "no-referrer"}, "xhr GET": {"via": "xhr"},
    "xhr PUT": {"via": "xhr", "method": "PUT", "body": "x"},
    "xhr POST include": {"via": "xhr", "method": "POST", "credentials": "include", "body": "x"},
    "beacon": {"via": "beacon", "body": "x"},
    "beacon json": {"via": "beacon", "body": {"blob": "application/json", "data": "{}"}},
}  # fmt: skip


_ALLOWING = serves(text(_LISTS), preflight(_LISTS))


def heads() -> Iterator[Case]:
    """All headers of the requests are recorded here, in their order."""
    yield from _heads_of_scripts()
    yield from _heads_along_redirects()
    yield from _heads_by_page()
    yield from _heads_of_elements()


def _heads_of_scripts() -> Iterator[Case]:
    for (where, host), (what, members) in product(
        {"cross": API, "same-origin": APP, "https": API_TLS}.items(), _SENT.items()
    ):
        if where == "cross" or members.get("method") in (None, "POST", "PUT"):
            yield case(f"{where} {what}", ask(at(host), **members), _ALLOWING)
    stream = serves(answer(field("Content-Type", "text/event-stream"), _LISTS, body="data: hi\n\n"))
    for host in (API, APP):
        yield case(f"eventsource {host}", ask(at(host), via="eventsource"), stream)


def _heads_along_redirects() -> Iterator[Case]:
    asked = [allow("*", methods="*", headers="*, Authorization")]
    routes: tuple[tuple[str, int, dict[str, Any]], ...] = (
        *(("cross>other", 302, {}), ("cross>other", 307, _SENT["PUT"]), ("cross>other", 302, _SENT["POST json"])),
        *(("same>cross", 303, _SENT["PUT"]), ("cross>back", 302, {}), ("same>cross", 302, _SENT["GET Authorization"])),
    )
    for route, status, members in routes:
        server = chain(CHAINS[route], status, hop=allow("*"), final=text(allow("*")), preflights=asked)
        what = f"redirect {members.get('method', 'GET')} {status} {route}"
        yield case(what, ask(at(CHAINS[route][0], "h0"), **members), server)


def _heads_by_page() -> Iterator[Case]:
    anyone = serves(text(allow("*")), preflight(allow("*", methods="PUT")))
    for frame in ("sandbox", "data", "blob"):
        own = APP if frame == "blob" else "null"
        for method in ("GET", "PUT"):
            yield case(f"{frame} frame {method}", ask(at(API), method), anyone, origin=own, top=APP, frame=frame)
    pages = (APP_TLS, "https://std.test", "http://std.test", "http://localhost:23080", SUB)
    for origin, method in product(pages, ("GET", "PUT")):
        target = API_TLS if origin.startswith("https") else API
        body = "x" if method == "PUT" else None
        yield case(f"cross {method} from {origin}", ask(at(target), method, body=body), anyone, origin=origin)


def _heads_of_elements() -> Iterator[Case]:
    for name in ("img", "script", "module", "css", "video", "track", "font", "preload", "modulepreload"):
        element = ELEMENTS[name]
        for crossorigin, (where, host) in product((None, "anonymous"), {"cross": API, "same": APP}.items()):
            if crossorigin in element.crossorigin:
                request = ask(at(host), **element.members, crossorigin=crossorigin)
                yield case(f"{name} crossorigin={crossorigin} {where}", request, serves(element.answer(_LISTS)))
    worker = answer(field("Content-Type", "text/javascript"), allow("*"), body="postMessage('hi')")
    for host in (API, APP):
        yield case(f"worker {host}", ask(at(host), via="worker"), serves(worker))
    for enctype in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        request = ask(at(API), "POST", via="form", enctype=enctype, fields=[["a", "b"]])
        yield case(f"form POST {enctype} cross into iframe", request, _ALLOWING)


def challenges() -> Iterator[Case]:
    """A login dialog may open and stay."""
    good, challenge = allow(APP, True), field("WWW-Authenticate", 'Basic realm="/c/{id}"')
    asked = preflight(good, allow(methods="PUT"))
    for host, credentials, method in product((API, SUB, APP), ("omit", "same-origin", "include"), ("GET", "PUT")):
        server = serves(text(good, challenge, status=401), asked)
        what = f"401 basic {host} cred={credentials} {method}"
        yield case(what, ask(at(host), method, credentials=credentials), server)
    for acao in (APP, None):
        yield case(f"401 without challenge acao={acao}", ask(at(API)), serves(text(allow(acao), status=401)))


GROUPS = {"frame1": framings, "hdrchars": header_lines, "canon": heads, "auth": challenges}
