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
_WHERE = "Enter opens it. From ./profiles, and your own in ~/.config/corstui/profiles."


class PickerScreen(Screen[Path | str]):
    """The answer is a path, ``demo``, or None when nothing was picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move('down')", "down", show=False, id="picker.down", tooltip="Next"),
        Binding("k", "move('up')", "up", show=False, id="picker.up", tooltip="Previous"),
        Binding("escape", "leave", "back", id="picker.back", tooltip="Back without picking"),
    ]

    DEFAULT_CSS = """
    PickerScreen {
        background: $background;
        #title { text-style: bold; padding: 1 2 0 2; }
        #where { padding: 0 2; color: $text-muted; }
        #none { padding: 1 2; height: 1fr; }
        OptionList { margin: 1 0; padding: 0 1; background: $background; height: 1fr; }
        OptionList, OptionList:focus { border: none; background: $background; }
    }
    """

    def __init__(self, profiles: Sequence[Path], *, demo: bool) -> None:
        super().__init__()
        self._choices: list[Path | str] = [*profiles, *([DEMO] if demo else [])]

    def compose(self) -> ComposeResult:
        yield Static("Which profile?", id="title")
        yield Static(_WHERE, id="where", markup=False)
        if self._choices:
            yield OptionList(*(Option(_line(choice)) for choice in self._choices), markup=False)
        else:
            yield Static("There is none yet. `corstui init` writes one to start from.", id="none", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        for options in self.query(OptionList):
            options.focus()
            options.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])

    def action_move(self, direction: str) -> None:
        for options in self.query(OptionList):
            options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def action_leave(self) -> None:
        self.dismiss(None)


def _line(choice: Path | str) -> Content:
    if isinstance(choice, str):
        return Content.assemble(("demo", "bold"), ("  the built-in lab: nothing leaves this machine", "dim"))
    return Content.assemble((printable(choice.stem), "bold"), (f"  {printable(_short(choice))}", "dim"))


def _short(path: Path) -> str:
    """The path as somebody would type it."""
    for base, sign in ((Path.cwd(), "."), (Path.home(), "~")):
        if path.is_relative_to(base):
            return str(sign / path.relative_to(base))
    return str(path)
