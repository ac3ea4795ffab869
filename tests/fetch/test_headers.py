from __future__ import annotations

import pytest

from corstui.fetch import headers as h
from corstui.fetch.engines import CHROMIUM, ENGINES, FIREFOX, STANDARD, WEBKIT, Engine

ALL = tuple(ENGINES.values())


@pytest.mark.parametrize("engine", ALL, ids=lambda engine: engine.name)
@pytest.mark.parametrize(
    ("name", "value", "safe"),
    [
        ("Accept", "text/html, */*;q=0.8", True),
        ("Accept", "a" * 128, True),
        ("Accept", "a" * 129, False),
        ("Accept", "a(b", False),
        ("Accept", "a\tb", True),
        ("Accept", "a\x7f", False),
        ("Accept-Language", "en-US,en;q=0.5", True),
        ("Accept-Language", "en_US", False),
        ("Content-Language", "de, *", True),
        ("Content-Type", "TEXT/Plain; charset=utf-8", True),
        ("Content-Type", "text/plain, application/json", False),
        ("Content-Type", "application/json", False),
        ("Content-Type", "", False),
        ("Content-Type", "*/*", False),
        ("Content-Type", "multipart/form-data; boundary=a", True),
        ("Content-Type", 'multipart/form-data; boundary="a:b"', False),
        ("Range", "bytes=0-10", True),
        ("Range", "bytes=0-", True),
        ("Range", "bytes=-5", False),
        ("Range", "bytes=5-2", False),
        ("Range", "bytes=0-1,4-5", False),
        ("Range", "bytes= 0-1", False),
        ("X-Trace", "1", False),
        ("Cache-Control", "no-cache", False),
        ("Authorization", "Bearer t", False),
        ("Last-Event-ID", "7", False),
    ],
)
def test_safelisting_goes_by_name_and_every_byte(engine: Engine, name: str, value: str, safe: bool) -> None:
    assert h.is_safelisted(name, value, engine) is safe


@pytest.mark.parametrize(
    ("name", "value", "safe_in"),
    [
        ("Save-Data", "on", {"chromium"}),
        ("DPR", "1.5", {"chromium"}),
        ("DPR", "x", set()),
        ("Viewport-Width", "320", {"chromium"}),
        ("Range", "BYTES=0-1", {"webkit"}),
        ("Accept", "caf\xe9", {"chromium", "webkit", "standard"}),
        ("Content-Type", "text/plain;x=a,b", {"chromium", "webkit", "standard"}),
    ],
)
def test_engines_part_on_a_few_values(name: str, value: str, safe_in: set[str]) -> None:
    assert {engine.name for engine in ALL if h.is_safelisted(name, value, engine)} == safe_in


def test_repeated_headers_are_combined_before_they_are_measured_except_in_firefox_and_the_standard() -> None:
    twice = [("Accept", "a" * 100), ("Accept", "b" * 100)]
    assert h.unsafe_names(twice, CHROMIUM) == ["accept"]
    assert h.unsafe_names(twice, WEBKIT) == ["accept"]
    assert h.unsafe_names(twice, FIREFOX) == []
    assert h.unsafe_names(twice, STANDARD) == []


def test_only_the_standard_limits_the_sum_of_safelisted_values() -> None:
    many = [("Accept", "a" * 120)] * 9
    assert h.unsafe_names(many, STANDARD) == ["accept"]
    assert h.unsafe_names(many, FIREFOX) == []


def test_unsafe_names_are_lower_case_sorted_and_repeat_only_in_firefox() -> None:
    fields = [("X-Zed", "1"), ("Content-Type", "application/json"), ("X-Alpha", "1"), ("x-alpha", "2")]
    assert h.unsafe_names(fields, CHROMIUM) == ["content-type", "x-alpha", "x-zed"]
    assert h.unsafe_names(fields, FIREFOX) == ["content-type", "x-alpha", "x-alpha", "x-zed"]


@pytest.mark.parametrize(
    ("name", "value", "forbidden"),
    [
        ("Cookie", "a=1", True),
        ("HOST", "a", True),
        ("Sec-Anything", "1", True),
        ("proxy-x", "1", True),
        ("X-HTTP-Method-Override", "GET, trace", True),
        ("X-HTTP-Method-Override", "PUT", False),
        ("Access-Control-Request-Private-Network", "true", False),
        ("Set-Cookie2", "a=1", False),
        ("User-Agent", "x", False),
    ],
)
def test_forbidden_headers(name: str, value: str, forbidden: bool) -> None:
    assert h.is_forbidden(name, value) is forbidden


@pytest.mark.parametrize(
    ("values", "tokens"),
    [
        (["GET,,PUT,"], ["GET", "PUT"]),
        (["GET", " PUT\t"], ["GET", "PUT"]),
        ([""], []),
        (["PUT POST"], None),
        (['"PUT"'], None),
        (["x-foo; x"], None),
        (["a, b\xa0"], None),
    ],
)
def test_one_bad_token_voids_a_list(values: list[str], tokens: list[str] | None) -> None:
    assert h.parse_tokens(values) == tokens
