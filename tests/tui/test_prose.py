"""Text that changes on screen."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll

from corstui.tui.widgets.prose import Prose


class Page(App[None]):
    CSS = "Prose { height: auto; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Prose()


async def test_a_text_written_twice_before_anything_rests_has_the_height_of_the_second() -> None:
    app = Page()
    async with app.run_test() as pilot:
        text = app.query_one(Prose)
        text.update("one line")
        app.screen._refresh_layout()
        text.update("now\nfour\nlines\nhigh")
        await pilot.pause()
        await pilot.pause(0.1)
        assert text.size.height == 4


async def test_a_text_is_no_markup() -> None:
    app = Page()
    async with app.run_test():
        app.query_one(Prose).update("[bold]x[/bold]")
        assert str(app.query_one(Prose).render()) == "[bold]x[/bold]"
