"""Requests as profiles write them: short and long forms, defaults, headers, bodies."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from corstui.profile import Endpoint
from tests.profile.conftest import Load

FORM = "application/x-www-form-urlencoded;charset=UTF-8"


def endpoint_of(load: Load, text: str, above: str = "") -> Endpoint:
    """The endpoint whose YAML is ``text``."""
    profile = (
        f'origins: {{app: "https://app.example"}}\n{dedent(above)}endpoints:\n  x:\n{indent(dedent(text), "    ")}'
    )
    (endpoint,) = load(profile).resolve("default").endpoints
    return endpoint


@pytest.mark.parametrize(
    ("text", "method", "url"),
    [
        ("GET https://api.example/orders", "GET", "https://api.example/orders"),
        ("https://api.example/orders", "GET", "https://api.example/orders"),
        ("patch https://api.example", "patch", "https://api.example/"),
        ("PURGE   https://api.example/a b", "PURGE", "https://api.example/a%20b"),
        ("request: DELETE https://api.example/1", "DELETE", "https://api.example/1"),
        ("{method: PUT, url: https://api.example/1}", "PUT", "https://api.example/1"),
        ("{url: https://api.example/1}", "GET", "https://api.example/1"),
        ("{url: https://api.example/1, initiator: beacon}", "POST", "https://api.example/1"),
        ("{url: https://api.example/1, initiator: form}", "GET", "https://api.example/1"),
        ("{request: post https://api.example/1, initiator: form}", "POST", "https://api.example/1"),
        ("{url: https://api.example/1, initiator: img}", "GET", "https://api.example/1"),
        ("GET HTTPS://API.Example:443/%7Ea/../b?q#f", "GET", "https://api.example/b?q#f"),
        ("ftp://files.example/x", "GET", "ftp://files.example/x"),
        ("data:text/plain,x", "GET", "data:text/plain,x"),
        ("https://user:pass@api.example/", "GET", "https://user:pass@api.example/"),
    ],
)
def test_a_request_is_a_method_and_a_url(load: Load, text: str, method: str, url: str) -> None:
    endpoint = endpoint_of(load, text)

    assert (endpoint.method, endpoint.url) == (method, url)


@pytest.mark.parametrize(
    ("base", "request_", "url"),
    [
        ("https://api.example/orders", "GET 5", "https://api.example/orders/5"),
        ("https://api.example/orders/", "GET 5", "https://api.example/orders/5"),
        ("https://api.example/orders", "./5/items", "https://api.example/orders/5/items"),
        ("https://api.example/orders", "GET ?page=2", "https://api.example/orders?page=2"),
        ("https://api.example/orders", "DELETE", "https://api.example/orders"),
        ("https://api.example/orders", "GET /users", "https://api.example/users"),
        ("https://api.example/v1/orders", "../users", "https://api.example/v1/users"),
        ("https://api.example/orders", "GET https://other.example/", "https://other.example/"),
        ("https://api.example/orders?a=b", "5", "https://api.example/orders/5"),
        ("https://api.example/orders", "{method: PUT, url: 5}", "https://api.example/orders/5"),
        ("https://api.example/orders", "{method: PUT}", "https://api.example/orders"),
        ("https://api.example/orders", "{tags: [list]}", "https://api.example/orders"),
    ],
)
def test_relative_requests_resolve_against_the_base_of_their_group(
    load: Load, base: str, request_: str, url: str
) -> None:
    profile = load(
        f"""\
        origins: {{app: "https://app.example"}}
        groups:
          orders:
            base: {base}
            endpoints:
              x: {request_}
        """
    )

    (endpoint,) = profile.resolve("default").endpoints
    assert (endpoint.url, endpoint.group) == (url, "orders")


@pytest.mark.parametrize(
    ("text", "content_type", "body"),
    [
        ("body: plain", "text/plain;charset=UTF-8", b"plain"),
        ("body: 1e3", "text/plain;charset=UTF-8", b"1e3"),
        ("body: |\n  one\n  two ü", "text/plain;charset=UTF-8", "one\ntwo ü\n".encode()),
        ("json: {sku: 1}", "application/json", b'{"sku":1}'),
        (
            "json: [yes, true, null, ~, 1e3, 1.5, 0x10, 0o17, '1', 12:30, 1.0, -0, {a: ü}]",
            "application/json",
            '["yes",true,null,null,1000,1.5,16,15,"1","12:30",1,0,{"a":"ü"}]'.encode(),
        ),
        ("json: null", "application/json", b"null"),
        ("json: text", "application/json", b'"text"'),
        ("form: {a: 1, b: x y, c: 'ü&~*'}", FORM, b"a=1&b=x+y&c=%C3%BC%26%7E*"),
        ("form: [[a, 1], [a, 2]]", FORM, b"a=1&a=2"),
    ],
)  # fmt: skip
def test_a_body_has_the_content_type_that_fetch_gives_it(load: Load, text: str, content_type: str, body: bytes) -> None:
    endpoint = endpoint_of(load, f"request: POST https://api.example\n{text}\n")

    assert endpoint.headers == (("Content-Type", content_type),)
    assert endpoint.body == body


def test_an_explicit_content_type_wins_also_one_of_the_defaults(load: Load) -> None:
    own = endpoint_of(
        load, "request: POST https://api.example\njson: {}\nheaders: {content-type: application/vnd.shop+json}\n"
    )
    inherited = endpoint_of(
        load, "request: POST https://api.example\nbody: a\n", above="defaults: {headers: {Content-Type: text/plain}}\n"
    )

    assert own.headers == (("content-type", "application/vnd.shop+json"),)
    assert inherited.headers == (("Content-Type", "text/plain"),)


def test_header_values_are_their_source_text(load: Load) -> None:
    endpoint = endpoint_of(
        load,
        """\
        request: https://api.example
        headers: {X-A: no, X-B: 12:30, X-C: 1e3, X-D: 007, X-E: 2026-11-23, X-F: "", X-G: ~, X-H: null}
        """,
    )

    values = [value for _, value in endpoint.headers]
    assert values == ["no", "12:30", "1e3", "007", "2026-11-23", "", "~", "null"]


@pytest.mark.parametrize(
    "written", ["[[X-A, 1], [x-a, 2], [X-B, 3]]", "[X-A: 1, x-a: 2, X-B: 3]", "{X-A: 1, x-a: 2, X-B: 3}"]
)
def test_headers_keep_their_order_and_their_duplicates(load: Load, written: str) -> None:
    endpoint = endpoint_of(load, f"request: https://api.example\nheaders: {written}\n")

    assert endpoint.headers == (("X-A", "1"), ("x-a", "2"), ("X-B", "3"))


def test_headers_merge_by_name_without_case_and_null_removes(load: Load) -> None:
    profile = load(
        """\
        origins: {app: "https://app.example"}
        defaults: {headers: {X-One: 1, X-Two: 2, X-Three: 3}}
        groups:
          g:
            base: https://api.example
            defaults: {headers: {x-two: group, X-Three: null}}
            endpoints:
              plain: a
              own: {url: b, headers: [[X-ONE, own], [X-One, again], [X-Three, back]]}
              none: {url: c, headers: {x-one: ~, X-TWO: }}
              text: {url: d, headers: {X-One: "null"}}
        """
    )

    headers = {endpoint.name: endpoint.headers for endpoint in profile.resolve("default").endpoints}
    assert headers == {
        "plain": (("X-One", "1"), ("x-two", "group")),
        "own": (("x-two", "group"), ("X-ONE", "own"), ("X-One", "again"), ("X-Three", "back")),
        "none": (),
        "text": (("x-two", "group"), ("X-One", "null")),
    }


def test_elements_inherit_no_headers(load: Load) -> None:
    profile = load(
        """\
        origins: {app: "https://app.example"}
        defaults: {headers: {X-One: 1}}
        endpoints:
          fetched: https://api.example
          xhr: {request: https://api.example, initiator: xhr}
          image: {request: https://api.example, initiator: img}
          events: {request: https://api.example, initiator: eventsource}
          beacon: {request: https://api.example, initiator: beacon, body: a}
        """
    )

    headers = {endpoint.name: dict(endpoint.headers) for endpoint in profile.resolve("default").endpoints}
    assert headers == {
        "fetched": {"X-One": "1"},
        "xhr": {"X-One": "1"},
        "image": {},
        "events": {},
        "beacon": {"Content-Type": "text/plain;charset=UTF-8"},
    }


def test_the_nearest_level_wins_and_tags_add_up(load: Load) -> None:
    profile = load(
        """\
        origins: {app: "https://app.example"}
        defaults: {credentials: include, mode: same-origin, timeout: 1s, repeat: 2, tags: [all], notes: far}
        groups:
          g:
            defaults: {credentials: omit, cache: no-store, tags: [g], timeout: 500ms}
            endpoints:
              a: https://api.example
              b: {url: https://api.example, credentials: same-origin, tags: [b, all], timeout: 2m, notes: "near"}
        """
    )

    a, b = profile.resolve("default").endpoints
    assert (a.credentials, a.mode, a.cache, a.timeout, a.repeat, a.tags, a.notes) == (
        "omit", "same-origin", "no-store", 0.5, 2, ("all", "g"), "far",
    )  # fmt: skip
    assert (b.credentials, b.timeout, b.tags, b.notes) == ("same-origin", 120.0, ("all", "g", "b"), "near")


def test_what_no_level_says_is_as_fetch_has_it(load: Load) -> None:
    endpoint = endpoint_of(load, "https://api.example")

    assert (endpoint.mode, endpoint.credentials, endpoint.redirect, endpoint.cache) == (
        "cors", "same-origin", "follow", "default",
    )  # fmt: skip
    assert (endpoint.initiator, endpoint.crossorigin, endpoint.referrer_policy) == ("fetch", None, "")
    assert (endpoint.keepalive, endpoint.upload_listener, endpoint.repeat, endpoint.send) == (False, False, 1, "auto")
    assert (endpoint.origins, endpoint.timeout, endpoint.tags, endpoint.notes) == (None, None, (), "")


def test_an_endpoint_knows_its_place(load: Load) -> None:
    path, line, column = endpoint_of(load, "https://api.example").location

    assert (path, line, column) == ("p.yaml", 3, 3)


#: Further keys of an endpoint, and what its warning holds.
WARNINGS = [
    ("headers: {Origin: https://a.example}", ["3:43: a browser drops the header Origin", "origins"]),
    ("headers: {cookie: a=b}", ["a browser drops the header cookie", "environment"]),
    ("headers: {Host: a}", ["a browser drops the header Host", "resolve"]),
    ("headers: {Sec-Fetch-Mode: cors}", ["a browser drops the header Sec-Fetch-Mode"]),
    ("headers: {Proxy-Authorization: x}", ["a browser drops the header Proxy-Authorization"]),
    ("headers: {X-HTTP-Method-Override: TRACE}", ["a browser drops the header X-HTTP-Method-Override"]),
    ("headers: {X-A: 1}, mode: no-cors", ["3:43: a browser drops the header X-A in mode no-cors"]),
    ("headers: {X-A: 1}, initiator: img", ["3:43: the header X-A is dropped: img cannot set headers"]),
    ("headers: {X-A: null}", ["3:43: no X-A is inherited, so the text 'null' is sent", "quote it"]),
    ("body: a", ["3:33: a GET request cannot have a body"]),
]


@pytest.mark.parametrize(("keys", "words"), WARNINGS, ids=[row[0] for row in WARNINGS])
def test_what_a_browser_would_drop_is_warned_about(load: Load, keys: str, words: list[str]) -> None:
    profile = load(f"origins: {{app: 'https://app.example'}}\nendpoints:\n  x: {{url: https://api.example, {keys}}}\n")

    (warning,) = map(str, profile.warnings)
    assert all(word in warning for word in words), warning


@pytest.mark.parametrize(
    "text",
    [
        "headers: {X-HTTP-Method-Override: PUT, Authorization: x, User-Agent: y, Accept: z}",
        'headers: {X-A: "null"}',
        "headers: {X-A: }",
    ],
)
def test_ordinary_headers_give_no_warning(load: Load, text: str) -> None:
    profile = load(f"origins: {{app: 'https://app.example'}}\nendpoints:\n  x: {{url: https://api.example, {text}}}\n")

    assert profile.warnings == []


@pytest.mark.parametrize(
    ("defaults", "words"),
    [
        ("{headers: {Authorization: x}}", ["2:22: the default header Authorization forces a preflight for every"]),
        ("{headers: {Content-Type: application/json}}", ["2:22: the default header Content-Type forces a preflight"]),
        ("{upload_listener: true}", ["2:12: the default upload_listener forces a preflight"]),
        ("{headers: {Origin: x}}", ["2:22: a browser drops the header Origin"]),
        ("{headers: {Accept: text/html, Accept-Language: en, Content-Type: text/plain}}", []),
        ("{headers: {X-A: null}}", []),
    ],
)
def test_defaults_that_change_every_request_are_warned_about(load: Load, defaults: str, words: list[str]) -> None:
    endpoints = "{a: https://b.example, b: https://c.example}"
    profile = load(f"origins: {{app: 'https://app.example'}}\ndefaults: {defaults}\nendpoints: {endpoints}\n")

    assert len(profile.warnings) == len(words)
    assert all(word in str(profile.warnings[0]) for word in words)
