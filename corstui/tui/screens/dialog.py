"""What the dialogs have in common: a frame with a title over the screen beneath, closed by Esc, keys in the footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """Subclasses yield what is inside the frame from :meth:`inside`. Esc answers None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back", id="dialog.back", tooltip="Back without choosing"),
    ]

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > #frame {
            width: 96%; max-width: 110; height: auto; max-height: 90%;
            border: round $primary; border-title-style: bold; padding: 0 1;
            background: $surface; color: $foreground;
        }
        OptionList, OptionList:focus {
            border: none; padding: 0; height: auto; max-height: 100%; background: $surface;
            background-tint: $surface 0%;
        }
        Input { border: none; height: 1; padding: 0; background: $panel; }
        .quiet { color: $text-muted; height: auto; }
        .wrong { color: $text-error; height: auto; }
        Static { height: auto; }
    }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            frame.border_title = Content(self._title)
            yield from self.inside()
        yield Footer(compact=True, show_command_palette=False)

    def inside(self) -> ComposeResult:
        """The widgets in the frame."""
        raise NotImplementedError

    @property
    def columns(self) -> int:
        """Columns of the terminal for a line of text in the frame."""
        return max(20, min(110, self.size.width * 96 // 100) - 5)


class Choices(OptionList):
    """A list to choose from, with the keys of vi besides the arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "down", show=False, id="choices.down", tooltip="The next one"),
        Binding("k", "cursor_up", "up", show=False, id="choices.up", tooltip="The one before"),
        Binding("g", "first", "first", show=False, id="choices.first", tooltip="The first one"),
        Binding("G", "last", "last", show=False, id="choices.last", tooltip="The last one"),
        Binding("enter", "select", "choose", key_display="Enter", id="choices.choose", tooltip="Choose this one"),
    ]

    def fill(self, lines: Sequence[Content], highlighted: int | None = 0) -> None:
        """Show these lines and put the cursor on one of them."""
        self.clear_options()
        self.add_options([Option(line) for line in lines])
        self.highlighted = highlighted if lines else None


def facts_lines(facts: Sequence[tuple[str, str]], columns: int) -> list[Content]:
    """Headings on the left, what is said of each on the right."""
    from corstui.tui.render import wrapped

    indent = max((len(heading) for heading, _ in facts), default=0) + 2
    lines = []
    for heading, text in facts:
        first, *rest = wrapped(text, max(12, columns - indent)) or [Content("")]
        lines.append(Content.assemble((f"{heading:<{indent}}", "dim"), first))
        lines += [Content.assemble(" " * indent, line) for line in rest]
    return lines


def text_of(lines: Sequence[Content]) -> Static:
    """Lines as a widget, never markup."""
    return Static(Content("\n").join(lines), markup=False)
