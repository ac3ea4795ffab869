"""``corstui lab``: the built-in servers on their own, for profiles and tools of one's own."""

from __future__ import annotations

import argparse
import errno
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from corstui.cli import exits
from corstui.cli.streams import UsageError, emit, narrate
from corstui.lab import DEMO_PROFILE, LabThread
from corstui.lab.lab import PORTS, ROLES, variable


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM, which is the way it is meant to end. What each URL plays goes to stdout, with the
    variables of the demo's profile as lines that a shell reads."""
    if arguments.port is not None and _last(arguments.port) > 65535:
        raise UsageError(f"ports end at 65535, and the lab needs {arguments.port} to {_last(arguments.port)}")
    with _signalled() as stopped:
        lab = LabThread(arguments.port)
        try:
            lab.start()
        except OSError as error:
            raise UsageError(_cannot_listen(arguments.port, error)) from None
        try:
            emit("\n".join(_announcement(lab.urls)))
            narrate(f"These are for {DEMO_PROFILE}. Ctrl+C stops the lab.")
            stopped.wait()
        finally:
            lab.stop()
    return exits.OK


def _announcement(urls: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for (deployment, role), url in urls.items():
        yield f"# {deployment}: {ROLES[role]}"
        yield f"export {variable(deployment, role)}={url}"


def _last(port: int) -> int:
    return port + PORTS - 1


def _cannot_listen(port: int | None, error: OSError) -> str:
    if port is None:
        return f"the lab cannot listen on loopback: {error}"
    if error.errno == errno.EADDRINUSE:
        return f"one of the ports {port} to {_last(port)} is taken; leave --port out and the lab finds free ones"
    return f"the lab cannot listen on the ports {port} to {_last(port)}: {error.strerror}"


@contextmanager
def _signalled() -> Iterator[threading.Event]:
    """An event that SIGINT or SIGTERM sets."""
    stopped = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
