"""The filter line: what is typed narrows the matrix at once."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class Filter(Input):
    """Hidden until it is opened; stays in sight while it holds text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down,tab", "leave", "keep", key_display="Enter", id="filter.keep", tooltip="Back to the matrix"),
        Binding("escape", "clear_and_close", "clear", id="filter.clear", tooltip="Clear the filter"),
    ]

    DEFAULT_CSS = """
    Filter {
        display: none; border: none; padding: 0 1; background: $surface;
        &.-open { display: block; }
    }
    """

    class Left(Message):
        """The matrix has the keys again."""

    def __init__(self) -> None:
        super().__init__(placeholder="filter by endpoint, origin, verdict or reason", compact=True)

    def open(self) -> None:
        """Show it and type into it."""
        self.add_class("-open")
        self.focus()

    def action_leave(self) -> None:
        self.set_class(bool(self.value), "-open")
        self.post_message(self.Left())

    def action_clear_and_close(self) -> None:
        self.clear_and_close()

    def clear_and_close(self) -> None:
        """Show everything again."""
        self.value = ""
        self.action_leave()
