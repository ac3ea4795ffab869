"""Origins, sites, trustworthiness and address spaces.

https://html.spec.whatwg.org/multipage/browsers.html#origin, https://w3c.github.io/webappsec-secure-contexts/,
https://wicg.github.io/local-network-access/
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from corstui.fetch.url import DEFAULT_PORTS, Url, parse

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

AddressSpace = Literal["loopback", "local", "public"]

#: scheme://authority; a star is no part of a host, whatever the URL standard says, but a pattern of somebody's policy.
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([^\s/?#@\\*]*)", re.IGNORECASE | re.ASCII)
#: The authority of a scheme that the URL standard knows nothing about: the host is whatever the app chose.
_CUSTOM_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[!-9;-Z^-~]*)(?::(\d{1,5}))?", re.IGNORECASE | re.ASCII)
#: Schemes whose pages and responses anybody on the path may have written. All others are TLS or an app's own.
_UNTRUSTWORTHY_SCHEMES = frozenset({"http", "ws", "ftp"})
#: Schemes of which the URL standard makes a tuple origin.
_TUPLE_SCHEMES = frozenset(DEFAULT_PORTS)


@dataclass(frozen=True)
class Origin:
    """A tuple origin, or an opaque one (``nonce`` is set), which equals nothing but itself.

    ``port`` is None when it is the scheme's default or the scheme has none.
    """

    scheme: str
    host: str
    port: int | None = None
    nonce: object | None = None

    @classmethod
    def opaque(cls) -> Origin:
        """A new opaque origin, as a sandboxed frame or a ``data:`` document has."""
        return cls("", "", None, object())

    @property
    def is_opaque(self) -> bool:
        return self.nonce is not None

    @cached_property
    def serialised(self) -> str:
        """``null`` or ``scheme://host[:port]``. https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin"""
        if self.is_opaque:
            return "null"
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    def __str__(self) -> str:
        return self.serialised


def parse_origin(text: str) -> Origin | None:
    """The origin that ``text`` names, or None when it names none; each ``null`` is a new opaque origin.

    Hosts of http, https, ws, wss and ftp are normalised as in URLs. Custom schemes (``capacitor://localhost``,
    ``chrome-extension://ID``, ``file://``) are lower-cased and otherwise left as they are. A path, even a lone slash,
    a query, a fragment or a user name makes it no origin.
    """
    return Origin.opaque() if text == "null" else _named_origin(text)


@lru_cache(maxsize=4096)
def _named_origin(text: str) -> Origin | None:
    match = _ORIGIN.fullmatch(text)
    if match is None:
        return None
    scheme, authority = match[1].lower(), match[2].lower()
    if scheme in _TUPLE_SCHEMES:
        url = parse(text) if authority else None
        return Origin(url.scheme, url.host, url.port) if url is not None else None
    custom = _CUSTOM_AUTHORITY.fullmatch(authority)
    if custom is None or not (custom[1] or (scheme == "file" and not authority)):
        return None
    port = None if custom[2] is None else int(custom[2])
    return Origin(scheme, custom[1], port) if port is None or port <= 65_535 else None


def origin_of(url: Url) -> Origin:
    """https://url.spec.whatwg.org/#concept-url-origin; opaque for everything but http, https, ws, wss, ftp and blob.

    A custom scheme has the origin that its app registered for it, so its tuple is kept.
    """
    if url.scheme == "blob":
        inner = parse(url.path)
        return origin_of(inner) if inner is not None and inner.scheme in ("http", "https") else Origin.opaque()
    if url.scheme in _TUPLE_SCHEMES or (url.host and url.scheme != "file"):
        return _tuple_origin(url.scheme, url.host, url.port)
    return Origin.opaque()


@lru_cache(maxsize=4096)
def _tuple_origin(scheme: str, host: str, port: int | None) -> Origin:
    return Origin(scheme, host, port)


def same_origin(a: Origin, b: Origin) -> bool:
    """https://html.spec.whatwg.org/#same-origin; an opaque origin is the same only as itself."""
    return a is b or a == b


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    # read on first use: it costs some 30 ms, and a run without cookies or redirects never needs it
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=False)


