"""Chromium without a window, listened to over the pipe of its DevTools protocol."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

Heard = Callable[[dict[str, Any]], None]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
    "--ignore-certificate-errors",
    "--autoplay-policy=no-user-gesture-required",
)

#: Third-party cookies as Chrome has them by default; Debian's build blocks them.
_PREFERENCES = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}


class Chromium:
    """A running Chromium. ``heard`` is called with what it says about each failed request, as it says it."""

    def __init__(self, protocol: _Protocol, version: str) -> None:
        self.version = version
        self._protocol = protocol

    async def open(self, url: str) -> None:
        """Go to ``url`` in the one page."""
        await self._protocol.call("Page.navigate", {"url": url}, session=self._protocol.page)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Let the one page do what the DevTools protocol calls ``method``."""
        return await self._protocol.call(method, params, session=self._protocol.page)

    @staticmethod
    @asynccontextmanager
    async def launched(hosts: dict[str, str], heard: Heard) -> AsyncIterator[Chromium]:
        """Start a fresh Chromium for which ``hosts`` resolve as given and no other name does; stop it at the end.

        Raises FileNotFoundError when there is none.
        """
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        if program is None:
            raise FileNotFoundError(f"no Chromium: install one of {', '.join(PROGRAMS)}")
        rules = [f"MAP {name} {address}" for name, address in hosts.items()] + ["MAP *.test ~NOTFOUND"]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            preferences = Path(profile) / "Default" / "Preferences"
            preferences.parent.mkdir()
            preferences.write_text(json.dumps(_PREFERENCES), encoding="utf-8")
            to_browser, commands = os.pipe()
            replies, from_browser = os.pipe()
            process = await asyncio.create_subprocess_exec(
                "bash",
                "-c",
                f'exec 3<&{to_browser} 4>&{from_browser}; exec "$@"',
                "bash",
                program,
                *_FLAGS,
                f"--user-data-dir={profile}",
                f"--host-resolver-rules={', '.join(rules)}",
                "about:blank",
                pass_fds=(to_browser, from_browser),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            os.close(to_browser)
            os.close(from_browser)
            protocol = _Protocol(commands, heard)
            try:
                await protocol.listen(replies)
                version = (await protocol.call("Browser.getVersion"))["product"].partition("/")[2]
                await protocol.attach()
                yield Chromium(protocol, version)
            finally:
                protocol.close()
                process.kill()
                await process.wait()


class _Protocol:
    """The DevTools protocol: messages of JSON that end with NUL."""

    def __init__(self, commands: int, heard: Heard) -> None:
        self.page = ""
        self._tell = heard
        self._commands = commands
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._urls: dict[str, str] = {}
        self._attached = asyncio.Event()
        self._background: set[asyncio.Task[Any]] = set()

    async def listen(self, replies: int) -> None:
        """Start to read what the browser says."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 26)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(replies, "rb", 0))
        self._spawn(self._read(reader))

    def close(self) -> None:
        """Stop listening."""
        os.close(self._commands)
        for task in self._background:
            task.cancel()

    async def attach(self) -> None:
        """Attach to the one page that is open, and from there to every frame that gets a process of its own."""
        await self.call("Target.setAutoAttach", _AUTO_ATTACH)
        await self._attached.wait()

    async def call(self, method: str, params: dict[str, Any] | None = None, *, session: str = "") -> dict[str, Any]:
        """Ask for something and await the answer. Raises RuntimeError with the browser's refusal."""
        number = len(self._calls)
        future = self._calls[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params or {}}
        os.write(self._commands, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        return await future

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                raw = await reader.readuntil(b"\0")
            except asyncio.IncompleteReadError:
                return
            message = json.loads(raw[:-1])
            if "id" in message:
                if "error" in message:
                    self._calls[message["id"]].set_exception(RuntimeError(message["error"]["message"]))
                else:
                    self._calls[message["id"]].set_result(message["result"])
            else:
                self._heard(message["method"], message["params"])

    def _heard(self, method: str, params: dict[str, Any]) -> None:
        if method == "Target.attachedToTarget":
            self._spawn(self._watch(params["sessionId"], params["targetInfo"]["type"]))
        elif method == "Network.requestWillBeSent":
            self._urls[params["requestId"]] = params["request"]["url"]
        elif method == "Network.loadingFailed":
            event = {
                "u": self._urls.get(params["requestId"], ""),
                "type": params["type"],
                "error": params["errorText"],
                "blocked": params.get("blockedReason"),
                "cors": params.get("corsErrorStatus", {}).get("corsError"),
                "param": params.get("corsErrorStatus", {}).get("failedParameter"),
            }
            self._tell({name: value for name, value in event.items() if value is not None})

    async def _watch(self, session: str, kind: str) -> None:
        for method, params in (("Network.enable", {}), ("Target.setAutoAttach", _AUTO_ATTACH)):
            await self.call(method, params, session=session)
        await self.call("Runtime.runIfWaitingForDebugger", session=session)
        if kind == "page":
            self.page = session
            self._attached.set()


_AUTO_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
