"""What a browser refuses before it connects: ports, mixed content (Fetch, section 2.9; Mixed Content, section 4.4)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from corstui.fetch.engines import Engine
from corstui.fetch.url import Url

#: https://fetch.spec.whatwg.org/#bad-port, without the two that only some engines refuse yet.
BAD_PORTS = frozenset(
    int(port)
    for port in """0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115
    117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989
    990 993 995 1719 1720 1723 2049 3659 4045 5060 5061 6000 6566 6665 6666 6667 6668 6669 6697 10080""".split()
)


def is_bad_port(url: Url, engine: Engine) -> bool:
    """``net.bad-port``"""
    port = url.effective_port
    return port in BAD_PORTS or port in engine.extra_bad_ports


@lru_cache(maxsize=4096)
def is_loopback(host: str) -> bool:
    """127.0.0.0/8, ::1, localhost and names below it."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_mixed_content(url: Url, page_is_secure: bool, destination: str, mode: str, engine: Engine) -> bool:
    """``net.mixed-content``: whether a secure page may not load ``url``. https://w3c.github.io/webappsec-mixed-content/"""
    if not page_is_secure or url.scheme in ("https", "wss", "data", "about", "blob"):
        return False
    if not is_loopback(url.host):
        return True
    if engine.loopback_is_secure:
        return False
    # WebKitGTK lets images, loaded without CORS, through to 127.0.0.0/8 and localhost
    return not (destination == "image" and mode == "no-cors" and not url.host.startswith("["))


def is_upgraded(url: Url, page_is_secure: bool, destination: str, mode: str) -> bool:
    """Images, audio and video without CORS from a named host are asked for over https instead of being blocked."""
    upgradable = destination in ("image", "audio", "video") and mode == "no-cors"
    return page_is_secure and url.scheme == "http" and upgradable and not url.is_ip and not is_loopback(url.host)
