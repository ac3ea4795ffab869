from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from corstui.cli.streams import UsageError, check_output, emit


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


def test_standard_output_may_be_written_as_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    check_output("-")
    emit("data", "-")
    assert capsys.readouterr().out == "data\n"


def test_a_device_is_written_through(tmp_path: Path) -> None:
    check_output(os.devnull)
    emit("data", os.devnull)
    assert not Path(os.devnull).is_file()
