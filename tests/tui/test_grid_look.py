"""A grid in other orders, with folds, selections and totals."""

from __future__ import annotations

from typing import Any

import pytest

from corstui.tui.board import Board, Slot, State, gravity
from corstui.tui.faces import WIDEST, Zoom, pieces_of, widths_of
from corstui.tui.grid import Grid, Look
from corstui.tui.order import ORDERS, following
from corstui.tui.place import Place
from corstui.tui.sums import Total
from tests.tui.fakes import FakeCell, mark, planned
from tests.tui.test_grid import BLOCKED, asked, filled, names

FAILED: dict[str, Any] = {"verdict": "error", "reason": "timeout", "status": None}
UNEXPECTED: dict[str, Any] = BLOCKED | {"as_expected": False}


def grouped(groups: str, columns: int = 2, tags: tuple[str, ...] = (), **cells: dict[str, Any]) -> Board:
    """A finished board of endpoints whose groups are those letters, ``-`` for none."""
    items = [
        item.endpoint_with(group=None if group == "-" else group, tags=tags)
        for group, row in zip(groups, range(len(groups)), strict=True)
        for item in planned(len(groups), columns)[row * columns : (row + 1) * columns]
    ]
    board = Board.of("staging", "chromium", items, mark)
    board.queue(list(board.slots), run=1, now=0.0)
    for index, key in enumerate(list(board.slots)):
        fields = cells.get(f"r{index // columns}c{index % columns}", {})
        board.finish(FakeCell(key, **fields), run=1, now=0.0)
    return board


def shown(place: Place, *, compares: bool = False, zoom: Zoom = Zoom.LABEL) -> str:
    return "".join(text for text, _ in pieces_of(place, zoom, compares=compares)).rstrip()


def line(grid: Grid, row: int, *, compares: bool = False) -> list[str]:
    return [shown(grid.place(grid.rows[row], column), compares=compares) for column in grid.columns]


# -- orders ------------------------------------------------------------------------------------------------------------


def test_failures_first_puts_the_gravest_rows_on_top_and_keeps_equals_in_order() -> None:
    grid = Grid((filled(5, 2, r1c0=BLOCKED, r2c1=FAILED, r3c0=UNEXPECTED, r4c0=BLOCKED, r4c1=BLOCKED),))
    grid.look.rows = "failures"
    grid.apply()
    assert names(grid)[0] == ["endpoint 3", "endpoint 2", "endpoint 4", "endpoint 1", "endpoint 0"]


def test_columns_have_an_order_of_their_own() -> None:
    grid = Grid((filled(2, 3, r0c2=UNEXPECTED, r1c1=BLOCKED),))
    grid.look.columns = "failures"
    grid.apply()
    assert names(grid) == (["endpoint 0", "endpoint 1"], ["origin2", "origin1", "origin0"])


def test_the_slowest_row_comes_first_and_one_without_results_last() -> None:
    grid = Grid((filled(3, 1, r1c0={"duration_ms": 90.0}, r2c0={"duration_ms": 40.0}),))
    grid.look.rows = "latency"
    grid.apply()
    assert names(grid)[0] == ["endpoint 1", "endpoint 2", "endpoint 0"]


def test_by_name_is_without_regard_to_case_and_back_as_in_the_profile() -> None:
    grid = Grid((filled(3, 1),))
    grid.all_rows.reverse()
    grid.look.rows = "name"
    grid.apply()
    assert names(grid)[0] == ["endpoint 0", "endpoint 1", "endpoint 2"]
    grid.look.rows = "profile"
    grid.apply()
    assert names(grid)[0] == ["endpoint 2", "endpoint 1", "endpoint 0"]


def test_a_comparison_sorts_by_what_differs() -> None:
    first, second = filled(3, 1, r0c0=BLOCKED), filled(3, 1, "production", r0c0=BLOCKED, r2c0=BLOCKED)
    grid = Grid((first, second), differ=lambda a, b: a.verdict != b.verdict, look=Look(rows="failures"))
    settle(grid)
    grid.apply()
    assert names(grid)[0] == ["endpoint 2", "endpoint 0", "endpoint 1"]


