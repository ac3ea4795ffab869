"""A fictitious shop, deployed twice: what its endpoints answer in staging and in production.

Read it as a collection of what goes wrong. Each :class:`Route` says what one endpoint does in one deployment; most of
them are as they should be, the rest show one mistake each, named in the comment above it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from corstui.lab.server import Answer, Asked

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cors:
    """A CORS policy. ``allow``: ``listed`` echoes the shop's own origins and ``also``, ``any`` echoes every origin, any
    other text is sent as it is, None sends no CORS header at all. ``times`` sends Access-Control-Allow-Origin that
    often, as when a proxy and the application both add it. None leaves a header out."""

    allow: str | None = "listed"
    also: frozenset[str] = frozenset()
    credentials: bool = True
    methods: str | None = "GET, POST, PUT, PATCH, DELETE"
    names: str | None = "authorization, content-type, x-trace"
    expose: str | None = None
    max_age: str | None = "600"
    vary: bool = True
    times: int = 1


GOOD = Cors()
NONE = Cors(allow=None)
PUBLIC = Cors(allow="*", credentials=False, vary=False)


@dataclass(frozen=True, slots=True)
class Route:
    """What one endpoint answers. ``preflight`` is the policy of OPTIONS, by default that of the request itself."""

    status: int = 200
    cors: Cors = GOOD
    headers: Headers = ()
    preflight: Cors | None = None
    preflight_status: int = 204
    preflight_headers: Headers = ()
    delay: float = 0.0
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment: its pages' origins and its routes by method and path. ``cdn`` is where downloads live."""

    origins: frozenset[str]
    routes: Mapping[tuple[str, str], Route]
    cdn: str = ""

    def on(self, cdn: str) -> Deployment:
        """The same deployment with its downloads at ``cdn``, an origin."""
        return replace(self, cdn=cdn)


PARTNER = "http://partner.localhost"
GATEWAY: Headers = (("Server", "nginx"), ("Via", "1.1 gateway"))
APP: Headers = (("Server", "shop/4.2"),)

_STAGING_WEB, _PRODUCTION_WEB = "http://staging.shop.localhost", "http://shop.localhost"

#: What is the same in both deployments.
_COMMON = {
    ("GET", "/catalogue"): Route(cors=PUBLIC),
    ("GET", "/orders/7"): Route(),
    ("GET", "/report"): Route(delay=1.2),
    ("DELETE", "/orders/7"): Route(status=204),
}

STAGING = Deployment(
    origins=frozenset({_STAGING_WEB, "http://admin.staging.shop.localhost", "capacitor://localhost"}),
    routes={
        **_COMMON,
        # one fixed origin for everybody, and no Vary: every other client of the API is locked out
        ("GET", "/orders"): Route(cors=Cors(allow=_STAGING_WEB, credentials=False, vary=False)),
        ("POST", "/orders"): Route(status=201),
        # the header that tracing adds was never allowed
        ("PUT", "/orders/7"): Route(preflight=replace(GOOD, names="authorization, content-type")),
        # fetch() does not upper-case patch, and this list is compared case by case
        ("PATCH", "/orders/7"): Route(preflight=replace(GOOD, methods="GET, POST, PUT, PATCH, DELETE")),
        ("GET", "/profile"): Route(),
        # a wildcard where cookies travel
        ("GET", "/basket"): Route(cors=replace(GOOD, allow="*")),
        ("GET", "/recommendations"): Route(),
        # null is trusted: every sandboxed frame on the web may read this
        ("GET", "/reviews"): Route(cors=replace(GOOD, also=frozenset({"null"}))),
        # OPTIONS is redirected to the path with a slash
        ("GET", "/search"): Route(preflight_status=301, preflight_headers=(("Location", "/search/"),)),
        # the error page comes from the gateway, which adds no CORS headers
        ("GET", "/stock/999"): Route(status=404, cors=NONE, headers=GATEWAY),
        # the download redirects to the CDN, which allows the page's origin, but a tainted request says null
        ("GET", "/invoices/7"): Route(status=302, headers=(("Location", "{cdn}/invoices/7.pdf"),)),
        # the front end reads X-RateLimit-Remaining, which nobody exposed
        ("GET", "/rates"): Route(headers=(("X-RateLimit-Remaining", "41"),)),
        ("GET", "/session"): Route(),
        ("GET", "/payments"): Route(),
        # the connection is reset
        ("GET", "/events"): Route(reset=True),
        # no Access-Control-Max-Age: a preflight every five seconds
        ("GET", "/settings"): Route(preflight=replace(GOOD, max_age=None)),
        ("GET", "/newsletter"): Route(),
        ("GET", "/cdn/invoices/7.pdf"): Route(cors=Cors(allow=_STAGING_WEB, credentials=False)),
    },
)

