"""The two deployments on the wire, byte by byte: one mistake each, and what it looks like done right."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest

from corstui.lab import Lab, LabThread
from tests.lab.wire import ask

STOREFRONT = {"staging": "http://staging.shop.localhost", "production": "http://shop.localhost"}
EVIL = "http://evil.localhost"


async def fields(
    deployment: str, method: str, target: str, origin: str | None, *headers: str, role: str = "api"
) -> list[str]:
    """Status line and header lines that matter to CORS, as they stand on the wire."""
    async with Lab() as lab:
        own = () if origin is None else (f"Origin: {origin}",)
        raw = await ask(lab.urls[deployment, role], method, target, *own, *headers)
        text = raw.decode("latin-1").replace(lab.urls[deployment, "cdn"], "CDN")
    first, *lines = text.partition("\r\n\r\n")[0].split("\r\n")
    matter = re.compile(r"(Access-Control-|Vary|Location|WWW-Authenticate)", re.ASCII)
    return [first.removeprefix("HTTP/1.1 "), *(line for line in lines if matter.match(line))]


def preflight(method: str, *headers: str) -> tuple[str, ...]:
    asked = (f"Access-Control-Request-Headers: {','.join(headers)}",) if headers else ()
    return (f"Access-Control-Request-Method: {method}", *asked)


def own(deployment: str) -> list[str]:
    """What a page of the shop is told by a policy without mistakes."""
    return [
        "Vary: Origin",
        f"Access-Control-Allow-Origin: {STOREFRONT[deployment]}",
        "Access-Control-Allow-Credentials: true",
    ]


METHODS = "Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE"
NAMES = "Access-Control-Allow-Headers: authorization, content-type, x-trace"
AGE = "Access-Control-Max-Age: 600"
STAGING, PRODUCTION = own("staging"), own("production")

#: What the storefront's requests are answered: (deployment, method, target, more request headers), (response).
STORY = {
    "public data is for everybody": (("staging", "GET", "/catalogue"), ["200 OK", "Access-Control-Allow-Origin: *"]),
    "one fixed origin without Vary": (
        ("staging", "GET", "/orders"),
        ["200 OK", "Access-Control-Allow-Origin: http://staging.shop.localhost"],
    ),
    "the same endpoint with an allow-list": (("production", "GET", "/orders"), ["200 OK", *PRODUCTION]),
    "a preflight that passes": (
        ("staging", "OPTIONS", "/orders", *preflight("POST", "authorization", "content-type")),
        ["204 No Content", *STAGING, METHODS, NAMES, AGE],
    ),
    "a preflight that must log in": (
        ("production", "OPTIONS", "/orders", *preflight("POST", "authorization", "content-type")),
        ["401 Unauthorized", "WWW-Authenticate: Bearer", *PRODUCTION, METHODS, NAMES, AGE],
    ),
    "a header that the list lacks": (
        ("staging", "OPTIONS", "/orders/7", *preflight("PUT", "content-type", "x-trace")),
        ["204 No Content", *STAGING, METHODS, "Access-Control-Allow-Headers: authorization, content-type", AGE],
    ),
    "patch in capitals": (
        ("staging", "OPTIONS", "/orders/7", *preflight("patch", "content-type")),
        ["204 No Content", *STAGING, METHODS, NAMES, AGE],
    ),
    "patch as it is sent": (
        ("production", "OPTIONS", "/orders/7", *preflight("patch", "content-type")),
        ["204 No Content", *PRODUCTION, "Access-Control-Allow-Methods: GET, POST, PUT, patch, DELETE", NAMES, AGE],
    ),
    "a preflight that is redirected": (
        ("staging", "OPTIONS", "/search", *preflight("GET", "x-trace")),
        ["301 Moved Permanently", "Location: /search/", *STAGING, METHODS, NAMES, AGE],
    ),
    "the header twice": (
        ("production", "GET", "/profile"),
        ["200 OK", *PRODUCTION[:2], PRODUCTION[1], PRODUCTION[2]],
    ),
    "a wildcard with credentials": (
        ("staging", "GET", "/basket"),
        ["200 OK", "Vary: Origin", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"],
    ),
    "an error page without CORS": (("staging", "GET", "/stock/999"), ["404 Not Found"]),
    "an error page with CORS": (("production", "GET", "/stock/999"), ["404 Not Found", *PRODUCTION]),
    "a gateway's 502": (("production", "GET", "/payments"), ["502 Bad Gateway"]),
    "an expired token": (
        ("production", "GET", "/session"),
        ["401 Unauthorized", "WWW-Authenticate: Bearer", *PRODUCTION],
    ),
    "a redirect to another origin": (
        ("staging", "GET", "/invoices/7"),
        ["302 Found", "Location: CDN/invoices/7.pdf", *STAGING],
    ),
    "a header that is not exposed": (("staging", "GET", "/rates"), ["200 OK", *STAGING]),
    "the same header exposed": (
        ("production", "GET", "/rates"),
        ["200 OK", *PRODUCTION, "Access-Control-Expose-Headers: X-RateLimit-Remaining"],
    ),
    "no lifetime for preflights": (
        ("staging", "OPTIONS", "/settings", *preflight("GET", "x-trace")),
        ["204 No Content", *STAGING, METHODS, NAMES],
    ),
    "a day for preflights": (
        ("production", "OPTIONS", "/settings", *preflight("GET", "x-trace")),
        ["204 No Content", *PRODUCTION, METHODS, NAMES, "Access-Control-Max-Age: 86400"],
    ),
    "https in the list, http in the browser": (
        ("production", "GET", "/newsletter"),
        ["200 OK", "Vary: Origin", "Access-Control-Allow-Origin: https://shop.localhost"],
    ),
    "nothing there": (("staging", "GET", "/nowhere"), ["404 Not Found"]),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "answer"), STORY.values(), ids=STORY)
async def test_the_storefront_is_answered(request_: tuple[str, ...], answer: list[str]) -> None:
    deployment, method, target, *headers = request_
    assert await fields(deployment, method, target, STOREFRONT[deployment], *headers) == answer


async def test_a_stranger_gets_only_vary_from_an_allow_list() -> None:
    assert await fields("production", "GET", "/orders", EVIL) == ["200 OK", "Vary: Origin"]


async def test_without_an_origin_an_allow_list_still_varies() -> None:
    assert await fields("production", "GET", "/orders", None) == ["200 OK", "Vary: Origin"]


async def test_production_repeats_any_origin_with_credentials() -> None:
    granted = [f"Access-Control-Allow-Origin: {EVIL}", "Access-Control-Allow-Credentials: true"]
    assert await fields("production", "GET", "/recommendations", EVIL) == ["200 OK", "Vary: Origin", *granted]
    assert await fields("staging", "GET", "/recommendations", EVIL) == ["200 OK", "Vary: Origin"]


async def test_staging_trusts_null() -> None:
    granted = ["Access-Control-Allow-Origin: null", "Access-Control-Allow-Credentials: true"]
    assert await fields("staging", "GET", "/reviews", "null") == ["200 OK", "Vary: Origin", *granted]
    assert await fields("production", "GET", "/reviews", "null") == ["200 OK", "Vary: Origin"]


async def test_behind_the_redirect_one_cdn_names_a_page_and_the_other_everybody() -> None:
    one = await fields("staging", "GET", "/invoices/7.pdf", "null", role="cdn")
    other = await fields("production", "GET", "/invoices/7.pdf", "null", role="cdn")
    assert one == ["200 OK", "Vary: Origin", "Access-Control-Allow-Origin: http://staging.shop.localhost"]
    assert other == ["200 OK", "Access-Control-Allow-Origin: *"]


async def test_the_lab_says_where_it_listens_and_every_host_has_a_port_of_its_own() -> None:
    async with Lab() as lab:
        env = lab.process_env()
    assert set(env) == {"SHOP_STAGING_API", "SHOP_STAGING_CDN", "SHOP_PRODUCTION_API", "SHOP_PRODUCTION_CDN"}
    assert len({urlsplit(url).port for url in env.values()}) == 4
    assert all((urlsplit(url).hostname or "").endswith(".localhost") for url in env.values())


def test_in_a_thread_the_lab_listens_when_start_returns_and_not_after_stop() -> None:
    with LabThread() as lab:
        port = urlsplit(lab.process_env()["SHOP_STAGING_API"]).port
        socket.create_connection(("127.0.0.1", port or 0)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port or 0))


def test_a_port_that_is_taken_is_told_to_whoever_starts_the_thread() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        lab = LabThread(taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            lab.start()
