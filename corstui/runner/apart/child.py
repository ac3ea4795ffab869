"""The child: executes what the parent sends, and tells it what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from multiprocessing.connection import Connection
from typing import Any

from corstui.garbage import collect_rarely
from corstui.runner.apart.news import Command, Ended, News, Packer, Run
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey

Execute = Callable[..., AsyncGenerator[Cell, None]]

#: Seconds in which news pile up before they are sent: a message costs more than a piece of news.
_PILE_UP = 0.005


def main(handle: int) -> None:
    """Serve the parent at the other end of the connection until it hangs up.

    ``handle``: the file descriptor of the connection. The first thing that comes makes the execute function.
    """
    with Connection(handle) as connection:
        try:
            make: Callable[[], Execute] = connection.recv()
            collect_rarely()
            asyncio.run(_Child(connection, make()).serve())
        except (EOFError, ConnectionError):
            pass  # the parent is gone, and nobody is left to tell


class _Child:
    def __init__(self, connection: Connection[Any, Any], execute: Execute) -> None:
        self._connection, self._execute = connection, execute
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._news: list[News] = []
        self._some = asyncio.Event()
        self._gone = asyncio.Event()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._connection.fileno(), self._hear)
        telling = loop.create_task(self._tell())
        telling.add_done_callback(lambda _: self._gone.set())
        await self._gone.wait()
        loop.remove_reader(self._connection.fileno())
        for task in (telling, *self._tasks.values()):
            task.cancel()
        await asyncio.gather(telling, *self._tasks.values(), return_exceptions=True)
        if not telling.cancelled():
            telling.result()  # raises what it ended of

    def _hear(self) -> None:
        try:
            command: Command = self._connection.recv()
        except (EOFError, OSError):
            self._gone.set()
            return
        if isinstance(command, Run):
            self._tasks[command.run] = asyncio.get_running_loop().create_task(self._work(command))
        elif command.run in self._tasks:
            self._tasks[command.run].cancel()

    async def _work(self, command: Run) -> None:
        packer, error = Packer(command), None

        def started(key: CellKey) -> None:
            self._put(packer.started(key))

        try:
            everything = frozenset(planned.key for planned in command.plan.cells)
            async with aclosing(self._execute(command.plan, only=everything, on_start=started)) as cells:
                async for cell in cells:
                    self._put(*packer.finished(cell))
        except Exception as problem:
            error = str(problem) or type(problem).__name__
        finally:
            del self._tasks[command.run]
            self._put(Ended(command.run, error))

    def _put(self, *news: News) -> None:
        self._news += news
        self._some.set()

    async def _tell(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(_PILE_UP)
            self._some.clear()
            news, self._news = self._news, []
            # a parent that was suspended does not read, and the flows under way must not wait for it
            await asyncio.to_thread(self._connection.send, news)
