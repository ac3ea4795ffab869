"""URLs as the URL standard parses them (https://url.spec.whatwg.org/).

A thin, immutable view of ``ada_url``: the flow compares and rebuilds URLs thousands of times and must never change one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote

import ada_url

#: Default ports of the special schemes (URL standard, "special scheme").
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}


@dataclass(frozen=True)
class Url:
    """One parsed URL. ``host`` is serialised (IDNA, IPv6 in brackets); ``port`` is None when it is the default one."""

    href: str
    scheme: str
    username: str
    password: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    is_ip: bool

    def __str__(self) -> str:
        return self.href

    @property
    def effective_port(self) -> int | None:
        """The port that a connection would use; None for a scheme without one."""
        return self.port if self.port is not None else DEFAULT_PORTS.get(self.scheme)

    @property
    def authority(self) -> str:
        """``host`` or ``host:port``, as in a Host header."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @cached_property
    def target(self) -> str:
        """Path and query, as in a request line."""
        # an empty query has its question mark all the same
        query = self.query or ("?" if self.without_fragment.endswith("?") else "")
        return (self.path or "/") + query

    @property
    def includes_credentials(self) -> bool:
        """https://url.spec.whatwg.org/#include-credentials"""
        return bool(self.username or self.password)

    @property
    def without_fragment(self) -> str:
        return self.href.split("#", 1)[0]

    @cached_property
    def wire_url(self) -> str:
        """What goes on the wire: no fragment, no user name, no password."""
        return f"{self.scheme}://{self.authority}{self.target}"


@lru_cache(maxsize=4096)
def parse(text: str, base: str | None = None) -> Url | None:
    """Parse ``text``, relative to ``base`` when given. None when the URL standard calls it a failure."""
    try:
        parsed = ada_url.URL(text) if base is None else ada_url.URL(text, base=base)
    except (ValueError, UnicodeError):
        return None
    return Url(
        href=parsed.href,
        scheme=parsed.protocol[:-1],
        username=parsed.username,
        password=parsed.password,
        host=parsed.hostname,
        port=int(parsed.port) if parsed.port else None,
        path=parsed.pathname,
        query=parsed.search,
        fragment=parsed.hash,
        is_ip=parsed.host_type != ada_url.HostType.DEFAULT,
    )


def has_spaced_host(text: str, base: str | None = None) -> bool:
    """Whether spaces in the host are all that keeps ``text`` from being a URL."""
    return parse(text, base) is None and " " in text and parse(text.replace(" ", "-"), base) is not None


def without_plain_escapes(url: str) -> str:
    """``url`` with the percent-escapes of unreserved characters resolved (RFC 3986, section 6.2.2.2)."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), url) if "%" in url else url


#: Letters, digits, ``-``, ``.``, ``_`` and ``~``.
_ESCAPE = re.compile(r"%(2[DE]|3[0-9]|4[1-9A-F]|5[0-9A]|5F|6[1-9A-F]|7[0-9A]|7E)", re.IGNORECASE)


def parse_location(value: str, base: Url, *, keep_tabs: bool = False) -> Url | None:
    """A Location value (text as latin-1): bytes above 0x7F are percent-encoded one by one, as browsers do.

    The URL parser drops tabs, unless ``keep_tabs`` has them percent-encoded too.
    """
    return parse(quote(value.encode("latin-1"), safe=_PLAIN if keep_tabs else _PLAIN + "\t"), base.href)


#: What the URL parser is to see as it is: all of ASCII but control characters.
_PLAIN = "".join(map(chr, range(0x20, 0x7F)))
