"""The parent's side: starts the child, sends it plans, and puts finished cells together again."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Collection
from dataclasses import replace
from itertools import count
from multiprocessing import Pipe
from typing import TYPE_CHECKING

from corstui.runner.apart.news import Command, Controls, Ended, News, Run, Started, Stop, Unpacker
from corstui.runner.together import Together

if TYPE_CHECKING:
    from corstui.runner.apart.child import Execute
    from corstui.runner.cell import Cell
    from corstui.runner.plan import CellKey, Plan

#: Seconds that a child gets to end by itself.
_PATIENCE = 1.0
#: The child finds its modules where the parent found them, and nothing in the working directory.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from corstui.runner.apart.child import main; main({handle})"


class ExecutionFailed(Exception):
    """What broke a run off in the child, or how the child itself ended. The message says it."""


class Apart:
    """Executes plans in a child process. All calls come from one event loop.

    The child starts with the first plan. It ends when the loop's tasks are cancelled, and when this process ends.
    ``make``: makes the child's execute function; it crosses as a pickle.
    """

    def __init__(self, make: Callable[[], Execute] = Together) -> None:
        self._make = make
        self._numbers = count(1)
        self._child: _Child | None = None

    async def __call__(
        self, plan: Plan, *, only: Collection[CellKey], on_start: Callable[[CellKey], None]
    ) -> AsyncGenerator[Cell, None]:
        """Yield the cells of ``only`` as they finish. Raises ExecutionFailed, and OSError
        where no process can be started."""
        plan = replace(plan, cells=tuple(planned for planned in plan.cells if planned.key in only))
        if self._child is None or self._child.dead:
            self._child = _Child(self._make)
        child, number, unpacker = self._child, next(self._numbers), Unpacker(plan)
        news = child.begin(number, plan)
        try:
            while not isinstance(item := await news.get(), Ended):
                if isinstance(item, Started):
                    on_start(plan.cells[item.at].key)
                elif isinstance(item, Controls):
                    unpacker.learn(item)
                else:
                    yield unpacker.cell(item)
        finally:
            child.leave(number)
        if item.error is not None:
            raise ExecutionFailed(item.error)


class _Child:
    """One child process and the runs that it is at."""

    def __init__(self, make: Callable[[], Execute]) -> None:
        self.dead = False
        self._runs: dict[int, asyncio.Queue[News]] = {}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the child is seen off
        self._connection, its = Pipe()
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM.format(path=sys.path, handle=its.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=[its.fileno()],
                start_new_session=True,  # keys that send signals are not meant for it
            )
        self._hung_up = asyncio.Event()
        self._life = asyncio.create_task(self._live())
        self._send(make)

    def begin(self, number: int, plan: Plan) -> asyncio.Queue[News]:
        """Have a plan executed; returns where its news arrive."""
        self._runs[number] = asyncio.Queue()
        self._send(Run(number, plan))
        return self._runs[number]

    def leave(self, number: int) -> None:
        """Nobody waits for news of the run any more."""
        del self._runs[number]
        if not self.dead:
            self._send(Stop(number))

    def _send(self, message: Command | Callable[[], Execute]) -> None:
        try:
            self._connection.send(message)
        except OSError:
            self._hung_up.set()

    def _hear(self) -> None:
        try:
            heard: list[News] = self._connection.recv()
        except (EOFError, OSError):
            self._hung_up.set()
            return
        for news in heard:
            if news.run in self._runs:
                self._runs[news.run].put_nowait(news)

    async def _live(self) -> None:
        """Hear the child until it hangs up, or until this task is cancelled; then see it off."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._connection.fileno(), self._hear)
        try:
            await self._hung_up.wait()
        finally:
            loop.remove_reader(self._connection.fileno())
            self.dead = True
            self._connection.close()
            end = self._end()
            for number, queue in self._runs.items():
                queue.put_nowait(Ended(number, end))

    def _end(self) -> str:
        """Wait for the end of the process; what to say about it."""
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        with self._said:
            self._said.seek(0)
            lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"the network process {how}{f': {lines[-1]}' if lines else ''}"
