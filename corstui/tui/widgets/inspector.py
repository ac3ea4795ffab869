"""The inspector: what there is to say about the cell under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from corstui.tui.enginelines import parting
from corstui.tui.render import View, inspect
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from corstui.analysis.policy import Policy
    from corstui.runner import Cell, CellKey
    from corstui.tui.place import Place


class Inspector(Pane):
    """Shows one place of the matrix: a cell, the two sides of a comparison, or a fold.

    Follows :meth:`show`; scrolls when focused.
    """

    DEFAULT_CSS = """
    Inspector {
        padding: 0 1;
        background: $background;
        color: $foreground;
        &:focus { background: $surface; }
    }
    """

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii
        self._place: Place | None = None
        self._keys: list[CellKey] = []
        self._names: tuple[str, ...] = ()
        self._engines: tuple[Cell, ...] = ()
        self._sentences: tuple[str, ...] = ()
        self._policies: tuple[Policy, ...] = ()
        self._text = Prose()
        self._columns = 0

    def compose(self) -> ComposeResult:
        yield self._text

    def show(
        self,
        place: Place | None,
        names: Sequence[str],
        engines: Sequence[Cell] = (),
        sentences: Sequence[str] = (),
        policies: Sequence[Policy] = (),
    ) -> None:
        """Speak about this place from now on; call it again when something there has changed.

        ``names``: how the sides are called. ``engines``: the results of the same cell in every engine that was looked
        at. ``sentences``: what differs between the sides for the endpoint as a whole. ``policies``: those that two
        finished sides met.
        """
        keys = [slot.key for slot in place.slots] if place is not None else []
        same, self._keys = keys == self._keys, keys
        self._place, self._names = place, tuple(names)
        self._engines, self._sentences, self._policies = tuple(engines), tuple(sentences), tuple(policies)
        self._write()
        if not same:
            self.scroll_home(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        if self._width != self._columns:
            self._write()

    @property
    def _width(self) -> int:
        # one column stays free for the scrollbar, which is within the size, so that its coming does not wrap the text
        return max(16, self.size.width - 1)

    def _write(self) -> None:
        self._columns = self._width
        engines: list[Content] = []
        if self._engines:
            engines = parting(self._engines, View.of(self._engines[0].planned, self._ascii), self._columns)
        lines = inspect(self._place, self._names, self._columns, self._ascii, engines, self._sentences, self._policies)
        self._text.update(Content("\n").join(lines))
