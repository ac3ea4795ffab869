"""The screen itself: what stands where, what is told around the matrix, and the clock that drives it all.

The screen asks :class:`~corstui.tui.runs.Runs` for cells and looks at what came back about 30 times a second. An
environment runs when its tab is first opened; one with ``confirm: true`` asks before its first request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Footer

from corstui.analysis.completion import Names
from corstui.printable import printable
from corstui.tui.grid import Grid
from corstui.tui.order import ORDERS
from corstui.tui.runs import Keep, Runs
from corstui.tui.screens.dashboard.looking import LookKeys
from corstui.tui.screens.dashboard.running import RunKeys
from corstui.tui.screens.dashboard.sides import SideKeys
from corstui.tui.screens.dashboard.taking import TakeKeys
from corstui.tui.screens.dashboard.watching import WatchKeys
from corstui.tui.session import Session, Trouble
from corstui.tui.sources import Source
from corstui.tui.watch import Watch
from corstui.tui.widgets.filter import Filter
from corstui.tui.widgets.inspector import Inspector
from corstui.tui.widgets.lines import EnvironmentBar, Headline, counts_of, progress_text, separator
from corstui.tui.widgets.matrix import Matrix
from corstui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from textual.timer import Timer

    from corstui.report.archive import Archive
    from corstui.runner import Cell, CellKey, Plan
    from corstui.tui.board import Board
    from corstui.tui.bridge import Bridge
    from corstui.tui.sums import Names as PlaceNames

FRAMES_PER_SECOND = 30
#: How often a filter is applied again and the clock is looked at while results arrive, in seconds.
SLOWLY = 0.25
#: How often sums and progress are told while results arrive, in seconds: they stand at the edges of the screen, and all
#: that lies between two changes is gone through to paint them.
TELLING = 0.1
#: How long the inspector stays with a cell when the cursor runs on, in seconds.
INSPECTING = 0.1
#: For how long pairs of a comparison are judged between two frames, in seconds.
JUDGING = 0.01
#: Columns of the terminal: the least and the most that the inspector takes beside the matrix.
_INSPECTOR = (34, 64)


class Dashboard(WatchKeys, TakeKeys, SideKeys, LookKeys, RunKeys):
    """Shows a session. ``archive`` None: runs are not kept. ``bell``: whether watching rings when something changes."""

    BINDINGS: ClassVar[list[BindingType]] = []

    # Textual declares these as instance variables, so ClassVar would contradict it.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012

    DEFAULT_CSS = """
    Dashboard {
        background: $background;
        #body { layout: vertical; height: 1fr; }
        #body Inspector { height: 8; border-top: solid $foreground 30%; }
        #notice { display: none; height: auto; max-height: 3; padding: 0 1; color: $text-warning; }
        #notice.-shown { display: block; }
        &.-low #body Inspector { display: none; }
        &.-wide #body { layout: horizontal; }
        &.-wide #body Inspector {
            display: block; height: 1fr; border-top: none; border-left: solid $foreground 30%;
        }
        &.-hide-inspector #body Inspector { display: none; }
    }
    """

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        *,
        source: str = "",
        archive: Archive | None = None,
        bell: bool = True,
    ) -> None:
        super().__init__(session, bridge, source=source)
        self.archive = archive
        self.rounds = Watch(bell=bell)
        self.confirmed = set()
        self.tab = 1
        self.pair = _first_pair(session)
        self.past = None
        self._stale = self._moved_on = self._behind = False
        self._told = 0.0
        self._moving: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Headline()
        yield EnvironmentBar()
        matrix = Matrix(ascii=self.session.ascii)
        with Container(id="body"):
            yield matrix
            yield Inspector(ascii=self.session.ascii)
        yield Prose(id="notice")
        yield Filter(matrix, ascii=self.session.ascii)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.set_interval(1 / FRAMES_PER_SECOND, self._drain)
        self.set_interval(SLOWLY, self._slowly)
        self.matrix.focus()
        self.open_tab(1)

    def leave(self) -> None:
        """Another screen takes the place of this one, which is still there until it has been unmounted."""
        self.runs.close()

    def on_unmount(self) -> None:
        self.leave()

    # what is on screen ------------------------------------------------------------------------------------------------

    def open_tab(self, number: int) -> None:
        self._show_tab(number)
        self.start([(board, keys) for board in self.live_boards if (keys := board.open())], Keep.ALWAYS)

    def _show_tab(self, number: int) -> None:
        """Show a tab, and run nothing."""
        compared, self.tab = self.grid.compares, number
        try:
            boards = self.boards()
        except Trouble as trouble:
            self.matrix.message = ["This environment cannot run:", *trouble.problems]
            self._show(Grid((), look=self.look))
            return
        grid = Grid(boards, self._differ if len(boards) > 1 else None, self.look)
        self.look.only = self.look.only and grid.compares == compared
        grid.apply()
        self.matrix.message = self._nothing()
        self._show(grid)

    def continue_with(self, session: Session) -> None:
        """The profile has changed on disk: keep the results that still hold, run what changed and changes nothing.

        Whatever else there is to run waits until somebody asks for it, and is asked about anew where the profile wants
        that: the answer that was given may have been about other hosts.
        """
        shown = self.tabs[self.tab - 1][0]
        self.runs.stop()
        wishes = session.inherit(self.session)
        names = session.environments
        self.session, self.runs = session, Runs(session, self.runs.bridge)
        if self.pair is None or any(side.run is None and side.environment not in names for side in self.pair):
            self.pair = _first_pair(session)
        for board, keys in wishes:
            if keys:
                self.run_harmless(board, session.harmless(board.environment, board.engine)[0], keys, Keep.IF_CHANGED)
        self.say("profile")
        tabs = [name for name, _ in self.tabs]
        self._show_tab(tabs.index(shown) + 1 if shown in tabs else min(self.tab, len(tabs)))
        waiting = {id(board): board for board in (*(board for board, _ in wishes), *self.live_boards)}
        rest = [slot.key for board in waiting.values() for slot in board if slot.cell is None and not slot.pending]
        self.confirmed.difference_update(key.environment for key in rest)
        waits = (
            "1 cell waits for you: a runs it." if len(rest) == 1 else f"{len(rest)} cells wait for you: a runs them."
        )
        self.notify(f"Profile read again.{f' {waits}' if rest else ''}")

    def keep_last_good(self, trouble: Trouble) -> None:
        """The profile on disk is broken: say so, and go on with the last good one."""
        more = f" and {len(trouble.problems) - 1} more" if len(trouble.problems) > 1 else ""
        first = printable(trouble.problems[0].split("\n")[0])
        self.say("profile", f"{first}{more}. Still showing the last good profile; P shows all.")

    @staticmethod
    def _differ(first: Cell, second: Cell) -> bool | None:
        from corstui.analysis.compare import pair

        judged = pair(first, second)
        return bool(judged.differs) if judged.comparable else None

    def _show(self, grid: Grid) -> None:
        self.query_one(Filter).names = self._names(grid)
        self.matrix.show(grid)
        self.update_lines()

    def _names(self, grid: Grid) -> Names:
        """What the filter can complete."""
        rows = [row.facts for row in grid.all_rows]
        return Names(
            endpoints=[facts.name for facts in rows],
            origins=[column.key for column in grid.all_columns],
            methods=_distinct(facts.method for facts in rows),
            groups=_distinct(facts.group for facts in rows),
            tags=_distinct(tag for facts in rows for tag in facts.tags),
            environments=list(self.session.environments),
        )

    # the lines around the matrix --------------------------------------------------------------------------------------

    def update_lines(self) -> None:
        self._behind, self._told = False, self.runs.clock()
        self.matrix.update_sums()
        session, boards = self.session, self.grid.boards
        bar, headline = self.query_one(EnvironmentBar), self.query_one(Headline)
        self._fit_inspector()
        bar.tabs, bar.active = self.tab_line(), self.tab - 1
        headline.name_text, headline.separator = session.name, separator(session.ascii)
        headline.facts = self._facts()
        if self.grid.compares:
            bar.counts = self._comparison()
        elif boards:
            bar.counts = counts_of(boards[0], session.ascii)
        busy = next((board for board in boards if board.pending), boards[0] if boards else None)
        if busy is not None:
            headline.progress = progress_text(
                busy.progress, busy.pending, self.runs.clock(), self.size.width, session.ascii
            )

    def _facts(self) -> tuple[str, ...]:
        """What the headline tells, what may be left out last."""
        look = self.look
        told = [self.rounds.text(self.runs.clock())]
        told += [f"{len(look.selected)} selected"] if look.selected else []
        told += [" | ".join(self.side_names)] if len(self.sides) > 1 or self.sides[0].run is not None else []
        told += [] if all(source.engine for source in self.sides) else [self.session.engine_name]
        orders = (("rows", look.rows), ("columns", look.columns))
        told += [f"{axis} {ORDERS[order]}" for axis, order in orders if order != "profile"]
        told += [f"{len(self.grid.all_rows)} endpoints x {len(self.grid.all_columns)} origins", self.source]
        return tuple(text for text in told if text)

    def _fit_inspector(self) -> None:
        """Beside the matrix, the inspector takes what the matrix does not need."""
        wide, (least, most) = self.has_class("-wide"), _INSPECTOR
        taken = least + 1 if wide and not self.has_class("-hide-inspector") else 0
        self.matrix.give(self.size.width - taken)
        spare = min(max(least, self.size.width - self.matrix.full_width - 1), most)
        self.query_one(Inspector).styles.width = spare if wide else "100%"

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit_inspector)

    def _comparison(self) -> tuple[Content, ...]:
        differ, unclear, judged = self.grid.differences()
        style = "bold $text-warning" if differ else "dim"
        text = Content.styled(f"{differ} of {judged} cells differ", style)
        if not unclear:
            return (text,)
        more = f"{separator(self.session.ascii)}{unclear} not comparable"
        short = Content.assemble(Content.styled(f"{differ} differ", style), more)
        return (Content.assemble(text, more), short, text)

    # what happens meanwhile -------------------------------------------------------------------------------------------

    def run_harmless(self, board: Board, plan: Plan, keys: Sequence[CellKey], keep: Keep) -> None:
        self.runs.ask(board, keys, plan, keep)

    def _drain(self) -> None:
        changes = self.runs.drain()
        for error in changes.errors:
            self.say("network", f"The run broke off: {printable(error)}")
        self.tell_changes(changes)
        for batch in changes.completed:
            self.keep(batch)
        if changes.cells:
            self.repaint(changes.cells)
        if not self.grid.settled:
            self._settle()
        idle = not self.runs.active and self.grid.settled
        if self._behind and (idle or self.runs.clock() - self._told >= TELLING):
            self.update_lines()

    def _settle(self) -> None:
        """Judge some pairs of a comparison: one at least, and no more than a key press can wait for."""
        end, places = self.runs.clock() + JUDGING, set()
        while (place := self.grid.settle()) is not None:
            places.add(place)
            if self.runs.clock() >= end:
                break
        self._changed(places)

    def repaint(self, keys: Iterable[CellKey]) -> None:
        shown = {(board.environment, board.engine) for board in self.live_boards}
        places = {(key.endpoint, key.origin) for key in keys if (key.environment, key.engine) in shown}
        self.grid.touch(places)
        self._changed(places)

    def _changed(self, places: Set[PlaceNames]) -> None:
        """These places are to be painted anew."""
        self.matrix.update_cells(places)
        self._stale = self._stale or (self.grid.restless and bool(places))
        if self.matrix.at is not None:
            row, column = self.matrix.at
            # the sentences of a comparison are about the whole row
            columns = self.grid.columns if self.grid.compares else [column]
            if not places.isdisjoint((endpoint, each.key) for endpoint in row.endpoints for each in columns):
                self._inspect()
        self._behind = True

    def _slowly(self) -> None:
        """Apply the look to what has arrived, begin what is due, and keep the times moving while nothing arrives."""
        self.watch_on()
        if self.runs.active or self.rounds.interval is not None:
            self.update_lines()
        if self._stale:
            self._stale = False
            self.look_again()

    # the cell under the cursor ----------------------------------------------------------------------------------------

    def on_matrix_cell_highlighted(self) -> None:
        """Inspect the cell at once, but not each of those that a held key runs over: the cursor must not wait."""
        if self._moving is not None:
            self._moved_on = True
            return
        self._inspect()
        self._moving = self.set_timer(INSPECTING, self._rest)

    def _rest(self) -> None:
        self._moving, moved_on = None, self._moved_on
        self._moved_on = False
        if moved_on:
            self.on_matrix_cell_highlighted()

    def _inspect(self) -> None:
        place = self.matrix.place
        slot = place.slot if place is not None else None
        alone = slot is not None and not self.grid.compares and bool(self.live_boards)
        engines = self.session.results(slot.key) if slot is not None and alone else []
        cells = [each.cell for each in place.slots if each.cell is not None] if place and self.grid.compares else []
        policies = self.grid.policies(cells)
        self.query_one(Inspector).show(place, self.side_names, engines, self._sentences(), policies)

    def _sentences(self) -> tuple[str, ...]:
        """What differs between the two sides for the endpoint under the cursor."""
        if not self.grid.compares or self.matrix.at is None:
            return ()
        from corstui.tui.screens.dashboard.summary import judged

        row = self.matrix.at[0]
        boards = [[slot for slot in board if slot.key.endpoint in row.endpoints] for board in self.grid.boards]
        return judged(boards, self.side_names).summary


def _distinct(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def _first_pair(session: Session) -> tuple[Source, Source] | None:
    """The first two environments, in whatever engine is looked at."""
    names = session.environments
    return (Source(names[0]), Source(names[1])) if len(names) > 1 else None
