"""Header names and values (Fetch, section 2.2.2, "Headers"): forbidden names, safelists, lists of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from corstui.fetch.engines import Engine
from corstui.fetch.messages import HeaderList
from corstui.fetch.methods import is_forbidden as is_forbidden_method
from corstui.fetch.methods import is_token

_FORBIDDEN = frozenset(
    """accept-charset accept-encoding access-control-request-headers access-control-request-method connection
    content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer
    transfer-encoding upgrade via""".split()
)
_METHOD_OVERRIDES = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})

#: Names that survive in no-cors mode when their values are safelisted.
NO_CORS_SAFELISTED = frozenset({"accept", "accept-language", "content-language", "content-type"})

#: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
RESPONSE_SAFELIST = frozenset(
    {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
)
#: https://fetch.spec.whatwg.org/#forbidden-response-header-name
RESPONSE_FORBIDDEN = frozenset({"set-cookie", "set-cookie2"})

#: https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
_UNSAFE_BYTE = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
_UNSAFE_LANGUAGE = re.compile(r"[^0-9A-Za-z *,\-.;=]")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)\Z", re.ASCII)
#: WebKit reads the numbers with parseInteger, which skips form feeds, vertical tabs and a plus (HTTPParsers.cpp).
_LENIENT_RANGE = re.compile(r"bytes=[\v\f]*\+?(\d+)[\v\f]*-(?:[\v\f]*\+?(\d+)[\v\f]*)?\Z", re.ASCII | re.IGNORECASE)
_FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})

_DECIMAL = re.compile(r"\d+(\.\d+)?\Z", re.ASCII)
_INTEGER = re.compile(r"\d+\Z", re.ASCII)
#: Chromium's client hints that count as safelisted, with what their value must look like (cors.cc).
_CLIENT_HINTS = {
    "save-data": re.compile(r"on\Z"),
    "dpr": _DECIMAL,
    "device-memory": _DECIMAL,
    "width": _INTEGER,
    "viewport-width": _INTEGER,
    "rtt": _INTEGER,
    "downlink": _DECIMAL,
    "ect": re.compile(r"(2g|3g|4g|slow-2g)\Z"),
}
_MAX_VALUE = 128

#: Text of a server as long as this is not worth keeping, in characters; its answers repeat what is shorter.
REPEATED = 128


def get(headers: HeaderList, name: str) -> str | None:
    """All values of ``name``, combined by ``, ``, or None. https://fetch.spec.whatwg.org/#concept-header-list-get"""
    values = get_all(headers, name)
    return ", ".join(values) if values else None


def get_all(headers: HeaderList, name: str) -> list[str]:
    """The value of each field line called ``name`` (lower case)."""
    length = len(name)  # of the few hundred names that one flow is asked for, most differ in length already
    return [value for key, value in headers if len(key) == length and key.lower() == name]


def normalize_value(value: str) -> str:
    """https://fetch.spec.whatwg.org/#concept-header-value-normalize"""
    return value.strip("\t\n\r ")


def mangled(value: str) -> str:
    """What WebKitGTK makes of a field's bytes: read as UTF-8 with replacement, written again, and read as latin-1."""
    return value.encode("latin-1").decode("utf-8", "replace").encode("utf-8").decode("latin-1")


def is_valid(name: str, value: str) -> bool:
    """Whether Headers.append() takes the pair: a token and a byte string without NUL, CR and LF."""
    return is_token(name) and not any(char in "\0\r\n" or char > "\xff" for char in value)


def is_forbidden(name: str, value: str) -> bool:
    """``req.header.forbidden``. https://fetch.spec.whatwg.org/#forbidden-request-header"""
    lower = name.lower()
    if lower in _FORBIDDEN or lower.startswith(("proxy-", "sec-")):
        return True
    return lower in _METHOD_OVERRIDES and any(is_forbidden_method(part.strip("\t ")) for part in value.split(","))


def is_safelisted(name: str, value: str, engine: Engine) -> bool:
    """``cors.safelist.header``: whether the pair needs no preflight. https://fetch.spec.whatwg.org/#cors-safelisted-request-header"""
    lower = name.lower()
    if len(value) > _MAX_VALUE:
        return False
    if lower == "accept":
        return not _unsafe_bytes(value, engine)
    if lower in ("accept-language", "content-language"):
        return _UNSAFE_LANGUAGE.search(value) is None
    if lower == "content-type":
        return not _unsafe_bytes(value, engine) and _is_form_type(value, engine)
    if lower == "range":
        return _is_simple_range(value, engine)
    if engine.client_hints_safelisted and lower in _CLIENT_HINTS:
        return _CLIENT_HINTS[lower].match(value) is not None
    return False


def _unsafe_bytes(value: str, engine: Engine) -> bool:
    return _UNSAFE_BYTE.search(value) is not None or (engine.high_bytes_unsafe and not value.isascii())


def _is_form_type(value: str, engine: Engine) -> bool:
    essence, _, parameters = value.partition(";")
    if engine.content_type_strict and ("," in parameters or not all(map(str.strip, parameters.split(";")[:-1]))):
        return False
    return essence.strip("\t ").lower() in _FORM_TYPES


def _is_simple_range(value: str, engine: Engine) -> bool:
    match = (_LENIENT_RANGE if engine.lenient_range else _RANGE).match(value)
    if match is None:
        return False
    first, last = int(match[1]), int(match[2]) if match[2] else None
    limit = engine.range_limit
    return (last is None or first <= last) and (limit is None or max(first, last or 0) <= limit)


def unsafe_names(headers: HeaderList, engine: Engine) -> list[str]:
    """``cors.unsafe-names``: lower-cased, sorted. https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names"""
    unsafe: list[str] = []
    maybe: list[str] = []
    total = 0
    for name, value in combined(headers) if engine.combines_repeated else headers:
        if is_safelisted(name, value, engine):
            maybe.append(name.lower())
            total += len(value)
        else:
            unsafe.append(name.lower())
    if engine.safelist_sum_limit is not None and total > engine.safelist_sum_limit:
        unsafe.extend(maybe)
    return sorted(unsafe) if engine.repeats_unsafe_names else sorted(set(unsafe))


def combined(headers: HeaderList) -> HeaderList:
    """Fields of the same name as one, joined by ``, `` under the first one's spelling."""
    fields: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        first = fields.get(name.lower())
        fields[name.lower()] = (name, value) if first is None else (first[0], f"{first[1]}, {value}")
    return list(fields.values())


def parse_tokens(values: Iterable[str]) -> list[str] | None:
    """Field lines as one comma-separated list of tokens, empty elements skipped; None when one element is no token.

    https://fetch.spec.whatwg.org/#extract-header-list-values
    """
    tokens: list[str] = []
    for value in values:
        read = _tokens if len(value) < REPEATED else _tokens.__wrapped__
        found = read(value)
        if found is None:
            return None
        tokens += found
    return tokens


@lru_cache(maxsize=4096)
def _tokens(value: str) -> tuple[str, ...] | None:
    tokens = tuple(filter(None, (element.strip("\t ") for element in value.split(","))))
    return tokens if all(map(is_token, tokens)) else None
