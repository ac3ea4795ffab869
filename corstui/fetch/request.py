"""The request of the standard on its way: what changes about it from hop to hop, and the head it has at each.

https://fetch.spec.whatwg.org/#requests
"""

from __future__ import annotations

from itertools import pairwise

from corstui.fetch import headers as h
from corstui.fetch import methods
from corstui.fetch.cache import CacheKey
from corstui.fetch.context import BrowserState, FetchParams, PageContext
from corstui.fetch.cookies import CookieContext, Navigation, cookie_context, storage_access
from corstui.fetch.fetch_site import fetch_site
from corstui.fetch.initiators import INITIATORS, Initiator
from corstui.fetch.messages import HeaderList
from corstui.fetch.origin import origin_of, same_origin
from corstui.fetch.preflight import PreflightRequest
from corstui.fetch.record import Record
from corstui.fetch.redirect import rewrites_to_get
from corstui.fetch.referrer import hides_origin, referer
from corstui.fetch.rules import Rule
from corstui.fetch.url import Url, without_plain_escapes
from corstui.fetch.wire import Outgoing, wire_headers


class CurrentRequest(Record):
    """The request of the standard, with what changes about it on the way."""

    def __init__(self, params: FetchParams, page: PageContext, state: BrowserState, now: float, wall: float) -> None:
        super().__init__(state.engine, now, wall)
        self.params = params
        self.page = page
        self.state = state
        self.initiator: Initiator = INITIATORS[params.initiator]
        self.method = params.method
        self.headers: HeaderList = list(params.headers)
        self.body = params.body
        #: Only fetch() has a choice.
        self.redirect_mode = params.redirect if self.initiator.name == "fetch" else "follow"
        self.had_body = params.body is not None
        self.mode, self.credentials = params.mode, params.credentials
        self.urls: list[Url] = []
        #: The referrer policy in force at each of them.
        self.policies = [params.referrer_policy]
        self.tainting = "basic"
        self.tainted = False
        self.original_names: list[str] = []
        self.needed_preflight = False
        #: The status of the latest redirect.
        self.redirected_by: int | None = None
        #: The hop whose response turned the request into a GET.
        self.rewritten_at: int | None = None
        #: The Content-Type that a rewrite took away.
        self.removed_type: HeaderList = []
        #: The Authorization that a redirect to another origin took away.
        self.removed_authorization: HeaderList = []
        #: What the latest redirect is judged by as one with credentials.
        self.hop_rules: list[Rule] = []

    @property
    def url(self) -> Url:
        """https://fetch.spec.whatwg.org/#concept-request-current-url"""
        return self.urls[-1]

    def sent_url(self, url: str) -> str:
        return without_plain_escapes(url) if self.engine.resolves_plain_escapes else url

    @property
    def hop(self) -> int:
        return len(self.urls) - 1

    @property
    def origin(self) -> str:
        """https://fetch.spec.whatwg.org/#serializing-a-request-origin"""
        return "null" if self.tainted else str(self.page.origin)

    @property
    def preflight_origin(self) -> str:
        """The origin that a preflight names, and under which it is kept."""
        return str(self.page.origin) if self.engine.real_origin_on_tainted_preflight else self.origin

    @property
    def cache_key(self) -> CacheKey:
        return str(self.page.top_level), self.preflight_origin, self.url.href

    @property
    def is_never_kept(self) -> bool:
        """Whether the preflight cache takes no part in this request."""
        rules = self.engine.cache
        opaque = self.page.origin.is_opaque and not rules.keeps_for_opaque_origins
        return opaque or (self.tainted and not rules.keeps_when_tainted)

    def forget_preflight(self, why: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-cache-clear, for what the engine does so."""
        if self.tainting == "cors" and why in self.engine.cache.dropped_by:
            self.state.cache.drop(self.cache_key)

    @property
    def began_at_home(self) -> bool:
        return same_origin(origin_of(self.urls[0]), self.page.origin)

    @property
    def crossed_origin(self) -> bool:
        """Whether a redirect has led to another origin."""
        return _crosses(self.urls)

    @property
    def includes_credentials(self) -> bool:
        """``actual.credentials``"""
        return self.credentials == "include" or (self.credentials == "same-origin" and self.tainting == "basic")

    def wire(
        self, kind: str, context: CookieContext, *, asked: PreflightRequest | None = None, cookie: str | None = None
    ) -> HeaderList:
        """The complete head of the next request, as the engine writes it."""
        engine, url, preflight = self.engine.name, self.url, kind == "preflight"
        origin: str | None = asked.origin if asked is not None else self.origin_header()
        initiator_page = None if self.initiator.name == "navigation" else self.page.origin
        origins = [origin_of(hop) for hop in self.urls]
        crossed = self.crossed_origin
        storage: str | None = None
        if self.credentials == "include":
            storage = storage_access(context, url, self.page.top_level, tainted=self.tainted and not preflight)
        if storage == "inactive" and origin is None:
            origin = self.origin  # the server may answer that it lets this origin use its storage
        return wire_headers(
            engine,
            Outgoing(
                kind=kind,
                method="OPTIONS" if preflight else self.method,
                url=url,
                mode=self.mode,
                destination=self.initiator.destination,
                initiator=self.initiator.name,
                headers=self.headers + (self.removed_type if self.writes_removed_type else []),
                origin=origin,
                referer=referer(
                    self.policies,
                    self.page.url,
                    self.page.origin,
                    self.urls,
                    engine,
                    top_level=self.page.top_level,
                    element=self.initiator.takes_crossorigin,
                    preflight=preflight,
                ),
                cookie=cookie,
                body_length=None if self.body is None or preflight else len(self.body),
                cache=self.params.cache,
                access_control_request_method=asked.method if asked else None,
                access_control_request_headers=asked.access_control_request_headers if asked else None,
                fetch_site=fetch_site(
                    engine, initiator_page, self.urls, mode=self.mode, preflight=preflight, tainted=self.tainted
                ),
                user_agent=self.state.user_agent,
                keepalive=self.params.keepalive,
                tainting=self.tainting,
                redirects=self.hop,
                crossed_origin=crossed,
                left_origin=len(origins) > 1 and not same_origin(origins[-2], origins[-1]),
                late_origin=self.tainting == "cors"
                and same_origin(origins[0], self.page.origin)
                and self.method in ("GET", "HEAD"),
                storage_access=storage,
            ),
        )

    @property
    def remembers_removed_type(self) -> bool:
        """Firefox names the Content-Type that a redirect before the latest took away in a preflight."""
        remembers = self.engine.removed_type_returns == "named" and self.mode == "cors"
        return remembers and self.rewritten_at not in (None, self.hop - 1)

    @property
    def writes_removed_type(self) -> bool:
        """Firefox writes what script set anew after a redirect that would not make the first method a GET.

        FetchDriver::AsyncOnChannelRedirect, HttpBaseChannel::ShouldStripRequestBodyHeader. So does WebKit without CORS.
        """
        returns = self.engine.removed_type_returns
        if self.redirected_by is None or returns is None or (returns == "sent" and self.mode == "cors"):
            return False
        set_by_script = self.initiator.name == "fetch" or h.get(self.params.headers, "content-type") is not None
        return set_by_script and not rewrites_to_get(self.redirected_by, methods.normalize(self.params.method))

    def origin_header(self) -> str | None:
        """``actual.origin-header``"""
        told = self.mode == "cors" and self.initiator.name in self.engine.own_origin_told_by
        if self.tainting == "cors" or told:
            return self.origin
        kept = self.rewritten_at is not None and not _crosses(self.urls[self.rewritten_at :])
        told = kept and self.engine.tells_origin_after_rewrite
        if self.method in ("GET", "HEAD") and not told:
            return None
        if self.engine.redirect_hides_origin and self.crossed_origin:
            return "null"
        hides = self.mode != "cors" and self.engine.origin_follows_referrer_policy
        return "null" if hides and hides_origin(self.policies[-1], self.page.origin, self.url) else self.origin

    def cookie_context(self) -> CookieContext:
        navigation: Navigation = "none"
        if self.mode == "navigate":
            navigation = "top" if self.initiator.destination == "document" else "frame"
        page = None if self.initiator.name == "navigation" else self.page.origin
        policy = self.state.third_party_cookies
        return cookie_context(self.engine.name, policy, page, self.page.top_level, self.urls, self.method, navigation)


def _crosses(urls: list[Url]) -> bool:
    return any(not same_origin(origin_of(a), origin_of(b)) for a, b in pairwise(urls))
