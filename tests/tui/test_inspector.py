"""The inspector widget: follows what it is shown, fits its width, scrolls."""

from __future__ import annotations

from typing import cast

from textual.app import App, ComposeResult
from textual.widgets import Static

from corstui.runner import Cell
from corstui.tui.board import Slot, State
from corstui.tui.place import Place
from corstui.tui.widgets.inspector import Inspector
from tests.tui.opened import OpenedCell, received, refused


class Shell(App[None]):
    CSS = "Inspector { height: 8; }"

    def compose(self) -> ComposeResult:
        yield Inspector()

    @property
    def inspector(self) -> Inspector:
        return self.query_one(Inspector)

    @property
    def said(self) -> str:
        return str(self.inspector.query_one(Static).content)


def slot(cell: OpenedCell, state: State = State.DONE) -> Slot:
    return Slot(cell.planned, state, cast(Cell, cell) if state is State.DONE else None)


async def test_it_follows_what_it_is_shown() -> None:
    app = Shell()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "No cell" in app.said
        app.inspector.show(Place((slot(refused()),)), ["staging"])
        assert "Blocked before sending" in app.said
        app.inspector.show(Place((slot(received(), State.RUNNING),)), ["staging"])
        assert "Running now" in app.said


async def test_another_cell_begins_at_its_top_and_news_about_the_same_one_keeps_the_place() -> None:
    app = Shell()
    async with app.run_test(size=(60, 20)) as pilot:
        app.inspector.show(Place((slot(refused()),)), ["staging"])
        await pilot.pause()
        app.inspector.scroll_to(y=4, animate=False)
        await pilot.pause()
        app.inspector.show(Place((slot(refused()),)), ["staging"])
        await pilot.pause()
        assert app.inspector.scroll_y == 4
        app.inspector.show(Place((slot(received()),)), ["staging"])
        await pilot.pause()
        assert app.inspector.scroll_y == 0


async def test_no_line_is_wider_than_it_after_a_resize() -> None:
    app = Shell()
    async with app.run_test(size=(100, 20)) as pilot:
        app.inspector.show(Place((slot(refused()),)), ["staging"])
        await pilot.pause()
        await pilot.resize_terminal(44, 20)
        await pilot.pause()
        assert max(map(len, app.said.splitlines())) <= 42
