"""The dashboard with a stand-in for the network: dialogues at a steady pace, judged as the runner judges them.

    python -m benchmarks.paced PROFILE CELLS_A_SECOND

The answers are those of the benchmarks' nginx, byte for byte. Everything else is real: the pure flow, the cells, the
child process, the queue and the screen. A pace of 0 leaves the matrix empty.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from functools import partial
from itertools import chain, repeat
from pathlib import Path

from corstui.fetch.messages import Reply, Request, Timing
from corstui.runner import Cell, CellKey, Plan, Planned
from corstui.runner.apart import Apart
from corstui.runner.cell import finished
from corstui.runner.simulate import Recorded, simulation
from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge

#: Cells under way at once.
_UNDER_WAY = 32
_TOOK = 1.2
_HEAD = """\
HTTP/1.1 {status}
Server: nginx/1.22.1
Date: Mon, 23 Nov 2026 12:00:00 GMT
Content-Type: application/json
Content-Length: 40
Connection: keep-alive
{allowed}Access-Control-Allow-Credentials: true
Access-Control-Allow-Methods: GET, POST, PUT, DELETE
Access-Control-Allow-Headers: Content-Type, X-Trace
Access-Control-Expose-Headers: X-Request-Id
Vary: Origin
Cache-Control: no-store
X-Request-Id: {number:032x}
X-Content-Type-Options: nosniff

"""


class Paced:
    """Stands in for the runner: as many cells a second as asked for, in plan order.

    Half way between two results another cell starts, so that at a low pace every change comes alone.
    """

    def __init__(self, a_second: float) -> None:
        self._a_second = a_second

    async def __call__(
        self, plan: Plan, *, only: Collection[CellKey], on_start: Callable[[CellKey], None]
    ) -> AsyncGenerator[Cell, None]:
        cells = [planned for planned in plan.cells if planned.key in only]
        ahead: Iterator[Planned | None] = chain(cells[_UNDER_WAY:], repeat(None))
        for planned in cells[:_UNDER_WAY]:
            on_start(planned.key)
        began = time.monotonic()
        for number, (planned, following) in enumerate(zip(cells, ahead, strict=False)):
            if not self._a_second:
                await asyncio.Event().wait()
            await asyncio.sleep(max(0.0, began + number / self._a_second - time.monotonic()))
            yield answered(planned, number)
            if following is not None:
                await asyncio.sleep(max(0.0, began + (number + 0.5) / self._a_second - time.monotonic()))
                on_start(following.key)


def answered(planned: Planned, number: int = 0) -> Cell:
    """The cell as it is when nginx has answered."""
    now, wall = time.monotonic(), time.time()
    flow = simulation(planned).begin(now, wall)
    replies: list[Reply] = []
    try:
        request = next(flow)
        while True:
            replies.append(_reply(request, planned.origin_value, number))
            request = flow.send(replies[-1])
    except StopIteration as done:
        return finished(planned, (Recorded(now, wall, tuple(replies)),), done.value, _TOOK)


def _reply(request: Request, origin: str, number: int) -> Reply:
    status = "204 No Content" if request.method == "OPTIONS" else "200 OK"
    allowed = "" if "refused" in origin else f"Access-Control-Allow-Origin: {origin}\n"
    head = _HEAD.format(status=status, allowed=allowed, number=number).replace("\n", "\r\n").encode("ascii")
    timing = Timing(queue=0.1, first_byte=_TOOK / 2, total=_TOOK / 2)
    return Reply(head=head, body_length=40, timing=timing, now=time.monotonic(), wall=time.time(), address="127.0.0.1")


def main() -> None:
    from benchmarks.paced import Paced as Importable  # the child process does not know this module as __main__

    path, pace = Path(sys.argv[1]), float(sys.argv[2])
    app = CorstuiApp([path], bridge=Bridge(Apart(partial(Importable, pace))))
    app.run()
    app.bridge.close()


if __name__ == "__main__":
    main()
