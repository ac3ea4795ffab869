"""Play the scripts of recorded cases to the pure engine, and compare what it does with what the browser did.

    python -m tests.browsers.replay [GROUP or ID...] [--directory DIRECTORY] [--engine ENGINE] [-v]

No network, no waiting: every reply comes a hundredth of a second after its request on a clock of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from corstui.browser import page_context
from corstui.fetch.context import BrowserState, FetchParams, PageContext, new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.flow import fetch
from corstui.fetch.messages import NetworkError, Reply, Request
from corstui.fetch.result import Flow, ScriptResponse
from corstui.transport.content import decode
from tests.browsers.record import DULL, RECORDINGS, UNKNOWN
from tests.browsers.script import Answer, Case, Scripts, composed
from tests.browsers.server import PLAIN_PORTS, REFUSED_PORT

Result = dict[str, Any]

BROWSERS = ("chromium", "firefox", "webkit")

#: Cases of these groups share a jar: what one stores, the other sends.
FIRST_VISITS = "cookieset"
SHARED_JAR = frozenset({FIRST_VISITS, "cookie"})

#: The recorder's word for an initiator, where ours is another; None: not simulated.
_INITIATORS = {"css": "stylesheet", "import": "module", "modulepreload": None, "manifest": None, "worker": None}
#: What an element must be given to tell a refusal by CORS from one of the content.
_WANTED = {"img": ("image/",), "font": ("font/",), "video": ("audio/", "video/"), "audio": ("audio/", "video/")}
#: ... which for these is longer than a few bytes.
_FILES = frozenset({"font", "video", "audio"})
_SCRIPTED = frozenset({"fetch", "xhr"})
#: What the recorder reports as done without having seen how it ended.
_UNSEEN = frozenset({"beacon", "form"})
_SCRIPT_SEES = frozenset({"basic", "cors", "opaque", "opaqueredirect", "xhr"})

_BOUNDARY = re.compile(r"boundary=\S+")


class Replay:
    """One engine over recorded cases, in their order."""

    def __init__(self, engine: str, cases: Iterable[Case], *, third_party_cookies: str | None = None) -> None:
        self.engine = engine
        self._third_party_cookies = third_party_cookies
        self._cases = list(cases)
        self._visits = {q["url"] for case in self._cases if case["group"] == FIRST_VISITS for q in case["requests"]}
        self._jar = self._state()

    def differences(self, case: Case, result: Result) -> list[str]:
        """What the engine does otherwise than the browser did: a sentence each."""
        state = self._jar if case["group"] in SHARED_JAR else self._state()
        server = _Server(self._cases if case["group"] in SHARED_JAR else [case])
        runs = [_Run(case, request, state, server) for request in case["requests"]]
        if any(run.params is None for run in runs):
            return []
        wire = server.parallel(runs) if case.get("parallel") else server.one_by_one(runs)
        # what first visits send is recorded with the case that uses their cookies
        first = case["group"] == FIRST_VISITS
        recorded = [] if first else [request for request in result["wire"] if request["u"] not in self._visits]
        return compared(case, result | {"wire": recorded}, self.engine, runs, [] if first else wire)

    def _state(self) -> BrowserState:
        return new_state(ENGINES[self.engine], third_party_cookies=self._third_party_cookies)


def replay(case: Case, result: Result, engine: str) -> list[str]:
    """What ``engine`` does otherwise than the browser did with a case that needs no other: a sentence each."""
    return Replay(engine, [case]).differences(case, result)


# the engine's side ----------------------------------------------------------------------------------------------------


class _Run:
    """One request of a case: its flow, while it runs and when it is done."""

    def __init__(self, case: Case, request: dict[str, Any], state: BrowserState, server: _Server) -> None:
        self.asked = request
        self.params = params_of(request)
        self._page = page_of(case, request)
        self._state = state
        self._server = server
        self.flow: Flow = None  # type: ignore[assignment]

    def steps(self) -> Generator[Request, Reply, None]:
        """The requests of the flow; sets ``flow`` at the end."""
        assert self.params is not None
        self._server.pass_time(self.asked.get("wait", 0) / 1000)
        self.flow = yield from fetch(self.params, self._page, self._state, self._server.now, self._server.wall)


class _Server:
    """Replies as the scripted server gives them, on a clock of their own."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.now = 1_000.0
        self.wall = 1_790_000_000.0
        self._scripts = Scripts(cases)
        self._connected: set[str] = set()

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds

    def one_by_one(self, runs: Sequence[_Run]) -> list[Request]:
        """Run the flows in turn; returns every request."""
        sent = []
        for run in runs:
            steps = run.steps()
            request = next(steps, None)
            while request is not None:
                sent.append(request)
                request = _step(steps, self.reply(request))
        return sent

    def parallel(self, runs: Sequence[_Run]) -> list[Request]:
        """Run the flows at once: all ask before the first is answered."""
        sent = []
        flows = [run.steps() for run in runs]
        waiting = [(steps, request) for steps in flows if (request := next(steps, None)) is not None]
        while waiting:
            sent += [request for _, request in waiting]
            replies = [(steps, self.reply(request)) for steps, request in waiting]
            waiting = [(steps, request) for steps, reply in replies if (request := _step(steps, reply)) is not None]
        return sent

    def reply(self, request: Request) -> Reply:
        self.pass_time(0.01)
        address = urlsplit(request.url)
        host = address.hostname or ""
        if host in UNKNOWN or host.endswith(".") or ("." not in host and host != "localhost" and ":" not in host):
            return self._failed("dns-failure", sent=False)
        if address.port == REFUSED_PORT:
            return self._failed("connection-refused", sent=False)
        if address.scheme == "https" and address.port in PLAIN_PORTS:
            return self._failed("connection-reset", "ERR_CONNECTION_CLOSED", sent=False)
        answer = self._scripts.answer(request.method, request.url)
        if answer.get("abort") and address.netloc in self._connected:
            answer = self._scripts.answer(request.method, request.url)  # a connection in use is tried once more
        self._connected.add(address.netloc)
        self.pass_time(answer.get("delay", 0))
        if answer.get("abort"):
            return self._failed("connection-reset", sent=True)
        raw = composed(answer, request.method)
        if not raw:
            return self._failed("connection-reset", "ERR_EMPTY_RESPONSE", sent=True)
        head, body, error = framed(raw, request.method)
        return Reply(head, body, len(body), error, now=self.now, wall=self.wall)

    def _failed(self, code: str, net_error: str | None = None, *, sent: bool) -> Reply:
        return Reply(error=NetworkError(code, "", sent, net_error), now=self.now, wall=self.wall)


