"""Request heads, field by field, against those that three browsers wrote.

``data/request_heads.jsonl`` holds one request a line: engine, flow, what the flow knows about the request, and the head
as it arrived at a server, User-Agent abridged. The second request of WebKitGTK's media player, for a part of a file
whose length it has learnt from the first, is left out, as are WebSockets and workers, which are not simulated.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corstui.fetch.messages import HeaderList
from corstui.fetch.url import Url, parse
from corstui.fetch.wire import Outgoing, cache_mode, wire_headers
from corstui.fetch.wire_tables import TABLES

_DATA = Path(__file__).parent / "data" / "request_heads.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in _DATA.read_text(encoding="utf-8").splitlines()]
BROWSERS = ("chromium", "firefox", "webkit")


def url(text: str) -> Url:
    parsed = parse(text)
    assert parsed is not None
    return parsed


def outgoing(**fields: Any) -> Outgoing:
    fields["url"] = url(fields.get("url", "http://api.test/r"))
    fields["headers"] = [(name, value) for name, value in fields.get("headers", [])]
    return Outgoing(**{"kind": "actual", "method": "GET", **fields})


def names(head: HeaderList) -> list[str]:
    return [name.lower() for name, _ in head]


def value(head: HeaderList, name: str) -> str | None:
    return next((value for key, value in head if key.lower() == name.lower()), None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['engine']}-{row['flow']}-{row['request']['method']}")
def test_a_head_is_what_the_browser_wrote(row: dict[str, Any]) -> None:
    head = wire_headers(row["engine"], outgoing(**row["request"]))
    lines = [f"{name}: {'…' if name == 'User-Agent' else value}" for name, value in head]
    assert lines == row["head"]


def test_the_data_holds_every_browser_and_flow() -> None:
    assert {row["engine"] for row in ROWS} == set(BROWSERS)
    assert len({row["flow"] for row in ROWS}) == 75


@pytest.mark.parametrize(
    ("engine", "product"),
    [
        ("chromium", "Chrome/156.0.0.0"),
        ("firefox", "Firefox/153.0"),
        ("webkit", "Version/60.5"),
        ("standard", "corstui"),
    ],
)
def test_each_engine_calls_itself_what_its_windows_do(engine: str, product: str) -> None:
    assert product in (value(wire_headers(engine, outgoing()), "User-Agent") or "")


@pytest.mark.parametrize("engine", TABLES)
def test_a_given_user_agent_replaces_the_engines_own(engine: str) -> None:
    head = wire_headers(engine, outgoing(user_agent="probe/1"))
    assert value(head, "User-Agent") == "probe/1"
    assert (
        value(wire_headers(engine, outgoing(kind="preflight", method="OPTIONS", user_agent="p")), "user-agent") == "p"
    )


def test_the_standard_sends_only_what_standards_ask_for() -> None:
    head = wire_headers("standard", outgoing(url="https://api.test/r", origin="https://app.test"))
    assert head == [
        ("Host", "api.test"),
        ("Connection", "keep-alive"),
        ("User-Agent", "corstui"),
        ("Accept", "*/*"),
        ("Origin", "https://app.test"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "en-US,en;q=0.9"),
    ]


@pytest.mark.parametrize("engine", TABLES)
def test_scripts_accept_and_language_win_over_the_engines(engine: str) -> None:
    own = [("Accept", "text/csv"), ("Accept-Language", "de")]
    head = wire_headers(engine, outgoing(headers=own))
    assert value(head, "Accept") == "text/csv"
    assert value(head, "Accept-Language") == "de"
    assert names(head).count("accept") == names(head).count("accept-language") == 1


@pytest.mark.parametrize(
    ("engine", "order"),
    [
        ("chromium", ["accept", "content-type", "x-a", "origin", "referer"]),
        ("firefox", ["accept", "referer", "x-a", "content-type", "origin"]),
        ("webkit", ["accept", "content-type", "origin", "referer", "x-a"]),
    ],
)
def test_scripts_fields_stand_where_the_engine_keeps_them(engine: str, order: list[str]) -> None:
    own = [("X-A", "1"), ("Accept", "text/html"), ("Content-Type", "text/plain")]
    head = wire_headers(engine, outgoing(headers=own, origin="http://app.test", referer="http://app.test/"))
    assert [name for name in names(head) if name in order] == order


@pytest.mark.parametrize("engine", BROWSERS)
def test_the_fields_of_script_keep_their_order_and_case(engine: str) -> None:
    head = wire_headers(engine, outgoing(headers=[("x-c", "1"), ("X-A", "2"), ("X-b", "3")]))
    assert [name for name, _ in head if name.lower().startswith("x-")] == ["x-c", "X-A", "X-b"]


@pytest.mark.parametrize("engine", TABLES)
def test_repeated_fields_are_written_as_one(engine: str) -> None:
    head = wire_headers(engine, outgoing(headers=[("X-A", "1"), ("X-B", "2"), ("x-a", "3")]))
    assert value(head, "X-A") == "1, 3"
    assert names(head).count("x-a") == 1


@pytest.mark.parametrize("engine", TABLES)
def test_a_preflight_carries_none_of_scripts_fields_nor_cookies(engine: str) -> None:
    asked = {"access_control_request_method": "PUT", "access_control_request_headers": "x-a"}
    own = [("X-A", "1"), ("Authorization", "t"), ("Accept", "text/csv")]
    head = wire_headers(engine, outgoing(kind="preflight", method="OPTIONS", headers=own, cookie="a=1", **asked))
    assert not {"x-a", "authorization", "cookie", "content-length"} & set(names(head))
    assert value(head, "Accept") == "*/*"
    assert value(head, "Access-Control-Request-Method") == "PUT"
    assert value(head, "Access-Control-Request-Headers") == "x-a"


@pytest.mark.parametrize("engine", TABLES)
@pytest.mark.parametrize(
    ("method", "length", "written"),
    [("POST", None, "0"), ("PUT", None, "0"), ("DELETE", None, None), ("PATCH", None, None), ("GET", None, None),
     ("PATCH", 0, "0"), ("POST", 7, "7")],
)  # fmt: skip
def test_a_missing_body_has_a_length_for_post_and_put_only(
    engine: str, method: str, length: int | None, written: str | None
) -> None:
    assert value(wire_headers(engine, outgoing(method=method, body_length=length)), "Content-Length") == written


@pytest.mark.parametrize(
    ("engine", "before", "after"),
    [
        ("chromium", "accept-language", None),
        ("firefox", "connection", "priority"),
        ("webkit", "accept-encoding", "accept-language"),
    ],
)
def test_cookies_have_their_place(engine: str, before: str, after: str | None) -> None:
    order = names(wire_headers(engine, outgoing(cookie="a=1; b=2")))
    position = order.index("cookie")
    assert order[position - 1] == before
    assert order[position + 1 :][:1] == ([after] if after else [])


@pytest.mark.parametrize(
    ("mode", "pragma", "control"),
    [("default", None, None), ("no-store", "no-cache", "no-cache"), ("reload", "no-cache", "no-cache"),
     ("no-cache", None, "max-age=0"), ("force-cache", None, None)],
)  # fmt: skip
@pytest.mark.parametrize("engine", TABLES)
def test_the_cache_mode_shows_in_pragma_and_cache_control(
    engine: str, mode: str, pragma: str | None, control: str | None
) -> None:
    head = wire_headers(engine, outgoing(cache=mode))
    assert (value(head, "Pragma"), value(head, "Cache-Control")) == (pragma, control)


def test_scripts_own_cache_control_is_not_doubled() -> None:
    for engine in TABLES:
        head = wire_headers(engine, outgoing(cache="no-cache", headers=[("Cache-Control", "no-transform")]))
        assert [text for name, text in head if name == "Cache-Control"] == ["no-transform"]


@pytest.mark.parametrize(
    ("engine", "mode", "on_preflight"),
    [("chromium", "no-cache", "max-age=0"), ("firefox", "no-store", "no-cache"), ("webkit", "no-store", None)],
)
def test_a_conditional_field_of_script_turns_the_cache_off(engine: str, mode: str, on_preflight: str | None) -> None:
    own = [("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")]
    assert cache_mode(engine, "default", own, "fetch") == mode
    assert cache_mode(engine, "force-cache", own, "fetch") == "force-cache"
    assert cache_mode(engine, "default", [("X-A", "1")], "fetch") == "default"
    assert cache_mode(engine, "default", own, "xhr") == ("default" if engine == "firefox" else mode)
    preflight = wire_headers(engine, outgoing(kind="preflight", method="OPTIONS", headers=own))
    assert value(preflight, "Cache-Control") == on_preflight


@pytest.mark.parametrize(
    ("given", "written", "last"),
    [("bytes=0-255", "bytes=0-255", True), ("bytes = 0-1", "bytes=0-1", True), ("bytes=-5", "bytes=-5", True),
     ("bytes=0-1,2-3", "bytes=0-1,2-3", False), ("bytes=0-1;", "bytes=0-1;", False), ("bytes=-", "bytes=-", False),
     ("bytes=" + "1" * 60 + "-", "bytes=" + "1" * 60 + "-", False)],
)  # fmt: skip
def test_chromiums_cache_appends_a_single_range(given: str, written: str, last: bool) -> None:
    head = wire_headers("chromium", outgoing(headers=[("Range", given)]))
    assert value(head, "Range") == written
    assert (names(head)[-1] == "range") is last


@pytest.mark.parametrize("engine", TABLES)
def test_a_range_goes_with_the_identity_coding(engine: str) -> None:
    head = wire_headers(engine, outgoing(url="https://api.test/r", headers=[("Range", "bytes=0-9")]))
    assert value(head, "Accept-Encoding") == "identity"


def test_webkit_writes_high_bytes_as_utf_8() -> None:
    row = outgoing(headers=[("Accept", "a\xe9b")])
    assert value(wire_headers("webkit", row), "Accept") == "a\xc3\xa9b"
    assert value(wire_headers("firefox", row), "Accept") == "a\xe9b"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://api.test/", True),
        ("http://localhost:8000/", True),
        ("http://127.0.0.1/", True),
        ("http://api.test/", False),
    ],
)
@pytest.mark.parametrize("engine", TABLES)
def test_fetch_metadata_goes_to_trustworthy_urls_only(engine: str, address: str, told: bool) -> None:
    head = wire_headers(engine, outgoing(url=address, fetch_site="same-site"))
    assert (value(head, "Sec-Fetch-Site") == "same-site") is told
    assert ("sec-ch-ua" in names(head)) is (told and engine == "chromium")
    silent = wire_headers(engine, outgoing(url=address, fetch_site=None))
    assert not any(name.startswith("sec-fetch") for name in names(silent))


@pytest.mark.parametrize(
    ("engine", "preflighted"), [("chromium", False), ("firefox", True), ("webkit", False), ("standard", False)]
)
def test_storage_access_is_told_on_firefoxs_preflights_too(engine: str, preflighted: bool) -> None:
    secure = outgoing(url="https://api.test/r", storage_access="none")
    preflight = secure._replace(kind="preflight", method="OPTIONS")
    assert ("sec-fetch-storage-access" in names(wire_headers(engine, preflight))) is preflighted
    told = engine in ("chromium", "firefox")
    assert ("sec-fetch-storage-access" in names(wire_headers(engine, secure))) is told


def test_only_a_visit_is_somebodys_own_doing() -> None:
    fields = {"kind": "navigation", "url": "https://app.test/", "mode": "navigate", "destination": "document"}
    for engine, sent in (("chromium", "?1"), ("firefox", "?1"), ("webkit", None)):
        visit = wire_headers(engine, outgoing(initiator="navigation", fetch_site="none", **fields))
        assert value(visit, "Sec-Fetch-User") == sent
        assert value(wire_headers(engine, outgoing(initiator="form", **fields)), "Sec-Fetch-User") is None


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({}, ["referer", "x-a", "origin"]),
        ({"redirects": 1}, ["origin", "x-a", "referer"]),
        ({"redirects": 1, "tainting": "basic"}, ["x-a", "referer", "origin"]),
        ({"initiator": "xhr"}, ["x-a", "origin", "referer"]),
    ],
)
def test_firefoxs_redirects_and_xhr_move_the_referer(fields: dict[str, Any], order: list[str]) -> None:
    known = {"headers": [("X-A", "1")], "origin": "http://app.test", "referer": "http://app.test/"}
    head = wire_headers("firefox", outgoing(**known, **fields))
    assert [name for name in names(head) if name in order] == order


def test_firefoxs_keepalive_bodies_come_first() -> None:
    known = {"headers": [("Content-Type", "text/plain")], "referer": "http://app.test/", "body_length": 1}
    head = names(wire_headers("firefox", outgoing(method="POST", keepalive=True, **known)))
    assert head.index("content-type") < head.index("content-length") < head.index("referer")


def test_chromium_adds_an_origin_that_a_redirect_brought_after_the_metadata() -> None:
    moved = outgoing(
        url="https://api.test/", origin="http://app.test", redirects=1, crossed_origin=True, late_origin=True
    )
    order = names(wire_headers("chromium", moved))
    assert order.index("sec-fetch-dest") < order.index("origin") < order.index("accept-encoding")
    assert order.index("accept") + 1 == names(wire_headers("chromium", moved._replace(late_origin=False))).index(
        "origin"
    )


def test_an_unknown_engine_is_an_error() -> None:
    with pytest.raises(KeyError):
        wire_headers("netscape", outgoing())
