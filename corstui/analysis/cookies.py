"""What became of every cookie of a flow, and why: sent, withheld, stored or refused. Values stay out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corstui.analysis.facts import field, host_of
from corstui.fetch.cookies import Cookie, domain_matches
from corstui.fetch.result import Exchange, Flow
from corstui.fetch.url import parse

#: Why a cookie of the right host stays at home, by the code of :meth:`corstui.fetch.cookies.CookieJar.retrieve`.
_WITHHELD = {
    "path": "its Path does not cover this URL",
    "secure": "it is Secure, and the connection is not",
    "samesite-strict": "SameSite=Strict keeps it from requests of other sites",
    "samesite-lax": "SameSite=Lax lets it go across sites only when the whole page navigates",
    "samesite-lax-default": "without SameSite this engine takes it for Lax, which does not go along across sites",
    "third-party-blocked": "cookies of third parties are blocked",
    "third-party-partitioned": "cookies of third parties are kept apart by top-level site, and it is of another",
    "credentials": "the request goes without credentials",
}
#: Why an answer's cookie is not taken, by the code of :meth:`corstui.fetch.cookies.CookieJar.store`.
_REFUSED = {
    "malformed": "it is malformed, or too long",
    "domain": "its Domain is not the host's own, or a public suffix",
    "secure": "it is Secure, and the connection is not",
    "prefix": "it does not keep what its name prefix promises",
    "samesite-none": "SameSite=None needs Secure",
    "partitioned": "Partitioned needs Secure",
    "samesite-cross-site": "its SameSite keeps it from being set by the answer to another site's request",
    "third-party": "cookies of third parties are not stored",
    "overlays-secure": "it would overlay a Secure cookie of that name",
    "credentials": "the request went without credentials, so the answer sets none",
}
_STORED = {
    "stored": "",
    "stored-apart": "in a jar of its own for this top-level site",
    "removed": "it had expired, which removes the one of that name",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """``exchange`` is the index of the exchange, None for a cookie that is of no host of the flow.

    ``kind``: ``sent``, ``withheld``, ``stored``, ``removed``, ``refused``, or ``in the answer`` where nothing is known.
    """

    exchange: int | None
    name: str
    kind: str
    why: str = ""


def fates(flow: Flow, jar: Iterable[Cookie] = (), *, known: bool = True) -> list[Fate]:
    """Every cookie of the flow in its order, then those of ``jar`` that belong to no host of it.

    ``known`` false: the flow does not tell which requests had credentials, so only what was sent or answered is told.
    """
    cookies = list(jar) if known else []
    found = [fate for index, each in enumerate(flow.exchanges) for fate in _of_exchange(index, each, cookies, known)]
    hosts = {_host(each.request.url) for each in flow.exchanges}
    strangers = [cookie for cookie in cookies if hosts and not any(_belongs(cookie, host) for host in hosts)]
    return found + [Fate(None, each.name, "withheld", _stranger(each)) for each in strangers]


def _stranger(cookie: Cookie) -> str:
    return f"its Domain {cookie.domain} is of no host of this flow"


def _of_exchange(index: int, exchange: Exchange, jar: list[Cookie], known: bool) -> Iterator[Fate]:
    request = exchange.request
    for pair in (field(request.headers, "cookie") or "").split(";"):
        if pair.strip():
            yield Fate(index, pair.partition("=")[0].strip(), "sent")
    for name, code in exchange.withheld_cookies:
        yield Fate(index, name, "withheld", _WITHHELD.get(code, code))
    # no preflight has cookies, whatever the request has
    if not request.credentials and exchange.phase != "preflight":
        for cookie in jar:
            if _belongs(cookie, _host(request.url)):
                yield Fate(index, cookie.name, "withheld", _WITHHELD["credentials"])
    yield from _set(index, exchange, known)


def _set(index: int, exchange: Exchange, known: bool) -> Iterator[Fate]:
    for name, code in exchange.set_cookies:
        if code in _STORED:
            yield Fate(index, name, "removed" if code == "removed" else "stored", _STORED[code])
        else:
            yield Fate(index, name, "refused", _REFUSED.get(code, code))
    if exchange.response is None or exchange.set_cookies:
        return
    for name, value in exchange.response.headers:
        if name.lower() == "set-cookie":
            told = ("refused", _REFUSED["credentials"]) if known else ("in the answer", "")
            yield Fate(index, value.partition("=")[0].strip(), *told)


def _host(url: str) -> str:
    parsed = parse(url)
    return parsed.host if parsed is not None else host_of(url)


def _belongs(cookie: Cookie, host: str) -> bool:
    domain = cookie.domain.removeprefix(".").lower()
    return host == domain or (not cookie.hostonly and domain_matches(host, domain))
