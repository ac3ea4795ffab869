"""The cookie jar: what is stored, what is sent, what is withheld and why.

RFC 6265bis (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html) with the engines' deviations and
their treatment of third parties as data. "Measured" means Chromium 156, Firefox ESR 153 and WebKitGTK 2.50.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from corstui.fetch.origin import (
    Origin,
    has_listed_suffix,
    is_ip,
    is_potentially_trustworthy,
    is_public_suffix,
    origin_of,
    registrable_domain,
    same_site,
    site,
)
from corstui.fetch.set_cookie import SetCookie, parse_set_cookie
from corstui.fetch.url import Url

SameSite = Literal["unset", "lax", "strict", "none"]

#: Cookies kept for one domain; the oldest goes first. Chromium's kDomainMaxCookies, Firefox's maxPerHost.
MAX_PER_DOMAIN = 180

#: Where a request goes that is no navigation, one into a frame, or one of the whole tab.
Navigation = Literal["none", "frame", "top"]


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie as stored. ``expires`` is a Unix time in seconds, None for the session's length.

    ``partition`` is the top-level site of its jar, None for the unpartitioned one; a ``partitioned`` cookie without a
    partition was put into the jar by hand and belongs to every top-level site.
    """

    name: str
    value: str
    domain: str
    path: str = "/"
    samesite: SameSite = "unset"
    secure: bool = False
    httponly: bool = False
    hostonly: bool = False
    partitioned: bool = False
    expires: float | None = None
    partition: str | None = None

    @property
    def identity(self) -> tuple[str, str, str, bool, str | None]:
        """Cookies that agree in this replace each other."""
        return (self.name, self.domain, self.path, self.hostonly, self.partition)


@dataclass(frozen=True, slots=True)
class CookieRules:
    """How one engine treats cookies."""

    #: What no SameSite attribute means.
    default_samesite: str = "lax"
    #: http and https are different sites.
    schemeful: bool = True
    none_needs_secure: bool = True
    #: A cross-site redirect on the way makes a request cross-site.
    considers_redirects: bool = False
    #: Secure cookies go to http://localhost and loopback addresses.
    loopback_is_secure: bool = True
    #: The Partitioned attribute (CHIPS).
    knows_partitioned: bool = True
    #: Sec-Fetch-Storage-Access by policy for third parties.
    storage_access: dict[str, str] = field(default_factory=dict)
    #: ... for a frame of another site that asks the site of the top-level page.
    storage_access_at_home: str | None = None
    #: ... no longer after a redirect between two other origins.
    storage_access_once: bool = False


RULES = {
    # measured; net/cookies/cookie_util.cc: the redirect chain does not count (kCookieSameSiteConsidersRedirectChain)
    "chromium": CookieRules(storage_access={"allowed": "active", "blocked": "none", "partitioned": "none"}),
    # measured: network.cookie.sameSite.laxByDefault and .schemeful are false, noneRequiresSecure is true;
    # CookieCommons::IsSameSiteForeign walks the redirect chain
    "firefox": CookieRules(
        default_samesite="none",
        schemeful=False,
        considers_redirects=True,
        storage_access={"allowed": "active", "blocked": "none", "partitioned": "none"},
        storage_access_at_home="inactive",
        storage_access_once=True,
    ),
    # measured: None without Secure is stored, Partitioned ignored; libsoup wants https for Secure
    "webkit": CookieRules(
        default_samesite="none",
        schemeful=False,
        none_needs_secure=False,
        considers_redirects=True,
        loopback_is_secure=False,
        knows_partitioned=False,
    ),
    "standard": CookieRules(considers_redirects=True),
}


class CookieContext(NamedTuple):
    """What of a request decides about its cookies; made by :func:`cookie_context`.

    ``third_party_cookies`` is ``allowed``, ``blocked``, ``partitioned`` or ``no-store`` (sent, never stored).
    """

    rules: CookieRules
    third_party_cookies: str
    #: The page and all redirects so far are of the target's site, as SameSite understands it.
    same_site: bool
    #: The target is not of the top-level page's site, or the page itself is not.
    third_party: bool
    #: The top-level page's origin; the target's for a navigation of the whole tab.
    top_level: Origin
    safe_method: bool = True
    top_level_navigation: bool = False

    @property
    def partition(self) -> str:
        """The top-level site, scheme included."""
        return site(self.top_level) or "null"


