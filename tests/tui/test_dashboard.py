"""The dashboard, key by key, over a network that answers as the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Static

from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from corstui.tui.screens.confirm import ConfirmScreen
from corstui.tui.screens.dashboard import Dashboard
from corstui.tui.screens.flow import FlowScreen
from corstui.tui.screens.help import HelpScreen
from corstui.tui.screens.legend import LegendScreen
from corstui.tui.session import Session, Trouble
from corstui.tui.widgets.filter import Filter
from corstui.tui.widgets.lines import EnvironmentBar
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, session


class OneDashboard(CorstuiApp):
    """The application with a session in hand."""

    def __init__(self, shown: Session, network: Network) -> None:
        super().__init__(bridge=Bridge(network.execute))
        self.shown = shown

    def begin(self) -> None:
        self.push_screen(Dashboard(self.shown, self.bridge, source="shop.yaml"))


@asynccontextmanager
async def at_work(
    shown: Session, network: Network | None = None, size: tuple[int, int] = (120, 30)
) -> AsyncIterator[Person]:
    network = network or Network()
    app = OneDashboard(shown, network)
    async with somebody(app, network, size) as person:
        await person.until(lambda: isinstance(app.screen, Dashboard | ConfirmScreen))
        yield person


async def test_the_first_environment_fills_by_itself_and_no_other(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 1, 2)])
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        assert person.lines()[2].split("endpoint 1")[1].split() == ["✓", "200", "✓", "200", "✗>", "no", "ACAO"]
        assert {key.environment for key in network.asked} == {"staging"}
        assert "✓ 11   ✗> 1" in person.bar()
        assert "12 cells in" in person.headline()
        assert "4 endpoints x 3 origins" in person.headline()


async def test_opening_a_tab_runs_it_once(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        await person.press("2")
        await person.settled()
        assert len(network.asked) == 24
        await person.press("1", "2")
        await person.settled()
        assert len(network.asked) == 24


async def test_a_tab_that_does_not_exist_says_so(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.press("9")
        assert "no tab 9: this profile has 3" in person.told()


async def test_clicking_a_tab_opens_it(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.pilot.click(EnvironmentBar, offset=(15, 0))
        assert person.dashboard.tab == 2


async def test_progress_shows_while_cells_run_and_r_reruns_one(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        network.held.add(("staging", 0, 0))
        await person.press("r")
        await person.until(lambda: " >" in person.lines()[1])
        assert "0/1" in person.headline()
        network.released.set()
        await person.settled()
        assert len(network.asked) == 13
        assert ">" not in person.lines()[1]


@pytest.mark.parametrize(("key", "cells"), [("r", 1), ("R", 3), ("C", 4), ("a", 12)])
async def test_cell_row_column_and_all_can_be_run_again(tmp_path: Path, key: str, cells: int) -> None:
    network = Network()
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        await person.press("down", key)
        await person.settled()
        assert len(network.asked) == 12 + cells


async def test_x_cancels_and_says_what_never_ran(tmp_path: Path) -> None:
    network = Network()
    network.held.add(("staging", 3, 2))
    async with at_work(session(tmp_path), network) as person:
        await person.until(lambda: "11/12" in person.headline())
        await person.press("x")
        assert "Cancelled 1 cell." in person.told()
        assert person.lines()[4].endswith(".  stopped")
        assert "1 not run" in person.bar()
        await person.press("x")
        assert "Nothing is under way" in person.told()


async def test_a_broken_run_is_told_on_screen(tmp_path: Path) -> None:
    network = Network()
    network.broken = "the cable is cut"
    async with at_work(session(tmp_path), network) as person:
        await person.until(lambda: "the cable is cut" in person.notice())
        assert "12 not run" in person.bar()
        network.broken = None
        await person.press("a")
        await person.settled()
        assert person.notice() == ""
        assert "✓ 12" in person.bar()


async def test_compare_runs_both_sides_and_shows_only_differences(tmp_path: Path) -> None:
    network = Network(blocked=[("production", 2, 1)])
    async with at_work(session(tmp_path), network) as person:
        await person.press("3")
        await person.settled()
        await person.until(lambda: "1 of 12 cells differ" in person.bar())
        assert "✓  <> ✗ " in person.lines()[3]
        await person.press("d")
        assert [row.key for row in person.dashboard.grid.rows] == ["endpoint 2"]
        await person.press("d")
        assert len(person.dashboard.grid.rows) == 4
        await person.press("g", "r")
        await person.settled()
        assert len(network.asked) == 26


async def test_d_without_anything_to_show_says_so_and_shows_everything(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        await person.press("d")
        assert "Nothing is unexpected" in person.told()
        assert len(person.dashboard.grid.rows) == 4


async def test_slash_filters_live_and_escape_clears(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 1, 2)])
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        await person.press("slash", *"block")
        assert [row.key for row in person.dashboard.grid.rows] == ["endpoint 1"]
        await person.press("enter")
        assert person.dashboard.matrix.has_focus
        await person.press("slash", *"zzz")
        assert "Nothing matches" in "\n".join(person.lines())
        await person.press("escape")
        assert len(person.dashboard.grid.rows) == 4
        assert not person.dashboard.query_one(Filter).display


async def test_a_filter_follows_results_as_they_arrive(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 3, 2)], held=[("staging", 3, 2)])
    async with at_work(session(tmp_path), network) as person:
        await person.press("slash", *"blocked")
        assert person.dashboard.grid.rows == []
        network.released.set()
        await person.until(lambda: len(person.dashboard.grid.rows) == 1)


async def test_brackets_jump_between_cells_that_need_a_look(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 1, 1), ("staging", 3, 1)])
    async with at_work(session(tmp_path), network) as person:
        await person.press("right_square_bracket")
        await person.settled()
        await person.press("g", "home", "right_square_bracket")
        assert person.at == ("endpoint 1", "origin1")
        await person.press("right_square_bracket", "right_square_bracket")
        assert person.at == ("endpoint 1", "origin1")
        await person.press("left_square_bracket")
        assert person.at == ("endpoint 3", "origin1")


async def test_b_shows_the_next_engine_and_warns_that_it_writes_nothing(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        await person.press("b")
        await person.settled()
        assert "firefox" in person.headline()
        assert network.asked[-1].engine == "firefox"
        assert "own engine" in person.told()
        await person.press("b", "b", "b")
        assert "chromium" in person.headline()


async def test_an_environment_that_wants_it_is_asked_about_first(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path, confirm="production"), network) as person:
        await person.settled()
        await person.press("2")
        assert isinstance(person.app.screen, ConfirmScreen)
        text = str(person.app.screen.query_one(Static).render())
        assert "Run production?" in text
        assert "api.production.example (12)" in text
        assert "POST (3)" in text
        await person.press("n")
        assert {key.environment for key in network.asked} == {"staging"}
        assert "nothing was sent" in person.notice()
        await person.press("a", "y")
        await person.settled()
        assert len(network.asked) == 24
        assert person.notice() == ""
        await person.press("r")
        await person.settled()
        assert len(network.asked) == 25


async def test_a_first_environment_that_wants_it_is_asked_about_at_start(tmp_path: Path) -> None:
    network = Network()
    shown = session(tmp_path, confirm="production", environments=("production",))
    async with at_work(shown, network) as person:
        await person.until(lambda: isinstance(person.app.screen, ConfirmScreen))
        assert network.asked == []
        await person.press("y")
        await person.settled()
        assert len(network.asked) == 12


async def test_comparing_asks_before_the_side_that_wants_it(tmp_path: Path) -> None:
    network = Network()
    shown = session(tmp_path, confirm="production", environments=("production", "staging"))
    async with at_work(shown, network) as person:
        await person.until(lambda: isinstance(person.app.screen, ConfirmScreen))
        await person.press("escape", "3", "n")
        await person.settled()
        assert {key.environment for key in network.asked} == {"staging"}


async def test_an_environment_that_cannot_be_resolved_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = session(tmp_path)
    real = shown.plan

    def plan(self: Session, environment: str, engine: str | None = None) -> Any:
        if environment == "production":
            raise Trouble(["shop.yaml:4:2: ${api} is not set in production"])
        return real(environment, engine)

    monkeypatch.setattr(Session, "plan", plan)
    async with at_work(shown) as person:
        await person.settled()
        await person.press("2")
        assert "${api} is not set in production" in "\n".join(person.lines())
        await person.press("r", "down", "enter", "d", "right_square_bracket", "1")
        assert "endpoint 3" in "\n".join(person.lines())


async def test_everything_fits_80x24_and_even_less(tmp_path: Path) -> None:
    async with at_work(session(tmp_path, 14, 6), size=(80, 24)) as person:
        await person.settled()
        assert all(len(line) <= 80 for line in (*person.lines(), person.bar(), person.headline()))
        assert person.dashboard.matrix.size.height >= 8
        assert "3 compare" in person.bar()
        await person.press("G", "end")
        assert person.at == ("endpoint 13", "origin5")
        await person.pilot.resize_terminal(40, 10)
        await person.press("g", "home", "i")
        assert "too low for the inspector" in person.told()
        assert "endpoint 0" in "\n".join(person.lines())
        await person.pilot.resize_terminal(200, 60)
        assert person.dashboard.query_one("Inspector").size.height > 30


async def test_i_hides_and_shows_the_inspector(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        assert person.dashboard.query_one("Inspector").display
        await person.press("i")
        assert not person.dashboard.query_one("Inspector").display
        await person.press("i")
        assert person.dashboard.query_one("Inspector").display


async def test_m_explains_the_marks(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.press("m")
        assert isinstance(person.app.screen, LegendScreen)
        assert "the server received the request" in str(person.app.screen.query_one(Static).render())
        await person.press("escape")
        assert isinstance(person.app.screen, Dashboard)


async def test_the_palette_offers_every_action_with_its_key(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        offered = {command.title: command for command in person.app.get_system_commands(person.app.screen)}
        assert offered["Run this row again"].help == "Key: R"
        assert offered["The endpoint below"].help == "Key: \u2193 j"
        await person.press("ctrl+p", *"this origin again")
        await person.until(lambda: "Run this origin again" in person.text())
        await person.press("enter")
        await person.until(lambda: len(network.asked) == 16)


async def test_what_is_typed_right_behind_enter_is_for_what_opens(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        for key in ("enter", "2"):
            person.app.post_message(events.Key(key, None))
        await person.until(lambda: isinstance(person.app.screen, FlowScreen))
        await person.pilot.pause()
        assert isinstance(person.app.screen, FlowScreen)
        assert (person.app.screen.page, person.dashboard.tab) == (1, 1)


async def test_q_leaves_while_a_request_hangs(tmp_path: Path) -> None:
    network = Network()
    network.held.add(("staging", 0, 0))
    async with at_work(session(tmp_path), network) as person:
        await person.press("q")
        network.released.set()
    assert person.app.return_code == 0


async def test_every_binding_has_an_id_and_a_tooltip(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        for active in person.app.screen.active_bindings.values():
            binding = active.binding
            if binding.id is not None or (binding.key.islower() and "+" not in binding.key and len(binding.key) == 1):
                assert binding.id and binding.tooltip, binding


async def test_what_is_typed_right_behind_a_slash_is_for_the_filter(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        for key in ("slash", *"vera", "backspace", "backspace"):
            person.app.post_message(events.Key(key, None))
        bar = person.dashboard.query_one(Filter)
        await person.until(lambda: bar.value == "ve")
        assert isinstance(person.app.screen, Dashboard)
        assert person.dashboard.tab == 1
        await person.press("escape")
        for key in ("slash", *"verdict", "enter"):
            person.app.post_message(events.Key(key, None))
        await person.until(lambda: bar.value == "verdict" and person.dashboard.matrix.has_focus)
        assert bar.display


async def test_what_is_typed_right_behind_a_filter_is_for_the_matrix(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        for key in ("slash", *"origin", "enter", "j", "l", "slash", "end", "1", "escape", "j", "j", "question_mark"):
            person.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await person.until(lambda: isinstance(person.app.screen, HelpScreen))
        assert person.at == ("endpoint 3", "origin1")
        bar = person.dashboard.query_one(Filter)
        assert (bar.value, bar._earlier) == ("", ["origin", "origin1"])


async def test_keys_go_on_when_a_widget_that_had_one_is_gone(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        lost = events.Key("j", "j")
        lost.time -= 60
        person.app._under_way = lost
        await person.press("j")
        assert person.at == ("endpoint 1", "origin0")


async def test_what_differs_along_the_row_is_told_when_it_is_known(tmp_path: Path) -> None:
    network = Network(blocked=[("production", 0, 1)], held=[("production", 0, 1)])
    async with at_work(session(tmp_path), network, (160, 30)) as person:
        await person.press("3")
        compared = person.dashboard.grid
        await person.until(lambda: compared.differences()[2] == 11)
        await person.pilot.pause()
        assert "only staging has" not in person.text()
        network.released.set()
        await person.settled()
        assert "endpoint 0: staging lets origin1 in" in person.text()
