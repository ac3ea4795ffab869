from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from corstui.analysis.explain import explain
from corstui.report import sarif
from corstui.report.formats import Options
from corstui.runner import Run, recorded
from tests.report.conftest import Finish
from tests.runner.shops import consent

SCHEMA = json.loads((Path(__file__).with_name("schemas") / "sarif-2.1.0.json").read_text("utf-8"))

PROFILE = """
origins:
  web: https://web.example
  shy: https://shy.example
defaults: {expect: {web: allow, shy: block}}
endpoints:
  closed: GET https://api.example/closed
  open: {request: GET https://api.example/open, credentials: include}
  gone: GET https://api.example/gone?k=${secret:TOKEN}
"""
HEAD = 2  # lines that every test profile begins with


def answer(request: httpx.Request) -> httpx.Response:
    match request.url.path:
        case "/gone":
            raise httpx.ConnectError("refused")
        case "/closed":
            return httpx.Response(200, headers=[(b"Access-Control-Allow-Origin", b"<\x1b\xff>")])
    return consent(request)


@pytest.fixture
async def finished(finish: Finish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return await finish(PROFILE, answer, TOKEN="s3cret-value")


def log_of(run: Run) -> dict[str, Any]:
    """The one run of the log, after the official schema has had its say."""
    text = sarif.render(run, Options())
    assert text.isascii()
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (made,) = log["runs"]
    assert isinstance(made, dict)
    return made


def test_what_is_not_as_expected_is_an_error_at_the_line_of_the_endpoint(finished: Run) -> None:
    made = log_of(finished)
    failures = [result for result in made["results"] if "relatedLocations" in result]
    assert [(result["ruleId"], result["level"]) for result in failures] == [
        ("acao-invalid", "error"),
        ("unexpectedly-allowed", "error"),
    ]
    where = failures[0]["locations"][0]["physicalLocation"]
    assert where["artifactLocation"] == {"uri": "shop.yaml"}
    lines = PROFILE.splitlines()
    assert where["region"]["startLine"] == HEAD + lines.index("  closed: GET https://api.example/closed") + 1
    (expected,) = failures[0]["relatedLocations"]
    line = next(index for index, text in enumerate(lines) if text.startswith("defaults")) + HEAD + 1
    assert expected["physicalLocation"]["region"]["startLine"] == line
    assert failures[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == (
        "closed x web in default (chromium)"
    )
    assert "Expected allow." in failures[0]["message"]["text"]


def test_every_rule_explains_itself_without_a_link(finished: Run) -> None:
    made = log_of(finished)
    rules = made["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in made["results"]] == [
        result["ruleId"] for result in made["results"]
    ]
    for rule in rules:
        assert rule["help"]["text"] and rule["help"]["markdown"]
        assert "helpUri" not in rule
    page = explain("acao-invalid")
    assert rules[0]["shortDescription"]["text"] == page.title
    assert all(advice in rules[0]["help"]["text"] for advice in page.fix)


def test_a_finding_is_one_result_for_an_endpoint_with_the_level_of_its_severity(finished: Run) -> None:
    findings = [result for result in log_of(finished)["results"] if result["ruleId"].startswith("lint.")]
    named = [(result["ruleId"], result["locations"][0]["logicalLocations"][0]) for result in findings]
    assert len({str(each) for each in named}) == len(named)
    levels = {"info": "note", "warning": "warning", "medium": "warning"}
    for result in findings:
        assert result["level"] == levels.get(explain(result["ruleId"]).severity, "error"), result
    (reflected,) = [result for result in findings if result["ruleId"] == "lint.reflect-any-creds"]
    assert len(reflected["locations"][0]["logicalLocations"]) == 2


def test_what_could_not_be_judged_is_a_notification_and_no_result(finished: Run) -> None:
    made = log_of(finished)
    assert all("gone" not in result["message"]["text"] for result in made["results"])
    (invocation,) = made["invocations"]
    assert invocation["executionSuccessful"] is True
    assert [note["level"] for note in invocation["toolExecutionNotifications"]] == ["warning", "warning"]


def test_an_interrupted_run_is_no_success(finished: Run) -> None:
    partial = recorded(finished.plan, list(finished.cells[:2]), finished.started, 1.0, interrupted=True)
    (invocation,) = log_of(partial)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "4 cells did not run" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_results_keep_their_fingerprints_when_lines_move(finished: Run) -> None:
    prints = [result["partialFingerprints"]["corstuiCell/v1"] for result in log_of(finished)["results"]]
    assert len(set(prints)) == len(prints)


async def test_a_profile_elsewhere_is_named_in_full(finish: Finish, tmp_path: Path) -> None:
    run = await finish(PROFILE, answer, TOKEN="s3cret-value")
    where = log_of(run)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert where == (tmp_path / "shop.yaml").as_uri()


async def test_no_secret_is_written(finish: Finish) -> None:
    run = await finish(PROFILE, answer, TOKEN="s3cret-value")
    assert "s3cret-value" not in sarif.render(run, Options())
