"""``corstui lab``: the built-in servers on their own, for profiles and tools of one's own."""

from __future__ import annotations

import argparse
import signal
import threading

from corstui.cli import exits
from corstui.cli.streams import UsageError, emit, narrate
from corstui.lab import DEMO_PROFILE, LabThread


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. The variables for the demo's profile go to stdout, as lines that a shell reads."""
    lab = LabThread(arguments.port)
    try:
        lab.start()
    except (OSError, OverflowError) as error:
        raise UsageError(f"the lab cannot listen: {error}") from None
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        emit("\n".join(f"export {name}={url}" for name, url in sorted(lab.process_env().items())))
        narrate(f"profile: {DEMO_PROFILE}\nCtrl+C stops the lab")
        stopped.wait()
    finally:
        lab.stop()
    return exits.OK
