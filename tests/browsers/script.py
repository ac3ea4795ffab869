"""What the server of a case answers: scripts, answers, and their bytes.

A script maps ``"METHOD /path"`` (also ``METHOD *``, ``* /path``, ``* *``, tried in that order; the path is relative to
``/c/<id>``, the query does not count) to its answers, one per request, of which the last repeats. An answer has
``status``, ``headers`` (pairs; a third member replaces the space after the colon) and ``body``, or ``raw`` for all of
its bytes, and may have ``reason``, ``delay`` (seconds), ``early`` (bytes sent first), ``close`` and ``abort``. Text is
latin-1. A Content-Length is added unless the headers frame the body themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

Case = dict[str, Any]
Answer = dict[str, Any]

NOT_FOUND: Answer = {"status": 404, "headers": [["Content-Type", "text/plain"]], "body": "not found"}

_BODILESS = frozenset({204, 205, 304})


class Scripts:
    """The scripts of ``cases``, each at the answer that it has come to."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._scripts: dict[str, dict[str, list[Answer]]] = {case["id"]: case["server"] for case in cases}
        self._hits: Counter[tuple[str, str]] = Counter()

    def case_of(self, url: str) -> str | None:
        """The case that a URL belongs to, if there is such a case."""
        path = urlsplit(url).path
        case = path.split("/")[2] if path.startswith("/c/") else ""
        return case if case in self._scripts else None

    def answer(self, method: str, url: str) -> Answer:
        """The next answer to such a request."""
        case = self.case_of(url)
        if case is None:
            return NOT_FOUND
        path = urlsplit(url).path.removeprefix(f"/c/{case}")
        for key in (f"{method} {path}", f"{method} *", f"* {path}", "* *"):
            if answers := self._scripts[case].get(key):
                hit = self._hits[case, key]
                self._hits[case, key] += 1
                return answers[min(hit, len(answers) - 1)]
        return NOT_FOUND


def composed(answer: Answer, method: str) -> bytes:
    """The bytes of an answer to a request of this method."""
    if "raw" in answer:
        return str(answer["raw"]).encode("latin-1")
    status = answer["status"]
    headers: Sequence[Sequence[str]] = answer.get("headers", [])
    body = b"" if status in _BODILESS else str(answer.get("body", "")).encode("latin-1")
    lines = [f"HTTP/1.1 {status} {answer.get('reason', 'OK')}"]
    lines += [f"{name}:{gap[0] if gap else ' '}{value}" for name, value, *gap in headers]
    framed = {header[0].lower() for header in headers} & {"content-length", "transfer-encoding"}
    if not framed and status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if method == "HEAD" else body)
