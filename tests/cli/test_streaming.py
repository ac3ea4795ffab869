"""``check --format jsonl`` writes while it runs, keeps no cell, and is judged like any other format."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from corstui import load_profile
from corstui.cli import running
from corstui.cli.streaming import Stream
from corstui.report.formats import Options
from corstui.runner import Cell, CellKey, execute, plan
from tests.cli.conftest import PROGRAM, Api, Run

Write = Callable[..., str]

OPEN = "  open: {request: GET API/open, expect: {web: allow}}\n"
WRONG = "  wrong: {request: GET API/closed, expect: {web: allow}}\n"
NOWHERE = "  nowhere: {request: 'GET http://127.0.0.1:2/', origins: [web]}\n"
HANG = "  hang: {request: GET API/hang}\n"


@pytest.mark.parametrize("more", [[], ["--baseline", "before.json"]])
def test_a_cell_is_written_before_the_next_one_is_there(
    corstui: Run, profile: Write, api: Api, tmp_path: Path, environment: dict[str, str], more: list[str]
) -> None:
    corstui("check", profile(OPEN), "--format", "json", "--output", "before.json")
    name = profile(OPEN + HANG)
    command = [PROGRAM, "check", name, "--concurrency", "1", "--origin", "web", "--format", "jsonl", *more]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path, env=environment, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        run, cell = (json.loads(process.stdout.readline()) for _ in range(2))
        assert (run["type"], cell["type"], cell["endpoint"]) == ("run", "cell", "open")
        assert api.reached.wait(60)
        process.send_signal(signal.SIGINT)
        (last,) = process.stdout.readlines()
    assert process.returncode == 130
    said = json.loads(last)
    assert (said["type"], said["allowed"], said["not_run"], said["interrupted"]) == ("summary", 1, 1, True)


@pytest.mark.parametrize(
    ("endpoints", "code"), [(OPEN, 0), (OPEN + WRONG, 1), (OPEN + NOWHERE, 3), (WRONG + NOWHERE, 1)]
)
def test_the_exit_code_is_that_of_other_formats(corstui: Run, profile: Write, endpoints: str, code: int) -> None:
    name = profile(endpoints)
    assert [corstui("check", name, "--format", each).code for each in ("json", "jsonl")] == [code, code]
    assert corstui("check", name, "--format", "jsonl", "--require-expectations").code == (code or 3)


def test_findings_count_as_in_other_formats(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile(OPEN), "--format", "jsonl", "--fail-on", "info")
    assert done.code == 1
    assert "have a finding that is info or graver" in done.err


def test_the_first_unexpected_cell_can_be_the_last(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile(WRONG + OPEN), "--concurrency", "1", "--format", "jsonl", "--fail-fast")
    kinds = [json.loads(line)["type"] for line in done.out.splitlines()]
    assert (kinds, done.code) == (["run", "cell", "summary"], 1)


def test_a_baseline_counts_as_in_other_formats(corstui: Run, profile: Write) -> None:
    corstui("check", profile(OPEN), "--format", "json", "--output", "before.json")
    name = profile(OPEN.replace("/open", "/closed").replace("allow", "block"))
    for form in ("jsonl", "json"):
        done = corstui("check", name, "--format", form, "--baseline", "before.json")
        assert (done.code, done.err.splitlines()[-1]) == (1, "2 of 2 cells differ from the baseline")


def test_where_engines_differ_is_told_before_the_summary(corstui: Run, profile: Write) -> None:
    dpr = "  dpr: {request: GET API/closed, headers: {DPR: '2'}}\n"
    done = corstui("check", profile(dpr), "--format", "jsonl", "--engine", "all", "--origin", "web")
    kinds = [json.loads(line)["type"] for line in done.out.splitlines()]
    assert kinds == ["run", *["cell"] * 4, "engine_difference", "summary"]


def test_a_file_is_replaced_at_the_end(corstui: Run, profile: Write, tmp_path: Path) -> None:
    assert corstui("check", profile(OPEN), "--format", "jsonl", "--output", "cells").out == ""
    first, *_, last = (json.loads(line) for line in (tmp_path / "cells").read_text("utf-8").splitlines())
    assert (first["type"], last["allowed"]) == ("run", 2)
    assert not list(tmp_path.glob(".cells*"))


def test_no_cell_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.yaml"
    origins = "".join(f"  o{n}: https://o{n}.example\n" for n in range(120))
    endpoints = "".join(f"  e{n}: GET https://api.example/{n}\n" for n in range(10))
    path.write_text(f"version: 1\norigins:\n{origins}endpoints:\n{endpoints}settings: {{controls: false}}\n")
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    monkeypatch.setattr(running, "execute", partial(execute, transport=transport))
    alive: list[int] = []
    done: list[CellKey] = []

    def count(cell: Cell) -> bool:
        done.append(cell.key)
        if not len(done) % 100:
            alive.append(sum(isinstance(each, Cell) for each in gc.get_objects()))
        return False

    chosen = plan(load_profile(path))
    before = sum(isinstance(each, Cell) for each in gc.get_objects())
    Stream(chosen, Options()).run(str(tmp_path / "cells"), until=count, concurrency=4, bodies=False)
    assert len(done) == 1200
    # some hundred, however many there are: their flows stay at hand for whoever asks again
    assert max(alive) - before < 700