def cookie_context(
    engine: str,
    third_party_cookies: str,
    page: Origin | None,
    top_level: Origin,
    urls: Sequence[Url],
    method: str = "GET",
    navigation: Navigation = "none",
) -> CookieContext:
    """The context of a request for the last of ``urls``, its chain of redirects, made by ``page`` under ``top_level``.

    ``page`` is None when nobody's page asks: somebody typed the URL.
    """
    rules = RULES[engine]
    target = origin_of(urls[-1])
    top = target if navigation == "top" else top_level
    initiator = top if page is None else page
    chain = [origin_of(url) for url in urls] if rules.considers_redirects and page is not None else [target]
    first_party = same_site(target, top, schemeful=rules.schemeful) and (
        navigation == "top" or same_site(initiator, top, schemeful=rules.schemeful)
    )
    return CookieContext(
        rules=rules,
        third_party_cookies=third_party_cookies,
        same_site=first_party and all(same_site(initiator, origin, schemeful=rules.schemeful) for origin in chain),
        third_party=not first_party,
        top_level=top,
        safe_method=method in ("GET", "HEAD", "OPTIONS", "TRACE"),
        top_level_navigation=navigation == "top",
    )


def storage_access(context: CookieContext, url: Url, top_level: Origin, *, tainted: bool) -> str | None:
    """Sec-Fetch-Storage-Access of a request with credentials: told to third parties that are potentially trustworthy.

    ``tainted``: a redirect on the way led from another origin than the page's to a third.

    https://privacycg.github.io/storage-access-headers/; measured: ``none`` in Chromium with third-party cookies blocked
    and in Firefox, never in WebKitGTK.
    """
    rules = context.rules
    if not context.third_party or not is_potentially_trustworthy(url) or (tainted and rules.storage_access_once):
        return None
    if rules.storage_access_at_home is not None and same_site(origin_of(url), top_level, schemeful=False):
        return rules.storage_access_at_home
    return context.rules.storage_access.get(context.third_party_cookies)


def cookie_header(cookies: Sequence[Cookie]) -> str:
    """The value of the Cookie field; a cookie without a name is its bare value."""
    return "; ".join(f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in cookies)


