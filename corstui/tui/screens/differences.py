"""What differs between the two sides of a comparison, in sentences and then value by value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from corstui.printable import printable
from corstui.tui.clipboard import copy
from corstui.tui.render import wrapped
from corstui.tui.screens.dialog import Dialog
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose


class DifferencesScreen(Dialog[None]):
    """``sentences`` and ``policies`` have their secrets masked; ``markdown`` is what is copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy Markdown", id="summary.copy", tooltip="Copy as Markdown, for a pull request"),
    ]

    DEFAULT_CSS = "DifferencesScreen { & > #frame { max-width: 100%; } Pane { height: auto; max-height: 100%; } }"

    def __init__(self, title: str, sentences: Sequence[str], policies: Sequence[str], markdown: str) -> None:
        super().__init__(f"What differs: {printable(title)}")
        self._sentences = [printable(sentence) for sentence in sentences]
        self._policies = [printable(line) for line in policies]
        self._markdown = markdown

    def inside(self) -> ComposeResult:
        with Pane():
            yield Prose()

    def on_mount(self) -> None:
        self.query_one(Pane).focus()

    def on_resize(self) -> None:
        columns = max(20, self.size.width * 96 // 100 - 5)
        lines = [line for said in self._sentences for line in wrapped(said, columns, first="- ", rest="  ")]
        lines = lines or [Content("No cell differs, as far as both sides have results.")]
        lines += [Content(""), *(Content(line) for line in self._policies)] if self._policies else []
        self.query_one(Static).update(Content("\n").join(lines))

    def action_copy(self) -> None:
        copy(self.app, self._markdown, "comparison as Markdown")
