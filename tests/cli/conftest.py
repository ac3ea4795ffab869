"""A server on loopback, a profile of it, and the installed program as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corstui.cli import main

PROGRAM = Path(sys.executable).with_name("corstui")


@dataclass
class Api:
    """``/open`` allows the origin that asks, ``/closed`` none, ``/hang`` waits, ``/502`` is a gateway."""

    port: int
    lines: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def api() -> Iterator[Api]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    shared = _Handler.apis[server.server_port] = Api(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield shared
    shared.release.set()
    server.shutdown()
    thread.join()
    server.server_close()
    del _Handler.apis[server.server_port]


class _Handler(BaseHTTPRequestHandler):
    apis: dict[int, Api] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        assert isinstance(self.server, ThreadingHTTPServer)
        api = self.apis[self.server.server_port]
        api.lines.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/hang"):
            api.reached.set()
            api.release.wait(60)
        self.send_response(502 if self.path.startswith("/502") else 200)
        if not self.path.startswith("/closed"):
            self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin") or "*")
            self.send_header("Access-Control-Allow-Methods", "PUT, DELETE")
            self.send_header("Access-Control-Allow-Headers", "authorization, x-api-key, content-type")
        if self.path.startswith("/hostile"):
            self.wfile.write(b"")
            self.send_header("X-Hostile", "\x1b[2J[bold]\u009b31m")
            self.send_header("Vary", "\x1b]0;title\x07, Origin")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A process environment without the tester's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(tmp_path), "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}


@pytest.fixture
def program(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the installed program in the test's directory. A traceback on stderr fails the test whatever it looks for."""

    def run(*arguments: str, **env: str) -> Outcome:
        done = subprocess.run(
            [str(PROGRAM), *arguments],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**environment, **env},
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def corstui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process, in the test's directory: quicker, where a process of its own adds nothing."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **env: str) -> Outcome:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err, captured.err
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def profile(tmp_path: Path, api: Api) -> Callable[..., str]:
    """Write a profile of the server; endpoints as ``name=REQUEST | more YAML``. Returns its name."""

    def write(endpoints: str, name: str = "shop.yaml", head: str = "") -> str:
        text = f'version: 1\nname: Shop\n{head}\norigins: {{web: "http://web.example", evil: "http://evil.example"}}\n'
        (tmp_path / name).write_text(text + "endpoints:\n" + endpoints.replace("API", api.url), encoding="utf-8")
        return name

    return write
