"""Hypothesis strategies for what may come from outside: names, texts, response heads, whole dialogues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from corstui.fetch.messages import NO_TIMING, Held, NetworkError, Reply, Timing
from corstui.fetch.reasons import REASONS

#: What terminals, markup, spreadsheets, shells and parsers act upon.
NASTY = (
    "\x00",
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;cG93bmVk\x07",
    "\x9b31m",
    "\r",
    "\n",
    "\t",
    "\x7f",
    "\x85",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u2028",
    "\ufeff",
    "\ufe0f",
    "\u0301",
    "e\u0301",
    "\u65e5\u672c",
    "\U0001f469\u200d\U0001f4bb",
    "\ud800",
    "\uffff",
    "[bold]x[/bold]",
    "[/]",
    "<script>alert(1)</script>",
    "</script>",
    "<!--",
    "]]>",
    "&amp;",
    "%title%",
    "=1+1",
    "@SUM(A1)",
    "-1",
    "+1",
    "|",
    "``` ",
    "`",
    "**x**",
    "](javascript:1)",
    "'",
    '"',
    "\\",
    "$(id)",
    "!",
    "{x}",
    "{0}",
    "%s",
    "${x}",
)

T = TypeVar("T")


def mostly(common: st.SearchStrategy[T], rare: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Four times of five what goes far, else what goes wrong at once."""
    return st.integers(0, 4).flatmap(lambda number: common if number < 4 else rare)


#: Any text, with what is nasty in it more often than chance would have it.
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=4).map("".join)
BAD_BYTES = tuple(text for text in NASTY if max(text) <= "\xff")
#: What a field line can carry: any byte, as latin-1.
BYTES_AS_TEXT = st.lists(
    st.sampled_from(BAD_BYTES) | st.text(st.characters(max_codepoint=255), max_size=8),
    max_size=3,
).map("".join)

ORIGIN = "https://app.test"

NAMES = """Access-Control-Allow-Origin Access-Control-Allow-Credentials Access-Control-Allow-Methods
    Access-Control-Allow-Headers Access-Control-Max-Age Access-Control-Expose-Headers Location Set-Cookie Vary Age Via
    WWW-Authenticate Cross-Origin-Resource-Policy Content-Length Content-Type Content-Encoding Transfer-Encoding
    X-Content-Type-Options Referrer-Policy Server Cache-Control cf-mitigated X-A Activate-Storage-Access Date
    Timing-Allow-Origin Strict-Transport-Security Access-Control-Allow-Private-Network X-Cache""".split()
VALUES = [
    *("*", "null", ORIGIN, ORIGIN.upper(), f"{ORIGIN}, {ORIGIN}", f"{ORIGIN}/", "http://app.test", "true", "TRUE"),
    *("GET, PUT", "PUT, x-a, X-B", "x-a,authorization", "*, authorization", "content-type", "600", "-1", "1e9", "0"),
    *("https://b.test/", "https://app.test/", "/next", "//b.test/x", "http://u:p@b.test/", "data:,", "javascript:1"),
    *("https://b.test:6000/", "http://127.0.0.1/", "https://[", "blob:x", "#f", "?q", "", " ", "a=1; Secure; HttpOnly"),
    *("__Host-a=1; Secure; Path=/; SameSite=None", "b=2; Domain=test; Max-Age=0", "c=3; Expires=Thu, 01 Jan 1970"),
    *(
        "Basic realm=x",
        "Negotiate",
        "same-origin",
        "same-site",
        "cross-origin",
        "nosniff",
        "text/html",
        "gzip",
        "chunked",
    ),
    *("text/event-stream", "text/javascript", "no-referrer", "origin", "unsafe-url", "challenge", "Origin", "load"),
]
STATUSES = st.sampled_from([200, 201, 204, 205, 206, 101, 103, 301, 302, 303, 304, 307, 308, 401, 403, 404, 407, 429])
_LINES = st.sampled_from(
    ["HTTP/1.1 {} X", "HTTP/1.0 {}", "HTTP/2 {}", "http/1.1 {} ok", "HTTP/1.1 {}x", "ICY {} OK", "{}"]
)

#: Fields that mean something as they are.
_TELLING = [
    *(("Access-Control-Allow-Origin", value) for value in ("*", "null", ORIGIN, f"{ORIGIN}, *", "https://x.test", "")),
    *(("Access-Control-Allow-Credentials", value) for value in ("true", "TRUE", "false")),
    *(("Access-Control-Allow-Methods", value) for value in ("*", "PUT", "get, put", "a b")),
    *(("Access-Control-Allow-Headers", value) for value in ("*", "X-A", "authorization, x-a", "(x)")),
    *(("Access-Control-Expose-Headers", value) for value in ("*", "Set-Cookie, X-A", "x-a", "a b")),
    *(("Set-Cookie", value) for value in ("a=1", "b=2; Secure; SameSite=None", "__Host-c=3; Path=/; Secure")),
    *(("Cross-Origin-Resource-Policy", value) for value in ("same-origin", "same-site", "cross-origin")),
    *(("Content-Type", value) for value in ("text/html", "application/json", "text/event-stream", "text/javascript")),
    *(("Referrer-Policy", value) for value in ("no-referrer", "unsafe-url", "origin")),
    *(("Vary", value) for value in ("Origin", "*", "Accept")),
    ("X-A", "\x1b[31m"),
    ("WWW-Authenticate", "Basic realm=x"),
    ("X-Content-Type-Options", "nosniff"),
    ("cf-mitigated", "challenge"),
    ("Access-Control-Max-Age", "600"),
    ("Content-Encoding", "gzip"),
]
_ODD = st.tuples(
    st.sampled_from(NAMES) | st.sampled_from(NAMES).map(str.lower) | BYTES_AS_TEXT,
    st.sampled_from(VALUES) | BYTES_AS_TEXT,
)
fields = st.sampled_from(_TELLING) | _ODD


