"""The network thread of the dashboard and the way across.

One worker thread owns an event loop; every run is a task there, and flows are played and judged in a child process that
it talks to. What happens crosses to the screen through a queue that the screen drains about 30 times a second, so a
thousand results a second cost it thirty updates. Nothing here touches a widget, and whatever goes wrong over there
arrives as :class:`Ended` with the error's text: no failure stays in the thread. Heavy modules are imported in the
thread, after the first frame.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corstui.runner import Cell, CellKey, Plan

#: How many pieces of news one :meth:`Bridge.drain` hands over, so that a flood never holds up a key press.
MOST_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Started:
    """A cell left the queue."""

    run: int
    key: CellKey


@dataclass(frozen=True, slots=True)
class Finished:
    """A cell has its result."""

    run: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Ended:
    """A run is over: done, stopped, or broken by ``error``. ``run`` is None for an error outside any run."""

    run: int | None
    error: str | None = None


News = Started | Finished | Ended
Execute = Callable[..., AsyncGenerator["Cell", None]]


class Bridge:
    """Starts runs in the network thread and hands over what they report. All methods are for the screen's thread."""

    def __init__(self, execute: Execute | None = None) -> None:
        """``execute``: runs the plans, by default in a child process."""
        self._execute = execute
        self._news: SimpleQueue[News] = SimpleQueue()
        self._numbers = count(1)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def number(self) -> int:
        """A fresh run number."""
        return next(self._numbers)

    def run(self, number: int, plan: Plan, keys: Collection[CellKey]) -> None:
        """Run these cells of the plan under ``number``; returns at once."""
        self._running_loop().call_soon_threadsafe(self._begin, number, plan, frozenset(keys))

    def stop(self, run: int | None = None) -> None:
        """Cancel one run, or all of them. Each one still reports that it ended."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel, run)

    def drain(self, most: int = MOST_AT_ONCE) -> list[News]:
        """What has happened since the last call, oldest first."""
        news: list[News] = []
        while len(news) < most:
            try:
                news.append(self._news.get_nowait())
            except Empty:
                break
        return news

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel everything and join the thread. False when it did not end in time; it dies with the process then."""
        if self._thread is None or self._loop is None:
            return True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # in the network thread --------------------------------------------------------------------------------------------

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._loop.set_exception_handler(self._unhandled)
            self._thread = threading.Thread(target=self._main, args=(self._loop,), name="corstui network", daemon=True)
            self._thread.start()
        return self._loop

    def _main(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()

    def _begin(self, number: int, plan: Plan, keys: frozenset[CellKey]) -> None:
        task = asyncio.get_running_loop().create_task(self._work(number, plan, keys))
        self._tasks[number] = task
        task.add_done_callback(partial(self._over, number))

    def _cancel(self, run: int | None) -> None:
        for number, task in list(self._tasks.items()):
            if run is None or run == number:
                task.cancel()

    async def _work(self, number: int, plan: Plan, keys: frozenset[CellKey]) -> None:
        cells = self._executing()(plan, only=keys, on_start=lambda key: self._news.put(Started(number, key)))
        async with aclosing(cells):
            async for cell in cells:
                self._news.put(Finished(number, cell))

    def _over(self, number: int, task: asyncio.Task[None]) -> None:
        """Tell that the run has ended, also one that was cancelled before its first step."""
        del self._tasks[number]
        problem = None if task.cancelled() else task.exception()
        self._news.put(Ended(number, None if problem is None else _words(problem)))

    def _executing(self) -> Execute:
        if self._execute is None:
            from corstui.runner.apart import Apart

            self._execute = Apart()
        return self._execute

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        problem = context.get("exception")
        detail = f": {_words(problem)}" if problem is not None else ""
        self._news.put(Ended(None, f"{context.get('message', 'network thread')}{detail}"))


def _words(problem: BaseException) -> str:
    """What an exception says of itself, without secrets."""
    from corstui.profile.secrets import without_secrets

    return without_secrets(str(problem)) or type(problem).__name__