class CookieJar:
    """The cookies of one browser profile. Times are Unix times in seconds, told by the caller."""

    def __init__(self) -> None:
        # by domain, each in order of creation; a dict keeps the place of a cookie that is overwritten
        self._domains: dict[str, dict[tuple[str, str, str, bool, str | None], Cookie]] = {}
        self._created: dict[tuple[str, str, str, bool, str | None], int] = {}
        self._count = 0

    def __iter__(self) -> Iterator[Cookie]:
        for cookies in self._domains.values():
            yield from cookies.values()

    def add(self, cookie: Cookie) -> None:
        """Put a cookie in by hand, as if its own site had set it. A leading dot of the domain says nothing."""
        domain = cookie.domain.removeprefix(".").lower()
        cookie = replace(cookie, domain=domain)
        cookies = self._domains.setdefault(domain, {})
        if cookie.identity not in cookies:
            self._count += 1
            self._created[cookie.identity] = self._count
        cookies[cookie.identity] = cookie
        while len(cookies) > MAX_PER_DOMAIN:
            self._remove(next(iter(cookies.values())))

    def store(
        self, set_cookie_values: Sequence[str], url: Url, context: CookieContext, wall: float
    ) -> list[tuple[str, str]]:
        """Take the Set-Cookie values of a response from ``url``. Browsers say nothing about what they refuse.

        Returns what became of each, as (name, fate): ``stored``, ``stored-apart`` (in the jar of one top-level site),
        ``removed``, or why it was refused: ``malformed``, ``domain``, ``secure``, ``prefix``, ``samesite-none``,
        ``partitioned``, ``samesite-cross-site``, ``third-party`` or ``overlays-secure``.
        """
        fates = []
        for value in set_cookie_values:
            parsed = parse_set_cookie(value, wall)
            if parsed is None:
                fates.append((value.partition("=")[0].strip("\t "), "malformed"))
                continue
            cookie = _accepted(parsed, url, context)
            if not isinstance(cookie, str) and self._shadows_secure(cookie, url, context):
                cookie = "overlays-secure"
            fates.append((parsed.name, cookie if isinstance(cookie, str) else self._take(cookie, wall)))
        return fates

    def _take(self, cookie: Cookie, wall: float) -> str:
        """Keep an accepted cookie, or forget the one that it ends."""
        if cookie.expires is not None and cookie.expires <= wall:
            self._remove(cookie)
            return "removed"
        self.add(cookie)
        return "stored" if cookie.partition is None else "stored-apart"

    def retrieve(self, url: Url, context: CookieContext, wall: float) -> tuple[list[Cookie], list[tuple[Cookie, str]]]:
        """The cookies to send to ``url``, in order, and those of its domain that stay at home, with why.

        Why is ``path``, ``secure``, ``samesite-strict``, ``samesite-lax``, ``samesite-lax-default``,
        ``third-party-blocked`` or ``third-party-partitioned``. Expired cookies are forgotten.
        """
        sent: list[Cookie] = []
        withheld: list[tuple[Cookie, str]] = []
        for cookie in list(self._candidates(url.host)):
            if cookie.expires is not None and cookie.expires <= wall:
                self._remove(cookie)
                continue
            why = _withheld(cookie, url, context)
            if why is None:
                sent.append(cookie)
            else:
                withheld.append((cookie, why))
        sent.sort(key=lambda cookie: (-len(cookie.path), self._created[cookie.identity]))
        return sent, withheld

    def _candidates(self, host: str) -> Iterator[Cookie]:
        """Every cookie whose domain matches ``host``. RFC 6265bis, section 5.1.3"""
        domain = host
        while domain:
            for cookie in self._domains.get(domain, {}).values():
                if domain == host or not cookie.hostonly:
                    yield cookie
            domain = "" if is_ip(host) else domain.partition(".")[2]

    def _shadows_secure(self, cookie: Cookie, url: Url, context: CookieContext) -> bool:
        """An insecure response may not overlay a Secure cookie of that name. RFC 6265bis, section 5.7, step 16"""
        if cookie.secure or _is_secure(url, context):
            return False
        return any(
            other.secure and other.name == cookie.name and path_matches(cookie.path, other.path)
            for other in self
            if domain_matches(other.domain, cookie.domain) or domain_matches(cookie.domain, other.domain)
        )

    def _remove(self, cookie: Cookie) -> None:
        self._domains.get(cookie.domain, {}).pop(cookie.identity, None)
        self._created.pop(cookie.identity, None)


def domain_matches(host: str, domain: str) -> bool:
    """RFC 6265bis, section 5.1.3"""
    return host == domain or (host.endswith("." + domain) and not is_ip(host))


def path_matches(path: str, cookie_path: str) -> bool:
    """RFC 6265bis, section 5.1.4"""
    return path == cookie_path or path.startswith(cookie_path if cookie_path.endswith("/") else cookie_path + "/")


def default_path(url: Url) -> str:
    """RFC 6265bis, section 5.1.4: the directory of the URL's path."""
    return url.path.rpartition("/")[0] or "/"


def _is_secure(url: Url, context: CookieContext) -> bool:
    if url.scheme == "https":
        return True
    return context.rules.loopback_is_secure and is_potentially_trustworthy(url)


