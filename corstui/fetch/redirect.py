"""HTTP-redirect fetch, its pure parts: https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"""

from __future__ import annotations

from corstui.fetch import headers as h
from corstui.fetch.engines import Engine
from corstui.fetch.messages import HeaderList
from corstui.fetch.url import Url, parse, parse_location

LIMIT = 20
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})

#: https://fetch.spec.whatwg.org/#request-body-header-name
_BODY_HEADERS = frozenset({"content-encoding", "content-language", "content-location", "content-type"})

#: Targets that Chromium calls an unsafe redirect; it counts any other scheme among those that CORS does not know.
UNSAFE_SCHEMES = frozenset({"data", "about", "blob", "file", "chrome", "filesystem", "view-source"})


class BadLocation(ValueError):
    """The redirect has no usable target; the text says why, ``net_error`` what Chromium calls it."""

    def __init__(self, why: str, value: str, net_error: str = "ERR_INVALID_REDIRECT") -> None:
        super().__init__(why)
        self.value = value
        self.net_error = net_error


def location_url(headers: HeaderList, current: Url, engine: Engine) -> Url | None:
    """``redirect.location``: where to go; None when the response is final.

    https://fetch.spec.whatwg.org/#concept-response-location-url
    """
    values = h.get_all(headers, "location")
    if not values:
        return None
    if len(set(values)) > 1 and engine.compares_locations:
        why = f"Location is given as {' and as '.join(values)}"
        raise BadLocation(why, values[0], "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION")
    value = values[0] if engine.compares_locations else ", ".join(values)
    if not value and engine.empty_location != "follow":
        if engine.empty_location == "final":
            return None
        raise BadLocation("Location is empty", value)
    if engine.location_encoding == "mangled" and not value.isascii():
        target = parse(h.mangled(value), current.href)
    else:
        target = parse_location(value, current, keep_tabs=engine.escapes_tabs_in_location)
    if target is None:
        raise BadLocation(f"Location is no URL: {value}", value)
    if not target.fragment and current.fragment:
        target = parse(target.href + current.fragment) or target
    return target


def rewrites_to_get(status: int, method: str) -> bool:
    """``redirect.method``"""
    return (status in (301, 302) and method == "POST") or (status == 303 and method not in ("GET", "HEAD"))


def without_body_headers(headers: HeaderList) -> HeaderList:
    return [(name, value) for name, value in headers if name.lower() not in _BODY_HEADERS]


def without_authorization(headers: HeaderList) -> HeaderList:
    """``redirect.auth-strip``"""
    return [(name, value) for name, value in headers if name.lower() != "authorization"]
