"""How to reach the network: certificates, proxies and pinned names, as libcurl's options."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pycurl

from corstui.fetch.network import is_loopback
from corstui.fetch.url import Url, parse

#: Where systems keep their certificate authorities; the wheels of pycurl carry an OpenSSL that knows none of them.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, FreeBSD
    "/usr/local/etc/openssl/cert.pem",
    "/opt/homebrew/etc/openssl@3/cert.pem",
)


@dataclass(frozen=True, slots=True)
class Route:
    """``proxy``: its URL, empty for none; ``target``: what the request line names, byte for byte."""

    proxy: str
    target: str


@dataclass(frozen=True)
class Network:
    """One environment's way to the servers.

    ``ca``: a file or directory of authorities in place of the system's. ``resolve``: host to ``ip`` or ``ip:port``;
    Host and SNI stay those of the URL. ``proxy``: a URL, ``"none"``, or None for what the process environment names.
    """

    verify: bool = True
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    resolve: Mapping[str, str] = field(default_factory=dict)
    proxy: str | None = None

    @cached_property
    def authorities(self) -> str | None:
        """The file or directory of trusted authorities; None when the system has none that can be found."""
        return self.ca or find_authorities(os.environ)

    def route(self, url: Url) -> Route:
        """The way to ``url``."""
        proxy = self._proxy_for(url)
        whole = bool(proxy) and not proxy.startswith("socks") and url.scheme == "http" and url.host not in self._pins
        return Route(proxy, url.wire_url if whole else url.target)

    def _proxy_for(self, url: Url) -> str:
        if self.proxy is not None:
            return "" if self.proxy == "none" else self.proxy
        proxy = self._environment_proxies.get(url.scheme, "")
        if not proxy or is_loopback(url.host) or is_loopback(split_address(self._pins.get(url.host, ""))[0]):
            return ""
        return "" if is_exempt(url, self._no_proxy) else proxy

    @cached_property
    def _environment_proxies(self) -> dict[str, str]:
        return environment_proxies(os.environ)

    @cached_property
    def _no_proxy(self) -> list[str]:
        return re.split(r"[,\s]+", _get_either_case(os.environ, "no_proxy").lower())

    @cached_property
    def _pins(self) -> dict[str, str]:
        named = ((parse(f"http://{host}/"), host, target) for host, target in self.resolve.items())
        return {url.host if url is not None else host.lower(): target for url, host, target in named}

    @cached_property
    def _connect_to(self) -> list[str]:
        return [f"{host}::{':'.join(split_address(target))}" for host, target in self._pins.items()]

    def options(self, *, credentials: bool) -> Iterator[tuple[int, Any]]:
        """The options that stay the same for every transfer; a client certificate only with ``credentials``."""
        yield pycurl.SSL_VERIFYPEER, int(self.verify)
        yield pycurl.SSL_VERIFYHOST, 2 if self.verify else 0
        yield pycurl.PROXY_SSL_VERIFYPEER, int(self.verify)
        yield pycurl.PROXY_SSL_VERIFYHOST, 2 if self.verify else 0
        if self.verify and self.authorities:
            directory = Path(self.authorities).is_dir()
            yield (pycurl.CAPATH if directory else pycurl.CAINFO), self.authorities
            yield (pycurl.PROXY_CAPATH if directory else pycurl.PROXY_CAINFO), self.authorities
        if credentials and self.cert:
            yield pycurl.SSLCERT, self.cert
            if self.key:
                yield pycurl.SSLKEY, self.key
        if self._connect_to:
            yield pycurl.CONNECT_TO, self._connect_to
        yield pycurl.PROXY, ""
        yield pycurl.NOPROXY, ""  # decided here: libcurl would read the environment itself


def find_authorities(environ: Mapping[str, str]) -> str | None:
    """The trusted certificate authorities: ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, the system's, else certifi's if
    installed.

    What the process environment names is taken as it is: a wrong name must fail, not fall back to other authorities.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if environ.get(name):
            return environ[name]
    defaults = ssl.get_default_verify_paths()
    for candidate in (defaults.cafile, *_SYSTEM_BUNDLES):
        if candidate and Path(candidate).is_file():
            return candidate
    try:
        import certifi
    except ImportError:
        return defaults.capath
    return certifi.where()


def environment_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Scheme to proxy. ``HTTP_PROXY`` in capitals is ignored, as curl does: a CGI client could set it by a header."""
    everything = _get_either_case(environ, "all_proxy")
    return {
        "http": environ.get("http_proxy") or everything,
        "https": _get_either_case(environ, "https_proxy") or everything,
    }


def is_exempt(url: Url, entries: list[str]) -> bool:
    """Whether ``no_proxy`` names the host: by name, parent domain, address or CIDR block, and port if any."""
    host = url.host.strip("[]").rstrip(".")
    for entry in filter(None, entries):
        name, port = split_address(entry)
        if port and port != str(url.effective_port):
            continue
        name = name.strip("[]").removeprefix("*").strip(".")
        if not name and entry.startswith("*"):
            return True
        if host == name or (_is_within(host, entry) if url.is_ip else bool(name) and host.endswith("." + name)):
            return True
    return False


def _is_within(address: str, block: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False


def _get_either_case(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def split_address(text: str) -> tuple[str, str]:
    """``ip``, ``ip:port``, ``[ip6]:port`` or a bare IPv6 address, as (host with brackets around IPv6, port or "")."""
    if text.startswith("["):
        host, _, rest = text.partition("]")
        return host + "]", rest.removeprefix(":")
    if text.count(":") > 1:
        return f"[{text}]", ""
    host, _, port = text.partition(":")
    return host, port
