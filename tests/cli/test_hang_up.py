"""A terminal that goes away takes the dashboard with it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM
from tests.support.terminal import PATIENCE


@pytest.mark.parametrize("controlling", [True, False], ids=["with a signal", "without a signal"])
def test_the_dashboard_ends_when_its_terminal_is_gone(
    tmp_path: Path, environment: dict[str, str], controlling: bool
) -> None:
    screen, keyboard = pty.openpty()
    process = subprocess.Popen(
        [str(PROGRAM), "demo"],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        cwd=tmp_path,
        env={**environment, "TERM": "xterm-256color"},
        start_new_session=True,
        preexec_fn=(lambda: os.close(os.open(os.ttyname(0), os.O_RDWR))) if controlling else None,
    )
    os.close(keyboard)
    seen = b""
    while b"storefront" not in seen:
        seen += os.read(screen, 65_536)
    os.close(screen)
    try:
        assert process.wait(PATIENCE) == 129
    finally:
        process.kill()
        process.wait()
