"""Writing a file so that a reader never sees half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def replace_file(path: Path, text: str, mode: int | None = None) -> None:
    """Replace ``path`` as a whole by ``text``, as :func:`replacing` does."""
    with replacing(path, mode) as file:
        file.write(text)


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
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_usual_mode(path) if mode is None else mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _usual_mode(path: Path) -> int:
    """The permissions that ``path`` has or that a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
