"""How often to run again, and whether to ring: what is watched is never written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from corstui.profile.kinds import DURATIONS, seconds_of
from corstui.tui.screens.dialog import Choices, Dialog, facts_lines, text_of
from corstui.tui.watch import INTERVALS, Watch, seconds
from corstui.tui.widgets.prose import Prose

#: Seconds; more often would be a load test.
_SHORTEST = INTERVALS[0]


@dataclass(frozen=True, slots=True)
class Wish:
    """``interval``: seconds, None to stop."""

    interval: float | None
    bell: bool


class WatchScreen(Dialog[Wish]):
    """``facts``: what each round sends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "bell", "bell", id="watch.bell", tooltip="Ring when something changed, or not"),
    ]

    def __init__(self, watch: Watch, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__("Watch: run again and again")
        self._facts, self._bell, self._on = facts, watch.bell, watch.interval is not None
        self._current = watch.interval
        self._choices: list[float | None] = [*INTERVALS, *([None] if self._on else [])]

    def inside(self) -> ComposeResult:
        yield text_of(facts_lines([each for each in self._facts if each[0] != "writes"], self.columns))
        yield Static("Each round sends this. Requests that change something are never sent.\n", classes="quiet")
        yield Choices(markup=False)
        yield Prose(id="bell")
        yield Input(placeholder="or another interval, such as 45s or 2m", compact=True)
        yield Prose(classes="wrong", id="wrong")

    def on_mount(self) -> None:
        lines = [f"every {seconds(each)}" if each is not None else "stop watching" for each in self._choices]
        at = self._choices.index(self._current) if self._current in INTERVALS else 2
        self.query_one(Choices).fill([Content(line) for line in lines], at)
        self.query_one(Choices).focus()
        self._tell_bell()

    def _tell_bell(self) -> None:
        said = f"The bell rings when something changed: {'yes' if self._bell else 'no'} (b changes that)"
        self.query_one("#bell", Static).update(said)

    def action_bell(self) -> None:
        self._bell = not self._bell
        self._tell_bell()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Wish(self._choices[event.option_index], self._bell))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        interval = seconds_of(event.value.strip())
        if interval is not None and interval >= _SHORTEST:
            self.dismiss(Wish(interval, self._bell))
            return
        why = f"That is no interval; it takes {DURATIONS}."
        if interval is not None:
            why = f"{seconds(_SHORTEST)} is the shortest interval; more often would be a load test."
        self.query_one("#wrong", Static).update(Content(why))
