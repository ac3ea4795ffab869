"""A small shop in process: profiles of it, and a transport that answers for it and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from corstui.profile import Profile, load_profile

Answer = Callable[[httpx.Request], "httpx.Response | Awaitable[httpx.Response]"]


def profile_of(directory: Path, text: str, **env: str) -> Profile:
    """The profile in ``text``, with ``env`` as the whole process environment."""
    path = directory / "shop.yaml"
    path.write_text("version: 1\nname: Shop\n" + text, encoding="utf-8")
    return load_profile(path, process_env=env)


def consent(request: httpx.Request, status: int = 200, **headers: str) -> httpx.Response:
    """The answer of a server that allows whatever is asked for."""
    asked = request.headers
    policy = {
        "Access-Control-Allow-Origin": asked.get("origin", "*"),
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": asked.get("access-control-request-method", "GET"),
        "Access-Control-Allow-Headers": asked.get("access-control-request-headers", "x-none"),
    }
    fields = [*policy.items(), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return httpx.Response(status, headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields])


class Shop(httpx.AsyncBaseTransport):
    """Answers by ``answer`` and counts: requests in order, and the most under way at once, in all and by host."""

    def __init__(self, answer: Answer = consent) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []
        self.closed = False
        self.most = 0
        self.most_per_host: dict[str, int] = {}
        self._under_way: list[str] = []

    @property
    def lines(self) -> list[str]:
        """``METHOD url`` of every request, in the order of arrival."""
        return [f"{request.method} {request.url}" for request in self.requests]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self._under_way.append(request.url.host)
        host = request.url.host
        self.most = max(self.most, len(self._under_way))
        self.most_per_host[host] = max(self.most_per_host.get(host, 0), self._under_way.count(host))
        try:
            for _ in range(5):  # let the others arrive meanwhile
                await asyncio.sleep(0)
            answer = self._answer(request)
            return await answer if isinstance(answer, Awaitable) else answer
        finally:
            self._under_way.remove(host)

    async def aclose(self) -> None:
        self.closed = True
