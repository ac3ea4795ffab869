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
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from corstui.browser import page_context
from corstui.fetch.context import BrowserState, FetchParams, PageContext, new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.flow import fetch
from corstui.fetch.messages import NetworkError, Reply, Request
from corstui.fetch.result import Flow
from tests.browsers.comparison import Result, compared
from tests.browsers.record import RECORDINGS, UNKNOWN
from tests.browsers.script import Case, Scripts, composed
from tests.browsers.server import PLAIN_PORTS, REFUSED_PORT

BROWSERS = ("chromium", "firefox", "webkit")

#: Cases of these groups share a jar: what one stores, the other sends.
FIRST_VISITS = "cookieset"
SHARED_JAR = frozenset({FIRST_VISITS, "cookie"})

#: The recorder's word for an initiator, where ours is another; None: not simulated.
_INITIATORS = {"css": "stylesheet", "import": "module", "modulepreload": None, "manifest": None, "worker": None}


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