def _step(steps: Generator[Request, Reply, None], reply: Reply) -> Request | None:
    try:
        return steps.send(reply)
    except StopIteration:
        return None


def framed(raw: bytes, method: str) -> tuple[bytes, bytes, str | None]:
    """A response's final head, its body without transfer coding, and what is wrong with the body."""
    raw = raw.lstrip(b"\r\n") or raw
    while re.match(rb"HTTP/1\.[01] 10[02-9] ", raw):
        raw = raw[_end_of_head(raw) :]
    end = _end_of_head(raw)
    head, body = raw[:end], raw[end:]
    fields = [line.partition(b":") for line in re.split(rb"\r?\n", head)]
    values = {name.strip().lower(): value.strip() for name, _, value in fields}
    if method == "HEAD" or re.match(rb"\S+ (204|304|1\d\d)\b", head):
        return head, b"", None
    if values.get(b"transfer-encoding", b"").lower() == b"chunked":
        return head, *_dechunked(body)
    length = values.get(b"content-length", b"")
    if length.isdigit():
        return head, body[: int(length)], "truncated" if int(length) > len(body) else None
    return head, body, None


def _end_of_head(raw: bytes) -> int:
    end = re.search(rb"\r?\n\r?\n", raw)
    return end.end() if end else len(raw)


def _dechunked(rest: bytes) -> tuple[bytes, str | None]:
    body = b""
    while True:
        line, newline, rest = rest.partition(b"\n")
        try:
            size = int(line.split(b";")[0].strip(), 16)
        except ValueError:
            return body, "malformed" if newline else "truncated"
        if size == 0:
            return body, None
        body += rest[:size]
        if len(rest) < size:
            return body, "truncated"
        rest = rest[size:].lstrip(b"\r").removeprefix(b"\n")


def params_of(request: dict[str, Any]) -> FetchParams | None:
    """What script asks for, in the engine's terms; None when that is not simulated."""
    via = request.get("rel" if request.get("via") == "preload" and "rel" in request else "via", "fetch")
    if via == "script" and request.get("module"):
        via = "module"
    initiator = _INITIATORS.get(via, via)
    if initiator is None or "stream" in (request.get("body") or "") or request.get("as", "fetch") != "fetch":
        return None
    body, body_type = body_of(request)
    return FetchParams(
        url=request["url"],
        method=request.get("method", "GET"),
        headers=[(name, value) for name, value in request.get("headers") or []],
        body=body,
        body_type=body_type,
        mode=request.get("mode", "cors"),
        credentials=request.get("credentials", "same-origin"),
        redirect=request.get("redirect", "follow"),
        cache=request.get("cache", "default"),
        referrer_policy=request.get("referrerPolicy", ""),
        keepalive=bool(request.get("keepalive")),
        initiator=initiator,
        upload_listener=bool(request.get("uploadListener")),
        crossorigin=request.get("crossorigin"),
    )


