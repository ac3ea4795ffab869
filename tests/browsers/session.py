"""What a browser is asked to do: pages that run the cases of one top-level origin after the other, and report.

The pages need nothing but a browser that was told to open :attr:`Session.start`: each takes its cases from
``/control/batch``, reports to ``/control/result`` what script saw, and goes on to ``/control/next``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.browsers.script import Case, composed
from tests.browsers.server import Received

RUNNER = Path(__file__).with_name("runner.html").read_text(encoding="utf-8")

#: Cases that one page runs before the next takes over.
BATCH = 100

#: Groups that need a browser of their own for every case: a login dialog or a full preflight cache outlives its case.
DIALOGS = "auth"
ALONE = frozenset({DIALOGS, "pfcap"})


def launches(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """The cases for one start of the browser after the other."""
    together = []
    for case in cases:
        if case["group"] in ALONE:
            yield [case]
        else:
            together.append(case)
    if together:
        yield together


class Session:
    """The cases of one start of the browser; ``results`` fills with what script saw, by case."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.results: dict[str, list[dict[str, Any]]] = {}
        self.finished = asyncio.Event()
        self._batches = [
            (top, batch[at : at + BATCH])
            for top, group in groupby(cases, key=lambda case: str(case["top"]))
            for batch in [list(group)]
            for at in range(0, len(batch), BATCH)
        ]

    @property
    def start(self) -> str:
        """Where the browser begins, or begins again: the page of the first case without a result."""
        while self._batches and not self._rest():
            self._batches.pop(0)
        if not self._batches:
            self.finished.set()
            return "about:blank"
        return f"{self._batches[0][0]}/runner"

    @property
    def running(self) -> str | None:
        """The case that the browser is at."""
        return next((case["id"] for case in self._rest()), None)

    def give_up_on_current(self) -> None:
        """The browser hangs: what it was doing counts as unanswered."""
        case = self._rest()[0]
        self.results[case["id"]] = [{"outcome": "timeout"} for _ in case["requests"]]

    def answer(self, request: Received) -> bytes | None:
        """The control pages, as a scripted server's ``elsewhere``."""
        path = request.url.split("/", 3)[3].split("?")[0]
        if path in ("runner", "frame"):
            return _response("text/html", RUNNER)
        if path == "control/batch":
            return _response(
                "application/json", json.dumps([case | {"linger": _strays(case)} for case in self._rest()])
            )
        if path == "control/result":
            report = json.loads(request.body)
            self.results[report["id"]] = report["results"]
            return _response("text/plain", "")
        if path == "control/next":
            location = ["Location", self.start]
            return composed({"status": 302, "headers": [location, ["Cache-Control", "no-store"]]}, "GET")
        return None

    def _rest(self) -> list[Case]:
        return [case for case in self._batches[0][1] if case["id"] not in self.results] if self._batches else []


def _strays(case: Case) -> bool:
    """Whether the browser may complain about an address that does not name the case, so that it must not be late."""
    addresses = [request["url"] for request in case["requests"]]
    addresses += [
        value
        for answers in case["server"].values()
        for answer in answers
        for name, value, *_ in answer.get("headers", [])
        if name.lower() == "location" and ":" in value
    ]
    return any(f"/c/{case['id']}/" not in address for address in addresses)


def _response(content_type: str, body: str) -> bytes:
    text = body.encode().decode("latin-1")
    headers = [["Content-Type", f"{content_type}; charset=utf-8"], ["Cache-Control", "no-store"]]
    return composed({"status": 200, "headers": headers, "body": text}, "GET")
