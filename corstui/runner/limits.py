"""What bounds a run on the wire: requests per host, requests per second, requests in all, and the time of one flow."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from corstui.fetch.url import parse
from corstui.runner.plan import Planned

if TYPE_CHECKING:
    from corstui.profile import Settings


def host_of(url: str) -> str:
    """The host that ``per_host`` counts, whatever its ports; empty for what is no URL."""
    parsed = parse(url)
    return parsed.host if parsed else ""


class Hosts:
    """One semaphore per host: no more than ``limit`` requests to it are under way."""

    def __init__(self, limit: int) -> None:
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(limit))

    def slot(self, url: str) -> asyncio.Semaphore:
        return self._slots[host_of(url)]


class Rate:
    """Spaces requests evenly: a late one is not made up for by a burst. ``per_second`` None does not limit."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next slot."""
        if not self._gap:
            return
        now = time.monotonic()
        slot = max(now, self._next)
        self._next = slot + self._gap
        if slot > now:
            await asyncio.sleep(slot - now)


class Budget:
    """How many requests the run may still send. None does not limit."""

    def __init__(self, requests: int | None) -> None:
        self._left = requests

    def take(self) -> bool:
        """Count one request; False when none is left."""
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the requests of one run share."""

    hosts: Hosts
    rate: Rate
    budget: Budget

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that a profile sets."""
        return cls(Hosts(settings.per_host), Rate(settings.rate), Budget(settings.budget))

    def renewed(self, settings: Settings) -> Limits:
        """The same hosts and rate with a fresh budget: for another run beside this one."""
        return replace(self, budget=Budget(settings.budget))


class Allowance:
    """The time left for one flow, in seconds. It runs only while a request is under way, never while one waits."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def start(self) -> float:
        """The deadline, as a monotonic time, of a request that starts now."""
        self._started = time.monotonic()
        return self._started + self._left

    def stop(self) -> None:
        self._left -= time.monotonic() - self._started


class Waiting:
    """Cells that have not started, in plan order, passing over those whose host is busy already.

    A slow host thus never takes the places of flows to other hosts.
    """

    def __init__(self, cells: Iterable[Planned], per_host: int) -> None:
        self._per_host = per_host
        self._queues: defaultdict[str, deque[tuple[int, Planned]]] = defaultdict(deque)
        self._running: defaultdict[str, int] = defaultdict(int)
        self._ready: list[tuple[int, str]] = []
        for index, planned in enumerate(cells):
            self._queues[host_of(planned.url)].append((index, planned))
        for host in self._queues:
            self._offer(host)

    def take(self) -> Planned | None:
        """The next cell that may start, or None until one is :meth:`finished`."""
        if not self._ready:
            return None
        _, host = heappop(self._ready)
        _, planned = self._queues[host].popleft()
        self._running[host] += 1
        self._offer(host)
        return planned

    def finished(self, planned: Planned) -> None:
        host = host_of(planned.url)
        self._running[host] -= 1
        if self._running[host] == self._per_host - 1:
            self._offer(host)

    def _offer(self, host: str) -> None:
        queue = self._queues[host]
        if queue and self._running[host] < self._per_host:
            heappush(self._ready, (queue[0][0], host))
