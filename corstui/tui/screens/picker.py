"""Picks a profile: those in ./profiles, the user's own, and the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from corstui.analysis.text import printable

DEMO = "demo"


class PickerScreen(Screen[Path | str]):
    """The answer is a path, ``demo``, or None when nothing was picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "open", id="picker.open", tooltip="Open this profile"),
        Binding("j", "move('down')", "down", show=False, id="picker.down", tooltip="Next"),
        Binding("k", "move('up')", "up", show=False, id="picker.up", tooltip="Previous"),
        Binding("escape", "leave", "back", id="picker.back", tooltip="Back without picking"),
    ]

    DEFAULT_CSS = """
    PickerScreen {
        background: $background;
        #title { text-style: bold; padding: 1 2 0 2; }
        #where { padding: 0 2; color: $text-muted; }
        OptionList { border: none; margin: 1 1; background: $background; height: 1fr; }
    }
    """

    def __init__(self, profiles: Sequence[Path], *, demo: bool) -> None:
        super().__init__()
        self._choices: list[Path | str] = [*profiles, *([DEMO] if demo else [])]

    def compose(self) -> ComposeResult:
        yield Static("Which profile?", id="title")
        yield Static("from ./profiles and your own in ~/.config/corstui/profiles", id="where", markup=False)
        yield OptionList(*(Option(_line(choice)) for choice in self._choices), markup=False)
        if not self._choices:
            yield Static("There is none. `corstui init` writes one to start from.", id="where-from", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.focus()
        options.highlighted = 0 if self._choices else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])

    def action_pick(self) -> None:
        self.query_one(OptionList).action_select()

    def action_move(self, direction: str) -> None:
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def action_leave(self) -> None:
        self.dismiss(None)


def _line(choice: Path | str) -> Content:
    if isinstance(choice, str):
        return Content.assemble(("demo", "bold"), ("  the built-in lab: nothing leaves this machine", "dim"))
    return Content.assemble((printable(choice.stem), "bold"), (f"  {printable(str(choice.parent))}", "dim"))
