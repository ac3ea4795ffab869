"""``corstui demo``: the dashboard on the built-in lab; the table when the output is no terminal."""

from __future__ import annotations

import argparse
import os
import sys

from corstui.cli import exits
from corstui.cli.streams import UsageError
from corstui.lab import DEMO_PROFILE, LabThread


def run(arguments: argparse.Namespace) -> int:
    lab = LabThread()
    try:
        lab.start()
    except OSError as error:
        raise UsageError(f"the lab cannot listen on loopback: {error.strerror or error}") from None
    try:
        if sys.stdin.isatty() and sys.stdout.isatty():
            from corstui.tui.app import run_dashboard

            return run_dashboard(
                [DEMO_PROFILE],
                process_env={**os.environ, **lab.process_env()},
                engine=arguments.engine,
                ascii=arguments.ascii,
                demo=lambda: (DEMO_PROFILE, lab.process_env()),
            )
        return _print_table(lab, arguments.engine, ascii=arguments.ascii)
    finally:
        lab.stop()


def _print_table(lab: LabThread, engine: str | None, *, ascii: bool) -> int:
    """What ``corstui check`` says about the demo; the lab's mistakes are meant and fail nobody's script."""
    from corstui.cli.running import run_plan
    from corstui.cli.streams import columns, emit, has_color, has_marks
    from corstui.profile import load_profile
    from corstui.report.formats import Options
    from corstui.report.table import render
    from corstui.runner import plan

    profile = load_profile(DEMO_PROFILE, process_env={**os.environ, **lab.process_env()})
    result = run_plan(plan(profile, engines=None if engine is None else [engine]))
    emit(render(result, Options(width=columns(), color=has_color(), ascii=ascii or not has_marks())))
    return exits.INTERRUPTED if result.interrupted else exits.OK
