"""The keys that run cells, after asking where the profile wants it, and those that give up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType

from corstui.tui.outlook import outlook
from corstui.tui.runs import Keep
from corstui.tui.screens.confirm import ConfirmScreen
from corstui.tui.screens.dashboard.desk import Desk, Wish

if TYPE_CHECKING:
    from corstui.runner import CellKey
    from corstui.tui.board import Board

Scope = Literal["cell", "row", "column", "all"]


class RunKeys(Desk):
    """Runs cells of the boards on screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rerun('cell')", "rerun", id="run.cell", tooltip="Run this cell, or the selected ones, again"),
        Binding("R", "rerun('row')", "rerun row", show=False, id="run.row", tooltip="Run this row again"),
        Binding("C", "rerun('column')", "rerun column", show=False, id="run.column", tooltip="Run this origin again"),
        Binding("a", "rerun('all')", "all", show=False, id="run.all", tooltip="Run every cell of this matrix (again)"),
        Binding("x", "cancel", "cancel", show=False, id="run.cancel", tooltip="Cancel what is under way; results stay"),
        Binding("D", "outlook", "sends", show=False, id="run.outlook", tooltip="What a run of this would send"),
    ]

    confirmed: set[str]

    def start(self, wishes: Sequence[Wish], keep: Keep = Keep.NEVER) -> None:
        for index, (board, keys) in enumerate(wishes):
            environment = self.session.profile.environments[board.environment]
            if environment.confirm and board.environment not in self.confirmed:
                self._confirm(board, keys, keep, partial(self.start, wishes[index + 1 :], keep))
                break
            self.runs.ask(board, keys, keep=keep)
        self.matrix.refresh()
        self.update_lines()

    def _confirm(self, board: Board, keys: Sequence[CellKey], keep: Keep, then: Callable[[], None]) -> None:
        name = board.environment

        def answered(yes: bool | None) -> None:
            if self.session.boards.get((name, board.engine)) is not board:
                self.say(name, f"{name}: the profile has changed since; nothing was sent. Press a to be asked again.")
                return
            if yes:
                self.confirmed.add(name)
                self.say(name)
                self.runs.ask(board, keys, keep=keep)
            else:
                self.say(name, f"{name}: nothing was sent. Press a to be asked again.")
            then()
            self.matrix.refresh()
            self.update_lines()

        facts = outlook(board.slots[key].planned for key in keys)
        self.app.push_screen(ConfirmScreen(name, facts), answered)

    def action_rerun(self, scope: Scope) -> None:
        if not self.live_boards:
            self.notify("An earlier run stays as it was; 1 goes back to what can be run.")
            return
        if self.matrix.at is None and scope != "all":
            self.notify("There is no cell here to run.")
            return
        wishes = [(board, keys) for board in self.live_boards if (keys := self._idle(board, scope))]
        if not wishes:
            self.notify("Nothing to run: it is under way, or nothing is planned here.")
            return
        self.say("network")
        self.start(wishes, Keep.ALWAYS if scope == "all" else Keep.NEVER)

    def _idle(self, board: Board, scope: Scope) -> list[CellKey]:
        """The cells of that scope; none when all of them are under way."""
        keys = list(board.slots)
        if scope == "cell":
            aimed = set(self.aimed_at())
            keys = [key for key in keys if (key.endpoint, key.origin) in aimed]
        elif scope != "all" and self.matrix.at is not None:
            row, column = self.matrix.at
            along = (
                (lambda key: key.endpoint in row.endpoints)
                if scope == "row"
                else (lambda key: key.origin == column.key)
            )
            keys = [key for key in keys if along(key)]
        return keys if any(not board.slots[key].pending for key in keys) else []

    def action_cancel(self) -> None:
        given_up = self.runs.stop()
        if not given_up:
            self.notify("Nothing is under way.")
            return
        self.notify(f"Cancelled {len(given_up)} cell{'s' if len(given_up) > 1 else ''}. r runs one, a all of them.")
        self.repaint(given_up)

    def action_outlook(self) -> None:
        from corstui.report.formats import Options
        from corstui.report.rehearsal import rehearsed, render_table
        from corstui.tui.screens.sending import SendingScreen

        if not self.live_boards:
            self.notify("An earlier run sends nothing.")
            return
        board = self.live_boards[0]
        plan = self.session.plan(board.environment, board.engine)
        options = Options(ascii=self.session.ascii)
        requests, table = list(rehearsed(plan, options)), render_table(plan, options)
        self.app.push_screen(SendingScreen(board.environment, outlook(plan.cells), requests, table))
