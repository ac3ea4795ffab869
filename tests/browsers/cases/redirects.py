"""Redirects: chains over hosts, rewritten methods, stripped headers, tainted origins, Locations, limits and modes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    ACAO,
    API,
    API_TLS,
    APP,
    AUTHORIZATION,
    CHAINS,
    EVERYTHING,
    JSON,
    OTHER,
    SUB,
    X_A,
    Case,
    Headers,
    Request,
    Script,
    allow,
    answer,
    ask,
    at,
    case,
    chain,
    field,
    origin_sent_to_last,
    preflight,
    text,
)

STATUSES = (301, 302, 303, 307, 308)

#: What is asked of the first host.
_ASKED: dict[str, Request] = {
    "GET": {},
    "POST": {"method": "POST", "body": "x"},
    "PUT": {"method": "PUT", "body": "x"},
    "GET+X-A": {"headers": X_A},
    "POST-json": {"method": "POST", "headers": JSON, "body": "{}"},
    "HEAD": {"method": "HEAD"},
    "DELETE": {"method": "DELETE"},
    "PATCH": {"method": "PATCH", "body": "x"},
}
_ANY = allow("*") + EVERYTHING


def chains() -> Iterator[Case]:
    """Every host allows every origin."""
    for (route, hosts), status, (kind, members) in product(CHAINS.items(), STATUSES, _ASKED.items()):
        if kind == "PATCH" and status in (301, 308):
            continue
        server = chain(hosts, status, hop=allow("*"), final=text(allow("*")), preflights=[_ANY])
        yield case(f"{route} {status} {kind} acao=* everywhere", ask(at(hosts[0], "h0"), **members), server)


def origins_along() -> Iterator[Case]:
    """What the redirect and the last response allow, where the preflights allow the page's origin."""
    said = {"exact": APP, "*": "*", "absent": None}
    asked = allow(APP, True) + EVERYTHING
    routes = ("same>cross", "cross>same-host", "cross>other", "cross>back", "cross>sub", "same>cross>back")
    for route, status, method, hop, final, credentials in product(
        routes, (302, 307), ("GET", "PUT"), said, {**said, "null": "null"}, ("same-origin", "include")
    ):
        hosts = CHAINS[route]
        last = text(allow({**said, "null": "null"}[final], True))
        server = chain(hosts, status, hop=allow(said[hop], True), final=last, preflights=[asked])
        body = "x" if method == "PUT" else None
        request = ask(at(hosts[0], "h0"), method, credentials=credentials, body=body)
        yield case(f"{route} {status} {method} hop={hop} final={final} cred={credentials}", request, server)


def credentials_along() -> Iterator[Case]:
    flags = (True, False)
    for route, status, hop, final in product(
        ("same>cross", "cross>same-host", "cross>other", "cross>back", "same>sub"), (302, 307), flags, flags
    ):
        hosts = CHAINS[route]
        last = text(allow(origin_sent_to_last(hosts), final))
        server = chain(hosts, status, hop=allow(APP, hop), final=last)
        request = ask(at(hosts[0], "h0"), credentials="include")
        yield case(f"{route} {status} include hop acac={hop} final acac={final}", request, server)


def preflights_along() -> Iterator[Case]:
    """What the first and the second preflight allow, after which the tainted origin is expected."""
    origins = {"exact": APP, "*": "*", "null": "null", "absent": None}
    for (first, one), (second, two), credentials in product(
        origins.items(), origins.items(), ("same-origin", "include")
    ):
        asked = [allow(one, True) + EVERYTHING, allow(two, True) + EVERYTHING]
        last = text(allow("null", True))
        server = chain((API, OTHER), 307, hop=allow(APP, True), final=last, preflights=asked)
        request = ask(at(API, "h0"), "PUT", credentials=credentials, body="x")
        yield case(f"PUT cross>other 307 pf0={first} pf1={second} cred={credentials}", request, server)


_SECRETS: dict[str, Request] = {
    "auth": {"headers": AUTHORIZATION},
    "auth+x-a": {"headers": AUTHORIZATION + X_A},
    "auth+json": {"method": "POST", "headers": AUTHORIZATION + JSON, "body": "{}"},
}


