"""Text that scrolls up and down, with the usual keys and nothing sideways."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll


class Pane(VerticalScroll, inherit_bindings=False):
    """A scrolling page. Left and right stay free for the screen around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", show=False, id="pane.down", tooltip="Scroll down"),
        Binding("up,k", "scroll_up", "Up", show=False, id="pane.up", tooltip="Scroll up"),
        Binding(
            "pagedown,ctrl+f,space", "page_down", "Page down", show=False, id="pane.page-down", tooltip="One page down"
        ),
        Binding("pageup,ctrl+b", "page_up", "Page up", show=False, id="pane.page-up", tooltip="One page up"),
        Binding("home,g", "scroll_home", "Top", show=False, id="pane.top", tooltip="To the top"),
        Binding("end,G", "scroll_end", "Bottom", show=False, id="pane.bottom", tooltip="To the bottom"),
    ]

    DEFAULT_CSS = "Pane { scrollbar-size-vertical: 1; & > Static { width: 1fr; height: auto; } }"