PRODUCTION = Deployment(
    origins=frozenset({_PRODUCTION_WEB, "http://admin.shop.localhost", "capacitor://localhost"}),
    routes={
        **_COMMON,
        ("GET", "/orders"): Route(cors=replace(GOOD, also=frozenset({PARTNER}))),
        # the auth layer stands in front of CORS and asks the preflight, which never has a token, for one
        ("POST", "/orders"): Route(
            status=201, preflight_status=401, preflight_headers=(("WWW-Authenticate", "Bearer"), *GATEWAY)
        ),
        ("PUT", "/orders/7"): Route(),
        ("PATCH", "/orders/7"): Route(preflight=replace(GOOD, methods="GET, POST, PUT, patch, DELETE")),
        # proxy and application both add the header
        ("GET", "/profile"): Route(cors=replace(GOOD, times=2), headers=GATEWAY),
        ("GET", "/basket"): Route(),
        # whoever asks is echoed, with credentials: every site on the web reads the customer's data
        ("GET", "/recommendations"): Route(cors=replace(GOOD, allow="any")),
        ("GET", "/reviews"): Route(),
        ("GET", "/search"): Route(),
        ("GET", "/stock/999"): Route(status=404),
        ("GET", "/invoices/7"): Route(status=302, headers=(("Location", "{cdn}/invoices/7.pdf"),)),
        ("GET", "/rates"): Route(
            cors=replace(GOOD, expose="X-RateLimit-Remaining"), headers=(("X-RateLimit-Remaining", "41"),)
        ),
        # the token of the profile has expired; the CORS headers are right all the same
        ("GET", "/session"): Route(status=401, headers=(("WWW-Authenticate", "Bearer"),)),
        # the application is down, the gateway answers for it
        ("GET", "/payments"): Route(status=502, cors=NONE, headers=GATEWAY),
        ("GET", "/events"): Route(),
        ("GET", "/settings"): Route(preflight=replace(GOOD, max_age="86400")),
        # the allow list says https, the page is still http
        ("GET", "/newsletter"): Route(cors=Cors(allow="https://shop.localhost", credentials=False)),
        ("GET", "/cdn/invoices/7.pdf"): Route(cors=PUBLIC),
    },
)

DEPLOYMENTS = {"staging": STAGING, "production": PRODUCTION}


@dataclass(frozen=True, slots=True)
class Shop:
    """Answers for one deployment. ``prefix`` is put before every path: the CDN's routes stand under ``/cdn``."""

    deployment: Deployment
    prefix: str = ""
    server: Headers = field(default=APP)

    def __call__(self, asked: Asked) -> Answer:
        """The answer to ``asked``; 404 without CORS headers where there is no such endpoint."""
        method = asked.header("access-control-request-method") if asked.method == "OPTIONS" else asked.method
        route = self._route((method or "GET").upper(), self.prefix + asked.path)
        if route is None:
            return Answer(404, (*self.server, ("Content-Type", "application/json")), _body(404, asked))
        if asked.method == "OPTIONS":
            fields = self._cors_headers(route.preflight or route.cors, asked, preflight=True)
            return Answer(route.preflight_status, (*route.preflight_headers, *fields))
        fields = self._cors_headers(route.cors, asked, preflight=False)
        own = tuple((name, value.replace("{cdn}", self.deployment.cdn)) for name, value in route.headers)
        served_by = () if any(name == "Server" for name, _ in own) else self.server
        headers = (*served_by, ("Content-Type", "application/json"), *own, *fields)
        return Answer(route.status, headers, _body(route.status, asked), route.delay, route.reset)

    def _route(self, method: str, path: str) -> Route | None:
        routes = self.deployment.routes
        return routes.get((method, path)) or (routes.get(("GET", path)) if method == "HEAD" else None)

    def _cors_headers(self, cors: Cors, asked: Asked, *, preflight: bool) -> Headers:
        fields: list[tuple[str, str]] = []
        origin = asked.header("origin")
        if cors.allow is None:
            return ()
        if cors.vary:
            fields.append(("Vary", "Origin"))
        allowed = self._allowed(cors, origin)
        if allowed is None:
            return tuple(fields)
        fields += [("Access-Control-Allow-Origin", allowed)] * cors.times
        if cors.credentials:
            fields.append(("Access-Control-Allow-Credentials", "true"))
        listed = (
            (("Access-Control-Allow-Methods", cors.methods), ("Access-Control-Allow-Headers", cors.names))
            if preflight
            else (("Access-Control-Expose-Headers", cors.expose),)
        )
        max_age = (("Access-Control-Max-Age", cors.max_age),) if preflight else ()
        return (*fields, *((name, value) for name, value in (*listed, *max_age) if value is not None))

    def _allowed(self, cors: Cors, origin: str | None) -> str | None:
        if cors.allow == "listed":
            return origin if origin in self.deployment.origins | cors.also else None
        return origin if cors.allow == "any" else cors.allow


def _body(status: int, asked: Asked) -> bytes:
    return json.dumps({"status": status, "path": asked.path}).encode()
