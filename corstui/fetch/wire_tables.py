"""How each engine writes a request head over HTTP/1.1: values and field orders, as data.

Measured with the desktop Linux builds of Chromium 156, Firefox ESR 153 and WebKitGTK 2.50.6 unless a comment says
otherwise. A headless Chromium calls itself HeadlessChrome; the values here are those of a window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The places of one head. A lower-case name is the engine's own field of that name, ``+name`` the field that script
#: set, ``+soup`` those of script's fields that libsoup knows by number, ``+`` all its other fields, in its order.
Layout = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadTable:
    """One engine's request heads.

    ``layouts`` is keyed by ``preflight``, ``navigation``, an initiator's name or ``*`` for all others, to which may be
    appended ``>>`` (after a redirect to another origin) or ``>`` (after any redirect), then ``/keepalive``, ``/late``
    (a redirect first brought the Origin), ``/basic`` (not a cross-origin CORS request) or ``/tls`` (to a potentially
    trustworthy URL). ``accept``, ``priority``,
    ``cache_control`` and ``connection`` are keyed by ``initiator/mode``, ``initiator/method``, initiator, mode or
    destination, in this order, or ``*``.
    """

    layouts: Mapping[str, Layout]
    user_agent: str
    accept_language: str
    accept: Mapping[str, str]
    encodings: str
    #: Codings offered where nobody on the path can be confused by them: https, for two engines also http://localhost.
    encodings_secure: str
    encodings_secure_needs_tls: bool = False
    connection: Mapping[str, str] = field(default_factory=lambda: {"*": "keep-alive"})
    #: Fields with a fixed value, where the layout has a place for them.
    constants: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Constants that go to potentially trustworthy URLs only.
    secure_constants: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    priority: Mapping[str, str] = field(default_factory=dict)
    #: What the priority of fetch() adds: fetch(url, {priority: "low"}).
    priority_hints: Mapping[str, str | None] = field(default_factory=dict)
    cache_control: Mapping[str, str] = field(default_factory=dict)
    range: Mapping[str, str] = field(default_factory=dict)
    #: Script's fields of which only the last goes out; others are combined.
    last_one_counts: frozenset[str] = frozenset()
    #: Script's value takes the place of the engine's, rather than that of script's other fields.
    replaced_in_place: frozenset[str] = frozenset()
    #: A single byte range that script asks for is taken apart by the HTTP cache and appended to the head.
    appends_range: bool = False
    #: A preflight tells Sec-Fetch-Mode also to URLs that are not trustworthy.
    preflight_always_tells_mode: bool = False
    #: The cache mode that a conditional header of script turns ``default`` into.
    conditional_cache_mode: str = "no-store"
    #: Whose conditional headers do that.
    conditional_initiators: frozenset[str] = frozenset({"fetch", "xhr"})
    #: A request right after a redirect to another origin says nothing of its cache mode.
    forgets_cache_mode: bool = False
    #: Bytes above 0x7F in script's values are written as UTF-8 of their latin-1 reading.
    writes_utf8: bool = False
    #: Another layer writes the `Content-Length: 0` of a POST or PUT without a body: at ``content-length-0``.
    late_zero_length: bool = False


# -- Chromium ---------------------------------------------------------------------------------------------------------
# HttpNetworkTransaction writes Host, Connection, Content-Length and the cache fields; the fields of blink's header map
# follow in the order of its hash table, then what the network service adds, then URLRequestHttpJob's.

_C_START = ("host", "connection", "content-length", "pragma", "cache-control")
_C_FETCH_META = ("sec-fetch-site", "sec-fetch-mode", "sec-fetch-user", "sec-fetch-dest", "sec-fetch-storage-access")
_C_END = ("referer", "accept-encoding", "accept-language", "cookie", "range")
_C_SCRIPTED = (*_C_START, "user-agent", "+accept", "+content-type", "+", "accept", "origin", *_C_FETCH_META, *_C_END)
# the client hints enlarge the hash table, which moves Authorization
_C_SCRIPTED_TLS = (
    *_C_START, "sec-ch-ua-platform", "+authorization", "user-agent", "+accept", "sec-ch-ua", "+content-type", "+",
    "sec-ch-ua-mobile", "accept", "origin", *_C_FETCH_META, *_C_END,
)  # fmt: skip
_C_SCRIPTED_LATE = (
    *_C_START, "sec-ch-ua-platform", "+authorization", "user-agent", "+accept", "sec-ch-ua", "+content-type", "+",
    "sec-ch-ua-mobile", "accept", *_C_FETCH_META, "origin", *_C_END,
)  # fmt: skip
# blink itself sets the Origin of elements with crossorigin
_C_ELEMENT = (
    *_C_START, "sec-ch-ua-platform", "user-agent", "sec-ch-ua", "sec-ch-ua-mobile", "origin", "accept",
    *_C_FETCH_META, *_C_END,
)  # fmt: skip

CHROMIUM = HeadTable(
    layouts={
        "preflight": (
            "host", "connection", "pragma", "cache-control", "accept", "access-control-request-method",
            "access-control-request-headers", "origin", "user-agent", "sec-fetch-mode", "sec-fetch-site",
            "sec-fetch-dest", "referer", "accept-encoding", "accept-language",
        ),
        **dict.fromkeys(("fetch", "xhr"), _C_SCRIPTED),
        **dict.fromkeys(("fetch/tls", "xhr/tls"), _C_SCRIPTED_TLS),
        # page > other origin over TLS: Sec-Fetch-* are there already when Origin is added
        **dict.fromkeys(("fetch/late", "xhr/late"), _C_SCRIPTED_LATE),
        **dict.fromkeys(("img", "script", "module", "stylesheet", "font", "track", "preload"), _C_ELEMENT),
        "*": (
            *_C_START, "sec-ch-ua-platform", "user-agent", "sec-ch-ua", "+content-type", "sec-ch-ua-mobile", "accept",
            "origin", *_C_FETCH_META, *_C_END,
        ),
        "navigation": (
            *_C_START, "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "upgrade-insecure-requests",
            "+content-type", "user-agent", "origin", "accept", *_C_FETCH_META, *_C_END,
        ),
    },
    user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    accept_language="en-US,en;q=0.9",
    accept={
        "*": "*/*",
        "eventsource": "text/event-stream",
        "image": "image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
        "style": "text/css,*/*;q=0.1",
        "navigate": (
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,"
            "application/signed-exchange;v=b3;q=0.7"
        ),
    },
    encodings="gzip, deflate",
    encodings_secure="gzip, deflate, br, zstd",
    secure_constants={
        "sec-ch-ua-platform": ("sec-ch-ua-platform", '"Linux"'),
        "sec-ch-ua": ("sec-ch-ua", '"Not:A-Brand";v="8", "Chromium";v="156"'),
        "sec-ch-ua-mobile": ("sec-ch-ua-mobile", "?0"),
    },
    cache_control={"form/POST": "max-age=0"},
    range={"video": "bytes=0-", "audio": "bytes=0-"},
    appends_range=True,
    conditional_cache_mode="no-cache",
    preflight_always_tells_mode=True,
)  # fmt: skip

# -- Firefox ----------------------------------------------------------------------------------------------------------
# nsHttpChannel: the standard fields come first; fetch() sets Referer at once, all others only when the channel opens;
# after a redirect the body's fields and Origin are copied before script's fields are set again.

_F_START = ("host", "user-agent", "accept", "accept-language", "accept-encoding")
_F_TAIL = (
    "upgrade-insecure-requests", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
    "priority", "pragma", "cache-control", "content-length-0",
)  # fmt: skip

_F_END = ("cookie", *_F_TAIL)

FIREFOX = HeadTable(
    layouts={
        "preflight": (
            *_F_START, "access-control-request-method", "access-control-request-headers", "referer", "origin",
            "connection", "sec-fetch-storage-access", *_F_TAIL,
        ),
        "fetch": (
            *_F_START, "referer", "+", "content-length", "origin", "connection", "sec-fetch-storage-access", *_F_END,
        ),
        # it goes through the parent process, where the body comes first
        "fetch/keepalive": (
            *_F_START, "+content-type", "content-length", "referer", "+", "origin", "connection",
            "sec-fetch-storage-access", *_F_END,
        ),
        "fetch>": (
            *_F_START, "+content-type", "content-length", "origin", "+", "referer", "connection",
            "sec-fetch-storage-access", *_F_END,
        ),
        # without CORS, Origin is only set when the channel opens
        "fetch>/basic": (
            *_F_START, "+content-type", "content-length", "+", "referer", "origin", "connection",
            "sec-fetch-storage-access", *_F_END,
        ),
        "*": (
            *_F_START, "range", "+", "content-length", "origin", "connection", "sec-fetch-storage-access", "referer",
            *_F_END,
        ),
        # TextTrackManager gives the channel no referrer
        "track": (*_F_START, "origin", "connection", "sec-fetch-storage-access", *_F_END),
        # the media element asks for the identity coding after everything else
        **dict.fromkeys(
            ("video>", "audio>"),
            (
                "host", "user-agent", "accept", "accept-language", "origin", "range", "connection", "referer",
                "accept-encoding", *_F_END,
            ),
        ),
        **dict.fromkeys(
            ("video", "audio"),
            (
                "host", "user-agent", "accept", "accept-language", "range", "origin", "connection",
                "sec-fetch-storage-access", "referer", "accept-encoding", *_F_END,
            ),
        ),
    },
    user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    accept_language="en-US,en;q=0.9",
    accept={
        "*": "*/*",
        "eventsource": "text/event-stream",
        "image": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
        "style": "text/css,*/*;q=0.1",
        "font": "application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8",
        "video": "video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5",
        # HTMLAudioElement::SetAcceptHeader
        "audio": "audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,application/ogg;q=0.7,video/*;q=0.6,*/*;q=0.5",
        "navigate": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    },
    encodings="gzip, deflate",
    encodings_secure="gzip, deflate, br, zstd",
    # the default urgency, 3, is not written: XHR, scripts and fonts
    priority={
        "preflight": "u=4", "fetch": "u=4", "eventsource": "u=4", "beacon": "u=6", "img/no-cors": "u=5, i",
        "img/cors": "u=4, i", "style": "u=2", "video": "u=4", "audio": "u=4", "track": "u=4", "iframe": "u=4",
        "document": "u=0, i",
    },
    priority_hints={"high": None, "low": "u=5"},
    range={"video": "bytes=0-", "audio": "bytes=0-"},
    conditional_initiators=frozenset({"fetch"}),
    last_one_counts=frozenset({"content-type"}),
    replaced_in_place=frozenset({"user-agent", "accept", "accept-language"}),
    late_zero_length=True,
)  # fmt: skip

# -- WebKitGTK --------------------------------------------------------------------------------------------------------
# libsoup keeps the fields that it knows apart from all others, which it writes last, after its own Host.

_W_END = (
    "user-agent", "pragma", "cache-control", "content-length", "accept-encoding", "cookie", "accept-language",
    "connection", "host", "content-length-0", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "+",
)  # fmt: skip

WEBKIT = HeadTable(
    layouts={
        "preflight": (
            "origin", "access-control-request-method", "referer", "access-control-request-headers", "user-agent",
            "accept", "accept-encoding", "accept-language", "connection", "host", "sec-fetch-mode", "sec-fetch-dest",
            "sec-fetch-site",
        ),
        "fetch": ("+soup", "origin", "referer", "accept", *_W_END),
        # without CORS, Origin comes from the network process
        **dict.fromkeys(("fetch/basic", "fetch>>/basic"), ("+soup", "referer", "accept", "origin", *_W_END)),
        "*>>": ("+soup", "accept", "origin", "referer", *_W_END),
        "xhr": ("+soup", "origin", "accept", "referer", *_W_END),
        **dict.fromkeys(("fetch>>", "xhr>>"), ("+soup", "accept", "origin", "referer", *_W_END)),
        "xhr/basic": ("+soup", "accept", "referer", "origin", *_W_END),
        "eventsource": (
            "accept", "cache-control", "origin", "referer", *(place for place in _W_END if place != "cache-control"),
        ),
        "beacon": ("+soup", "accept", "referer", "origin", *_W_END),
        "*": ("origin", "accept", "referer", *_W_END),
        # GStreamer's own HTTP client looks first
        **dict.fromkeys(
            ("video", "audio"),
            (
                "referer", "connection", "origin", "accept", "user-agent", "cookie", "accept-language", "host",
                "icy-metadata",
            ),
        ),
        "navigation": ("referer", "origin", "+content-type", "accept", "upgrade-insecure-requests", *_W_END),
    },
    user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15",
    accept_language="en-US",
    accept={
        "*": "*/*",
        "eventsource": "text/event-stream",
        "image": "image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
        "style": "text/css,*/*;q=0.1",
        "navigate": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    },
    encodings="gzip, deflate",
    encodings_secure="gzip, deflate, br",
    encodings_secure_needs_tls=True,
    connection={"*": "Keep-Alive", "video": "close", "audio": "close"},
    constants={"icy-metadata": ("Icy-Metadata", "1")},
    cache_control={"beacon": "max-age=0"},
    forgets_cache_mode=True,
    writes_utf8=True,
    late_zero_length=True,
)  # fmt: skip

# -- The standard -----------------------------------------------------------------------------------------------------
# Only what Fetch and Fetch Metadata ask for, in Chromium's order.

STANDARD = HeadTable(
    layouts={
        "preflight": CHROMIUM.layouts["preflight"],
        "*": (*_C_START, "user-agent", "+", "accept", "origin", *_C_FETCH_META[:4], *_C_END),
        "navigation": CHROMIUM.layouts["navigation"],
    },
    user_agent="corstui",
    accept_language="en-US,en;q=0.9",
    # https://fetch.spec.whatwg.org/#concept-fetch, step 15
    accept={
        "*": "*/*",
        "eventsource": "text/event-stream",
        "image": "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
        "style": "text/css,*/*;q=0.1",
        "navigate": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    },
    encodings="gzip, deflate",
    encodings_secure="gzip, deflate, br, zstd",
    range={"video": "bytes=0-", "audio": "bytes=0-"},
)

TABLES = {"chromium": CHROMIUM, "firefox": FIREFOX, "webkit": WEBKIT, "standard": STANDARD}

#: Request fields that libsoup knows by number, of those that script may set (soup-headers.c); measured one by one:
#: Accept, Authorization, Content-Encoding ... stand before Origin, DPR, Permissions-Policy, Warning ... after Host.
SOUP_FIELDS = frozenset(
    """accept accept-language authorization cache-control content-disposition content-encoding content-language
    content-location content-range content-type if-match if-modified-since if-none-match if-range if-unmodified-since
    last-event-id last-modified link location ping-from ping-to pragma range set-cookie2 user-agent""".split()
)
