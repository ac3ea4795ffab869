"""The simulated browser's request flow: a generator that yields requests and is sent back replies.

Theory of operation, with the names of the Fetch standard (https://fetch.spec.whatwg.org/)::

    construct      new Request(): what script may ask for at all                       -> blocked, local
      |
    main fetch     for this URL: may it be asked for, and under which tainting?        -> blocked, local or redirect
      |            basic (own origin) | opaque (no-cors, navigation) | cors
      |
    preflight      when the cors request is not simple and no kept result covers it:   -> blocked, preflight
      |            OPTIONS, judged in the engine's order
      |
    exchange       the request itself; cookies, Origin, Referer                        -> error | unsent
      |
    response       login dialog, CORS check, Cross-Origin-Resource-Policy              -> blocked, actual or redirect
      |
    redirect       back to main fetch with the next URL, at most 20 times              -> blocked, redirect
      |
    filter         what script sees                                                    -> allowed | opaque

A rule that decides ends the flow; rules of the same response that stand after it are applied too and recorded as not
decisive, so that one deployment can mend all of them. The generator performs no I/O and reads no clock: every reply
carries its times. Replaying the same replies gives the same flow.
"""

from __future__ import annotations

from collections.abc import Generator

from corstui.fetch import headers as h
from corstui.fetch import methods, network, redirect
from corstui.fetch.auth import opens_login_dialog
from corstui.fetch.construct import Refused, construct
from corstui.fetch.context import BrowserState, FetchParams, PageContext
from corstui.fetch.cookies import Cookie, cookie_header
from corstui.fetch.corp import corp_check
from corstui.fetch.cors import cors_check
from corstui.fetch.data_url import data_response
from corstui.fetch.messages import Reply, Request
from corstui.fetch.mime import essence, mime_check
from corstui.fetch.origin import address_space, origin_of, same_origin
from corstui.fetch.preflight import PreflightRequest, judge
from corstui.fetch.record import Stop
from corstui.fetch.referrer import policy_after
from corstui.fetch.request import CurrentRequest
from corstui.fetch.response import basic_filtered, cors_filtered
from corstui.fetch.result import Flow, Response, ScriptResponse
from corstui.fetch.rules import Rule, first_failure
from corstui.fetch.url import Url, has_spaced_host, parse
from corstui.fetch.wire import cache_mode


def fetch(
    params: FetchParams, page: PageContext, state: BrowserState, now: float = 0.0, wall: float = 0.0
) -> Generator[Request, Reply, Flow]:
    """Run one request of script to its end. Never raises for anything that a server or script can do.

    ``now`` (monotonic) and ``wall`` (Unix time), in seconds, are when script asks; replies carry their own.
    """
    run = _Run(params, page, state, now, wall)
    try:
        response = yield from run.main()
    except Stop as stop:
        run.forget_preflight("network" if stop.verdict == "error" else stop.reason)
        if run.hides(stop):
            run.undecide()
            return run.flow("opaque", None, None, ScriptResponse("opaque", 0, "", False, []))
        return run.flow(stop.verdict, stop.reason, stop.browser_error, None)
    return run.flow("opaque" if run.is_opaque(response) else "allowed", None, None, response)


