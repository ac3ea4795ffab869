"""The keys that choose what is on screen: environments, engines, comparisons of any two, earlier runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from corstui.tui.screens.dashboard.desk import Desk
from corstui.tui.sources import Source, labels
from corstui.tui.widgets.lines import EnvironmentBar, Tab

if TYPE_CHECKING:
    from corstui.tui.board import Board

#: A tab's name and its one or two sides.
Sides = tuple[str, tuple[Source, ...]]


class SideKeys(Desk):
    """Opens tabs. The comparison has one as soon as there is something to compare."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "engine", "browser", id="view.engine", tooltip="The same matrix in the next browser engine"),
        Binding("v", "choose", "compare", id="view.compare", tooltip="Compare any two: environments, engines, runs"),
        Binding("S", "differences", "summary", show=False, id="view.summary", tooltip="What differs, in sentences"),
        *(
            Binding(str(n), f"open_tab({n})", f"tab {n}", show=False, id=f"view.tab-{n}", tooltip=f"Tab {n}")
            for n in range(1, 10)
        ),
    ]

    tab: int
    pair: tuple[Source, Source] | None
    past: Source | None

    @property
    def tabs(self) -> list[Sides]:
        """The environments, the comparison, and the earlier run that was opened last."""
        found: list[Sides] = [(name, (Source(name),)) for name in self.session.environments]
        if self.pair is not None:
            found.append(("compare", self.pair))
        if self.past is not None:
            found.append((self.session.when(self.past.run) if self.past.run else "", (self.past,)))
        return found

    @property
    def compare_tab(self) -> int:
        """The number of the tab that compares; 0 when nothing is compared."""
        return len(self.session.environments) + 1 if self.pair is not None else 0

    @property
    def sides(self) -> tuple[Source, ...]:
        """What is on screen."""
        return self.tabs[self.tab - 1][1]

    @property
    def side_names(self) -> tuple[str, ...]:
        """How the sides on screen are told apart."""
        return labels(self.sides, self.session.when, self.session.engine)

    def boards(self) -> tuple[Board, ...]:
        """The boards of the open tab. Raises Trouble where one cannot be made."""
        return tuple(self.session.board_of(source) for source in self.sides)

    def tab_line(self) -> tuple[Tab, ...]:
        """The tabs as the bar shows them: bright where something was asked for."""
        return tuple(
            Tab(name, index + 1 == self.tab or (sides[0].run is None and len(sides) == 1 and self._opened(name)))
            for index, (name, sides) in enumerate(self.tabs)
        )

    def _opened(self, environment: str) -> bool:
        board = self.session.boards.get((environment, self.session.engine))
        return board is not None and board.opened

    # keys -------------------------------------------------------------------------------------------------------------

    def action_open_tab(self, number: int) -> None:
        last = len(self.tabs)
        if number > last:
            self.notify(f"There is no tab {number}: this profile has {last}.")
        elif number != self.tab:
            self.open_tab(number)

    def on_environment_bar_chosen(self, message: EnvironmentBar.Chosen) -> None:
        self.action_open_tab(message.number)

    def action_engine(self) -> None:
        if all(source.engine for source in self.sides):
            self.notify("Each side has an engine of its own here; v chooses others.")
            return
        self.session.engine = self.session.next_engine()
        self.open_tab(self.tab)
        if self.session.engine != self.session.profile.settings.engine:
            self.notify("Only the profile's own engine sends methods that change something; here they are held back.")

    def choices(self) -> list[tuple[str, Source]]:
        """Everything that can be a side: environments in the engine looked at and in each, and opened runs."""
        session = self.session
        found = [(name, Source(name)) for name in session.environments]
        found += [
            (f"{name} in {engine}", Source(name, engine)) for name in session.environments for engine in session.engines
        ]
        for path, run in session.past.items():
            keys = dict.fromkeys((cell.key.environment, cell.key.engine) for cell in run.cells)
            found += [
                (f"{environment} in {engine}, {session.when(path)}", Source(environment, engine, path))
                for environment, engine in keys
            ]
        return found

    def action_choose(self) -> None:
        from corstui.tui.screens.choosing import ChooseScreen

        current = self.pair or (self.sides[0], self.sides[0])
        self.app.push_screen(ChooseScreen(self.choices(), current), self._compare)

    def _compare(self, pair: tuple[Source, Source] | None) -> None:
        if pair is not None:
            self.pair = pair
            self.open_tab(self.compare_tab)

    def show_past(self, source: Source, *, compared: bool) -> None:
        self.past = source
        if compared:
            environment = source.environment if source.environment in self.session.environments else None
            self.pair = (source, Source(environment or self.session.environments[0], source.engine))
        self.open_tab(self.compare_tab if compared else len(self.tabs))

    def action_differences(self) -> None:
        from corstui.tui.screens.dashboard.summary import summary_of

        if not self.grid.compares:
            self.notify("Only a comparison has a summary; v chooses two sides.")
            return
        self.app.push_screen(summary_of(self.session, self.grid.boards, self.side_names))
