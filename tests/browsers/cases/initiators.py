"""Who asks, other than fetch(): XMLHttpRequest, EventSource, sendBeacon, and elements that load things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.browsers.cases.build import (
    ACAO,
    API,
    APP,
    CHAINS,
    JSON,
    SUB,
    Answer,
    Case,
    Headers,
    Script,
    allow,
    answer,
    ask,
    at,
    case,
    chain,
    field,
    origin_sent_to_last,
    preflight,
    serves,
    text,
)
from tests.browsers.cases.media import FONT, SOUND, SUBTITLES, SVG
from tests.browsers.cases.spellings import ORIGINS, TELLING_ORIGINS


def xhr() -> Iterator[Case]:
    for acao, acac, credentials, method in product(ORIGINS, (False, True), ("same-origin", "include"), ("GET", "PUT")):
        if acac and acao not in TELLING_ORIGINS:
            continue
        said = field(ACAO, *ORIGINS[acao]) + allow(credentials=acac)
        request = ask(at(API), method, via="xhr", credentials=credentials)
        what = f"xhr {method} acao={acao} acac={acac} cred={credentials}"
        yield case(what, request, serves(text(said), preflight(said, allow(methods="PUT"))))
    server = serves(text(allow(APP)), preflight(allow(APP, methods="*", headers="*")))
    form = {"form": [["a", "b"]]}
    posted: dict[str, dict[str, Any]] = {
        "POST with upload listener": {"method": "POST", "uploadListener": True, "body": "x"},
        "GET with upload listener": {"uploadListener": True},
        "POST text": {"method": "POST", "body": "x"},
        "POST form": {"method": "POST", "body": form},
        "POST json": {"method": "POST", "body": "{}", "headers": JSON},
        "POST multipart": {"method": "POST", "body": {"multipart": [["a", "b"]]}},
        "POST blob": {"method": "POST", "body": {"blob": "application/json", "data": "{}"}},
        "POST bytes": {"method": "POST", "body": {"bytes": "x"}},
        "POST nothing": {"method": "POST"},
        "a header twice": {"headers": [["X-A", "1"], ["X-A", "2"]]},
        "a forbidden header": {"headers": [["Cookie", "a=b"], ["Referer", "x"]]},
        "lower-case method": {"method": "put"},
        "forbidden method": {"method": "TRACE"},
        "safelisted type": {"method": "POST", "body": "x", "headers": [["Content-Type", "text/plain"]]},
        "safelisted type, upload listener": {
            "method": "POST", "body": "x", "headers": [["Content-Type", "text/plain"]], "uploadListener": True
        },
        "same-origin with upload listener": {"url": at(APP), "method": "POST", "uploadListener": True, "body": "x"},
    }  # fmt: skip
    for what, members in posted.items():
        yield case(f"xhr {what}", ask(**({"url": at(API), "via": "xhr"} | members)), server)
    unlisted = serves(text(allow(APP)), preflight(allow(APP)))
    request = ask(at(API), "POST", via="xhr", uploadListener=True, body="x")
    yield case("xhr POST with upload listener, no lists", request, unlisted)
    for route, method in product(CHAINS, ("GET", "PUT")):
        server = _chain(CHAINS[route], text(allow("*")))
        yield case(f"xhr {method} redirect {route}", ask(at(CHAINS[route][0], "h0"), method, via="xhr"), server)


def _chain(hosts: tuple[str, ...], final: Answer) -> Script:
    return chain(hosts, 302, hop=allow("*"), final=final, preflights=[allow("*", methods="*, PUT", headers="*")])


_STREAM: Headers = [["Content-Type", "text/event-stream"]]
_EVENT = "data: hi\n\n"


def event_source() -> Iterator[Case]:
    origins = (*TELLING_ORIGINS, "list", "slash", "upper-host", "dup-star")
    for acao, acac, credentials in product(origins, (False, True), ("same-origin", "include")):
        server = serves(answer(_STREAM, field(ACAO, *ORIGINS[acao]), allow(credentials=acac), body=_EVENT))
        request = ask(at(API), via="eventsource", credentials=credentials)
        yield case(f"eventsource acao={acao} acac={acac} cred={credentials}", request, server)
    for route, hosts in CHAINS.items():
        server = _chain(hosts, answer(_STREAM, allow("*"), body=_EVENT))
        yield case(f"eventsource redirect {route}", ask(at(hosts[0], "h0"), via="eventsource"), server)
    for status, kind in ((200, "text/plain"), (204, "text/event-stream"), (500, "text/event-stream")):
        server = serves(answer(field("Content-Type", kind), allow("*"), status=status, body=_EVENT))
        yield case(f"eventsource {status} {kind}", ask(at(API), via="eventsource"), server)


_BEACONS: dict[str, Any] = {
    "string": "x",
    "form": {"form": [["a", "b"]]},
    "multipart": {"multipart": [["a", "b"]]},
    "blob json": {"blob": "application/json", "data": "{}"},
    "blob text": {"blob": "text/plain", "data": "x"},
    "blob untyped": {"blob": "", "data": "x"},
    "bytes": {"bytes": "x"},
    "none": None,
}


def beacon() -> Iterator[Case]:
    """Script learns nothing; what matters is what is sent."""
    for (kind, body), acao in product(_BEACONS.items(), (APP, None, "*")):
        said = allow(acao, credentials=acao is not None)
        server = serves(text(said), preflight(said, allow(headers="content-type")))
        yield case(f"beacon {kind} acao={acao}", ask(at(API), via="beacon", body=body), server)
    for host, kind in product((APP, SUB), ("string", "blob json")):
        request = ask(at(host), via="beacon", body=_BEACONS[kind])
        yield case(f"beacon {kind} to {host}", request, serves(text()))


_CROSSORIGIN = (None, "", "anonymous", "use-credentials")


@dataclass(frozen=True, slots=True)
class Element:
    """What loads: ``members`` of its requests, and what it wants to get."""

    members: dict[str, Any]
    type: str
    body: str
    crossorigin: tuple[str | None, ...] = _CROSSORIGIN

    def answer(self, *headers: Headers, **more: Any) -> Answer:
        return answer(field("Content-Type", self.type), *headers, body=self.body, **more)


ELEMENTS: dict[str, Element] = {
    "img": Element({"via": "img"}, "image/svg+xml", SVG),
    "script": Element({"via": "script"}, "text/javascript", "var z=1;"),
    "module": Element({"via": "script", "module": True}, "text/javascript", "export default 1;"),
    "css": Element({"via": "css"}, "text/css", "a{color:red}"),
    "font": Element({"via": "font"}, "font/woff", FONT, (None,)),
    "track": Element({"via": "track"}, "text/vtt", SUBTITLES),
    "video": Element({"via": "video"}, "audio/wav", SOUND),
    "audio": Element({"via": "audio"}, "audio/wav", SOUND),
    "preload": Element({"via": "preload", "as": "fetch"}, "text/plain", "x"),
    "preload image": Element({"via": "preload", "as": "image"}, "image/svg+xml", SVG, (None, "anonymous")),
    "preload script": Element({"via": "preload", "as": "script"}, "text/javascript", "var z=1;", (None, "anonymous")),
    "import": Element({"via": "import"}, "text/javascript", "export default 1;", (None,)),
    "modulepreload": Element({"via": "preload", "rel": "modulepreload"}, "text/javascript", "export default 1;"),
}


#: What the server says of origin and credentials; of these what an empty crossorigin is tried with.
_SAID = [
    ("absent", False),
    ("exact", False),
    ("exact", True),
    ("*", False),
    ("*", True),
    ("other", False),
    ("null", False),
]
_BRIEFLY = _SAID[:3]


def elements() -> Iterator[Case]:
    for name, element in ELEMENTS.items():
        for crossorigin in element.crossorigin:
            members = element.members | {"crossorigin": crossorigin}
            start = f"{name} crossorigin={crossorigin!r}"
            yield case(f"{start} same", ask(at(APP), **members), serves(element.answer()))
            for acao, acac in _BRIEFLY if crossorigin == "" else _SAID:
                server = serves(element.answer(field(ACAO, *ORIGINS[acao]), allow(credentials=acac)))
                yield case(f"{start} cross acao={acao} acac={acac}", ask(at(API), **members), server)
    yield from _redirected()
    yield from _in_opaque_frames()
    yield from _refused()


def _redirected() -> Iterator[Case]:
    for (name, element), route in product(ELEMENTS.items(), ("same>cross", "cross>other", "cross>back")):
        for crossorigin in (how for how in element.crossorigin if how != ""):
            secret = crossorigin == "use-credentials"
            final = element.answer(allow(origin_sent_to_last(CHAINS[route]) if secret else "*", credentials=secret))
            server = chain(CHAINS[route], 302, hop=allow(APP if secret else "*", secret), final=final)
            request = ask(at(CHAINS[route][0], "h0"), **element.members, crossorigin=crossorigin)
            yield case(f"{name} crossorigin={crossorigin!r} redirect {route}", request, server)


def _in_opaque_frames() -> Iterator[Case]:
    for frame, name, crossorigin, acao in product(
        ("sandbox", "data"), ("img", "script", "css"), (None, "anonymous"), ("null", "*", "exact")
    ):
        element = ELEMENTS[name]
        server = serves(element.answer(field(ACAO, *ORIGINS[acao])))
        request = ask(at(API), **element.members, crossorigin=crossorigin)
        what = f"{name} crossorigin={crossorigin!r} in {frame} acao={acao}"
        yield case(what, request, server, origin="null", top=APP, frame=frame)


def _refused() -> Iterator[Case]:
    """For what it is, or for whom it is meant; and what the server learns of the page."""
    for name, status, nosniff in product(("img", "script", "css", "module"), (200, 404), (False, True)):
        sniff = field("X-Content-Type-Options", "nosniff") if nosniff else []
        wrong = answer(field("Content-Type", "text/html"), sniff, allow("*"), status=status, body=ELEMENTS[name].body)
        request = ask(at(API), **ELEMENTS[name].members)
        yield case(f"{name} as text/html {status} nosniff={nosniff}", request, serves(wrong))
    for name, policy, host in product(
        ("img", "script", "css"), ("same-origin", "same-site", "cross-origin"), (API, SUB)
    ):
        server = serves(ELEMENTS[name].answer(field("Cross-Origin-Resource-Policy", policy)))
        yield case(f"{name} from {host} corp={policy}", ask(at(host), **ELEMENTS[name].members), server)
    for name, policy in product(("img", "script", "css"), ("no-referrer", "origin", "unsafe-url")):
        request = ask(at(API), **ELEMENTS[name].members, referrerPolicy=policy)
        yield case(f"{name} referrerPolicy={policy}", request, serves(ELEMENTS[name].answer()))


GROUPS = {"sub": elements, "xhr": xhr, "es": event_source, "beacon": beacon}