def authorization() -> Iterator[Case]:
    """Where the origin that the last host is told is allowed, and with credentials also where it is not."""
    for (route, hosts), status, (kind, members) in product(CHAINS.items(), (302, 303, 307), _SECRETS.items()):
        for credentials, hop, final in (
            ("same-origin", "*", "*"),
            ("include", APP, origin_sent_to_last(hosts)),
            ("include", APP, "null"),
        ):
            if credentials == "include" and final == "null" and (route == "same>same>cross" or status == 303):
                continue
            server = chain(
                hosts,
                status,
                hop=allow(hop, True),
                final=text(allow(final, True)),
                preflights=[allow(hop, True) + EVERYTHING],
            )
            what = f"{route} {status} {kind} cred={credentials} final={final}"
            yield case(what, ask(at(hosts[0], "h0"), **members, credentials=credentials), server)


_LOCATIONS = {
    "missing": (), "empty": ("",), "data": ("data:text/plain,hi",), "javascript": ("javascript:1",),
    "about": ("about:blank",), "blob": ("blob:http://api.test/x",), "file": ("file:///etc/hosts",),
    "ftp": ("ftp://api.test/x",), "ws": ("ws://api.test:23081/c/{id}/t",), "wss": ("wss://api.test:23443/c/{id}/t",),
    "unknown-scheme": ("foo:bar",), "chrome": ("chrome://version",), "mailto": ("mailto:a@b.test",),
    "userinfo-same": ("http://user:pw@api.test:23081/c/{id}/t",),
    "userinfo-back": ("http://user:pw@app.test:23080/c/{id}/t",),
    "userinfo-other": ("http://user:pw@other.test:23082/c/{id}/t",),
    "user-only": ("http://u@api.test:23081/c/{id}/t",), "empty-userinfo": ("http://@api.test:23081/c/{id}/t",),
    "relative": ("t",), "dots": ("./x/../t",), "absolute-path": ("/c/{id}/t",),
    "scheme-relative": ("//api.test:23081/c/{id}/t",), "scheme-only": ("http:t",), "query": ("?x",),
    "fragment": ("t#frag",), "fragment-only": ("#frag",), "invalid": ("http://",), "invalid2": ("http://a b/",),
    "invalid-port": ("http://api.test:99999/",), "invalid-host": ("http://api%00.test/",),
    "unicode": ("/c/{id}/t\xe9",), "spaces": ("  /c/{id}/t  ",), "inner-space": ("/c/{id}/t t",),
    "tab": ("/c/{id}/\tt",), "backslash": ("\\/c/{id}\\t",), "percent": ("/c/{id}/%74",), "quotes": ('"/c/{id}/t"',),
    "comma": ("/c/{id}/t, /c/{id}/t2",), "bad-port": ("http://api.test:6000/x",),
    "refused": ("http://api.test:23099/x",), "unknown-host": ("http://nope.test:23081/x",),
    "https": (at(API_TLS, "t"),), "dot": ("http://api.test.:23081/c/{id}/t",),
    "upper": ("HTTP://API.TEST:23081/c/{id}/t",), "twice the same": ("t", "t"), "twice, different": ("t", "t2"),
    "itself": ("h",),
}  # fmt: skip


def locations() -> Iterator[Case]:
    for (kind, values), status, (where, host) in product(
        _LOCATIONS.items(), (302, 307), {"same": APP, "cross": API}.items()
    ):
        redirect = answer(allow("*"), field("Location", *values), status=status)
        server: Script = {"* /h": [redirect], "* *": [text(allow("*"))]}
        yield case(f"from {where} {status} Location={kind}", ask(at(host, "h")), server)
    for where, host in (("same", APP), ("cross", API)):
        server = {"* /h": [answer(allow("*"), field("Location", "t"), status=302)], "* *": [text(allow("*"))]}
        yield case(f"from {where} fragment kept", ask(at(host, "h") + "#orig"), server)
        server = {"* /h": [answer(allow("*"), field("Location", "t#new"), status=302)], "* *": [text(allow("*"))]}
        yield case(f"from {where} fragment replaced", ask(at(host, "h") + "#orig"), server)


