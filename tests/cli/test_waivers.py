"""Accepted deviations, from the profile to the exit code and every report. The dates lie far from any clock."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema
import yaml

from corstui.profile.schema import schema
from corstui.report.document import schema as run_schema
from tests.cli.conftest import Api, Run

Write = Callable[..., str]

NOWHERE = "http://127.0.0.1:2/"
VALID, EXPIRED = "9998-12-31", "2001-02-03"
#: Which cell, what is expected, and the waiver's last day.
LINE = "  shop: {{request: 'GET {url}', origins: [web], expect: {{web: {{expect: {expect}, waiver: {waiver}}}}}}}\n"


def waived(expect: str, expires: str = VALID, url: str = "API/closed") -> str:
    return LINE.format(url=url, expect=expect, waiver=f"{{reason: The gateway goes in May, expires: {expires}}}")


@pytest.mark.parametrize(
    ("endpoints", "code"),
    [
        (waived("allow"), 0),
        (waived("allow", EXPIRED), 1),
        (waived("block"), 0),
        (waived("block", EXPIRED), 0),
        (waived("allow", url=NOWHERE), 3),
        (waived("block", url=NOWHERE), 3),
        (waived("block", url="API/502"), 3),
    ],
)
def test_a_waiver_in_force_excuses_a_deviation_and_nothing_else(
    program: Run, profile: Write, endpoints: str, code: int
) -> None:
    assert program("check", profile(endpoints)).code == code


@pytest.mark.parametrize(
    ("endpoints", "code"),
    [(waived("allow"), 0), (waived("block"), 0), (waived("allow", url=NOWHERE), 1)],
)
def test_strict_accepts_waivers_and_what_outlived_them(corstui: Run, profile: Write, endpoints: str, code: int) -> None:
    assert corstui("check", profile(endpoints), "--strict", "--require-expectations").code == code


NOTES = [
    ("allow", VALID, f"waived until {VALID}: The gateway goes in May"),
    ("allow", EXPIRED, f"waiver expired on {EXPIRED}: The gateway goes in May"),
    ("block", VALID, f"the waiver until {VALID} is no longer needed: The gateway goes in May"),
]


@pytest.mark.parametrize(("expect", "expires", "note"), NOTES)
@pytest.mark.parametrize("format", ["table", "markdown", "junit", "html", "csv", "sarif", "har"])
def test_each_report_tells_the_reason_and_the_date(
    corstui: Run, profile: Write, format: str, expect: str, expires: str, note: str
) -> None:
    said = corstui("check", profile(waived(expect, expires)), "--format", format).out.replace("\\", "")
    assert note.lower() in said.lower()


def test_the_table_counts_what_is_waived_apart(corstui: Run, profile: Write) -> None:
    lines = corstui("check", profile(waived("allow"))).out.splitlines()
    assert "Waived (1)" in lines
    assert lines[-1] == "1 of 1 cells have an expectation: 0 not as expected, 0 unproven, 1 waived"


def test_the_table_lists_a_waiver_that_is_no_longer_needed(corstui: Run, profile: Write) -> None:
    assert "Waivers no longer needed (1)" in corstui("check", profile(waived("block"))).out.splitlines()


@pytest.mark.parametrize(
    ("expect", "expires", "tags"),
    [("allow", VALID, ["skipped"]), ("allow", EXPIRED, ["failure"]), ("block", VALID, ["system-out"])],
)
def test_junit_skips_what_is_waived(corstui: Run, profile: Write, expect: str, expires: str, tags: list[str]) -> None:
    root = ElementTree.fromstring(corstui("check", profile(waived(expect, expires)), "--format", "junit").out)
    assert [child.tag for child in root.iter("testcase").__next__()] == tags
    assert root.attrib["skipped"] == str(int(tags == ["skipped"]))


def test_junit_with_a_note_about_a_waiver_fits_the_schema_of_its_readers(corstui: Run, profile: Write) -> None:
    text = corstui("check", profile(waived("block")), "--format", "junit").out
    xmlschema.XMLSchema(Path(__file__).parents[1] / "report" / "schemas" / "junit.xsd").validate(text)
    assert "no longer needed" in text


def test_sarif_suppresses_what_is_waived_at_the_waivers_place(corstui: Run, profile: Write) -> None:
    log = json.loads(corstui("check", profile(waived("allow")), "--format", "sarif").out)
    (failure,) = [one for one in log["runs"][0]["results"] if "suppressions" in one]
    assert failure["level"] == "note"
    (suppression,) = failure["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("inSource", "accepted")
    assert suppression["justification"] == f"The gateway goes in May (until {VALID})"
    assert suppression["location"]["physicalLocation"]["artifactLocation"] == {"uri": "shop.yaml"}
    official = Path(__file__).parents[1] / "report" / "schemas" / "sarif-2.1.0.json"
    jsonschema.validate(log, json.loads(official.read_text(encoding="utf-8")))


def test_a_result_keeps_its_fingerprint_when_its_waiver_expires(corstui: Run, profile: Write) -> None:
    prints = set()
    for expires in (VALID, EXPIRED):
        log = json.loads(corstui("check", profile(waived("allow", expires)), "--format", "sarif").out)
        failures = [one for one in log["runs"][0]["results"] if one["ruleId"] == "acao-missing"]
        prints |= {one["partialFingerprints"]["corstuiCell/v1"] for one in failures}
    assert len(prints) == 1


def test_sarif_suppresses_no_expired_waiver(corstui: Run, profile: Write) -> None:
    assert "suppressions" not in corstui("check", profile(waived("allow", EXPIRED)), "--format", "sarif").out


@pytest.mark.parametrize(
    ("endpoints", "state", "as_expected"),
    [
        (waived("allow"), "in-force", None),
        (waived("allow", EXPIRED), "expired", False),
        (waived("block"), "unneeded", True),
        (waived("block", url=NOWHERE), None, None),
    ],
)
def test_the_run_document_tells_what_the_waiver_does(
    corstui: Run, profile: Write, endpoints: str, state: str | None, as_expected: bool | None
) -> None:
    document = json.loads(corstui("check", profile(endpoints), "--format", "json").out)
    jsonschema.validate(document, run_schema())
    (cell,) = document["cells"]
    assert (cell["waiver"]["state"], cell["as_expected"]) == (state, as_expected)
    assert document["summary"]["waived"] == int(state == "in-force")
    assert document["summary"]["unproven"] == int(state is None)


def test_the_csv_has_a_column_for_the_state(corstui: Run, profile: Write) -> None:
    (row,) = csv.DictReader(io.StringIO(corstui("check", profile(waived("allow")), "--format", "csv").out))
    assert (row["waiver_state"], row["as_expected"]) == ("in-force", "")


def test_fail_fast_goes_on_after_a_waived_cell(corstui: Run, profile: Write, api: Api) -> None:
    later = "  later: {request: GET API/open, origins: [web], expect: allow}\n"
    done = corstui("check", profile(waived("allow") + later), "--fail-fast", "--concurrency", "1", "--format", "json")
    assert (done.code, len(json.loads(done.out)["cells"])) == (0, 2)


PLACES = [
    "expect: {expect: allow, waiver: WAIVER}",
    "expect: {'*': {expect: allow, waiver: WAIVER}}",
    "expect: {web: {default: {expect: allow, waiver: WAIVER}}}",
    "expect: {default: {expect: allow, waiver: WAIVER}}",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_waiver_stands_wherever_an_expectation_may(corstui: Run, profile: Write, tmp_path: Path, place: str) -> None:
    expect = place.replace("WAIVER", f"{{reason: old, expires: '{VALID}'}}")
    name = profile("  shop: {request: GET API/closed, origins: [web], EXPECT}\n".replace("EXPECT", expect))
    assert corstui("check", name).code == 0
    jsonschema.validate(yaml.safe_load((tmp_path / name).read_text(encoding="utf-8")), schema())


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        ("{reason: why}", "the waiver has no expires"),
        (f"{{expires: {VALID}}}", "the waiver has no reason"),
        (f"{{reason: '', expires: {VALID}}}", "as the reason of a waiver"),
        ("{reason: why, expires: 2026-02-30}", "2026-02-30 is no date"),
        ("{reason: why, expires: soon}", "write YYYY-MM-DD"),
        ("{reason: why, expires: 20261101}", "write YYYY-MM-DD"),
        (f"{{reason: why, expires: {VALID}, until: x}}", "a waiver has no 'until'"),
        ("later", "where a waiver is expected"),
    ],
)
def test_a_wrong_waiver_is_an_error_at_its_place(corstui: Run, profile: Write, waiver: str, said: str) -> None:
    done = corstui("check", profile(LINE.format(url="API/closed", expect="allow", waiver=waiver)))
    assert done.code == 2
    assert said in done.err
    assert done.err.startswith("shop.yaml:6:") or "shop.yaml:6:" in done.err


def test_a_waiver_needs_an_expectation_beside_it(corstui: Run, profile: Write) -> None:
    line = f"  shop: {{request: GET API/closed, expect: {{web: {{waiver: {{reason: a, expires: {VALID}}}}}}}}}\n"
    done = corstui("check", profile(line))
    assert done.code == 2
    assert "a waiver without what is expected" in done.err


def test_an_origin_may_be_called_waiver(corstui: Run, tmp_path: Path, api: Api) -> None:
    text = f"""version: 1
origins: {{waiver: 'http://w.example'}}
endpoints:
  a: {{request: GET {api.url}/open, expect: {{waiver: {{default: allow}}}}}}
"""
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    assert corstui("check", "p.yaml").code == 0


def test_a_stored_run_tells_of_its_waivers(corstui: Run, profile: Write) -> None:
    name = profile(waived("allow"))
    assert corstui("check", name, "--format", "json", "--output", "a.json").code == 0
    assert f"waived until {VALID}" in corstui("compare", "a.json", "a.json", "--format", "html").out
    assert corstui("check", name, "--baseline", "a.json").code == 0
