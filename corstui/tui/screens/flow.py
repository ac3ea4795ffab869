"""The drill-down: the whole flow of one cell, or of the two cells that a comparison pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Footer, Static

from corstui.report.formats import Options
from corstui.runner.store import is_stored
from corstui.tui.clipboard import copy
from corstui.tui.editor import open_at
from corstui.tui.enginelines import summary
from corstui.tui.flowpages import FINDINGS, PAGES, deciding_line, tab_label
from corstui.tui.reasons import SaysWhy
from corstui.tui.render import View, difference, side_by_side
from corstui.tui.screens.copying import CopyScreen, curl, no_request
from corstui.tui.screens.engines import Engines, EnginesScreen
from corstui.tui.screens.explain import ExplainScreen
from corstui.tui.sequence import sequence
from corstui.tui.titles import noted, side_names, title
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose
from corstui.tui.widgets.tabs import TabLine

if TYPE_CHECKING:
    from corstui.analysis.policy import Policy
    from corstui.profile.problems import Location
    from corstui.runner import Cell

#: The cells next to those shown, in the direction of -1 or 1; empty at the end.
Step = Callable[[int], "Sequence[Cell]"]
#: The policies that cells met, as far as more than these cells tell; none where no more is known.
Judge = Callable[["Sequence[Cell]"], "Sequence[Policy]"]

POLICIES = "Policies"


class FlowScreen(SaysWhy[None]):
    """Shows one cell, or two side by side. ``step`` finds the cells before and after."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket",
            "step(-1)",
            "previous",
            show=False,
            id="flow.previous",
            tooltip="The cell before",
        ),
        Binding("right_square_bracket", "step(1)", "next", key_display="]", id="flow.next", tooltip="The next cell"),
        Binding("tab,right,l", "page(1)", "page", key_display="tab", id="flow.page-next", tooltip="The next page"),
        Binding("shift+tab,left,h", "page(-1)", "Page", show=False, id="flow.page-back", tooltip="The page before"),
        Binding("enter", "explain", "explain", key_display="Enter", id="flow.explain", tooltip="What the reason means"),
        Binding("y", "copy", "copy", id="flow.copy", tooltip="Copy as curl, fetch(), HAR or Markdown"),
        Binding("Y", "curl", "copy", show=False, id="flow.copy-secrets", tooltip="Copy as curl with its secrets"),
        Binding(
            "e", "edit", "edit", show=False, id="flow.edit", tooltip="Open the profile in the editor at this endpoint"
        ),
        Binding("b", "engines", "engines", id="flow.engines", tooltip="The same cell in every other engine, run now"),
        Binding("s", "side", "side", id="flow.side", tooltip="The flow of the other side"),
        Binding(
            "J,shift+down", "scroll_lanes(1)", "Down", show=False, id="flow.lanes-down", tooltip="Scroll the arrows"
        ),
        Binding("K,shift+up", "scroll_lanes(-1)", "Up", show=False, id="flow.lanes-up", tooltip="Scroll it back"),
        Binding("escape", "dismiss", "back", id="flow.back", tooltip="Back to the matrix"),
        *(
            Binding(str(n), f"open({n})", f"page {n}", show=False, id=f"flow.page-{n}", tooltip=f"Page {n}")
            for n in range(1, len(PAGES) + 2)
        ),
    ]

    DEFAULT_CSS = """
    FlowScreen {
        background: $background;
        #title { height: auto; max-height: 5; padding: 0 1; background: $panel; color: $foreground; }
        #lanes { height: auto; max-height: 40%; }
        #pane { height: 1fr; padding: 0 1; }
    }
    """

    def __init__(
        self,
        *cells: Cell,
        step: Step | None = None,
        engines: Engines | None = None,
        policies: Judge | None = None,
        ascii: bool = False,
    ) -> None:
        super().__init__()
        self._policies = policies
        self._engines = engines
        self.cells: tuple[Cell, ...] = cells
        self.side = 0
        self.page = 0
        self._step, self._ascii = step, ascii
        #: The line that decided, by the pane that shows it.
        self._decided: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        yield Prose(id="title")
        with Pane(id="lanes", can_focus=False):
            yield Prose(id="sequence")
        yield TabLine()
        with Pane(id="pane"):
            yield Prose(id="text")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#pane", Pane).focus()
        self._begin("#lanes", "#pane")

    def on_resize(self) -> None:
        self._write()

    def on_screen_resume(self) -> None:
        if self._engines is not None:
            self._write()

    @property
    def cell(self) -> Cell:
        """The cell whose flow is shown."""
        return self.cells[self.side]

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages' names in order; a comparison begins with the policies."""
        return (POLICIES, *PAGES) if len(self.cells) > 1 else tuple(PAGES)

    @property
    def steps(self) -> bool:
        """Whether there are cells next to those shown."""
        return self._step is not None

    @property
    def runs(self) -> bool:
        """Whether other engines can be asked."""
        return self._engines is not None

    def _write(self) -> None:
        columns = max(40, self.size.width - 3)
        view = View.of(self.cell.planned, self._ascii)
        heads = [line for cell in self._titled for line in title(cell, View.of(cell.planned, self._ascii), columns + 1)]
        if self._engines is not None:
            heads += summary(self._engines.results(self.cell.key), view, columns + 1)
        heads += noted(self.cell, view, columns + 1)
        self.query_one("#title", Static).update(Content("\n").join(heads))
        lanes = sequence(self.cell, view, columns, self.size.height * 2 // 5)
        text = self._text(view, columns)
        self._decided = {"#lanes": deciding_line(lanes), "#pane": deciding_line(text)}
        self.query_one("#sequence", Static).update(Content("\n").join(lanes))
        tabs = self.query_one(TabLine)
        tabs.labels = tuple(tab_label(name, self.cell, view) for name in self.pages)
        tabs.active = self.page
        self.query_one("#text", Static).update(Content("\n").join(text))

    def _begin(self, *ids: str) -> None:
        """Show these panes from their top, or from where the flow was decided, should that be out of sight."""
        for id in ids:
            self.query_one(id, Pane).scroll_home(animate=False)
        # the first refresh gives the panes their heights, the second one finds them
        self.call_after_refresh(self.call_after_refresh, partial(self._reveal, ids))

    def _reveal(self, ids: Sequence[str]) -> None:
        for id in ids:
            pane, line = self.query_one(id, Pane), self._decided[id]
            if line >= pane.size.height:
                pane.scroll_to(y=line - pane.size.height // 3, animate=False)

    @property
    def _titled(self) -> tuple[Cell, ...]:
        """The cells named at the top: the shown one first."""
        return (self.cell, *(cell for cell in self.cells if cell is not self.cell))

    def _text(self, view: View, columns: int) -> list[Content]:
        name = self.pages[self.page]
        if name == POLICIES:
            columns = min(columns, 120)
            a, b = self.cells[0], self.cells[1]
            known = self._policies(self.cells) if self._policies is not None else ()
            return [
                *difference(a, b, columns),
                Content(""),
                *side_by_side(a, b, columns, self._ascii, side_names(a, b), known),
            ]
        return PAGES[name](self.cell, view, columns)

    def _show_page(self, index: int) -> None:
        self.page = index % len(self.pages)
        self.refresh_bindings()
        self._write()
        self._begin("#pane")

    # actions ----------------------------------------------------------------------------------------------------------

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str | None:
        reason = _WHY_NOT.get(action)
        return reason(self, parameters) if reason is not None else None

    def action_step(self, direction: int) -> None:
        cells = self._step(direction) if self._step is not None else ()
        if not cells:
            self.notify("There is no further cell with a result in this direction.")
            return
        name = self.pages[self.page]
        self.cells, self.side = tuple(cells), 0
        self.page = self.pages.index(name) if name in self.pages else 0
        self._show_page(self.page)
        self._begin("#lanes")

    def action_page(self, direction: int) -> None:
        self._show_page(self.page + direction)

    def action_open(self, number: int) -> None:
        self._show_page(number - 1)

    def on_tab_line_chosen(self, message: TabLine.Chosen) -> None:
        self._show_page(message.index)

    def action_side(self) -> None:
        self.side = 1 - self.side
        self.refresh_bindings()
        self._write()
        self._begin("#lanes", "#pane")

    def action_engines(self) -> None:
        if self._engines is not None:
            self.app.push_screen(EnginesScreen(self.cell, self._engines, ascii=self._ascii))

    def action_scroll_lanes(self, direction: int) -> None:
        self.query_one("#lanes", Pane).scroll_relative(y=direction, animate=False)

    @property
    def code(self) -> str | None:
        """The reason or rule that Enter explains."""
        found = [finding["rule"] for finding in self.cell.findings]
        reason = [self.cell.reason] if self.cell.reason is not None else []
        codes = [*found, *reason] if self.pages[self.page] == FINDINGS else [*reason, *found]
        return next(iter(codes), None)

    def action_explain(self) -> None:
        if self.code is not None:
            self.app.push_screen(ExplainScreen(self.code))

    def action_copy(self) -> None:
        self.app.push_screen(CopyScreen(self.cell, ascii=self._ascii))

    def action_curl(self) -> None:
        copy(self.app, curl(self.cell, Options(secrets=True)), "curl command with its secrets")

    def action_edit(self) -> None:
        open_at(self.app, place_to_edit(self.cell))


def place_to_edit(cell: Cell) -> Location:
    """The expectation that was not met, with its waiver, else the endpoint."""
    expectation = cell.planned.expectation
    if expectation is not None and (cell.as_expected is False or cell.waiver_state == "in-force"):
        return expectation.location
    return cell.planned.endpoint.location


def _no_page(screen: FlowScreen, parameters: tuple[object, ...]) -> str | None:
    number = int(str(parameters[0]))
    return f"There is no page {number}: this flow has {len(screen.pages)}." if number > len(screen.pages) else None


_WHY_NOT: dict[str, Callable[[FlowScreen, tuple[object, ...]], str | None]] = {
    "open": _no_page,
    "side": lambda screen, _: None if len(screen.cells) > 1 else "There is one flow here and no other side of it.",
    "step": lambda screen, _: None if screen.steps else "This flow has no neighbours: it was not opened from a matrix.",
    "engines": lambda screen, _: None if screen.runs else "Engines are asked live, and this is not part of a live run.",
    "explain": lambda screen, _: None if screen.code else "Nothing was refused here, so there is nothing to explain.",
    "curl": lambda screen, _: no_request(screen.cell),
    "edit": lambda screen, _: "An earlier run has no profile to edit." if is_stored(screen.cell) else None,
}
