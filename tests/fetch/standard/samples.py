"""A broad sample of what pages ask and servers answer: products of few values each, most of them unremarkable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any

from corstui.browser import fetch_params
from corstui.fetch.context import FetchParams
from corstui.fetch.initiators import INITIATORS
from tests.fetch.standard.dialogue import Case, place

_WORKED = Path(__file__).parent.parent / "data" / "worked_examples.jsonl"

_ACAO = ("", "ACAO=*", "ACAO=O", "ACAO=null", "ACAO=", "ACAO=O/", "ACAO=HTTPS://APP.TEST", "ACAO=O:443", "ACAO=O, O",
         "ACAO=* | ACAO=*", "ACAO=https://b.test", "ACAO=  O  ", "ACAO=https://*.test")  # fmt: skip
_ACAC = ("", "ACAC=true", "ACAC=True", "ACAC=true | ACAC=true")
_CREDENTIALS = ("omit", "same-origin", "include")
_METHODS = ("GET", "HEAD", "POST", "PUT", "put", "DELETE", "PATCH", "patch", "OPTIONS", "X-Y")
_ACAM = (
    "",
    "ACAM=",
    "ACAM=*",
    "ACAM=PUT",
    "ACAM=put, DELETE",
    "ACAM=GET,,PUT,",
    "ACAM=PATCH | ACAM=PUT",
    "ACAM=PUT POST",
)
_ACAH = ("", "ACAH=", "ACAH=*", "ACAH=x-a", "ACAH=X-A, Authorization", "ACAH=content-type | ACAH=x-b", "ACAH=x-a; b",
         "ACAH=*, x-a, authorization, content-type, range, x-b, if-none-match")  # fmt: skip
_HEADERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("X-A", "1"),),
    (("X-B", "1"), ("x-a", "2")),
    (("Authorization", "t"),),
    (("Content-Type", "application/json"),),
    (("Content-Type", "text/plain;charset=utf-8"),),
    (("Accept", "a/b"),),
    (("Accept", "(a)"),),
    (("Accept-Language", "en_US"),),
    (("Accept-Language", "a" * 129),),
    (("Range", "bytes=-5"),),
    (("If-None-Match", '"e"'),),
    (("Cookie", "a=1"), ("Sec-A", "1"), ("X-HTTP-Method-Override", "TRACE")),
)
_STATUSES = ("200", "204", "206", "299", "300", "304", "400", "401", "403", "404", "405", "429", "500", "503")
_REDIRECTS = ("301", "302", "303", "307", "308")
_GRANTED = "ACAM=* | ACAH=*"
#: Grants everything with credentials, too.
_NAMED = "ACAM=PUT, PATCH, DELETE, OPTIONS | ACAH=x-a, x-b, authorization, content-type, range, if-none-match"


def samples() -> Iterator[Case]:
    """Every case; ``what`` is what it was made of."""
    for family in (
        _checks, _preflight_checks, _methods, _headers, _preflight_statuses, _answers, _chains, _locations, _initiators,
        _modes, _pages, _kept, _cookies, _exposed, _ports, _mixtures, _worked_examples,
    ):  # fmt: skip
        for number, case in enumerate(family(), 1):
            yield Case(
                f"{family.__name__[1:]} {number}: {case.page} {[_asked(ask) for ask in case.asks]} {dict(case.server)}",
                **{name: getattr(case, name) for name in _MEMBERS},
            )


_MEMBERS = ("asks", "server", "page", "page_url", "top_level", "cookies", "local_network", "pause")


def _asked(ask: FetchParams) -> str:
    plain = FetchParams("")
    told = {name: getattr(ask, name) for name in FetchParams.__slots__ if getattr(ask, name) != getattr(plain, name)}
    return ", ".join(f"{name}={value!r}" for name, value in told.items())


def _case(*asks: FetchParams, server: dict[str, str] | None = None, **known: Any) -> Case:
    return Case("", asks, server or {}, **known)


def _ask(url: str = "A", **known: Any) -> FetchParams:
    headers = known.pop("headers", ())
    method = known.get("method", "GET").upper()
    body = "x" if method in ("POST", "PUT") and known.get("initiator", "fetch") in ("fetch", "xhr") else None
    return fetch_params(place(url), headers=headers, **{"body": body, **known})


def _said(status: str, *fields: str) -> str:
    return " | ".join([status, *(field for field in fields if field)])


# one exchange ---------------------------------------------------------------------------------------------------------


def _checks() -> Iterator[Case]:
    for acao, acac, credentials in product(_ACAO, _ACAC, _CREDENTIALS):
        yield _case(_ask(credentials=credentials), server={"A": _said("200", acao, acac)})


def _preflight_checks() -> Iterator[Case]:
    for acao, acac, credentials in product(_ACAO, _ACAC, _CREDENTIALS):
        server = {"preflight A": _said("204", acao, acac, _NAMED), "A": "200 | ACAO=O | ACAC=true"}
        yield _case(_ask(method="PUT", credentials=credentials), server=server)


def _methods() -> Iterator[Case]:
    for method, acam, credentials in product(_METHODS, _ACAM, ("omit", "include")):
        server = {"preflight A": _said("204", "ACAO=O", "ACAC=true", acam), "A": "200 | ACAO=O | ACAC=true"}
        yield _case(_ask(method=method, credentials=credentials), server=server)


def _headers() -> Iterator[Case]:
    for headers, acah, credentials in product(_HEADERS, _ACAH, ("omit", "include")):
        server = {"preflight A": _said("204", "ACAO=O", "ACAC=true", acah), "A": "200 | ACAO=O | ACAC=true"}
        yield _case(_ask(headers=headers, credentials=credentials), server=server)
    for name in ("TRACE", "connect", "a b", ""):
        yield _case(_ask(method=name))
    for name, value in (("a b", "1"), ("X-A", "\n1\n2"), ("X-A", "\u20ac")):
        yield _case(_ask(headers=[(name, value)]))


def _preflight_statuses() -> Iterator[Case]:
    for status, acao, credentials in product(
        (*_STATUSES, *_REDIRECTS), ("", "ACAO=O", "ACAO=null"), ("omit", "include")
    ):
        location = "Location=A/2" if status in _REDIRECTS else ""
        server = {"preflight A": _said(status, acao, "ACAC=true", _NAMED, location), "A": "200 | ACAO=O | ACAC=true"}
        yield _case(_ask(method="PUT", credentials=credentials), server=server)
    yield _case(_ask(method="PUT"), server={"preflight A": "reset"})


def _answers() -> Iterator[Case]:
    for status, acao, method in product((*_STATUSES, *_REDIRECTS), ("", "ACAO=O"), ("GET", "PUT")):
        yield _case(_ask(method=method), server={"preflight A": f"204 | ACAO=O | {_NAMED}", "A": _said(status, acao)})
    yield _case(_ask(), server={"A": "reset"})


# redirects ------------------------------------------------------------------------------------------------------------


def _chains() -> Iterator[Case]:
    ways = (
        ("O/x", "A"), ("A", "A/2"), ("A", "B"), ("A", "O/y"), ("O/x", "O/y"), ("O/x", "A", "B"), ("O/x", "A", "O/y"),
        ("A", "A/2", "A/3"), ("A", "B", "A/2"), ("S", "S/2"), ("S", "A"), ("O/x", "O/y", "A"),
    )  # fmt: skip
    asked: tuple[dict[str, Any], ...] = (
        {},
        {"method": "POST"},
        {"method": "PUT"},
        {"method": "DELETE"},
        {"headers": [("X-A", "1")]},
        {"headers": [("Authorization", "t"), ("X-A", "1")]},
        {"method": "POST", "headers": [("Content-Type", "application/json")]},
        {"credentials": "include"},
        {"mode": "no-cors"},
        {"mode": "same-origin"},
        {"redirect": "manual"},
        {"redirect": "error"},
    )
    for way, ask, status, acao in product(ways, asked, ("302", "307"), ("ACAO=*", "ACAO=echo | ACAC=true")):
        server = {f"preflight {stop}": _said("204", acao, _NAMED) for stop in way}
        server |= {stop: _said(status, acao, f"Location={goal}") for stop, goal in pairwise(way)}
        yield _case(_ask(way[0], **ask), server={**server, way[-1]: _said("200", acao)})


def _locations() -> Iterator[Case]:
    for location, start in product(
        ("A/2", "/2", "?q", "#f", "//b.test/", "http://api.test/", "https://api.test:6000/", "data:,x", "javascript:1",
         "ftp://b.test/", "https://u:p@api.test/", "https://u@app.test/y", "http://", "blob:x"),
        ("A", "O/x"),
    ):  # fmt: skip
        places = ("A/2", "O/2", "A/?q", "O/x?q", "B", "O/y")
        server = dict.fromkeys(places, "200 | ACAO=*")
        yield _case(_ask(start), server={**server, start: f"302 | ACAO=* | Location={location}"})
    loop = {"A": "302 | ACAO=* | Location=A"}
    yield _case(_ask(), server=loop)


# pages, initiators, browsers ------------------------------------------------------------------------------------------


def _initiators() -> Iterator[Case]:
    names = [name for name in INITIATORS if name != "navigation"]
    for name, crossorigin, url, acao in product(
        names, (None, "anonymous", "use-credentials"), ("A", "O/x"), ("", "ACAO=*", "ACAO=O | ACAC=true")
    ):
        yield _case(_ask(url, initiator=name, crossorigin=crossorigin), server={url: _said("200", acao)})
    for listener, method in product((False, True), ("GET", "POST", "PUT")):
        for acam in _ACAM[:4]:
            server = {"preflight A": _said("204", "ACAO=*", acam), "A": "200 | ACAO=*"}
            yield _case(_ask(initiator="xhr", upload_listener=listener, method=method), server=server)


def _modes() -> Iterator[Case]:
    for mode, method, credentials, redirect, url in product(
        ("cors", "no-cors", "same-origin"), ("GET", "POST", "PUT"), _CREDENTIALS, ("follow", "manual"), ("A", "O/x")
    ):
        server = {"preflight A": f"204 | ACAO=O | ACAC=true | {_NAMED}", url: "200 | ACAO=O | ACAC=true"}
        yield _case(_ask(url, mode=mode, method=method, credentials=credentials, redirect=redirect), server=server)
    for policy in ("same-origin", "same-site", "cross-origin", "nonsense"):
        for url in ("A", "S", "O/x"):
            answer = f"200 | Cross-Origin-Resource-Policy={policy}"
            yield _case(_ask(url, mode="no-cors"), server={url: answer})


def _pages() -> Iterator[Case]:
    pages: tuple[dict[str, Any], ...] = (
        {"page": "null"},
        {"page": "null", "page_url": "https://app.test/here"},
        {"page": "http://app.test"},
        {"page": "https://app.test:8443", "page_url": "https://app.test:8443/a/b?q#f"},
        {"page": "https://app.test", "top_level": "https://top.test"},
        {"page": "capacitor://localhost"},
        {"page": "https://faß.test"},
    )
    for page, method, acao, credentials, url in product(
        pages, ("GET", "PUT"), ("ACAO=*", "ACAO=echo", "ACAO=null"), ("omit", "include"), ("A", "H")
    ):
        server = {f"preflight {url}": _said("204", acao, "ACAC=true", _NAMED), url: _said("200", acao, "ACAC=true")}
        yield _case(_ask(url, method=method, credentials=credentials), server=server, **page)
    for policy in ("no-referrer", "origin", "same-origin", "unsafe-url", "strict-origin", "no-referrer-when-downgrade"):
        for mode, method in product(("cors", "no-cors"), ("GET", "POST")):
            ask = _ask(mode=mode, method=method, referrer_policy=policy)
            yield _case(ask, server={"A": "200 | ACAO=*"}, page_url="https://app.test/here")


def _kept() -> Iterator[Case]:
    """Two preflights of one URL, the second of which may be spared."""
    first = _ask(headers=[("X-A", "1")])
    seconds = (
        first,
        _ask("A/?q", headers=[("X-A", "1")]),
        _ask(headers=[("X-A", "2")], cache="no-store"),
        _ask(headers=[("X-B", "1")]),
        _ask(method="PUT"),
        _ask(headers=[("X-A", "1")], credentials="include"),
    )
    for second, age, pause, acah in product(
        seconds,
        ("", "Max-Age=60", "Max-Age=0", "Max-Age=60s"),
        (0.0, 6.0),
        _ACAH[2:4],
    ):
        said = _said("204", "ACAO=O", "ACAC=true", acah, "ACAM=PUT", age)
        server = {
            "preflight A": said,
            "preflight A/?q": said,
            **dict.fromkeys(("A", "A/?q"), "200 | ACAO=O | ACAC=true"),
        }
        yield _case(first, second, server=server, pause=pause)
        yield _case(second, first, server=server, pause=pause)


def _cookies() -> Iterator[Case]:
    for attributes, url, credentials in product(
        ("", "; SameSite=None; Secure", "; SameSite=Lax", "; Domain=app.test"), ("A", "S", "O/x"), _CREDENTIALS
    ):
        ask = _ask(url, credentials=credentials)
        server = {url: f"200 | ACAO=O | ACAC=true | Set-Cookie=a=1{attributes}"}
        yield _case(ask, ask, server=server)


def _exposed() -> Iterator[Case]:
    for aceh, credentials, url in product(
        ("", "ACEH=*", "ACEH=x-a, ETag", "ACEH=x-a, *", "ACEH=x a", "ACEH=set-cookie", "ACEH=x-a | ACEH=etag"),
        _CREDENTIALS,
        ("A", "O/x"),
    ):
        told = "X-A=1 | ETag=e | Content-Type=a/b | Set-Cookie=q=1 | Accept=x"
        yield _case(_ask(url, credentials=credentials), server={url: _said("200", "ACAO=O", "ACAC=true", aceh, told)})


def _ports() -> Iterator[Case]:
    for port in (1, 22, 80, 443, 4190, 6000, 6679, 8080, 10080):
        yield _case(_ask(f"https://api.test:{port}/"), server={f"https://api.test:{port}/": "200 | ACAO=*"})


# everything at once ---------------------------------------------------------------------------------------------------


def _mixtures(count: int = 300) -> Iterator[Case]:
    """Always the same draws from all of the above together."""
    random = Random(22)
    for _ in range(count):
        credentials = random.choice(_CREDENTIALS)
        ask = _ask(
            random.choice(("A", "S", "O/x")),
            method=random.choice(_METHODS),
            headers=[pair for headers in random.sample(_HEADERS, 2) for pair in headers],
            credentials=credentials,
        )
        server = {}
        for stop in ("A", "B", "S", "O/x"):
            fields = (random.choice(_ACAO[:4] * 3 + _ACAO), random.choice((*_ACAC, "ACAC=true", "ACAC=true")))
            lists = random.choice((_NAMED, _GRANTED, *map(" | ".join, product(_ACAM[1:], _ACAH[1:]))))
            server[f"preflight {stop}"] = _said(random.choice(("204", "200", *_STATUSES)), *fields, lists)
            moves = random.random() < 0.3
            goal = f"Location={random.choice(('A', 'B', 'S', 'B/2', 'O/x'))}" if moves else ""
            server[stop] = _said(random.choice(_REDIRECTS if moves else _STATUSES), *fields, goal)
        yield _case(ask, server=server)


def _worked_examples() -> Iterator[Case]:
    for line in _WORKED.read_text("utf-8").splitlines():
        example = json.loads(line)
        asked = example["req"]
        hops = example.get("hops") or [
            {"url": "A", "pre": example["pre"], **(example["act"] or {"status": 599, "h": []})}
        ]
        server = {}
        for hop in hops:
            server[hop["url"]] = _written(hop)
            if hop.get("pre"):
                server["preflight " + hop["url"]] = _written(hop["pre"])
        ask = fetch_params(
            place("A"),
            method=asked["method"],
            headers=[(name, value) for name, value in asked.get("h", [])],
            credentials=asked.get("creds", "same-origin"),
            redirect=asked.get("redirect", "follow"),
            initiator="xhr" if asked.get("xhr") else "fetch",
            upload_listener=asked.get("upload_listener", False),
            body=b"x" if asked.get("upload_listener") else None,
        )
        asks = (ask,) * asked.get("repeat", 1)
        yield Case("", asks, server, page=example.get("origin", "https://app.test"))


def _written(answer: dict[str, Any]) -> str:
    return _said(str(answer["status"]), *(f"{name}={value}" for name, value in answer["h"]))
