"""Worked examples: one request, one server, the verdict of each engine. The data speaks for itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corstui.browser import fetch_params, page_context
from corstui.fetch.context import new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.headers import RESPONSE_SAFELIST
from corstui.fetch.messages import Request
from tests.support.playbook import Playbook, head, values

API, OTHER = "https://api.test", "https://b.test"
SHORT = {
    "ACAO": "Access-Control-Allow-Origin",
    "ACAC": "Access-Control-Allow-Credentials",
    "ACAM": "Access-Control-Allow-Methods",
    "ACAH": "Access-Control-Allow-Headers",
    "ACEH": "Access-Control-Expose-Headers",
    "Max-Age": "Access-Control-Max-Age",
}
EXAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "worked_examples.jsonl").read_text(encoding="utf-8").splitlines()
]
KEYS = {"chromium": "c", "firefox": "f", "webkit": "w", "standard": "strict"}
CASES = [
    pytest.param(example, engine, id=f"{example['id']}-{engine}")
    for example in EXAMPLES
    for engine, key in KEYS.items()
    if key in example
]


def _place(text: str) -> str:
    """``A/2`` and ``B`` are short for URLs of the two hosts."""
    host, _, path = text.partition("/")
    return {"A": API, "B": OTHER}[host] + "/" + path


def _head(answer: dict[str, Any], origin: str) -> bytes:
    fields = []
    for name, value in answer["h"]:
        if name == "Location" and value[0] in "AB":
            value = _place(value)
        elif name == "ACAO":
            value = value.replace("O", origin)
        fields.append((SHORT.get(name, name), value))
    return head(answer["status"], *fields)


def _server(example: dict[str, Any], origin: str) -> Any:
    hops = example.get("hops") or [{"url": "A", "pre": example["pre"], **(example["act"] or {"status": 599, "h": []})}]
    places = {_place(hop["url"]): hop for hop in hops}

    def answer(request: Request) -> bytes:
        hop = places[request.url]
        if request.method == "OPTIONS":
            assert hop.get("pre") is not None, "a preflight where none is expected"
            return _head(hop["pre"], origin)
        if "sent_origin" in hop:
            assert values(request, "Origin") == [hop["sent_origin"]]
        if "sent_method" in hop:
            assert request.method == hop["sent_method"]
        return _head(hop, origin)

    return answer


@pytest.mark.parametrize(("example", "engine"), CASES)
def test_each_engine_reaches_its_verdict(example: dict[str, Any], engine: str) -> None:
    origin = example.get("origin", "https://app.test")
    asked = example["req"]
    server = Playbook(_server(example, origin))
    state = new_state(ENGINES[engine])
    page = page_context(origin)
    params = fetch_params(
        API + "/",
        method=asked["method"],
        headers=[(name, value) for name, value in asked.get("h", [])],
        credentials=asked.get("creds", "same-origin"),
        redirect=asked.get("redirect", "follow"),
        initiator="xhr" if asked.get("xhr") else "fetch",
        upload_listener=asked.get("upload_listener", False),
        body=b"x" if asked.get("upload_listener") else None,
    )
    flows = [server.play(params, page, state) for _ in range(asked.get("repeat", 1))]

    expected = example[KEYS[engine]]
    assert {flow.reason or "pass" for flow in flows} == {expected}
    assert {flow.verdict for flow in flows} == {"allowed" if expected == "pass" else "blocked"}
    if expected != "pass":
        assert all(flow.deciding is not None and flow.deciding.passed is False for flow in flows)
    if "preflights" in example:
        preflights = [request for request in server.requests if request.method == "OPTIONS"]
        assert len(preflights) == example["preflights"][KEYS[engine]]
    if "exp" in example:
        assert flows[-1].response is not None
        readable = {name.lower() for name, _ in flows[-1].response.headers}
        assert readable - RESPONSE_SAFELIST == set(example["exp"])
