"""Set-Cookie values taken apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.fetch.set_cookie import MAX_AGE, SetCookie, parse_cookie_date, parse_set_cookie

NOW = 1_790_000_000.0


def parsed(text: str) -> SetCookie:
    result = parse_set_cookie(text, NOW)
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("a=1", "a", "1"),
        (" a = 1 ; Path=/", "a", "1"),
        ("a=b=c", "a", "b=c"),
        ("a=", "a", ""),
        ("=1", "", "1"),
        ("bare", "", "bare"),
        ('a="quoted"', "a", '"quoted"'),
        ("a=1;;", "a", "1"),
        ("a=\xe9", "a", "\xe9"),
        ("a=1\t2", "a", "1\t2"),
    ],
)
def test_name_and_value_are_what_stands_around_the_first_equals_sign(text: str, name: str, value: str) -> None:
    assert (parsed(text).name, parsed(text).value) == (name, value)


@pytest.mark.parametrize("text", ["", "=", " ; Path=/", "a=\x00", "a=1\x7f", "a=1; Path=/\x01", "a=" + "x" * 4096])
def test_nameless_nothing_controls_and_giants_are_ignored(text: str) -> None:
    assert parse_set_cookie(text, NOW) is None


def test_name_and_value_of_4096_bytes_together_just_fit() -> None:
    assert len(parsed("a=" + "x" * 4095).value) == 4095


def test_attributes_are_read_in_any_case_and_the_last_one_wins() -> None:
    cookie = parsed("a=1; pAtH=/x; PATH=/y; DOMAIN=.App.Example; secure; HttpOnly=yes; SameSite=LAX; partitioned")
    assert cookie == SetCookie("a", "1", "app.example", "/y", None, True, True, "lax", True)


def test_an_attribute_of_more_than_1024_bytes_is_ignored() -> None:
    assert parsed("a=1; Path=/" + "x" * 1024).path is None
    assert parsed("a=1; Path=/" + "x" * 1023).path is not None


@pytest.mark.parametrize("path", ["", "Path", "Path=", "Path=x", "Path=x/y"])
def test_a_path_that_is_not_absolute_counts_as_absent(path: str) -> None:
    assert parsed(f"a=1; {path}").path is None


@pytest.mark.parametrize(
    ("text", "samesite"), [("None", "none"), ("strict", "strict"), ("", "unset"), ("nonsense", "unset")]
)
def test_an_unknown_samesite_counts_as_unset(text: str, samesite: str) -> None:
    assert parsed(f"a=1; SameSite={text}").samesite == samesite


@pytest.mark.parametrize(
    ("attributes", "expires"),
    [
        ("", None),
        ("Max-Age=60", NOW + 60),
        ("Max-Age=0", float("-inf")),
        ("Max-Age=-5", float("-inf")),
        ("Max-Age=+5", None),
        ("Max-Age=1.5", None),
        ("Max-Age=" + "9" * 400, NOW + MAX_AGE),
        ("Expires=Mon, 01 Jan 2001 00:00:00 GMT", 978_307_200.0),
        ("Expires=nonsense", None),
        ("Expires=Fri, 31 Dec 9999 23:59:59 GMT", NOW + MAX_AGE),
        ("Max-Age=60; Expires=Mon, 01 Jan 2001 00:00:00 GMT", NOW + 60),
        ("Max-Age=x; Expires=Mon, 01 Jan 2001 00:00:00 GMT", 978_307_200.0),
    ],
)
def test_max_age_wins_over_expires_and_nothing_lives_beyond_400_days(attributes: str, expires: float | None) -> None:
    assert parsed(f"a=1; {attributes}").expires == expires


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "6 nov 1994 8:49:37",
        "8:49:37 NOVEMBER 06 94",
        "Sun, 06 Nov 1994 08:49:37 +0200",
    ],
)
def test_a_date_is_read_in_any_spelling(text: str) -> None:
    assert parse_cookie_date(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("year", "full"), [("69", 2069), ("70", 1970), ("99", 1999), ("00", 2000)])
def test_two_digit_years_are_of_this_century_below_seventy(year: str, full: int) -> None:
    assert parse_cookie_date(f"01 Jan {year} 00:00:00") == datetime(full, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "text",
    ["", "06 Nov 1994", "Nov 1994 08:49:37", "06 1994 08:49:37", "06 Nov 08:49:37", "32 Nov 1994 08:49:37",
     "06 Nov 1600 08:49:37", "06 Nov 1994 24:00:00", "06 Nov 1994 08:60:00", "06 Nov 1994 08:00:60"],
)  # fmt: skip
def test_a_date_with_a_part_missing_or_out_of_range_is_none(text: str) -> None:
    assert parse_cookie_date(text) is None


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=200))
def test_whatever_a_server_writes_is_read_without_an_exception(text: str) -> None:
    cookie = parse_set_cookie(text, NOW)
    assert cookie is None or cookie.name or cookie.value
