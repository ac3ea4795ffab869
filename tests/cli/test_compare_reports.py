"""Comparisons in the formats that pipelines and browsers take, each validated by its own consumer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from junitparser import JUnitXml

from tests.cli.conftest import Run
from tests.cli.test_compare import BOTH, HEAD, Write
from tests.report.test_har import PARTS, SCHEMAS

SCHEMAS_FOLDER = Path(__file__).parents[1] / "report" / "schemas"
SARIF = json.loads((SCHEMAS_FOLDER / "sarif-2.1.0.json").read_text("utf-8"))
JUNIT = xmlschema.XMLSchema(SCHEMAS_FOLDER / "junit.xsd")


def compared(corstui: Run, profile: Write, form: str) -> str:
    done = corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--format", form)
    assert done.code == 1
    return done.out


def test_junit_fails_what_differs(corstui: Run, profile: Write) -> None:
    text = compared(corstui, profile, "junit")
    JUNIT.validate(text)
    read = JUnitXml.fromstring(text.encode())
    assert (read.tests, read.failures, read.errors, read.skipped) == (4, 2, 0, 0)
    assert "b: Blocked; the server received the request" in text


def test_sarif_names_the_line_of_the_endpoint_and_both_verdicts(corstui: Run, profile: Write) -> None:
    log: dict[str, Any] = json.loads(compared(corstui, profile, "sarif"))
    jsonschema.Draft7Validator(SARIF).validate(log)
    results = log["runs"][0]["results"]
    cells = [each for each in results if each["ruleId"] == "cells-differ"]
    assert [each["level"] for each in cells] == ["error", "error"]
    assert "moved x web (chromium) differs in verdict" in cells[0]["message"]["text"]
    assert "a: Allowed" in cells[0]["message"]["text"]
    place = cells[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith(".yaml")
    assert place["region"]["startLine"] > 1
    assert len({each["partialFingerprints"]["corstuiCell/v1"] for each in results}) == len(results)


def test_html_has_both_sides_in_one_file(corstui: Run, profile: Write) -> None:
    text = compared(corstui, profile, "html")
    assert text.startswith("<!doctype html>")
    assert '"environment":"a"' in text
    assert '"environment":"b"' in text
    assert '"pairs":[[' in text


def test_har_has_the_exchanges_of_both_sides(corstui: Run, profile: Write) -> None:
    archive = json.loads(compared(corstui, profile, "har"))
    kind = jsonschema.Draft6Validator
    kind(PARTS["har.json"], registry=SCHEMAS, format_checker=kind.FORMAT_CHECKER).validate(archive)
    assert len(archive["log"]["pages"]) == 8


@pytest.fixture
def documents(corstui: Run, profile: Write) -> tuple[str, str]:
    """Two runs of the same environments; the second answers ``moved`` as the first one's other environment does."""
    corstui("check", profile(BOTH, head=HEAD), "--format", "json", "--output", "one.json")
    profile(BOTH.replace("${p}", "/open"), head=HEAD)
    corstui("check", profile(BOTH.replace("${p}", "/open"), head=HEAD), "--format", "json", "--output", "two.json")
    return "one.json", "two.json"


@pytest.mark.parametrize("form", ["junit", "sarif", "html"])
def test_two_documents_can_be_written_too(corstui: Run, documents: tuple[str, str], form: str) -> None:
    done = corstui("compare", *documents, "--format", form)
    assert done.code == 1
    assert done.err == ""
    assert "one.json" in done.out


def test_documents_do_not_hold_what_an_archive_needs(corstui: Run, documents: tuple[str, str]) -> None:
    done = corstui("compare", *documents, "--format", "har")
    assert done.code == 2
    assert "har takes a profile" in done.err
