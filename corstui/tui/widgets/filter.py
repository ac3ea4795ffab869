"""The filter bar: what is typed narrows the matrix at once.

From top to bottom: what may be typed next, or what is wrong with marks above the wrong part; then the line itself. The
bar asks for a query after each change that leaves one; while the text is none, what was asked for before holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from corstui.analysis.completion import Completion, Names, about, best, completions
from corstui.analysis.query import Query, QueryError, parse
from corstui.analysis.text import ELLIPSIS, shorten, width
from corstui.printable import printable
from corstui.tui.widgets.prose import Prose

#: What the language knows, where there is nothing to offer.
SYNTAX = 'text  field:value  !not  this|that  "two words"  * and ? for anything'
#: How many earlier filters are remembered.
REMEMBERED = 50
#: How many columns one of several completions takes at most.
_WIDEST = 28


def offered(offers: Sequence[Completion], columns: int, ellipsis: str = ELLIPSIS) -> Content:
    """The first completions that fit side by side, the one that is taken first in bold."""
    pieces: list[tuple[str, str]] = []
    room = columns
    for index, each in enumerate(offers):
        label = shorten(each.label, min(_WIDEST, columns)).replace(ELLIPSIS, ellipsis)
        more = len(ellipsis) + 2 if index < len(offers) - 1 else 0
        if pieces and width(label) + more > room:
            pieces.append((ellipsis, "dim"))
            break
        pieces.append((f"{label}  ", "dim" if pieces else "bold"))
        room -= width(label) + 2
    return Content.assemble(*pieces)


class Ghost(Suggester):
    """Shows behind the cursor what is left of the best completion, without the quotes that taking it adds."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.names = Names()

    async def get_suggestion(self, value: str) -> str | None:
        found = best(value, len(value), self.names)
        return value + found.rest if found is not None else None


class Underlined(Highlighter):
    """Underlines the wrong part of the line."""

    def __init__(self) -> None:
        self.span = (0, 0)

    def highlight(self, text: Text) -> None:
        text.stylize("underline", *self.span)


class Line(Input):
    """Where the filter is typed. Characters that do not print become the wildcard ``?``, as they do in completions."""

    def __init__(self) -> None:
        self.ghost, self.wrong = Ghost(), Underlined()
        placeholder = "filter by endpoint, origin, verdict, reason ..."
        super().__init__(placeholder=placeholder, compact=True, suggester=self.ghost, highlighter=self.wrong)

    def replace(self, text: str, start: int, end: int) -> None:
        super().replace("".join(char if printable(char) == char else "?" for char in text), start, end)

    def complete(self) -> bool:
        """Take the best completion at the cursor; whether there was one."""
        found = best(self.value, self.cursor_position, self.ghost.names)
        if found is not None:
            self.replace(found.text, found.start, found.end)
        return found is not None

    def action_cursor_right(self, select: bool = False) -> None:
        if select or not self.cursor_at_end or not self.selection.is_empty or not self.complete():
            super().action_cursor_right(select)


