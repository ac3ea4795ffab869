"""Asks before the first request goes to an environment that wants it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corstui.printable import printable
from corstui.tui.render import wrapped
from corstui.tui.widgets.prose import Prose


class ConfirmScreen(ModalScreen[bool]):
    """Says what would be sent; the answer is True only for a deliberate yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "run", id="confirm.yes", tooltip="Send the requests"),
        Binding("n,escape,q", "answer(False)", "do not", id="confirm.no", tooltip="Send nothing"),
    ]

    DEFAULT_CSS = """
    ConfirmScreen {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 100%; height: auto; max-height: 100%;
            border: round $warning; padding: 1 2; background: $surface; color: $foreground;
        }
    }
    """

    def __init__(self, environment: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._environment, self._facts = environment, facts

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Prose()

    def on_resize(self) -> None:
        """Write the text for the width there is."""
        columns = min(76, self.size.width) - 6
        indent = max(len(heading) for heading, _ in self._facts) + 2
        lines = [*wrapped(f"Run {printable(self._environment)}? It asks first.", columns, style="bold"), Content("")]
        for heading, text in self._facts:
            first, *rest = wrapped(text, columns - indent)
            lines.append(Content.assemble((f"{heading:<{indent}}", "dim"), first))
            lines += [Content.assemble(" " * indent, line) for line in rest]
        lines += [Content(""), Content.assemble(("y", "bold"), " run   ", ("n", "bold"), " do not")]
        self.query_one(Static).update(Content("\n").join(lines))

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)
