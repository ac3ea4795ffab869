"""Sec-Fetch-Site over a chain of redirects: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corstui.fetch.origin import Origin, is_potentially_trustworthy, origin_of, same_origin, same_site
from corstui.fetch.url import Url

_ORDER = ("same-origin", "same-site", "cross-site")


@dataclass(frozen=True, slots=True)
class _Rules:
    #: Each hop is compared with the target, and so is the page, rather than each hop with the page.
    compares_with_target: bool = False
    #: A preflight tells of its own URL alone, not of the hops before.
    preflight_forgets: bool = False
    #: A CORS request right after a redirect to another origin says nothing, its preflight cross-site when tainted; nor
    #: does a preflight after a hop without TLS.
    silent_after_leaving: bool = False


_ENGINES = {
    # measured: the preflight of a request that comes back from elsewhere is same-origin
    "chromium": _Rules(preflight_forgets=True),
    # SecFetch.cpp
    "firefox": _Rules(preflight_forgets=True, compares_with_target=True),
    # measured: page > other https host carries no Sec-Fetch-* at all; after a taint the preflight says cross-site
    "webkit": _Rules(silent_after_leaving=True),
    "standard": _Rules(),
}


def fetch_site(
    engine: str,
    page: Origin | None,
    urls: Sequence[Url],
    *,
    mode: str = "cors",
    preflight: bool = False,
    tainted: bool = False,
) -> str | None:
    """``same-origin``, ``same-site``, ``cross-site`` or ``none`` for the last of ``urls``; None for no Sec-Fetch-*.

    The farthest of all the hops counts. ``page`` is None when somebody typed the URL. Whether the URL is trustworthy
    enough to be told is for the caller to say.
    """
    if page is None:
        return "none"
    rules = _ENGINES[engine]
    origins = [origin_of(url) for url in urls]
    if rules.silent_after_leaving:
        left = len(urls) > 1 and not same_origin(origins[-2], origins[-1])
        unsafe = not all(is_potentially_trustworthy(url) for url in urls[:-1])
        if mode == "cors" and (unsafe if preflight else left):
            return None
        if tainted and preflight:
            return "cross-site"
    if preflight and rules.preflight_forgets:
        return _relation(page, origins[-1])
    if rules.compares_with_target:
        return max((_relation(origin, origins[-1]) for origin in (page, *origins)), key=_ORDER.index)
    return max((_relation(page, origin) for origin in origins), key=_ORDER.index)


def _relation(page: Origin, target: Origin) -> str:
    if same_origin(page, target):
        return "same-origin"
    return "same-site" if same_site(page, target) else "cross-site"