class Filter(Vertical):
    """Hidden until it is opened; stays in sight while it holds text. Holds the text and the earlier ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: the line has its own idea of Enter.
        Binding(
            "enter", "leave", "keep", key_display="Enter", id="filter.keep", tooltip="Back to the matrix", priority=True
        ),
        Binding("escape", "clear_and_close", "clear", id="filter.clear", tooltip="Clear the filter"),
        Binding(
            "tab", "complete", "complete", id="filter.complete", tooltip="Complete the word, or back to the matrix"
        ),
        Binding("up", "earlier", "earlier", id="filter.earlier", tooltip="The filter before this one"),
        Binding(
            "down", "later", "later", show=False, id="filter.later", tooltip="A later filter, or back to the matrix"
        ),
    ]

    DEFAULT_CSS = """
    Filter {
        height: auto; padding: 0 1; background: $surface;
        Line, Line:focus { border: none; padding: 0; background: $surface; background-tint: $surface 0%; }
        Line:ansi { background: ansi_default; }
        #filter-next, #filter-wrong, #filter-marks { display: none; height: auto; max-height: 3; }
        #filter-next { height: 1; text-wrap: nowrap; }
        #filter-marks { height: 1; text-wrap: nowrap; }
        #filter-wrong, #filter-marks { color: $text-error; }
        &.-typing #filter-next { display: block; }
        &.-wrong { #filter-wrong, #filter-marks { display: block; } #filter-next { display: none; } }
    }
    """

    class Asked(Message):
        """Somebody wants to see what the query selects, and nothing else."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    def __init__(self, home: Widget, *, ascii: bool = False) -> None:
        """``home``: has the keys again, at once, when this is left."""
        super().__init__()
        self._home = home
        self.display = False
        self._line = Line()
        self._mark, self._ellipsis = ("v", "..") if ascii else ("▾", ELLIPSIS)
        self._asked = Query()
        self._error: QueryError | None = None
        self._earlier: list[str] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Prose(id="filter-next")
        yield Prose(id="filter-wrong")
        yield Prose(id="filter-marks")
        yield self._line

    def on_mount(self) -> None:
        self.watch(self._line, "value", self._changed, init=False)
        for attribute in ("selection", "has_focus", "scroll_x"):
            self.watch(self._line, attribute, self._look, init=False)

    # what others see --------------------------------------------------------------------------------------------------

    @property
    def value(self) -> str:
        """The text, whether it is a query or not."""
        return self._line.value

    @value.setter
    def value(self, text: str) -> None:
        self._line.value = text
        self._line.cursor_position = len(text)

    @property
    def names(self) -> Names:
        """What can be completed besides fields and their words."""
        return self._line.ghost.names

    @names.setter
    def names(self, names: Names) -> None:
        self._line.ghost.names = names
        if self.is_mounted:
            self._look()

    def open(self) -> None:
        """Show it and type into it, at once: what comes next is meant for it."""
        self._at = len(self._earlier)
        self.display = True
        self.screen.set_focus(self._line)

    def focus(self, scroll_visible: bool = True) -> Filter:
        self._line.focus(scroll_visible)
        return self

    def clear_and_close(self) -> None:
        """Show everything again. The filter that was is the first of the earlier ones."""
        self._remember()
        self.value = ""
        self._leave()

    # keys -------------------------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        self._remember()
        self._leave()

    def action_clear_and_close(self) -> None:
        self.clear_and_close()

    def action_complete(self) -> None:
        if not self._line.complete():
            self.action_leave()

    def action_earlier(self) -> None:
        before = self._at - 1
        if before >= 0 and self._earlier[before] == self.value:
            before -= 1
        if before < 0:
            self.notify("There is no earlier filter.")
        else:
            self._at, self.value = before, self._earlier[before]

    def action_later(self) -> None:
        if self._at + 1 < len(self._earlier):
            self._at += 1
            self.value = self._earlier[self._at]
        else:
            self.action_leave()

    def _remember(self) -> None:
        """Keep what is a filter, each one once, the latest last."""
        text = self.value.strip()
        if text and self._error is None:
            others = [each for each in self._earlier if each != text]
            self._earlier = [*others[1 - REMEMBERED :], text]

    def _leave(self) -> None:
        self.display = bool(self.value)
        self.screen.set_focus(self._home)

    # what is shown ----------------------------------------------------------------------------------------------------

    def _changed(self, text: str) -> None:
        self.display = bool(text) or self._line.has_focus
        try:
            query = parse(text)
        except QueryError as error:
            self._error = error
        else:
            self._error = None
            if query != self._asked:
                self._asked = query
                self.post_message(self.Asked(query))
        self._look()

    def on_resize(self) -> None:
        self._look()

    def _look(self) -> None:
        """Say what is wrong, or what may come next while somebody types."""
        error, line = self._error, self._line
        self.set_class(line.has_focus, "-typing")
        self.set_class(error is not None, "-wrong")
        line.wrong.span = (error.start, error.end) if error is not None else (0, 0)
        if error is not None:
            said = error.message.replace(ELLIPSIS, self._ellipsis)
            self.query_one("#filter-wrong", Static).update(Content(said[:1].upper() + said[1:]))
            self.query_one("#filter-marks", Static).update(Content(self._marks(error)))
        elif line.has_focus:
            self.query_one("#filter-next", Static).update(self._next())

    def _next(self) -> Content:
        text, at = self._line.value, self._line.cursor_position
        offers, taken = completions(text, at, self.names), best(text, at, self.names)
        if len(offers) > 1 or (taken is not None and not taken.rest):
            return offered(offers, self.content_size.width, self._ellipsis)
        return Content.styled(about(text, at) or SYNTAX, "dim")

    def _marks(self, error: QueryError) -> str:
        """Marks that stand above the wrong part; at the edge when it is scrolled out of sight."""
        room = max(1, self.content_size.width)
        start, end = (width(self._line.value[:at]) - round(self._line.scroll_x) for at in (error.start, error.end))
        start, end = min(max(start, 0), room - 1), min(end, room)
        return " " * start + self._mark * max(1, end - start)
