from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Api, Run

Write = Callable[..., str]

OPEN = "  open: {request: GET API/open, expect: {'*': allow}}\n"
CLOSED = "  closed: {request: GET API/closed, expect: {'*': block}}\n"
WRONG = "  wrong: {request: GET API/closed, expect: {web: allow}}\n"
GATEWAY = "  gateway: {request: GET API/502, expect: {web: allow any}}\n"
NOWHERE = "  nowhere: {request: 'GET http://127.0.0.1:2/', origins: [web]}\n"
HELD = "  save: {request: PUT API/open, expect: {web: allow}, origins: [web]}\n"
PLAIN = "  plain: GET API/closed\n"
#: For tests that count requests.
NO_CONTROLS = "settings: {controls: false}"


@pytest.mark.parametrize(
    ("endpoints", "code"),
    [
        (OPEN + CLOSED, 0),
        (PLAIN, 0),
        (OPEN + WRONG, 1),
        (OPEN + GATEWAY, 3),
        (OPEN + NOWHERE, 3),
        (OPEN + HELD, 3),
        (WRONG + NOWHERE + HELD, 1),
    ],
)
def test_the_exit_code_says_whether_all_is_as_expected(program: Run, profile: Write, endpoints: str, code: int) -> None:
    assert program("check", profile(endpoints)).code == code


@pytest.mark.parametrize(
    ("flags", "endpoints", "code"),
    [
        (["--strict"], OPEN + NOWHERE, 1),
        (["--strict"], OPEN + CLOSED, 0),
        (["--require-expectations"], OPEN + PLAIN, 3),
        (["--require-expectations", "--strict"], OPEN + PLAIN, 1),
        (["--require-expectations"], OPEN + CLOSED, 0),
    ],
)
def test_flags_make_the_exit_code_stricter(
    corstui: Run, profile: Write, flags: list[str], endpoints: str, code: int
) -> None:
    assert corstui("check", profile(endpoints), *flags).code == code


def test_the_table_shows_the_matrix_what_is_wrong_and_the_counts(program: Run, profile: Write) -> None:
    done = program("check", profile(OPEN + CLOSED + WRONG, head=NO_CONTROLS))
    lines = done.out.splitlines()
    assert lines[0] == "Shop · default · chromium"
    assert lines[2].split() == ["web", "evil"]
    assert lines[3].split() == ["GET", "open", "✓", "200", "✓", "200"]
    assert lines[4].split() == ["GET", "closed", "✗>", "no", "ACAO", "✗>", "no", "ACAO"]
    assert "wrong x web: Blocked; the server received the request" in done.out
    assert "expected allow (shop.yaml:" in done.out
    assert "Access-Control-Allow-Origin: http://web.example" in done.out
    assert lines[-2:] == ["2 allowed, 4 blocked", "5 of 6 cells have an expectation: 1 not as expected, 0 unproven"]
    assert "\x1b" not in done.out
    assert done.err == ""


def test_without_expectations_the_table_says_so(corstui: Run, profile: Write) -> None:
    assert "0 of 2 cells have an expectation" in corstui("check", profile(PLAIN)).out


