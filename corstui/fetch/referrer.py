"""Which Referer a request carries: https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corstui.fetch.origin import Origin, origin_of, same_origin, same_site
from corstui.fetch.url import Url, parse

DEFAULT_POLICY = "strict-origin-when-cross-origin"

#: Longer referrers are cut to their origin (Referrer Policy, section 8.3, step 6). In characters.
MAX_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class _Policy:
    """What a policy lets a request tell: ``full``, ``origin`` or ``nothing``."""

    same_origin: str
    cross_origin: str
    #: ... from an https page to something that is not https.
    downgrade: str


POLICIES = {
    "no-referrer": _Policy("nothing", "nothing", "nothing"),
    "no-referrer-when-downgrade": _Policy("full", "full", "nothing"),
    "same-origin": _Policy("full", "nothing", "nothing"),
    "origin": _Policy("origin", "origin", "origin"),
    "strict-origin": _Policy("origin", "origin", "nothing"),
    "origin-when-cross-origin": _Policy("full", "origin", "origin"),
    "strict-origin-when-cross-origin": _Policy("full", "origin", "nothing"),
    "unsafe-url": _Policy("full", "full", "full"),
}


#: Policies under which an https page hides itself from what is not https.
_TLS_ONLY = frozenset({"no-referrer-when-downgrade", "strict-origin", "strict-origin-when-cross-origin"})


@dataclass(frozen=True, slots=True)
class _Rules:
    """Where an engine leaves the standard. Measured with a page of http://app.test:23080/runner."""

    #: Policies that count as the default towards another site.
    ignored_cross_site: frozenset[str] = frozenset()
    #: What tells the URL of a sandboxed frame although its origin is opaque: nothing ("none"), "elements" the origin of
    #: that URL, or "all" requests.
    opaque_tells: str = "none"
    #: A blob: frame tells the origin that made it.
    blob_tells_origin: bool = False
    #: Another site than the top-level page's learns the origin at most, whatever the policy, even from its own frame.
    third_party_gets_origin: bool = False
    #: A preflight after a redirect tells what the very first request told, as far as the site allows.
    preflight_tells_as_first: bool = False


_ENGINES = {
    "chromium": _Rules(),
    # network.http.referer.disallowCrossSiteRelaxingDefault is true (ReferrerInfo.cpp)
    "firefox": _Rules(
        ignored_cross_site=frozenset({"no-referrer-when-downgrade", "origin-when-cross-origin", "unsafe-url"}),
        opaque_tells="elements",
        blob_tells_origin=True,
    ),
    # third-party referrers are cut in the network process; page > other > page and page > sub-domain preflight with the
    # whole URL
    "webkit": _Rules(third_party_gets_origin=True, opaque_tells="all", preflight_tells_as_first=True),
    "standard": _Rules(),
}


def referer(
    policies: Sequence[str],
    page_url: Url | None,
    page_origin: Origin,
    urls: Sequence[Url],
    engine: str,
    *,
    top_level: Origin | None = None,
    element: bool = False,
    preflight: bool = False,
) -> str | None:
    """The Referer of the request for the last of ``urls``, the chain of redirects so far; None for no Referer.

    ``policies`` holds the policy in force at each of ``urls``; an empty or unknown one is the default. ``top_level`` is
    the top-level page's origin, by default ``page_origin``; ``element``: no script asks, but an element.
    """
    rules = _ENGINES[engine]
    if page_url is not None and page_url.scheme == "blob" and rules.blob_tells_origin:
        page_url = parse(f"{page_origin}/")
    if page_url is not None and page_origin.is_opaque and rules.opaque_tells == "elements":
        page_url = parse(f"{origin_of(page_url)}/") if element else None
    if (
        page_url is None
        or page_url.scheme not in ("http", "https")
        or (page_origin.is_opaque and rules.opaque_tells == "none")
    ):
        return None
    hops = list(zip(urls, policies, strict=True))
    if preflight and rules.preflight_tells_as_first:
        hops = [hops[0], (urls[-1], "unsafe-url")]
    # Fetch replaces the request's referrer at every hop: what one hid stays hidden
    told: Url | None = page_url
    for url, policy in hops:
        ignored = rules.ignored_cross_site if url is urls[-1] else frozenset()
        told = _told(told, policy if policy in POLICIES else DEFAULT_POLICY, url, ignored) if told is not None else None
    if told is not None and rules.third_party_gets_origin:
        third_party = not same_site(top_level or page_origin, origin_of(urls[-1]), schemeful=False)
        told = parse(f"{origin_of(told)}/") if third_party else told
    return _stripped(told) if told is not None else None


def hides_origin(policy: str, page_origin: Origin, target: Url) -> bool:
    """Whether ``policy`` turns the Origin of a request outside CORS into ``null``.

    https://fetch.spec.whatwg.org/#append-a-request-origin-header, step 4
    """
    policy = policy or DEFAULT_POLICY
    if policy == "no-referrer":
        return True
    if policy == "same-origin":
        return not same_origin(origin_of(target), page_origin)
    return policy in _TLS_ONLY and page_origin.scheme == "https" and target.scheme != "https"


def policy_after(current: str, referrer_policy: Sequence[str]) -> str:
    """The policy after a redirect whose Referrer-Policy field lines are ``referrer_policy``: its last known token.

    https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
    """
    tokens = [token.strip("\t ").lower() for value in referrer_policy for token in value.split(",")]
    known = [token for token in tokens if token in POLICIES]
    return known[-1] if known else current


def _told(referrer: Url, policy: str, target: Url, ignored: frozenset[str]) -> Url | None:
    """What of ``referrer`` may be told to ``target``: all of it, its origin, or nothing."""
    own, other = origin_of(referrer), origin_of(target)
    if policy in ignored and not same_site(own, other, schemeful=False):
        policy = DEFAULT_POLICY
    row = POLICIES[policy]
    # browsers go by the scheme here, not by trustworthiness: http://localhost is told to plain http
    if referrer.scheme == "https" and target.scheme != "https":
        told = row.downgrade
    else:
        told = row.same_origin if same_origin(own, other) else row.cross_origin
    if told == "full":
        return referrer
    return parse(f"{own}/") if told == "origin" else None


def _stripped(url: Url) -> str:
    """https://w3c.github.io/webappsec-referrer-policy/#strip-url"""
    return url.wire_url if len(url.wire_url) <= MAX_LENGTH else f"{origin_of(url)}/"
