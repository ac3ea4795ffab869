"""Where the engines differ, as data, each with its evidence.

One decision core fits all engines; only what stands here varies. "Measured" means driven against Chromium 156,
Firefox ESR 153 and WebKitGTK 2.50.6. ``standard`` is the Fetch standard to the letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class PreflightCacheRules:
    """How one engine keeps preflight results (Fetch, section "CORS-preflight cache"). Times in seconds."""

    default_age: int = 5
    cap: int = 7200
    #: Max-Age that is no number: True keeps the result for ``default_age``, False does not keep it.
    keeps_unparsable: bool = True
    #: A number beyond 64 bits: "default" or "cap".
    overflow: str = "default"
    #: Chromium and WebKit read a signed integer; Firefox digits only.
    signed: bool = True
    capacity: int | None = None
    #: An entry made with credentials serves requests without.
    shares_credentialed: bool = True
    #: A stored `*` serves methods and headers other than those asked for.
    wildcard_hits: bool = True
    #: A stored `*` also serves Authorization.
    wildcard_covers_authorization: bool = False
    head_is_safelisted: bool = True
    #: One whole result per key, replaced each time, rather than merged per method and header.
    replaces: bool = True
    stores_failed_match: bool = False
    erased_by_miss: bool = False
    #: What makes the entry of the current URL go: "cors" (a failed CORS check or preflight), "network" (no usable
    #: answer) or a reason for which a redirect is refused.
    dropped_by: frozenset[str] = frozenset()
    #: Cache modes of a request that neither read an entry ...
    bypassed_by: frozenset[str] = frozenset()
    #: ... nor store one.
    unstored_for: frozenset[str] = frozenset()
    keeps_for_opaque_origins: bool = True
    #: Preflights after a redirect that made Origin null are kept, and spared by what is kept.
    keeps_when_tainted: bool = True
    max_url_length: int | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine's deviations. ``preflight_order``: the gates of a preflight response in the order of their report."""

    name: str
    version: str
    preflight_order: tuple[str, ...]
    cache: PreflightCacheRules = field(default_factory=PreflightCacheRules)
    #: "safelist-and-values": Chromium counts well-formed client hints as safelisted (services/network/public/cpp/cors).
    client_hints_safelisted: bool = False
    #: Repeated safelisted headers are combined before their length is measured.
    combines_repeated: bool = True
    #: The standard's limit of 1024 bytes over all safelisted values.
    safelist_sum_limit: int | None = None
    #: Bytes >= 0x80 in Accept and Content-Type make them unsafe.
    high_bytes_unsafe: bool = False
    #: A comma, or an empty parameter, in a Content-Type makes it unsafe (net_ParseRequestContentType).
    content_type_strict: bool = False
    #: A single range may be spelled with another case of ``bytes``, a plus, form feeds and vertical tabs.
    lenient_range: bool = False
    #: The largest number in a safelisted Range.
    range_limit: int | None = None
    #: A name that stands twice in the request stands twice in Access-Control-Request-Headers.
    repeats_unsafe_names: bool = False
    #: A User-Agent set by script is dropped without a word.
    ignores_user_agent: bool = False
    #: Request headers that make the engine refuse the request itself.
    refused_headers: frozenset[str] = frozenset()
    #: An upload listener on a request without a body asks for a preflight.
    upload_listener_without_body: bool = True
    #: The preflight that only an upload listener asked for needs the method listed, even if no method is listed at all.
    upload_listener_needs_method: bool = True
    #: A beacon may be larger than keepalive requests are.
    sends_large_beacons: bool = False
    #: The Content-Type that a body brings stays in no-cors mode, safelisted or not.
    keeps_body_type_without_cors: bool = False
    #: A request that once needed a preflight is preflighted on every later hop, rewritten or not.
    preflight_is_sticky: bool = False
    #: ... naming in Access-Control-Request-Headers also headers that the redirect removed.
    names_removed_headers: bool = False
    #: DELETE turns into GET when any redirect leads to another origin (libsoup's NetworkDataTaskSoup).
    delete_becomes_get_elsewhere: bool = False
    #: Origin (sent and compared) on the preflight after a tainting redirect is the page's own.
    real_origin_on_tainted_preflight: bool = False
    #: A preflight that a redirect brings back to the page's origin need not allow that origin.
    trusts_own_preflight: bool = False
    #: Every redirect after the first of a chain that began at the page's origin is judged as with credentials, too.
    judges_hops_as_first: bool = False
    refuses_same_origin_redirect_credentials: bool = False
    #: Redirect mode "error" takes a 3xx without Location for no redirect.
    redirect_needs_location: bool = True
    #: A space in a host name is escaped, and no such name is found, rather than the URL refused.
    escapes_spaces_in_hosts: bool = False
    #: The charset of an XHR's Content-Type is written anew also when it is utf-8 in another spelling.
    respells_charset: bool = False
    #: The response of a data: URL has a Content-Length.
    data_urls_have_length: bool = False
    #: `Location:` with an empty value: "final", "follow" or "refuse".
    empty_location: str = "follow"
    #: Repeated Location fields: equal ones count once and different ones are refused, rather than joined by a comma.
    compares_locations: bool = True
    #: A redirect to a scheme unknown to CORS is reported as such, not as any other bad target.
    names_redirect_scheme: bool = True
    #: Tabs in Location are percent-encoded rather than dropped.
    escapes_tabs_in_location: bool = False
    #: How bytes above 0x7F in Location, and in fields that script reads, are read: one by one, or as mangled text.
    location_encoding: str = "bytes"
    extra_bad_ports: frozenset[int] = frozenset()
    #: Hosts refused before any connection.
    refused_hosts: frozenset[str] = frozenset()
    #: A secure page may fetch http://127.0.0.1, http://localhost and http://[::1].
    loopback_is_secure: bool = True
    statuses_refused: frozenset[int] = frozenset()
    max_status: int = 999
    #: Statuses are read modulo 65,536 (net::HttpResponseHeaders keeps 16 bits).
    wraps_status: bool = False
    min_status: int = 100
    #: Script reads a body with 205, against Fetch.
    reads_body_of_205: bool = False
    #: Cache mode only-if-cached asks the network all the same.
    ignores_only_if_cached: bool = False
    #: Percent-escapes of letters, digits and -._~ are resolved before a request goes out (libsoup's g_uri_parse).
    resolves_plain_escapes: bool = False
    #: Whose 401 with a challenge opens a login dialog: any "credentialed" request's, or one to the "same-origin".
    auth_prompt: str | None = None
    #: Requests towards a more private network need a permission (Chromium 142; WICG Local Network Access).
    asks_for_local_network: bool = False
    #: Head syntax, measured with raw responses.
    accepts_space_before_colon: bool = False
    accepts_status_without_space: bool = True
    accepts_lower_case_version: bool = False
    drops_bare_cr_at_end: bool = True
    #: A carriage return alone ends a line (net::HttpUtil::AssembleRawHeaders).
    bare_cr_ends_line: bool = False
    #: An answer that does not begin like HTTP is one of HTTP/0.9: a body without head.
    reads_http09: bool = False
    #: A NUL in a field's name costs that field only.
    drops_names_with_nul: bool = False
    #: Content-Length fields that are equal count as one.
    merges_equal_lengths: bool = False
    #: A head that begins with ICY: "refused", a response like any other, or one "bare" of headers.
    shoutcast: str = "refused"
    #: Content-Length that is no number at all; a sign in front of one is taken by every engine.
    accepts_bad_content_length: bool = True
    accepts_differing_content_lengths: bool = False
    accepts_unknown_transfer_coding: bool = True
    accepts_any_http_version: bool = True
    accepts_switching_protocols: bool = False
    max_head: int = 262_144
    refuses_bad_chunk: bool = False
    preflight_needs_whole_body: bool = False
    #: Initiators whose CORS loads from the page's own origin carry Origin.
    own_origin_told_by: frozenset[str] = frozenset()
    #: A request that a redirect turned into GET still carries Origin, until one leads to another origin.
    tells_origin_after_rewrite: bool = False
    #: A redirect within an origin brings back the Authorization that one between origins took away (FetchDriver.cpp).
    authorization_returns: bool = False
    #: The Content-Type that one redirect removed comes back with the next: "sent", or "named" in the preflight if any.
    removed_type_returns: str | None = None
    #: Initiators that load in no-cors mode, against HTML.
    elements_without_cors: frozenset[str] = frozenset()
    #: Opaque Response Blocking comes before the rules about types.
    blocks_opaque_responses: bool = False
    #: A preload reports success whatever CORS says.
    preload_tells_nothing: bool = False
    #: Outside CORS a redirect to another origin makes Origin null, also the first (net/url_request/redirect_util.cc).
    redirect_hides_origin: bool = False
    #: no-cors POST under a referrer policy that hides the page sends `Origin: null`.
    origin_follows_referrer_policy: bool = True
    #: With credentials, `Access-Control-Expose-Headers: *` leaks a header of this name.
    leaked_by_wildcard: frozenset[str] = frozenset()
    #: A list in one ACAO line is "multiple": on a comma or a space, on a comma only, or never.
    list_separators: str = ", "
    #: Repeated ACAO fields are "multiple" only when their names are spelled in the same case.
    counts_fields_by_case: bool = False
    third_party_cookies: str = "allowed"