class _Run(CurrentRequest):
    """The stages of a fetch, in the order in which a request comes to them."""

    # -- the stages ----------------------------------------------------------------------------------------------

    def main(self) -> Generator[Request, Reply, ScriptResponse]:
        self.construct()
        while True:
            self.main_fetch()
            if self.url.scheme == "data":
                return self.data_response()
            if self.tainting == "cors":
                yield from self.preflight_fetch()
                self.judge_hop_again()
            response, reply = yield from self.http_fetch()
            if response.status not in redirect.REDIRECT_STATUSES:
                return self.filtered(response, reply)
            located = h.get(response.headers, "location") is not None
            if self.redirect_mode == "error" and (located or not self.engine.redirect_needs_location):
                self.phase = "redirect"
                self.fail(
                    "redirect.mode", "a response that is no redirect", str(response.status), "redirect-mode-error"
                )
            if self.redirect_mode == "manual":
                return ScriptResponse("opaqueredirect", 0, self.urls[0].without_fragment, False, [])
            target = self.location(response)
            if target is None:
                return self.filtered(response, reply)
            self.follow(response, target)

    def construct(self) -> None:
        """The Request constructor, or what an element, EventSource or a beacon amounts to."""
        try:
            built = construct(self.params, self.page, self.engine)
        except Refused as refused:
            rule = refused.rule
            if rule.reason == "url-invalid" and self.engine.escapes_spaces_in_hosts and has_spaced_host(rule.observed):
                raise Stop("error", "dns-failure") from None
            self.fail(rule.id, rule.required, rule.observed, rule.reason or rule.id, refused.net_error)
        self.urls.append(built.url)
        self.method, self.headers, self.body = built.method, built.headers, built.body
        self.had_body = built.body is not None
        self.mode, self.credentials = built.mode, built.credentials
        self.original_names = h.unsafe_names(self.headers, self.engine)
        if not self.initiator.scripted:
            return
        asked, kept = self.params.method, {name.lower() for name, _ in self.headers}
        if asked != asked.upper():
            became = "stays" if asked == self.method else f"becomes {self.method}, from"
            self.note("req.method.normalize", "six methods in capitals, others as they are", f"{became} {asked}")
        dropped = dict.fromkeys(name for name, _ in self.params.headers if name.lower() not in kept)
        if dropped:
            self.note("req.header.forbidden", "headers that script may set", f"dropped: {', '.join(dropped)}")

    def main_fetch(self) -> None:
        """https://fetch.spec.whatwg.org/#concept-main-fetch: may this URL be asked for, and under which tainting?"""
        url, engine = self.url, self.engine
        if len(self.urls) > 1:
            self.phase = "redirect"
        if url.scheme in ("http", "https"):
            if network.is_bad_port(url, engine):
                self.fail("net.bad-port", "a port that browsers connect to", str(url.effective_port), "bad-port")
            if network.is_upgraded(url, self.page.is_secure, self.initiator.destination, self.mode):
                self.urls[-1] = url = parse("https" + url.href[4:]) or url
            if network.is_mixed_content(url, self.page.is_secure, self.initiator.destination, self.mode, engine):
                self.fail("net.mixed-content", "https, as the page is secure", url.scheme, "mixed-content")
            if self.page.is_secure:
                self.note("net.mixed-content", "https or loopback, as the page is secure", f"{url.scheme}://{url.host}")
            self.local_network_access(url)
        self.tainting = self.response_tainting(url)
        id, required = _TAINTINGS[self.tainting]
        self.note(id, required, str(origin_of(url)))
        if url.host in engine.refused_hosts:
            self.fail("engine.refused", "a host that the engine connects to", url.host, "engine-refused")

    def response_tainting(self, url: Url) -> str:
        own = same_origin(origin_of(url), self.page.origin)
        if url.scheme == "data" and len(self.urls) == 1 and self.mode in ("cors", "no-cors", "same-origin"):
            return "basic"
        if url.scheme == "blob" and own:
            self.fail("main.scheme", "a blob that exists", url.href, "scheme-not-cors", "ERR_FILE_NOT_FOUND")
        if own and self.tainting == "basic":
            if url.scheme not in ("http", "https"):  # https://fetch.spec.whatwg.org/#scheme-fetch
                self.fail("main.scheme", "http or https", url.scheme, "scheme-not-cors", "ERR_UNKNOWN_URL_SCHEME")
            return "basic"
        if self.mode == "same-origin":
            self.fail(
                "main.mode-same-origin", f"the page's origin {self.page.origin}", url.href, "mode-same-origin-blocked"
            )
        if url.scheme not in ("http", "https"):
            self.fail("main.scheme", "http or https", url.scheme, "scheme-not-cors")
        if self.mode in ("no-cors", "navigate"):
            return "opaque"
        return "cors"

    def judge_hop_again(self) -> None:
        """WebKit judges a redirect of a chain that began at home once more, after the next URL's preflight.

        With the credentials of the first request (SubresourceLoader::checkRedirectionCrossOriginAccessControl): `*`
        does not do, and Access-Control-Allow-Credentials is needed, although none are sent.
        """
        if not (self.engine.judges_hops_as_first and self.began_at_home and self.credentials == "same-origin"):
            return
        if self.hop_rules and (failure := first_failure(self.hop_rules)) is not None:
            self.phase = "redirect"
            self.apply([failure], len(self.exchanges) - 1)

    def local_network_access(self, url: Url) -> None:
        """``net.lna``: a permission prompt that cannot be seen from here. https://wicg.github.io/local-network-access/"""
        if not self.engine.asks_for_local_network:
            return
        target = address_space(url.host)
        page = address_space(self.page.url.host) if self.page.url is not None else None
        if target not in ("loopback", "local") or page == target or page == "loopback":
            return
        if same_origin(origin_of(url), self.page.origin):
            return
        if self.state.local_network == "denied":
            self.fail("net.lna", "permission for the local network", f"{url.host} is {target}", "lna-denied")
        if "local-network-prompt" not in self.notes:
            self.notes.append("local-network-prompt")

    def preflight_fetch(self) -> Generator[Request, Reply, None]:
        """https://fetch.spec.whatwg.org/#cors-preflight-fetch-0"""
        asked = self.preflight_request()
        self.note(
            "cors.preflight.needed",
            "none for a safelisted method with safelisted headers",
            f"none: {self.method}" if asked is None else f"needed: {', '.join([asked.method, *asked.names])}",
        )
        if asked is None:
            return
        state, engine, url = self.state, self.engine, self.url
        key, unkept = self.cache_key, self.is_never_kept
        mode = cache_mode(engine.name, self.params.cache, self.headers, self.initiator.name)
        bypass = unkept or mode in engine.cache.bypassed_by
        if not bypass and state.cache.matches(key, asked, self.now):
            self.note("cors.preflight.cache-store", "a preflight, or a fresh result of one", "kept from an earlier one")
            return
        self.phase = "preflight"
        headers = self.wire("preflight", self.cookie_context(), asked=asked)
        request = Request("OPTIONS", self.sent_url(url.wire_url), headers, b"", "preflight", self.hop, False)
        response, reply = yield from self.exchange(request)
        index = len(self.exchanges) - 1
        if engine.preflight_needs_whole_body and reply.body_error == "truncated":
            raise Stop("error", "connection-reset")
        judgement = judge(asked, response, engine)
        if judgement.failure is not None:
            self.forget_preflight("cors")
        stored = judgement.failure is None or (engine.cache.stores_failed_match and judgement.failed_match_only)
        if stored and not unkept and mode not in engine.cache.unstored_for:
            state.cache.store(key, asked, judgement, response.headers, reply.now)
        if "*" in judgement.names and "authorization" in asked.names and "authorization" not in judgement.names:
            self.notes.append("authorization-by-wildcard")
        self.apply(judgement.rules, index)

    def preflight_request(self) -> PreflightRequest | None:
        """``cors.preflight.needed``: what a preflight would ask for, or None."""
        if not self.initiator.scripted and self.initiator.name != "beacon":
            return None
        engine = self.engine
        names = h.unsafe_names(self.headers, engine)
        listener = self.initiator.name == "xhr" and self.params.upload_listener
        forced = listener and (engine.upload_listener_without_body or self.had_body)
        needed = forced or self.method not in methods.SAFELISTED or bool(names)
        if not needed and engine.preflight_is_sticky:
            needed = self.needed_preflight or bool(self.original_names)
        if not needed:
            return None
        self.needed_preflight = True
        if engine.names_removed_headers:
            names = self.original_names
        elif self.remembers_removed_type:
            names = sorted({*names, *h.unsafe_names(self.removed_type, engine)})
        own = same_origin(origin_of(self.url), self.page.origin)
        return PreflightRequest(
            self.method, tuple(names), self.credentials == "include", self.preflight_origin, forced, own
        )

    def http_fetch(self) -> Generator[Request, Reply, tuple[Response, Reply]]:
        """https://fetch.spec.whatwg.org/#concept-http-fetch: the request itself and every rule about its response."""
        self.phase = "redirect" if self.hop else "actual"
        context = self.cookie_context()
        cookies: list[Cookie] = []
        withheld: list[tuple[Cookie, str]] = []
        if self.includes_credentials:
            cookies, withheld = self.state.jar.retrieve(self.url, context, self.wall)
        headers = self.wire(
            "navigation" if self.mode == "navigate" else "actual", context, cookie=cookie_header(cookies) or None
        )
        url = self.sent_url(self.url.wire_url)
        request = Request(self.method, url, headers, self.body or b"", self.phase, self.hop, self.includes_credentials)
        response, reply = yield from self.exchange(request, tuple((cookie.name, why) for cookie, why in withheld))
        if cookies or withheld:
            sent = ", ".join(cookie.name for cookie in cookies) or "none"
            kept = "".join(f"; withheld: {cookie.name} ({why})" for cookie, why in withheld)
            self.note("actual.credentials", f"cookies as mode {self.credentials} has them", f"sent: {sent}{kept}")
        if self.includes_credentials:
            set_cookies = h.get_all(response.headers, "set-cookie")
            if set_cookies:
                fates = self.state.jar.store(set_cookies, self.url, context, reply.wall)
                self.exchanges[-1] = self.exchanges[-1]._replace(set_cookies=tuple(fates))
        self.judge_response(response, reply)
        return response, reply

    def judge_response(self, response: Response, reply: Reply) -> None:
        engine, index = self.engine, len(self.exchanges) - 1
        if engine.refuses_bad_chunk and reply.body_error == "malformed":
            raise Stop("error", "malformed-response")
        if self.includes_credentials and opens_login_dialog(response, self.url, self.page, self.state):
            self.fail(
                "actual.auth-401", "no challenge", h.get(response.headers, "www-authenticate") or "", "auth-prompt"
            )
        if self.tainting == "cors":
            rules = self.cors_rules(response, credentials=self.credentials == "include")
            if first_failure(rules) is not None:
                self.forget_preflight("cors")
            self.apply(rules, index)
        elif self.tainting == "opaque" and self.mode == "no-cors":
            rule = corp_check(response.headers, self.url, self.page.origin)
            if rule is not None:
                self.apply([rule], index, f"ERR_BLOCKED_BY_RESPONSE.{rule.detail}" if rule.detail else None)

    def cors_rules(self, response: Response, *, credentials: bool) -> list[Rule]:
        return cors_check(
            response.headers, self.origin, credentials, self.engine, preflight=False, tainted=self.tainted
        )

    def location(self, response: Response) -> Url | None:
        """``redirect.location`` and the limit; None when the response is final after all."""
        try:
            target = redirect.location_url(response.headers, self.url, self.engine)
        except redirect.BadLocation as bad:
            self.phase = "redirect"
            if self.engine.escapes_spaces_in_hosts and has_spaced_host(bad.value, self.url.href):
                raise Stop("error", "dns-failure") from None
            self.fail("redirect.location", "an http or https URL", str(bad), "redirect-bad-location", bad.net_error)
        if target is None:
            return None
        self.phase = "redirect"
        if target.scheme not in ("http", "https"):
            named = self.engine.names_redirect_scheme and target.scheme not in redirect.UNSAFE_SCHEMES
            reason = "scheme-not-cors" if named else "redirect-bad-location"
            self.fail("redirect.location", "an http or https URL", target.href, reason)
        if self.hop >= redirect.LIMIT:
            self.fail("redirect.limit", f"at most {redirect.LIMIT} redirects", "one more", "redirect-limit")
        if target.includes_credentials and self.mode == "cors":
            away = not same_origin(origin_of(target), self.page.origin)
            if away or self.tainting == "cors" or self.engine.refuses_same_origin_redirect_credentials:
                self.fail("redirect.credentials", "no user name in Location", target.href, "redirect-has-credentials")
        return target

    def follow(self, response: Response, target: Url) -> None:
        """https://fetch.spec.whatwg.org/#concept-http-redirect-fetch, from the point where it is allowed."""
        current, goal = origin_of(self.url), origin_of(target)
        leaves = not same_origin(current, goal)
        self.hop_rules = self.cors_rules(response, credentials=True) if self.tainting == "cors" else []
        self.note("redirect.location", "an http or https URL", target.href)
        self.note("redirect.limit", f"at most {redirect.LIMIT} redirects", str(self.hop + 1))
        if leaves and not same_origin(current, self.page.origin):
            self.tainted = True
            self.note(
                "redirect.taint", "null after a redirect between two foreign origins", "Origin is null from here on"
            )
        if self.removed_type and self.mode == "cors" and self.engine.removed_type_returns == "sent":
            self.headers, self.removed_type = [*self.headers, *self.removed_type], []
        rewritten = redirect.rewrites_to_get(response.status, self.method)
        if rewritten or (leaves and self.method == "DELETE" and self.engine.delete_becomes_get_elsewhere):
            self.note("redirect.method", "the method, or GET", f"{self.method} becomes GET after {response.status}")
            self.rewritten_at, self.method, self.body = self.hop, "GET", None
        if rewritten:
            kept = redirect.without_body_headers(self.headers)
            self.removed_type, self.headers = [field for field in self.headers if field not in kept], kept
        if leaves and h.get(self.headers, "authorization") is not None:
            self.note("redirect.auth-strip", "Authorization for its own origin only", f"not sent to {goal}")
            kept = redirect.without_authorization(self.headers)
            self.removed_authorization = [field for field in self.headers if field not in kept]
            self.headers = kept
        elif not leaves and self.engine.authorization_returns:
            self.headers, self.removed_authorization = [*self.headers, *self.removed_authorization], []
        self.redirected_by = response.status
        self.policies.append(policy_after(self.policies[-1], h.get_all(response.headers, "referrer-policy")))
        self.urls.append(target)

    # -- the outcome ---------------------------------------------------------------------------------------------

    def filtered(self, response: Response, reply: Reply) -> ScriptResponse:
        """What script sees: https://fetch.spec.whatwg.org/#concept-filtered-response"""
        index = len(self.exchanges) - 1
        if self.initiator.needs_body and reply.body_error in _BODY_FAILURES:
            raise Stop("error", _BODY_FAILURES[reply.body_error])
        self.initiator_rules(response, index)
        if self.tainting == "opaque":
            return ScriptResponse("opaque", 0, "", False, [])
        headers = basic_filtered(response.headers)
        if self.tainting == "cors":
            headers, rule = cors_filtered(response.headers, self.credentials == "include", self.engine)
            if rule is not None:
                self.record(rule, index, decisive=False)
        if self.engine.location_encoding == "mangled":
            headers = [(name, value if value.isascii() else h.mangled(value)) for name, value in headers]
        return ScriptResponse(
            type=self.tainting,
            status=response.status,
            url=self.sent_url(self.url.without_fragment),
            redirected=len(self.urls) > 1,
            headers=headers,
            body=b"" if self.has_null_body(response) else reply.body,
            body_error=reply.body_error,
        )

    def initiator_rules(self, response: Response, index: int) -> None:
        """``actual.nosniff``, ``actual.mime``: what the type rules out, and what the initiator itself demands."""
        orb = self.tainting == "opaque" and self.engine.blocks_opaque_responses
        rule = mime_check(response.headers, self.initiator.destination, orb=orb)
        if rule is not None:
            self.apply([rule], index)
        types, found = self.initiator.mime_types, essence(response.headers)
        streams = self.initiator.name == "eventsource"
        good = response.status == 200 if streams else 200 <= response.status <= 299
        if types and not (good and found in types):
            statuses = "200" if streams else "2xx"
            required, observed = f"{statuses} with {types[0]}", f"{response.status} with {found or 'no type'}"
            self.fail("actual.mime", required, observed, "mime-blocked")

    def data_response(self) -> ScriptResponse:
        response = data_response(self.url, self.method, self.engine)
        if response is None:
            self.fail("main.scheme", "a data: URL with a comma", self.url.href, "url-invalid", "ERR_INVALID_URL")
        return response

    def hides(self, stop: Stop) -> bool:
        """Whether the initiator sees success although CORS refused the response."""
        preload = self.initiator.name == "preload" and self.engine.preload_tells_nothing
        return preload and stop.verdict == "blocked" and self.phase != "local"

    def is_opaque(self, response: ScriptResponse) -> bool:
        return response.type in ("opaque", "opaqueredirect") or self.mode == "navigate"

    def has_null_body(self, response: Response) -> bool:
        """https://fetch.spec.whatwg.org/#null-body-status"""
        null = response.status in _NULL_BODY_STATUSES
        return null and not (response.status == 205 and self.engine.reads_body_of_205)


#: The response tainting as a rule: https://fetch.spec.whatwg.org/#main-fetch, step 12
_TAINTINGS = {
    "basic": ("main.same-origin", "the page's own origin: no CORS"),
    "opaque": ("main.no-cors", "another origin without CORS: opaque"),
    "cors": ("main.cors", "another origin: CORS"),
}

_NULL_BODY_STATUSES = frozenset({101, 103, 204, 205, 304})

#: A body that failed, where the initiator needs all of it. A body beyond our own cap is no failure.
_BODY_FAILURES = {"truncated": "connection-reset", "timeout": "timeout", "malformed": "malformed-response"}
