"""What the marks of the matrix mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corstui.analysis.marks import LEGEND, SUFFIXES
from corstui.tui.render import wrapped
from corstui.tui.widgets.lines import COLOURS
from corstui.tui.widgets.prose import Prose

#: What stands around marks in the matrix alone.
_AROUND = (
    ("??", "cannot be compared"),
    ("[ ]", "selected: r, X and the filter selected:yes act on these"),
    ("+5", "before a row: a fold of five endpoints; z and Enter unfold it"),
    ("2/5", "in a fold: two of five have this mark; in totals: two are allowed"),
)
_WORDS = (
    "The word beside a mark is the status that script sees, or the reason: PF is the preflight, R1 the first redirect. "
    "Enter opens a cell and tells all of it."
)


class LegendScreen(ModalScreen[None]):
    """Any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,m,enter", "dismiss", "close", id="legend.close", tooltip="Back to the matrix"),
    ]

    DEFAULT_CSS = """
    LegendScreen {
        align: center middle;
        & > VerticalScroll {
            width: 84; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; border-title-style: bold; padding: 0 1;
            background: $surface; color: $foreground;
        }
        & > VerticalScroll > Static { width: 1fr; height: auto; }
    }
    """

    def __init__(self, ascii: bool = False) -> None:
        super().__init__()
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            scroll.border_title = "Marks"
            yield Prose()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        columns = min(84, self.size.width) - 5
        lines = []
        for symbol, plain, style, meaning in LEGEND:
            first, *rest = wrapped(meaning, columns - 4)
            mark = Content.styled(f"{plain if self._ascii else symbol:<4}", f"bold {COLOURS.get(style, '')}")
            lines += [Content.assemble(mark, first), *(Content.assemble("    ", line) for line in rest)]
        lines.append(Content(""))
        lines += [Content(f"{suffix:<4}{meaning}") for suffix, meaning in (*SUFFIXES, *_AROUND)]
        lines += [Content(""), *wrapped(_WORDS, columns)]
        self.query_one(Static).update(Content("\n").join(lines))
