"""A file is replaced as a whole or not at all, and who cannot write it is told where and what to do."""

from __future__ import annotations

import errno
import os
import re
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corstui.report.files import make_private, refusal, remove_abandoned, replace_file, replace_files, replacing

#: Nobody's, on every system.
NOBODY = 65534


@contextmanager
def full_disk(room: int = 1000) -> Iterator[None]:
    """A file can have so many bytes and no more: the operating system refuses the rest, as that of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def without_rights() -> Iterator[None]:
    """Permissions count, also for a test that root runs."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A directory with a file, in which nobody may write, and into which everybody may look."""
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "file").write_text("before")
    opened = [each for each in (tmp_path, *tmp_path.parents) if each.stat().st_uid == os.getuid() and each != Path("/")]
    modes = {each: each.stat().st_mode for each in opened}
    for each in opened:
        each.chmod(modes[each] | 0o055)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    for each, mode in modes.items():
        each.chmod(stat.S_IMODE(mode))


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("text", ["x" * 1001, "x" * 200_000, "\u00e9" * 600])
def test_a_full_disk_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept").write_text("before")
    with full_disk(), pytest.raises(OSError) as caught:
        replace_file(tmp_path / "kept", text)
    assert caught.value.errno == errno.EFBIG
    assert content(tmp_path) == {"kept": "before"}


def test_of_several_files_none_is_replaced_when_one_has_no_room(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("before 1")
    (tmp_path / "two").write_text("before 2")
    texts = {tmp_path / "one": "after 1", tmp_path / "two": "after 2" * 1000, tmp_path / "three": ""}
    with full_disk(), pytest.raises(OSError):
        replace_files(texts)
    assert content(tmp_path) == {"one": "before 1", "two": "before 2"}
    replace_files(texts)
    assert content(tmp_path) == {path.name: text for path, text in texts.items()}


def test_an_exception_within_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("before")
    with pytest.raises(KeyError), replacing(tmp_path / "kept") as file:
        file.write("after")
        raise KeyError
    assert content(tmp_path) == {"kept": "before"}


def test_a_locked_directory_is_left_alone(locked: Path) -> None:
    with without_rights():
        for write in (lambda: replace_file(locked / "file", "after"), lambda: make_private(locked / "more")):
            with pytest.raises(PermissionError):
                write()
    assert content(locked) == {"file": "before"}


def test_a_directory_of_somebody_else_is_refused(locked: Path) -> None:
    locked.chmod(0o777)
    if not os.geteuid():
        with without_rights(), pytest.raises(PermissionError) as caught:
            make_private(locked)
        assert refusal(locked, caught.value).endswith("; choose a place that you may write to")
    assert content(locked) == {"file": "before"}


def test_until_it_is_finished_nobody_else_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with replacing(tmp_path / "report") as file:
            file.write("half")
            (draft,) = tmp_path.iterdir()
            assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o666


def test_a_private_directory_and_those_above_it_are_their_owner_s_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "data" / "corstui" / "runs")
    finally:
        os.umask(before)
    made = [tmp_path / "data", tmp_path / "data/corstui", tmp_path / "data/corstui/runs"]
    assert [stat.S_IMODE(each.stat().st_mode) for each in made] == [0o700] * 3


def test_what_a_killed_writer_left_goes_with_the_next_write_and_what_is_young_stays(tmp_path: Path) -> None:
    names = ".report.abcdefgh", ".report.12345678", ".report.swp", ".other.abcdefgh", "report.abcdefgh"
    for name in names:
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (0, 0))
    os.utime(tmp_path / names[1])
    replace_file(tmp_path / "report", "whole")
    assert set(content(tmp_path)) == {"report", *names[1:]}


def test_looking_for_what_was_left_never_fails(tmp_path: Path, locked: Path) -> None:
    (locked / "file").chmod(0o644)
    locked.chmod(0o755)
    (locked / ".file.abcdefgh").write_text("")
    os.utime(locked / ".file.abcdefgh", (0, 0))
    locked.chmod(0o555)
    with without_rights():
        remove_abandoned(locked, re.compile("file"))
    remove_abandoned(tmp_path / "nowhere", re.compile("file"))
    assert (locked / ".file.abcdefgh").exists()


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "no space left on device; make room there, or choose another place"),
        (errno.EDQUOT, "disk quota exceeded; make room there, or choose another place"),
        (errno.EROFS, "read-only file system; choose a place that you may write to"),
        (errno.EACCES, "permission denied; choose a place that you may write to"),
        (errno.ENOENT, "no such file or directory; make the directory first, or choose another place"),
        (errno.EIO, "input/output error; choose another place"),
    ],
)
def test_a_refusal_names_the_place_and_the_remedy(number: int, remedy: str) -> None:
    told = refusal(Path("out/re\x1bport.json"), OSError(number, os.strerror(number)))
    assert told == rf"cannot write out/re\x1bport.json: {remedy}"
