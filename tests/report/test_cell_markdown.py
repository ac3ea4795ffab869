"""One cell as Markdown: all of its flow, in text that stays text."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from corstui.report import har
from corstui.report.cell_markdown import code, fenced, render_cell, sentence
from corstui.report.document import render as document
from corstui.report.formats import Options
from corstui.runner import Run
from corstui.runner.store import load_run
from tests.report.conftest import Finish
from tests.runner.shops import consent

PROFILE = """
origins: {web: "https://web.example", shy: "https://shy.example"}
environments: {default: {writes: true}}
endpoints:
  "save | [it](x)":
    request: PUT https://api.example/save?key=${secret:TOKEN}
    headers: {X-Trace: "1"}
    expect: {"*": allow}
  gone: GET https://api.example/gone
"""


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/gone":
        raise httpx.ConnectError("refused ``` here")
    if request.headers["origin"] == "https://shy.example":
        headers = {"Access-Control-Allow-Origin": "https://web.example", "X-Odd": "a ```` b <script> \x1b"}
        return httpx.Response(200, headers=headers)
    return consent(request)


@pytest.fixture
async def finished(finish: Finish) -> Run:
    return await finish(PROFILE, answer, TOKEN="s3cret-value")


def test_it_tells_verdict_flow_checks_and_cure_in_that_order(finished: Run) -> None:
    cell = finished.cells[1]
    text = render_cell(cell, Options())
    parts = [
        "### PUT save \\| \\[it\\](x) from shy",
        "**Blocked before sending.** The preflight's answer (200) allows only",
        "Expected allow: **not as expected**.",
        "| Page | `https://shy.example` |",
        "| Reason | `acao-mismatch-preflight` (PreflightAllowOriginMismatch) |",
        "#### What to change",
        "- `Access-Control-Allow-Origin: https://shy.example`",
        "#### 1. `OPTIONS https://api.example/save?key=***` (preflight",
        "Access-Control-Request-Method: PUT",
        "HTTP/1.1 200 OK",
        "| **decided** | Access-Control-Allow-Origin is this origin (`cors.check.acao-match`) |",
        "| fails too |",
        "| passed |",
        "#### What script sees",
        "<details>",
        "curl -i",
    ]
    assert [part for part in parts if part not in text] == []
    positions = [text.index(part) for part in parts]
    assert positions == sorted(positions)


def test_secrets_are_masked_unless_asked_for(finished: Run) -> None:
    for cell in finished.cells:
        assert "s3cret" not in render_cell(cell, Options()) + sentence(cell, Options())
    assert "s3cret-value" in render_cell(finished.cells[0], Options(secrets=True))


def test_nothing_that_a_server_sends_ends_its_block(finished: Run) -> None:
    lines = render_cell(finished.cells[1], Options()).splitlines()
    start = lines.index("`````http")
    block = lines[start + 1 : lines.index("`````", start)]
    assert r"X-Odd: a ```` b <script> \x1b" in [line.replace("x-odd", "X-Odd") for line in block]


def test_an_error_says_what_the_network_said(finished: Run) -> None:
    text = render_cell(next(cell for cell in finished.cells if cell.endpoint == "gone"), Options())
    assert "connection-refused: " in text
    assert "This says nothing about the CORS policy" in text
    assert "**decided**" not in text


def test_a_span_of_code_survives_backticks_and_tables() -> None:
    assert code("a|b") == "`a\\|b`"
    assert code("a`b") == "`` a`b ``"
    assert fenced(["~~~", "```"]) == ["````", "~~~", "```", "````"]


def test_the_sentence_names_cell_verdict_and_rule_on_one_line(finished: Run) -> None:
    said = sentence(finished.cells[1], Options())
    assert said.startswith("PUT save | [it](x) from https://shy.example in default (chromium): Blocked before sending.")
    assert said.endswith("cors.check.acao-match needs https://shy.example or *; found https://web.example.")
    assert "\n" not in said
    assert sentence(finished.cells[0], Options()).endswith("allows https://web.example to read it.")


def test_a_cell_of_an_earlier_run_is_told_as_well(finished: Run, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(document(finished, Options()))
    for stored in load_run(path).cells:
        assert f"from {stored.origin}" in render_cell(stored, Options())
        assert stored.origin_value in sentence(stored, Options())


def test_one_exchange_is_an_entry_of_an_archive(finished: Run) -> None:
    cell = finished.cells[0]
    archive = json.loads(har.render(finished, Options()))
    for number, exchange in enumerate(cell.flow.exchanges):
        entry = json.loads(har.entry_text(cell, exchange, Options()))
        assert {"pageref": "page_1", **entry} == archive["log"]["entries"][number]
