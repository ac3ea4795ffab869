"""``check --write-expectations``: the run becomes the profile's expectations, and nothing else in the file changes."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Run

Write = Callable[..., str]

FREEZE = "--write-expectations"
STRICT = ("--require-expectations", "--strict")

#: Endpoints before and after.
LAYOUTS = [
    ("  a: GET API/open\n", "  a:\n    request: GET API/open\n    expect: allow\n"),
    ("  a: GET API/open  # why\n", "  a:\n    request: GET API/open  # why\n    expect: allow\n"),
    ("  a: GET API/open", "  a:\n    request: GET API/open\n    expect: allow"),
    ("  a: 'GET API/open'\n", "  a:\n    request: 'GET API/open'\n    expect: allow\n"),
    ("  a: {request: GET API/open}\n", "  a: {expect: allow, request: GET API/open}\n"),
    ("  {a: GET API/open}\n", "  {a: {request: GET API/open, expect: allow}}\n"),
    (
        "  a:\n    # the request\n    request: GET API/open # open\n\n    tags: [x]\n",
        "  a:\n    # the request\n    request: GET API/open # open\n    expect: allow\n\n    tags: [x]\n",
    ),
    ("  a:\n    request: >-\n      GET API/open\n", "  a:\n    expect: allow\n    request: >-\n      GET API/open\n"),
    (
        "  a:\n    request: GET API/open\n    expect: block  # once\n",
        "  a:\n    request: GET API/open\n    expect: allow  # once\n",
    ),
    (
        "  a:\n    request: GET API/open\n    expect:\n      web: block  # once\n      evil: allow any\n",
        "  a:\n    request: GET API/open\n    expect:\n      web: allow  # once\n      evil: allow any\n",
    ),
    (
        "  a:\n    request: GET API/open\n    expect:\n      # ours\n      web: allow any\n",
        "  a:\n    request: GET API/open\n    expect:\n      # ours\n      evil: allow\n      web: allow any\n",
    ),
    (
        "  a: {request: GET API/open, expect: {web: {default: block}, evil: allow}}\n",
        "  a: {request: GET API/open, expect: {web: allow, evil: allow}}\n",
    ),
    ("  é ü: GET API/open\t# tab\n", "  é ü:\n    request: GET API/open\t# tab\n    expect: allow\n"),
]


@pytest.mark.parametrize(("before", "after"), LAYOUTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_what_is_expected_is_written_and_it_holds(
    corstui: Run, profile: Write, tmp_path: Path, api: Api, before: str, after: str, newline: str
) -> None:
    path = tmp_path / profile(before)
    text = path.read_text(encoding="utf-8").replace("\n", newline)
    path.write_bytes(text.encode())
    done = corstui("check", "shop.yaml", FREEZE)
    assert (done.code, done.out) == (0, ""), done.err
    head = text[: text.index("endpoints:")] + "endpoints:" + newline
    assert path.read_bytes().decode() == head + after.replace("API", api.url).replace("\n", newline)
    assert corstui("check", "shop.yaml", *STRICT).code == 0


def test_the_second_time_nothing_changes(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/open\n  b: GET API/closed\n")
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    once = path.read_bytes()
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    assert path.read_bytes() == once


def test_the_installed_program_goes_there_and_back(program: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/open\n  b: GET API/closed # no\n")
    path.chmod(0o640)
    assert program("check", "shop.yaml", FREEZE).code == 0
    assert "expect: block acao-missing" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert program("check", "shop.yaml", *STRICT).code == 0


def test_diff_shows_the_change_and_writes_nothing(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/open\n")
    before = path.read_bytes()
    done = corstui("check", "shop.yaml", FREEZE, "--diff")
    assert "+    expect: allow\n" in done.out
    assert done.out.startswith("--- shop.yaml\n+++ shop.yaml\n")
    assert path.read_bytes() == before


def test_environments_that_differ_are_told_apart(corstui: Run, profile: Write, tmp_path: Path) -> None:
    head = "environments: {one: {vars: {way: open}}, two: {vars: {way: closed}}}"
    path = tmp_path / profile("  a: GET API/${way}\n", head=head)
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    assert "web: {one: allow, two: block acao-missing}" in path.read_text(encoding="utf-8")
    assert corstui("check", "shop.yaml", *STRICT).code == 0


def test_an_environment_that_did_not_run_gets_no_word(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/open\n", head="environments: {one: {}, two: {}}")
    assert corstui("check", "shop.yaml", FREEZE, "--env", "one").code == 0
    assert "expect: {web: {one: allow}, evil: {one: allow}}" in path.read_text(encoding="utf-8")


def test_an_origin_that_did_not_run_gets_no_word(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/open\n")
    assert corstui("check", "shop.yaml", FREEZE, "--origin", "web").code == 0
    assert "expect: {web: allow}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("endpoint", "why"),
    [
        ("  a: GET http://127.0.0.1:2/\n", "connection-refused"),
        ("  a: GET API/502\n", "the application did not answer"),
        ("  a: PUT API/open\n", "held-after-preflight"),
    ],
)
def test_what_proves_nothing_is_left_and_told(
    corstui: Run, profile: Write, tmp_path: Path, endpoint: str, why: str
) -> None:
    path = tmp_path / profile(endpoint)
    before = path.read_bytes()
    done = corstui("check", "shop.yaml", FREEZE)
    assert done.code == 3
    assert f"a x web in default (chromium): left as it is: {why}" in done.err
    assert "2 cells left as they are" in done.err
    assert path.read_bytes() == before


def test_expectations_of_the_defaults_that_hold_are_kept(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/open\n", head="defaults: {expect: {'*': allow any}}")
    before = path.read_bytes()
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    assert path.read_bytes() == before


def test_a_name_of_the_defaults_that_does_not_hold_is_overruled(corstui: Run, profile: Write) -> None:
    name = profile("  a: GET API/open\n", head="defaults: {expect: {web: block}}")
    assert corstui("check", name, FREEZE).code == 0
    assert corstui("check", name, *STRICT).code == 0


def test_a_waiver_in_force_is_kept_and_an_expired_one_left_to_a_person(
    corstui: Run, profile: Write, tmp_path: Path
) -> None:
    line = "  a: {request: GET API/closed, origins: [web], expect: {web: {expect: allow, waiver: WAIVER}}}\n"
    for expires, told in (("9998-12-31", False), ("2001-01-01", True)):
        path = tmp_path / profile(line.replace("WAIVER", f"{{reason: old, expires: {expires}}}"))
        before = path.read_bytes()
        done = corstui("check", "shop.yaml", FREEZE)
        assert ("has a waiver or a comment" in done.err) is told
        assert path.read_bytes() == before


def test_an_anchored_endpoint_is_left_and_told(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: &a {request: GET API/open}\n  b: {<<: *a}\n")
    corstui("check", "shop.yaml", FREEZE)
    text = path.read_text(encoding="utf-8")
    assert "  a: &a {request:" in text
    assert "  b: {expect: allow, <<: *a}\n" in text


def test_cells_of_an_endpoint_that_cannot_be_written_count_as_left(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile("  folded: >-\n    GET\n    API/open\n  a: GET API/open\n"), FREEZE)
    assert "shop.yaml:6:3: left as it is: its request is written over several lines" in done.err
    assert done.err.splitlines()[-1] == "expectations: shop.yaml changed; 2 cells left as they are"


def test_an_included_file_is_edited_where_the_endpoint_stands(
    corstui: Run, profile: Write, tmp_path: Path, api: Api
) -> None:
    (tmp_path / "more.yaml").write_text(f"endpoints:\n  b: GET {api.url}/closed\n", encoding="utf-8")
    path = tmp_path / profile("  a: GET API/open\n", head="include: [more.yaml]")
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    assert "    expect: allow\n" in path.read_text(encoding="utf-8")
    assert "    expect: block acao-missing\n" in (tmp_path / "more.yaml").read_text(encoding="utf-8")
    assert corstui("check", "shop.yaml", *STRICT).code == 0


def test_a_file_that_changed_meanwhile_is_not_touched(
    corstui: Run, profile: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corstui.cli import check

    path = tmp_path / profile("  a: GET API/open\n")
    running = check.run_plan

    def saved_meanwhile(*arguments: object, **more: object) -> object:
        path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
        return running(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "run_plan", saved_meanwhile)
    done = corstui("check", "shop.yaml", FREEZE)
    assert (done.code, "has changed since it was read" in done.err) == (2, True)
    text = path.read_text(encoding="utf-8")
    assert (text.endswith("# mine\n"), "expect" in text) == (True, False)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--diff"], "add it"),
        ([FREEZE, "--output", "x"], "--output takes what --diff shows"),
        ([FREEZE, "--fail-fast"], "do not go together"),
        ([FREEZE, "--dry-run"], "do not go together"),
        ([FREEZE, "--fail-on", "high"], "do not go together"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    corstui: Run, profile: Write, api: Api, flags: list[str], said: str
) -> None:
    done = corstui("check", profile("  a: GET API/open\n"), *flags)
    assert (done.code, said in done.err) == (2, True)
    assert api.lines == []


def test_the_engines_must_agree_on_what_is_written(corstui: Run, profile: Write) -> None:
    name = profile("  a: GET API/open\n  b: GET API/closed\n")
    assert corstui("check", name, FREEZE, "--engine", "all").code == 0
    done = corstui("check", name, "--engine", "all", "--format", "json", *STRICT)
    assert done.code == 0
    assert all(cell["as_expected"] for cell in json.loads(done.out)["cells"])


def test_what_the_defaults_say_already_is_not_repeated(corstui: Run, profile: Write, tmp_path: Path) -> None:
    path = tmp_path / profile("  a: GET API/closed\n", head="defaults: {expect: {evil: block}}")
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    assert path.read_text(encoding="utf-8").endswith("    expect: {web: block acao-missing}\n")
    assert corstui("check", "shop.yaml", *STRICT).code == 0


def test_a_long_line_becomes_several(corstui: Run, profile: Write, tmp_path: Path) -> None:
    head = "environments: {an environment: {vars: {way: open}}, another environment: {vars: {way: closed}}}"
    line = "  a:\n    request: GET API/${way}\n    expect: {web: block}\n    tags: [x]\n"
    path = tmp_path / profile(line, head=head)
    assert corstui("check", "shop.yaml", FREEZE).code == 0
    told = path.read_text(encoding="utf-8").partition("    expect:")[2]
    assert told == (
        "\n      web: {an environment: allow, another environment: block}"
        "\n      evil: {an environment: allow, another environment: block acao-missing}"
        "\n    tags: [x]\n"
    )
    assert corstui("check", "shop.yaml", *STRICT).code == 0
