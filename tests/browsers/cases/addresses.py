"""Where requests come from and go to: origins, opaque ones, frames, schemes, ports, secure pages, referrers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    ACAO,
    API,
    API_TLS,
    APP,
    APP_TLS,
    CHAINS,
    CREDENTIALS,
    OTHER,
    OTHER_TLS,
    SUB,
    SUB_TLS,
    Case,
    Headers,
    Script,
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
from tests.browsers.cases.media import SVG
from tests.browsers.cases.spellings import OPAQUE_ORIGINS


def _both(said: Headers) -> Script:
    return serves(text(said), preflight(said, allow(methods="PUT")))


def opaque() -> Iterator[Case]:
    for frame, acao, credentials, acac, method in product(
        ("sandbox", "data"), OPAQUE_ORIGINS, CREDENTIALS, (False, True), ("GET", "PUT")
    ):
        if method == "PUT" and (frame == "data" or credentials == "omit"):
            continue
        said = field(ACAO, *OPAQUE_ORIGINS[acao]) + allow(credentials=acac)
        what = f"{frame} {method} acao={acao} cred={credentials} acac={acac}"
        yield case(
            what, ask(at(API), method, credentials=credentials), _both(said), origin="null", top=APP, frame=frame
        )
    for frame, mode, acao in product(
        ("sandbox", "data", "blob"), ("cors", "same-origin", "no-cors"), ("absent", "null", "exact-app", "*")
    ):
        said = field(ACAO, *OPAQUE_ORIGINS[acao])
        what = f"{frame} to the embedding origin, mode={mode} acao={acao}"
        own = APP if frame == "blob" else "null"
        yield case(what, ask(at(APP), mode=mode), serves(text(said)), origin=own, top=APP, frame=frame)
    for (route, hosts), status in product(CHAINS.items(), (302, 307)):
        said = allow("null")
        server = chain(hosts, status, hop=said, final=text(said), preflights=[said + allow(methods="PUT")])
        request = ask(at(hosts[0], "h0"))
        what = f"sandbox redirect {route} {status} acao=null"
        yield case(what, request, server, origin="null", top=APP, frame="sandbox")


def frames() -> Iterator[Case]:
    for frame, acao, method in product((SUB, OTHER, "blob"), ("exact", "app", "*", "absent"), ("GET", "PUT")):
        origin = APP if frame == "blob" else frame
        said = allow({"exact": origin, "app": APP, "*": "*", "absent": None}[acao])
        what = f"iframe {frame} {method} acao={acao}"
        yield case(what, ask(at(API), method), _both(said), origin=origin, top=APP, frame=frame)
    for frame, target in product((SUB, OTHER), (APP, SUB, OTHER)):
        yield case(
            f"iframe {frame} to {target}", ask(at(target)), _both(allow(frame)), origin=frame, top=APP, frame=frame
        )


#: Pages, where they ask, and how the server may spell their origin.
_PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "http://std.test": (
        "http://stdapi.test",
        {"port80": "http://std.test:80", "slash": "http://std.test/", "443": "http://std.test:443"}
        | {"upper": "http://STD.TEST", "dot": "http://std.test.", "https": "https://std.test"},
    ),
    "https://std.test": (
        API_TLS,
        {"port443": "https://std.test:443", "http": "http://std.test", "slash": "https://std.test/"}
        | {"port80": "https://std.test:80"},
    ),
    APP_TLS: (
        API_TLS,
        {
            "http": "http://app.test:23443",
            "no-port": "https://app.test",
            "other-port": "https://app.test:443",
            "app": APP,
        },
    ),
    "http://xn--bcher-kva.test:23080": (
        API,
        {"unicode": "http://b\xfccher.test:23080", "utf-8": "http://b\xc3\xbccher.test:23080"}
        | {"upper": "http://XN--BCHER-KVA.test:23080", "percent": "http://b%C3%BCcher.test:23080"},
    ),
    "http://localhost:23080": (
        API,
        {"127": "http://127.0.0.1:23080", "dot": "http://localhost.:23080", "no-port": "http://localhost"},
    ),
    "http://127.0.0.1:23080": (
        API,
        {"localhost": "http://localhost:23080", "short": "http://127.1:23080", "zero": "http://127.000.000.001:23080"}
        | {"hex": "http://0x7f000001:23080"},
    ),
    "http://[::1]:23080": (
        API,
        {"expanded": "http://[0:0:0:0:0:0:0:1]:23080", "no-brackets": "http://::1:23080", "zero": "http://[0::1]:23080"}
        | {"mapped": "http://[::ffff:127.0.0.1]:23080"},
    ),
    SUB: (API, {"parent": APP, "glob": "http://*.app.test:23080", "sibling": "http://sub2.app.test:23080"}),
    "http://app.test:23081": (API, {"other-port": APP, "no-port": "http://app.test"}),
}


def origins() -> Iterator[Case]:
    for origin, (target, spellings) in _PAGES.items():
        for label, acao in {"exact": origin, "*": "*", "absent": None, **spellings}.items():
            for method, credentials in (("GET", "same-origin"), ("GET", "include"), ("PUT", "include")):
                what = f"{origin} {method} acao={label} cred={credentials}"
                request = ask(at(target), method, credentials=credentials)
                yield case(what, request, _both(allow(acao, True)), origin=origin)


def schemes() -> Iterator[Case]:
    urls = (
        *("about:blank", "about:srcdoc", "data:text/plain,hi", "data:,", "data:text/html;base64,aGk=", "data:x"),
        *("file:///etc/hosts", "ftp://api.test/x", "foo:bar", "javascript:1", "ws://api.test:23081/", "mailto:a@b"),
        *("wss://api.test:23443/", "chrome://version", "blob:http://app.test:23080/x", "blob:null/x", "http://"),
        *("http://nope.test:23081/", "http://api.test:23099/", "http://api.test:99999/", "http://a b/", "http:///"),
        *(
            "//api.test:23081/c/{id}/r",
            "/c/{id}/r",
            "HTTP://API.TEST:23081/c/{id}/r",
            "http:\\\\api.test:23081\\c\\{id}\\r",
        ),
        *(
            " http://api.test:23081/c/{id}/r ",
            "http://api.test:23081/c/{id}/x/../r",
            "http://b\xfccher.test:23081/c/{id}/r",
        ),
        *("http://api%2Etest:23081/c/{id}/r", "http://api.test:023081/c/{id}/r", "http://0x7f.1:23081/c/{id}/r"),
    )
    for url, mode in product(urls, (None, "same-origin")):
        server = serves(text(allow(APP)))
        yield case(f"fetch {url} mode={mode}", ask(url, mode=mode), server)
    for method in ("HEAD", "POST", "PUT"):
        yield case(f"{method} data:text/plain,hi", ask("data:text/plain,hi", method), {})
    for host, mode in product((APP, SUB, API), ("cors", "no-cors", "same-origin")):
        url = at(host).replace("://", "://user:pw@")
        yield case(f"user:pw@ {host} mode={mode}", ask(url, mode=mode), serves(text(allow(APP))))


_BLOCKED_PORTS = (
    *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109),
    *(110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530),
    *(531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045),
    *(4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
)
#: Neighbours of these.
_OPEN_PORTS = (2, 24, 26, 6001, 27017)


def ports() -> Iterator[Case]:
    for port in (*_BLOCKED_PORTS, *_OPEN_PORTS):
        yield case(f"port {port}", ask(f"http://api.test:{port}/c/{{id}}/x"), serves(text(allow("*")), path="/x"))


_IMAGE = answer(field("Content-Type", "image/svg+xml"), body=SVG)


def mixed() -> Iterator[Case]:
    hosts = ("localhost:23080", "127.0.0.1:23080", "[::1]:23080", "127.0.0.177")
    targets = [API, API_TLS, *(f"http://{host}" for host in hosts), APP]
    for target in targets:
        for method, mode in (("GET", None), ("GET", "no-cors"), ("PUT", None)):
            what = f"https page > {target} {method} {mode}"
            yield case(what, ask(at(target), method, mode=mode), _both(allow("*")), origin=APP_TLS)
        if target != APP:  # nobody would answer the load that is upgraded to https on a plain port; once is enough
            yield case(f"https page img {target}", ask(at(target), via="img"), serves(_IMAGE), origin=APP_TLS)
        server = chain((API_TLS, target), 302, hop=allow("*"), final=text(allow("*")))
        yield case(f"https page > https redirect > {target}", ask(at(API_TLS, "h0")), server, origin=APP_TLS)
    for hosts_along in ((API_TLS, OTHER_TLS), (API_TLS, APP_TLS), (APP_TLS, SUB_TLS)):
        final = text(allow("null" if hosts_along[0] == API_TLS else APP_TLS, True))
        server = chain(hosts_along, 302, hop=allow(APP_TLS, True), final=final)
        request = ask(at(hosts_along[0], "h0"), credentials="include")
        yield case(f"https redirect {hosts_along}", request, server, origin=APP_TLS)
    for target in (API_TLS, APP_TLS):
        yield case(f"http page > {target}", ask(at(target)), _both(allow(APP)))
        server = chain((API, target), 302, hop=allow("*"), final=text(allow("*")))
        yield case(f"http page > {API} > {target}", ask(at(API, "h0")), server)


def referrers() -> Iterator[Case]:
    policies = (
        *(None, "no-referrer", "origin", "unsafe-url", "same-origin", "no-referrer-when-downgrade", "strict-origin"),
        *("origin-when-cross-origin", "strict-origin-when-cross-origin"),
    )
    for policy, method, (where, host) in product(
        policies, ("GET", "POST", "PUT"), {"cross": API, "same": APP, "same-site": SUB}.items()
    ):
        body = None if method == "GET" else "x"
        request = ask(at(host), method, referrerPolicy=policy, body=body)
        yield case(f"{method} {where} referrerPolicy={policy}", request, _both(allow("*")))
    for policy, method in product(policies, ("GET", "POST")):
        body = None if method == "GET" else "x"
        request = ask(at(API), method, mode="no-cors", referrerPolicy=policy, body=body)
        yield case(f"{method} cross no-cors referrerPolicy={policy}", request, serves(text()))
        if method == "GET" and policy:
            request = ask(at(API_TLS), referrerPolicy=policy)
            yield case(f"https page, referrerPolicy={policy}", request, _both(allow("*")), origin=APP_TLS)


GROUPS = {
    "null": opaque,
    "frame": frames,
    "origin": origins,
    "scheme": schemes,
    "port": ports,
    "mixed": mixed,
    "referrer": referrers,
}
