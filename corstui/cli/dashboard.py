"""``corstui [PROFILE...]``: the dashboard."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from corstui.cli.arguments import COMMANDS
from corstui.cli.streams import UsageError
from corstui.printable import printable


def run(arguments: argparse.Namespace) -> int:
    """Open the dashboard. A profile that is wrong is shown there; one that is not there ends the program."""
    for path in arguments.profiles:
        if not Path(path).exists():
            raise UsageError(printable(f"there is no command and no profile {path!r}{_hint(path)}"))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the dashboard needs a terminal; corstui check PROFILE runs without one")
    from corstui.tui.app import run_dashboard

    with ExitStack() as until_the_end:
        demo = partial(_start_lab, until_the_end)
        return run_dashboard(arguments.profiles, engine=arguments.engine, ascii=arguments.ascii, demo=demo)


def _hint(word: str) -> str:
    if word in COMMANDS:
        return f"; the command goes first: corstui {word} ..."
    close = get_close_matches(word, COMMANDS, n=1)
    return f"; did you mean the command {close[0]!r}?" if close else ""


def _start_lab(until: ExitStack) -> tuple[Path, Mapping[str, str]]:
    from corstui.lab import DEMO_PROFILE, LabThread

    lab = until.enter_context(LabThread())
    return DEMO_PROFILE, lab.process_env()
