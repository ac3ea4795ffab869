"""What is wrong with a profile: every problem with its position, and the way back to work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from corstui.printable import printable


class ProblemsScreen(Screen[None]):
    """``retry`` reads the profile again; None when there is a working dashboard to go back to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "retry", "try again", id="problems.retry", tooltip="Read the profile again"),
        Binding("p", "app.pick", "another profile", id="problems.pick", tooltip="Pick another profile"),
        Binding("escape", "back", "back", id="problems.back", tooltip="Back to the last good state of the profile"),
    ]

    DEFAULT_CSS = """
    ProblemsScreen {
        background: $background;
        & > VerticalScroll { padding: 1 2; }
        #title { text-style: bold; color: $text-error; margin-bottom: 1; }
        .problem { margin-bottom: 1; }
    }
    """

    def __init__(self, problems: Sequence[str], retry: Callable[[], None] | None, *, word: str = "problem") -> None:
        super().__init__()
        self._problems, self._retry, self._word = problems, retry, word

    def compose(self) -> ComposeResult:
        count = len(self._problems)
        with VerticalScroll():
            yield Static(f"The profile has {count} {self._word}{'s' if count != 1 else ''}", id="title")
            for problem in self._problems:
                text = "\n".join(printable(line) for line in problem.split("\n"))
                yield Static(Content(text), classes="problem")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "retry":
            return self._retry is not None
        return self._retry is None if action == "back" else True

    def action_retry(self) -> None:
        if self._retry is not None:
            self._retry()

    def action_back(self) -> None:
        self.app.pop_screen()
