from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corstui.analysis.text import width
from tests.cli.conftest import Api, Run

Write = Callable[..., str]

HEAD = "environments: {a: {vars: {p: /open}}, b: {vars: {p: /closed}}}"
BOTH = "  moved: 'GET API${p}'\n  same: GET API/open\n"


def test_two_environments_differ_where_their_verdicts_do(corstui: Run, profile: Write) -> None:
    done = corstui("compare", profile(BOTH, head=HEAD), "a", "b")
    assert done.code == 1
    assert done.out.splitlines()[0] == "Shop · a | b"
    assert "moved: a lets web, evil in, b does not: the answer (200) has no" in done.out
    assert "2 of 4 cells differ" in done.out
    assert "same" not in done.out.partition("Policies")[2]


def test_what_is_the_same_is_0(corstui: Run, profile: Write) -> None:
    assert corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--endpoint", "same").code == 0


def test_what_cannot_be_compared_is_3(corstui: Run, profile: Write) -> None:
    done = corstui("compare", profile("  gateway: GET API/502\n", head=HEAD), "a", "b", "--format", "json")
    assert done.code == 3
    assert json.loads(done.out)["summary"]["not_comparable"] == 2


def test_the_json_document_pairs_cells_and_lists_policies(corstui: Run, profile: Write) -> None:
    done = corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--format", "json", "--origin", "web")
    document = json.loads(done.out)
    assert (document["schema"], document["a"], document["b"]) == ("corstui.compare/1", "a", "b")
    moved, same = document["cells"]
    assert (moved["endpoint"], moved["origin"], moved["engine"]) == ("moved", "web", "chromium")
    assert moved["differs"] == ["verdict", "reason"]
    assert (moved["a"]["verdict"], moved["b"]["reason"]) == ("allowed", "acao-missing")
    assert same["differs"] == []
    rows = [(row["endpoint"], row["exchange"], row["name"], row["a"], row["b"]) for row in document["policies"]]
    assert rows == [("moved", "actual", "allow-origin", "echo", "absent")]


def test_two_run_documents_are_compared_by_environment(corstui: Run, profile: Write, api: Api) -> None:
    name = profile(BOTH, head=HEAD)
    corstui("check", name, "--format", "json", "--output", "before.json")
    profile(BOTH.replace("${p}", "/open"), head=HEAD)
    corstui("check", name, "--format", "json", "--output", "after.json")
    asked = len(api.lines)
    done = corstui("compare", "before.json", "after.json", "--format", "json")
    document = json.loads(done.out)
    assert done.code == 1
    assert len(api.lines) == asked
    differing = [(cell["environment"], cell["endpoint"]) for cell in document["cells"] if cell["differs"]]
    assert differing == [("b", "moved"), ("b", "moved")]
    assert corstui("compare", "after.json", "after.json").code == 0


