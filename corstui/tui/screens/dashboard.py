"""The dashboard: one profile, its environments as tabs, the matrix and the inspector beside it.

The screen asks :class:`~corstui.tui.runs.Runs` for cells and looks at what came back about 30 times a second. An
environment runs when its tab is first opened; one with ``confirm: true`` asks before its first request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from corstui.analysis.text import printable
from corstui.tui.grid import Grid
from corstui.tui.outlook import outlook
from corstui.tui.runs import Runs
from corstui.tui.screens.confirm import ConfirmScreen
from corstui.tui.session import Session, Trouble
from corstui.tui.widgets.filter import Filter
from corstui.tui.widgets.inspector import Inspector
from corstui.tui.widgets.lines import EnvironmentBar, Headline, Tab, counts_of, progress_text, separator
from corstui.tui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from corstui.runner import Cell, CellKey
    from corstui.tui.board import Board
    from corstui.tui.bridge import Bridge

FRAMES_PER_SECOND = 30
#: How often a filter is applied again and the clock is looked at while results arrive, in seconds.
SLOWLY = 0.25
#: How many pairs of a comparison are judged between two frames.
PAIRS_A_FRAME = 40

Scope = Literal["cell", "row", "column", "all"]
Wish = tuple["Board", Sequence["CellKey"]]


class Dashboard(Screen[None]):
    """Shows a session. ``bridge`` carries its runs; ``source`` says where the profile came from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rerun('cell')", "rerun", id="run.cell", tooltip="Run this cell again"),
        Binding("R", "rerun('row')", "rerun row", show=False, id="run.row", tooltip="Run this endpoint's row again"),
        Binding("C", "rerun('column')", "rerun column", show=False, id="run.column", tooltip="Run this origin again"),
        Binding("a", "rerun('all')", "all", id="run.all", tooltip="Run every cell of this environment (again)"),
        Binding("x", "cancel", "cancel", id="run.cancel", tooltip="Cancel what is under way; results stay"),
        Binding("d", "only", "differences", id="view.only", tooltip="Only what differs, or is not as expected"),
        Binding("slash", "filter", "filter", key_display="/", id="view.filter", tooltip="Filter by name or outcome"),
        Binding("right_square_bracket", "jump(1)", "next", show=False, id="view.next", tooltip="Next cell to look at"),
        Binding("left_square_bracket", "jump(-1)", "previous", show=False, id="view.previous", tooltip="Previous one"),
        Binding("e", "engine", "engine", id="view.engine", tooltip="The same matrix in the next browser engine"),
        Binding("i", "inspector", "inspector", show=False, id="view.inspector", tooltip="Show or hide the inspector"),
        Binding("v", "pair", "pair", show=False, id="view.pair", tooltip="Compare another pair of environments"),
        *(
            Binding(str(n), f"open_tab({n})", f"tab {n}", show=False, id=f"view.tab-{n}", tooltip=f"Environment {n}")
            for n in range(1, 10)
        ),
        Binding("escape", "clear", "clear", show=False, id="view.clear", tooltip="Clear the filter"),
    ]

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

    def __init__(self, session: Session, bridge: Bridge, *, source: str = "") -> None:
        super().__init__()
        self.session = session
        self.runs = Runs(session, bridge)
        self.source = source
        self.tab = 1
        self.pair = (0, 1)
        self._confirmed: set[str] = set()
        self._notices: dict[str, str] = {}
        self._stale = self._unsettled = False

    def compose(self) -> ComposeResult:
        yield Headline()
        yield EnvironmentBar()
        with Container(id="body"):
            yield Matrix(ascii=self.session.ascii)
            yield Inspector(ascii=self.session.ascii)
        yield Static(id="notice", markup=False)
        yield Filter()
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

    @property
    def matrix(self) -> Matrix:
        return self.query_one(Matrix)

    @property
    def grid(self) -> Grid:
        return self.matrix.grid

    @property
    def compare_tab(self) -> int:
        """The number of the tab that compares; 0 when there is nothing to compare."""
        return len(self.session.environments) + 1 if len(self.session.environments) > 1 else 0

    def open_tab(self, number: int) -> None:
        """Show an environment, or the comparison, and run what has not run yet."""
        before, self.tab = self.grid, number
        try:
            boards = self._boards()
        except Trouble as trouble:
            self.matrix.message = ["This environment cannot run:", *trouble.problems]
            self._show(Grid(()))
            return
        self.matrix.message = []
        grid = Grid(boards, self._differ if len(boards) > 1 else None)
        grid.apply(before.text, before.only and before.compares == grid.compares)
        self._show(grid)
        self._start([(board, keys) for board in boards if (keys := board.open())])

    def continue_with(self, session: Session) -> None:
        """The profile has changed on disk: keep the results that still hold, run what changed and changes nothing."""
        self.runs.stop()
        wishes = session.inherit(self.session)
        self.session, self.runs = session, Runs(session, self.runs.bridge)
        self.tab = min(self.tab, max(self.compare_tab, len(session.environments)))
        self.pair = self.pair if max(self.pair) < len(session.environments) else (0, 1)
        for board, keys in wishes:
            self.runs.ask(board, keys, session.harmless(board.environment, board.engine)[0])
        self.say("profile")
        rest = sum(slot.cell is None and not slot.pending for board, _ in wishes for slot in board)
        self.notify(f"Profile read again.{f' {rest} cells wait for you: a runs them.' if rest else ''}")
        self.open_tab(self.tab)

    def keep_last_good(self, trouble: Trouble) -> None:
        """The profile on disk is broken: say so, and go on with the last good one."""
        more = f" and {len(trouble.problems) - 1} more" if len(trouble.problems) > 1 else ""
        first = printable(trouble.problems[0].split("\n")[0])
        self.say("profile", f"{first}{more}. Still showing the last good profile; P shows all.")

    def say(self, topic: str, text: str = "") -> None:
        """Show a line above the key hints until it is said again, or with no text to take it away."""
        self._notices.pop(topic, None)
        if text:
            self._notices[topic] = text
        notice = self.query_one("#notice", Static)
        notice.update(Content("\n".join(self._notices.values())))
        notice.set_class(bool(self._notices), "-shown")

    def _boards(self) -> tuple[Board, ...]:
        names = self.session.environments
        if self.tab == self.compare_tab:
            return tuple(self.session.board(names[index]) for index in self.pair)
        return (self.session.board(names[self.tab - 1]),)

    @staticmethod
    def _differ(first: Cell, second: Cell) -> bool | None:
        from corstui.analysis.compare import pair

        judged = pair(first, second)
        return bool(judged.differs) if judged.comparable else None

    def _show(self, grid: Grid) -> None:
        self.matrix.show(grid)
        self._update_lines()

    def _update_lines(self) -> None:
        session, boards = self.session, self.grid.boards
        names = session.environments
        tabs = [Tab(name, self._opened(name)) for name in names]
        if self.compare_tab:
            tabs.append(Tab("compare", self.tab == self.compare_tab))
        bar, headline = self.query_one(EnvironmentBar), self.query_one(Headline)
        self._fit_inspector()
        bar.tabs, bar.active = tuple(tabs), self.tab - 1
        headline.name_text, headline.separator = session.name, separator(session.ascii)
        size = f"{len(self.grid.all_rows)} endpoints x {len(self.grid.all_columns)} origins"
        pair = [" | ".join(names[index] for index in self.pair)] if self.tab == self.compare_tab else []
        headline.facts = (session.engine_name, *pair, size, self.source)
        if self.grid.compares:
            self._unsettled = not self.grid.settle(PAIRS_A_FRAME)
            bar.counts = self._comparison()
        elif boards:
            bar.counts = counts_of(boards[0], session.ascii)
        busy = next((board for board in boards if board.pending), boards[0] if boards else None)
        if busy is not None:
            headline.progress = progress_text(
                busy.progress, busy.pending, self.runs.clock(), self.size.width, session.ascii
            )

    def _fit_inspector(self) -> None:
        """Beside the matrix, the inspector takes what the matrix does not need."""
        spare = min(max(34, self.size.width - self.matrix.full_width - 1), 64)
        self.query_one(Inspector).styles.width = spare if self.has_class("-wide") else "100%"

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

    def _opened(self, environment: str) -> bool:
        board = self.session.boards.get((environment, self.session.engine))
        return board is not None and board.opened

    # runs -------------------------------------------------------------------------------------------------------------

    def _start(self, wishes: Sequence[Wish]) -> None:
        """Run cells, environment by environment; one that wants to be asked is asked about first."""
        for index, (board, keys) in enumerate(wishes):
            environment = self.session.profile.environments[board.environment]
            if environment.confirm and board.environment not in self._confirmed:
                self._confirm(board, keys, partial(self._start, wishes[index + 1 :]))
                break
            self.runs.ask(board, keys)
        self.matrix.refresh()
        self._update_lines()

    def _confirm(self, board: Board, keys: Sequence[CellKey], then: Callable[[], None]) -> None:
        name = board.environment

        def answered(yes: bool | None) -> None:
            if yes:
                self._confirmed.add(name)
                self.say(name)
                self.runs.ask(board, keys)
            else:
                self.say(name, f"{name}: nothing was sent. Press a to be asked again.")
            then()
            self.matrix.refresh()
            self._update_lines()

        facts = outlook(board.slots[key].planned for key in keys)
        self.app.push_screen(ConfirmScreen(name, facts), answered)

    def _drain(self) -> None:
        changes = self.runs.drain()
        for error in changes.errors:
            self.say("network", f"The run broke off: {error}")
        if not changes.cells:
            if self._unsettled:
                self._stale = self._stale or self.grid.only
                self._update_lines()
            return
        self._repaint(changes.cells)

    def _repaint(self, keys: Iterable[CellKey]) -> None:
        shown = {(board.environment, board.engine) for board in self.grid.boards}
        places = {(key.endpoint, key.origin) for key in keys if (key.environment, key.engine) in shown}
        self.grid.touch(places)
        self.matrix.update_cells(places)
        self._stale = self._stale or (self.grid.filtered and bool(places))
        if self.matrix.at in places:
            self._inspect()
        self._update_lines()

    def _slowly(self) -> None:
        """Apply the filter to what has arrived, and keep the time left moving while nothing arrives."""
        if self.runs.active:
            self._update_lines()
        if self._stale:
            self._stale = False
            self.grid.apply()
            self.matrix.show(self.grid)

    def action_rerun(self, scope: Scope) -> None:
        if self.matrix.at is None and scope != "all":
            self.notify("There is no cell here to run.")
            return
        endpoint, origin = self.matrix.at or ("", "")
        wishes: list[Wish] = []
        for board in self.grid.boards:
            keys = [
                key
                for key in board.slots
                if (scope in ("column", "all") or key.endpoint == endpoint)
                and (scope in ("row", "all") or key.origin == origin)
            ]
            if any(not board.slots[key].pending for key in keys):
                wishes.append((board, keys))
        if not wishes:
            self.notify("Nothing to run: it is under way, or nothing is planned here.")
            return
        self.say("network")
        self._start(wishes)

    def action_cancel(self) -> None:
        given_up = self.runs.stop()
        if not given_up:
            self.notify("Nothing is under way.")
            return
        self.notify(f"Cancelled {len(given_up)} cell{'s' if len(given_up) > 1 else ''}. r runs one, a all of them.")
        self._repaint(given_up)

    # views ------------------------------------------------------------------------------------------------------------

    def action_open_tab(self, number: int) -> None:
        last = max(self.compare_tab, len(self.session.environments))
        if number > last:
            self.notify(f"There is no tab {number}: this profile has {last}.")
        elif number != self.tab:
            self.open_tab(number)

    def on_environment_bar_chosen(self, message: EnvironmentBar.Chosen) -> None:
        self.action_open_tab(message.number)

    def action_pair(self) -> None:
        count = len(self.session.environments)
        if self.tab != self.compare_tab or count < 3:
            self.notify("Only a comparison in a profile with three environments or more has other pairs.")
            return
        pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
        self.pair = pairs[(pairs.index(self.pair) + 1) % len(pairs)]
        self.open_tab(self.tab)

    def action_engine(self) -> None:
        self.session.engine = self.session.next_engine()
        self.open_tab(self.tab)
        if self.session.engine != self.session.profile.settings.engine:
            self.notify("Only the profile's own engine sends methods that change something; here they are held back.")

    def action_only(self) -> None:
        grid = self.grid
        grid.apply(only=not grid.only)
        if grid.only and not grid.rows:
            grid.apply(only=False)
            what = "differs" if grid.compares else "is unexpected, inconclusive or an error"
            self.notify(f"Nothing {what} so far.")
        self._show(grid)

    def action_jump(self, step: int) -> None:
        matrix = self.matrix
        for row, column in self.grid.walk((matrix.row, matrix.column), step):
            if self.grid.noteworthy(self.grid.rows[row].endpoint, self.grid.columns[column].origin):
                matrix.move_to(row, column)
                return
        self.notify("No cell here needs a look.")

    def action_inspector(self) -> None:
        if self.has_class("-low") and not self.has_class("-wide"):
            self.notify("The terminal is too low for the inspector; Enter opens the cell instead.")
            return
        self.toggle_class("-hide-inspector")

    def action_filter(self) -> None:
        self.query_one(Filter).open()

    def on_input_changed(self, message: Filter.Changed) -> None:
        grid, text = self.grid, message.value
        grid.apply(text)
        self.matrix.message = [f"Nothing matches {text!r}. Esc clears the filter."] if text else []
        self._show(grid)

    def on_filter_left(self) -> None:
        self.matrix.focus()

    def action_clear(self) -> None:
        field = self.query_one(Filter)
        if self.grid.only and not field.value:
            self.action_only()
        field.clear_and_close()

    # the cell under the cursor ----------------------------------------------------------------------------------------

    def on_matrix_cell_highlighted(self) -> None:
        self._inspect()

    def _inspect(self) -> None:
        place = self.matrix.place
        sides = place.sides if place is not None else ()
        slot = next((side for side in sides if side is not None), None)
        engines = self.session.results(slot.key) if slot is not None and not self.grid.compares else []
        self.query_one(Inspector).show(sides, engines)

    def on_matrix_cell_selected(self, message: Matrix.CellSelected) -> None:
        from corstui.tui.screens.engines import SessionEngines
        from corstui.tui.screens.flow import FlowScreen

        found = self._results(message.endpoint, message.origin)
        if found:
            engines = SessionEngines(lambda: self.session, self._start)
            self.app.push_screen(FlowScreen(*found, step=self._step, engines=engines, ascii=self.session.ascii))
        else:
            self.notify("This cell has no result yet. r runs it.")

    def _step(self, direction: int) -> list[Cell]:
        """Move the cursor to the next cell with a result; what it shows, or nothing at the end."""
        matrix, rows, columns = self.matrix, self.grid.rows, self.grid.columns
        here = (matrix.row, matrix.column)
        for row, column in self.grid.walk(here, direction):
            if ((row, column) > here) != (direction > 0) or (row, column) == here:
                break
            found = self._results(rows[row].endpoint, columns[column].origin)
            if found:
                matrix.move_to(row, column)
                return found
        return []

    def _results(self, endpoint: str, origin: str) -> list[Cell]:
        sides = self.grid.place(endpoint, origin).sides
        return [slot.cell for slot in sides if slot is not None and slot.cell is not None]
