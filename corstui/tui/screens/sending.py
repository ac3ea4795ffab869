"""What a run would send, before it does: in short, and request by request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from corstui.printable import printable
from corstui.tui.clipboard import copy
from corstui.tui.screens.dialog import Dialog, facts_lines, text_of
from corstui.tui.widgets.pane import Pane


class SendingScreen(Dialog[None]):
    """``facts``: cells, hosts, credentials, writes. ``requests``: a line for each that would leave or be held."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="sending.copy", tooltip="Copy the list of requests"),
    ]

    DEFAULT_CSS = "SendingScreen { & > #frame { max-width: 100%; } Pane { height: auto; max-height: 100%; } }"

    def __init__(self, environment: str, facts: Sequence[tuple[str, str]], requests: Sequence[str]) -> None:
        super().__init__(f"What a run of {printable(environment)} sends")
        self._facts, self._requests = facts, [printable(line) for line in requests]

    def inside(self) -> ComposeResult:
        with Pane():
            yield text_of([*facts_lines(self._facts, self.columns), Content("")])
            yield text_of([Content(line) for line in self._requests])

    def on_mount(self) -> None:
        self.query_one(Pane).focus()

    def action_copy(self) -> None:
        copy(self.app, "\n".join(self._requests), "list of requests")
