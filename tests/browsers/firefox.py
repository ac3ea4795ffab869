"""Firefox without a window, told where to go over Marionette, and its console listened to."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.browsers.hosts import knowing

Heard = Callable[[dict[str, Any]], None]

PROGRAMS = ("firefox-esr", "firefox")

#: Nothing but the browser's own rules, and no traffic of its own.
_PREFERENCES: dict[str, bool | int | str] = {
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.security.https_first": False,
    "marionette.port": 0,
    "media.autoplay.default": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.trr.mode": 5,
    "remote.prefs.recommended": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}

#: Keeps what the console is told, with its category; Marionette shows only what pages log.
_LISTEN = """
const kept = Services.corstuiKept = [];
Services.console.registerListener({ observe(message) {
  if (message instanceof Ci.nsIScriptError) kept.push([message.category, message.errorMessage]);
} });
"""
_TAKE = "return Services.corstuiKept.splice(0);"

#: What the console says about a refusal; it says more about what came of it.
_CATEGORIES = re.compile("CORS|Mixed Content|ORB|Security")

_ADDRESS = re.compile(r"https?://[^\s\u2018\u2019\u201c\u201d]+")
_REASON = re.compile(r"\(Reason: (.*)\)", re.DOTALL)

#: Seconds between two looks at the console.
_PAUSE = 0.2


class Firefox:
    """A running Firefox. ``heard`` is called with what its console says about an address."""

    def __init__(self, marionette: _Marionette, version: str) -> None:
        self.version = version
        self._marionette = marionette

    async def open(self, url: str) -> None:
        """Go to ``url`` in the one page."""
        await self._marionette.script(f"gBrowser.fixupAndLoadURIString({json.dumps(url)}, {_AS_THE_SYSTEM});")

    @staticmethod
    @asynccontextmanager
    async def launched(hosts: dict[str, str], heard: Heard) -> AsyncIterator[Firefox]:
        """Start a fresh Firefox that finds ``hosts`` (name to address); stop it at the end.

        Raises FileNotFoundError when there is none.
        """
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        if program is None:
            raise FileNotFoundError(f"no Firefox: install one of {', '.join(PROGRAMS)}")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
            profile = Path(directory)
            lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
            (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
            process = await asyncio.create_subprocess_exec(
                *knowing(hosts, profile),
                program,
                "--headless",
                "--no-remote",
                "--marionette",
                "--remote-allow-system-access",
                "--profile",
                directory,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={"HOME": directory, "PATH": "/usr/local/bin:/usr/bin:/bin", "MOZ_DISABLE_AUTO_SAFE_MODE": "1"},
            )
            try:
                marionette = await _Marionette.connected(profile / "MarionetteActivePort")
                version = await marionette.begin()
                console = asyncio.create_task(_listen(marionette, heard))
                try:
                    yield Firefox(marionette, version)
                finally:
                    console.cancel()
                    with suppress(asyncio.CancelledError):
                        await console
                    await _tell(marionette, heard)
            finally:
                process.kill()
                await process.wait()


_AS_THE_SYSTEM = "{ triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() }"


async def _listen(marionette: _Marionette, heard: Heard) -> None:
    while True:
        await _tell(marionette, heard)
        await asyncio.sleep(_PAUSE)


async def _tell(marionette: _Marionette, heard: Heard) -> None:
    try:
        messages = await marionette.script(_TAKE)
    except RuntimeError:  # a login dialog stood in the way, and has been dismissed
        messages = await marionette.script(_TAKE)
    for category, message in messages:
        address = _ADDRESS.search(message)
        if address is not None and _CATEGORIES.match(category):
            reason = _REASON.search(message)
            text = reason[1].rstrip(".") if reason else message
            heard({"u": address[0].rstrip("."), "category": category, "reason": text})


class _Marionette:
    """Marionette: ``length:[0, id, command, parameters]`` and ``length:[1, id, error, result]``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._turn = asyncio.Lock()

    @classmethod
    async def connected(cls, port: Path) -> _Marionette:
        """Connect as soon as the browser has written its port to a file."""
        while not (number := _text(port)):  # noqa: ASYNC110 - a file announces nothing
            await asyncio.sleep(0.05)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(number), limit=1 << 26)
        marionette = cls(reader, writer)
        await marionette._message()
        return marionette

    async def begin(self) -> str:
        """Open a session that takes any certificate, and listen to the console; returns the browser's version."""
        session = await self._call("WebDriver:NewSession", {"acceptInsecureCerts": True})
        await self._call("Marionette:SetContext", {"value": "chrome"})
        await self.script(_LISTEN)
        return str(session["capabilities"]["browserVersion"])

    async def script(self, text: str) -> Any:
        """Run ``text`` with the browser's own rights; returns what it returns."""
        done = await self._call("WebDriver:ExecuteScript", {"script": text, "args": [], "sandbox": "system"})
        return done["value"]

    async def _call(self, command: str, parameters: dict[str, Any]) -> Any:
        async with self._turn:
            self._number += 1
            text = json.dumps([0, self._number, command, parameters])
            self._writer.write(f"{len(text.encode())}:{text}".encode())
            _, _, error, result = await self._message()
        if error is not None:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    async def _message(self) -> Any:
        length = (await self._reader.readuntil(b":"))[:-1]
        return json.loads(await self._reader.readexactly(int(length)))


def _text(file: Path) -> str:
    return file.read_text(encoding="ascii").strip() if file.exists() else ""
