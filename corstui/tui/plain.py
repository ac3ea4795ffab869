"""How the screens look in plain characters: what Textual draws with others, and what stands for it."""

from __future__ import annotations

from textual.scrollbar import ScrollBar, ScrollBarRender

#: Borders and rules, for the application with the class ``-ascii``.
PLAIN_CSS = """
.-ascii {
    Dialog > #frame, LegendScreen > VerticalScroll, CopyScreen > VerticalScroll, HelpScreen > Pane {
        border: ascii $primary;
    }
    ConfirmScreen > Vertical { border: ascii $warning; }
    Dashboard #body Inspector { border-top: ascii $foreground 30%; }
    Dashboard.-wide #body Inspector { border-top: none; border-left: ascii $foreground 30%; }
}
"""


#: What stands on keys, as Textual spells it.
PLAIN_KEYS = str.maketrans({"↑": "up", "↓": "down", "←": "left", "→": "right", "⌫": "backspace", "⏎": "enter"})


class _PlainBar(ScrollBarRender):
    """Ends where a character does."""

    VERTICAL_BARS = [" "]  # noqa: RUF012 - declared so by Textual
    HORIZONTAL_BARS = [" "]  # noqa: RUF012


def draw_scrollbars(*, ascii: bool) -> None:
    """Choose how every scrollbar is drawn."""
    ScrollBar.renderer = _PlainBar if ascii else ScrollBarRender
