"""Running again on an interval, the log of what changed meanwhile, and the runs that were kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from corstui.printable import printable
from corstui.tui.outlook import outlook
from corstui.tui.runs import Batch, Changes, Keep
from corstui.tui.screens.dashboard.desk import Desk
from corstui.tui.sources import Source
from corstui.tui.watch import Watch, seconds

if TYPE_CHECKING:
    from corstui.report.archive import Archive
    from corstui.runner import CellKey, Run
    from corstui.runner.store import StoredRun
    from corstui.tui.board import Board
    from corstui.tui.screens.runs import RunChoice
    from corstui.tui.screens.watching import Wish


class WatchKeys(Desk):
    """Watches the boards on screen and keeps whole runs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "watch", "watch", id="watch.toggle", tooltip="Run again on an interval, never a write; or pause"),
        Binding("W", "watch_settings", "interval", show=False, id="watch.settings", tooltip="Interval, bell, stop"),
        Binding("L", "log", "log", show=False, id="watch.log", tooltip="The log of what changed"),
        Binding("H", "history", "history", show=False, id="runs.history", tooltip="Earlier runs: look, compare, save"),
    ]

    rounds: Watch
    archive: Archive | None
    confirmed: set[str]

    # watching ---------------------------------------------------------------------------------------------------------

    def action_watch(self) -> None:
        if self.rounds.interval is None:
            self.action_watch_settings()
            return
        self.rounds.paused = not self.rounds.paused
        self.notify("Watching is paused; w goes on." if self.rounds.paused else "Watching goes on; w pauses, W stops.")
        self.update_lines()

    def action_watch_settings(self) -> None:
        from corstui.tui.screens.watching import WatchScreen

        if not self.live_boards:
            self.notify("An earlier run cannot be watched; 1 goes back to what can be run.")
            return
        harmless = [
            board.slots[key].planned
            for board in self._watched()
            for key in self.session.harmless(board.environment, board.engine)[1]
        ]
        self.app.push_screen(WatchScreen(self.rounds, outlook(harmless)), self._watch_wished)

    def _watch_wished(self, wish: Wish | None) -> None:
        if wish is None:
            return
        self.rounds.bell = wish.bell
        if wish.interval != self.rounds.interval or wish.interval is None:
            self.rounds.start(wish.interval, self.runs.clock())
        every = f"Watching every {seconds(wish.interval)}. w pauses, W stops, L lists changes." if wish.interval else ""
        self.notify(every or "Watching has stopped.")
        self.update_lines()

    def _watched(self) -> list[Board]:
        """The boards on screen that may be run unasked."""
        asks = {name for name, each in self.session.profile.environments.items() if each.confirm} - self.confirmed
        return [board for board in self.live_boards if board.environment not in asks]

    def watch_on(self) -> None:
        """Begin the next round when it is time."""
        now = self.runs.clock()
        if not self.rounds.is_due(now, busy=self.runs.active):
            return
        self.rounds.begin(now)
        for board in self._watched():
            plan, keys = self.session.harmless(board.environment, board.engine)
            self.run_harmless(board, plan, keys, Keep.IF_CHANGED)

    def tell_changes(self, changes: Changes) -> None:
        """Say what came out otherwise than before, and ring while somebody watches."""
        if not changes.log:
            return
        latest = changes.log[-1].text("-" if self.session.ascii else "·")
        more = f" (and {self.session.log.unseen - 1} more; L lists them)" if self.session.log.unseen > 1 else ""
        self.say("log", latest + more)
        if self.rounds.interval is not None and self.rounds.bell:
            self.app.bell()

    def action_log(self) -> None:
        from corstui.tui.screens.changelog import ChangesScreen

        self.session.log.unseen = 0
        self.say("log")
        self.app.push_screen(ChangesScreen(self.session.log, ascii=self.session.ascii), self._go_to_change)

    def _go_to_change(self, key: CellKey | None) -> None:
        if key is None:
            return
        if key.environment in self.session.environments:
            self.session.engine = key.engine
            self.open_tab(self.session.environments.index(key.environment) + 1)
        if not self.matrix.go_to(key.endpoint, key.origin):
            self.notify("That cell is hidden now: Esc shows everything.")

    # kept runs --------------------------------------------------------------------------------------------------------

    def keep(self, batch: Batch) -> None:
        """Keep the board of a finished batch as a run, in a thread."""
        if self.archive is None:
            return
        from corstui.runner import recorded

        board = batch.board
        plan = self.session.plan(board.environment, board.engine)
        cells = [slot.cell for slot in board if slot.cell is not None]
        duration = (board.progress.last - board.progress.started) * 1000
        run = recorded(plan, cells, batch.started, duration)
        self.run_worker(partial(self._keep, run), thread=True, group="keep")

    def _keep(self, run: Run) -> None:
        from corstui.report.files import refusal

        assert self.archive is not None
        try:
            self.archive.keep(run)
        except OSError as error:
            said = f"This run could not be kept: {refusal(self.archive.folder, error)}."
            self.app.call_from_thread(self.say, "keep", said)
        else:
            if "keep" in self._notices:
                self.app.call_from_thread(self.say, "keep")

    def action_history(self) -> None:
        from corstui.tui.screens.runs import RunsScreen

        if self.archive is None:
            self.notify("Runs are not kept here: CORSTUI_KEEP_RUNS=0 says so.")
            return
        screen = RunsScreen(self.archive.entries(), profile=self.session.name, ascii=self.session.ascii)
        self.app.push_screen(screen, self._chosen)

    def _chosen(self, choice: RunChoice | None) -> None:
        if choice is None:
            return
        if choice.action == "baseline":
            self._save_baseline(choice.entry.path)
            return
        self.run_worker(partial(self._read, choice), thread=True, group="history", exclusive=True)

    def _save_baseline(self, kept: Path) -> None:
        from corstui.report.archive import save_as_baseline
        from corstui.report.files import refusal

        target = self.session.files[0].with_suffix(".baseline.json")
        try:
            save_as_baseline(kept, target)
        except OSError as error:
            self.notify(f"Not saved: {refusal(target, error)}.", severity="error", markup=False)
        else:
            said = f"Saved as {target}. In CI: corstui check {self.session.files[0].name} --baseline {target.name}"
            self.notify(said, markup=False, timeout=12)

    def _read(self, choice: RunChoice) -> None:
        """In a thread: a large run takes a moment."""
        from corstui.runner.store import StoreError, load_run

        try:
            run = load_run(choice.entry.path)
        except StoreError as error:
            self.app.call_from_thread(self.notify, printable(str(error)), severity="error", markup=False)
        else:
            self.app.call_from_thread(self._read_in, choice, run)

    def _read_in(self, choice: RunChoice, run: StoredRun) -> None:
        if not run.cells:
            self.notify("That run has no cells.")
            return
        path, first = choice.entry.path, run.cells[0].key
        self.session.past[path] = run
        shown = self.grid.boards[0].environment if self.grid.boards else ""
        here = {cell.key.environment for cell in run.cells}
        source = Source(shown if shown in here else first.environment, first.engine, path)
        self.show_past(source, compared=choice.action == "compare")
