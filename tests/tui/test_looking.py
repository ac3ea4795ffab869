"""The keys that change how the matrix is seen, pressed in the dashboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from corstui.tui.faces import Zoom
from corstui.tui.session import Session, load
from tests.tui.person import Person
from tests.tui.shop import Network, session
from tests.tui.test_dashboard import at_work

GROUPS = """\
version: 1
name: Shop
settings: {controls: false}
environments: {staging: {vars: {api: "https://api.staging.example"}, writes: true}}
origins: {origin0: https://o0.example, origin1: https://o1.example}
endpoints:
  alone: GET ${api}/0
groups:
  orders:
    base: ${api}
    defaults: {tags: [slow]}
    endpoints: {list: GET /1, make: POST /2, cancel: DELETE /3}
  account:
    base: ${api}
    endpoints: {profile: GET /4, basket: {request: GET /5, tags: [slow]}}
"""


def grouped(folder: Path) -> Session:
    path = folder / "shop.yaml"
    path.write_text(GROUPS)
    return Session(load([path], {}))


def rows(person: Person) -> list[str]:
    return [row.label for row in person.dashboard.grid.rows]


async def test_o_sorts_rows_one_way_after_another_and_the_headline_says_how(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 2, 1)])
    async with at_work(session(tmp_path), network, size=(160, 30)) as person:
        await person.settled()
        await person.press("j", "o")
        assert rows(person)[0] == "endpoint 2"
        assert "rows failures first" in person.headline()
        assert person.at[0] == "endpoint 1"
        await person.press("o")
        assert "by name" in person.headline()
        await person.press("o", "o")
        assert rows(person)[0] == "endpoint 0"
        assert "rows" not in person.headline()


async def test_rows_are_sorted_again_when_results_come(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 3, 1)], held=[("staging", 3, 1)])
    async with at_work(session(tmp_path), network) as person:
        await person.until(lambda: "11/12" in person.headline())
        await person.press("o")
        network.released.set()
        await person.settled()
        await person.until(lambda: rows(person)[0] == "endpoint 3")


async def test_capital_o_sorts_columns(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 2, 1)])
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        await person.press("O")
        assert [column.key for column in person.dashboard.grid.columns] == ["origin1", "origin0", "origin2"]


async def test_z_folds_the_group_under_the_cursor_and_enter_unfolds_it(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 3, 1)])
    async with at_work(grouped(tmp_path), network) as person:
        await person.settled()
        await person.press("z")
        assert "This endpoint has no group" in person.told()
        await person.press("j", "z")
        assert rows(person) == ["alone", "orders", "profile", "basket"]
        assert person.dashboard.matrix.at is not None
        assert person.dashboard.matrix.at[0].fold == "orders"
        assert any("✗  1/3" in line for line in person.lines())
        assert "3 endpoints x origin0" in person.text()
        await person.press("enter")
        assert len(rows(person)) == 6


async def test_rerunning_a_fold_runs_all_of_it(tmp_path: Path) -> None:
    network = Network()
    async with at_work(grouped(tmp_path), network) as person:
        await person.settled()
        await person.press("j", "z", "r")
        await person.settled()
        assert [key.endpoint for key in network.asked[12:]] == ["list", "make", "cancel"]
        await person.press("R")
        await person.settled()
        assert len(network.asked) == 12 + 3 + 6


async def test_capital_z_folds_everything_and_t_changes_by_what(tmp_path: Path) -> None:
    async with at_work(grouped(tmp_path)) as person:
        await person.press("Z")
        assert rows(person) == ["alone", "orders", "account"]
        await person.press("t")
        assert rows(person) == ["alone", "slow", "profile"]
        await person.press("Z")
        assert len(rows(person)) == 6
        await person.press("t")
        assert "fold by group" in person.told()


async def test_folding_without_groups_says_so(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.press("Z")
        assert "No endpoint has a group. t folds by tag." in person.told()


@pytest.mark.parametrize(
    ("keys", "zoom"), [("-", Zoom.MARK), ("+", Zoom.DETAIL), ("- - -", Zoom.MARK), ("- =", Zoom.LABEL)]
)
async def test_plus_and_minus_zoom_and_equals_fits(tmp_path: Path, keys: str, zoom: Zoom) -> None:
    names = {"+": "plus", "-": "minus", "=": "equals_sign"}
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        await person.press(*(names[key] for key in keys.split()))
        assert person.dashboard.matrix.current_zoom is zoom
        assert "Cells show" in person.told()


async def test_a_matrix_too_wide_for_labels_shows_marks_alone(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 0, column) for column in range(11)])
    async with at_work(session(tmp_path, 3, 11), network, size=(80, 24)) as person:
        await person.settled()
        assert person.dashboard.matrix.current_zoom is Zoom.MARK
        assert person.lines()[1].count("✗>") == 11
        await person.press("plus")
        assert person.lines()[0].endswith(">")


async def test_capital_t_hides_the_totals(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), size=(160, 30)) as person:
        await person.settled()
        assert "3/3" in person.lines()[1]
        assert person.lines()[-1].split() == ["allowed", "4/4", "4/4", "4/4"]
        await person.press("T")
        assert "3/3" not in person.lines()[1]
        assert person.lines()[-1] == ""


async def test_totals_in_a_narrow_terminal_say_what_they_need(tmp_path: Path) -> None:
    async with at_work(session(tmp_path), size=(80, 24)) as person:
        await person.press("T", "T")
        assert "need a wider terminal" in person.told()


async def test_space_selects_and_r_runs_what_is_selected(tmp_path: Path) -> None:
    network = Network()
    async with at_work(session(tmp_path), network, size=(160, 30)) as person:
        await person.settled()
        await person.press("space", "l", "space", "space")
        assert "3 selected" in person.headline()
        assert "[" in person.lines()[1]
        await person.press("r")
        await person.settled()
        asked = {(key.endpoint, key.origin) for key in network.asked[12:]}
        assert asked == {("endpoint 0", "origin0"), ("endpoint 1", "origin1"), ("endpoint 2", "origin1")}
        await person.press("g", "home", "space")
        assert "2 selected" in person.headline()
        await person.press("escape")
        assert "selected" not in person.headline()
        await person.press("u")
        assert "Nothing is selected" in person.told()


async def test_capital_a_selects_what_matches_the_filter(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 1, 1), ("staging", 2, 0)])
    async with at_work(session(tmp_path), network, size=(160, 30)) as person:
        await person.settled()
        await person.press("slash", *"verdict:blocked", "enter", "A")
        assert person.dashboard.look.selected == {("endpoint 1", "origin1"), ("endpoint 2", "origin0")}
        await person.press("A")
        assert person.dashboard.look.selected == set()


async def test_the_look_stays_from_tab_to_tab(tmp_path: Path) -> None:
    network = Network(blocked=[("staging", 2, 1), ("production", 2, 1)])
    async with at_work(session(tmp_path), network) as person:
        await person.settled()
        await person.press("slash", *"endpoint:2", "enter", "2")
        await person.settled()
        assert rows(person) == ["endpoint 2"]
        await person.press("3", "escape")
        assert len(rows(person)) == 4


async def test_escape_without_anything_to_clear_says_so(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.press("escape")
        assert "no filter and no selection" in person.told()


async def test_a_wrong_filter_is_told_and_changes_nothing(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        await person.press("slash", *"endpoint:1 status:x")
        assert ">=400, <300 or none" in person.text()
        assert rows(person) == ["endpoint 1"]


async def test_a_name_is_completed_with_tab(tmp_path: Path) -> None:
    async with at_work(session(tmp_path)) as person:
        await person.settled()
        await person.press("slash", *"origin:origin1", "space", *"endp", "tab")
        assert person.dashboard.query_one("Filter").value.endswith("endpoint:")  # type: ignore[attr-defined]
