"""What a request carries: which headers need a preflight, which are dropped, what bodies say about themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    API,
    APP,
    AUTHORIZATION,
    JSON,
    X_A,
    Case,
    Headers,
    Script,
    allow,
    ask,
    at,
    case,
    preflight,
    serves,
    text,
)

_SAFELISTED = ("Accept", "Accept-Language", "Content-Language", "Content-Type", "Range")

_SINGLE: tuple[tuple[str, str], ...] = (
    *(("X-Custom", "1"), ("x-custom", "1"), ("X-CUSTOM", "1"), ("X-Empty", ""), ("X_Y", "1"), ("1", "1")),
    *(("Authorization", "Basic dTpw"), ("authorization", "b"), ("Authorization", "")),
    *(("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("If-None-Match", '"a"'), ("If-Match", "*")),
    *(("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"), ("If-Range", '"a"'), ("Last-Event-ID", "7")),
    *(("User-Agent", "me"), ("Upgrade-Insecure-Requests", "1"), ("Priority", "u=1"), ("Purpose", "prefetch")),
    *(("Save-Data", "on"), ("Save-Data", "off"), ("DPR", "2.0"), ("DPR", "x"), ("Width", "100"), ("Width", "x")),
    *(("Viewport-Width", "100"), ("Downlink", "1.5"), ("ECT", "4g"), ("RTT", "100"), ("RTT", "1.5")),
    *(("Device-Memory", "4"), ("Device-Memory", "3"), ("Content-DPR", "1"), ("Sec-GPC", "1"), ("DNT", "1")),
    *(("Traceparent", "00-1-1-01"), ("X-Forwarded-For", "::1"), ("X-Requested-With", "XMLHttpRequest")),
    *(("X-CSRF-Token", "1"), ("X-Api-Key", "1"), ("Idempotency-Key", "1"), ("Link", "<x>"), ("Warning", "x")),
    *(("Want-Digest", "x"), ("Digest", "x"), ("Content-MD5", "x"), ("Content-Encoding", "gzip")),
    *(("Content-Disposition", "x"), ("Content-Range", "bytes 0-1/2"), ("Content-Location", "x"), ("ETag", "x")),
    *(("Forwarded", "for=x"), ("From", "a@b"), ("Max-Forwards", "1"), ("Prefer", "x"), ("Depth", "1")),
    *(("Destination", "x"), ("Ping-To", "x"), ("Ping-From", "x"), ("Attribution-Reporting-Eligible", "x")),
    *(("Available-Dictionary", "x"), ("Dictionary-ID", "x"), ("Early-Data", "1"), ("Alt-Used", "x")),
    *(("Service-Worker", "script"), ("Accept-CH", "DPR"), ("Accept-Patch", "x"), ("A-IM", "x"), ("Lang", "en")),
    *(("X Y", "1"), ("", "1"), ("X:Y", "1"), ("X-É", "1"), ("X-☃", "1"), ("X\n", "1"), ("X@Y", "1")),
    *(("X-LF", "a\nb"), ("X-CR", "a\rb"), ("X-NUL", "a\x00b"), ("X-Unicode", "☃"), ("X-Latin", "é")),
    *(("X-WS", "  a b \t"), ("X-Tail", "a\r\n"), ("X-Ctl", "a\x01b"), ("X-DEL", "a\x7fb"), ("X-Long", "a" * 5000)),
    # Never sent, and never asked for:
    *((name, "1") for name in "Accept-Charset Accept-Encoding Connection Content-Length Cookie Cookie2 Date".split()),
    *((name, "1") for name in "Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer Transfer-Encoding".split()),
    *((name, "1") for name in "Upgrade Via Sec-Foo sec-fetch-site Sec- Sec-CH-UA Sec-Purpose Proxy-X Proxy-".split()),
    *(("Access-Control-Request-Headers", "x"), ("Access-Control-Request-Method", "PUT"), ("proxy-authorization", "b")),
    # Much like these, but allowed:
    *((name, "1") for name in "Sec Proxy Cookies Set-Cookie2 Permissions-Policy Content-Lengths Hosts".split()),
    *((f"Access-Control-Request-{what}", "1") for what in ("Private-Network", "Local-Network", "Credentials")),
    *(
        (name, value)
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
        for value in ("TRACE", "GET", "connect", "GET, track", "TRACEX", "PUT", "", '"TRACE"')
    ),
    # The safelisted names:
    *(("Accept", value) for value in ("", "application/json", "text/html", "*/*;q=0.8", 'a/b; v="1"', "a/b, c/d")),
    *((name, value) for name in _SAFELISTED[1:3] for value in ("", "en", "en-US,en;q=0.5", "en_US", "*", "é", "a/b")),
    *(("Range", f"bytes={value}") for value in ("0-255", "0-", "-5", "5-2", "0-1,2-3", "-", "", "a-b", "0-0", "00-01")),
    *(
        ("Range", value)
        for value in ("bytes = 0-1", "BYTES=0-1", "Bytes=0-1", "bytes=0-255 ", "items=0-1", "bytes= 0-1")
    ),
    *(
        ("Range", value)
        for value in ("bytes=0 -1", "bytes=0-1;", "bytes=0-1,", "bytes=+0-1", "0-1", "", "bytes", "bytes0-1")
    ),
    *(("Range", f"bytes={'1' * n}-{'1' * n}") for n in (18, 20, 60, 61, 65)),
)

_CONTENT_TYPES = (
    *(
        "text/plain",
        "text/plain;charset=utf-8",
        "TEXT/PLAIN",
        "Text/Plain; Charset=UTF-8",
        "text/plain;",
        "text/plain ;x",
    ),
    *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=utf-8", "multipart/form-data"),
    *("multipart/form-data; boundary=x", "Multipart/Form-Data; boundary=X", "multipart/mixed", "multipart/form-data;"),
    *("application/json", "application/json; charset=utf-8", "text/html", "text/xml", "application/xml", "text/css"),
    *("text/plain, text/plain", "text/plain, application/json", "application/json, text/plain", "text/plain,"),
    *("text/plain; application/json", "application/json; text/plain", "text/plain; x=application/json", "x", "*/*"),
    *(" text/plain ", "\ttext/plain", "", " ", "text/", "/plain", "text", "text /plain", "text/ plain", "text//plain"),
    *(
        "text/plainx",
        "xtext/plain",
        "text/plain/x",
        "text/plain;charset",
        "text/plain;=x",
        "text/plain;x=",
        "text/plain;;",
    ),
    *("text/plain; q='x'", 'text/plain; q="x"', "text/plain;x=a,b", "text/plain;é=1", "application/csp-report"),
    *("application/ocsp-request", "application/octet-stream", "application/grpc-web", "application/graphql"),
    *("application/vnd.api+json", "text/plain+json", "application/reports+json", "text/plain\xa0", "text/plain\x00"),
)

_SEVERAL: dict[str, Headers] = {
    "sorted by name": [["x-c", "1"], ["X-A", "2"], ["X-b", "3"]],
    "with safelisted ones": [["X-A", "1"], ["Accept", "text/html"], ["Content-Type", "text/plain"]],
    "json, X-A, Authorization": JSON + X_A + AUTHORIZATION,
    "the same name twice": [["X-A", "1"], ["X-A", "2"]],
    "the same name in two spellings": [["X-A", "1"], ["x-a", "2"]],
    "two Accept, 100 bytes each": [["Accept", "a" * 100], ["Accept", "b" * 100]],
    "two Accept, short": [["Accept", "a/b"], ["Accept", "c/d"]],
    "two Content-Type": [["Content-Type", "text/plain"], ["Content-Type", "text/plain"]],
    "two Range": [["Range", "bytes=0-1"], ["Range", "bytes=2-3"]],
    "with a dropped one": [["Cookie", "a=b"], ["X-A", "1"]],
    "nothing but dropped ones": [["Cookie", "a=b"], ["Sec-X", "1"], ["Host", "x"]],
    "override with a dropped value": [["X-HTTP-Method-Override", "TRACE"], ["X-A", "1"]],
    "all that is safelisted": [[name, "en"] for name in _SAFELISTED[:3]] + [["Range", "bytes=0-1"]],
    "nine Accept, 120 bytes each": [["Accept", "a" * 120]] * 9,
    "four names, 128 bytes each": [[name, "a" * 128] for name in _SAFELISTED[:3]] + [["Range", "bytes=0-" + "1" * 120]],
    "thirty": [[f"X-H{number:02d}", "1"] for number in range(30)],
    "symbols sort by byte": [["x_a", "1"], ["x-a", "1"], ["x.a", "1"], ["xa", "1"], ["X~A", "1"], ["x1", "1"]],
}

_LENGTHS = (127, 128, 129, 1024, 1025)
_START = {"Content-Type": "text/plain;x=", "Range": "bytes=0-"}


def _answers(allowed: bool) -> Script:
    asked = allow(APP, methods="*", headers="*, Authorization" if allowed else None)
    return serves(text(allow(APP)), preflight(asked))


def request_headers() -> Iterator[Case]:
    """Each once with a server that allows everything and once with one that allows no header."""
    tried = [(f"{name}: {value[:40]!r} ({len(value)})", [[name, value]]) for name, value in _SINGLE]
    for length, name in product(_LENGTHS, _SAFELISTED):
        filler = "1" if name == "Range" else "a"
        tried.append((f"{name} of {length} bytes", [[name, _START.get(name, "").ljust(length, filler)]]))
    tried += _SEVERAL.items()
    for (what, headers), allowed in product(tried, (True, False)):
        request = ask(at(API), headers=headers)
        yield case(f"{what} [{'allow' if allowed else 'deny'}]", request, _answers(allowed))
    for value, allowed in product(_CONTENT_TYPES, (True, False)):
        request = ask(at(API), "POST", headers=[["Content-Type", value]], body="x")
        yield case(f"Content-Type: {value!r} [{'allow' if allowed else 'deny'}]", request, _answers(allowed))


def every_byte() -> Iterator[Case]:
    """Within the value of each safelisted header, sixteen to a case: resolved without a preflight, or rejected."""
    server = {"OPTIONS *": [preflight(allow(APP))], "* *": [text(allow(APP))]}
    for name, start in product(_SAFELISTED, range(0, 256, 16)):
        before, after = {"Content-Type": ("text/plain;x=a", "b"), "Range": ("bytes=1", "-22")}.get(name, ("a", "b"))
        requests = [
            ask(at(API, f"b{byte:02x}"), headers=[[name, f"{before}{chr(byte)}{after}"]])
            for byte in range(start, start + 16)
        ]
        yield case(f"{name} with bytes 0x{start:02x} to 0x{start + 15:02x}", requests, server)


_BODIES: dict[str, object] = {
    "string": "x",
    "empty": "",
    "urlsearchparams": {"form": [["a", "b"], ["ü", "ß &"]]},
    "formdata": {"multipart": [["a", "b"]]},
    "blob-none": {"blob": "", "data": "x"},
    "blob-json": {"blob": "application/json", "data": "{}"},
    "blob-plain": {"blob": "text/plain", "data": "x"},
    "blob-TEXT": {"blob": "TEXT/HTML", "data": "x"},
    "blob-odd": {"blob": "x y", "data": "x"},
    "bytes": {"bytes": "x"},
    "unicode": "ü☃",
    "stream": {"stream": "x"},
}


def bodies() -> Iterator[Case]:
    server = serves(text(allow(APP)), preflight(allow(APP, methods="*", headers="*")))
    for (kind, body), (where, host), method in product(
        _BODIES.items(), {"cross": API, "same-origin": APP}.items(), ("POST", "PUT")
    ):
        yield case(f"{method} body={kind} {where}", ask(at(host), method, body=body), server)
    for method in ("GET", "HEAD"):
        yield case(f"{method} with a body", ask(at(API), method, body="x"), server)


def keepalive() -> Iterator[Case]:
    server = _answers(allowed=True)
    for method, size in (("GET", 0), ("POST", 1), ("PUT", 1), ("POST", 65536), ("POST", 65537), ("PUT", 65537)):
        request = ask(at(API), method, keepalive=True, body="x" * size or None)
        yield case(f"{method} keepalive, {size} bytes", request, server)


GROUPS = {"reqhdr": request_headers, "safelist": every_byte, "body": bodies, "keepalive": keepalive}
