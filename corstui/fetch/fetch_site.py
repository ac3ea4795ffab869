"""Sec-Fetch-Site over a chain of redirects: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corstui.fetch.origin import Origin, origin_of, same_origin, same_site
from corstui.fetch.url import Url

_ORDER = ("same-origin", "same-site", "cross-site")


@dataclass(frozen=True, slots=True)
class _Rules:
    #: A redirect by another origin of the same site makes the request cross-site.
    redirects_are_cross_site: bool = False
    #: A preflight tells of its own URL alone, not of the hops before.
    preflight_forgets: bool = False
    #: After a redirect to another origin the request itself says nothing, its preflight cross-site when tainted.
    silent_after_leaving: bool = False


_ENGINES = {
    # measured: the preflight of a request that comes back from elsewhere is same-origin
    "chromium": _Rules(preflight_forgets=True),
    # measured: cross-site after a redirect inside a same-site API (SecFetch.cpp compares each hop with the target)
    "firefox": _Rules(redirects_are_cross_site=True),
    # measured: page > other https host carries no Sec-Fetch-* at all; after a taint the preflight says cross-site
    "webkit": _Rules(silent_after_leaving=True),
    "standard": _Rules(),
}


def fetch_site(
    engine: str, page: Origin | None, urls: Sequence[Url], *, preflight: bool = False, tainted: bool = False
) -> str | None:
    """``same-origin``, ``same-site``, ``cross-site`` or ``none`` for the last of ``urls``; None for no Sec-Fetch-*.

    The farthest of all the hops counts. ``page`` is None when somebody typed the URL. Whether the URL is trustworthy
    enough to be told is for the caller to say.
    """
    if page is None:
        return "none"
    rules = _ENGINES[engine]
    origins = [origin_of(url) for url in urls]
    left = any(not same_origin(a, b) for a, b in pairwise(origins))
    if rules.silent_after_leaving and left and not preflight:
        return None
    if rules.silent_after_leaving and tainted:
        return "cross-site"
    if preflight and rules.preflight_forgets:
        return _relation(page, origins[-1])
    worst = max((_relation(page, origin) for origin in origins), key=_ORDER.index)
    if rules.redirects_are_cross_site and any(_relation(page, origin) == "same-site" for origin in origins[:-1]):
        return "cross-site"
    return worst


def _relation(page: Origin, target: Origin) -> str:
    if same_origin(page, target):
        return "same-origin"
    return "same-site" if same_site(page, target) else "cross-site"
