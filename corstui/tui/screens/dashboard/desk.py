"""What every part of the dashboard works on: the session, its runs, the matrix and how somebody wants to see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from corstui.tui.grid import Grid, Look
from corstui.tui.runs import Keep, Runs
from corstui.tui.session import Session
from corstui.tui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from corstui.runner import CellKey, Plan
    from corstui.tui.board import Board, Slot
    from corstui.tui.bridge import Bridge
    from corstui.tui.sources import Source
    from corstui.tui.sums import Names

#: Cells of a board to run.
Wish = tuple["Board", Sequence["CellKey"]]


class Desk(Screen[None]):
    """The state of the dashboard. Its parts add keys and actions."""

    def __init__(self, session: Session, bridge: Bridge, *, source: str = "") -> None:
        """``bridge`` carries the runs; ``source`` says where the profile came from."""
        super().__init__()
        self.session = session
        self.runs = Runs(session, bridge)
        self.source = source
        self.look = Look()
        self._notices: dict[str, str] = {}

    @property
    def matrix(self) -> Matrix:
        return self.query_one(Matrix)

    @property
    def grid(self) -> Grid:
        return self.matrix.grid

    @property
    def live_boards(self) -> list[Board]:
        """The boards on screen that can be run: those of this run."""
        live = self.session.boards.values()
        return [board for board in self.grid.boards if any(board is each for each in live)]

    def aimed_at(self) -> list[Names]:
        """The places to act on: the selected ones, else what is under the cursor."""
        if self.look.selected:
            return sorted(self.look.selected)
        if self.matrix.at is None:
            return []
        row, column = self.matrix.at
        return [(endpoint, column.key) for endpoint in row.endpoints]

    def slot_here(self) -> Slot | None:
        """The slot under the cursor: the gravest of a fold, the first side of a pair."""
        place = self.matrix.place
        if place is None:
            return None
        return place.worst if place.members else place.slot

    def say(self, topic: str, text: str = "") -> None:
        """Show a line above the key hints until it is said again, or with no text to take it away."""
        self._notices.pop(topic, None)
        if text:
            self._notices[topic] = text
        notice = self.query_one("#notice", Static)
        notice.update(Content("\n".join(self._notices.values())))
        notice.set_class(bool(self._notices), "-shown")

    # what the screen offers its parts ---------------------------------------------------------------------------------

    def start(self, wishes: Sequence[Wish], keep: Keep = Keep.NEVER) -> None:
        """Run cells, environment by environment; one that wants to be asked is asked about first."""
        raise NotImplementedError

    def run_harmless(self, board: Board, plan: Plan, keys: Sequence[CellKey], keep: Keep) -> None:
        """Run cells that nobody asked for right now, under a plan that writes nothing."""
        raise NotImplementedError

    def repaint(self, keys: Iterable[CellKey]) -> None:
        """Show what is new about these cells."""
        raise NotImplementedError

    def open_tab(self, number: int) -> None:
        """Show an environment, a comparison or an earlier run, and run what has not run yet."""
        raise NotImplementedError

    def show_past(self, source: Source, *, compared: bool) -> None:
        """Show an earlier run, alone or beside this one."""
        raise NotImplementedError

    def look_again(self) -> None:
        """The look has changed: show it."""
        raise NotImplementedError

    def update_lines(self) -> None:
        """Bring the lines around the matrix up to date."""
        raise NotImplementedError
