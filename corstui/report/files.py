"""Writing a file so that a reader never sees half of it, and saying what to do where it cannot be written."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from corstui.printable import printable

_OWNER_ONLY = 0o700
#: A draft that is this many seconds old has lost its writer.
_ABANDONED = 3600.0

_NO_ROOM = "make room there, or choose another place"
_NOT_YOURS = "choose a place that you may write to"
_REMEDIES = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EACCES: _NOT_YOURS,
    errno.EPERM: _NOT_YOURS,
    errno.EROFS: _NOT_YOURS,
    errno.ENOENT: "make the directory first, or choose another place",
}


def refusal(path: Path, error: OSError) -> str:
    """Which file could not be written, why, and what to do about it; no capital and no full stop."""
    why = (error.strerror or str(error)).lower()
    return printable(f"cannot write {path}: {why}; {_REMEDIES.get(error.errno or 0, 'choose another place')}")


def replace_file(path: Path, text: str, mode: int | None = None) -> None:
    """Replace ``path`` as a whole by ``text``, as :func:`replacing` does."""
    with replacing(path, mode) as file:
        file.write(text)


def replace_files(texts: Mapping[Path, str]) -> None:
    """Replace several files, none of them before all are written. Raises OSError, and leaves all as they were then."""
    with ExitStack() as drafts:
        ready: list[tuple[Path, Path]] = []
        for path, text in texts.items():
            draft, file = drafts.enter_context(_draft(path.resolve()))
            file.write(text)
            _finish(draft, file, _usual_mode(path))
            ready.append((draft, path.resolve()))
        for draft, path in ready:
            draft.replace(path)


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[TextIO]:
    """A file to write that takes the place of ``path`` at the end of the block, in UTF-8. What is no regular file (a
    pipe, a terminal) is written through.

    ``mode``: the permissions; None keeps those that the file has, or gives those of a new file. Raises OSError, and
    leaves the file as it was then, as for whatever else ends the block.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as file:
            yield file
        return
    with _draft(path) as (draft, file):
        yield file
        _finish(draft, file, _usual_mode(path) if mode is None else mode)
        draft.replace(path)


@contextmanager
def _draft(path: Path) -> Iterator[tuple[Path, TextIO]]:
    """A new file beside ``path``, for its owner alone, which is gone at the end unless it was moved."""
    remove_abandoned(path.parent, re.compile(re.escape(path.name)))
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield Path(name), file
    finally:
        Path(name).unlink(missing_ok=True)


def _finish(draft: Path, file: TextIO, mode: int) -> None:
    """See that all of it is on the disk before anybody reads it."""
    file.flush()
    os.fsync(file.fileno())
    draft.chmod(mode)


def remove_abandoned(folder: Path, name: re.Pattern[str]) -> None:
    """Remove drafts of files of that name whose writer was killed. One that cannot be removed stays."""
    with suppress(OSError):
        for path in list(folder.iterdir()):
            made = re.fullmatch(r"\.(.+)\.[a-z0-9_]{8}", path.name)
            if made and name.fullmatch(made[1]):
                with suppress(OSError):
                    if time.time() - path.lstat().st_mtime > _ABANDONED:
                        path.unlink()


def make_private(folder: Path) -> None:
    """Make a directory that is its owner's alone, and those above it that are missing, as the XDG Base Directory
    Specification asks for. Raises OSError."""
    for each in (*reversed(folder.parents), folder):
        if not each.exists():
            with suppress(FileExistsError):
                each.mkdir(_OWNER_ONLY)
    folder.chmod(_OWNER_ONLY)


def _usual_mode(path: Path) -> int:
    """The permissions that ``path`` has or that a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
