"""A full disk, and a directory that is missing or locked, end in one sentence and exit code 2, and harm nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from corstui.cli import exits
from corstui.report.formats import CHECK_FORMATS, COMPARE_FORMATS
from tests.cli.conftest import PROGRAM, Api, Run
from tests.report.test_files import full_disk, locked, without_rights

__all__ = ["locked"]

Write = Callable[..., str]

MANY = "".join(f"  endpoint {number}: GET API/open/{number}\n" for number in range(8))
BOTH = "environments: {here: {}, there: {}}"
NO_ROOM = "corstui: cannot write report: file too large; make room there, or choose another place\n"


def last_line(text: str) -> str:
    return text.splitlines(keepends=True)[-1]


@pytest.mark.parametrize("format", CHECK_FORMATS)
def test_a_full_disk_leaves_the_report_before(corstui: Run, profile: Write, tmp_path: Path, format: str) -> None:
    name = profile(MANY, head=BOTH)
    (tmp_path / "report").write_text("before")
    with full_disk(room=400):
        done = corstui("check", name, "--format", format, "--output", "report")
    assert (done.code, last_line(done.err)) == (exits.USAGE, NO_ROOM)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", name]
    assert (tmp_path / "report").read_text() == "before"


@pytest.mark.parametrize("format", COMPARE_FORMATS)
def test_a_full_disk_leaves_the_comparison_before(corstui: Run, profile: Write, tmp_path: Path, format: str) -> None:
    name = profile(MANY, head=BOTH)
    (tmp_path / "report").write_text("before")
    with full_disk(room=100):
        done = corstui("compare", name, "here", "there", "--format", format, "--output", "report")
    assert (done.code, last_line(done.err)) == (exits.USAGE, NO_ROOM)
    assert (tmp_path / "report").read_text() == "before"


@pytest.mark.parametrize("format", ["table", "json", "jsonl"])
def test_a_full_device_as_standard_output_is_told(
    profile: Write, tmp_path: Path, environment: dict[str, str], format: str
) -> None:
    command = [str(PROGRAM), "check", profile(MANY), "--format", format]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment, timeout=60
        )
    assert done.returncode == exits.USAGE
    why = "no space left on device; --output writes to a file"
    assert last_line(done.stderr) == f"corstui: cannot write to standard output: {why}\n"


@pytest.mark.parametrize("format", ["table", "jsonl"])
def test_a_full_device_as_output_is_told(corstui: Run, profile: Write, format: str) -> None:
    done = corstui("check", profile(MANY), "--format", format, "--output", "/dev/full")
    assert done.code == exits.USAGE
    assert "cannot write /dev/full: no space left on device; make room there" in done.err


def test_a_missing_directory_is_told_before_anything_is_sent(corstui: Run, profile: Write, api: Api) -> None:
    done = corstui("check", profile(MANY), "--output", "missing/report")
    assert done.code == exits.USAGE
    assert done.err == "corstui: cannot write missing/report: there is no directory missing; make it first\n"
    assert not api.lines


@pytest.mark.parametrize("name", ["file", "new"])
def test_a_locked_directory_is_told_before_anything_is_sent(
    corstui: Run, profile: Write, api: Api, locked: Path, name: str
) -> None:
    shop = profile(MANY)
    (locked / "file").chmod(0o666)
    corstui("check", shop)
    api.lines.clear()
    with without_rights():
        done = corstui("check", shop, "--output", str(locked / name))
    assert done.code == exits.USAGE
    assert done.err == (
        f"corstui: cannot write {locked / name}: permission denied; choose a place that you may write to\n"
    )
    assert not api.lines
    assert [path.name for path in locked.iterdir()] == ["file"]


def test_expectations_that_have_no_room_leave_every_file_of_the_profile_as_it_was(
    corstui: Run, profile: Write, tmp_path: Path
) -> None:
    small = profile("  small: GET API/open\n", name="small.yaml")
    large = profile(MANY, name="large.yaml")
    before = {name: (tmp_path / name).read_bytes() for name in (small, large)}
    with full_disk(room=len(before[small]) + 50):
        done = corstui("check", small, large, "--write-expectations")
    assert done.code == exits.USAGE
    assert done.err.count("file too large; make room there, or choose another place; nothing was written") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_expectations_for_a_locked_profile_leave_it_as_it_was(corstui: Run, profile: Write, locked: Path) -> None:
    shop = profile(MANY)
    text = Path(shop).read_text()
    locked.chmod(0o755)
    (locked / "shop.yaml").write_text(text)
    locked.chmod(0o555)
    corstui("check", str(locked / "shop.yaml"), "--write-expectations", "--diff")
    with without_rights():
        done = corstui("check", str(locked / "shop.yaml"), "--write-expectations")
    assert done.code == exits.USAGE
    assert done.err.endswith("permission denied; choose a place that you may write to; nothing was written\n")
    assert (locked / "shop.yaml").read_text() == text


def test_an_example_that_has_no_room_is_not_left_half_written(corstui: Run, tmp_path: Path) -> None:
    with full_disk(room=100):
        done = corstui("init")
    assert done.code == exits.USAGE
    assert "cannot write corstui.yaml: file too large; make room there" in done.err
    assert not list(tmp_path.iterdir())
    assert corstui("init").code == exits.OK
