"""The cookie jar, engine by engine. The measured tables come from three browsers driven against one server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.fetch.cookies import (
    MAX_PER_DOMAIN,
    Cookie,
    CookieContext,
    CookieJar,
    Navigation,
    cookie_context,
    cookie_header,
    storage_access,
)
from corstui.fetch.origin import Origin, origin_of, parse_origin
from corstui.fetch.url import Url, parse

NOW = 1_790_000_000.0
ENGINES = ("chromium", "firefox", "webkit", "standard")
DEFAULTS = {"chromium": "allowed", "firefox": "partitioned", "webkit": "no-store", "standard": "allowed"}


def url(text: str) -> Url:
    parsed = parse(text)
    assert parsed is not None
    return parsed


def origin(text: str) -> Origin:
    parsed = parse_origin(text)
    assert parsed is not None
    return parsed


def context(
    engine: str,
    page: str,
    *chain: str,
    policy: str | None = None,
    top: str | None = None,
    method: str = "GET",
    navigation: Navigation = "none",
) -> CookieContext:
    urls = [url(text) for text in chain]
    by = origin(page)
    third = policy or DEFAULTS[engine]
    return cookie_context(engine, third, by, by if top is None else origin(top), urls, method, navigation)


def first_party(jar: CookieJar, target: str, *values: str, engine: str = "chromium", wall: float = NOW) -> None:
    """Somebody visits ``target``, which sets cookies."""
    top = url(target)
    visit = cookie_context(
        engine, DEFAULTS[engine], None, origin(f"{top.scheme}://{top.authority}"), [top], "GET", "top"
    )
    jar.store(values, top, visit, wall)


def sent(jar: CookieJar, target: str, to: CookieContext | None = None, wall: float = NOW) -> str:
    address = url(target)
    to = to or context("chromium", f"{address.scheme}://{address.authority}", target)
    return cookie_header(jar.retrieve(address, to, wall)[0])


def why(jar: CookieJar, target: str, to: CookieContext) -> list[tuple[str, str]]:
    return [(cookie.name, reason) for cookie, reason in jar.retrieve(url(target), to, NOW)[1]]


# -- the measured table ----------------------------------------------------------------------------------------------

ATTRIBUTES = {
    "plain": "",
    "lax": "; SameSite=Lax",
    "strict": "; SameSite=Strict",
    "none": "; SameSite=None",
    "none-secure": "; SameSite=None; Secure",
    "chips": "; SameSite=None; Secure; Partitioned",
}
CROSS = ("https://app.test", "https://api.test/r")
SUB = ("https://app.test", "https://sub.app.test/r")
UPGRADE = ("http://app.test", "https://app.test/r")
PLAIN_CROSS = ("http://app.test", "http://api.test/r")
#: page and target, attributes, policy; then "set by a visit / set by the cors response" for each engine.
MEASURED = [
    (CROSS, "plain", {"chromium": "- -", "blocked": "- -", "firefox": "- s", "webkit": "s -"}),
    (CROSS, "lax", {"chromium": "- -", "blocked": "- -", "firefox": "- -", "webkit": "- -"}),
    (CROSS, "strict", {"chromium": "- -", "blocked": "- -", "firefox": "- -", "webkit": "- -"}),
    (CROSS, "none-secure", {"chromium": "s s", "blocked": "- -", "firefox": "- s", "webkit": "s -"}),
    (CROSS, "chips", {"chromium": "- s", "blocked": "- s", "firefox": "- s", "webkit": "s -"}),
    (CROSS, "none", {"chromium": "- -", "blocked": "- -", "firefox": "- -", "webkit": "s -"}),
    (PLAIN_CROSS, "none-secure", {"chromium": "- -", "blocked": "- -", "firefox": "- -", "webkit": "- -"}),
    (SUB, "plain", {"chromium": "s s", "blocked": "s s", "firefox": "s s", "webkit": "s -"}),
    (SUB, "lax", {"chromium": "s s", "blocked": "s s", "firefox": "s s", "webkit": "s -"}),
    (SUB, "strict", {"chromium": "s s", "blocked": "s s", "firefox": "s s", "webkit": "s -"}),
    (SUB, "none-secure", {"chromium": "s s", "blocked": "s s", "firefox": "s s", "webkit": "s -"}),
    (SUB, "none", {"chromium": "- -", "blocked": "- -", "firefox": "- -", "webkit": "s -"}),
    (UPGRADE, "plain", {"chromium": "- -", "blocked": "- -", "firefox": "s s", "webkit": "s s"}),
    (UPGRADE, "lax", {"chromium": "- -", "blocked": "- -", "firefox": "s s", "webkit": "s s"}),
    (UPGRADE, "strict", {"chromium": "- -", "blocked": "- -", "firefox": "s s", "webkit": "s s"}),
    (UPGRADE, "none", {"chromium": "- -", "blocked": "- -", "firefox": "- -", "webkit": "s s"}),
]
ROWS = [(pair, kind, row, expected) for pair, kind, rows in MEASURED for row, expected in rows.items()]


@pytest.mark.parametrize(("pair", "kind", "row", "expected"), ROWS)
def test_a_credentialed_fetch_sends_what_was_measured(
    pair: tuple[str, str], kind: str, row: str, expected: str
) -> None:
    page, target = pair
    engine, policy = ("chromium", "blocked") if row == "blocked" else (row, DEFAULTS[row])
    request = context(engine, page, target, policy=policy)
    visited, answered = CookieJar(), CookieJar()
    first_party(visited, target, f"c=1{ATTRIBUTES[kind]}", engine=engine)
    answered.store([f"c=1{ATTRIBUTES[kind]}"], url(target), request, NOW)
    assert ["s" if sent(jar, target, request) else "-" for jar in (visited, answered)] == expected.split()


WHOLE_SITE = ["app.example.com", "example.com", "api.example.com", "x.app.example.com"]

# -- storing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_cookies_go_back_longest_path_first_then_oldest_first(engine: str) -> None:
    jar, target = CookieJar(), "https://app.example/a/b/c"
    own = context(engine, "https://app.example", target)
    jar.store(["z=1; Path=/", "y=2; Path=/a/b", "x=3; Path=/", "w=4; Path=/a"], url(target), own, NOW)
    assert sent(jar, target, own) == "y=2; w=4; z=1; x=3"


def test_an_overwritten_cookie_keeps_its_place() -> None:
    jar = CookieJar()
    first_party(jar, "https://app.example/", "a=1", "b=2", "a=3")
    assert sent(jar, "https://app.example/") == "a=3; b=2"


def test_a_cookie_without_a_name_is_its_bare_value() -> None:
    jar = CookieJar()
    first_party(jar, "https://app.example/", "bare", "=eq")
    assert sent(jar, "https://app.example/") == "eq"
    assert cookie_header([Cookie("", "x", "a"), Cookie("n", "v", "a")]) == "x; n=v"


@pytest.mark.parametrize(
    ("host", "domain", "kept_for"),
    [
        ("app.example.com", "", ["app.example.com"]),
        ("app.example.com", "example.com", WHOLE_SITE),
        ("app.example.com", ".EXAMPLE.com", WHOLE_SITE),
        ("app.example.com", "app.example.com", ["app.example.com", "x.app.example.com"]),
        ("app.example.com", "api.example.com", []),
        ("app.example.com", "pp.example.com", []),
        ("app.example.com", "com", []),
        ("alice.github.io", "github.io", []),
        ("github.io", "github.io", ["github.io"]),
        ("127.0.0.1", "127.0.0.1", ["127.0.0.1"]),
        ("127.0.0.1", "0.0.1", []),
        ("app.example.com", "example.com/", []),
        ("app.example.com", "ex\xe4mple.com", []),
    ],
)
def test_the_domain_attribute_widens_a_cookie_up_to_the_registrable_domain(
    host: str, domain: str, kept_for: list[str]
) -> None:
    jar = CookieJar()
    first_party(jar, f"https://{host}/", f"a=1; Domain={domain}")
    asked = [*WHOLE_SITE, "alice.github.io", "github.io", "bob.github.io", "127.0.0.1", "1.127.0.0.1.example"]
    assert [name for name in asked if sent(jar, f"https://{name}/")] == [name for name in asked if name in kept_for]


@pytest.mark.parametrize(
    ("setter", "path", "asked", "goes"),
    [
        ("/a/b", "", "/a/b", True), ("/a/b", "", "/a", True), ("/a/b", "", "/", False), ("/a/b", "", "/ab", False),
        ("/a/b", "/", "/x", True), ("/", "/a/", "/a/b", True), ("/", "/a/", "/a", False), ("/", "/a", "/a?q", True),
        ("/", "/A", "/a", False), ("/a/b", "x", "/a/c", True), ("/", "", "/anything", True),
    ],
)  # fmt: skip
def test_a_cookie_goes_to_its_path_and_below(setter: str, path: str, asked: str, goes: bool) -> None:
    jar = CookieJar()
    first_party(jar, f"https://app.example{setter}", "a=1" + (f"; Path={path}" if path else ""))
    assert bool(sent(jar, f"https://app.example{asked}")) is goes


@pytest.mark.parametrize(
    ("text", "scheme", "kept"),
    [
        ("__Secure-a=1; Secure", "https", True),
        ("__Secure-a=1", "https", False),
        ("__secure-a=1", "https", False),
        ("__Host-a=1; Secure; Path=/", "https", True),
        ("__Host-a=1; Secure", "https", False),
        ("__Host-a=1; Secure; Path=/; Domain=app.example", "https", False),
        ("__Host-a=1; Path=/", "https", False),
        ("__Host-a=1; Secure; Path=/", "http", False),
        ("=__Host-a=1; Secure; Path=/", "https", False),
        ("a=1; Secure", "http", False),
        ("a=1; Secure", "https", True),
        ("a=1; Partitioned", "https", False),
    ],
)
def test_a_cookie_keeps_the_promise_of_its_name_and_attributes(text: str, scheme: str, kept: bool) -> None:
    jar = CookieJar()
    first_party(jar, f"{scheme}://app.example/", text)
    assert bool(list(jar)) is kept


def test_an_insecure_response_may_not_overlay_a_secure_cookie() -> None:
    jar = CookieJar()
    first_party(jar, "https://app.example/", "a=1; Secure; Path=/deep", "b=1; Secure; Domain=app.example")
    first_party(jar, "http://app.example/", "a=2; Path=/deep/er", "b=2", "c=2")
    first_party(jar, "http://www.app.example/", "b=3; Domain=app.example")
    assert sorted((cookie.name, cookie.value) for cookie in jar) == [("a", "1"), ("b", "1"), ("c", "2")]
    first_party(jar, "http://app.example/", "a=3; Path=/")
    assert ("a", "3") in [(cookie.name, cookie.value) for cookie in jar]


@pytest.mark.parametrize(
    ("engine", "kept"), [("chromium", True), ("firefox", True), ("standard", True), ("webkit", False)]
)
def test_loopback_counts_as_secure_except_in_webkit(engine: str, kept: bool) -> None:
    jar, target = CookieJar(), "http://localhost:3000/"
    own = context(engine, "http://localhost:3000", target)
    jar.store(["a=1; Secure"], url(target), own, NOW)
    assert bool(sent(jar, target, own)) is kept


def test_expired_cookies_are_neither_stored_nor_sent() -> None:
    jar = CookieJar()
    first_party(jar, "https://app.example/", "a=1; Max-Age=60", "b=2; Max-Age=0", "c=3")
    assert sent(jar, "https://app.example/", wall=NOW + 59) == "a=1; c=3"
    assert sent(jar, "https://app.example/", wall=NOW + 60) == "c=3"
    assert [cookie.name for cookie in jar] == ["c"]


def test_a_past_date_deletes_a_cookie() -> None:
    jar = CookieJar()
    first_party(jar, "https://app.example/", "a=1", "b=2")
    first_party(jar, "https://app.example/", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    assert sent(jar, "https://app.example/") == "b=2"


def test_the_oldest_of_too_many_cookies_goes_first() -> None:
    jar = CookieJar()
    first_party(jar, "https://app.example/", *(f"c{number}=1" for number in range(MAX_PER_DOMAIN + 5)))
    kept = [cookie.name for cookie in jar]
    assert len(kept) == MAX_PER_DOMAIN
    assert kept[0] == "c5"


# -- cookies put in by hand ------------------------------------------------------------------------------------------


def test_a_cookie_of_a_profile_is_sent_like_one_of_its_site() -> None:
    jar = CookieJar()
    jar.add(Cookie("session", "s3", ".API.example", samesite="none", secure=True))
    assert (
        sent(jar, "https://api.example/", context("chromium", "https://app.test", "https://api.example/"))
        == "session=s3"
    )
    assert sent(jar, "https://v2.api.example/") == "session=s3"


def test_a_host_only_cookie_stays_with_its_host() -> None:
    jar = CookieJar()
    jar.add(Cookie("a", "1", "api.example", hostonly=True))
    assert sent(jar, "https://api.example/") == "a=1"
    assert sent(jar, "https://v2.api.example/") == ""


def test_a_partitioned_cookie_put_in_by_hand_belongs_to_every_top_level_site() -> None:
    jar, target = CookieJar(), "https://api.test/"
    jar.add(Cookie("a", "1", "api.test", samesite="none", secure=True, partitioned=True))
    for engine in ENGINES:
        assert sent(jar, target, context(engine, "https://app.test", target)) == "a=1"
        assert sent(jar, target, context(engine, "https://else.test", target)) == "a=1"


# -- withholding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("chromium", {"u": "samesite-lax-default", "l": "samesite-lax", "s": "samesite-strict"}),
        ("standard", {"u": "samesite-lax-default", "l": "samesite-lax", "s": "samesite-strict"}),
        ("webkit", {"l": "samesite-lax", "s": "samesite-strict"}),
        ("firefox", dict.fromkeys("ulsn", "third-party-partitioned")),
    ],
)
def test_the_jar_says_why_a_cookie_stays_at_home(engine: str, expected: dict[str, str]) -> None:
    jar, target = CookieJar(), "https://api.test/r"
    for name, samesite in (("u", "unset"), ("l", "lax"), ("s", "strict"), ("n", "none")):
        jar.add(Cookie(name, "1", "api.test", samesite=samesite, secure=True))  # type: ignore[arg-type]
    jar.add(Cookie("p", "1", "api.test", path="/elsewhere", samesite="none", secure=True))
    assert dict(why(jar, target, context(engine, "https://app.test", target))) == {**expected, "p": "path"}


def test_secure_and_blocked_are_told_apart() -> None:
    jar = CookieJar()
    jar.add(Cookie("s", "1", "api.test", samesite="none", secure=True))
    assert why(jar, "http://api.test/", context("chromium", "http://app.test", "http://api.test/")) == [("s", "secure")]
    blocked = context("chromium", "https://app.test", "https://api.test/", policy="blocked")
    assert why(jar, "https://api.test/", blocked) == [("s", "third-party-blocked")]


@pytest.mark.parametrize(
    ("engine", "method", "goes"),
    [("chromium", "GET", "ul"), ("chromium", "POST", ""), ("firefox", "GET", "ul"), ("firefox", "POST", "u")],
)
def test_lax_cookies_come_along_to_a_page_that_is_opened_safely(engine: str, method: str, goes: str) -> None:
    jar, target = CookieJar(), "https://api.test/"
    for name, samesite in (("u", "unset"), ("l", "lax"), ("s", "strict")):
        jar.add(Cookie(name, "1", "api.test", samesite=samesite))  # type: ignore[arg-type]
    opened = context(engine, "https://app.test", target, method=method, navigation="top")
    assert "".join(cookie.name for cookie in jar.retrieve(url(target), opened, NOW)[0]) == goes


@pytest.mark.parametrize(
    ("engine", "same"), [("chromium", True), ("firefox", False), ("webkit", False), ("standard", False)]
)
def test_a_detour_through_another_site_counts_except_in_chromium(engine: str, same: bool) -> None:
    assert context(engine, "https://app.test", "https://else.test/", "https://app.test/").same_site is same


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sandboxed_frame_is_of_no_site(engine: str) -> None:
    framed = context(engine, "null", "https://app.test/", top="https://app.test")
    assert not framed.same_site
    assert framed.third_party


def test_a_typed_url_brings_strict_cookies_even_after_redirects() -> None:
    jar, chain = CookieJar(), [url("https://short.test/"), url("https://app.test/")]
    jar.add(Cookie("a", "1", "app.test", samesite="strict"))
    for engine in ENGINES:
        typed = cookie_context(engine, DEFAULTS[engine], None, origin("https://short.test"), chain, "GET", "top")
        assert cookie_header(jar.retrieve(chain[-1], typed, NOW)[0]) == "a=1"


def test_partitions_are_kept_apart_by_top_level_site() -> None:
    jar, target = CookieJar(), "https://api.test/"
    jar.store(["a=1"], url(target), context("firefox", "https://one.test", target), NOW)
    assert sent(jar, target, context("firefox", "https://www.one.test", target)) == "a=1"
    assert sent(jar, target, context("firefox", "https://two.test", target)) == ""
    assert sent(jar, target, context("firefox", "https://api.test", target)) == ""


def test_webkit_stores_for_the_first_partys_registrable_domain() -> None:
    target = "https://api.example.com/"
    jar = CookieJar()
    jar.store(["a=1"], url(target), context("webkit", "https://app.example.com", target), NOW)
    jar.store(["b=1"], url(target), context("webkit", "https://app.example.org", target), NOW)
    assert [cookie.name for cookie in jar] == ["a"]


# -- Sec-Fetch-Storage-Access ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("engine", "policy", "told"),
    [("chromium", "allowed", "active"), ("chromium", "blocked", "none"), ("firefox", "partitioned", "none"),
     ("webkit", "no-store", None), ("standard", "allowed", None)],
)  # fmt: skip
def test_third_parties_hear_about_their_storage(engine: str, policy: str, told: str | None) -> None:
    def heard(page: str, target: str) -> str | None:
        asked = context(engine, page, target, policy=policy)
        return storage_access(asked, url(target), origin_of(url(page)), tainted=False)

    assert heard("https://app.test", "https://api.test/") == told
    assert heard("https://api.test", "https://api.test/") is None
    assert heard("http://app.test", "http://api.test/") is None


def test_firefox_tells_a_foreign_frame_that_it_could_have_storage_at_home_and_no_more_after_it_left() -> None:
    page, frame, target = url("https://app.test/"), url("https://other.test/"), url("https://api.app.test/")
    asked = cookie_context("firefox", "partitioned", origin_of(frame), origin_of(page), [target])
    assert storage_access(asked, target, origin_of(page), tainted=False) == "inactive"
    assert storage_access(asked, target, origin_of(page), tainted=True) is None


@given(st.lists(st.text(alphabet=st.characters(max_codepoint=255), max_size=80), max_size=5), st.sampled_from(ENGINES))
def test_no_server_can_bring_the_jar_down(values: list[str], engine: str) -> None:
    jar, target = CookieJar(), "https://app.example/a"
    own = context(engine, "https://app.example", target)
    jar.store(values, url(target), own, NOW)
    assert len(cookie_header(jar.retrieve(url(target), own, NOW)[0]).encode("latin-1")) < 5 * 4200
