"""The pages of a screen on one line, to be clicked."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from corstui.analysis.text import width

#: Spaces on both sides of a label, and between two of them; the first that fits is taken.
_SETTINGS = ((1, 2), (1, 1), (1, 0), (0, 1))


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

    def _spans(self) -> list[tuple[int, int]]:
        """First and last column but one of each label, set as wide as there is room for."""
        sizes = [width(label) for label in self.labels]
        room = self.size.width - sum(sizes)
        padding, gap = next(
            (each for each in _SETTINGS if len(sizes) * 2 * each[0] + (len(sizes) - 1) * each[1] <= room), _SETTINGS[-1]
        )
        spans, x = [], 0
        for size in sizes:
            spans.append((x, x + size + 2 * padding))
            x += size + 2 * padding + gap
        return spans

    def render(self) -> Content:
        line = Content("")
        for index, (label, (start, end)) in enumerate(zip(self.labels, self._spans(), strict=True)):
            padding = " " * ((end - start - width(label)) // 2)
            style = "bold reverse" if index == self.active else ""
            line = Content.assemble(line, " " * (start - line.cell_length), (f"{padding}{label}{padding}", style))
        return line

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        for index, (start, end) in enumerate(self._spans()):
            if offset is not None and start <= offset.x < end:
                self.post_message(self.Chosen(index))
