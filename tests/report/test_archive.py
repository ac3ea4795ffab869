"""Kept runs: written whole or not at all, for their owner alone, and never more than there is room for."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from corstui.report.archive import Archive, save_as_baseline
from corstui.report.document import render
from corstui.report.files import replace_file
from corstui.report.formats import Options
from corstui.runner.record import Run
from corstui.runner.store import load_run
from tests.report.conftest import Finish
from tests.report.test_files import full_disk

PROFILE = """
origins: {web: "https://web.example", shy: "https://shy.example"}
endpoints: {read: GET https://api.example/read, more: PUT https://api.example/more}
"""
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def shop_run(finish: Finish) -> Run:
    return await finish(PROFILE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def at(run: Run, minutes: int) -> Run:
    return replace(run, started=START + timedelta(minutes=minutes))


def test_a_kept_run_is_the_document_that_check_writes(folder: Path, shop_run: Run) -> None:
    path = Archive(folder).keep(shop_run)
    assert path.read_text() == render(shop_run, Options()) + "\n"
    assert len(load_run(path).cells) == len(shop_run.cells)


def test_only_the_owner_can_read_it_whatever_the_umask_says(folder: Path, shop_run: Run) -> None:
    before = os.umask(0)
    try:
        path = Archive(folder).keep(shop_run)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_entries_are_read_from_the_head_the_newest_first(folder: Path, shop_run: Run) -> None:
    archive = Archive(folder)
    for minutes in (5, 1, 9):
        archive.keep(at(shop_run, minutes))
    entries = archive.entries()
    assert [(each.started - START).seconds // 60 for each in entries] == [9, 5, 1]
    assert entries[0].profile == shop_run.plan.name
    assert entries[0].environments == shop_run.plan.environments
    assert entries[0].summary == shop_run.summary
    assert entries[0].problem is None


def test_a_run_never_overwrites_another(folder: Path, shop_run: Run) -> None:
    archive = Archive(folder)
    assert archive.keep(shop_run) != archive.keep(shop_run)
    assert len(archive.entries()) == 2


def test_the_oldest_go_when_there_are_too_many_and_other_files_stay(folder: Path, shop_run: Run) -> None:
    folder.mkdir()
    (folder / "notes.json").write_text("mine")
    archive = Archive(folder, most=2)
    for minutes in range(4):
        archive.keep(at(shop_run, minutes))
    assert [(each.started - START).seconds // 60 for each in archive.entries()] == [3, 2]
    assert (folder / "notes.json").read_text() == "mine"


def test_the_newest_stays_even_when_it_alone_is_too_large(folder: Path, shop_run: Run) -> None:
    archive = Archive(folder, most_bytes=10)
    archive.keep(at(shop_run, 1))
    newest = archive.keep(at(shop_run, 2))
    assert [each.path for each in archive.entries()] == [newest]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": "x", "cells": []}', '{"schema": "corstui.run/1",\n "cells": [\n', "\0\xff"]
)
def test_a_broken_file_is_listed_with_its_problem(tmp_path: Path, folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "20260301T120000.000000Z-shop.json").write_bytes(content.encode("latin-1"))
    (entry,) = Archive(folder).entries()
    assert entry.problem == "it is no run document"


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path, folder: Path) -> None:
    assert Archive(tmp_path / "nowhere").entries() == []


def test_a_folder_that_cannot_be_made_is_an_error_and_leaves_nothing(tmp_path: Path, shop_run: Run) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"directory|exists"):
        Archive(tmp_path / "file" / "runs").keep(shop_run)


def test_a_full_disk_leaves_what_was_there_and_no_scraps(folder: Path, shop_run: Run) -> None:
    archive = Archive(folder)
    kept = archive.keep(at(shop_run, 1))
    before = kept.read_bytes()
    with full_disk(), pytest.raises(OSError, match="File too large"):
        archive.keep(at(shop_run, 2))
    assert list(folder.iterdir()) == [kept]
    assert kept.read_bytes() == before


STEPS = ("open", "os.chmod", "os.rename", "os.remove", "os.mkdir", "os.listdir", "fsync")


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that SIGKILL ends at this step; False where it has fewer. A step is whatever asks the
    operating system for a file: opening, writing through, permissions, renaming, removing."""
    child = os.fork()
    if child == 0:
        steps = iter(range(step))

        def passed(event: str, _: object) -> None:
            if event in STEPS and next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        fsync = os.fsync
        os.fsync = lambda descriptor: (passed("fsync", None), fsync(descriptor))[1]  # type: ignore[misc]
        sys.addaudithook(passed)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_a_kill_at_any_step_leaves_whole_runs_only_and_what_is_left_over_goes_later(
    folder: Path, shop_run: Run
) -> None:
    archive = Archive(folder)
    first = archive.keep(shop_run)
    step = 0
    while killed_at(step, partial(archive.keep, at(shop_run, step + 1))):
        step += 1
        entries = archive.entries()
        assert first in [entry.path for entry in entries]
        for entry in entries:
            assert entry.problem is None
            assert len(load_run(entry.path).cells) == len(shop_run.cells)
    left = [path for path in folder.iterdir() if path.name.startswith(".")]
    assert step >= 5
    assert left
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    for path in left:
        os.utime(path, (0, 0))
    archive.keep(shop_run)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_kill_at_any_step_leaves_the_file_before_it_or_the_one_after_it(tmp_path: Path) -> None:
    target, after, step = tmp_path / "shop.baseline.json", "after" * 50_000, 0
    seen = []
    target.write_text("before")
    while killed_at(step, lambda: replace_file(target, after)):
        seen.append(target.read_text())
        target.write_text("before")
        step += 1
    assert set(seen) <= {"before", after}
    assert seen.count("before") >= 4
    assert target.read_text() == after


def test_a_baseline_is_a_copy_that_others_can_read(tmp_path: Path, folder: Path, shop_run: Run) -> None:
    kept = Archive(folder).keep(shop_run)
    target = tmp_path / "shop.baseline.json"
    before = os.umask(0o022)
    try:
        save_as_baseline(kept, target)
    finally:
        os.umask(before)
    assert target.read_bytes() == kept.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
