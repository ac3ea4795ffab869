"""Creates a profile from a short form: the pages that call, and what they call, pasted as URLs or curl commands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, Static, TextArea

from corstui.printable import printable
from corstui.profile.drafting import draft, origins_of
from corstui.profile.pasted import requests_of
from corstui.report import files
from corstui.tui.places import new_profile
from corstui.tui.render import wrapped
from corstui.tui.widgets.prose import Prose

_ORIGINS = "https://app.example.com"
_REQUESTS = "https://api.example.com/orders"
#: How many problems and notes are listed at most.
_LISTED = 8


class CreateScreen(Screen[Path]):
    """The answer is the file that was written. What was typed is kept in ``typed`` for the next time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "save", "save and open", id="create.save", tooltip="Write the profile and open it", priority=True
        ),
        Binding("tab", "app.focus_next", "next", id="create.next", tooltip="The next field", priority=True),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "back",
            show=False,
            id="create.previous",
            tooltip="The field before",
            priority=True,
        ),
        Binding("escape", "dismiss", "leave", id="create.leave", tooltip="Leave; what was typed stays", priority=True),
    ]

    DEFAULT_CSS = """
    CreateScreen {
        background: $background;
        & > VerticalScroll { padding: 0 1; }
        Static { height: auto; }
        .label { text-style: bold; }
        Input, Input:focus { border: none; height: 1; padding: 0 1; background: $surface; }
        Input:focus { background: $panel; }
        TextArea, TextArea:focus { border: none; padding: 0 1; background: $surface; }
        TextArea:focus { background: $panel; }
        #origins { height: 4; }
        #requests { height: 7; }
        #found { color: $text-muted; }
        #wrong { color: $text-error; }
    }
    """

    def __init__(self, env: Mapping[str, str], typed: dict[str, str]) -> None:
        super().__init__()
        self._env, self.typed = env, typed
        self._offered = ""
        self._asked: Path | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static("Name", classes="label")
            yield Input(self.typed.get("name", ""), placeholder="Shop", compact=True, id="name")
            yield Static("Origins: the pages that call, one a line (a name before it if you like)", classes="label")
            yield TextArea(self.typed.get("origins", ""), placeholder=_ORIGINS, id="origins", compact=True)
            yield Static("Endpoints: paste URLs, METHOD URL, or curl commands from developer tools", classes="label")
            yield TextArea(self.typed.get("requests", ""), placeholder=_REQUESTS, id="requests", compact=True)
            yield Static("File", classes="label")
            yield Input(self.typed.get("file", ""), compact=True, id="file")
            yield Prose(id="wrong")
            yield Prose(id="found")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self._offer()
        self._tell()
        self.query_one("#name", Input).focus()

    def on_resize(self) -> None:
        self._tell()

    # what was typed ---------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        for field in self.query(Input):
            self.typed[str(field.id)] = field.value
        for area in self.query(TextArea):
            self.typed[str(area.id)] = area.text
        self._asked = None
        self._offer()
        self._tell()

    def _offer(self) -> None:
        """A file after the name, until somebody chooses another one."""
        field = self.query_one("#file", Input)
        if field.value in ("", self._offered):
            self._offered = field.value = str(new_profile(Path.cwd(), self._env, self.typed.get("name", "")))

    def _tell(self, refusal: str = "") -> None:
        """Say what was understood, and what was not."""
        columns = max(20, self.size.width - 4)
        origins, wrong_origins = origins_of(self.typed.get("origins", ""))
        requests, wrong_requests = requests_of(self.typed.get("requests", ""))
        wrong = [*([refusal] if refusal else []), *(f"Origins, {each}" for each in wrong_origins)]
        wrong += [f"Endpoints, {each}" for each in wrong_requests]
        made = draft(self.typed.get("name", ""), origins, requests)
        found = [f"{_count(len(origins), 'origin')}, {_count(len(requests), 'endpoint')} understood.", *made.notes]
        for name, said in (("#wrong", wrong), ("#found", found)):
            shown = said[:_LISTED] + ([f"and {len(said) - _LISTED} more"] if len(said) > _LISTED else [])
            lines = [line for text in shown for line in wrapped(printable(text), columns, rest="  ")]
            self.query_one(name, Static).update(Content("\n").join(lines))
            self.query_one(name, Static).display = bool(lines)

    # saving -----------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        path = Path(self.typed.get("file", "").strip()).expanduser()
        origins, wrong_origins = origins_of(self.typed.get("origins", ""))
        requests, wrong_requests = requests_of(self.typed.get("requests", ""))
        refusal = self._against(path, missing=[
            *(["an origin"] if not origins else []),
            *(["an endpoint"] if not requests else []),
        ], wrong=len(wrong_origins) + len(wrong_requests))  # fmt: skip
        if not refusal:
            text = draft(self.typed.get("name", "") or path.stem, origins, requests, file=path.name).text
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                files.replace_file(path, text)
            except OSError as error:
                said = files.refusal(path, error)
                refusal = f"{said[:1].upper()}{said[1:]}."
        if refusal:
            self._tell(refusal)
        else:
            self.typed.clear()
            self.dismiss(path)

    def _against(self, path: Path, missing: list[str], wrong: int) -> str:
        """Why nothing is written, at least not yet; empty when it is."""
        if missing:
            return f"A profile needs {' and '.join(missing)}."
        if wrong:
            return f"{_count(wrong, 'line')} could not be understood; mend or remove what is named below."
        if not path.name or path.is_dir():
            return "The file needs a name."
        if path.exists() and self._asked != path:
            self._asked = path
            return f"{path} exists. ctrl+s once more replaces it."
        return ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