def test_the_key_goes_through_every_order() -> None:
    order, seen = "profile", []
    for _ in ORDERS:
        seen.append(order)
        order = following(order)
    assert (seen, order) == (list(ORDERS), "profile")


@pytest.mark.parametrize(
    ("order", "restless"), [("profile", False), ("name", False), ("failures", True), ("latency", True)]
)
def test_only_orders_that_results_change_are_looked_at_again(order: Any, restless: bool) -> None:
    assert Grid((filled(1, 1),), look=Look(columns=order)).restless is restless


# -- folds -------------------------------------------------------------------------------------------------------------


def test_a_folded_group_is_one_row_with_the_worst_mark_and_how_many_have_it() -> None:
    grid = Grid((grouped("-aab", r1c0=BLOCKED, r2c0=BLOCKED, r2c1=UNEXPECTED),))
    grid.look.folded = {"a"}
    grid.apply()
    assert [row.label for row in grid.rows] == ["endpoint 0", "a", "endpoint 3"]
    assert grid.rows[1].method == "+2"
    assert line(grid, 1) == ["✗> 2/2", "✗> 1/2*"]
    assert line(grid, 0) == ["✓  200", "✓  200"]
    folded = grid.place(grid.rows[1], grid.columns[1])
    assert shown(folded, zoom=Zoom.MARK) == "✗>*"


def test_a_fold_of_what_is_as_expected_is_quiet() -> None:
    grid = Grid((grouped("aa", 1, r0c0=BLOCKED | {"as_expected": True}),))
    grid.look.folded = {"a"}
    grid.apply()
    pieces = pieces_of(grid.place(grid.rows[0], grid.columns[0]), Zoom.LABEL, compares=False)
    assert pieces == [("✗> ", "blocked"), ("1/2", "quiet")]


def test_a_fold_by_tag_takes_the_first_tag() -> None:
    grid = Grid((grouped("--", tags=("public", "slow")),))
    grid.look.fold_by, grid.look.folded = "tag", {"public", "slow"}
    grid.apply()
    assert [row.label for row in grid.rows] == ["public"]
    grid.look.fold_by = "group"
    grid.apply()
    assert len(grid.rows) == 2


def test_a_folded_comparison_counts_what_differs() -> None:
    first, second = grouped("aab", 1), grouped("aab", 1, r1c0=BLOCKED)
    grid = Grid((first, second), differ=lambda a, b: a.verdict != b.verdict)
    grid.look.folded = {"a", "b"}
    settle(grid)
    grid.apply()
    assert line(grid, 0, compares=True) == ["<> 1/2"]
    assert line(grid, 1, compares=True) == ["   1/1"]


def test_a_filter_reaches_into_folds() -> None:
    grid = Grid((grouped("aa", r1c0=BLOCKED),))
    grid.look.folded = {"a"}
    asked(grid, "blocked")
    assert line(grid, 0) == ["✗> 1/1"]
    assert names(grid)[1] == ["origin0"]


def test_a_fold_is_stopped_at_when_one_of_its_cells_deserves_it() -> None:
    grid = Grid((grouped("ab", 1, r0c0=UNEXPECTED),))
    grid.look.folded = {"a", "b"}
    grid.apply()
    (column,) = grid.columns
    assert [grid.stops_at(row, column) for row in grid.rows] == [True, False]


# -- totals and selection ----------------------------------------------------------------------------------------------


def test_totals_count_what_is_allowed_and_what_is_unexpected() -> None:
    grid = Grid((filled(2, 3, r0c1=UNEXPECTED, r1c1=BLOCKED),))
    assert [grid.row_total(row).text for row in grid.rows] == ["2/3 1*", "2/3"]
    assert [grid.column_total(column).text for column in grid.columns] == ["2/2", "0/2 1*", "2/2"]


def settle(grid: Grid) -> None:
    while grid.settle() is not None:
        pass


def test_totals_of_a_comparison_count_what_differs() -> None:
    pairs = (filled(2, 1), filled(2, 1, "production", r1c0=BLOCKED))
    grid = Grid(pairs, differ=lambda a, b: a.verdict != b.verdict)
    settle(grid)
    assert [grid.row_total(row).compared for row in grid.rows] == ["same", "1<>"]
    assert Total(places=2, done=1).compared == ""


