"""The installed program in a real terminal: somebody runs the demo, looks around in it, and has their shell back."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real_servers.servers import give_up

#: Seconds after which a wait has failed. Nothing is measured with it.
PATIENCE = 60.0


class Screen:
    """A shell in a tmux server of its own."""

    def __init__(self, folder: Path, *, columns: int, lines: int) -> None:
        self._socket = f"corstui-{uuid.uuid4().hex[:12]}"
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        own = {"HOME": str(folder), "PYTHONUTF8": "1"}
        self._env = {"LANG": "C.UTF-8", **kept, **own}
        size = ["-x", str(columns), "-y", str(lines)]
        self._tmux("-u", "-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), "sh")
        self._tmux("set-option", "-s", "set-clipboard", "on")

    def close(self) -> None:
        socket = Path(self.told("socket_path"))
        self._tmux("kill-server")
        socket.unlink(missing_ok=True)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments], env=self._env, capture_output=True, check=True, timeout=PATIENCE
        )
        return done.stdout.decode()

    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    def told(self, variable: str) -> str:
        """What tmux knows of the terminal."""
        return self._tmux("display-message", "-p", f"#{{{variable}}}").strip()

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def copied(self) -> str:
        """What the last program to copy something through OSC 52 has copied."""
        return self._tmux("show-buffer") if self._tmux("list-buffers") else ""

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"it never came; the screen is:\n{self.text()}"
            time.sleep(0.05)

    def shows(self, *patterns: str) -> None:
        """Wait until all of them are on the screen."""
        self.until(lambda: all(re.search(pattern, self.text()) for pattern in patterns))


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    if shutil.which("tmux") is None:
        give_up("tmux is not installed: apt-get install tmux")
    screen = Screen(tmp_path, columns=130, lines=40)
    yield screen
    screen.close()


def test_the_demo_can_be_looked_through_and_leaves_the_terminal_as_it_was(screen: Screen) -> None:
    program = shutil.which("corstui", path=str(Path(sys.executable).parent))
    assert program is not None
    screen.shows(r"[#$]")
    screen.type(f"{shlex.quote(program)} demo; echo left with $?")
    screen.press("Enter")
    screen.shows(r"126 cells in ", r"21 endpoints x 6 origins")
    assert screen.told("alternate_on") == "1"

    screen.press("j", "j", "l")
    screen.shows(r"(?m)^›")
    screen.press("g", "Home", "Enter")
    screen.shows("Script sees", r"> Origin: https?://", "< HTTP/1.1 200")
    screen.press("y", "u")
    screen.until(lambda: re.fullmatch(r"http://[\w.]+:\d+/\S*", screen.copied().strip()) is not None)
    screen.press("Escape")
    screen.shows(r"126 cells in ")

    screen.press("/")
    screen.shows("filter by endpoint")
    screen.type("endpoint:orders")
    screen.press("Enter")
    screen.until(lambda: "list orders" in screen.text() and "newsletter" not in screen.text())
    screen.press("Escape")
    screen.shows("newsletter")

    screen.press("3")
    screen.shows(r"[1-9]\d* of 126 cells differ")

    screen.press("q")
    screen.shows("left with 0")
    assert (screen.told("alternate_on"), screen.told("cursor_flag"), screen.told("mouse_any_flag")) == ("0", "1", "0")
    screen.type("stty -a | tr ' ;' '\\n\\n' | grep -xE 'echo|icanon|isig' | tr '\\n' ,")
    screen.press("Enter")
    screen.shows(r"(?m)^isig,icanon,echo,")
