"""Origins, sites, trustworthiness and address spaces."""

from __future__ import annotations

import pytest

from corstui.fetch.origin import (
    Origin,
    address_space,
    is_potentially_trustworthy,
    is_public_suffix,
    origin_of,
    parse_origin,
    same_origin,
    same_site,
    site,
)
from corstui.fetch.url import Url, parse


def origin(text: str) -> Origin:
    parsed = parse_origin(text)
    assert parsed is not None
    return parsed


def url(text: str) -> Url:
    parsed = parse(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("text", "serialised"),
    [
        ("https://app.example", "https://app.example"),
        ("HTTPS://App.Example", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://app.example:80", "http://app.example"),
        ("http://app.example:443", "http://app.example:443"),
        ("https://faß.de", "https://xn--fa-hia.de"),
        ("http://0x7f.1:3000", "http://127.0.0.1:3000"),
        ("http://[2001:DB8:0:0::1]", "http://[2001:db8::1]"),
        ("http://a_b.example", "http://a_b.example"),
        ("https://app.example.", "https://app.example."),
        ("null", "null"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("Ionic://LocalHost", "ionic://localhost"),
        ("tauri://localhost", "tauri://localhost"),
        ("http://tauri.localhost", "http://tauri.localhost"),
        ("chrome-extension://ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"),
        (
            "moz-extension://0e3b9a4c-2a51-4f0e-b1f2-8f6f4f1f2e11",
            "moz-extension://0e3b9a4c-2a51-4f0e-b1f2-8f6f4f1f2e11",
        ),
        ("app://bundle:8080", "app://bundle:8080"),
        ("app://[::1]:8080", "app://[::1]:8080"),
        ("file://", "file://"),
    ],
)
def test_an_origin_is_serialised_as_browsers_write_it(text: str, serialised: str) -> None:
    assert str(origin(text)) == serialised


@pytest.mark.parametrize(
    "text",
    [
        "", "Null", "app.example", "https://", "https:app.example", "https:///app.example", "https://app.example/",
        "https://app.example/path", "https://user@app.example", "https://app.example?x", "https://app.example#x",
        "https://app.example:99999", "https://*.example", "https://a b.example", "http://app.example\\", "app://",
        "app://bundle/index.html", "app://x:70000", "app://x:y", "capacitor://localhost/", "data:text/html,x",
        "1app://x", "https://a.example, https://b.example", "*", "app://faß", "https:// app.example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    assert parse_origin(text) is None


@pytest.mark.parametrize(
    ("text", "serialised"),
    [
        ("https://user:pw@app.example:8443/a?b#c", "https://app.example:8443"),
        ("blob:https://app.example/0e3b9a4c", "https://app.example"),
        ("blob:null/0e3b9a4c", "null"),
        ("data:text/html,x", "null"),
        ("file:///tmp/page.html", "null"),
        ("about:blank", "null"),
        ("capacitor://localhost/index.html", "capacitor://localhost"),
    ],
)
def test_a_url_has_the_origin_of_its_document(text: str, serialised: str) -> None:
    assert str(origin_of(url(text))) == serialised


def test_an_opaque_origin_is_the_same_only_as_itself() -> None:
    one, other = origin("null"), origin("null")
    assert same_origin(one, one)
    assert not same_origin(one, other)
    assert not same_site(one, other)
    assert site(one) is None


@pytest.mark.parametrize("other", ["http://app.example", "https://app.example:8443", "https://www.app.example"])
def test_scheme_port_and_subdomain_make_another_origin(other: str) -> None:
    assert not same_origin(origin("https://app.example"), origin(other))
    assert same_origin(origin("https://app.example"), origin("https://app.example:443"))


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://app.example.com", "https://api.example.com:8443", True),
        ("https://example.com", "https://example.org", False),
        ("https://a.co.uk", "https://b.co.uk", False),
        ("https://alice.github.io", "https://bob.github.io", False),
        ("https://x.alice.github.io", "https://alice.github.io", True),
        ("http://127.0.0.1:1", "http://127.0.0.1:2", True),
        ("http://127.0.0.1", "http://localhost", False),
        ("http://127.0.0.1", "http://1.0.0.1", False),
        ("http://[::1]:1", "http://[::1]:2", True),
        ("http://localhost:1", "http://localhost:2", True),
        ("http://app.test", "http://sub.app.test", True),
        ("https://example.com", "https://example.com.", False),
        ("https://xn--fa-hia.de", "https://www.xn--fa-hia.de", True),
    ],
)
def test_a_site_is_the_registrable_domain_of_the_public_suffix_list(a: str, b: str, same: bool) -> None:
    assert same_site(origin(a), origin(b)) is same


def test_the_scheme_belongs_to_the_site_unless_told_otherwise() -> None:
    plain, secure = origin("http://example.com"), origin("https://www.example.com")
    assert not same_site(plain, secure)
    assert same_site(plain, secure, schemeful=False)
    assert site(secure) == "https://example.com"


@pytest.mark.parametrize(
    ("domain", "public"),
    [("com", True), ("co.uk", True), ("github.io", True), ("example.com", False), ("127.0.0.1", False)],
)
def test_public_suffixes_are_known(domain: str, public: bool) -> None:
    assert is_public_suffix(domain) is public


@pytest.mark.parametrize(
    ("text", "trustworthy"),
    [
        ("https://app.example", True),
        ("http://app.example", False),
        ("http://127.8.9.1:3000", True),
        ("http://[::1]", True),
        ("http://localhost:3000", True),
        ("http://app.localhost", True),
        ("http://localhost.example", False),
        ("http://192.168.0.1", False),
        ("capacitor://localhost", True),
        ("null", False),
    ],
)
def test_trustworthy_is_tls_loopback_or_an_apps_own_scheme(text: str, trustworthy: bool) -> None:
    assert is_potentially_trustworthy(origin(text)) is trustworthy


@pytest.mark.parametrize(
    ("host", "space"),
    [
        ("localhost", "loopback"), ("a.localhost.", "loopback"), ("127.1.2.3", "loopback"), ("[::1]", "loopback"),
        ("0.0.0.0", "loopback"), ("[::]", "loopback"), ("198.19.0.1", "loopback"), ("0.1.2.3", "local"),
        ("10.1.2.3", "local"), ("172.31.0.1", "local"), ("172.32.0.1", "public"), ("192.168.1.1", "local"),
        ("100.64.0.1", "local"), ("169.254.169.254", "local"), ("printer.local", "local"), ("[fd00::1]", "local"),
        ("[fe80::1]", "local"), ("[fec0::1]", "local"), ("[2001:db8::1]", "local"), ("[3fff::1]", "local"),
        ("[::ffff:10.0.0.1]", "local"), ("[::ffff:127.0.0.1]", "loopback"), ("8.8.8.8", "public"),
        ("[2606:4700::1]", "public"), ("app.example", None), ("local", None),
    ],
)  # fmt: skip
def test_addresses_and_telling_names_have_a_space(host: str, space: str | None) -> None:
    assert address_space(host) == space


HOSTS = """a.example b.a.example example a.example. com com. co.uk x.co.uk y.x.co.uk github.io a.github.io b.github.io
127.0.0.1 127.0.0.2 [::1] localhost x.localhost kobe.jp c.kobe.jp city.kobe.jp a.xn--p1ai xn--p1ai""".split()


@pytest.mark.parametrize("schemeful", [True, False])
@pytest.mark.parametrize("host", HOSTS)
def test_two_origins_are_same_site_exactly_when_their_sites_are_equal(host: str, schemeful: bool) -> None:
    for other in HOSTS:
        for scheme in ("http", "https"):
            a, b = Origin("https", host), Origin(scheme, other)
            equal = site(a, schemeful=schemeful) == site(b, schemeful=schemeful)
            assert same_site(a, b, schemeful=schemeful) is equal, other
