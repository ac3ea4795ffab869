"""Picks a profile: those that were found, a new one, another file, or the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, OptionList, Static

from corstui.printable import printable
from corstui.tui.places import user_profiles
from corstui.tui.screens.create import CreateScreen
from corstui.tui.screens.dialog import Choices, Dialog
from corstui.tui.widgets.prose import Prose

DEMO, CREATE, OPEN = "demo", "create", "open"
_OFFERS = {
    CREATE: ("create a profile", "from origins, and endpoints pasted as URLs or curl commands"),
    OPEN: ("open a file", "a profile that lies elsewhere"),
    DEMO: ("demo", "the built-in lab: nothing leaves this machine"),
}


class PickerScreen(Screen[Path | str]):
    """The answer is a path, ``demo``, or None when nothing was picked. ``typed`` is kept for the form."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "offer('create')", "new", id="picker.new", tooltip="Create a profile from a short form"),
        Binding("o", "offer('open')", "open", id="picker.open", tooltip="Open a file by its path"),
        Binding("d", "offer('demo')", "demo", id="picker.demo", tooltip="Look at the demo"),
        Binding("escape", "dismiss", "back", id="picker.back", tooltip="Back without picking"),
    ]

    DEFAULT_CSS = """
    PickerScreen {
        background: $background;
        #title { text-style: bold; padding: 1 2 0 2; }
        #where { padding: 0 2; color: $text-muted; height: auto; }
        OptionList { margin: 1 0; padding: 0 1; background: $background; height: 1fr; }
        OptionList, OptionList:focus { border: none; background: $background; }
    }
    """

    def __init__(self, profiles: Sequence[Path], env: Mapping[str, str], typed: dict[str, str], *, demo: bool) -> None:
        super().__init__()
        self._env, self.typed = env, typed
        offers = [CREATE, OPEN, *([DEMO] if demo else [])]
        self._choices: list[Path | str] = [*profiles, *offers]

    def compose(self) -> ComposeResult:
        found = any(isinstance(choice, Path) for choice in self._choices)
        yield Static("Which profile?" if found else "There is no profile yet.", id="title")
        where = f"Looked in ./profiles and {_short(user_profiles(self._env))}."
        yield Static(printable(where), id="where", markup=False)
        yield Choices(markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        choices = self.query_one(Choices)
        choices.fill([_line(choice) for choice in self._choices])
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        choice = self._choices[event.option_index]
        if isinstance(choice, Path):
            self.dismiss(choice)
        else:
            self.action_offer(choice)

    def action_offer(self, offer: str) -> None:
        if offer not in self._choices:
            self.notify("The demo's lab is not part of this program.")
        elif offer == CREATE:
            self.app.push_screen(CreateScreen(self._env, self.typed), self._picked)
        elif offer == OPEN:
            self.app.push_screen(OpenScreen(), self._picked)
        else:
            self.dismiss(offer)

    def _picked(self, path: Path | None) -> None:
        if path is not None:
            self.dismiss(path)


class OpenScreen(Dialog[Path]):
    """Asks for the path of a profile. Tab completes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", id="open.complete", tooltip="Complete the path", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__("Open a profile")

    def inside(self) -> ComposeResult:
        yield Input(placeholder="path of a profile, or of a directory of them", compact=True)
        yield Prose(classes="wrong")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self) -> None:
        self.query_one(Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        if event.value.strip() and path.exists():
            self.dismiss(path)
        else:
            said = f"There is no file {path}." if event.value.strip() else "Type the path of a profile."
            self.query_one(Static).update(Content(printable(said)))

    def action_complete(self) -> None:
        field = self.query_one(Input)
        found = _completions(field.value)
        common = commonprefix(found)  # noqa: RUF071 - characters are what is completed
        if len(common) > len(field.value):
            field.value = common
            field.cursor_position = len(common)
        elif found:
            said = "  ".join(Path(each).name for each in found[:12])
            self.query_one(Static).update(Content(printable(said)))
        else:
            self.query_one(Static).update(Content("Nothing begins like that."))


def _completions(text: str) -> list[str]:
    """Files and directories whose path begins with the text; directories end with a slash."""
    folder, _, begun = text.rpartition("/")
    base = Path(f"{folder}/" if "/" in text else ".").expanduser()
    try:
        names = sorted(each.name + "/" * each.is_dir() for each in base.iterdir() if each.name.startswith(begun))
    except OSError:
        return []
    visible = [name for name in names if begun.startswith(".") or not name.startswith(".")]
    return [f"{folder}/{name}" if "/" in text else name for name in visible]


def _line(choice: Path | str) -> Content:
    if isinstance(choice, str):
        title, about = _OFFERS[choice]
        return Content.assemble((title, "bold"), (f"  {about}", "dim"))
    return Content.assemble((printable(choice.stem), "bold"), (f"  {printable(_short(choice))}", "dim"))


def _short(path: Path) -> str:
    """The path as somebody would type it."""
    for base, sign in ((Path.cwd(), "."), (Path.home(), "~")):
        if path.is_relative_to(base):
            return str(sign / path.relative_to(base))
    return str(path)
