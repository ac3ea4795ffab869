"""The preflight cache and, a little, the HTTP cache."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.browsers.cases.build import (
    API,
    API_TLS,
    APP,
    APP_OTHER_PORT,
    AUTHORIZATION,
    JSON,
    MAX_AGE,
    OTHER,
    SUB,
    SUB_API,
    X_A,
    Answer,
    Case,
    Script,
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
from tests.browsers.cases.media import SVG
from tests.browsers.cases.spellings import MAX_AGES

_GOOD = text(allow(APP, True))
_LISTS = allow(APP, True, "PUT, DELETE", "X-A, X-B")
_KEPT = preflight(_LISTS, field(MAX_AGE, "600"))
_PUT: dict[str, Any] = {"method": "PUT"}
_GET_X_A: dict[str, Any] = {"headers": X_A}


def ages() -> Iterator[Case]:
    for (label, values), (kind, members) in product(MAX_AGES.items(), {"PUT": _PUT, "GET+X-A": _GET_X_A}.items()):
        server = serves(_GOOD, preflight(_LISTS, field(MAX_AGE, *values)))
        requests = [ask(at(API), **members)] * 2
        yield case(f"{kind} max-age={label}, again at once", requests, server)
    # An answer that lasts a second or so, seen from before and after its end.
    for label, waits in (("1", (300,)), ("1", (1600,)), ("2", (1000, 1600)), ("absent", (1500,)), ("absent", (5600,))):
        server = serves(_GOOD, preflight(_LISTS, field(MAX_AGE, *MAX_AGES.get(label, (label,)))))
        requests = [ask(at(API), "PUT"), *(ask(at(API), "PUT", wait=wait) for wait in waits)]
        yield case(f"PUT max-age={label}, again after {waits} ms", requests, server)


#: A preflight is cached by the first request; does it serve the second, and is the third served by what is cached then?
_AFTER_PUT: dict[str, dict[str, Any]] = {
    "the same": {}, "other listed method": {"method": "DELETE"}, "unlisted method": {"method": "PATCH"},
    "listed method in lower case": {"method": "delete"}, "adds listed header": _GET_X_A | _PUT,
    "adds unlisted header": {"headers": [["X-C", "1"]]},
    "adds both listed headers": {"headers": [["X-A", "1"], ["X-B", "1"]]},
    "adds Authorization": {"headers": AUTHORIZATION}, "adds a safelisted header": {"headers": [["Accept", "a/b"]]},
    "adds a body": {"body": "x"}, "json body": {"headers": JSON, "body": "{}"}, "a simple request": {"method": "GET"},
    "POST": {"method": "POST", "body": "x"}, "HEAD with listed header": {"method": "HEAD", "headers": X_A},
    "query": {"url": at(API) + "?x"}, "empty query": {"url": at(API) + "?"}, "fragment": {"url": at(API) + "#f"},
    "path": {"url": at(API, "s")}, "path in percent": {"url": at(API, "%72")}, "host": {"url": at(SUB_API)},
    "port": {"url": at("http://api.test:23082")}, "scheme": {"url": at(API_TLS)},
    "host in upper case": {"url": at("http://API.test:23081")}, "via xhr": {"via": "xhr"},
    "no-store": {"cache": "no-store"}, "reload": {"cache": "reload"}, "no-cache": {"cache": "no-cache"},
    "force-cache": {"cache": "force-cache"}, "keepalive": {"keepalive": True},
    "no-referrer": {"referrerPolicy": "no-referrer"}, "redirect error": {"redirect": "error"},
    "mode no-cors": {"mode": "no-cors", "method": "GET"}, "a sandboxed frame": {"frame": "sandbox"},
    "a data frame": {"frame": "data"}, "a blob frame": {"frame": "blob"}, "a same-site frame": {"frame": SUB},
    "a cross-site frame": {"frame": OTHER},
}  # fmt: skip

_AFTER_X_A: dict[str, dict[str, Any]] = {
    "another value": {"headers": [["X-A", "2"]]}, "without it": {"headers": None},
    "another listed": {"headers": [["X-B", "1"]]}, "another, unlisted": {"headers": [["X-C", "1"]]},
    "two": {"headers": [["X-A", "1"], ["X-B", "1"]]}, "other spelling": {"headers": [["x-a", "1"]]},
    "POST": {"method": "POST", "body": "x"}, "HEAD": {"method": "HEAD"}, "PUT": {"method": "PUT"},
    "Authorization": {"headers": AUTHORIZATION},
}  # fmt: skip


def keys() -> Iterator[Case]:
    for what, members in _AFTER_PUT.items():
        anyone = preflight(allow("*", True, "PUT, DELETE", "X-A, X-B", "600"))
        framed = "frame" in members
        served, asked = (text(allow("*", True)), anyone) if framed else (_GOOD, _KEPT)
        later = ask(**({"url": at(API)} | _PUT | members))
        yield case(
            f"PUT, then twice: {what}", [ask(at(API), "PUT"), later, later], {"OPTIONS *": [asked], "* *": [served]}
        )
    for what, members in _AFTER_X_A.items():
        later = ask(at(API), **(_GET_X_A | members))
        yield case(f"GET+X-A, then twice: {what}", [ask(at(API), headers=X_A), later, later], serves(_GOOD, _KEPT))
    modes = ("omit", "same-origin", "include")
    for first, second, kept in product(modes, modes, (_KEPT, preflight(allow("*", max_age="600", methods="*")))):
        if first != second:
            requests = [ask(at(API), "PUT", credentials=mode) for mode in (first, second, second)]
            how = "exact" if kept is _KEPT else "*"
            yield case(f"{first} then {second}, acao={how}", requests, serves(_GOOD, kept))
    for how in ("no-store", "reload", "no-cache", "force-cache"):
        requests = [ask(at(API), "PUT", cache=how), ask(at(API), "PUT"), ask(at(API), "PUT")]
        yield case(f"first with cache={how}", requests, serves(_GOOD, _KEPT))
    yield from _stars()
    yield from _histories()


def _stars() -> Iterator[Case]:
    """Whether ``*`` from the cache lets another method or header pass."""
    star = preflight(allow(APP, methods="*", headers="*", max_age="600"))
    named = preflight(allow(APP, methods="*, PUT", headers="*, X-A, Authorization", max_age="600"))
    for (kind, asked), first, second in product(
        {"*": star, "* and names": named}.items(),
        (_PUT, _GET_X_A),
        (_PUT, {"method": "FOO"}, {"headers": [["X-Z", "1"]]}, {"headers": AUTHORIZATION}, _GET_X_A),
    ):
        requests = [ask(at(API), **members) for members in (first, second, second)]
        yield case(f"{kind}: {first} then {second}", requests, serves(_GOOD, asked))


def _histories() -> Iterator[Case]:
    """Preflights that differ from time to time, and what a failure leaves in the cache."""
    narrow = preflight(allow(APP, True, "PUT", max_age="600"))
    other = preflight(allow(APP, True, "DELETE", max_age="600"))
    wrong, brief = preflight(allow(OTHER, True, "PUT", max_age="600")), preflight(allow(APP, True, "PUT", max_age="0"))
    put, delete = ask(at(API), "PUT"), ask(at(API), "DELETE")
    json_post = ask(at(API), "POST", headers=JSON, body="{}")
    with_header = ask(at(API), headers=X_A)
    broken, fine = text(), _GOOD
    onward = answer(allow(APP, True), field("Location", "s"), status=307)
    histories: dict[str, tuple[list[Any], list[Answer], list[Answer]]] = {
        "another answer for another method": ([put, delete, put, delete], [narrow, other, narrow], [fine]),
        "not to be kept, then kept": ([put, put, put], [brief, narrow], [fine]),
        "kept, then not to be kept": ([put, delete, put], [narrow, brief], [fine]),
        "wrong origin first": ([put, put, put], [wrong, narrow], [fine]),
        "404 first": ([put, put, put], [preflight(_LISTS, status=404), narrow], [fine]),
        "method refused, then a listed one": ([delete, put, put], [narrow], [fine]),
        "header refused, then a listed one": ([json_post, with_header, with_header], [_KEPT], [fine]),
        "response fails the check, then again": ([put, put, put], [_KEPT], [broken, fine]),
        "response is a 500, then again": ([put, put, put], [_KEPT], [text(allow(APP, True), status=500), fine]),
        "connection breaks, then again": ([put, put], [_KEPT], [{"abort": True}, fine]),
        "response redirects, then again": ([put, put], [_KEPT], [onward, fine]),
        "GET, POST, HEAD with one header": (
            [ask(at(API), method, headers=X_A) for method in ("GET", "POST", "HEAD", "GET")],
            [preflight(allow(APP, True, headers="X-A", max_age="600"))],
            [fine],
        ),
    }  # fmt: skip
    for what, (requests, asked, answers) in histories.items():
        yield case(what, requests, {"OPTIONS *": asked, "* *": answers})
    clearing = text(allow(APP, True), field("Clear-Site-Data", '"cache"'))
    requests = [ask(at(API_TLS), "PUT"), ask(at(API_TLS, "x")), ask(at(API_TLS), "PUT")]
    yield case("Clear-Site-Data cache between", requests, serves(_GOOD, _KEPT) | {"GET /x": [clearing]})


def parallel() -> Iterator[Case]:
    slow = preflight(_LISTS, field(MAX_AGE, "600"), delay=0.3)
    put, delete, get = ask(at(API), "PUT"), ask(at(API), "DELETE"), ask(at(API), headers=X_A)
    together = {
        "same PUT x3": [put] * 3,
        "PUT + DELETE": [put, delete],
        "PUT on two paths": [put, ask(at(API, "s"), "PUT")],
        "PUT include + omit": [ask(at(API), "PUT", credentials=mode) for mode in ("include", "omit")],
        "GET+X-A x2": [get] * 2,
        "same GET x3": [ask(at(API))] * 3,
    }
    for what, requests in together.items():
        yield case(what, requests, {"OPTIONS *": [slow], "* *": [_GOOD]}, parallel=True)


def modes() -> Iterator[Case]:
    """fetch()'s cache modes, on the preflight and on what is sent to the server."""
    server = serves(text(allow(APP)), preflight(allow(APP, methods="*", headers="*")))
    kinds: dict[str, dict[str, Any]] = {"GET": {}, "PUT": _PUT, "GET+X-A": _GET_X_A}
    for mode, (kind, members) in product(("default", "no-store", "reload", "no-cache", "force-cache"), kinds.items()):
        yield case(f"{kind} cache={mode}", ask(at(API), cache=mode, **members), server)
    for host in (API, APP):
        yield case(f"only-if-cached {host}", ask(at(host), cache="only-if-cached"), server)
        request = ask(at(host), cache="only-if-cached", mode="same-origin")
        yield case(f"only-if-cached, same-origin {host}", request, server)