_CORS_ELEMENTS = frozenset({"img", "script", "module", "stylesheet", "font", "track", "preload"})

_CHROMIUM_ORDER = ("redirect", "cors", "status", "acam-parse", "acah-parse", "method", "headers")

CHROMIUM = Engine(
    name="chromium",
    version="156",
    # CorsURLLoader, PreflightController: redirect first, then the CORS check, then the status
    preflight_order=_CHROMIUM_ORDER,
    cache=PreflightCacheRules(
        erased_by_miss=True,
        bypassed_by=frozenset({"no-store", "reload", "no-cache"}),
        unstored_for=frozenset({"no-store"}),
        keeps_for_opaque_origins=False,
        keeps_when_tainted=False,
        max_url_length=1024,
    ),
    client_hints_safelisted=True,
    range_limit=2**63 - 1,
    ignores_user_agent=True,
    respells_charset=True,
    refused_headers=frozenset({"available-dictionary"}),  # ERR_INVALID_ARGUMENT before anything is sent
    upload_listener_without_body=False,
    refuses_same_origin_redirect_credentials=True,
    escapes_spaces_in_hosts=True,
    empty_location="final",
    statuses_refused=frozenset({407}),  # ERR_UNEXPECTED_PROXY_AUTH
    max_status=65_535,
    wraps_status=True,
    min_status=0,
    auth_prompt="credentialed",
    asks_for_local_network=True,
    blocks_opaque_responses=True,
    accepts_space_before_colon=True,
    accepts_lower_case_version=True,
    bare_cr_ends_line=True,
    shoutcast="bare",
    own_origin_told_by=_CORS_ELEMENTS,
    origin_follows_referrer_policy=False,
    redirect_hides_origin=True,
)

