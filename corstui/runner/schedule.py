"""Runs the cells of a plan concurrently within its limits, each in a fresh browser, and hands them out as they finish.

Flows wait for a place (``concurrency``), requests for a slot of their host, for the rate and for the budget. Whatever
waits costs a flow none of its timeout. No cell can tell how many others run beside it.

An endpoint's control requests are sent once, by the first of its cells that has ended, in that cell's place; the others
wait for them before they are handed out.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection
from typing import TYPE_CHECKING

from corstui.browser import drive
from corstui.fetch.messages import Held, Reply, Request
from corstui.fetch.result import Exchange
from corstui.runner.cell import Cell, compact, finished
from corstui.runner.controls import Place, controls_of, exchange_of, place_of
from corstui.runner.guard import Guard
from corstui.runner.limits import Allowance, Limits, Waiting
from corstui.runner.plan import CellKey, Plan, Planned
from corstui.runner.simulate import Recorded, joined, simulation
from corstui.transport.sender import Sender

if TYPE_CHECKING:
    import httpx

    from corstui.profile import Deployment


class CellFailed(Exception):
    """A cell broke corstui itself. The message names the cell; the cause is chained."""

    def __init__(self, key: CellKey, error: BaseException) -> None:
        super().__init__(f"internal error in {key}: {type(error).__name__}: {error}")
        self.key = key


async def execute(
    plan: Plan,
    *,
    only: Collection[CellKey] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    concurrency: int | None = None,
    on_start: Callable[[CellKey], None] | None = None,
    limits: Limits | None = None,
    bodies: bool = False,
) -> AsyncGenerator[Cell, None]:
    """Yield the plan's cells (or ``only`` those) as they finish. Closing the iterator cancels the rest at once.

    ``on_start`` is called when a cell leaves the queue. ``limits``: shared with other executions on this event loop, so
    that together they keep to them; None makes fresh ones. ``bodies``: keep those of the answers, too.
    Raises CellFailed when a cell fails for a reason of our own.
    """
    chosen = set(only) if only is not None else None
    cells = [planned for planned in plan.cells if chosen is None or planned.key in chosen]
    work = _Work(plan, cells, transport, concurrency or plan.settings.concurrency, on_start, limits, bodies=bodies)
    try:
        work.start()
        for _ in cells:
            outcome = await work.outcomes.get()
            if isinstance(outcome, CellFailed):
                raise outcome
            yield outcome
    finally:
        await work.close()


class _Work:
    """One execution: what is shared by its cells, and the tasks under way."""

    def __init__(
        self,
        plan: Plan,
        cells: list[Planned],
        transport: httpx.AsyncBaseTransport | None,
        concurrency: int,
        on_start: Callable[[CellKey], None] | None,
        limits: Limits | None,
        *,
        bodies: bool,
    ) -> None:
        settings = plan.settings
        self.outcomes: asyncio.Queue[Cell | CellFailed] = asyncio.Queue()
        self._timeout, self._engine = settings.timeout, plan.engines[0]
        self._waiting = Waiting(cells, settings.per_host)
        self._limits = limits or Limits.of(settings)
        self._given = Sender(transport) if transport is not None else None
        self._senders: dict[str, Sender] = {}
        self._concurrency = concurrency
        self._on_start = on_start
        self._bodies = bodies
        self._tasks: set[asyncio.Task[None]] = set()
        self._controls = controls_of(plan, cells)
        self._answered: dict[Place, tuple[Exchange, ...]] = {}
        self._asking: defaultdict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)

    def start(self) -> None:
        """Begin as many waiting cells as there are places."""
        while len(self._tasks) < self._concurrency and (planned := self._waiting.take()) is not None:
            self._tasks.add(asyncio.create_task(self._occupy(planned)))

    async def close(self) -> None:
        """Cancel what is under way and close every connection of our own; a given transport belongs to the caller."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for sender in self._senders.values():
            await sender.aclose()

    async def _occupy(self, planned: Planned) -> None:
        """Run one cell in its place, then give the place to the next."""
        try:
            if self._on_start is not None:
                self._on_start(planned.key)
            outcome: Cell | CellFailed = await self._run(planned)
        except Exception as error:
            outcome = CellFailed(planned.key, error)
            outcome.__cause__ = error
        self.outcomes.put_nowait(outcome)
        task = asyncio.current_task()
        if task in self._tasks:
            self._tasks.remove(task)
            self._waiting.finished(planned)
            self.start()

    async def _run(self, planned: Planned) -> Cell:
        stage = simulation(planned)
        sender = self._sender(planned.deployment)
        began = time.monotonic()
        dialogue, flows = [], []
        wire = _Wire(sender, self._limits, bodies=self._bodies)
        for _ in range(planned.endpoint.repeat):
            lane = _Lane(planned, wire, self._seconds(planned))
            now, wall = time.monotonic(), time.time()
            flows.append(await drive(stage.begin(now, wall), lane.send))
            dialogue.append(Recorded(now, wall, tuple(lane.replies)))
        duration = (time.monotonic() - began) * 1000
        controls = await self._control(planned, wire)
        return finished(planned, tuple(dialogue), joined(flows), duration, controls)

    def _seconds(self, planned: Planned) -> float:
        return planned.endpoint.timeout or self._timeout

    async def _control(self, planned: Planned, wire: _Wire) -> tuple[Exchange, ...]:
        """What the control requests of the cell's endpoint are answered."""
        place = place_of(planned)
        async with self._asking[place]:
            if place not in self._answered:
                self._answered[place] = tuple([each async for each in self._asked(planned, wire)])
        return self._answered[place]

    async def _asked(self, planned: Planned, wire: _Wire) -> AsyncGenerator[Exchange, None]:
        """One control request after the other, until one gets no answer in time: the next would wait in vain, too."""
        for request in self._controls.get(place_of(planned), ()):
            if self._limits.budget.take():
                reply = await wire.send(request, Allowance(self._seconds(planned)))
                yield exchange_of(request, reply, self._engine)
                if reply.error is not None and reply.error.code in ("timeout", "connect-timeout"):
                    return

    def _sender(self, deployment: Deployment) -> Sender:
        """The connections of one environment: its proxy, certificates and pinned names."""
        if self._given is not None:
            return self._given
        if deployment.name not in self._senders:
            tls = deployment.tls
            self._senders[deployment.name] = Sender(
                verify=tls.verify,
                ca=tls.ca,
                cert=tls.cert,
                key=tls.key,
                resolve=deployment.resolve,
                proxy=deployment.proxy,
            )
        return self._senders[deployment.name]