def test_ascii_stands_in_where_the_output_has_no_marks(program: Run, profile: Write) -> None:
    done = program("check", profile(OPEN + CLOSED), PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert done.out.isascii()
    assert "x> no ACAO" in done.out


def test_json_goes_to_stdout_and_nothing_else_does(program: Run, profile: Write) -> None:
    done = program("check", profile(OPEN + CLOSED), "--format", "json")
    document = json.loads(done.out)
    assert document["schema"] == "corstui.run/1"
    assert document["summary"]["allowed"] == 2
    assert [cell["endpoint"] for cell in document["cells"]] == ["open", "open", "closed", "closed"]


def test_jsonl_has_the_run_first_and_the_summary_last(corstui: Run, profile: Write) -> None:
    lines = [json.loads(line) for line in corstui("check", profile(OPEN), "--format", "jsonl").out.splitlines()]
    assert [line["type"] for line in lines] == ["run", "cell", "cell", "summary"]


def test_output_goes_to_a_file_in_one_step(corstui: Run, profile: Write, tmp_path: Path) -> None:
    done = corstui("check", profile(OPEN), "--format", "json", "--output", "run.json")
    assert (done.code, done.out) == (0, "")
    assert json.loads((tmp_path / "run.json").read_text())["schema"] == "corstui.run/1"


def test_an_output_that_cannot_be_written_is_an_error_before_anything_is_sent(
    corstui: Run, profile: Write, api: Api
) -> None:
    done = corstui("check", profile(OPEN), "--output", "missing/run.json")
    assert done.code == 2
    assert "cannot write missing/run.json" in done.err
    assert api.lines == []


def test_filters_select_cells(corstui: Run, profile: Write, api: Api) -> None:
    done = corstui(
        "check", profile(OPEN + CLOSED, head=NO_CONTROLS), "--endpoint", "op*", "--origin", "web", "--format", "json"
    )
    assert [(cell["endpoint"], cell["origin"]) for cell in json.loads(done.out)["cells"]] == [("open", "web")]
    assert api.lines == ["GET /open"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--origin", "wbe"], "no origin matches 'wbe'; did you mean 'web'?"),
        (["--endpoint", "x*"], "no endpoint matches 'x*'; there is open"),
        (["--env", "production"], "no environment matches 'production'; there is default"),
        (["--tag", "slow"], "no tag matches 'slow'; the profile has none"),
        (["--engine", "chrome"], "invalid choice: 'chrome'"),
        (["--concurrency", "0"], "'0' is no whole number above 0"),
        (["--baseline", "gone.json"], "cannot read gone.json: no such file or directory"),
        (["--baseline", "shop.yaml"], "shop.yaml:1:1: no JSON"),
        (["--formt", "json"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_2_with_a_sentence(corstui: Run, profile: Write, api: Api, flags: list[str], said: str) -> None:
    done = corstui("check", profile(OPEN), *flags)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert api.lines == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "shop.yaml"),
        ("origins: {web: [", "shop.yaml:"),
        ("", "the file is empty"),
        ("origins: {web: https://web.example}\nendpoints: {a: 'GET ${api}/x'}\n", "api"),
        ("origins: {web: https://web.example}\nendpoints: {a: 'GET ${env:NOT_SET}/x'}\n", "NOT_SET"),
        ("origins: {web: https://web.example/}\nendpoints: {a: GET https://a.example}\n", "https://web.example"),
        ("orgins: {}\n", "did you mean 'origins'"),
    ],
)
def test_a_bad_profile_is_2_and_names_its_place(program: Run, tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "shop.yaml").write_text(text)
    done = program("check", "shop.yaml")
    assert (done.code, done.out) == (2, "")
    assert "shop.yaml" in done.err
    assert said in done.err


def test_dry_run_prints_every_request_and_sends_none(corstui: Run, profile: Write, api: Api) -> None:
    done = corstui("check", profile(OPEN + HELD), "--dry-run")
    assert done.code == 0
    assert api.lines == []
    rows = [line.split() for line in done.out.splitlines()]
    requests = [(row[1], row[2], row[4], " ".join(row[6:])) for row in rows if row[:1] == ["default"]]
    assert requests == [
        ("open", "web", "GET", ""),
        ("open", "-", "GET", "control, without Origin"),
        ("open", "-", "GET", "control, from an invented origin"),
        ("open", "evil", "GET", ""),
        ("save", "web", "OPTIONS", "preflight"),
        ("save", "web", "PUT", "held back: held-after-preflight"),
        ("save", "-", "OPTIONS", "control, without Origin"),
        ("save", "-", "OPTIONS", "control, from an invented origin"),
    ]
    assert "7 requests would be sent, 1 held back" in done.out


def test_what_the_dry_run_says_is_what_is_sent(corstui: Run, profile: Write, api: Api) -> None:
    head = "environments: {here: {writes: true}}"
    name = profile(OPEN + HELD + "  post: {request: POST API/open, json: {a: 1}}\n", head=head)
    planned = corstui("check", name, "--engine", "all", "--dry-run").out
    corstui("check", name, "--engine", "all")
    rows = [line.split() for line in planned.splitlines()]
    promised = [f"{row[4]} {row[5].removeprefix(api.url)}" for row in rows if row[:1] == ["here"] and "held" not in row]
    assert sorted(promised) == sorted(api.lines)


def test_the_dry_run_keeps_to_the_budget(corstui: Run, profile: Write, api: Api) -> None:
    name = profile(
        OPEN + "  twice: {request: GET API/open, repeat: 2}\n", head="settings: {budget: 3, controls: false}"
    )
    planned = corstui("check", name, "--dry-run").out
    assert "1 of 2 times, held back: held-budget" in planned
    assert "2 times, held back: held-budget" in planned
    assert "3 requests would be sent, 3 held back" in planned
    corstui("check", name)
    assert len(api.lines) == 3


def test_nothing_unsafe_leaves_without_writes(corstui: Run, profile: Write, api: Api) -> None:
    endpoints = HELD + "  post: {request: POST API/open, body: x}\n  never: {request: GET API/never, send: never}\n"
    done = corstui("check", profile(endpoints), "--format", "json")
    assert {cell["verdict"] for cell in json.loads(done.out)["cells"]} == {"unsent"}
    assert set(api.lines) == {"OPTIONS /open"}


def test_all_engines_are_compared(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile(OPEN), "--engine", "all")
    assert "All 4 engines agree." in done.out


def test_every_report_for_people_says_where_engines_differ(corstui: Run, tmp_path: Path, api: Api) -> None:
    (tmp_path / "shop.yaml").write_text(
        f"version: 1\norigins: {{web: 'https://web.example'}}\nendpoints: {{list: 'GET {api.url}/open'}}\n"
    )
    for form in ("table", "markdown"):
        out = corstui("check", "shop.yaml", "--engine", "all", "--format", form).out
        assert "Engines differ" in out
        assert "webkit blocked (mixed-content)" in out
    for form in ("table", "markdown"):
        out = corstui("check", "shop.yaml", "--engine", "chromium", "--engine", "firefox", "--format", form).out
        assert "All 2 engines agree." in out


def test_a_baseline_tells_what_changed(corstui: Run, profile: Write) -> None:
    name = profile(PLAIN)
    corstui("check", name, "--format", "json", "--output", "before.json")
    same = corstui("check", name, "--baseline", "before.json")
    assert same.code == 0
    assert "0 of 2 cells differ from the baseline" in same.err
    profile(PLAIN.replace("closed", "open"))
    changed = corstui("check", name, "--baseline", "before.json")
    assert changed.code == 1
    assert "2 of 2 cells differ from the baseline" in changed.err
    assert "plain" in changed.err


def test_a_baseline_of_other_cells_is_an_error_before_anything_is_sent(corstui: Run, profile: Write, api: Api) -> None:
    name = profile(PLAIN)
    corstui("check", name, "--format", "json", "--output", "before.json")
    api.lines.clear()
    profile(PLAIN.replace("plain", "renamed"))
    done = corstui("check", name, "--baseline", "before.json")
    assert (done.code, api.lines) == (2, [])
    assert "before.json holds none of the cells that are to run" in done.err


def test_fail_fast_stops_at_the_first_that_is_not_as_expected(corstui: Run, profile: Write, api: Api) -> None:
    many = "".join(f"  later {index}: GET API/open\n" for index in range(40))
    done = corstui(
        "check", profile(WRONG + many, head=NO_CONTROLS), "--fail-fast", "--concurrency", "1", "--format", "json"
    )
    document = json.loads(done.out)
    assert done.code == 1
    assert document["interrupted"] is False
    assert document["summary"]["not_run"] == 81
    assert len(api.lines) <= 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_130_and_keeps_what_was_finished(
    profile: Write, api: Api, tmp_path: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    name = profile(OPEN + "  hang: {request: GET API/hang, expect: {'*': allow}}\n")
    program = [str(PROGRAM), "check", name, "--format", "json", "--concurrency", "1", "--origin", "web"]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, encoding="utf-8"
    ) as process:
        assert api.reached.wait(60)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == 130
    assert document["interrupted"] is True
    assert [cell["endpoint"] for cell in document["cells"]] == ["open"]
    assert document["summary"]["not_run"] == 1
    assert err == ""


def test_a_second_interrupt_ends_a_program_that_cannot_write_its_report(
    profile: Write, api: Api, tmp_path: Path, environment: dict[str, str]
) -> None:
    name = profile("  hang: {request: GET API/hang, expect: {'*': allow}}\n")
    os.mkfifo(tmp_path / "nobody-reads")
    program = [str(PROGRAM), "check", name, "--output", "nobody-reads"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, encoding="utf-8") as process:
        assert api.reached.wait(60)
        for _ in range(100):
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
                break
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert process.returncode in (130, -signal.SIGINT)


def test_a_reader_that_goes_away_is_no_error(profile: Write, tmp_path: Path, environment: dict[str, str]) -> None:
    name = profile("".join(f"  a{index}: GET API/open\n" for index in range(60)))
    with subprocess.Popen(
        [str(PROGRAM), "check", name, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 0
    assert err == ""


def test_secrets_are_masked_in_every_format_unless_asked_for(corstui: Run, profile: Write) -> None:
    name = profile(
        "  list:\n"
        "    request: GET API/open?token=tok-in-url\n"
        "    headers: {Authorization: 'Bearer ${secret:TOKEN}', X-Api-Key: literal-key}\n"
        "  open: {request: 'GET API/open/${secret:TOKEN}'}\n"
    )
    for form in ("table", "json", "jsonl", "csv", "markdown"):
        done = corstui("check", name, "--format", form, TOKEN="s3cret-value")
        for secret in ("s3cret-value", "literal-key", "tok-in-url"):
            assert secret not in done.out, form
    planned = corstui("check", name, "--dry-run", TOKEN="s3cret-value").out
    assert "s3cret-value" not in planned
    shown = corstui("check", name, "--format", "json", "--show-secrets", TOKEN="s3cret-value").out
    assert "Bearer s3cret-value" in shown


def test_hostile_headers_reach_no_terminal(corstui: Run, profile: Write) -> None:
    name = profile("  hostile: {request: GET API/hostile, expect: {'*': block}}\n")
    for form in ("table", "json", "jsonl", "csv", "markdown"):
        out = corstui("check", name, "--format", form).out
        assert "\x1b" not in out
        assert "\x9b" not in out


def test_an_environment_that_wants_to_be_confirmed_is_announced(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile(OPEN, head="environments: {production: {confirm: true}}"))
    assert done.code == 0
    assert done.err == "production: 2 cells at 127.0.0.1; 0 with credentials, 0 that write\n"


def test_an_error_of_our_own_names_the_cell_and_has_a_code_of_its_own(
    profile: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from corstui.cli import main
    from corstui.runner import schedule

    def broken(*_: object) -> object:
        raise RuntimeError("a bug")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(schedule, "finished", broken)
    assert main(["check", profile(OPEN)]) == 70
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "internal error in open x" in captured.err
    assert "RuntimeError: a bug" in captured.err


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        ([], 0, ""),
        (["--fail-on", "critical"], 0, ""),
        (["--fail-on", "high"], 1, "2 cells have a finding that is high or graver"),
        (["--fail-on", "critical", "--fail-on", "info"], 1, "2 cells have a finding that is info or graver"),
        (["--fail-on", "policy"], 2, "name one with --baseline"),
        (["--fail-on", "grave"], 2, "invalid choice: 'grave'"),
    ],
)
def test_findings_count_where_they_are_asked_for(
    corstui: Run, profile: Write, flags: list[str], code: int, said: str
) -> None:
    done = corstui("check", profile(OPEN), *flags)  # the server echoes every origin
    assert done.code == code
    assert said in done.err


def test_a_policy_that_differs_from_the_baseline_counts_where_it_is_asked_for(corstui: Run, profile: Write) -> None:
    name = profile(OPEN + "  kept: GET API/open\n")
    corstui("check", name, "--format", "json", "--output", "before.json")
    profile(OPEN.replace("/open", "/hostile") + "  kept: GET API/open\n")  # the same, and Vary: Origin
    shown = corstui("check", name, "--baseline", "before.json")
    assert shown.code == 0
    assert "default: open x web, evil: actual vary: baseline -; now origin\n" in shown.err
    done = corstui("check", name, "--baseline", "before.json", "--fail-on", "policy")
    assert done.code == 1
    assert "2 policy values differ" in done.err
    assert "0 of 4 cells differ from the baseline" in done.err


def test_the_matrix_marks_a_policy_with_a_flaw(corstui: Run, profile: Write) -> None:
    lines = corstui("check", profile(OPEN)).out.splitlines()
    assert lines[3].split() == ["GET", "open", "✓", "200", "^", "✓", "200", "^"]


def test_the_dry_run_is_also_json(corstui: Run, profile: Write, api: Api) -> None:
    done = corstui("check", profile(OPEN + HELD, head=NO_CONTROLS), "--dry-run", "--format", "json")
    document = json.loads(done.out)
    assert (document["schema"], document["summary"]) == ("corstui.plan/1", {"requests": 3, "held": 1})
    last = document["requests"][-1]
    assert (last["method"], last["origin"], last["times"], last["held"]) == ("PUT", "web", 0, 1)
    assert last["reason"] == "held-after-preflight"
    assert api.lines == []


def test_the_dry_run_refuses_formats_that_only_a_run_has(corstui: Run, profile: Write, api: Api) -> None:
    done = corstui("check", profile(OPEN), "--dry-run", "--format", "sarif")
    assert done.code == 2
    assert "it writes table or json" in done.err