FIREFOX = Engine(
    name="firefox",
    version="153",
    # nsCORSListenerProxy: the CORS check comes first, also for a redirect; each list is parsed and matched in turn
    preflight_order=("cors", "redirect", "status", "acam-parse", "method", "acah-parse", "headers"),
    cache=PreflightCacheRules(
        cap=86_400,
        keeps_unparsable=False,
        overflow="cap",
        signed=False,
        capacity=100,
        shares_credentialed=False,
        wildcard_hits=False,
        head_is_safelisted=False,
        replaces=False,
        dropped_by=frozenset({"cors", "redirect-bad-location"}),  # nsCORSListenerProxy.cpp
        bypassed_by=frozenset({"no-store", "reload"}),
    ),
    combines_repeated=False,
    high_bytes_unsafe=True,
    content_type_strict=True,
    range_limit=2**64 - 1,
    repeats_unsafe_names=True,
    preflight_is_sticky=True,
    real_origin_on_tainted_preflight=True,
    trusts_own_preflight=True,
    authorization_returns=True,
    redirect_needs_location=False,
    escapes_tabs_in_location=True,
    removed_type_returns="named",
    data_urls_have_length=True,
    names_redirect_scheme=False,
    extra_bad_ports=frozenset({4190, 6679}),
    refused_hosts=frozenset({"0.0.0.0"}),
    accepts_status_without_space=False,
    drops_bare_cr_at_end=False,
    accepts_switching_protocols=True,
    min_status=0,
    reads_http09=True,
    drops_names_with_nul=True,
    merges_equal_lengths=True,
    shoutcast="like any other",
    max_head=393_216,
    refuses_bad_chunk=True,
    preload_tells_nothing=True,
    sends_large_beacons=True,
    list_separators="",
    counts_fields_by_case=True,
    third_party_cookies="partitioned",
)

