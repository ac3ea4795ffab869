"""What a run would send, before it does: in short, and request by request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from corstui.printable import printable
from corstui.tui.clipboard import copy
from corstui.tui.screens.dialog import Dialog, facts_lines
from corstui.tui.sendinglines import sending_lines
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from corstui.report.rehearsal import Line


class SendingScreen(Dialog[None]):
    """``facts``: cells, hosts, credentials, writes. ``requests``: those that would leave or be held back. ``table``:
    the same for a copy."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="sending.copy", tooltip="Copy the list of requests"),
    ]

    DEFAULT_CSS = "SendingScreen { & > #frame { max-width: 100%; } Pane { height: auto; max-height: 100%; } }"

    def __init__(
        self, environment: str, facts: Sequence[tuple[str, str]], requests: Sequence[Line], table: str
    ) -> None:
        super().__init__(f"What a run of {printable(environment)} sends")
        self._facts, self._requests, self._table = facts, requests, table

    def inside(self) -> ComposeResult:
        with Pane():
            yield Prose()

    def on_mount(self) -> None:
        self.query_one(Pane).focus()

    def on_resize(self) -> None:
        # the frame, its padding and a column for the scrollbar
        columns = max(20, self.size.width * 96 // 100 - 5)
        lines = [*facts_lines(self._facts, columns), Content(""), *sending_lines(self._requests, columns)]
        self.query_one(Prose).update(Content("\n").join(lines))

    def action_copy(self) -> None:
        copy(self.app, self._table, "list of requests")