class _Wire:
    """The way to the network of one environment: queued by host and rate, then sent."""

    def __init__(self, sender: Sender, limits: Limits, *, bodies: bool) -> None:
        self._sender, self.limits, self._bodies = sender, limits, bodies

    async def send(self, request: Request, allowance: Allowance) -> Reply:
        arrived = time.monotonic()
        async with self.limits.hosts.slot(request.url):
            await self.limits.rate.turn()
            waited = (time.monotonic() - arrived) * 1000
            reply = await self._sender.send(request, deadline=allowance.start())
            allowance.stop()
        return compact(reply, waited, bodies=self._bodies)


class _Lane:
    """The way of one flow's requests to the wire: held back or sent, and recorded."""

    def __init__(self, planned: Planned, wire: _Wire, timeout: float) -> None:
        self.replies: list[Reply] = []
        self._guard = Guard(planned)
        self._allowance = Allowance(timeout)
        self._wire = wire

    async def send(self, request: Request) -> Reply:
        held = self._guard.hold(request)
        if held is None and not self._wire.limits.budget.take():
            held = "held-budget"
        if held is not None:
            reply = Reply(held=Held(held), now=time.monotonic(), wall=time.time())
        else:
            reply = await self._wire.send(request, self._allowance)
        self.replies.append(reply)
        return reply
