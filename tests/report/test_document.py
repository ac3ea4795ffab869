from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import jsonschema
import pytest

from corstui.report import document, lines
from corstui.report.formats import Options
from corstui.runner import Run, execute, plan, recorded
from corstui.runner.store import load_run
from tests.report.conftest import Finish
from tests.runner.shops import Shop, consent, profile_of

PROFILE = """
origins: {web: "https://web.example", sandbox: "null"}
settings: {engine: firefox}
defaults: {expect: {web: allow}}
endpoints:
  read: GET https://api.example/read
  save: PUT https://api.example/save
  gone: GET https://api.example/gone
  mixed: GET http://api.example/x
  away: {request: GET https://api.example/away, headers: {X-Api-Key: "${secret:TOKEN}"}}
  picture: {request: GET https://api.example/p, initiator: img}
  thrice: {request: GET https://api.example/read, repeat: 3}
  local: GET http://127.0.0.1/x
"""


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/gone":
        raise httpx.ConnectError("refused")
    if request.url.path == "/away" and request.method == "GET":
        return consent(request, 302, Location="https://api.example/read")
    return consent(request, x_hostile="\x1b[2J\u00ff", set_cookie="sid=topsecret; Path=/")


@pytest.fixture
async def finished(tmp_path: Path) -> Run:
    chosen = plan(profile_of(tmp_path, PROFILE, TOKEN="s3cret-value"), engines=["all"])
    cells = [cell async for cell in execute(chosen, transport=Shop(answer))]
    return recorded(chosen, cells, datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC), 12.5)


def test_the_document_fits_its_schema(finished: Run) -> None:
    shape = document.schema()
    jsonschema.Draft202012Validator.check_schema(shape)
    made = json.loads(document.render(finished, Options()))
    jsonschema.Draft202012Validator(shape).validate(made)
    verdicts = {cell["verdict"] for cell in made["cells"]}
    assert verdicts == {"allowed", "opaque", "blocked", "unsent", "error"}


def test_the_document_tells_the_run(finished: Run) -> None:
    made = json.loads(document.render(finished, Options()))
    assert made["engines"] == ["firefox", "chromium", "webkit", "standard"]
    assert made["started"] == "2026-11-23T01:02:03.000Z"
    assert made["duration_ms"] == 12.5
    summary = made["summary"]
    assert sum(summary[verdict] for verdict in ("allowed", "opaque", "blocked", "unsent", "error")) == len(
        made["cells"]
    )
    assert [cell["endpoint"] for cell in made["cells"]][::8] == list(finished.plan.endpoints)


def test_the_document_is_ascii_and_holds_no_secret(finished: Run) -> None:
    text = document.render(finished, Options())
    assert text.isascii()
    assert "\x1b" not in text
    assert "s3cret-value" not in text
    assert "topsecret" not in text
    assert "s3cret-value" in document.render(finished, Options(secrets=True))


def test_lines_hold_what_the_document_holds(finished: Run) -> None:
    first, *rest, last = [json.loads(line) for line in lines.render(finished, Options()).splitlines()]
    made = json.loads(document.render(finished, Options()))
    assert (first.pop("type"), last.pop("type")) == ("run", "summary")
    kinds = [each.pop("type") for each in rest]
    count = len(finished.cells)
    assert set(kinds[:count]) == {"cell"}
    assert set(kinds[count:]) == {"engine_difference"}
    first |= {name: last.pop(name) for name in ("duration_ms", "interrupted")}
    assert {**first, "summary": last, "cells": rest[:count], "engine_differences": rest[count:]} == made


def test_the_document_tells_where_engines_differ_and_why(finished: Run) -> None:
    found = json.loads(document.render(finished, Options()))["engine_differences"]
    assert [(each["environment"], each["endpoint"], each["origin"]) for each in found] == [("default", "local", "web")]
    first, other = found[0]["parties"]
    assert (first["engines"], first["verdict"], first["status"]) == (
        ["firefox", "chromium", "standard"],
        "allowed",
        200,
    )
    assert (other["engines"], other["reason"], other["sent"]) == (["webkit"], "mixed-content", False)
    (cause,) = found[0]["causes"]
    assert (cause["engines"], cause["kind"]) == (["webkit"], "rule")
    assert cause["quirks"] == ["quirk.loopback-mixed-content"]
    assert cause["sentence"] and cause["evidence"] and cause["fix"]


async def test_a_run_of_one_engine_has_no_differences_to_tell(finish: Finish) -> None:
    run = await finish('origins: {a: "https://a.example"}\nendpoints: {x: GET https://api.example/x}\n')
    assert "engine_differences" not in json.loads(document.render(run, Options()))


def test_a_document_is_read_back(finished: Run, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(document.render(finished, Options()))
    stored = load_run(path)
    assert stored.profile == "Shop"
    for before, after in zip(finished.cells, stored.cells, strict=True):
        assert before.key == after.key
        for name in (
            "verdict",
            "reason",
            "phase",
            "sent",
            "inconclusive",
            "status",
            "expected",
            "as_expected",
            "checks",
        ):
            assert getattr(before, name) == getattr(after, name), (before.key, name)
        assert len(before.exchanges) == len(after.exchanges)


def test_an_interrupted_run_counts_what_did_not_run(finished: Run) -> None:
    partial = recorded(finished.plan, list(finished.cells[::-2]), finished.started, 1.0, interrupted=True)
    made = json.loads(document.render(partial, Options()))
    assert made["interrupted"] is True
    assert made["summary"]["not_run"] == len(finished.cells) - len(partial.cells)
    order = [planned.key for planned in finished.plan.cells]
    assert [cell.key for cell in partial.cells] == [key for key in order if key in {cell.key for cell in partial.cells}]
