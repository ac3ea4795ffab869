"""Reading one Set-Cookie value: RFC 6265bis, sections 5.5 and 5.6 (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html)."""

from __future__ import annotations

import re
from calendar import timegm
from dataclasses import dataclass

#: Bytes of name and value together, beyond which a cookie is dropped; bytes of an attribute's value.
MAX_PAIR = 4096
MAX_ATTRIBUTE = 1024

#: Seconds that a cookie may live at most: 400 days.
MAX_AGE = 400 * 86_400

_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DATE_DELIMITERS = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:\D|$)", re.ASCII)
_YEAR = re.compile(r"(\d{2,4})(?:\D|$)", re.ASCII)
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_INTEGER = re.compile(r"-?\d+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A Set-Cookie value taken apart, not yet judged. ``expires`` is a Unix time in seconds, None for a session cookie.

    ``domain`` is lower case without its leading dot, empty when absent; ``path`` is None when absent or not absolute.
    """

    name: str
    value: str
    domain: str = ""
    path: str | None = None
    expires: float | None = None
    secure: bool = False
    httponly: bool = False
    samesite: str = "unset"
    partitioned: bool = False


def parse_set_cookie(text: str, wall: float) -> SetCookie | None:
    """Take ``text`` apart at Unix time ``wall``; None when it is to be ignored altogether."""
    if _CONTROLS.search(text):
        return None
    pair, *rest = text.split(";")
    name, equals, value = pair.partition("=")
    name, value = (name.strip("\t "), value.strip("\t ")) if equals else ("", pair.strip("\t "))
    if not (name or value) or len(name) + len(value) > MAX_PAIR:
        return None
    attributes: dict[str, str] = {}
    for attribute in rest:
        key, _, setting = attribute.partition("=")
        if len(setting.strip("\t ")) <= MAX_ATTRIBUTE:
            attributes[key.strip("\t ").lower()] = setting.strip("\t ")
    path = attributes.get("path", "")
    samesite = attributes.get("samesite", "").lower()
    return SetCookie(
        name=name,
        value=value,
        domain=attributes.get("domain", "").removeprefix(".").lower(),
        path=path if path.startswith("/") else None,
        expires=_expiry(attributes, wall),
        secure="secure" in attributes,
        httponly="httponly" in attributes,
        samesite=samesite if samesite in ("lax", "strict", "none") else "unset",
        partitioned="partitioned" in attributes,
    )


def _expiry(attributes: dict[str, str], wall: float) -> float | None:
    """Max-Age wins over Expires; an unreadable one counts as absent."""
    age = attributes.get("max-age", "")
    if _INTEGER.match(age):
        seconds = int(age[:20])
        return wall + min(seconds, MAX_AGE) if seconds > 0 else float("-inf")
    expires = parse_cookie_date(attributes.get("expires", ""))
    return None if expires is None else min(expires, wall + MAX_AGE)


def parse_cookie_date(text: str) -> float | None:
    """A date as cookies write it, in any order of its parts; None when a part is missing or out of range.

    RFC 6265bis, section 5.1.1.
    """
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DATE_DELIMITERS.split(text):
        if time is None and (match := _TIME.match(token)):
            time = (int(match[1]), int(match[2]), int(match[3]))
        elif day is None and (match := _DAY.match(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS[token[:3].lower()]
        elif year is None and (match := _YEAR.match(token)):
            year = int(match[1])
    if time is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 1900 if year >= 70 else 2000
    hour, minute, second = time
    if not 1 <= day <= 31 or year < 1601 or hour > 23 or minute > 59 or second > 59:
        return None
    return float(timegm((year, month, day, hour, minute, second)))
