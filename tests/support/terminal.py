"""A program in a terminal of its own: what it wrote, what somebody types, what it leaves behind.

with Terminal([program, "demo"], env=env) as terminal:
    terminal.until("storefront")
    terminal.type("q")
    assert terminal.wait() == 0
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

#: Seconds after which a wait has failed. Nothing is measured with it.
PATIENCE = 60.0


class Terminal:
    """``size`` is columns and lines. ``output`` is every byte so far, as text."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, size: tuple[int, int] = (120, 30)
    ) -> None:
        self._command, self._env, self._cwd, self._size = list(command), dict(env), cwd, size
        self._received = bytearray()

    def __enter__(self) -> Self:
        self._screen, self._keyboard = pty.openpty()
        columns, lines = self._size
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.modes = self._modes()
        self._process = subprocess.Popen(
            self._command,
            stdin=self._keyboard,
            stdout=self._keyboard,
            stderr=self._keyboard,
            cwd=self._cwd,
            env={**self._env, "TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        os.close(self._screen)
        os.close(self._keyboard)

    @property
    def output(self) -> str:
        return self._received.decode("utf-8", "replace")

    @property
    def as_before(self) -> bool:
        """Whether echo, line editing and the other modes are what they were before the program."""
        return self._modes() == self.modes

    def until(self, *texts: str, times: int = 1) -> None:
        """Wait until the program has written one of the texts, so many times."""
        deadline, wanted = time.monotonic() + PATIENCE, " or ".join(map(repr, texts))
        while not any(self.output.count(text) >= times for text in texts):
            assert time.monotonic() < deadline, f"{wanted} never came; the end of what did: {self.output[-2000:]!r}"
            assert self._read() or self._process.poll() is None, f"ended without {wanted}: {self.output[-2000:]!r}"

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def interrupt(self, number: int) -> None:
        """Signal the program."""
        self._process.send_signal(number)

    def until_stopped(self) -> None:
        """Wait until a signal has stopped the program."""
        deadline = time.monotonic() + PATIENCE
        while os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOHANG) is None:
            assert time.monotonic() < deadline, f"did not stop; the end of its output: {self.output[-2000:]!r}"
            self._read()
        while self._read():
            pass

    def wait(self) -> int:
        """Wait until the program has ended; returns its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"did not end; the end of its output: {self.output[-2000:]!r}"
            self._read()
        while self._read():
            pass
        return self._process.returncode

    def _read(self, seconds: float = 0.05) -> bool:
        """Take in what the program wrote within the next moment; False when that is nothing."""
        ready, _, _ = select.select([self._screen], [], [], seconds)
        if not ready:
            return False
        self._received += os.read(self._screen, 65_536)
        return True

    def _modes(self) -> list[Any]:
        return termios.tcgetattr(self._keyboard)


def _take_terminal() -> None:
    """Make standard input the controlling terminal, so that its Ctrl+C reaches the program."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