def limits() -> Iterator[Case]:
    for (where, host), redirects in product({"same": APP, "cross": API}.items(), (1, 5, 19, 20, 21, 22)):
        server = chain((host,) * (redirects + 1), 302, hop=allow("*"), final=text(allow("*")))
        yield case(f"{where} {redirects} redirects", ask(at(host, "h0")), server)
    for where, host in (("same", APP), ("cross", API)):
        loop: Script = {"* /h0": [answer(allow("*"), field("Location", "h0"), status=302)]}
        yield case(f"{where} loop", ask(at(host, "h0")), loop)


def modes() -> Iterator[Case]:
    routes = {"same>same": (APP, APP), "same>cross": (APP, API), "cross>cross": (API, API)}
    for mode, status, (route, hosts), hop, method in product(
        ("error", "manual"), STATUSES, routes.items(), ("*", None), ("GET", "PUT")
    ):
        if method == "PUT" and status not in (302, 307):
            continue
        server = chain(hosts, status, hop=allow(hop), final=text(allow("*")), preflights=[_ANY])
        request = ask(at(hosts[0], "h0"), method, redirect=mode)
        yield case(f"{mode} {route} {status} {method} hop acao={hop}", request, server)
    for mode, status in product(("error", "manual", "follow"), (300, 304, 305, 306)):
        server = chain((API, API), status, hop=allow("*"), final=text(allow("*")), preflights=[_ANY])
        yield case(f"{mode} status {status} with Location", ask(at(API, "h0"), redirect=mode), server)
    for mode in ("error", "manual"):
        server = {"* /h0": [answer(allow("*"), status=302)]}
        yield case(f"{mode} 302 without Location", ask(at(API, "h0"), redirect=mode), server)


def referrers() -> Iterator[Case]:
    policies = (None, "no-referrer", "unsafe-url", "origin", "same-origin", "strict-origin-when-cross-origin")
    routes = ((APP, API), (APP, SUB), (APP, APP), (API, APP), (API, OTHER), (API, API))
    for hosts, policy in product(routes, policies):
        server = chain(hosts, 302, hop=allow("*"), final=text(allow("*")))
        request = ask(at(hosts[0], "h0"), referrerPolicy=policy)
        yield case(f"{hosts[0]}>{hosts[1]} referrerPolicy={policy}", request, server)
    for policy, first in product(("no-referrer", "origin", "unsafe-url"), (APP, API)):
        said: Headers = [*allow("*"), ["Referrer-Policy", policy]]
        server = chain((first, OTHER), 302, hop=said, final=text(allow("*")))
        yield case(f"{first}>{OTHER} with Referrer-Policy: {policy} on the redirect", ask(at(first, "h0")), server)


def trusting_one_hop() -> Iterator[Case]:
    """A redirect whose own preflight or check fails although all else is fine."""
    for method, failing, (route, hosts) in product(
        ("GET", "PUT"), ("hop", "preflight 0", "preflight 1", "final"), list(CHAINS.items())[:9]
    ):
        good, bad = _ANY, field(ACAO, "http://wrong.test") + EVERYTHING
        asked = [bad if failing == "preflight 0" else good, bad if failing == "preflight 1" else good, good]
        hop = bad[:1] if failing == "hop" else allow("*")
        last = text(bad[:1] if failing == "final" else allow("*"))
        server = chain(hosts, 307, hop=hop, final=last, preflights=asked)
        if method == "GET":
            server = {key: [preflight()] if key.startswith("OPTIONS") else answers for key, answers in server.items()}
            if failing.startswith("preflight"):
                continue
        yield case(f"{method} {route} 307, wrong at {failing}", ask(at(hosts[0], "h0"), method), server)


GROUPS = {
    "redir": chains,
    "rediracao": origins_along,
    "redirac": credentials_along,
    "redirpf": preflights_along,
    "redirauth": authorization,
    "redirwrong": trusting_one_hop,
    "loc": locations,
    "hops": limits,
    "redirmode": modes,
    "redirref": referrers,
}
