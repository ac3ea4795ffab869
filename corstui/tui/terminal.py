"""The terminal that the dashboard runs in: whether it is still there, and letting go of it when it is not."""

from __future__ import annotations

import os
import sys
import termios
from typing import Any


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