def page_of(case: Case, request: dict[str, Any]) -> PageContext:
    """The page, or the frame in it, that makes a request of a case."""
    origin, url = page_address(case, request)
    return page_context(origin, url=url, top_level=case["top"])


def page_address(case: Case, request: dict[str, Any]) -> tuple[str, str | None]:
    """Origin and URL of that page."""
    frame = request.get("frame", case.get("frame"))
    if frame == "sandbox":
        return "null", f"{case['top']}/frame"
    if frame == "data":
        return "null", "data:text/html,"
    if frame == "blob":
        return case["top"], f"blob:{case['top']}/frame"
    origin = frame or case["origin"]
    return origin, f"{origin}/runner"


def body_of(request: dict[str, Any]) -> tuple[bytes | None, str | None]:
    """A request's body and the Content-Type that it brings (Fetch, "extract a body"; HTML, form submission)."""
    form_type = "application/x-www-form-urlencoded"
    if request.get("via") == "form" and request.get("method") == "POST":
        fields = request.get("fields", [])
        if request.get("enctype") == "text/plain":
            return "".join(f"{name}={value}\r\n" for name, value in fields).encode(), "text/plain"
        if request.get("enctype") == "multipart/form-data":
            return b"", "multipart/form-data; boundary=x"
        return _urlencoded(fields), form_type
    body = request.get("body")
    if body is None:
        return None, None
    if isinstance(body, str):
        return body.encode(), "text/plain;charset=UTF-8"
    (kind, value), *_ = body.items()
    if kind == "bytes":
        return value.encode(), None
    if kind in ("form", "params"):
        return value.encode() if isinstance(value, str) else _urlencoded(value), f"{form_type};charset=UTF-8"
    if kind == "multipart":
        return b"", "multipart/form-data; boundary=x"
    if kind == "blob":
        return body["data"].encode(), value.lower() or None
    raise ValueError(f"unknown kind of body {kind!r}")


def _urlencoded(pairs: Iterable[Sequence[str]]) -> bytes:
    return urlencode([(name, value) for name, value in pairs]).encode()


# the comparison -------------------------------------------------------------------------------------------------------


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


# recordings -----------------------------------------------------------------------------------------------------------


def load(directory: Path, engine: str) -> list[tuple[Case, Result]]:
    """The cases of a directory, each with the browser's result."""
    cases = {case["id"]: case for case in _rows(directory / "cases.jsonl.gz")}
    results = _rows(directory / f"results-{engine}.jsonl.gz")
    return [(cases[result["id"]], result) for result in results if result["id"] in cases]


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browsers.replay", description=__doc__.splitlines()[0])
    parser.add_argument("which", nargs="*", metavar="GROUP or ID", help="only these (all)")
    parser.add_argument("--directory", type=Path, default=RECORDINGS, help="cases and results (the project's own)")
    parser.add_argument("--engine", choices=BROWSERS, action="append", help="only this one (all)")
    parser.add_argument("--third-party-cookies", help="how the browser treated them (the engine's default)")
    parser.add_argument("-v", "--verbose", action="store_true", help="every difference (three a group)")
    asked = parser.parse_args()
    total, differing = 0, Counter[tuple[str, str]]()
    for engine in asked.engine or BROWSERS:
        recorded = load(asked.directory, engine)
        policy = asked.third_party_cookies if engine == "chromium" else None
        replay = Replay(engine, [case for case, _ in recorded], third_party_cookies=policy)
        for case, result in recorded:
            if asked.which and not {case["group"], case["id"]} & set(asked.which):
                continue
            total += 1
            found = replay.differences(case, result)
            if found:
                differing[case["group"], engine] += 1
                if asked.verbose or differing[case["group"], engine] <= 3:
                    print(f"{engine} {case['id']} ({case['what']})", *found, sep="\n    ")
    for (group, engine), count in sorted(differing.items()):
        print(f"{group} {engine}: {count}")
    print(f"{sum(differing.values())} of {total} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
