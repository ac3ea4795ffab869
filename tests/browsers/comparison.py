"""What the engine did against what the browser did: outcome, response, every request, and the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from corstui.fetch.context import FetchParams
from corstui.fetch.result import Flow, ScriptResponse
from corstui.transport.content import decode
from tests.browsers.record import DULL, UNKNOWN
from tests.browsers.script import Answer, Case
from tests.browsers.server import PLAIN_PORTS, REFUSED_PORT

Result = dict[str, Any]

#: What an element must be given to tell a refusal by CORS from one of the content.
_WANTED = {"img": ("image/",), "font": ("font/",), "video": ("audio/", "video/"), "audio": ("audio/", "video/")}
#: ... which for these is longer than a few bytes.
_FILES = frozenset({"font", "video", "audio"})
_SCRIPTED = frozenset({"fetch", "xhr"})
#: What the recorder reports as done without having seen how it ended.
_UNSEEN = frozenset({"beacon", "form"})
_SCRIPT_SEES = frozenset({"basic", "cors", "opaque", "opaqueredirect", "xhr"})

_BOUNDARY = re.compile(r"boundary=\S+")


class Ran(Protocol):
    """One request of a case that has been made, and its flow."""

    params: FetchParams | None
    flow: Flow


class OnWire(Protocol):
    """A request that went out."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...


def compared(case: Case, result: Result, engine: str, runs: Sequence[Ran], wire: Iterable[OnWire]) -> list[str]:
    """Where the requests of a case, in their order, and what went on the wire differ from what the browser did."""
    found = []
    for number, (run, seen) in enumerate(zip(runs, result["results"], strict=False)):
        found += [f"request {number}: {text}" for text in _script(case, run, seen)]
    if len(runs) == 1:
        found += _reason(runs[0].flow, result, engine)
    return [*found, *_wire(case, result["wire"], wire)]


def _script(case: Case, run: Ran, seen: dict[str, Any]) -> Iterator[str]:
    """Where script sees something else."""
    flow, initiator = run.flow, run.params.initiator if run.params else ""
    outcome = seen["outcome"]
    readable = flow.verdict in ("allowed", "opaque")
    said = f"{flow.verdict} {flow.reason or ''}".rstrip()
    if initiator in _UNSEEN:
        return
    if outcome == "timeout":
        if flow.reason != "auth-prompt":
            yield f"the browser never answered, the engine says {said}"
    elif readable != (outcome == "resolved"):
        if not (readable and initiator not in _SCRIPTED and _is_useless(case)):
            yield f"the browser {outcome} it, the engine says {said}"
    elif readable and seen.get("type") in _SCRIPT_SEES:
        assert flow.response is not None
        ours = _visible(flow.response, seen["type"])
        for name, value in ours.items():
            if name in seen and seen[name] != value:
                yield f"{name} is {seen[name]!r}, the engine has {value!r}"


def _is_useless(case: Case) -> bool:
    """Whether the server gives errors or web pages, which no element takes for what it wants, with or without CORS."""
    answers = [answer for answers in case["server"].values() for answer in answers]
    if any(q.get("via") in _FILES for q in case["requests"]) and all(len(a.get("body", "")) < 40 for a in answers):
        return True
    types = [value for answer in answers for name, value, *_ in answer.get("headers", []) if name == "Content-Type"]
    wanted = [_WANTED[request["via"]] for request in case["requests"] if request.get("via") in _WANTED]
    if any(not any(value.startswith(kinds) for value in types) for kinds in wanted):
        return True
    return any(value.startswith("text/html") for value in types) or any(a.get("status", 0) >= 400 for a in answers)


def _visible(response: ScriptResponse, kind: str) -> dict[str, Any]:
    """What the recorder would report of the engine's response."""
    codings = ", ".join(value for name, value in response.headers if name.lower() == "content-encoding")
    body = decode(response.body, codings)[0] if codings else response.body
    fields: dict[str, list[str]] = {}
    for name, value in response.headers:
        fields.setdefault(name.lower(), []).append(value)
    combined = {name: ", ".join(values) for name, values in fields.items()}
    seen = {
        "status": response.status,
        # the recorder takes an XHR's headers from lines, and trims more than HTTP does
        "headers": [[name, text.strip() if kind == "xhr" else text] for name, text in sorted(combined.items())],
        "url": response.url,
    }
    if response.body_error is None:
        seen["body"] = body.decode("utf-8", "replace")[:120]
    return seen if kind == "xhr" else seen | {"type": response.type, "redirected": response.redirected}


