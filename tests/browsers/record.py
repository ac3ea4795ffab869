"""Drive a real browser through every case and keep what it did.

    python -m tests.browsers.record chromium

writes ``recordings/results-chromium.jsonl.gz`` beside ``recordings/cases.jsonl.gz``, and the browser's version into
``recordings/versions.json``. It needs the browser (chromium; firefox-esr; webkit2gtk-driver and xvfb), the ports that
the cases name, and for all but Chromium the right to give the browser host names of its own (``unshare --mount``).
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.browsers.cases import all_cases
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Firefox
from tests.browsers.script import Case
from tests.browsers.server import STANDARD_PORTS_ADDRESS, STANDARD_PORTS_NAMES, Received, ScriptedServer
from tests.browsers.session import DIALOGS, Session, launches
from tests.browsers.webkit import WebKit

RECORDINGS = Path(__file__).with_name("recordings")

#: Seconds without any news after which the browser counts as hanging.
PATIENCE = 25.0
#: ... and where a login dialog may stand in the way. A page waits four seconds for a request.
PATIENCE_WITH_DIALOGS = 8.0
#: Seconds in which requests that nobody waits for still come in: beacons, what a page asks for as it ends.
AFTERMATH = 1.0

#: Names that the cases need to be unknown.
UNKNOWN = frozenset({"nope.test"})

#: Request headers that say nothing about a rule, but for the group that looks at whole heads.
DULL = frozenset(
    {"host", "connection", "user-agent", "accept-language", "accept-encoding", "content-length", "priority"}
    | {"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "upgrade-insecure-requests", "icy-metadata"}
)
WHOLE_HEADS = "canon"


class Driven(Protocol):
    """A browser that does what it is told and tells what it thinks."""

    version: str

    async def open(self, url: str) -> None: ...


Heard = Callable[[dict[str, Any]], None]
Launch = Callable[[dict[str, str], Heard], AbstractAsyncContextManager[Driven]]

BROWSERS: dict[str, Launch] = {
    "chromium": Chromium.launched,
    "firefox": Firefox.launched,
    "webkit": WebKit.launched,
}


async def record(
    cases: Sequence[Case], launch: Launch, *, narrate: Callable[[str], None] = lambda _: None
) -> tuple[str, list[dict[str, Any]]]:
    """Run the cases in a real browser: its version, and a result for each case, in the order of the cases."""
    seen: dict[str, list[dict[str, Any]]] = {}
    said: dict[str, list[dict[str, Any]]] = {}
    version = ""
    session = Session([])

    def heard(event: dict[str, Any]) -> None:
        if (case := _case_of(event["u"], session)) is not None:
            said.setdefault(case, []).append(event)

    async with ScriptedServer(cases, for_browsers=True, elsewhere=lambda request: session.answer(request)) as server:
        for part in launches(cases):
            session = Session(part)
            while not session.finished.is_set():
                async with launch(hosts_of(cases), heard) as browser:
                    version = browser.version
                    await browser.open(session.start)
                    patience = PATIENCE_WITH_DIALOGS if part[0]["group"] == DIALOGS else PATIENCE
                    await _watch(session, patience, len(seen), len(cases), narrate)
            seen |= session.results
        wire = server.wire
    return version, [_result(case, seen[case["id"]], wire.get(case["id"], []), said.get(case["id"])) for case in cases]


async def _watch(session: Session, patience: float, before: int, total: int, narrate: Callable[[str], None]) -> None:
    """Until the session has finished or its browser hangs."""
    news, since = -1, time.monotonic()
    while not session.finished.is_set():
        if len(session.results) != news:
            news, since = len(session.results), time.monotonic()
            narrate(f"{before + news} of {total} cases")
        elif time.monotonic() - since > patience:
            session.give_up_on_current()
            return
        try:
            await asyncio.wait_for(session.finished.wait(), 0.5)
        except TimeoutError:
            continue
    await asyncio.sleep(AFTERMATH)


def hosts_of(cases: Iterable[Case]) -> dict[str, str]:
    """The host names that the cases need, with the address of each."""
    urls = {url for case in cases for url in (case["top"], case["origin"], *(q["url"] for q in case["requests"]))}
    urls |= {
        value
        for case in cases
        for list_ in case["server"].values()
        for answer in list_
        for name, value, *_ in answer.get("headers", [])
        if name.lower() == "location"
    }
    urls |= {str(q[key]) for case in cases for q in (case, *case["requests"]) for key in ("frame",) if q.get(key)}
    names = set()
    for url in urls:
        try:
            name = (urlsplit(url).hostname or "").rstrip(".")
        except ValueError:
            continue
        if name.endswith(".test") and name not in UNKNOWN:
            names.add(name.encode("idna").decode())
    return {name: STANDARD_PORTS_ADDRESS if name in STANDARD_PORTS_NAMES else "127.0.0.1" for name in sorted(names)}


def _case_of(url: str, session: Session) -> str | None:
    """The case that asked for ``url``: its path says so, or it is the one that runs. None for the session's pages."""
    path = urlsplit(url).path if url.startswith("http") else ""
    if path.startswith("/c/"):
        return path.split("/")[2]
    return None if url == "" or path.startswith(("/control/", "/runner")) else session.running


def _result(
    case: Case, seen: list[dict[str, Any]], wire: list[Received], heard: list[dict[str, Any]] | None
) -> dict[str, Any]:
    result: dict[str, Any] = {"id": case["id"], "results": seen, "wire": [_sent(case, request) for request in wire]}
    return result | ({"engine": heard} if heard else {})


def _sent(case: Case, request: Received) -> dict[str, Any]:
    whole = case["group"] == WHOLE_HEADS
    headers = [[name, value] for name, value in request.headers if whole or name.lower() not in DULL]
    sent: dict[str, Any] = {"m": request.method, "u": request.url, "h": headers}
    return sent | ({"b": request.body.decode("latin-1")} if request.body else {})


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line, compressed, the same bytes for the same rows."""
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browsers.record", description="Re-record one engine.")
    parser.add_argument("engine", choices=BROWSERS)
    engine = parser.parse_args().engine
    cases = all_cases()
    version, results = asyncio.run(record(cases, BROWSERS[engine], narrate=_narrate))
    RECORDINGS.mkdir(exist_ok=True)
    write(RECORDINGS / "cases.jsonl.gz", cases)
    write(RECORDINGS / f"results-{engine}.jsonl.gz", results)
    versions = RECORDINGS / "versions.json"
    known = json.loads(versions.read_text(encoding="utf-8")) if versions.exists() else {}
    versions.write_text(json.dumps(known | {engine: version}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"\n{engine} {version}: {len(results)} cases", file=sys.stderr)
    return 0


def _narrate(line: str) -> None:
    print(f"\r{line}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
