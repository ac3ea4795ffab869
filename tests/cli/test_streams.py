from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corstui.cli.running import deliver
from corstui.cli.streams import UsageError, check_output, columns, emit
from tests.cli.conftest import PROGRAM, Run

Write = Callable[..., str]


def test_a_file_is_replaced_as_a_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o640)
    emit("new ✓", str(path))
    assert path.read_text(encoding="utf-8") == "new ✓\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    path, other = tmp_path / "out.json", tmp_path / "other"
    emit("new", str(path))
    other.write_text("x")
    assert path.stat().st_mode == other.stat().st_mode


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    emit("new", str(link))
    assert link.is_symlink()
    assert target.read_text() == "new\n"


@pytest.mark.parametrize(("name", "said"), [("", "it is a directory"), ("missing/out.json", "there is no directory")])
def test_an_output_that_cannot_be_written_is_known_before_the_run(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_output(str(tmp_path / name))


def test_standard_output_may_be_written_as_a_dash(program: Run, profile: Write) -> None:
    name = profile("  plain: GET API/closed\n")
    latin = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
    assert program("check", name, "--output", "-").out == program("check", name).out
    assert "x> no ACAO" in program("check", name, "--output", "-", **latin).out


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_stream_is_no_defect(profile: Write, tmp_path: Path, environment: dict[str, str], closed: int) -> None:
    name = profile("  plain: GET API/closed\n")
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}>&-', "sh", str(PROGRAM), "check", name],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=environment,
        timeout=60,
    )
    if closed == 1:
        assert (done.returncode, done.stderr) == (2, "corstui: cannot write to standard output: it is closed\n")
    else:
        assert done.returncode == 0
        assert "2 blocked" in done.stdout


def test_an_interruption_comes_before_an_output_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    gone = str(tmp_path / "gone" / "out.json")
    deliver("report", gone, interrupted=True)
    assert f"cannot write {gone}" in capsys.readouterr().err
    with pytest.raises(UsageError, match="cannot write"):
        deliver("report", gone)


@pytest.mark.parametrize(("told", "used"), [({"LC_ALL": "C"}, "x> no ACAO"), ({"LC_ALL": "C.UTF-8"}, "✗> no ACAO")])
def test_the_locale_decides_about_the_marks(
    profile: Write, tmp_path: Path, environment: dict[str, str], told: dict[str, str], used: str
) -> None:
    del environment["PYTHONUTF8"]
    done = subprocess.run(
        [str(PROGRAM), "check", profile("  plain: GET API/closed\n")],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**environment, **told},
        timeout=60,
    )
    assert used in done.stdout


@pytest.mark.parametrize(("told", "cells"), [("60", 60), ("", 100), ("0", 100), ("wide", 100)])
def test_columns_overrules_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch, told: str, cells: int) -> None:
    monkeypatch.setenv("COLUMNS", told)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((100, 24)))
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 1, raising=False)
    assert columns() == cells
    assert columns("out.txt") is None


def test_a_device_is_written_through(tmp_path: Path) -> None:
    check_output(os.devnull)
    emit("data", os.devnull)
    assert not Path(os.devnull).is_file()
