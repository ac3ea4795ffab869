"""What the origin of a browser page may be, and how to mend a value that is none."""

from __future__ import annotations

import re

from corstui.fetch.origin import is_ip, is_localhost, parse_origin
from corstui.fetch.url import parse
from corstui.profile.problems import Location, Refusal, shown

#: Documents of these schemes have the opaque origin, or that of their creator.
_OPAQUE = frozenset({"data", "about", "javascript", "blob"})
_WORDS = 'an origin is scheme://host[:port], or "null"'


def check_origin(text: str, location: Location) -> str:
    """The origin, serialised as a browser sends it. Raises Refusal, with the remedy, for what no page can have."""
    origin = parse_origin(text)
    if origin is not None and str(origin) == text:
        return text
    raise Refusal(location, f"{shown(text)} is not the origin of a page", _remedy(text))


def scheme_hint(text: str) -> str:
    """The hint for an origin or URL that begins with its host."""
    host = re.split(r"[:/?#]", text, maxsplit=1)[0]
    scheme = "http" if is_localhost(host) or is_ip(host) else "https"
    return f"a scheme is missing, write {shown(f'{scheme}://{text}')}"


def _remedy(text: str) -> str:
    if not text.strip():
        return f'{_WORDS}; the opaque origin is "null"'
    if text != text.strip():
        return "without the space around it"
    if text.lower() == "null":
        return 'write "null", in lower case'
    if "*" in text:
        return f"* is no origin, name one site; {_WORDS}"
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if scheme and scheme[1].lower() in _OPAQUE:
        return f'a {scheme[1].lower()}: page has the opaque origin, write "null"'
    if "://" not in text:
        return scheme_hint(text) if parse_origin("https://" + text) else _WORDS
    origin = parse_origin(text) or _of_url(text)
    return f"write {shown(origin if isinstance(origin, str) else str(origin))}" if origin else _WORDS


def _of_url(text: str) -> str | None:
    """The origin within a URL that has a path, a query, a fragment or a user name too."""
    url = parse(text)
    if url is None or not url.host:
        return None
    port = "" if url.port is None else f":{url.port}"
    origin = parse_origin(f"{url.scheme}://{url.host}{port}")
    return str(origin) if origin else None
