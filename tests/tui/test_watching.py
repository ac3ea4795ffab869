"""Watching: rounds on an interval, the log of what changed, the bell; and runs that are kept, opened and compared."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from corstui.report.archive import Archive
from corstui.runner.store import load_run
from corstui.tui.changes import KEPT, ChangeLog
from corstui.tui.screens.changelog import ChangesScreen
from corstui.tui.screens.choosing import ChooseScreen
from corstui.tui.screens.confirm import ConfirmScreen
from corstui.tui.screens.dashboard import Dashboard
from corstui.tui.screens.differences import DifferencesScreen
from corstui.tui.screens.exporting import ExportScreen
from corstui.tui.screens.runs import RunsScreen
from corstui.tui.screens.sending import SendingScreen
from corstui.tui.screens.watching import WatchScreen
from corstui.tui.session import Session
from corstui.tui.sources import Source, labels
from corstui.tui.watch import Watch
from tests.tui.fakes import CellKey, FakeCell
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, session
from tests.tui.test_dashboard import OneDashboard


class Watching(OneDashboard):
    """With an archive, and a bell that counts."""

    def __init__(self, shown: Session, network: Network, folder: Path) -> None:
        super().__init__(shown, network)
        self.folder = folder
        self.rang = 0

    def begin(self) -> None:
        archive = Archive(self.folder)
        self.push_screen(Dashboard(self.shown, self.bridge, source="shop.yaml", archive=archive))

    def bell(self) -> None:
        self.rang += 1


@asynccontextmanager
async def at_work(
    shown: Session, network: Network, folder: Path, size: tuple[int, int] = (130, 30)
) -> AsyncIterator[Person]:
    app = Watching(shown, network, folder)
    async with somebody(app, network, size) as person:
        await person.until(lambda: isinstance(app.screen, Dashboard | ConfirmScreen))
        yield person


async def kept(person: Person, count: int = 1) -> None:
    """Wait until that many runs are kept."""
    archive = person.dashboard.archive
    assert archive is not None
    await person.until(lambda: len(archive.entries()) == count)


# -- rounds ------------------------------------------------------------------------------------------------------------


def test_a_round_is_due_an_interval_after_the_last_one_and_never_on_top_of_it() -> None:
    watch = Watch()
    assert not watch.is_due(0.0, busy=False)
    watch.start(10.0, now=0.0)
    assert watch.is_due(0.0, busy=False)
    watch.begin(0.0)
    assert not watch.is_due(9.0, busy=False)
    assert not watch.is_due(12.0, busy=True)
    assert not watch.is_due(21.0, busy=False)
    assert watch.is_due(22.0, busy=False)
    watch.paused = True
    assert not watch.is_due(99.0, busy=False)


async def test_w_asks_how_often_and_rounds_never_send_writes(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        await person.press("w")
        assert isinstance(person.app.screen, WatchScreen)
        assert "never sent" in person.text()
        assert "api.staging.example" in person.text()
        await person.press("enter")
        assert "Watching every 30 s" in person.told()
        await person.until(lambda: len(network.asked) > 12)
        await person.settled()
        again = network.asked[12:]
        assert {key.endpoint for key in again} == {"endpoint 0", "endpoint 3"}
        assert "watching every 30 s" in person.headline()


async def test_w_pauses_and_goes_on_and_stops_in_its_settings(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await person.press("w", "enter", "w")
        assert "watch paused" in person.headline()
        await person.press("w")
        assert "watching every" in person.headline()
        await person.press("W", "G", "enter")
        assert "Watching has stopped" in person.told()
        assert "watch" not in person.headline()


@pytest.mark.parametrize(
    ("typed", "said"), [("soon", "no interval"), ("1s", "shortest interval"), ("45s", "Watching every 45 s")]
)
async def test_another_interval_can_be_typed(tmp_path: Path, typed: str, said: str) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.press("w", "tab", *typed, "enter")
        assert said in person.text() + person.told()


async def test_the_bell_can_be_turned_off(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.press("w", "b")
        assert "changed: no" in person.text()
        await person.press("enter")
        assert not person.dashboard.rounds.bell


async def test_an_environment_that_asks_is_watched_only_after_a_yes(tmp_path: Path) -> None:
    network = Network()
    shown = session(tmp_path, confirm="production")
    async with at_work(shown, network, tmp_path / "runs") as person:
        await person.settled()
        await person.press("2", "n", "w", "enter")
        await person.pilot.pause(0.6)
        assert {key.environment for key in network.asked} == {"staging"}


# -- the change log ----------------------------------------------------------------------------------------------------


async def test_a_change_is_told_rung_logged_and_led_to(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        network.blocked.add(("staging", 3, 1))
        await person.press("w", "enter")
        await person.until(lambda: "now blocked" in person.notice())
        assert "staging · endpoint 3 · origin1: allowed 200, now blocked after it was sent, acao-missing" in (
            person.notice()
        )
        assert person.app.rang == 1  # type: ignore[attr-defined]
        await person.press("slash", *"changed:yes", "enter")
        assert [row.key for row in person.dashboard.grid.rows] == ["endpoint 3"]
        await person.press("escape", "L")
        assert isinstance(person.app.screen, ChangesScreen)
        assert "1 change; Enter goes to the cell" in person.text()
        await person.press("y")
        assert "Copied the change log" in person.told()
        await person.press("enter")
        assert person.at == ("endpoint 3", "origin1")
        assert person.notice() == ""


async def test_an_empty_log_says_how_to_fill_it(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.press("L", "y")
        assert "w runs everything again" in person.text()
        assert "nothing to copy" in person.told()


def test_the_log_keeps_the_latest_and_notes_only_what_came_out_otherwise() -> None:
    log, now = ChangeLog(), datetime.now(UTC)
    key = CellKey("staging", "origin0", "endpoint 0", "chromium")
    fine, bad = FakeCell(key), FakeCell(key, "blocked", "acao-missing", sent=False, status=None)
    assert log.note(None, fine, now) is None
    assert log.note(fine, FakeCell(key, duration_ms=99.0), now) is None
    for _ in range(KEPT):
        log.note(fine, bad, now)
        log.note(bad, fine, now)
    assert len(log) == KEPT
    newest = next(iter(log))
    assert newest.text("-").endswith("staging - endpoint 0 - origin0: blocked, now allowed 200")


# -- kept runs ---------------------------------------------------------------------------------------------------------


async def test_a_whole_run_is_kept_and_one_cell_is_not(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await kept(person)
        await person.press("r")
        await person.settled()
        await person.press("a")
        await person.settled()
        await kept(person, 2)


async def test_a_round_is_kept_when_something_changed(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        await kept(person)
        network.blocked.add(("staging", 0, 0))
        await person.press("w", "enter")
        await person.until(lambda: "now blocked" in person.notice())
        await kept(person, 2)


async def test_an_earlier_run_is_opened_and_cannot_be_run(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 1, 2)])
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        await kept(person)
        await person.press("H")
        assert isinstance(person.app.screen, RunsScreen)
        assert "just now" in person.text()
        assert "✓ 11  ✗ 1" in person.text()
        await person.press("enter")
        await person.until(lambda: len(person.dashboard.tabs) == 4)
        await person.until(lambda: person.dashboard.tab == 4)
        assert person.lines()[2].count("✗>") == 1
        for key, said in (("r", "stays as it was"), ("w", "cannot be watched"), ("e", "no profile to edit")):
            await person.press(key)
            assert said in person.told()
        await person.press("enter")
        assert "endpoint 0 x origin0" in person.text()
        await person.press("escape", "1")
        assert len(network.asked) == 12


async def test_an_earlier_run_is_compared_with_this_one(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        await kept(person)
        network.blocked.add(("staging", 2, 1))
        await person.press("C", "l", "C")
        await person.settled()
        await person.press("H", "c")
        await person.until(lambda: person.dashboard.tab == 3)
        await person.until(lambda: "1 of 12 cells differ" in person.bar())
        assert "this run" in person.headline()
        await person.press("r")
        await person.settled()
        assert len(network.asked) == 12 + 4 + 4 + 1


async def test_a_run_is_saved_as_the_baseline_beside_the_profile(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await kept(person)
        await person.press("H", "s")
        assert "--baseline shop.baseline.json" in person.told()
        assert len(load_run(tmp_path / "shop.baseline.json").cells) == 12


async def test_the_list_of_runs_is_of_this_profile_until_all_are_wanted(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await kept(person)
        (path,) = (tmp_path / "runs").iterdir()
        document = json.loads(path.read_text()) | {"profile": "Other"}
        other = path.with_name("20200101T000000.000000Z-other.json")
        other.write_text(json.dumps(document, indent=1))
        (tmp_path / "runs" / "20190101T000000.000000Z-broken.json").write_text("{")
        await person.press("H")
        screen = person.app.screen
        assert isinstance(screen, RunsScreen)
        assert [entry.path.name[:4] for entry in screen.entries if entry.problem is None] == [path.name[:4]]
        await person.press("A")
        assert "Other" in person.text()
        await person.press("G", "enter")
        assert "cannot be opened" in person.told()


async def test_no_kept_run_says_how_one_comes_to_be(tmp_path: Path) -> None:
    network = Network()
    network.held.add(("staging", 0, 0))
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.press("H", "c")
        assert "No run was kept yet" in person.text()
        assert "no run to choose" in person.told()


async def test_a_folder_that_cannot_be_written_is_told_and_harmless(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await person.until(lambda: "could not be kept" in person.notice())
        assert "✓ 12" in person.bar()


# -- two sides of any kind ---------------------------------------------------------------------------------------------


async def test_v_compares_two_engines(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 0, 1)])
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        await person.press("v")
        screen = person.app.screen
        assert isinstance(screen, ChooseScreen)
        names = [label for label, _ in screen._choices]
        down = ["down"] * (names.index("staging in firefox") - 1)
        await person.press("enter", *down, "enter")
        await person.settled()
        assert person.dashboard.tab == 3
        assert "staging | staging firefox" in person.headline() or "firefox" in person.headline()
        assert {key.engine for key in network.asked} == {"chromium", "firefox"}
        await person.press("b")


async def test_the_same_side_twice_is_refused(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await person.press("v", "enter", "up", "enter")
        assert "Both sides are the same" in person.told()
        await person.press("tab", "escape")
        assert isinstance(person.app.screen, Dashboard)


def test_sides_are_called_by_what_tells_them_apart() -> None:
    path = Path("kept.json")
    pairs: list[tuple[tuple[Source, ...], tuple[str, ...]]] = [
        ((Source("staging"),), ("staging",)),
        ((Source("staging"), Source("production")), ("staging", "production")),
        ((Source("staging", "chromium"), Source("staging", "firefox")), ("chromium", "firefox")),
        ((Source("staging", "", path), Source("staging")), ("noon", "this run")),
        ((Source("a", "", path), Source("b")), ("a noon", "b this run")),
        ((Source("staging"), Source("staging", "firefox")), ("chromium", "firefox")),
        ((Source("a", "chromium", path),), ("a noon",)),
    ]
    assert [labels(sources, lambda run: "noon", "chromium") for sources, _ in pairs] == [said for _, said in pairs]


async def test_capital_s_tells_what_differs_and_copies_it(tmp_path: Path) -> None:
    network = Network(blocked=[("production", 0, 1)])
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.settled()
        await person.press("S")
        assert "Only a comparison has a summary" in person.told()
        await person.press("3")
        await person.settled()
        await person.press("S")
        assert isinstance(person.app.screen, DifferencesScreen)
        assert "endpoint 0: staging lets origin1 in, production does not" in person.text()
        await person.press("y")
        assert "comparison as Markdown" in person.told()


async def test_the_inspector_tells_what_differs_for_the_whole_endpoint(tmp_path: Path) -> None:
    network = Network(blocked=[("production", 0, 1)])
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.press("3")
        await person.settled()
        await person.press("down", "up")
        assert "endpoint 0: staging lets origin1 in" in person.text()


# -- what would be sent, and exports -----------------------------------------------------------------------------------


async def test_capital_d_shows_every_request_before_it_is_sent(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await person.press("D")
        assert isinstance(person.app.screen, SendingScreen)
        assert "What a run of staging sends" in person.text()
        assert "https://api.staging.example/0" in person.text()
        await person.press("y")
        assert "list of requests" in person.told()


@pytest.mark.parametrize(("scope", "cells"), [("selection", 1), ("visible", 3), ("all", 12)])
async def test_capital_x_writes_a_report(tmp_path: Path, scope: str, cells: int) -> None:
    target = tmp_path / "out.csv"
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await person.press("space", "slash", *'"endpoint 1"', "enter", "X")
        screen = person.app.screen
        assert isinstance(screen, ExportScreen)
        await person.press(*["down"] * ("selection", "visible", "all").index(scope), "tab", "j", "tab")
        screen.query_one(Input).value = str(target)
        await person.press("enter")
        await person.until(target.exists)
        await person.until(lambda: f"Wrote {cells} cells" in person.told())
        assert len(target.read_text().splitlines()) == cells + 1


async def test_an_existing_file_is_replaced_only_after_a_second_enter(tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    target.write_text("old")
    async with at_work(session(tmp_path), Network(), tmp_path / "runs") as person:
        await person.settled()
        await person.press("X", "tab", "tab")
        field = person.app.screen.query_one(Input)
        for path, said in ((tmp_path, "directory"), (tmp_path / "no" / "x.md", "There is no directory")):
            field.value = str(path)
            await person.press("enter")
            assert said in person.text()
        field.value = str(target)
        await person.press("enter")
        assert "Enter once more" in person.text()
        assert target.read_text() == "old"
        await person.press("enter")
        await person.until(lambda: target.read_text() != "old")


async def test_there_is_nothing_to_export_before_the_first_result(tmp_path: Path) -> None:
    network = Network(held=[("staging", row, column) for row in range(4) for column in range(3)])
    async with at_work(session(tmp_path), network, tmp_path / "runs") as person:
        await person.press("X", "y")
        assert "no result to write" in person.told()
        assert "no result here to copy" in person.told()