def test_policies_fit_a_narrow_terminal(corstui: Run, profile: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    name = profile(BOTH, head=HEAD)
    wide = corstui("compare", name, "a", "b").out.splitlines()
    assert any(line.split()[:3] == ["endpoint", "exchange", "value"] for line in wide)
    monkeypatch.setattr("corstui.cli.running.columns", lambda output: 40)
    narrow = corstui("compare", name, "a", "b").out
    assert all(width(line) <= 40 for line in narrow.splitlines())
    assert "moved x web, evil: actual allow-origin: a echo; b absent" in " ".join(narrow.split())


def test_documents_of_one_file_name_are_told_apart(corstui: Run, profile: Write, tmp_path: Path) -> None:
    name = profile(BOTH, head=HEAD)
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        corstui("check", name, "--format", "json", "--output", f"{folder}/run.json")
    done = corstui("compare", "before/run.json", "after/run.json", "--endpoint", "s*")
    assert done.out.splitlines()[0] == "Shop · a · before/run.json | after/run.json"
    assert done.out.splitlines()[-1] == "0 of 4 cells differ"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["--origin", "webb", "--origin", "evil"], "no origin matches 'webb'; did you mean 'web'?"),
        (["--endpoint", "all"], "no endpoint matches 'all'"),
        (["--engine", "webkit"], "no engine matches 'webkit'"),
        (["--tag", "x"], "a run document knows no tags"),
    ],
)
def test_a_filter_of_documents_without_a_match_is_2(
    corstui: Run, profile: Write, filters: list[str], said: str
) -> None:
    corstui("check", profile(BOTH, head=HEAD), "--format", "json", "--output", "run.json")
    done = corstui("compare", "run.json", "run.json", *filters)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_what_cannot_be_compared_says_why(corstui: Run, profile: Write) -> None:
    done = corstui("compare", profile("  moved: 'GET API/502${p}'\n", head=HEAD), "a", "b")
    assert "moved: not comparable for web, evil (a 502, inconclusive, b 502, inconclusive)" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop.yaml"], "compare takes a profile and two environments, or two run documents"),
        (["shop.yaml", "a", "c"], "no environment matches 'c'"),
        (["shop.yaml", "a", "a"], "both sides are the environment 'a'"),
        (["gone.yaml", "a", "b"], "gone.yaml"),
        (["shop.yaml", "a"], "shop.yaml:1:1: no JSON"),
        (["list.json", "list.json"], "list.json is no run document: its schema is list"),
        (["other.json", "other.json"], "its schema is 'corstui.run/9', not 'corstui.run/1'"),
        (["broken.json", "broken.json"], "cells[0] has no 'environment'"),
    ],
)
def test_wrong_usage_is_2_with_a_sentence(
    corstui: Run, profile: Write, tmp_path: Path, api: Api, arguments: list[str], said: str
) -> None:
    profile(BOTH, head=HEAD)
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "other.json").write_text('{"schema": "corstui.run/9"}')
    (tmp_path / "broken.json").write_text('{"schema": "corstui.run/1", "cells": [{}]}')
    done = corstui("compare", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert api.lines == []


def test_what_differs_in_the_policy_alone_counts_where_it_is_asked_for(corstui: Run, profile: Write) -> None:
    head = "environments: {a: {vars: {p: /open}}, b: {vars: {p: /hostile}}}\n"  # the same, and Vary: Origin
    name = profile("  one: GET API${p}\n", head=head)
    assert corstui("compare", name, "a", "b").code == 0
    assert corstui("compare", name, "a", "b", "--fail-on", "critical").code == 0
    for flag, said in (("policy", "2 policy values differ"), ("high", "4 cells have a finding that is high or graver")):
        done = corstui("compare", name, "a", "b", "--fail-on", flag)
        assert done.code == 1
        assert said in done.err


def test_a_comparison_can_be_rehearsed(corstui: Run, profile: Write, api: Api) -> None:
    done = corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--dry-run", "--format", "json")
    assert done.code == 0
    assert {line["environment"] for line in json.loads(done.out)["requests"]} == {"a", "b"}
    assert api.lines == []


def test_strictly_what_cannot_be_compared_counts_as_different(corstui: Run, profile: Write) -> None:
    assert corstui("compare", profile("  gateway: GET API/502\n", head=HEAD), "a", "b", "--strict").code == 1


def test_the_first_difference_can_be_the_last(corstui: Run, profile: Write, api: Api) -> None:
    many = "".join(f"  later {index}: GET API/open\n" for index in range(20))
    name = profile(BOTH + many, head=f"settings: {{controls: false}}\n{HEAD}")
    done = corstui("compare", name, "a", "b", "--fail-fast", "--concurrency", "1", "--format", "json")
    document = json.loads(done.out)
    assert (done.code, document["summary"]["differ"], document["interrupted"]) == (1, 1, False)
    assert document["summary"]["only_a"] == document["summary"]["only_b"] == 0
    assert document["summary"]["not_run"] == 44 - len(document["cells"])


@pytest.mark.parametrize(
    ("flags", "code"),
    [([], 0), (["--require-expectations"], 3), (["--require-expectations", "--strict"], 1)],
)
def test_a_comparison_can_ask_for_expectations(corstui: Run, profile: Write, flags: list[str], code: int) -> None:
    assert corstui("compare", profile("  same: GET API/open\n", head=HEAD), "a", "b", *flags).code == code


def test_neither_side_may_differ_from_a_baseline(corstui: Run, profile: Write) -> None:
    corstui("check", profile("  moved: GET API/open\n", head=HEAD), "--format", "json", "--output", "run.json")
    same = profile("  moved: GET API/open\n", name="same.yaml", head=HEAD)
    assert corstui("compare", same, "a", "b", "--baseline", "run.json").code == 0
    done = corstui("compare", profile("  moved: GET API/closed\n", head=HEAD), "a", "b", "--baseline", "run.json")
    assert (done.code, done.out.splitlines()[-1]) == (1, "0 of 2 cells differ")
    assert "b: moved: baseline lets web, evil in, now does not" in done.err
    assert corstui("compare", "run.json", "run.json", "--baseline", "run.json").code == 2


def test_each_engine_has_a_matrix_under_its_name(corstui: Run, profile: Write) -> None:
    done = corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--engine", "firefox", "--engine", "standard")
    lines = done.out.splitlines()
    rows = [line.split()[:2] for line in lines if line in ("firefox", "standard") or line.startswith("GET")]
    moved = [["GET", "moved"], ["GET", "same"]]
    assert rows == [["firefox"], *moved, ["standard"], *moved]


def test_lines_hold_what_the_comparison_holds(corstui: Run, profile: Write) -> None:
    name = profile(BOTH, head=HEAD)
    whole = json.loads(corstui("compare", name, "a", "b", "--format", "json").out)
    done = corstui("compare", name, "a", "b", "--format", "jsonl")
    first, *rest, last = map(json.loads, done.out.splitlines())
    assert done.code == 1
    assert (first.pop("type"), last.pop("type")) == ("compare", "summary")
    parts = {
        kind: [{key: each[key] for key in each if key != "type"} for each in rest if each["type"] == kind]
        for kind in ("cell", "policy")
    }
    sentences = [each["text"] for each in rest if each["type"] == "sentence"]
    assert {**first, "sentences": sentences, "cells": parts["cell"], "policies": parts["policy"], "summary": last} == (
        whole
    )


def test_a_comparison_is_a_row_a_pair_for_spreadsheets(corstui: Run, profile: Write) -> None:
    rows = list(
        csv.DictReader(corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--format", "csv").out.split("\n"))
    )
    assert [(row["endpoint"], row["origin"], row["differs"]) for row in rows] == [
        ("moved", "web", "verdict reason"),
        ("moved", "evil", "verdict reason"),
        ("same", "web", ""),
        ("same", "evil", ""),
    ]
    assert (rows[0]["a_verdict"], rows[0]["a_status"], rows[0]["b_reason"]) == ("allowed", "200", "acao-missing")
    assert rows[0]["comparable"] == "true"


def test_a_comparison_reads_like_a_review_in_a_pull_request(corstui: Run, profile: Write) -> None:
    lines = corstui("compare", profile(BOTH, head=HEAD), "a", "b", "--format", "markdown").out.splitlines()
    assert lines[0] == "# Shop: a | b"
    assert lines[2].startswith("2 of 4 cells differ, 0 not comparable")
    assert "- moved: a lets web, evil in, b does not: the answer (200) has no Access-Control-Allow-Origin" in lines
    moved = [line.split(" | ") for line in lines if line.startswith("| moved | web | chromium | ")]
    assert [(row[3][:5], row[4][:11], row[5]) for row in moved] == [("✓ 200", "✗\\> no ACAO", "verdict, reason |")]
    assert "| moved | web | actual | allow-origin | echo | absent |" in lines
    assert not [line for line in lines if line.startswith("| same")]


def test_run_documents_are_narrowed_to_an_environment(corstui: Run, profile: Write) -> None:
    name = profile(BOTH, head=HEAD)
    corstui("check", name, "--format", "json", "--output", "run.json")
    done = corstui("compare", "run.json", "run.json", "--env", "b", "--format", "json")
    assert (done.code, json.loads(done.out)["summary"]["cells"]) == (0, 4)
    assert corstui("compare", "run.json", "run.json", "--env", "nowhere").code == 2
    assert corstui("compare", name, "a", "b", "--env", "b").code == 2
