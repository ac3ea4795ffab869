"""Stands while a profile is read, so that the first frame waits for nothing."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from corstui.printable import printable


class LoadingScreen(Screen[None]):
    """Says what is being read."""

    DEFAULT_CSS = """
    LoadingScreen { align: center middle; background: $background; }
    LoadingScreen Static { width: auto; color: $text-muted; }
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("corstui", "bold $primary"), f"  reading {printable(self._what)} ..."))