def is_ip(host: str) -> bool:
    """Whether a URL's host is an IP address (IPv6 in brackets)."""
    return host.startswith("[") or re.fullmatch(r"\d+(\.\d+){3}", host, re.ASCII) is not None


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str | None:
    """The public suffix of ``host`` and one more label; None for an IP address and for a public suffix itself.

    The list's private section (``github.io``) counts, as in all browsers. https://publicsuffix.org/
    """
    if not host or is_ip(host):
        return None
    dot = "." if host.endswith(".") else ""
    domain = _public_suffixes().privatesuffix(host.removesuffix("."))
    return None if domain is None else str(domain) + dot


def is_public_suffix(domain: str) -> bool:
    """Whether ``domain`` is one under which strangers register names, so that no cookie may span it."""
    return not is_ip(domain) and registrable_domain(domain) is None


def has_listed_suffix(host: str) -> bool:
    """Whether the public suffix list itself names a suffix of ``host``, rather than its rule for unknown ones."""
    return not is_ip(host) and _public_suffixes().publicsuffix(host.removesuffix("."), accept_unknown=False) is not None


def site(origin: Origin, *, schemeful: bool = True) -> str | None:
    """The site of ``origin`` as ``scheme://host`` (without the scheme if not ``schemeful``); None when opaque.

    https://html.spec.whatwg.org/#obtain-a-site; ports do not count.
    """
    if origin.is_opaque:
        return None
    name = registrable_domain(origin.host) or origin.host
    return f"{origin.scheme}://{name}" if schemeful else name


def same_site(a: Origin, b: Origin, *, schemeful: bool = True) -> bool:
    """https://html.spec.whatwg.org/#same-site; ``schemeful=False`` is "schemelessly same site"."""
    if a.is_opaque or b.is_opaque:
        return a == b
    if schemeful and a.scheme != b.scheme:
        return False
    if a.host == b.host or _top_label(a.host) != _top_label(b.host):
        return a.host == b.host  # the list of public suffixes, which takes a while to read, cannot change that
    return site(a, schemeful=schemeful) == site(b, schemeful=schemeful)


def _top_label(host: str) -> str:
    """What hosts of one site have in common at least: the top-level domain, or the whole of an IP address."""
    return host if is_ip(host) else host.removesuffix(".").rpartition(".")[2]


def is_localhost(host: str) -> bool:
    """``localhost`` and every name below it, with or without a final dot."""
    name = host.removesuffix(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def is_potentially_trustworthy(subject: Url | Origin) -> bool:
    """https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy

    Schemes other than http, ws and ftp are TLS, local, or registered as secure by the app that owns them.
    """
    if isinstance(subject, Origin) and subject.is_opaque:
        return False
    if subject.scheme not in _UNTRUSTWORTHY_SCHEMES:
        return True
    if is_localhost(subject.host):
        return True
    address = _address(subject.host)
    return address is not None and address.is_loopback


_LOOPBACK = ("127.0.0.0/8", "0.0.0.0/32", "198.18.0.0/15", "::1/128", "::/128")
_LOCAL = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "0.0.0.0/8",
    "fc00::/7", "fe80::/10", "fec0::/10", "2001:db8::/32", "3fff::/20",
)  # fmt: skip
#: In order, the first match counts: 0.0.0.0 is loopback, the rest of 0/8 is local.
_SPACES: tuple[tuple[AddressSpace, tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]], ...] = (
    ("loopback", tuple(map(ipaddress.ip_network, _LOOPBACK))),
    ("local", tuple(map(ipaddress.ip_network, _LOCAL))),
)


@lru_cache(maxsize=4096)
def address_space(host: str) -> AddressSpace | None:
    """The IP address space of an address or of a name that tells it; None for any other name.

    https://wicg.github.io/local-network-access/#ip-address-space; an IPv4-mapped IPv6 address counts as its IPv4 one.
    """
    if is_localhost(host):
        return "loopback"
    if host.removesuffix(".").lower().endswith(".local"):
        return "local"
    address = _address(host)
    if address is None:
        return None
    for name, networks in _SPACES:
        if any(address in network for network in networks):
            return name
    return "public"


@lru_cache(maxsize=4096)
def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
