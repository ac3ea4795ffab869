"""Help made of the keys that work right now: nothing here can be out of date."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from corstui.tui.keys import by_number, shortened
from corstui.tui.render import MUTED
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose

THIS, EVERYWHERE = "This screen", "Everywhere"

Row = tuple[str, str]
Group = tuple[str, list[Row]]


def groups(screen: Screen[Any]) -> list[Group]:
    """The live bindings of a screen by who owns them: the focused widget, the screen, the application; in each group
    ours, which have an id, before Textual's."""
    found: dict[str, dict[str, list[str]]] = {}
    for active in sorted(screen.active_bindings.values(), key=lambda active: active.binding.id is None):
        said = active.binding.tooltip or active.tooltip or active.binding.description
        if said and active.enabled and not active.binding.system:
            said = by_number(active.binding.key, said)
            keys = found.setdefault(_owner(active.node), {}).setdefault(said, [])
            keys.append(screen.app.get_key_display(active.binding))
    listed = [
        (owner, [(" ".join(shortened(list(dict.fromkeys(keys)))), said) for said, keys in rows.items()])
        for owner, rows in found.items()
    ]
    return sorted(listed, key=lambda group: (group[0] != THIS, group[0] == EVERYWHERE))


def _owner(node: DOMNode) -> str:
    if isinstance(node, Screen):
        return THIS
    return f"In the {type(node).__name__.lower()}" if isinstance(node, Widget) else EVERYWHERE


def lines(listed: list[Group], columns: int) -> list[Content]:
    """Keys on the left, what they do on the right."""
    keys_wide = max((len(keys) for _, rows in listed for keys, _ in rows), default=0)
    keys_wide = min(keys_wide, max(8, columns // 3))
    out: list[Content] = []
    for owner, rows in listed:
        out += [Content.styled(owner, "bold"), *(_line(keys, said, keys_wide) for keys, said in rows), Content("")]
    return out[:-1] or [Content("No key does anything here.")]


def _line(keys: str, said: str, keys_wide: int) -> Content:
    return Content.assemble("  ", (f"{keys:<{keys_wide}}", "bold $text-accent"), "  ", said)


class HelpScreen(ModalScreen[None]):
    """Lists the keys of the screen beneath it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "close", id="help.close", tooltip="Back"),
    ]

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > Pane {
            width: 90%; max-width: 88; height: auto; max-height: 90%;
            border: round $primary; border-title-style: bold; padding: 0 1;
            background: $surface; color: $foreground;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[Group] = []

    def compose(self) -> ComposeResult:
        with Pane() as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "Esc closes, ctrl+p finds commands by name"
            yield Prose(id="keys")

    def on_mount(self) -> None:
        beneath = self.app.screen_stack[-2]
        self._groups = groups(beneath)
        self.query_one(Pane).focus()
        self._write()

    def on_resize(self) -> None:
        self._write()

    def _write(self) -> None:
        columns = min(84, self.size.width * 9 // 10 - 4)
        hint = Content.styled("Keys can be remapped; ctrl+p opens the command palette.", MUTED)
        self.query_one("#keys", Static).update(Content("\n").join([*lines(self._groups, columns), Content(""), hint]))
