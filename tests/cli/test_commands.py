from __future__ import annotations

import json
from pathlib import Path

import pytest

import corstui as package
from corstui.analysis.explain import codes
from corstui.analysis.text import width
from corstui.cli.arguments import COMMANDS, ENGINE_NAMES, SEVERITY_NAMES
from corstui.fetch.engines import ENGINES
from corstui.runner.lint import SEVERITIES
from tests.cli.conftest import Run


def test_the_engines_of_the_command_line_are_the_real_ones() -> None:
    assert set(ENGINE_NAMES) == set(ENGINES)
    assert SEVERITY_NAMES == SEVERITIES


def test_version_and_help(program: Run) -> None:
    assert program("--version").out == f"corstui {package.__version__}\n"
    shown = program("--help")
    assert shown.code == 0
    assert all(name in shown.out for name in COMMANDS)
    assert "dashboard" not in shown.out.partition("without a command")[0].partition("commands:")[2].replace(
        "the dashboard on", ""
    ).replace("without a dashboard", "")


def test_explain_lists_every_code_and_shows_a_page(corstui: Run) -> None:
    listed = corstui("explain")
    assert [line.split()[0] for line in listed.out.splitlines()] == codes()
    page = corstui("explain", "preflight-status")
    assert page.code == 0
    assert "PreflightInvalidStatus" in page.out
    assert "CORSPreflightDidNotSucceed3" in page.out


def test_explain_knows_the_nearest_code(corstui: Run) -> None:
    done = corstui("explain", "acao-mising")
    assert done.code == 2
    assert "did you mean acao-missing" in done.err


def test_every_code_has_a_page_that_renders(corstui: Run) -> None:
    for code in codes():
        assert corstui("explain", code).out.startswith(code)


def test_a_page_fits_a_narrow_terminal(corstui: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corstui.cli.explain.columns", lambda: 40)
    for code in ("acao-missing", "lint.tls-unverified"):
        assert all(width(line) <= 40 for line in corstui("explain", code).out.splitlines())


def test_schema_is_json(corstui: Run) -> None:
    assert json.loads(corstui("schema").out)["title"] == "corstui profile"


def test_init_writes_a_profile_that_loads_and_never_overwrites(corstui: Run, tmp_path: Path) -> None:
    done = corstui("init")
    assert (done.code, done.out) == (0, "")
    assert corstui("check", "corstui.yaml", "--dry-run", SHOP_TOKEN="t").code == 0
    (tmp_path / "corstui.yaml").write_text("mine")
    again = corstui("init")
    assert again.code == 2
    assert "corstui.yaml is there already" in again.err
    assert (tmp_path / "corstui.yaml").read_text() == "mine"
    assert corstui("init", "missing/x.yaml").code == 2


def test_config_shows_places_and_hides_passwords(corstui: Run, tmp_path: Path) -> None:
    done = corstui("config", XDG_CONFIG_HOME=str(tmp_path), https_proxy="http://user:pass@proxy.example:3128")
    assert str(tmp_path / "corstui" / "profiles") in done.out
    assert "proxy.example:3128" in done.out
    assert "pass@" not in done.out
    done = corstui("config", ALL_PROXY="socks5://user:pass@all.example", NO_PROXY="intra.example")
    assert "socks5://***@all.example" in done.out
    assert "intra.example" in done.out


def test_the_dashboard_wants_a_terminal(program: Run) -> None:
    done = program()
    assert done.code == 2
    assert "the dashboard needs a terminal" in done.err


def test_a_mistyped_command_is_recognised(corstui: Run) -> None:
    done = corstui("chekc", "shop.yaml")
    assert done.code == 2
    assert "did you mean the command 'check'?" in done.err


@pytest.mark.parametrize("options", [["--ascii"], ["--engine", "firefox"]])
def test_a_command_behind_options_is_recognised(corstui: Run, options: list[str]) -> None:
    done = corstui(*options, "demo")
    assert done.code == 2
    assert "the command goes first: corstui demo" in done.err


def test_the_dashboard_has_help_of_its_own(corstui: Run) -> None:
    done = corstui("shop.yaml", "--help")
    assert done.code == 0
    assert "--ascii" in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(corstui: Run, command: str) -> None:
    done = corstui(command, "--help")
    assert done.code == 0
    assert f"usage: corstui {command}" in done.out
