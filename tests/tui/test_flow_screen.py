"""The drill-down as a person uses it: pages, sides, neighbours, explanation, copy, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from corstui.profile.problems import Location
from corstui.runner import Cell
from corstui.runner.store import StoredCell
from corstui.tui.clipboard import keep
from corstui.tui.screens.copying import CopyScreen
from corstui.tui.screens.explain import ExplainScreen, page
from corstui.tui.screens.flow import FlowScreen
from corstui.tui.screens.help import HelpScreen
from corstui.tui.widgets.pane import Pane
from corstui.tui.widgets.tabs import TabLine
from tests.analysis.flows import flow, ok
from tests.support.playbook import head
from tests.tui.opened import SECRET, OpenedCell, allowed, opened, received, refused

SMALL, LARGE = (80, 24), (160, 50)


class Shell(App[None]):
    """Nothing but the screen under test."""

    def __init__(self, screen: FlowScreen) -> None:
        super().__init__()
        self._first = screen

    def on_mount(self) -> None:
        self.push_screen(self._first)

    @property
    def told(self) -> list[str]:
        return [notification.message for notification in self._notifications]


def screen(*cells: OpenedCell, **options: Any) -> FlowScreen:
    return FlowScreen(*cast("list[Cell]", list(cells)), **options)


def text(pilot: Pilot[None], id: str = "text") -> str:
    return str(pilot.app.screen.query_one(f"#{id}", Static).content)


def seen(app: App[None]) -> str:
    """Everything on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def tabs(pilot: Pilot[None]) -> TabLine:
    return pilot.app.screen.query_one(TabLine)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "corstui" / "copied.txt"


def kept(path: Path) -> tuple[str, int]:
    """Text and permissions of a file."""
    return path.read_text(), path.stat().st_mode & 0o777


@contextmanager
def neighbours(*cells: OpenedCell) -> Iterator[Any]:
    """A step function over a row of cells, starting at the first."""
    at = 0

    def step(direction: int) -> Sequence[Cell]:
        nonlocal at
        if not 0 <= at + direction < len(cells):
            return ()
        at += direction
        return cast("list[Cell]", [cells[at]])

    yield step


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_it_opens_on_the_headers_with_the_verdict_above(size: tuple[int, int]) -> None:
    async with Shell(screen(refused())).run_test(size=size) as pilot:
        await pilot.pause()
        assert "Blocked before sending" in text(pilot, "title")
        assert "OPTIONS /orders" in text(pilot, "sequence")
        assert "✗ needs true" in text(pilot)
        pane = pilot.app.screen.query_one("#pane", Pane)
        assert pane.has_focus
        assert pane.size.height >= 8


async def test_tab_and_arrows_turn_pages_and_come_round() -> None:
    async with Shell(screen(refused())).run_test(size=SMALL) as pilot:
        await pilot.press("tab")
        assert "Decided by" in text(pilot)
        await pilot.press("l", "right")
        assert "No cookie" in text(pilot)
        await pilot.press("h", "shift+tab", "left", "left")
        assert tabs(pilot).active == len(tabs(pilot).labels) - 1
        assert text(pilot) == "No rule about policies found anything to say."
        await pilot.press("h")
        assert text(pilot).startswith("1 preflight\n> OPTIONS /orders")


async def test_numbers_open_pages() -> None:
    app = Shell(screen(refused()))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("5")
        assert "Access-Control-Allow-Credentials: true" in text(pilot)


async def test_a_click_on_a_tab_opens_it() -> None:
    async with Shell(screen(refused())).run_test(size=SMALL) as pilot:
        await pilot.click(TabLine, offset=(14, 0))
        await pilot.pause()
        assert tabs(pilot).active == 1


async def test_a_long_page_scrolls_with_j_and_k() -> None:
    async with Shell(screen(refused())).run_test(size=SMALL) as pilot:
        pane = pilot.app.screen.query_one("#pane", Pane)
        await pilot.press("j", "j", "down")
        assert pane.scroll_y == 3
        await pilot.press("k", "up")
        assert pane.scroll_y == 1


async def test_a_long_chain_leaves_room_for_the_page_and_scrolls_apart() -> None:
    hops = [head(302, ("Location", f"/{n}"), ("Access-Control-Allow-Origin", "https://app.example")) for n in range(20)]
    async with Shell(screen(opened(flow(*hops, ok())))).run_test(size=SMALL) as pilot:
        await pilot.pause()
        lanes = pilot.app.screen.query_one("#lanes", Pane)
        assert lanes.size.height <= 10
        await pilot.press("J", "J", "K")
        assert lanes.scroll_y == 1


