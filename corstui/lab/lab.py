"""The shop's servers, running: two deployments and a CDN for each, on loopback."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from corstui.lab.server import Server
from corstui.lab.shop import DEPLOYMENTS, Shop

HOST = "127.0.0.1"

#: What each server of a deployment plays, in the order of their ports.
ROLES = {"cdn": "the CDN that downloads are redirected to", "api": "the shop's API"}
#: How many ports the lab takes.
PORTS = len(DEPLOYMENTS) * len(ROLES)


def variable(deployment: str, role: str) -> str:
    """The environment variable that tells a server's base URL."""
    return f"SHOP_{deployment.upper()}_{role.upper()}"


class Lab:
    """An async context manager. ``port`` is the first of :data:`PORTS` consecutive ports; None takes free ones.

    The servers listen on 127.0.0.1 and are called by names below ``localhost``, which always mean this machine.
    """

    def __init__(self, port: int | None = None) -> None:
        self._first = port
        self._servers: list[Server] = []
        self.urls: dict[tuple[str, str], str] = {}
        """By deployment and role (see :data:`ROLES`): the base URL."""

    async def __aenter__(self) -> Self:
        try:
            for name, deployment in DEPLOYMENTS.items():
                cdn = await self._start(name, "cdn", Shop(deployment, prefix="/cdn"))
                await self._start(name, "api", Shop(deployment.on(cdn)))
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop every server."""
        await asyncio.gather(*(server.close() for server in self._servers))

    async def _start(self, name: str, role: str, shop: Shop) -> str:
        server = Server(shop)
        await server.start(HOST, 0 if self._first is None else self._first + len(self._servers))
        self._servers.append(server)
        stage = "" if name == "production" else f"{name}."
        self.urls[name, role] = url = f"http://{role}.{stage}shop.localhost:{server.port}"
        return url

    def process_env(self) -> dict[str, str]:
        """The variables that the demo's profile reads from its process."""
        return {variable(name, role): url for (name, role), url in self.urls.items()}


class LabThread:
    """The lab in a thread and event loop of its own. A context manager; entering returns when the servers listen."""

    def __init__(self, port: int | None = None) -> None:
        self._lab = Lab(port)
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="corstui-lab", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the servers. Raises OSError when a port is taken."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stop the servers and wait for the thread."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def urls(self) -> dict[tuple[str, str], str]:
        """As :attr:`Lab.urls`."""
        return self._lab.urls

    def process_env(self) -> dict[str, str]:
        """As :meth:`Lab.process_env`."""
        return self._lab.process_env()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to whoever waits in start()
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self._lab:
            self._ready.set()
            await self._stop.wait()
