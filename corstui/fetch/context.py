"""What a flow starts from: what script asks for, the page it runs in, and what the browser remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from corstui.fetch.cache import PreflightCache
from corstui.fetch.cookies import Cookie, CookieJar
from corstui.fetch.engines import Engine
from corstui.fetch.messages import NO_HEADERS, HeaderList
from corstui.fetch.origin import Origin
from corstui.fetch.url import Url

MODES = ("cors", "no-cors", "same-origin", "navigate")
CREDENTIALS = ("omit", "same-origin", "include")
REDIRECTS = ("follow", "error", "manual")
CACHE_MODES = ("default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")


class FetchParams(NamedTuple):
    """What script asks for: the arguments of fetch(), or what an element or XHR amounts to.

    ``body_type`` is the Content-Type that the body itself brings, for when script's headers leave it open.
    """

    url: str
    method: str = "GET"
    headers: HeaderList = NO_HEADERS
    body: bytes | None = None
    body_type: str | None = None
    mode: str = "cors"
    credentials: str = "same-origin"
    redirect: str = "follow"
    cache: str = "default"
    referrer_policy: str = ""
    keepalive: bool = False
    initiator: str = "fetch"
    upload_listener: bool = False
    crossorigin: str | None = None


class PageContext(NamedTuple):
    """The page whose script asks. ``url`` gives base URL and Referer; None has neither (a data: frame, a sandbox)."""

    origin: Origin
    url: Url | None
    top_level: Origin

    @property
    def is_secure(self) -> bool:
        """Whether mixed content is refused: https, also for a frame without an address of its own in an https page."""
        if self.url is not None and self.url.scheme in ("http", "https"):
            return self.url.scheme == "https"
        return "https" in (self.origin.scheme, self.top_level.scheme)


@dataclass(slots=True)
class BrowserState:
    """What one browser profile keeps between requests."""

    engine: Engine
    jar: CookieJar
    cache: PreflightCache
    third_party_cookies: str
    local_network: str = "granted"
    user_agent: str | None = None


def new_state(
    engine: Engine,
    *,
    cookies: list[Cookie] | tuple[Cookie, ...] = (),
    third_party_cookies: str | None = None,
    local_network: str = "granted",
    user_agent: str | None = None,
) -> BrowserState:
    """A fresh browser: an empty preflight cache and a jar that holds ``cookies``."""
    jar = CookieJar()
    for cookie in cookies:
        jar.add(cookie)
    policy = third_party_cookies or engine.third_party_cookies
    return BrowserState(engine, jar, PreflightCache(engine.cache), policy, local_network, user_agent)