async def test_a_long_chain_opens_where_it_was_decided() -> None:
    hops = [head(302, ("Location", f"/{n}"), ("Access-Control-Allow-Origin", "https://app.example")) for n in range(9)]
    app = Shell(screen(opened(flow(*hops, ok(origin=None)))))
    async with app.run_test(size=SMALL) as pilot, asyncio.timeout(60):
        while not all(words in seen(app) for words in ("decided here 200", "✗ needs https://app.example or *")):
            await pilot.pause(0.01)
        await pilot.press("tab")
        await pilot.pause()
        assert app.screen.query_one("#pane", Pane).scroll_y == 0


async def test_tabs_are_set_closer_where_there_is_no_room_and_still_take_clicks() -> None:
    app = Shell(screen(received(), allowed()))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        line = str(tabs(pilot).render())
        assert len(line) <= 78
        assert "Findings" in line
        await pilot.click(TabLine, offset=(line.index("Raw") + 2, 0))
        await pilot.pause()
        assert text(pilot).startswith("1 actual")


async def test_enter_explains_the_reason_and_escape_comes_back() -> None:
    app = Shell(screen(refused()))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ExplainScreen)
        assert "PreflightInvalidAllowCredentials" in text(pilot, "page")
        await pilot.press("escape")
        assert isinstance(app.screen, FlowScreen)


async def test_brackets_walk_to_the_neighbours_and_stop_at_the_end() -> None:
    with neighbours(refused(), received()) as step:
        app = Shell(screen(refused(), step=step))
        async with app.run_test(size=SMALL) as pilot:
            await pilot.press("2", "]")
            assert "list orders" in text(pilot, "title")
            assert "cors.check.acao-match" in text(pilot)
            await pilot.press("]")
            assert "no further cell" in app.told[-1]
            await pilot.press("[")
            assert "create order" in text(pilot, "title")


async def test_yy_copies_the_deciding_request_masked_and_capital_y_does_not(cache: Path) -> None:
    answer = head(200, ("Server", "x"))
    cell = opened(flow(answer, url=f"https://api.example/?token={SECRET}"))
    app = Shell(screen(cell))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("y", "y")
        assert isinstance(app.screen, FlowScreen)
        assert app.clipboard.startswith("curl -i")
        assert SECRET not in app.clipboard
        assert kept(cache) == (app.clipboard + "\n", 0o600)
        await pilot.press("Y")
        assert SECRET in app.clipboard


async def test_without_a_request_there_is_nothing_to_copy() -> None:
    app = Shell(screen(opened(flow(url="http://api.example/"))))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("Y")
        assert "no request to copy" in app.told[-1]
        assert app.clipboard == ""


async def test_a_cache_that_cannot_be_written_does_not_hinder_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    app = Shell(screen(received()))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("y", "y")
        assert app.clipboard
        assert "No copy in a file" in app.told[-1]


def test_a_relative_cache_home_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert keep("text", {"XDG_CACHE_HOME": "relative"}) == tmp_path / ".cache" / "corstui" / "copied.txt"


async def test_two_cells_begin_with_their_policies_and_s_changes_the_side() -> None:
    async with Shell(screen(received(), allowed())).run_test(size=LARGE) as pilot:
        await pilot.pause()
        assert tabs(pilot).labels[0] == "Policies"
        row = next(line for line in text(pilot).splitlines() if line.startswith("allow-origin"))
        assert row.rstrip().endswith("<>")
        title = text(pilot, "title")
        assert "staging" in title
        assert "production" in title
        await pilot.press("2")
        assert "https://other.example" in text(pilot)
        await pilot.press("s")
        assert "https://other.example" not in text(pilot)


async def test_two_engines_or_runs_of_one_environment_are_told_apart() -> None:
    here, done = received(), allowed("staging")
    standard = replace(here, key=replace(here.key, engine="standard"))
    earlier = cast(OpenedCell, StoredCell(done.planned, None, None, [], 12.0, done.flow))
    for other, names in ((standard, ["chromium", "standard"]), (earlier, ["this", "run", "earlier", "run"])):
        async with Shell(screen(here, other)).run_test(size=LARGE) as pilot:
            await pilot.pause()
            row = next(line for line in text(pilot).splitlines() if line.startswith("actual"))
            assert row.split() == ["actual", *names]
            assert names[-1] in text(pilot, "title")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("s", "no other side"),
        ("[", "no neighbours"),
        ("]", "no neighbours"),
        ("b", "not part of a live run"),
        ("enter", "nothing to explain"),
        ("8", "There is no page 8: this flow has 7."),
    ],
)
async def test_a_key_that_cannot_act_is_greyed_and_says_why(key: str, said: str) -> None:
    app = Shell(screen(allowed()))
    async with app.run_test(size=SMALL) as pilot:
        name = {"[": "left_square_bracket", "]": "right_square_bracket"}.get(key, key)
        assert not app.screen.active_bindings[name].enabled
        assert app.screen.active_bindings["y"].enabled
        await pilot.press(key)
        assert said in app.told[-1]