def _reason(flow: Flow, result: Result, engine: str) -> Iterator[str]:
    """Where the browser names another reason."""
    if result["results"][0]["outcome"] != "rejected" or flow.verdict in ("allowed", "opaque"):
        return
    named = REASONS[engine](result.get("engine", [])) if engine in REASONS else None
    if named is not None and named != flow.browser_error:
        yield f"the browser's reason is {named}, the engine's {flow.browser_error} ({flow.reason})"


def _chromium_reason(events: list[dict[str, Any]]) -> str | None:
    """The CORS error, else the network error of a request other than a preflight."""
    for event in events:
        if event.get("cors"):
            return str(event["cors"])
    for event in events:
        if event.get("blocked") == "mixed-content":
            return "mixed-content"
        error = str(event.get("error", "")).removeprefix("net::")
        if error not in ("", "ERR_ABORTED", "ERR_FAILED") and (
            event.get("type") != "Preflight" or error == "ERR_UNEXPECTED_PROXY_AUTH"
        ):
            return error
    return None


def _firefox_reason(events: list[dict[str, Any]]) -> str | None:
    """The first category other than the general one that accompanies many."""
    categories = [str(event["category"]) for event in events if event["category"] not in _REMARKS]
    return next((name for name in categories if name != "CORSDidNotSucceed2"), categories[0] if categories else None)


#: Firefox's categories of what refuses nothing.
_REMARKS = frozenset({"Security", "Mixed Content Message", "CORSAllowHeaderFromPreflightDeprecation"})

REASONS = {"chromium": _chromium_reason, "firefox": _firefox_reason}


def _once(wire: list[_Sent]) -> list[_Sent]:
    """A film's requests without the players' repetitions of all of them."""
    keys = [one.key() for one in wire]
    for length in range(1, len(wire)):
        if len(wire) % length == 0 and keys == keys[:length] * (len(wire) // length):
            return wire[:length]
    return wire


def _wire(case: Case, recorded: list[dict[str, Any]], sent: Iterable[OnWire]) -> Iterator[str]:
    """Where other requests go out. Requests to nobody, which no server could record, do not count."""
    theirs = _folded(case, [_Sent(request["m"], request["u"], request["h"]) for request in recorded])
    ours = _folded(case, [_Sent(request.method, request.url, request.headers) for request in sent if _arrives(request)])
    if any(request.get("via") in ("video", "audio") for request in case["requests"]):
        theirs = _once(theirs)
    if case.get("parallel"):
        theirs, ours = sorted(theirs, key=_Sent.key), sorted(ours, key=_Sent.key)
    if [one.key() for one in theirs] != [one.key() for one in ours]:
        yield f"requests {_briefly(theirs)}, the engine sends {_briefly(ours)}"
        return
    for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
        missing, extra = sorted(one.fields - other.fields), sorted(other.fields - one.fields)
        if missing or extra:
            yield f"wire {number} {one.brief()}: the engine lacks {missing}, has {extra}"


def _briefly(wire: list[_Sent]) -> str:
    more = [f"and {len(wire) - 8} more"] if len(wire) > 8 else []
    return ", ".join([one.brief() for one in wire[:8]] + more) or "none"


class _Sent:
    """A request as far as it is compared."""

    def __init__(self, method: str, url: str, headers: Iterable[Sequence[str]]) -> None:
        self.method = method
        self.url = url.partition("#")[0]
        self.fields = {
            (name.lower(), _BOUNDARY.sub("boundary", value).strip())
            for name, value in headers
            if name.lower() not in DULL
        }

    def key(self) -> tuple[str, str]:
        return self.method, self.url

    def brief(self) -> str:
        return f"{self.method} {'/'.join(self.url.split('/')[2:])}"


def _arrives(request: OnWire) -> bool:
    address = urlsplit(request.url)
    host = address.hostname or ""
    known = address.path.startswith("/c/") and host not in UNKNOWN and not host.endswith(".")
    return known and address.port != REFUSED_PORT and not (address.scheme == "https" and address.port in PLAIN_PORTS)


def _folded(case: Case, wire: list[_Sent]) -> list[_Sent]:
    """The requests, with repetitions as one where the server makes a browser try again: how often varies."""
    answers: list[Answer] = [answer for answers in case["server"].values() for answer in answers]
    if not any(a.get("abort") or a.get("raw") == "" or a.get("status") in (408, 421) for a in answers):
        return wire
    return [one for one, before in zip(wire, [None, *wire], strict=False) if not before or before.key() != one.key()]
