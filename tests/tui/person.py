"""Somebody in front of the program: what they press and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Static

from corstui.tui.app import CorstuiApp
from corstui.tui.screens.dashboard import Dashboard
from corstui.tui.widgets.lines import EnvironmentBar, Headline
from tests.tui.shop import Network


class Person:
    """What somebody in front of the dashboard does and sees."""

    def __init__(self, app: CorstuiApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def dashboard(self) -> Dashboard:
        assert self.app.dashboard is not None
        return self.app.dashboard

    @property
    def at(self) -> tuple[str, str]:
        """Endpoint and origin under the cursor."""
        assert self.dashboard.matrix.at is not None
        row, column = self.dashboard.matrix.at
        return row.key, column.key

    async def press(self, *keys: str) -> None:
        """Press the keys, and wait for the inspector to follow the cursor."""
        await self.pilot.press(*keys)
        await self.until(lambda: self.app.dashboard is None or not self.app.dashboard._moved_on)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not true():
                await self.pilot.pause(0.01)

    async def opened(self) -> None:
        """Wait for the dashboard to be in front; its first run has begun by then."""
        await self.until(lambda: isinstance(self.app.screen, Dashboard) and self.app.screen.is_mounted)

    async def settled(self) -> None:
        """Wait for the dashboard to have nothing left to do."""
        dashboard = self.dashboard
        await self.until(lambda: dashboard.is_mounted and not dashboard.runs.active and dashboard.grid.settled)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        matrix = self.dashboard.matrix
        return [matrix.render_line(y).text.rstrip() for y in range(matrix.size.height)]

    def bar(self) -> str:
        return str(self.dashboard.query_one(EnvironmentBar).render())

    def headline(self) -> str:
        return str(self.dashboard.query_one(Headline).render())

    def notice(self) -> str:
        notice = self.dashboard.query_one("#notice", Static)
        return str(notice.render()) if notice.display else ""

    def told(self) -> str:
        return "\n".join(str(note.message) for note in self.app._notifications)

    def text(self) -> str:
        """Everything on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


@asynccontextmanager
async def somebody(app: CorstuiApp, network: Network, size: tuple[int, int] = (120, 30)) -> AsyncIterator[Person]:
    """Run the application with somebody in front of it; afterwards its network thread must end."""
    try:
        async with app.run_test(size=size) as pilot:
            yield Person(app, pilot)
    finally:
        network.released.set()
        assert app.bridge.close()
