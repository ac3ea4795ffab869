"""Start the real servers, each of them as staging and as production, on free ports of 127.0.0.1.

    with started(directory) as farm:
        farm.variables        # {"NGINX_STAGING": "http://127.0.0.1:40001", ...}: what profiles/real-servers.yaml reads
        farm.missing          # {"express": "Express is not installed: ..."} for servers that are not there

A server that is installed and does not come up is an error that shows what the server printed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
EXPRESS = HERE / "express"
DEPLOYMENTS = ("staging", "production")

#: Below the ports that Linux, macOS and Windows give to whoever asks for any: what is free here stays free.
_PORTS = range(20_000, 32_000)
#: How often a connection is tried, 20 ms apart: 30 s for eleven programs that start side by side on a busy machine.
_CONNECTS = 1500


@dataclass(frozen=True)
class Server:
    """One implementation: what it lacks, as a sentence or "", and how a deployment of it is started."""

    name: str
    lacks: Callable[[], str]
    command: Callable[[str, int, Path], list[str]]


@dataclass
class Running:
    """One deployment and its port, with the file that takes its output."""

    server: Server
    deployment: str
    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return (self.directory / "output.txt").read_text(encoding="utf-8", errors="replace")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = self.server.command(self.deployment, self.port, self.directory)
        with (self.directory / "output.txt").open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.directory,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until it accepts connections; RuntimeError with its output when it does not."""
        assert self.process is not None
        for _ in range(_CONNECTS):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"{self.server.name} ({self.deployment}) did not start:\n{self.output}")

    def stop(self) -> None:
        """End it and what it started, at once: nothing of it is worth an orderly end."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


@dataclass(frozen=True)
class Farm:
    """All that runs, and why the rest does not."""

    running: list[Running] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The servers that run; each is a tag of the profile."""
        return [name for name in SERVERS if name not in self.missing]

    def require(self, *names: str) -> None:
        """Skip the test, or fail it, where one of these servers is missing."""
        sentences = [self.missing[name] for name in names if name in self.missing]
        if sentences:
            give_up("; ".join(sentences))

    @property
    def variables(self) -> dict[str, str]:
        """The process environment that the profile reads."""
        return {f"{one.server.name}_{one.deployment}".upper(): one.url for one in self.running}


def give_up(sentence: str) -> NoReturn:
    """Skip the test because of what ``sentence`` says is missing; fail it where CORSTUI_TEST_SERVERS is "required"."""
    if os.environ.get("CORSTUI_TEST_SERVERS") == "required":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def absent(*modules: str) -> str:
    """A sentence about those of ``modules`` that cannot be imported, "" when all can."""
    names = [module for module in modules if importlib.util.find_spec(module) is None]
    return f"{' and '.join(names)} cannot be imported: pip install 'corstui[servers]'" if names else ""


@contextlib.contextmanager
def started(directory: Path) -> Iterator[Farm]:
    """Every server that is installed, ready; all are gone afterwards, whatever happens."""
    lacking = {server.name: server.lacks() for server in SERVERS.values()}
    farm = Farm(missing={name: sentence for name, sentence in lacking.items() if sentence})
    ports = free_ports()
    try:
        for name in farm.names:
            for deployment in DEPLOYMENTS:
                own = directory / f"{name}-{deployment}"
                own.mkdir()
                running = Running(SERVERS[name], deployment, own, next(ports))
                farm.running.append(running)
                running.start()
        for running in farm.running:
            running.wait_ready()
        yield farm
    finally:
        for running in farm.running:
            running.stop()


def free_ports() -> Iterator[int]:
    """Ports that nobody listens on, in no order, each once."""
    return filter(_is_free, random.sample(_PORTS, len(_PORTS)))


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _python(name: str, *modules: str) -> Server:
    """A server written in Python: its program is in ``apps/``, ``modules`` are what it imports."""

    def command(deployment: str, port: int, _: Path) -> list[str]:
        return [sys.executable, str(HERE / "apps" / f"{name}_app.py"), deployment, str(port)]

    return Server(name, lambda: absent(*modules), command)


def nginx() -> str | None:
    """Debian puts it where only root's PATH looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def _nginx_lacks() -> str:
    return "" if nginx() else "nginx is not installed: apt-get install nginx-light"


def _nginx_command(deployment: str, port: int, directory: Path) -> list[str]:
    text = (HERE / "nginx" / f"{deployment}.conf").read_text(encoding="utf-8")
    (directory / "nginx.conf").write_text(text.replace("PORT", str(port)), encoding="utf-8")
    program = nginx()
    assert program is not None
    return [program, "-p", str(directory), "-c", "nginx.conf"]


def _express_lacks() -> str:
    if shutil.which("node") is None:
        return "Node.js is not installed: apt-get install nodejs npm"
    if not (EXPRESS / "node_modules" / "cors").is_dir():
        return "Express and cors are not installed: npm ci --prefix tests/real_servers/express"
    return ""


def _express_command(deployment: str, port: int, _: Path) -> list[str]:
    return ["node", str(EXPRESS / "server.mjs"), deployment, str(port)]


SERVERS = {
    server.name: server
    for server in (
        Server("nginx", _nginx_lacks, _nginx_command),
        _python("starlette", "starlette", "uvicorn"),
        _python("flask", "flask", "flask_cors"),
        _python("django", "django", "corsheaders", "uvicorn"),
        _python("aiohttp", "aiohttp", "aiohttp_cors"),
        Server("express", _express_lacks, _express_command),
    )
}