async def test_a_flow_with_two_sides_and_neighbours_greys_no_key() -> None:
    with neighbours(received()) as step:
        app = Shell(screen(received(), allowed(), step=step))
        async with app.run_test(size=SMALL):
            bindings = app.screen.active_bindings
            assert all(bindings[key].enabled for key in ("s", "enter", "8", "e", "left_square_bracket"))


EXPECTED = SimpleNamespace(text="allow", location=Location("/profiles/shop.yaml", 31, 5))


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (allowed(), 3),
        (replace(received(), expectation=EXPECTED, as_expected=False), 31),
        (replace(allowed(), expectation=EXPECTED, as_expected=True), 3),
    ],
)
async def test_e_opens_the_editor_at_the_endpoint_or_at_what_was_not_met(
    cell: OpenedCell, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_at: list[Location] = []
    monkeypatch.setattr("corstui.tui.screens.flow.open_at", lambda app, location: opened_at.append(location))
    async with Shell(screen(cell)).run_test(size=SMALL) as pilot:
        await pilot.press("e")
    assert [location.line for location in opened_at] == [line]


async def test_a_cell_of_an_earlier_run_has_every_page_and_no_profile_to_edit() -> None:
    done = refused()
    cell = StoredCell(done.planned, "allow", False, [], 12.0, done.flow)
    app = Shell(screen(cast(OpenedCell, cell)))
    async with app.run_test(size=SMALL) as pilot:
        for _ in tabs(pilot).labels:
            await pilot.press("tab")
            assert text(pilot)
        await pilot.press("e")
        assert app.told == ["An earlier run has no profile to edit."]


async def test_every_binding_has_an_id_and_a_tooltip() -> None:
    for binding in (*FlowScreen.BINDINGS, *CopyScreen.BINDINGS, *ExplainScreen.BINDINGS, *HelpScreen.BINDINGS):
        assert binding.id  # type: ignore[union-attr]
        assert binding.tooltip  # type: ignore[union-attr]


async def test_a_resize_lays_out_anew() -> None:
    async with Shell(screen(received())).run_test(size=LARGE) as pilot:
        await pilot.pause()
        assert " < HTTP/1.1" in text(pilot).splitlines()[1]
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert " < HTTP/1.1" not in text(pilot).splitlines()[1]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "solarized-light"])
async def test_it_is_drawn_in_every_kind_of_theme(theme: str) -> None:
    app = Shell(screen(refused()))
    async with app.run_test(size=SMALL) as pilot:
        app.theme = theme
        await pilot.pause()
        assert "401" in app.export_screenshot()


# -- explain and help --------------------------------------------------------------------------------------------------


def test_a_page_names_browsers_standard_and_cure() -> None:
    said = "\n".join(line.plain for line in page("acao-missing", 90))
    for part in ("MissingAllowOriginHeader", "CORSMissingAllowOrigin2", "Errors/CORSMissingAllowOrigin", "fetch.spec"):
        assert part in said
    assert "Access-Control-Allow-Origin: <origin>" in said


def test_an_unknown_code_gets_its_neighbours_instead_of_a_crash() -> None:
    assert "acao-missing" in "\n".join(line.plain for line in page("acao-mising", 90))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_help_lists_the_keys_that_work_beneath_it(size: tuple[int, int]) -> None:
    app = Shell(screen(received(), allowed()))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.push_screen(HelpScreen())
        await pilot.pause()
        keys = text(pilot, "keys")
        assert keys.startswith("This screen")
        assert "Scroll Left" not in keys
        assert "Copy as curl, fetch(), HAR or Markdown" in keys
        assert "The flow of the other side" in keys
        assert "The cell before" not in keys
        await pilot.press("question_mark")
        assert isinstance(app.screen, FlowScreen)


async def test_help_shows_a_remapped_key() -> None:
    app = Shell(screen(received()))
    async with app.run_test(size=SMALL) as pilot:
        app.set_keymap({"flow.copy": "f2"})
        app.push_screen(HelpScreen())
        await pilot.pause()
        line = next(line for line in text(pilot, "keys").splitlines() if "fetch()" in line)
        assert line.split()[0] == "f2"


async def test_on_the_findings_enter_explains_the_gravest_of_them() -> None:
    found = {"rule": "lint.acao-slash", "severity": "error", "message": "A.", "exchange": 0, "header": None}
    app = Shell(screen(replace(refused(), findings=[found])))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("7")
        assert "A slash or path in Access-Control-Allow-Origin" in text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ExplainScreen)
        assert "lint.acao-slash" in text(pilot, "page")
