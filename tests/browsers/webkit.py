"""WebKitGTK's own small browser on a display of its own. It tells nothing beside what script sees."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.browsers.hosts import knowing

Heard = Callable[[dict[str, Any]], None]

_PLACES = "lib/*/webkit2gtk-*/MiniBrowser"


class WebKit:
    """A running MiniBrowser, started once it is told where to go."""

    def __init__(self, command: tuple[str, ...], home: str, version: str) -> None:
        self.version = version
        self._command = command
        self._home = home
        self._process: asyncio.subprocess.Process | None = None

    async def open(self, url: str) -> None:
        """Start the browser at ``url``."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            url,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env={"HOME": self._home, "PATH": "/usr/local/bin:/usr/bin:/bin", "LIBGL_ALWAYS_SOFTWARE": "1"}
            | {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "GIO_USE_PROXY_RESOLVER": "dummy"},
        )

    async def close(self) -> None:
        """End the browser, its processes and its display."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    @staticmethod
    @asynccontextmanager
    async def launched(hosts: dict[str, str], heard: Heard) -> AsyncIterator[WebKit]:
        """Make a fresh MiniBrowser ready that finds ``hosts`` (name to address); end it at the end.

        Raises FileNotFoundError when it or the display is missing.
        """
        program = _program()
        display = shutil.which("xvfb-run")
        if program is None or display is None:
            raise FileNotFoundError(
                "no MiniBrowser of WebKitGTK, or no display for it: install webkit2gtk-driver and xvfb"
            )
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            browser = (program, "--private", "--ignore-tls-errors", "--geometry=800x600")
            command = (*knowing(hosts, Path(home)), display, "-a", *browser)
            webkit = WebKit(command, home, await _version(display, program))
            try:
                yield webkit
            finally:
                await webkit.close()


def _program() -> str | None:
    return next((str(path) for path in sorted(Path("/usr").glob(_PLACES))), None)


async def _version(display: str, program: str) -> str:
    asked = (display, "-a", program, "--version")
    process = await asyncio.create_subprocess_exec(*asked, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    found = re.search(r"WebKitGTK (\S+)", said.decode())
    return found[1] if found else "unknown"
