from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
import xmlschema
from junitparser import JUnitXml

from corstui.report import junit
from corstui.report.formats import Options
from corstui.runner import Run, recorded
from tests.report.conftest import Finish
from tests.runner.shops import consent

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("schemas") / "junit.xsd")

PROFILE = """
origins: {web: "https://web.example", shy: "https://shy.example"}
defaults: {expect: {web: allow}}
endpoints:
  read: GET https://api.example/read
  no.dots: GET https://api.example/closed
  gone: GET https://api.example/gone
  busy: GET https://api.example/busy
"""


def answer(request: httpx.Request) -> httpx.Response:
    match request.url.path:
        case "/gone":
            raise httpx.ConnectError("refused \x0b\ufffe ]]>")
        case "/busy":
            return consent(request, 503)
        case "/closed":
            return httpx.Response(200, headers=[(b"Access-Control-Allow-Origin", b"<\x1b&\xff>")])
    return consent(request)


@pytest.fixture
async def finished(finish: Finish) -> Run:
    return await finish(PROFILE, answer)


def outcomes(text: str) -> dict[tuple[str, str], str]:
    root = ElementTree.fromstring(text)
    return {
        (case.attrib["classname"], case.attrib["name"]): case[0].tag if len(case) else "passed"
        for case in root.iter("testcase")
    }


def test_the_report_fits_the_common_schema_and_is_read_by_a_parser(finished: Run) -> None:
    text = junit.render(finished, Options())
    SCHEMA.validate(text)
    read = JUnitXml.fromstring(text.encode())
    assert (read.tests, read.failures, read.errors, read.skipped) == (8, 1, 3, 3)
    assert read.time == pytest.approx(0.012, abs=0.001)


def test_a_case_says_whether_it_failed_or_could_not_be_judged_or_tests_nothing(finished: Run) -> None:
    found = outcomes(junit.render(finished, Options()))
    assert found == {
        ("Shop.default.read", "web"): "passed",
        ("Shop.default.read", "shy"): "skipped",
        ("Shop.default.no\u2024dots", "web"): "failure",
        ("Shop.default.no\u2024dots", "shy"): "skipped",
        ("Shop.default.gone", "web"): "error",
        ("Shop.default.gone", "shy"): "error",
        ("Shop.default.busy", "web"): "error",
        ("Shop.default.busy", "shy"): "skipped",
    }


def test_a_failure_tells_what_was_expected_what_came_and_what_to_change(finished: Run) -> None:
    root = ElementTree.fromstring(junit.render(finished, Options()))
    (failure,) = root.iter("failure")
    assert failure.attrib["message"].startswith("expected allow. Blocked; the server received the request")
    assert failure.text is not None
    assert "actual: GET https://api.example/closed -> 200 OK" in failure.text
    assert "shop.yaml:" in failure.text
    assert "fix: " in failure.text


async def test_engines_are_suites_and_no_two_cases_share_their_names(finish: Finish) -> None:
    run = await finish(PROFILE, answer, engines=["chromium", "webkit"])
    text = junit.render(run, Options())
    SCHEMA.validate(text)
    suites = [suite.attrib["name"] for suite in ElementTree.fromstring(text).iter("testsuite")]
    assert suites == ["default, chromium", "default, webkit"]
    assert len(outcomes(text)) == 16


def test_what_an_interrupted_run_did_not_reach_is_skipped(finished: Run) -> None:
    partial = recorded(finished.plan, [finished.cells[0]], finished.started, 1.0, interrupted=True)
    text = junit.render(partial, Options())
    SCHEMA.validate(text)
    assert '<property name="interrupted" value="true" />' in text
    assert text.count('<skipped message="not run" />') == 7


async def test_no_secret_is_written(finish: Finish) -> None:
    endpoints = 'endpoints: {x: {request: "GET https://api.example/closed?k=${secret:TOKEN}", expect: {web: allow}}}\n'
    run = await finish('origins: {web: "https://web.example"}\n' + endpoints, answer, TOKEN="s3cret-value")
    assert "s3cret-value" not in junit.render(run, Options())
    assert "s3cret-value" in junit.render(run, Options(secrets=True))
