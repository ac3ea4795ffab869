"""The policies that the dashboard lays side by side know of the other cells of the endpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from corstui.fetch.result import Flow
from corstui.runner import Cell
from corstui.tui.board import Board
from corstui.tui.grid import Grid
from tests.analysis.flows import APP, flow, ok
from tests.tui.fakes import mark
from tests.tui.opened import OpenedCell, opened

OTHER = "https://other.example"
MINE, THEIRS = flow(ok()), flow(ok(), origin=OTHER)


def cell(origin: str, done: Flow, environment: str = "staging") -> OpenedCell:
    made = opened(done, environment=environment, endpoint="list orders")
    return replace(made, key=replace(made.key, origin=origin))


def board(*cells: OpenedCell) -> Board:
    return Board.of(cells[0].environment, "chromium", [each.planned for each in cells], mark)


def finish(one: Board, result: OpenedCell, run: int = 1) -> None:
    one.queue([result.key], run, 0.0)
    assert one.finish(cast(Cell, result), run, 0.0) is not None


def origin_of(one: Board, result: OpenedCell) -> str:
    return dict(one.policy_of(cast(Cell, result)).actual or ())["allow-origin"]


def test_another_origin_of_the_endpoint_tells_a_fixed_one_from_an_echo_as_soon_as_its_result_is_there() -> None:
    mine, theirs = cell("web", MINE), cell("partner", THEIRS)
    one = board(mine, theirs)
    finish(one, mine)
    assert origin_of(one, mine) == "echo"
    finish(one, theirs)
    assert origin_of(one, mine).startswith("fixed")
    finish(one, cell("partner", flow(ok(origin=OTHER), origin=OTHER)), run=2)
    assert origin_of(one, mine) == "echo"


def test_what_an_endpoint_tells_is_found_out_once() -> None:
    mine = cell("web", MINE)
    one = board(mine)
    finish(one, mine)
    one.policy_of(cast(Cell, mine))
    known = one._policies["list orders"]
    one.policy_of(cast(Cell, mine))
    assert one._policies["list orders"] is known


def test_a_pair_has_both_policies_and_an_outdated_result_none() -> None:
    mine, theirs = cell("web", MINE), cell("web", MINE, "production")
    boards = (board(mine), board(theirs))
    for one, result in zip(boards, (mine, theirs), strict=True):
        finish(one, result)
    grid = Grid(boards)
    cells = [cast(Cell, mine), cast(Cell, theirs)]
    assert len(grid.policies(cells)) == 2
    assert grid.policies(cells[:1]) == []
    finish(boards[1], cell("web", flow(ok(origin=APP)), "production"), run=2)
    assert grid.policies(cells) == []
