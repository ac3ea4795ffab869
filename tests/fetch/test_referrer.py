"""The Referer under every policy, over redirects, engine by engine."""

from __future__ import annotations

import pytest

from corstui.fetch.origin import Origin, origin_of
from corstui.fetch.referrer import POLICIES, policy_after, referer
from corstui.fetch.url import Url, parse

PAGE = "http://app.test:23080/runner?q=1#part"
FULL, ORIGIN = "http://app.test:23080/runner?q=1", "http://app.test:23080/"
SAME, SUB, CROSS = "http://app.test:23080/r", "http://sub.app.test:23080/r", "http://api.test:23081/r"
ENGINES = ("chromium", "firefox", "webkit", "standard")


def url(text: str) -> Url:
    parsed = parse(text)
    assert parsed is not None
    return parsed


def told(engine: str, *targets: str, policy: str = "", page: str = PAGE, preflight: bool = False) -> str | None:
    address = url(page)
    policies = [policy] * len(targets)
    return referer(policies, address, origin_of(address), [url(text) for text in targets], engine, preflight=preflight)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("policy", "same", "cross"),
    [
        ("", FULL, ORIGIN),
        ("strict-origin-when-cross-origin", FULL, ORIGIN),
        ("no-referrer", None, None),
        ("same-origin", FULL, None),
        ("origin", ORIGIN, ORIGIN),
        ("strict-origin", ORIGIN, ORIGIN),
        ("origin-when-cross-origin", FULL, ORIGIN),
        ("no-such-policy", FULL, ORIGIN),
    ],
)
def test_a_policy_tells_what_it_says(engine: str, policy: str, same: str | None, cross: str | None) -> None:
    assert told(engine, SAME, policy=policy) == same
    assert told(engine, CROSS, policy=policy) == cross


@pytest.mark.parametrize("policy", ["unsafe-url", "no-referrer-when-downgrade"])
@pytest.mark.parametrize(
    ("engine", "expected"), [("chromium", FULL), ("standard", FULL), ("firefox", ORIGIN), ("webkit", ORIGIN)]
)
def test_firefox_and_webkit_tell_another_site_the_origin_at_most(engine: str, expected: str, policy: str) -> None:
    assert told(engine, CROSS, policy=policy) == expected
    assert told(engine, SUB, policy=policy) == FULL


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", None),
        ("strict-origin", None),
        ("same-origin", None),
        ("origin", "https://app.test/"),
        ("no-referrer", None),
        ("no-referrer-when-downgrade", None),
    ],
)
def test_leaving_https_hides_the_page_under_the_strict_policies(engine: str, policy: str, expected: str | None) -> None:
    assert told(engine, "http://api.test/r", policy=policy, page="https://app.test/runner") == expected


def test_leaving_http_localhost_for_plain_http_is_no_downgrade() -> None:
    for engine in ENGINES:
        assert told(engine, "http://api.test/r", page="http://localhost:23080/runner") == "http://localhost:23080/"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_one_hop_hid_stays_hidden(engine: str) -> None:
    assert told(engine, CROSS, SAME) == ORIGIN
    assert told(engine, SAME, CROSS) == ORIGIN
    assert told(engine, SAME, SAME) == FULL
    assert told(engine, CROSS, SAME, policy="same-origin") is None


@pytest.mark.parametrize(("engine", "preflight"), [("chromium", ORIGIN), ("firefox", ORIGIN), ("webkit", FULL)])
def test_webkits_preflight_on_the_way_back_tells_the_whole_url(engine: str, preflight: str) -> None:
    assert told(engine, SAME, CROSS, SAME, preflight=True) == preflight
    assert told(engine, SAME, SUB, preflight=True) == preflight
    assert told(engine, SAME, CROSS, preflight=True) == ORIGIN
    assert told(engine, CROSS, SAME, preflight=True) == ORIGIN


def test_a_redirects_own_policy_counts_from_there_on() -> None:
    page = url(PAGE)
    hops = [url(SAME), url(SAME)]
    assert referer(["", "no-referrer"], page, origin_of(page), hops, "chromium") is None
    assert referer(["", "origin"], page, origin_of(page), hops, "chromium") == ORIGIN


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], "origin"),
        (["no-referrer"], "no-referrer"),
        (["NO-REFERRER "], "no-referrer"),
        (["no-referrer, strict-origin"], "strict-origin"),
        (["no-referrer, never-heard-of"], "no-referrer"),
        (["no-referrer", "same-origin"], "same-origin"),
        (["nonsense", ""], "origin"),
    ],
)
def test_the_last_known_token_of_referrer_policy_wins(fields: list[str], expected: str) -> None:
    assert policy_after("origin", fields) == expected


@pytest.mark.parametrize(
    ("engine", "expected"), [("chromium", None), ("firefox", None), ("standard", None), ("webkit", ORIGIN)]
)
def test_a_sandboxed_frame_tells_its_url_in_webkit_only(engine: str, expected: str | None) -> None:
    assert referer([""], url(PAGE), Origin.opaque(), [url(CROSS)], engine) == expected


def test_what_is_no_http_page_has_no_referer() -> None:
    for page in (None, url("data:text/html,x"), url("capacitor://localhost/index.html")):
        assert referer(["unsafe-url"], page, Origin.opaque(), [url(CROSS)], "webkit") is None


def test_user_name_password_and_fragment_are_never_told() -> None:
    assert told("chromium", SAME, page="http://me:secret@app.test:23080/runner#token") == "http://app.test:23080/runner"


def test_an_endless_url_is_cut_to_its_origin() -> None:
    assert told("chromium", SAME, page=ORIGIN + "a" * 4100) == ORIGIN


def test_every_policy_of_the_standard_is_known() -> None:
    assert len(POLICIES) == 8
