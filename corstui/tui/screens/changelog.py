"""The change log: what came out otherwise than before, the newest first, while it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from corstui.analysis.text import shorten
from corstui.runner.plan import CellKey
from corstui.tui.clipboard import copy
from corstui.tui.screens.dialog import Choices, Dialog
from corstui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from corstui.tui.changes import Change, ChangeLog

_NONE = "Nothing has come out otherwise than before. w runs everything again on an interval."
#: How often the log is looked at, in seconds.
_LOOK = 0.5


class ChangesScreen(Dialog[CellKey]):
    """The answer is a cell to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="log.copy", tooltip="Copy the whole log"),
    ]

    def __init__(self, log: ChangeLog, *, ascii: bool = False) -> None:
        super().__init__("Changes")
        self._changes, self._dot, self._ascii = log, "-" if ascii else "·", ascii
        self._shown: list[Change] = []

    def inside(self) -> ComposeResult:
        yield Choices(markup=False)
        yield Prose(classes="quiet")

    def on_mount(self) -> None:
        self._show()
        self.query_one(Choices).focus()
        self.set_interval(_LOOK, self._follow)

    def on_resize(self) -> None:
        self._show()

    def _follow(self) -> None:
        newest = next(iter(self._changes), None)
        if newest is not None and (not self._shown or self._shown[0] is not newest):
            self._show()

    def _show(self) -> None:
        choices = self.query_one(Choices)
        here = self._shown[choices.highlighted] if choices.highlighted else None
        self._shown = list(self._changes)
        lines = [Content(shorten(change.text(self._dot), self.columns, ascii=self._ascii)) for change in self._shown]
        at = next((index for index, change in enumerate(self._shown) if change is here), 0)
        choices.fill(lines, at)
        choices.display = bool(lines)
        count = f"{len(lines)} change{'s' if len(lines) > 1 else ''}; Enter goes to the cell."
        self.query_one(Static).update(count if lines else _NONE)
        self._changes.unseen = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index].key)

    def action_copy(self) -> None:
        if not self._shown:
            self.notify("There is nothing to copy.")
            return
        copy(self.app, "\n".join(change.text(self._dot) for change in self._shown), "change log")
