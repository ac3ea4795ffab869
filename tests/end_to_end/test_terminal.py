"""However the program ends, its terminal is as it was: in a real pseudo-terminal."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from corstui.cli import exits
from tests.end_to_end.test_wire_safety import PROGRAM
from tests.support.terminal import PATIENCE, Terminal

PROFILE = """\
version: 1
origins: {web: "https://web.example"}
endpoints:
  mail: {request: GET URL, headers: {Authorization: "Bearer ${secret:TOKEN}"}}
"""
SECRET = "hush-7f3a9c"
SHOWN = "Blocked before anything was sent"
#: The real application, in which the handler of one key fails while a secret is at hand.
BROKEN = """\
import sys
from corstui.tui import app

def fail(self):
    session, secret = self.dashboard.session, self.process_env["TOKEN"]
    raise RuntimeError(f"broken on purpose by {secret}")

app.CorstuiApp.action_legend = fail
from corstui.cli import main
sys.exit(main())
"""

#: What was switched on and what must switch it off again: the alternate screen, the hidden cursor, three ways of mouse
#: reporting, focus reports, bracketed paste, and the kitty keyboard protocol.
SWITCHES = {
    "\x1b[?1049h": "\x1b[?1049l",
    "\x1b[?25l": "\x1b[?25h",
    "\x1b[?1000h": "\x1b[?1000l",
    "\x1b[?1003h": "\x1b[?1003l",
    "\x1b[?1006h": "\x1b[?1006l",
    "\x1b[?1004h": "\x1b[?1004l",
    "\x1b[?2004h": "\x1b[?2004l",
    "\x1b[>25u": "\x1b[<u",
}


def left_on(output: str) -> list[str]:
    """The switches that were last switched on."""
    return [on for on, off in SWITCHES.items() if output.rfind(on) > output.rfind(off)]


def opened(folder: Path, *command: str, url: str = "http://127.0.0.1:25/") -> Terminal:
    (folder / "profile.yaml").write_text(PROFILE.replace("URL", url))
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    env = {**kept, "HOME": str(folder), "TOKEN": SECRET, "PYTHONUTF8": "1"}
    return Terminal([*(command or (str(PROGRAM),)), "profile.yaml"], env=env, cwd=folder)


def test_the_dashboard_switches_on_what_the_other_tests_look_for(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        terminal.until(SHOWN)
        assert left_on(terminal.output) == list(SWITCHES)
        assert not terminal.as_before


@pytest.mark.parametrize(
    ("end", "code"),
    [("q", 0), (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["q", "SIGINT", "SIGTERM", "SIGHUP"],
)
def test_the_dashboard_gives_the_terminal_back(tmp_path: Path, end: str | signal.Signals, code: int) -> None:
    with opened(tmp_path) as terminal:
        terminal.until(SHOWN)
        if isinstance(end, str):
            terminal.type(end)
        else:
            terminal.interrupt(end)
        assert terminal.wait() == code
        assert left_on(terminal.output) == []
        assert terminal.as_before
        assert "Traceback" not in terminal.output


def test_a_crash_gives_the_terminal_back_and_tells_no_secret(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(BROKEN)
    with opened(tmp_path, sys.executable, str(broken)) as terminal:
        terminal.until(SHOWN)
        terminal.type("m")
        assert terminal.wait() == exits.DEFECT
        assert left_on(terminal.output) == []
        assert terminal.as_before
        after = terminal.output[terminal.output.rindex("\x1b[?1049l") :]
        assert "broken on purpose" in after
        assert "this is a defect of corstui" in after
        assert SECRET not in terminal.output


def test_stopping_gives_the_terminal_back_and_going_on_takes_it_again(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        terminal.until(SHOWN)
        terminal.interrupt(signal.SIGTSTP)
        terminal.until_stopped()
        assert left_on(terminal.output) == []
        assert terminal.as_before
        shown = terminal.output.count(SHOWN)
        terminal.interrupt(signal.SIGCONT)
        terminal.until(SHOWN, times=shown + 1)
        assert left_on(terminal.output) == list(SWITCHES)
        terminal.type("q")
        assert terminal.wait() == 0
        assert left_on(terminal.output) == []
        assert terminal.as_before


def test_a_check_that_is_interrupted_gives_the_terminal_back(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with opened(tmp_path, str(PROGRAM), "check", url=url) as terminal:
            silent.settimeout(PATIENCE)
            connection, _ = silent.accept()
            with connection:
                terminal.type("\x03")
                assert terminal.wait() == exits.INTERRUPTED
            assert terminal.as_before
        assert left_on(terminal.output) == []
        assert "Traceback" not in terminal.output
        assert SECRET not in terminal.output
