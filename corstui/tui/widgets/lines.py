"""The one-line widgets at the top of the dashboard: headline and progress, environments and counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from corstui.analysis.marks import LEGEND
from corstui.printable import printable

if TYPE_CHECKING:
    from textual import events

    from corstui.tui.board import Board, Progress

#: Styles of verdicts in running text; the matrix has its own component styles of the same colours.
COLOURS = {
    "allowed": "$text-success",
    "blocked": "$text-error",
    "error": "$text-warning",
    "unsent": "$text-secondary",
    "opaque": "$text-primary",
}


def spread(left: Content, right: Content, width: int) -> Content:
    """``left`` and ``right`` at the ends of one line; the left one is cut when both do not fit."""
    room = max(0, width - right.cell_length - 1)
    left = left.truncate(room, ellipsis=True)
    return Content.assemble(left, " " * max(1, width - left.cell_length - right.cell_length), right)


def separator(ascii: bool) -> str:
    """What stands between facts on one line."""
    return " - " if ascii else " · "


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min``."""
    if seconds < 1:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def progress_text(progress: Progress, pending: int, now: float, width: int, ascii: bool = False) -> Content:
    """The bar and figures of what is under way, or what the last run took; empty before any run."""
    if not progress.total:
        return Content("")
    if not pending:
        return Content(f"{progress.done} cells in {duration(progress.last - progress.started)}")
    left, rate = progress.seconds_left(now), progress.rate(now)
    facts = [f" {progress.done}/{progress.total}", f"{f'{rate:.0f}' if rate >= 10 else f'{rate:.1f}'}/s"]
    figures = separator(ascii).join([*facts, duration(left)] if left is not None else facts)
    size = max(6, min(25, width // 5))
    full = size * progress.done // progress.total
    done, todo = ("#", "-") if ascii else ("█", "░")
    return Content.assemble((done * full, "$primary"), (todo * (size - full), "dim"), figures)


class Headline(Widget):
    """Program, profile, engine and sizes on the left; progress on the right."""

    DEFAULT_CSS = "Headline { height: 1; padding: 0 1; background: $panel; color: $foreground; }"

    name_text: reactive[str] = reactive("")
    #: Between the facts on one line.
    separator: reactive[str] = reactive(" · ")
    facts: reactive[tuple[str, ...]] = reactive(())
    progress: reactive[Content] = reactive(Content(""))

    def render(self) -> Content:
        left = Content.assemble(("corstui", "bold $primary"), "  ", (printable(self.name_text), "bold"))
        room = self.size.width - self.progress.cell_length - 2
        facts = Content("")
        for count in range(len(self.facts), 0, -1):
            facts = Content("  " + self.separator.join(self.facts[:count]))
            if left.cell_length + facts.cell_length <= room:
                break
        else:
            facts = Content("")
        return spread(Content.assemble(left, facts.stylize("dim")), self.progress, self.size.width)


@dataclass(frozen=True, slots=True)
class Tab:
    """One environment, or the comparison. ``opened``: something of it was asked for."""

    label: str
    opened: bool = False


class EnvironmentBar(Widget):
    """The environments as numbered tabs, and counts of what is on screen."""

    DEFAULT_CSS = "EnvironmentBar { height: 1; padding: 0 1; background: $surface; color: $foreground; }"

    class Chosen(Message):
        """Somebody clicked a tab."""

        def __init__(self, number: int) -> None:
            self.number = number
            super().__init__()

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    active: reactive[int] = reactive(0)
    #: Counts in the order of preference: the first that fits is shown.
    counts: reactive[tuple[Content, ...]] = reactive(())

    NAMES_AT_MOST: ClassVar[int] = 20

    def _spans(self) -> list[tuple[int, int, Content]]:
        spans, x = [], 0
        for index, tab in enumerate(self.tabs):
            name = Content(printable(tab.label)).truncate(self.NAMES_AT_MOST, ellipsis=True)
            style = "bold reverse" if index == self.active else "" if tab.opened else "dim"
            label = Content.assemble(f" {index + 1} ", name, " ").stylize(style)
            spans.append((x, x + label.cell_length, label))
            x += label.cell_length + 1
        return spans

    def render(self) -> Content:
        left = Content(" ").join([label for _, _, label in self._spans()])
        width = self.size.width
        fitting = [counts for counts in self.counts if left.cell_length + counts.cell_length + 2 <= width]
        right = fitting[0] if fitting else (self.counts[-1] if self.counts else Content(""))
        return spread(left, right, width)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        for index, (start, end, _) in enumerate(self._spans()):
            if offset is not None and start <= offset.x < end:
                self.post_message(self.Chosen(index + 1))


def counts_of(board: Board, ascii: bool = False) -> tuple[Content, ...]:
    """Counts by mark, and what is not as expected: in words, in short, and only the latter."""
    symbols: Counter[str] = board.symbols
    marks = [
        (f"{symbol} {number}", COLOURS.get(style, ""))
        for unicode_symbol, plain, style, _ in LEGEND
        if (number := symbols[symbol := plain if ascii else unicode_symbol])
    ]
    unexpected = [(f"{board.unexpected} not as expected", "bold $text-warning")] if board.unexpected else []
    if board.expected and not board.unexpected and not board.pending:
        unexpected = [(f"{board.expected} as expected", "dim")]
    waived = [(f"{board.waived} waived", "dim")] if board.waived else []
    unclear = [(f"{board.inconclusive} inconclusive", "$text-warning")] if board.inconclusive else []
    stopped = [(f"{board.stopped} not run", "dim")] if board.stopped else []
    short = [(f"{board.unexpected}*", "bold $text-warning")] if board.unexpected else []
    short += [(f"{board.inconclusive}?", "$text-warning")] if board.inconclusive else []
    return (
        _joined("   ", marks + unexpected + waived + unclear + stopped),
        _joined("  ", marks + unexpected),
        _joined("  ", marks + short),
        _joined(" ", marks + short),
        _joined(" ", short),
    )


def _joined(gap: str, parts: list[tuple[str, str]]) -> Content:
    return Content(gap).join([Content.styled(text, style) for text, style in parts])
