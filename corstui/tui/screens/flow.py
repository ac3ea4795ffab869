"""The drill-down: the whole flow of one cell, or of the two cells that a comparison pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from corstui.analysis.facts import deciding_exchange
from corstui.analysis.marks import mark
from corstui.analysis.story import cookies, fix, headline
from corstui.report.curl import curl_command
from corstui.report.formats import Options
from corstui.report.masking import mask_for
from corstui.tui.clipboard import copy
from corstui.tui.enginelines import summary
from corstui.tui.flowlines import advice, checks, cookie_lines, findings, headers, raw, script, sequence
from corstui.tui.render import MUTED, View, difference, names, side_by_side, wrapped
from corstui.tui.screens.engines import Engines, EnginesScreen
from corstui.tui.screens.explain import ExplainScreen
from corstui.tui.widgets.lines import COLOURS, spread
from corstui.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from corstui.runner import Cell

#: The cells next to those shown, in the direction of -1 or 1; empty at the end.
Step = Callable[[int], "Sequence[Cell]"]
Page = Callable[["Cell", View, int], list[Content]]

FINDINGS = "Findings"
PAGES: dict[str, Page] = {
    "Headers": headers,
    "Checks": checks,
    "Script sees": script,
    "Cookies": cookie_lines,
    "Fix": advice,
    "Raw": raw,
    FINDINGS: findings,
}
POLICIES = "Policies"


def title(cell: Cell, view: View, columns: int) -> list[Content]:
    """Names and engine on the left, the verdict on the right or below."""
    found = mark(cell, ascii=view.ascii)
    style = f"bold {COLOURS.get(found.style, '')}"
    left = Content.assemble((names(cell.key, view), "bold"), (f" {view.dot} {cell.engine}", MUTED))
    said = f"{found.symbol} {view.text(headline(cell))}"
    right = Content.styled(said, style)
    if left.cell_length + right.cell_length + 2 <= columns:
        return [spread(left, right, columns)]
    return [left, *wrapped(said, columns, rest="   ", style=style)]


def tab_label(name: str, cell: Cell, view: View) -> str:
    """The tab's name, with how much there is behind it."""
    if name == "Checks":
        passed = sum(check.passed for check in cell.flow.checks)
        return f"Checks {passed}{view.passed} {len(cell.flow.checks) - passed}{view.failed}"
    if name == "Cookies":
        return f"Cookies {len(cookies(cell.flow)) or ''}".rstrip()
    if name == FINDINGS:
        return f"{name} {len(cell.findings) or ''}".rstrip()
    return f"Fix {len(fix(cell)) or ''}".rstrip() if name == "Fix" else name


