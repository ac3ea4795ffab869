"""One cell in every engine: what each makes of it, and the rule for which they part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from corstui.analysis.engines import disagreement
from corstui.tui.enginelines import page
from corstui.tui.render import View, names
from corstui.tui.screens.explain import ExplainScreen
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from corstui.runner import Cell, CellKey
    from corstui.tui.board import Board, Slot
    from corstui.tui.session import Session

#: How often the screen looks for results, in seconds.
SLOWLY = 0.2


class Engines(Protocol):
    """The cells of every engine, for screens that show one of them."""

    def results(self, key: CellKey) -> list[Cell]:
        """What is known so far, the profile's own engine first."""

    def slots(self, key: CellKey) -> list[Slot]:
        """The place of the cell in every engine."""

    def ask(self, key: CellKey, *, again: bool = False) -> int:
        """Run it where it has no result (``again``: everywhere), but never where that would send a write."""


class SessionEngines:
    """The engines of whatever session is open."""

    def __init__(
        self,
        session: Callable[[], Session],
        start: Callable[[Sequence[tuple[Board, Sequence[CellKey]]]], None],
    ) -> None:
        self._session, self._start = session, start

    def results(self, key: CellKey) -> list[Cell]:
        return self._session().results(key)

    def slots(self, key: CellKey) -> list[Slot]:
        session = self._session()
        for engine in session.engines:
            session.board(key.environment, engine)
        return session.twins(key)

    def ask(self, key: CellKey, *, again: bool = False) -> int:
        session = self._session()
        wanted = [
            slot
            for slot in self.slots(key)
            if not slot.pending and not slot.planned.writes and (again or slot.cell is None)
        ]
        wishes = [(session.board(key.environment, slot.key.engine), [slot.key]) for slot in wanted]
        for board, _ in wishes:
            board.sampled = not board.opened
        self._start(wishes)
        return len(wanted)


class EnginesScreen(Screen[None]):
    """Runs the cell in the engines that have not seen it and shows what each says."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "explain",
            "explain the rule",
            key_display="Enter",
            id="engines.explain",
            tooltip="The page of the rule that parts",
        ),
        Binding("r", "again", "run again", id="engines.again", tooltip="Run it again in every engine; never a write"),
        Binding("escape,b", "dismiss", "back", id="engines.back", tooltip="Back to the flow"),
    ]

    DEFAULT_CSS = """
    EnginesScreen {
        background: $background;
        #title { height: auto; padding: 0 1; background: $panel; color: $foreground; }
        & > Pane { height: 1fr; padding: 0 1; }
    }
    """

    def __init__(self, cell: Cell, engines: Engines, *, ascii: bool = False) -> None:
        super().__init__()
        self._cell, self._engines, self._ascii = cell, engines, ascii
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield Prose(id="title")
        with Pane():
            yield Prose(id="text")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(Pane).focus()
        self._engines.ask(self._cell.key)
        self.set_interval(SLOWLY, self._look)
        view = View.of(self._cell.planned, self._ascii)
        self.query_one("#title", Static).update(Content.styled(names(self._cell.key, view), "bold"))

    def on_resize(self) -> None:
        self._write()

    def _look(self) -> None:
        """Write again when something has come."""
        if self._shown != self._state():
            self._write()

    def _state(self) -> tuple[object, ...]:
        return tuple((slot.state, slot.cell) for slot in self._engines.slots(self._cell.key))

    def _write(self) -> None:
        self._shown = self._state()
        lines = page(self._engines.slots(self._cell.key), max(40, self.size.width - 3), self._ascii)
        self.query_one("#text", Static).update(Content("\n").join(lines))

    def action_again(self) -> None:
        if not self._engines.ask(self._cell.key, again=True):
            self.notify("Nothing to run: it is under way, or only a write is left, which is run from the matrix.")
        self._write()

    def action_explain(self) -> None:
        found = disagreement(self._engines.results(self._cell.key))
        quirks = [quirk for cause in found.causes for quirk in cause.quirks] if found is not None else []
        if quirks:
            self.app.push_screen(ExplainScreen(quirks[0].code))
        else:
            self.notify("No rule of an engine is behind this, so there is nothing to explain.")