def capacity() -> Iterator[Case]:
    server: Script = {"OPTIONS *": [preflight(allow(APP, methods="PUT", max_age="600"))], "* *": [answer(allow(APP))]}
    for others in (50, 98, 99, 100, 101, 150, 500):
        requests = [ask(at(API), "PUT"), *(ask(at(API, f"x{n}"), "PUT") for n in range(others)), ask(at(API), "PUT")]
        yield case(f"PUT, {others} other URLs, PUT again", requests, server)


def http_cache() -> Iterator[Case]:
    keep, vary = field("Cache-Control", "max-age=600"), field("Vary", "Origin")
    closed, opened = text(keep, body="no-acao"), text(keep, allow(APP), body="with-acao")
    public = text(keep, allow("*"), body="with-acao")
    get, opaque = ask(at(API)), ask(at(API), mode="no-cors")
    include, omit = ask(at(API), credentials="include"), ask(at(API), credentials="omit")
    image = answer(field("Content-Type", "image/svg+xml"), keep, body=SVG)
    shown, framed = ask(at(API), via="img"), ask(at(API), frame=SUB)
    etag = field("ETag", '"1"') + field("Cache-Control", "no-cache")
    first, first_closed = text(etag, allow(APP), body="first"), text(etag, body="first")
    histories: dict[str, tuple[list[Any], list[Answer]]] = {
        "no-cors then cors": ([opaque, get], [closed, opened]),
        "no-cors then cors, Vary": ([opaque, get], [text(keep, vary, body="no-acao"), text(keep, vary, allow(APP))]),
        "no-cors then cors, ACAO=* always": ([opaque, get], [public]),
        "img then fetch": ([shown, get], [image, opened]),
        "img then img crossorigin": ([shown, ask(at(API), via="img", crossorigin="")], [image]),
        "omit then include": ([omit, include], [opened, text(keep, allow(APP, True))]),
        "include then omit": ([include, omit], [text(keep, allow(APP, True)), opened]),
        "from app, then from a same-site frame": ([get, framed], [opened, text(keep, allow(SUB))]),
        "from app, then from a same-site frame, Vary": (
            [get, framed], [text(keep, vary, allow(APP)), text(keep, vary, allow(SUB))]),
        "from app, then from a cross-site frame": (
            [get, ask(at(API), frame=OTHER)], [opened, text(keep, allow(OTHER))]),
        "a CORS failure, then the server is fixed": ([get, get], [closed, opened]),
        "a CORS failure, then reload": ([get, ask(at(API), cache="reload"), get], [closed, opened]),
        "304 with no ACAO after a good 200": ([get] * 3, [first, answer(etag, status=304)]),
        "304 with another ACAO after a good 200": ([get] * 3, [first, answer(etag, allow(OTHER), status=304)]),
        "304 with exact ACAO after a good 200": ([get] * 3, [first, answer(etag, allow(APP), status=304)]),
        "304 with exact ACAO after a 200 without": ([get] * 2, [first_closed, answer(etag, allow(APP), status=304)]),
        "cached, then no-store": ([get, ask(at(API), cache="no-store")], [opened, closed]),
        "cached, then with a header": ([get, ask(at(API), headers=[["Accept", "a/b"]])], [opened, closed]),
    }  # fmt: skip
    for what, (requests, answers) in histories.items():
        yield case(what, requests, {"* /r": answers})
    moved = answer(allow("*"), keep, field("Location", at(OTHER, "t")), status=301)
    request = ask(at(API, "h"))
    yield case("301 cached cross>other, then again", [request] * 2, {"* /h": [moved], "* /t": [text(allow("*"))]})
    for port, what in ((APP_OTHER_PORT, "port"), (API, "host")):
        requests = [ask(at(API)), ask(at(port) + "?x")]
        yield case(f"another URL by {what}", requests, {"* /r": [opened, closed]})


GROUPS = {
    "maxage": ages,
    "pfkey": keys,
    "parallel": parallel,
    "cachemode": modes,
    "pfcap": capacity,
    "httpcache": http_cache,
}
