"""Keys that cannot act: greyed in the footer, and they say why when they are pressed or clicked."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Input
from textual.widgets._footer import FooterKey

from corstui.tui.reasons import SaysWhy

REASON = "There is no [other] side."


class Sides(SaysWhy[None]):
    """``s`` acts only where there is another side; ``n`` always acts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "side(1)", "side", id="test.side", tooltip="The other side"),
        Binding("n", "next", "next", id="test.next", tooltip="The next one"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.sides = 1
        self.acted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input()
        yield Footer()

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str | None:
        return REASON if (action, parameters) == ("side", (1,)) and self.sides == 1 else None

    def action_side(self, step: int) -> None:
        self.acted.append("side")

    def action_next(self) -> None:
        self.acted.append("next")


class Shell(App[None]):
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "app_side", "side"), Binding("x", "app_only", "x")]

    def __init__(self) -> None:
        super().__init__()
        self.sides = Sides()
        self.acted: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(self.sides)

    def action_app_side(self) -> None:
        self.acted.append("side")

    def action_app_only(self) -> None:
        self.acted.append("only")

    @property
    def told(self) -> list[str]:
        return [notification.message for notification in self._notifications]


async def test_a_key_that_cannot_act_says_why_and_nothing_beneath_takes_it() -> None:
    app = Shell()
    async with app.run_test() as pilot:
        await pilot.press("s")
        assert app.told == [REASON]
        assert app.sides.acted == app.acted == []


async def test_a_key_that_can_act_acts_without_a_word() -> None:
    app = Shell()
    async with app.run_test() as pilot:
        app.sides.sides = 2
        await pilot.press("s", "n", "x")
        assert app.sides.acted == ["side", "next"]
        assert app.acted == ["only"]
        assert app.told == []


async def test_the_footer_shows_it_greyed_and_a_click_asks_too() -> None:
    app = Shell()
    async with app.run_test() as pilot:
        await pilot.pause()
        greyed = [key for key in app.screen.query(FooterKey) if key.has_class("-disabled")]
        assert [key.key for key in greyed] == ["s"]
        await pilot.click(greyed[0])
        assert app.told == [REASON]


@pytest.mark.parametrize(("key", "told"), [("f2", [REASON]), ("s", [])])
async def test_a_remapped_key_says_why_and_the_old_one_no_longer(key: str, told: list[str]) -> None:
    app = Shell()
    async with app.run_test() as pilot:
        app.set_keymap({"test.side": "f2"})
        await pilot.press(key)
        assert app.told == told


async def test_typing_in_a_field_asks_nothing() -> None:
    app = Shell()
    async with app.run_test() as pilot:
        app.screen.query_one(Input).focus()
        await pilot.press("s")
        assert app.told == []
        assert app.screen.query_one(Input).value == "s"