def head_of(line: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """A raw head; names and values stand in it as they are, whatever they do to it."""
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")


#: A server that means well, so that flows go far.
CONSENT = [
    ("Access-Control-Allow-Origin", ORIGIN),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "PUT, DELETE, PATCH, patch, x-own"),
    ("Access-Control-Allow-Headers", "x-a, authorization, content-type, range, dpr"),
]


@st.composite
def policies(draw: st.DrawFn) -> list[tuple[str, str]]:
    """A CORS policy: each field is right, nearly right, or absent, for itself."""
    told = []
    for (name, right), others in zip(
        CONSENT, (["*", "null", f"{ORIGIN}, *"], ["TRUE"], ["*", "get"], ["*"]), strict=True
    ):
        value = draw(st.sampled_from([right, right, right, *others, None]))
        told += [] if value is None else [(name, value)]
    age = draw(st.sampled_from([None, None, "0", "600", "999999"]))
    told += [] if age is None else [("Access-Control-Max-Age", age)]
    exposed = draw(st.sampled_from([None, None, "*", "Set-Cookie, X-A", "a b"]))
    return told if exposed is None else [*told, ("Access-Control-Expose-Headers", exposed), ("Set-Cookie", "sid=1")]


def _policy(status: int, kind: Sequence[tuple[str, str]], more: Sequence[tuple[str, str]]) -> bytes:
    return head_of(f"HTTP/1.1 {status} X", [*kind, *more])


def _redirect(status: int, target: str, more: Sequence[tuple[str, str]]) -> bytes:
    return head_of(f"HTTP/1.1 {status} R", [*CONSENT, ("Location", target), *more])


def _odd(line: str, status: int, headers: Sequence[tuple[str, str]]) -> bytes:
    return head_of(line.format(status), headers)


_TARGETS = [
    "/again",
    "https://api.test/",
    "https://b.test/",
    f"{ORIGIN}/x",
    "http://b.test/",
    "https://u@b.test/",
    "x:y",
]
HEADS = mostly(
    st.builds(_policy, st.just(200) | st.just(204) | STATUSES, policies(), st.lists(fields, max_size=3))
    | st.builds(
        _redirect,
        st.sampled_from([301, 302, 303, 307, 308]),
        st.sampled_from(_TARGETS) | BYTES_AS_TEXT,
        st.lists(fields, max_size=1),
    ),
    st.builds(_odd, _LINES, STATUSES | st.integers(-1, 70_000), st.lists(fields, max_size=5)) | st.binary(max_size=60),
)
ERRORS = st.builds(
    NetworkError,
    st.sampled_from([code for code, row in REASONS.items() if row.kind == "error"]),
    TEXTS,
    st.booleans(),
    st.none() | st.just("ERR_X"),
)
#: What may be held back at any stage.
HELD = st.sampled_from(["held-secret", "held-budget"]).map(Held)
_MILLISECONDS = st.none() | st.floats(0, 1e6)
_TIMINGS = st.just(NO_TIMING) | st.tuples(*[_MILLISECONDS] * 6).map(lambda each: Timing(*each))
_STEPS = st.sampled_from([0.0, 0.01, 1.0, 90_000.0])
_BODIES = st.binary(max_size=20)
_BODY_ERRORS = st.sampled_from([None, None, None, "truncated", "timeout", "capped", "malformed"])
_ADDRESSES = st.sampled_from([None, "192.0.2.1", "2001:db8:1111:2222:3333:4444:5555:6666"])


def _answer(
    head: bytes, body: bytes, length: int, body_error: str | None, timing: Timing, step: float, address: str | None
) -> Reply:
    return Reply(head, body, length, body_error, timing=timing, now=step, address=address)


def _failure(error: NetworkError, timing: Timing, step: float, address: str | None) -> Reply:
    return Reply(error=error, timing=timing, now=step, address=address)


#: What comes back for one request; ``now`` says how long it took and is made a time by :func:`timed`.
REPLIES = mostly(
    st.builds(_answer, HEADS, _BODIES, st.integers(0, 1 << 40), _BODY_ERRORS, _TIMINGS, _STEPS, _ADDRESSES),
    st.builds(_failure, ERRORS, _TIMINGS, _STEPS, _ADDRESSES),
)
#: The same, and what corstui itself declines to send.
GUARDED = mostly(REPLIES, HELD.map(lambda held: Reply(held=held)))
SCRIPTS = st.lists(REPLIES, min_size=1, max_size=5)


def timed(reply: Reply, now: float, wall: float) -> Reply:
    """The reply at its time after these."""
    return reply._replace(now=now + reply.now, wall=wall + reply.now)
