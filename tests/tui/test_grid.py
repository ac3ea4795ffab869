"""A grid orders, filters and pairs the places of one board or two."""

from __future__ import annotations

from typing import Any

from corstui.analysis.query import parse
from corstui.tui.axes import Column, Row
from corstui.tui.board import Board
from corstui.tui.faces import pair
from corstui.tui.grid import Grid
from corstui.tui.place import Place
from tests.tui.fakes import FakeCell, mark, planned, rename


def filled(rows: int, columns: int, environment: str = "staging", **cells: dict[str, Any]) -> Board:
    """A finished board; ``cells`` maps ``r0c1`` to fields of that cell."""
    board = Board.of(environment, "chromium", planned(rows, columns, environment=environment), mark)
    board.queue(list(board.slots), run=1, now=0.0)
    for index, key in enumerate(list(board.slots)):
        fields = cells.get(f"r{index // columns}c{index % columns}", {})
        board.finish(FakeCell(key, **fields), run=1, now=0.0)
    return board


def names(grid: Grid) -> tuple[list[str], list[str]]:
    return [row.key for row in grid.rows], [column.key for column in grid.columns]


def asked(grid: Grid, text: str = "", *, only: bool = False) -> Grid:
    """The grid under that filter."""
    grid.look.query, grid.look.only = parse(text), only
    grid.apply()
    return grid


def place(grid: Grid, endpoint: str, origin: str) -> Place:
    return grid.place(*at(grid, endpoint, origin))


def at(grid: Grid, endpoint: str, origin: str) -> tuple[Row, Column]:
    row = next(row for row in grid.all_rows if row.key == endpoint)
    return row, next(column for column in grid.all_columns if column.key == origin)


BLOCKED: dict[str, Any] = {"verdict": "blocked", "reason": "acao-missing", "status": None}


def test_rows_and_columns_keep_the_order_of_the_profile() -> None:
    grid = Grid((filled(3, 2),))
    assert names(grid) == (["endpoint 0", "endpoint 1", "endpoint 2"], ["origin0", "origin1"])
    assert not grid.filtered


def test_a_filter_word_matches_endpoints_origins_and_outcomes() -> None:
    grid = Grid((filled(3, 3, r1c2=BLOCKED),))
    asked(grid, '"endpoint 2"')
    assert names(grid)[0] == ["endpoint 2"]
    asked(grid, "O1.EXAMPLE")
    assert names(grid)[1] == ["origin1"]
    asked(grid, "blocked")
    assert names(grid) == (["endpoint 1"], ["origin2"])
    asked(grid, "acao")
    assert names(grid) == (["endpoint 1"], ["origin2"])
    asked(grid, "delete")
    assert names(grid)[0] == ["endpoint 2"]
    asked(grid, '"nothing like this"')
    assert names(grid) == ([], [])
    asked(grid)
    assert len(grid.rows) == 3


def test_cells_that_do_not_match_between_those_that_do_are_dimmed() -> None:
    grid = Grid((filled(2, 2, r0c0=BLOCKED, r1c1=BLOCKED),))
    asked(grid, "blocked")
    assert not grid.dimmed(*at(grid, "endpoint 0", "origin0"))
    assert grid.dimmed(*at(grid, "endpoint 0", "origin1"))


def test_only_shows_what_is_not_as_expected() -> None:
    grid = Grid((filled(3, 3, r2c0={"as_expected": False}, r1c1=BLOCKED | {"as_expected": True}),))
    asked(grid, only=True)
    assert names(grid) == (["endpoint 2"], ["origin0"])


def test_compare_pairs_by_name_and_marks_what_differs() -> None:
    grid = Grid((filled(2, 2), filled(2, 2, "production", r0c1=BLOCKED)), differ=lambda a, b: a.verdict != b.verdict)
    assert [grid.settle() for _ in range(5)] == [*(place for place in grid.boards[0].by_name), None]
    shown = ["".join(text for text, _ in pair(place(grid, "endpoint 0", origin))) for origin in ("origin0", "origin1")]
    assert shown == ["✓     ✓  ", "✓  <> ✗> "]
    assert {look for _, look in pair(place(grid, "endpoint 0", "origin0"))} == {"quiet"}
    assert grid.differences() == (1, 0, 4)
    asked(grid, only=True)
    assert names(grid) == (["endpoint 0"], ["origin1"])


def test_looking_at_a_comparison_judges_nothing() -> None:
    grid = Grid((filled(2, 1), filled(2, 1, "production")), differ=lambda a, b: True)
    asked(grid, only=True)
    assert grid.rows == []
    asked(grid)
    assert [grid.row_total(row).compared for row in grid.rows] == ["", ""]
    assert grid.stops_at(*at(grid, "endpoint 1", "origin0"))
    assert [grid.row_total(row).compared for row in grid.rows] == ["", "1<>"]
    assert [grid.settle() for _ in range(3)] == [("endpoint 0", "origin0"), ("endpoint 1", "origin0"), None]
    assert [grid.row_total(row).compared for row in grid.rows] == ["1<>", "1<>"]


def test_what_cannot_be_compared_is_not_the_same_as_equal() -> None:
    grid = Grid((filled(1, 1), filled(1, 1, "production")), differ=lambda a, b: None)
    grid.settle()
    assert pair(place(grid, "endpoint 0", "origin0"))[1][0] == "?? "
    assert grid.noteworthy("endpoint 0", "origin0")
    assert grid.differences() == (0, 1, 1)
    assert grid.row_total(grid.rows[0]).compared == "1??"


def test_a_pair_is_not_judged_before_both_sides_are_there() -> None:
    waiting = Board.of("production", "chromium", planned(1, 1, environment="production"), mark)
    grid = Grid((filled(1, 1), waiting), differ=lambda a, b: True)
    assert pair(place(grid, "endpoint 0", "origin0"))[1][0] == "   "
    assert grid.differences() == (0, 0, 0)


def test_a_new_result_is_judged_again() -> None:
    first, second = filled(1, 1), filled(1, 1, "production")
    grid = Grid((first, second), differ=lambda a, b: a.verdict != b.verdict)
    grid.settle()
    assert place(grid, "endpoint 0", "origin0").difference is False
    (key,) = second.slots
    second.queue([key], run=2, now=0.0)
    second.finish(FakeCell(key, **BLOCKED), run=2, now=0.0)
    assert grid.differences() == (0, 0, 1)
    grid.touch([("endpoint 0", "origin0")])
    grid.settle()
    assert grid.differences() == (1, 0, 1)
    assert place(grid, "endpoint 0", "origin0").difference is True


def test_a_place_on_one_side_only_cannot_be_compared() -> None:
    other = Board.of("production", "chromium", [], mark)
    grid = Grid((filled(1, 1), other))
    grid.settle()
    assert "".join(text for text, _ in pair(place(grid, "endpoint 0", "origin0"))) == "✓  ??    "


def test_names_with_control_characters_are_shown_escaped() -> None:
    item = rename(planned(1, 1)[0], endpoint="evil\x1b[2J", origin="o\u202e")
    grid = Grid((Board.of("staging", "chromium", [item], mark),))
    assert grid.rows[0].label == r"evil\x1b[2J"
    assert grid.columns[0].label == r"o\u202e"


def test_walking_visits_every_place_once_and_ends_where_it_began() -> None:
    grid = Grid((filled(2, 3),))
    there = list(grid.walk((1, 1), 1))
    assert there[0] == (1, 2)
    assert there[-1] == (1, 1)
    assert len(set(there)) == 6
    assert next(grid.walk((0, 0), -1)) == (1, 2)
