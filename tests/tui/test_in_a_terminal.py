"""What only a real terminal shows: lending it to an editor and taking it back, and copying through OSC 52."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

from tests.support.terminal import Terminal

PROFILE = """\
version: 1
origins: {web: "https://web.example"}
endpoints:
  mail: http://127.0.0.1:25/
"""
#: Says what it was given and how often it was started, and renames the endpoint when somebody presses Enter.
EDITOR = """\
import pathlib, sys
times = pathlib.Path(__file__).with_suffix(".times")
times.write_text(times.read_text() + "." if times.exists() else ".")
print("EDITING", sys.argv[1:], len(times.read_text()), flush=True)
input()
profile = pathlib.Path(sys.argv[-1])
profile.write_text(profile.read_text().replace("mail:", "renamed:"))
"""


def test_the_editor_gets_the_terminal_and_the_dashboard_takes_up_what_it_wrote(tmp_path: Path) -> None:
    profile, editor = tmp_path / "shop.yaml", tmp_path / "editor.py"
    profile.write_text(PROFILE)
    editor.write_text(EDITOR)
    env = {**os.environ, "VISUAL": f"{sys.executable} {editor}", "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with Terminal([sys.executable, "-m", "corstui", str(profile)], env=env, cwd=tmp_path) as terminal:
        terminal.until("Blocked before anything was sent")
        terminal.type("\r")
        terminal.until("Script sees")
        terminal.type("yu")
        terminal.until(f"\x1b]52;c;{base64.b64encode(b'http://127.0.0.1:25/').decode()}\a")
        terminal.type("e")
        terminal.until(f"EDITING ['+4', '{profile}'] 1")
        assert terminal.output.rindex("\x1b[?1049l") < terminal.output.index("EDITING")
        # an interrupt is the editor's own: it ends, and the dashboard is there again
        terminal.type("\x03")
        terminal.until("was ended by signal 2")
        # the whole screen is drawn anew
        again = terminal.output[terminal.output.rindex("EDITING") :]
        assert "\x1b[?1049h" in again
        assert "Script sees" in again
        terminal.type("e")
        terminal.until(f"EDITING ['+4', '{profile}'] 2")
        terminal.type("\n")
        terminal.until("Profile read again")
        terminal.type("\x1b")
        terminal.until("renamed")
        terminal.type("q")
        assert terminal.wait() == 0
        assert terminal.as_before
