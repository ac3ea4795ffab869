"""Every report through the installed program: streams, files, interruptions; and the recipes that the README offers."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from corstui.cli.arguments import parse
from corstui.report.formats import CHECK_FORMATS, COMPARE_FORMATS
from tests.cli.conftest import PROGRAM, Api, Run

Write = Callable[..., str]

README = Path(__file__).parents[2] / "README.md"
OPEN = "  open: {request: GET API/open, expect: {web: allow}}\n"
HANG = "  hang: {request: GET API/hang, expect: {web: allow}}\n"
#: How each format says that a run was interrupted.
SAID = {
    "table": "interrupted",
    "json": '"interrupted": true',
    "jsonl": '"interrupted": true',
    "junit": 'name="interrupted" value="true"',
    "sarif": '"executionSuccessful": false',
    "markdown": "interrupted",
    "csv": ",web,http://web.example,chromium,,,,,,,allow,,,",  # a cell that did not run has no verdict
    "har": "interrupted; 1 cells did not run",
    "html": "interrupted",
}
PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "har": json.loads,
    "sarif": json.loads,
    "junit": ElementTree.fromstring,
}


def test_every_format_is_tried_here() -> None:
    assert sorted(SAID) == sorted(CHECK_FORMATS)


@pytest.mark.parametrize("name", CHECK_FORMATS)
def test_an_interrupted_run_leaves_a_usable_report(
    profile: Write, api: Api, tmp_path: Path, environment: dict[str, str], name: str
) -> None:
    program = [str(PROGRAM), "check", profile(OPEN + HANG), "--concurrency", "1", "--origin", "web"]
    with subprocess.Popen(
        [*program, "--format", name, "--output", "report"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment,
        encoding="utf-8",
    ) as process:
        assert api.reached.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    report = (tmp_path / "report").read_text("utf-8")
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "open" in report
    assert SAID[name] in report
    PARSERS.get(name, str)(report)
    assert not list(tmp_path.glob(".report.*"))


#: The same of a comparison.
COMPARED = {
    **SAID,
    "table": "1 not run, interrupted",
    "junit": '<skipped message="not run" />',
    "markdown": "1 not run, interrupted",
    "csv": ",hang,web,chromium,false,,,,,,,,,,,,,",
    "har": "interrupted; 2 cells did not run",
}


@pytest.mark.parametrize("name", COMPARE_FORMATS)
def test_an_interrupted_comparison_leaves_a_usable_report(
    profile: Write, api: Api, tmp_path: Path, environment: dict[str, str], name: str
) -> None:
    moved = "  moved: 'GET API${p}'\n"
    head = "settings: {controls: false}\nenvironments: {a: {vars: {p: /open}}, b: {vars: {p: /closed}}}"
    program = [str(PROGRAM), "compare", profile(moved + HANG, head=head), "a", "b", "--origin", "web"]
    with subprocess.Popen(
        [*program, "--format", name, "--concurrency", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment,
        encoding="utf-8",
    ) as process:
        while api.lines.count("GET /hang") < 2 and process.poll() is None:  # the second is the last of four cells
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert "moved" in out
    assert COMPARED[name] in out
    PARSERS.get(name, str)(out)


@pytest.mark.parametrize("name", CHECK_FORMATS)
def test_the_report_is_all_that_is_on_standard_output(corstui: Run, profile: Write, name: str) -> None:
    done = corstui("check", profile(OPEN), "--format", name)
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    PARSERS.get(name, str)(done.out)


def test_a_grave_finding_keeps_its_fingerprint_whichever_origin_shows_it(corstui: Run, profile: Write) -> None:
    prints = set()
    for origin in ("web", "evil"):
        done = corstui("check", profile("  open: GET API/open\n"), "--format", "sarif", "--origin", origin)
        results = json.loads(done.out)["runs"][0]["results"]
        prints |= {
            one["partialFingerprints"]["corstuiCell/v1"] for one in results if one["ruleId"] == "lint.reflect-any"
        }
    assert len(prints) == 1


def test_bodies_are_in_the_archive_only_where_asked_for(corstui: Run, profile: Write) -> None:
    name = profile("  save: {request: POST API/open, body: some words}\n", head="environments: {here: {writes: true}}")
    assert "some words" not in corstui("check", name, "--format", "har").out
    assert "some words" in corstui("check", name, "--format", "har", "--bodies").out


def test_the_recipes_for_pipelines_are_yaml_with_commands_that_exist() -> None:
    text = README.read_text("utf-8").partition("### Reports and pipelines")[2].partition("\n### ")[0]
    recipes = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.S)]
    github, gitlab = recipes
    lines = [step["run"] for step in github["steps"] if "run" in step] + gitlab["cors"]["script"]
    commands = [shlex.split(re.split(r" >>| \|\|", line)[0], comments=True) for line in lines]
    formats = [parse(words[1:]).format for words in commands if words[0] == "corstui"]
    assert formats == ["sarif", "markdown", "junit"]
    assert github["permissions"]["security-events"] == "write"
    assert gitlab["cors"]["artifacts"]["reports"] == {"junit": "cors.xml"}