def test_a_new_result_renews_the_totals_of_its_row_and_column() -> None:
    board = filled(2, 2)
    grid = Grid((board,))
    assert grid.row_total(grid.rows[0]).text == "2/2"
    slot = board.by_name["endpoint 0", "origin1"]
    board.queue([slot.key], run=2, now=0.0)
    board.finish(FakeCell(slot.key, **UNEXPECTED), run=2, now=0.0)
    grid.touch([("endpoint 0", "origin1")])
    assert grid.row_total(grid.rows[0]).text == "1/2 1*"
    assert grid.column_total(grid.columns[1]).text == "1/2 1*"


def test_a_fold_is_selected_when_all_of_it_is() -> None:
    grid = Grid((grouped("aa"),))
    grid.look.folded = {"a"}
    grid.look.selected = {("endpoint 0", "origin0")}
    grid.apply()
    assert not grid.selected(grid.rows[0], grid.columns[0])
    grid.look.selected.add(("endpoint 1", "origin0"))
    assert grid.selected(grid.rows[0], grid.columns[0])
    asked(grid, "selected:yes")
    assert names(grid)[1] == ["origin0"]


# -- attention and zoom ------------------------------------------------------------------------------------------------


def test_gravity_goes_from_fine_to_not_as_expected() -> None:
    outcomes: list[dict[str, Any]] = [
        {},
        BLOCKED | {"as_expected": True},
        {"verdict": "unsent"},
        BLOCKED,
        {"inconclusive": True},
        FAILED,
        UNEXPECTED,
    ]
    (item,) = planned(1, 1)
    found = [gravity(Slot(item, State.DONE, FakeCell(item.key, **fields))) for fields in outcomes]
    assert found == [0, 0, 2, 3, 4, 5, 6]
    assert gravity(Slot(item)) == 1


def test_each_zoom_says_more() -> None:
    grid = Grid((filled(1, 1, r0c0=UNEXPECTED | {"duration_ms": 1234.0}),))
    place = grid.place(grid.rows[0], grid.columns[0])
    assert [shown(place, zoom=zoom) for zoom in Zoom] == ["✗>*", "✗> acao-mis*", "✗> acao-mis*      1.2 s"]


def test_the_closest_zoom_of_a_pair_has_both_labels() -> None:
    grid = Grid((filled(1, 1), filled(1, 1, "production", r0c0=BLOCKED)), differ=lambda a, b: True)
    settle(grid)
    place = grid.place(grid.rows[0], grid.columns[0])
    assert shown(place, compares=True, zoom=Zoom.DETAIL) == "✓  200      <> ✗> acao-mis"


def test_a_place_that_nobody_planned_stays_empty_in_every_zoom() -> None:
    for zoom in Zoom:
        assert pieces_of(Place((None,)), zoom, compares=False) == []
        assert pieces_of(Place((None, None)), zoom, compares=True) == []


def test_an_endpoint_is_found_by_the_path_of_its_address_but_not_by_its_query() -> None:
    item = planned(1, 1)[0]
    grid = Grid(
        (Board.of("staging", "chromium", [item.endpoint_with(url="https://api.example/v2/x?token=topsecret")], mark),)
    )
    assert asked(grid, "v2").rows
    assert not asked(grid, "topsecret").rows


@pytest.mark.parametrize("outcome", [{}, UNEXPECTED, FAILED, BLOCKED | {"duration_ms": 1234.0}, None])
@pytest.mark.parametrize("zoom", Zoom)
def test_the_width_of_a_place_is_that_of_its_text(outcome: dict[str, Any] | None, zoom: Zoom) -> None:
    grid = Grid((filled(1, 1, **({"r0c0": outcome} if outcome is not None else {})),))
    place = grid.place(grid.rows[0], grid.columns[0])
    text = "".join(text for text, _ in pieces_of(place, zoom, compares=False))
    assert widths_of(place, compares=False)[zoom] == min(len(text), WIDEST[zoom])
