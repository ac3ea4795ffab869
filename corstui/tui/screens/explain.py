"""The page of a reason, lint rule or quirk."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from corstui.analysis.explain import Explanation, UnknownCode, explain
from corstui.tui.render import MUTED, READABLE, wrapped
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose


def page(code: str, columns: int) -> list[Content]:
    """The page as lines; for an unknown code, what is near it."""
    try:
        found = explain(code)
    except UnknownCode as unknown:
        return wrapped(str(unknown), columns)
    columns = min(columns, READABLE)
    kind = f"{found.kind}, {found.severity}" if found.severity else found.kind
    lines = [*wrapped(found.title, columns, style="bold"), Content.styled(f"{found.code} ({kind})", MUTED), Content("")]
    lines += [*wrapped(found.meaning, columns), Content("")]
    if found.why:
        lines += [Content.styled("Why browsers do it", "bold"), *wrapped(found.why, columns), Content("")]
    lines.append(Content.styled("What to change", "bold"))
    for line in found.fix:
        lines += wrapped(line, columns, first="  ", rest="    ")
    return [*lines, Content(""), *_reported(found, columns)]


def _reported(found: Explanation, columns: int) -> list[Content]:
    rows = [
        ("Chromium", found.chromium or ""),
        ("Firefox", found.firefox or ""),
        ("WebKit", found.webkit and f"console, about: {found.webkit}"),
        ("Decided by", found.step.id if found.step else found.related),
        ("Ends in", ", ".join(found.phases)),
    ]
    rows += [("Engines", "; ".join(map(", ".join, found.sides))), ("Evidence", found.evidence)]
    lines = [Content.styled("How it is known" if found.evidence else "Who reports it how", "bold")]
    for label, value in rows:
        if value:
            lines += wrapped(value, columns, first=f"  {label:<11}", rest=" " * 13)
    links = [link for link in (found.mdn, found.step.link if found.step else None) if link]
    for link in links:
        # at the very left, so that as few terminals as possible break it
        lines += wrapped(link, columns, style="underline")
    return lines


class ExplainScreen(Screen[None]):
    """One page, full screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "back", id="explain.back", tooltip="Back to the flow"),
    ]

    DEFAULT_CSS = """
    ExplainScreen {
        background: $background;
        & > Pane { padding: 1 2; }
    }
    """

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def compose(self) -> ComposeResult:
        with Pane():
            yield Prose(id="page")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(Pane).focus()

    def on_resize(self) -> None:
        self.query_one("#page", Static).update(Content("\n").join(page(self.code, max(20, self.size.width - 6))))
