"""Writes a report of what is on screen to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from corstui.printable import printable
from corstui.report.formats import CHECK_FORMATS
from corstui.tui.screens.dialog import Choices, Dialog
from corstui.tui.widgets.prose import Prose

_SCOPES = {"selection": "the selected cells", "visible": "what the filter shows", "all": "every cell"}
_SUFFIXES = {"table": "txt", "markdown": "md", "junit": "xml"}


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Which cells, in which format of ``corstui check``, to which file."""

    scope: str
    format: str
    path: Path


class ExportScreen(Dialog[ExportWish]):
    """``counts``: cells of each scope that has any. ``folder`` and ``stem`` begin the name that is offered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next", id="export.next", tooltip="Scope, format, file"),
        Binding("shift+tab", "app.focus_previous", "back", show=False, id="export.previous", tooltip="The one before"),
    ]

    DEFAULT_CSS = """
    ExportScreen {
        Horizontal { height: auto; }
        Horizontal > Vertical { width: 1fr; height: auto; padding: 0 1; }
        Horizontal > Vertical > Static { text-style: bold; }
    }
    """

    def __init__(self, counts: Mapping[str, int], folder: Path, stem: str) -> None:
        super().__init__("Export")
        self._counts, self._folder, self._stem = dict(counts), folder, stem
        self._scopes = [scope for scope in _SCOPES if scope in counts]
        self._offered = ""
        self._asked: Path | None = None

    def inside(self) -> ComposeResult:
        with Horizontal():
            with Vertical():
                yield Static("cells")
                yield Choices(id="scope", markup=False)
            with Vertical():
                yield Static("format")
                yield Choices(id="format", markup=False)
        yield Static("file; Enter writes it", classes="quiet")
        yield Input(compact=True)
        yield Prose(classes="wrong", id="wrong")

    def on_mount(self) -> None:
        scopes = [Content(f"{_SCOPES[scope]} ({self._counts[scope]})") for scope in self._scopes]
        self.query_one("#scope", Choices).fill(scopes)
        self.query_one("#format", Choices).fill(
            [Content(name) for name in CHECK_FORMATS], CHECK_FORMATS.index("markdown")
        )
        self.query_one("#scope", Choices).focus()

    @property
    def _format(self) -> str:
        return CHECK_FORMATS[self.query_one("#format", Choices).highlighted or 0]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        field = self.query_one(Input)
        if event.option_list.id == "format" and field.value == self._offered:
            path = self._folder / f"{self._stem}.{_SUFFIXES.get(self._format, self._format)}"
            self._offered = field.value = str(path)
            field.cursor_position = len(field.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.focus_next()

    def on_input_changed(self) -> None:
        self._asked = None
        self.query_one("#wrong", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        why = self._against(path)
        if why:
            self.query_one("#wrong", Static).update(Content(printable(why)))
            return
        scope = self._scopes[self.query_one("#scope", Choices).highlighted or 0]
        self.dismiss(ExportWish(scope, self._format, path))

    def _against(self, path: Path) -> str:
        """Why the file is not written, at least not yet; empty when it is."""
        if not path.name or path.is_dir():
            return "That is a directory; add the name of a file."
        if not path.parent.is_dir():
            return f"There is no directory {path.parent}."
        if path.exists() and self._asked != path:
            self._asked = path
            return "That file exists. Enter once more replaces it."
        return ""
