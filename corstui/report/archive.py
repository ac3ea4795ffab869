"""Runs that are kept: a folder of run documents, one file a run, written once and never changed.

Only their owner can read them, secrets are masked in them, and the oldest go when there are too many. Each is what
``corstui check --format json`` writes, so ``--baseline`` and ``corstui compare`` take it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corstui.report.document import SCHEMA, chunks
from corstui.report.files import make_private, remove_abandoned, replace_file
from corstui.report.formats import Options
from corstui.runner.record import Run

_OWNER_ONLY = 0o600
#: What the archive itself calls its files; whatever else lies in the folder is not its business.
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[a-z0-9-]*\.json")
_CELLS = '"cells": ['
#: Characters in which the head of a document ends, names of many environments included.
_HEAD_AT_MOST = 1 << 20


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept run as its first lines tell it. ``problem``: why it cannot be opened; the other fields are empty then.

    ``started`` is an aware time; ``summary`` has the counts of the run document.
    """

    path: Path
    profile: str = ""
    started: datetime = _LONG_AGO
    environments: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    summary: Mapping[str, int] = field(default_factory=dict)
    interrupted: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """The runs in ``folder``: at most ``most``, of at most ``most_bytes`` together; the newest always stays."""

    folder: Path
    most: int = 200
    most_bytes: int = 256 << 20

    def keep(self, run: Run) -> Path:
        """Write the run and forget the oldest beyond the bounds; returns its file. Raises OSError. What a program that
        was killed left behind goes too.

        Rendering takes a while for many cells; between two of them other threads get their turn.
        """
        make_private(self.folder)
        remove_abandoned(self.folder, _NAME)
        path = self._free_path(run)
        replace_file(path, _patiently(run), _OWNER_ONLY)
        self._forget(path)
        return path

    def entries(self) -> list[Entry]:
        """What is kept, the newest first."""
        return [_entry(path) for path in self._files()]

    def _files(self) -> list[Path]:
        try:
            found = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return []
        return sorted(found, reverse=True)

    def _free_path(self, run: Run) -> Path:
        words = "-".join((run.plan.name, *run.plan.environments, *run.plan.engines))
        slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60]
        started = run.started.astimezone(UTC)
        while True:
            path = self.folder / f"{started:%Y%m%dT%H%M%S.%fZ}-{slug}.json"
            if not path.exists():
                return path
            started = datetime.now(UTC)

    def _forget(self, newest: Path) -> None:
        """Remove the oldest files beyond the bounds. One that is gone already was removed by another program."""
        room = self.most_bytes
        for count, path in enumerate(self._files(), 1):
            with suppress(OSError):
                room -= path.stat().st_size
                if path != newest and (count > self.most or room < 0):
                    path.unlink()


def save_as_baseline(source: Path, target: Path) -> None:
    """Copy a kept run to where others can read it too. Raises OSError."""
    replace_file(target, source.read_text(encoding="utf-8"))


def _patiently(run: Run) -> str:
    parts = []
    for part in chunks(run, Options()):
        parts.append(part)
        time.sleep(0)
    return "".join(parts) + "\n"


def _entry(path: Path) -> Entry:
    try:
        with path.open(encoding="utf-8") as file:
            return _read(path, file.read(_HEAD_AT_MOST))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return Entry(path, problem=getattr(error, "strerror", None) or "it is no run document")


def _read(path: Path, text: str) -> Entry:
    """Raises ValueError, KeyError or TypeError for anything but the beginning of a run document."""
    head: dict[str, Any] = json.loads(text[: text.index(_CELLS)].rstrip().rstrip(",") + "}")
    if head["schema"] != SCHEMA:
        raise ValueError(head["schema"])
    return Entry(
        path,
        profile=str(head["profile"]),
        started=datetime.fromisoformat(head["started"]),
        environments=tuple(map(str, head.get("environments", ()))),
        engines=tuple(map(str, head["engines"])),
        summary={str(name): int(count) for name, count in head["summary"].items()},
        interrupted=head["interrupted"] is True,
    )
