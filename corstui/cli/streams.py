"""The program's streams: stdout carries data, stderr carries narration."""

from __future__ import annotations

import contextlib
import errno
import locale
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TextIO


class UsageError(Exception):
    """Ends the program with exit code 2. The message is one or more complete lines for stderr."""


def stand_in() -> None:
    """Put something in place of streams that were closed before the program started: nothing hears the narration, and
    data that go to a closed standard output cannot be written."""
    # each opened file takes the lowest number that is free, and with it the place of the stream that is missing
    sys.stdin = sys.stdin or _nothing("r")
    sys.stdout = sys.stdout or _nothing("r")
    sys.stderr = sys.stderr or _nothing("w")


def _nothing(mode: Literal["r", "w"]) -> TextIO:
    return open(os.open(os.devnull, os.O_RDWR), mode, closefd=False)


def narrate(text: str) -> None:
    """Tell the person at the terminal."""
    with contextlib.suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)


def complain(text: str) -> None:
    """Tell what is wrong."""
    narrate(f"corstui: {text}")


def emit(text: str, output: str | None = None) -> None:
    """Write a finished document to stdout, or to the file ``output`` in one step.

    Raises UsageError when it cannot be written. A reader that has gone away is no error.
    """
    text = text if text.endswith("\n") else text + "\n"
    if output is not None:
        from corstui.report.files import refusal, replace_file

        try:
            replace_file(Path(output), text)
        except OSError as error:
            raise UsageError(refusal(Path(output), error)) from None
        return
    _tolerate_encoding(sys.stdout)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        why = f"{error.strerror.lower()}; --output writes to a file" if error.strerror else "it is closed"
        raise UsageError(f"cannot write to standard output: {why}") from None


@contextlib.contextmanager
def lines_to(output: str | None) -> Iterator[Callable[[str], None]]:
    """A function that writes lines, each at once to stdout, or to the file ``output``, which is replaced at the end.

    Raises UsageError when they cannot be written. A reader that has gone away is no error.
    """
    if output is None:
        yield emit
        return
    from corstui.report.files import refusal, replacing

    try:
        with replacing(Path(output)) as file:
            yield lambda line: print(line, file=file)
    except OSError as error:
        raise UsageError(refusal(Path(output), error)) from None


def silence_stdout() -> None:
    """Let the interpreter flush at exit without a complaint about a closed pipe."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)


def check_output(output: str | None) -> None:
    """Find out before the run whether its result can be written. Raises UsageError when it cannot."""
    if output is None:
        return
    from corstui.printable import printable
    from corstui.report.files import refusal

    path = Path(output)
    if path.is_dir():
        raise UsageError(printable(f"cannot write {path}: it is a directory; name a file in it"))
    if not path.parent.is_dir():
        raise UsageError(printable(f"cannot write {path}: there is no directory {path.parent}; make it first"))
    try:
        places = [path.resolve()] if path.exists() else []
        # a file is replaced as a whole, which takes the permission to write to its directory
        places += [path.resolve().parent] if path.is_file() or not path.exists() else []
    except OSError as error:
        raise UsageError(refusal(path, error)) from None
    effective = os.access in os.supports_effective_ids
    if not all(os.access(place, os.W_OK, effective_ids=effective) for place in places):
        raise UsageError(refusal(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES))))


def _tolerate_encoding(stream: TextIO) -> None:
    """A terminal without UTF-8 gets escapes, not an exception."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def has_marks() -> bool:
    """Whether stdout can show the matrix marks; if not, ASCII stands in for them.

    In the locale C Python writes UTF-8 all the same (PEP 540), which a terminal of that locale does not show.
    """
    chosen = "PYTHONUTF8" in os.environ or "PYTHONIOENCODING" in os.environ
    if not chosen and sys.flags.utf8_mode and locale.getencoding().upper() != "UTF-8":
        return False
    try:
        "✓✗×·…─".encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def has_color(output: str | None = None) -> bool:
    """Whether to colour: stdout is a terminal and neither NO_COLOR (no-color.org) nor a dumb TERM says otherwise."""
    if output is not None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def columns(output: str | None = None) -> int | None:
    """The width of the terminal that stdout is, or None when nothing needs to fit."""
    return _size("COLUMNS", "columns", output)


def lines(output: str | None = None) -> int | None:
    """The height of the terminal that stdout is, or None when nothing needs to fit."""
    return _size("LINES", "lines", output)


def _size(variable: str, attribute: Literal["columns", "lines"], output: str | None) -> int | None:
    """One dimension of the terminal; the variable of the environment overrules it (POSIX)."""
    if output is not None or not sys.stdout.isatty():
        return None
    told = os.environ.get(variable, "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        size: int = getattr(os.get_terminal_size(sys.stdout.fileno()), attribute)
    except OSError:
        return None
    return size or None


class Progress:
    """One line on stderr that shows how far a run is. Silent unless stderr is a terminal."""

    #: Seconds between two repaints.
    PERIOD = 0.1

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._began = time.monotonic()
        self._painted = 0.0
        self._live = sys.stderr.isatty()

    def step(self) -> None:
        self._done += 1
        now = time.monotonic()
        if self._live and now - self._painted >= self.PERIOD:
            self._painted = now
            self._paint(now)

    def close(self) -> None:
        """Take the line away."""
        if self._live and self._painted:
            with contextlib.suppress(OSError):
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

    def _paint(self, now: float) -> None:
        rate = self._done / max(now - self._began, 0.001)
        filled = 20 * self._done // self._total
        bar = "#" * filled + "." * (20 - filled)
        left = (self._total - self._done) / rate
        with contextlib.suppress(OSError):
            sys.stderr.write(f"\r\x1b[K[{bar}] {self._done}/{self._total}, {rate:.0f}/s, {left:.0f} s left")
            sys.stderr.flush()
