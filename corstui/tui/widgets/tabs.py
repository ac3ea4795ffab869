"""The pages of a screen on one line, to be clicked."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


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
