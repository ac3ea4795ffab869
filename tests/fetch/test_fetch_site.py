"""Sec-Fetch-Site over redirects, engine by engine."""

from __future__ import annotations

import pytest

from corstui.fetch.fetch_site import fetch_site
from corstui.fetch.origin import Origin, origin_of
from corstui.fetch.url import Url, parse

HOME, SUB, PLAIN, OTHER = "https://app.test/", "https://api.app.test/", "http://app.test/", "https://else.test/"
ENGINES = ("chromium", "firefox", "webkit", "standard")


def url(text: str) -> Url:
    parsed = parse(text)
    assert parsed is not None
    return parsed


def told(engine: str, *targets: str, preflight: bool = False, tainted: bool = False) -> str | None:
    page = origin_of(url(HOME))
    return fetch_site(engine, page, [url(text) for text in targets], preflight=preflight, tainted=tainted)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (HOME, "same-origin"),
        (SUB, "same-site"),
        ("https://app.test:8443/", "same-site"),
        (PLAIN, "cross-site"),
        (OTHER, "cross-site"),
    ],
)
def test_a_first_request_tells_how_far_its_target_is(engine: str, target: str, expected: str) -> None:
    assert told(engine, target) == expected


@pytest.mark.parametrize("engine", ["chromium", "standard"])
def test_the_farthest_hop_counts(engine: str) -> None:
    assert told(engine, HOME, SUB) == "same-site"
    assert told(engine, SUB, HOME) == "same-site"
    assert told(engine, OTHER, HOME) == "cross-site"
    assert told(engine, HOME, HOME) == "same-origin"


def test_firefox_compares_the_page_and_every_hop_with_the_target() -> None:
    assert told("firefox", SUB, SUB + "2") == "same-site"
    assert told("firefox", SUB, HOME) == "same-site"
    assert told("firefox", HOME, HOME + "2") == "same-origin"
    assert told("firefox", OTHER, HOME) == "cross-site"


def test_webkit_is_silent_after_leaving_an_origin() -> None:
    assert told("webkit", SUB, OTHER) is None
    assert told("webkit", SUB, SUB + "2") == "same-site"
    assert told("webkit", HOME, SUB, preflight=True) == "same-site"
    assert told("webkit", SUB, HOME, preflight=True, tainted=True) == "cross-site"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_opaque_page_is_cross_site_to_everything(engine: str) -> None:
    assert fetch_site(engine, Origin.opaque(), [url(HOME)]) == "cross-site"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_typed_url_comes_from_no_site(engine: str) -> None:
    assert fetch_site(engine, None, [url(HOME), url(OTHER)]) == "none"
