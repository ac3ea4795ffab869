"""libcurl on the loop: what the other tests cannot reach from outside."""

from __future__ import annotations

import asyncio
import threading

from corstui.transport.multi import LoopMulti


class Lingering:
    """A multi handle with a name lookup that does not end."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.is_closed = threading.Event()

    def close(self) -> None:
        self.let_go.wait()
        self.is_closed.set()


async def test_closing_does_not_wait_for_a_name_lookup_that_hangs() -> None:
    multi = LoopMulti(asyncio.get_running_loop(), max_connections=1)
    multi._multi.close()
    lingering = multi._multi = Lingering()
    multi.close()
    assert not lingering.is_closed.is_set()
    lingering.let_go.set()
    assert lingering.is_closed.wait(60)