class TabLine(Widget):
    """The pages of the drill-down on one line."""

    DEFAULT_CSS = "TabLine { height: 1; padding: 0 1; background: $surface; color: $foreground; }"

    labels: reactive[tuple[str, ...]] = reactive(())
    active: reactive[int] = reactive(0)

    class Chosen(Message):
        """Somebody clicked a tab."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    def render(self) -> Content:
        gap = " " if sum(map(len, self.labels)) + 3 * len(self.labels) > self.size.width else "  "
        parts = [
            Content.styled(f" {label} ", "bold reverse" if index == self.active else "")
            for index, label in enumerate(self.labels)
        ]
        self._gap = len(gap)
        return Content(gap).join(parts)

    def on_click(self, event: events.Click) -> None:
        offset, x = event.get_content_offset(self), 0
        for index, label in enumerate(self.labels):
            if offset is not None and x <= offset.x < x + len(label) + 2:
                self.post_message(self.Chosen(index))
            x += len(label) + 2 + self._gap


class FlowScreen(Screen[None]):
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
        Binding("enter", "explain", "explain", id="flow.explain", tooltip="What the reason means"),
        Binding("y", "copy", "copy curl", id="flow.copy", tooltip="Copy as curl, secrets masked"),
        Binding("Y", "copy(True)", "copy", show=False, id="flow.copy-secrets", tooltip="Copy it with its secrets"),
        Binding("e", "engines", "engines", id="flow.engines", tooltip="The same cell in every other engine, run now"),
        Binding("s", "side", "side", id="flow.side", tooltip="The flow of the other environment"),
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
        self, *cells: Cell, step: Step | None = None, engines: Engines | None = None, ascii: bool = False
    ) -> None:
        super().__init__()
        self._engines = engines
        self.cells: tuple[Cell, ...] = cells
        self.side = 0
        self.page = 0
        self._step, self._ascii = step, ascii

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="title")
        with Pane(id="lanes", can_focus=False):
            yield Static(markup=False, id="sequence")
        yield TabLine()
        with Pane(id="pane"):
            yield Static(markup=False, id="text")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#pane", Pane).focus()

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

    def _write(self) -> None:
        columns = max(40, self.size.width - 3)
        view = View.of(self.cell.planned, self._ascii)
        heads = [line for cell in self._titled for line in title(cell, View.of(cell.planned, self._ascii), columns + 1)]
        if self._engines is not None:
            heads += summary(self._engines.results(self.cell.key), view, columns + 1)
        self.query_one("#title", Static).update(Content("\n").join(heads))
        lanes = sequence(self.cell, view, columns)
        self.query_one("#sequence", Static).update(Content("\n").join(lanes))
        tabs = self.query_one(TabLine)
        tabs.labels = tuple(tab_label(name, self.cell, view) for name in self.pages)
        tabs.active = self.page
        self.query_one("#text", Static).update(Content("\n").join(self._text(view, columns)))

    @property
    def _titled(self) -> tuple[Cell, ...]:
        """The cells named at the top: the shown one first."""
        return (self.cell, *(cell for cell in self.cells if cell is not self.cell))

    def _text(self, view: View, columns: int) -> list[Content]:
        name = self.pages[self.page]
        if name == POLICIES:
            columns = min(columns, 120)
            a, b = self.cells[0], self.cells[1]
            return [*difference(a, b, columns), Content(""), *side_by_side(a, b, columns, self._ascii)]
        return PAGES[name](self.cell, view, columns)

    def _show_page(self, index: int) -> None:
        self.page = index % len(self.pages)
        self._write()
        self.query_one("#pane", Pane).scroll_home(animate=False)

    # actions ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "side":
            return len(self.cells) > 1
        if action == "engines":
            return self._engines is not None
        return self._step is not None if action == "step" else True

    def action_step(self, direction: int) -> None:
        cells = self._step(direction) if self._step is not None else ()
        if not cells:
            self.notify("There is no further cell with a result in this direction.")
            return
        name = self.pages[self.page]
        self.cells, self.side = tuple(cells), 0
        self.page = self.pages.index(name) if name in self.pages else 0
        self.refresh_bindings()
        self._show_page(self.page)
        self.query_one("#lanes", Pane).scroll_home(animate=False)

    def action_page(self, direction: int) -> None:
        self._show_page(self.page + direction)

    def action_open(self, number: int) -> None:
        if number > len(self.pages):
            self.notify(f"There is no page {number}: this flow has {len(self.pages)}.")
        else:
            self._show_page(number - 1)

    def on_tab_line_chosen(self, message: TabLine.Chosen) -> None:
        self._show_page(message.index)

    def action_side(self) -> None:
        self.side = 1 - self.side
        self._write()

    def action_engines(self) -> None:
        if self._engines is not None:
            self.app.push_screen(EnginesScreen(self.cell, self._engines, ascii=self._ascii))

    def action_scroll_lanes(self, direction: int) -> None:
        self.query_one("#lanes", Pane).scroll_relative(y=direction, animate=False)

    def action_explain(self) -> None:
        found = [finding["rule"] for finding in self.cell.findings]
        reason = [self.cell.reason] if self.cell.reason is not None else []
        codes = [*found, *reason] if self.pages[self.page] == FINDINGS else [*reason, *found]
        code = next(iter(codes), None)
        if code is None:
            self.notify("Nothing was refused here, so there is nothing to explain.")
        else:
            self.app.push_screen(ExplainScreen(code))

    def action_copy(self, secrets: bool = False) -> None:
        exchange = deciding_exchange(self.cell.flow)
        if exchange is None:
            self.notify("Nothing was sent, so there is no request to copy.")
            return
        mask = mask_for(self.cell.planned.deployment, Options(secrets=secrets))
        copy(self.app, curl_command(exchange.request, mask), "curl command")
