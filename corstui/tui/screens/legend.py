"""What the marks of the matrix mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corstui.analysis.marks import LEGEND, SUFFIXES
from corstui.tui.widgets.lines import COLOURS


class LegendScreen(ModalScreen[None]):
    """Any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,m,enter", "dismiss", "close", id="legend.close", tooltip="Back to the matrix"),
    ]

    DEFAULT_CSS = """
    LegendScreen {
        align: center middle;
        & > Vertical {
            width: auto; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; padding: 1 2; background: $surface; color: $foreground;
        }
        Static { width: auto; }
    }
    """

    def __init__(self, ascii: bool = False) -> None:
        super().__init__()
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        lines = [Content.styled("Marks", "bold"), Content("")]
        for symbol, plain, style, meaning in LEGEND:
            lines.append(Content.assemble((f"{plain if self._ascii else symbol:<4}", COLOURS.get(style, "")), meaning))
        lines += [Content(""), Content.styled("Behind a mark, and between two", "bold"), Content("")]
        lines += [Content(f"{suffix:<4}{meaning}") for suffix, meaning in (*SUFFIXES, ("??", "cannot be compared"))]
        lines += [Content(""), Content("The word beside a mark is the status that script sees, or the reason;")]
        lines += [Content("PF is the preflight, R1 the first redirect. Enter opens a cell and tells all of it.")]
        with Vertical():
            yield Static(Content("\n").join(lines))