def _accepted(parsed: SetCookie, url: Url, context: CookieContext) -> Cookie | str:
    """The cookie to store, or why it is refused. RFC 6265bis, section 5.7"""
    rules = context.rules
    scope = _scope(parsed.domain, url.host)
    if scope is None:
        return "domain"
    if parsed.secure and not _is_secure(url, context):
        return "secure"
    if not _prefix_is_kept(parsed, scope[1]):
        return "prefix"
    if parsed.samesite == "none" and rules.none_needs_secure and not parsed.secure:
        return "samesite-none"
    partitioned = parsed.partitioned and rules.knows_partitioned
    if partitioned and not parsed.secure:
        return "partitioned"
    effective = rules.default_samesite if parsed.samesite == "unset" else parsed.samesite
    if effective != "none" and not context.same_site and not context.top_level_navigation:
        return "samesite-cross-site"
    if _is_foreign(scope[0], context, partitioned=partitioned):
        return "third-party"
    kept_apart = partitioned or (context.third_party and context.third_party_cookies == "partitioned")
    return Cookie(
        name=parsed.name,
        value=parsed.value,
        domain=scope[0],
        path=parsed.path if parsed.path is not None else default_path(url),
        samesite=_SAMESITE[parsed.samesite],
        secure=parsed.secure,
        httponly=parsed.httponly,
        hostonly=scope[1],
        partitioned=partitioned,
        expires=parsed.expires,
        partition=context.partition if kept_apart else None,
    )


def _is_foreign(domain: str, context: CookieContext, *, partitioned: bool) -> bool:
    """Whether the policy for third parties keeps a cookie of ``domain`` from being stored."""
    policy = context.third_party_cookies
    if policy == "no-store" and _is_foreign_to_libsoup(domain, context.top_level.host):
        return True
    return context.third_party and policy == "blocked" and not partitioned


_SAMESITE: dict[str, SameSite] = {"unset": "unset", "lax": "lax", "strict": "strict", "none": "none"}


def _scope(domain: str, host: str) -> tuple[str, bool] | None:
    """Domain and host-only flag of a new cookie; None when the attribute reaches beyond the host or to strangers."""
    if not domain or (domain == host and (is_ip(host) or is_public_suffix(domain))):
        return host, True
    if not domain.isascii() or re.search(r"[^a-z0-9._-]", domain) or is_public_suffix(domain):
        return None
    return (domain, False) if domain_matches(host, domain) else None


def _prefix_is_kept(parsed: SetCookie, hostonly: bool) -> bool:
    """RFC 6265bis, section 4.1.3: what a name promises. A nameless cookie may not pretend to have such a name."""
    promise = (parsed.name or parsed.value).lower()
    if not promise.startswith(("__secure-", "__host-")):
        return True
    if not parsed.name or not parsed.secure:
        return False
    return promise.startswith("__secure-") or (hostonly and not parsed.domain and parsed.path == "/")


def _is_foreign_to_libsoup(domain: str, first_party: str) -> bool:
    """SOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY compares registrable domains; without a listed suffix it compares hosts."""
    return _soup_base(domain) != _soup_base(first_party)


def _soup_base(host: str) -> str:
    return registrable_domain(host) or host if has_listed_suffix(host) else host


def _withheld(cookie: Cookie, url: Url, context: CookieContext) -> str | None:
    """Why a cookie of the right domain is not sent, or None. RFC 6265bis, section 5.8.3"""
    if not path_matches(url.path or "/", cookie.path):
        return "path"
    if cookie.secure and not _is_secure(url, context):
        return "secure"
    if cookie.partition is not None and cookie.partition != context.partition:
        return "third-party-partitioned"
    if (
        context.third_party
        and cookie.partition is None
        and not (cookie.partitioned and context.rules.knows_partitioned)
    ):
        if context.third_party_cookies == "blocked":
            return "third-party-blocked"
        if context.third_party_cookies == "partitioned":
            return "third-party-partitioned"
    if context.same_site:
        return None
    by_default = cookie.samesite == "unset"
    effective = context.rules.default_samesite if by_default else cookie.samesite
    if effective == "strict":
        return "samesite-strict"
    if effective == "lax" and not (context.top_level_navigation and context.safe_method):
        return "samesite-lax-default" if by_default else "samesite-lax"
    return None
