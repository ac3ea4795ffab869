"""Kept runs: written whole or not at all, for their owner alone, and never more than there is room for."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corstui.report.archive import Archive, save_as_baseline
from corstui.report.document import render
from corstui.report.formats import Options
from corstui.runner.record import Run
from corstui.runner.store import load_run
from tests.report.conftest import Finish

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


def test_a_full_disk_leaves_what_was_there_and_no_scraps(
    tmp_path: Path, folder: Path, shop_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(folder)
    kept = archive.keep(at(shop_run, 1))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        archive.keep(at(shop_run, 2))
    assert list(folder.iterdir()) == [kept]


def test_a_kill_at_any_moment_leaves_whole_files_only(tmp_path: Path, shop_run: Run) -> None:
    document = tmp_path / "document.json"
    document.write_text(render(shop_run, Options()))
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from corstui.report.files import replace_file
        text = Path(sys.argv[1]).read_text()
        print("ready", flush=True)
        while True:
            replace_file(Path(sys.argv[2]), text, 0o600)
    """)
    target = tmp_path / "kept.json"
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(document), str(target)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        while not target.exists():
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert json.loads(target.read_text())["schema"] == "corstui.run/1"
        target.unlink()


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
