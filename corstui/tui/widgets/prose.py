"""Text that is written anew while it is on screen."""

from __future__ import annotations

from textual.visual import VisualType
from textual.widgets import Static


class Prose(Static):
    """A text without markup, always as high as what was written last."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(markup=False, id=id, classes=classes)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show something else."""
        # Textual keeps a widget's height until its styles or its count of layouts change, and counts two updates as one
        # when nothing was idle between them. A screen laid out between the two would leave the second in the height of
        # the first, so that lines of it stay hidden.
        self.styles.merge_rules({})
        super().update(content, layout=layout)
