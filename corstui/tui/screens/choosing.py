"""Chooses the two sides of a comparison among environments, engines and earlier runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from corstui.printable import printable
from corstui.tui.screens.dialog import Choices, Dialog
from corstui.tui.sources import Source


class ChooseScreen(Dialog[tuple[Source, Source]]):
    """The answer is the two sides. ``current``: what is compared now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right,l", "side(1)", "other side", key_display="tab", id="choose.right", tooltip="The other side"),
        Binding("shift+tab,left,h", "side(0)", "first", show=False, id="choose.left", tooltip="The first side"),
    ]

    DEFAULT_CSS = """
    ChooseScreen {
        Horizontal { height: auto; max-height: 100%; }
        Horizontal > Vertical { width: 1fr; height: auto; max-height: 100%; padding: 0 1; }
        Horizontal > Vertical > Static { text-style: bold; }
    }
    """

    def __init__(self, choices: Sequence[tuple[str, Source]], current: Sequence[Source]) -> None:
        super().__init__("Compare")
        self._choices, self._current = list(choices), tuple(current)

    def inside(self) -> ComposeResult:
        with Horizontal():
            for number, title in enumerate(("this side", "with this side")):
                with Vertical():
                    yield Static(title)
                    yield Choices(id=f"side-{number}", markup=False)
        yield Static("H opens earlier runs; those that were opened stand here too.", classes="quiet")

    def on_mount(self) -> None:
        lines = [Content(printable(label)) for label, _ in self._choices]
        sources = [source for _, source in self._choices]
        for number, current in enumerate(self._current):
            self._list(number).fill(lines, sources.index(current) if current in sources else 0)
        if self._source(0) == self._source(1) and len(sources) > 1:
            self._list(1).highlighted = 1 if self._list(0).highlighted == 0 else 0
        self._list(0).focus()

    def _list(self, number: int) -> Choices:
        return self.query_one(f"#side-{number}", Choices)

    def _source(self, number: int) -> Source:
        return self._choices[self._list(number).highlighted or 0][1]

    def action_side(self, number: int) -> None:
        self._list(1 - number if self._list(number).has_focus else number).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "side-0":
            self._list(1).focus()
        elif self._source(0) == self._source(1):
            self.notify("Both sides are the same; choose another one.")
        else:
            self.dismiss((self._source(0), self._source(1)))