WEBKIT = Engine(
    name="webkit",
    version="WebKitGTK 2.50",
    # CrossOriginPreflightChecker, validatePreflightResponse: an unsuccessful status is reported before anything else
    preflight_order=("redirect", "status", "cors", "acam-parse", "acah-parse", "method", "headers"),
    cache=PreflightCacheRules(
        cap=600,
        wildcard_covers_authorization=True,
        stores_failed_match=True,
        erased_by_miss=True,
        keeps_when_tainted=False,
    ),
    lenient_range=True,
    range_limit=2**64 - 1,
    preflight_is_sticky=True,
    names_removed_headers=True,
    delete_becomes_get_elsewhere=True,
    keeps_body_type_without_cors=True,
    judges_hops_as_first=True,
    empty_location="refuse",
    compares_locations=False,
    names_redirect_scheme=False,
    location_encoding="mangled",
    extra_bad_ports=frozenset({4190, 6679}),
    refused_hosts=frozenset({"0.0.0.0"}),
    loopback_is_secure=False,
    auth_prompt="same-origin",
    reads_body_of_205=True,
    ignores_only_if_cached=True,
    resolves_plain_escapes=True,
    shoutcast="like any other",
    accepts_bad_content_length=False,
    accepts_differing_content_lengths=True,
    accepts_unknown_transfer_coding=False,
    accepts_any_http_version=False,
    max_head=65_536,
    preflight_needs_whole_body=True,
    own_origin_told_by=_CORS_ELEMENTS | {"video", "audio"},
    tells_origin_after_rewrite=True,
    removed_type_returns="sent",
    elements_without_cors=frozenset({"font", "track"}),
    leaked_by_wildcard=frozenset({"accept"}),
    list_separators=",",
    third_party_cookies="no-store",
)

#: Main fetch, step 12: what ends a request in a network error clears its entries in the preflight cache.
_NETWORK_ERRORS = frozenset({"cors", "network", "redirect-mode-error", "redirect-limit"}) | frozenset(
    {"redirect-bad-location", "redirect-has-credentials"}
)

#: Fetch as written. Every field in which an engine differs from it is accounted for in tests/fetch/standard.
STANDARD = replace(
    CHROMIUM,
    name="standard",
    version="Fetch",
    preflight_order=("cors", "redirect", "status", "acam-parse", "acah-parse", "method", "authorization", "headers"),
    # Access-Control-Max-Age is delta-seconds (RFC 9111, section 1.2.2): no sign, and any number of digits
    cache=PreflightCacheRules(
        signed=False,
        overflow="cap",
        replaces=False,
        dropped_by=_NETWORK_ERRORS,
    ),
    client_hints_safelisted=False,
    range_limit=None,
    combines_repeated=False,
    safelist_sum_limit=1024,
    ignores_user_agent=False,
    respells_charset=False,
    refused_headers=frozenset(),
    upload_listener_without_body=True,
    upload_listener_needs_method=False,
    refuses_same_origin_redirect_credentials=False,
    redirect_needs_location=False,
    escapes_spaces_in_hosts=False,
    empty_location="follow",
    names_redirect_scheme=False,
    statuses_refused=frozenset({407}),  # HTTP-network-or-cache fetch asks the user, and then again
    max_status=999,
    wraps_status=False,
    min_status=100,
    accepts_space_before_colon=False,
    accepts_lower_case_version=False,
    bare_cr_ends_line=False,
    shoutcast="refused",
    auth_prompt="same-origin",  # ... and for a 401 whose tainting is not "cors"
    asks_for_local_network=False,
    blocks_opaque_responses=False,
    extra_bad_ports=frozenset({4190, 6679}),
    own_origin_told_by=frozenset(),
    origin_follows_referrer_policy=True,
    redirect_hides_origin=False,
)

ENGINES = {engine.name: engine for engine in (CHROMIUM, FIREFOX, WEBKIT, STANDARD)}
