"""The terminal that the dashboard runs in: whether it is still there, and letting go of it when it is not."""

from __future__ import annotations

import os
import sys
import termios
from contextlib import suppress
from typing import IO, Any

from textual.driver import Driver


def is_gone() -> bool:
    """Whether the terminal has hung up. Without a hang-up signal nothing else would tell."""
    try:
        termios.tcgetattr(sys.__stdin__ or 0)
    except (termios.error, ValueError, OSError):
        return True
    return False


def let_go(driver: Any) -> None:
    """End Textual's input thread, should it still run, and write nothing more to a terminal that is gone.

    The thread ends with the application, unless the terminal was gone before Textual could say farewell to it; then it
    reads nothing as fast as it can and keeps the process alive.
    """
    if is_gone():
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
    exit_event = getattr(driver, "exit_event", None)
    if exit_event is not None:
        exit_event.set()


def outliving(driver_class: type[Driver]) -> type[Driver]:
    """The same driver, which goes on without a terminal until the application has noticed that there is none.

    Textual writes in a thread, from a queue of thirty; a terminal that is gone fails a write and with it the thread,
    and the application then waits in vain for room in the queue.
    """

    class Outliving(driver_class):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._file: Any = Unfailing(self._file)

    return Outliving


class Unfailing:
    """A stream whose writes and flushes never fail: what cannot be written is lost."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
