"""The matrix draws what its window shows, follows its cursor and repaints no more than what changed."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from corstui.tui.board import Board
from corstui.tui.faces import Zoom, fit
from corstui.tui.grid import Grid
from corstui.tui.widgets.matrix import Matrix
from tests.tui.fakes import FakeCell, mark, planned, rename
from tests.tui.test_grid import asked


class MatrixApp(App[None]):
    def __init__(self, grid: Grid, zoom: Zoom | None = Zoom.LABEL) -> None:
        super().__init__()
        self.grid, self.zoom = grid, zoom
        self.highlighted: list[tuple[str, str] | None] = []
        self.opened: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield Matrix()

    def on_mount(self) -> None:
        self.matrix.zoom = self.zoom
        self.matrix.show(self.grid)

    @property
    def matrix(self) -> Matrix:
        return self.query_one(Matrix)

    @property
    def at(self) -> tuple[str, str] | None:
        """Endpoint and origin under the cursor."""
        return (self.matrix.at[0].key, self.matrix.at[1].key) if self.matrix.at is not None else None

    def on_matrix_cell_highlighted(self) -> None:
        self.highlighted.append(self.at)

    def on_matrix_cell_opened(self, message: Matrix.CellOpened) -> None:
        self.opened.append((message.row.key, message.column.key))

    def lines(self) -> list[str]:
        return [self.matrix.render_line(y).text.rstrip() for y in range(self.matrix.size.height)]


def board(rows: int, columns: int, environment: str = "staging", **fields: Any) -> Board:
    one = Board.of(environment, "chromium", planned(rows, columns, environment=environment), mark)
    one.queue(list(one.slots), run=1, now=0.0)
    for key in list(one.slots):
        one.finish(FakeCell(key, **fields), run=1, now=0.0)
    return one


async def test_rows_columns_marks_and_labels_are_drawn() -> None:
    app = MatrixApp(Grid((board(2, 2),)))
    async with app.run_test(size=(60, 6)):
        assert app.lines()[:3] == [
            "                  origin0 origin1",
            "›GET  endpoint 0  ✓  200  ✓  200",
            " POST endpoint 1  ✓  200  ✓  200",
        ]


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("down", (1, 0)),
        ("j j k", (1, 0)),
        ("l l h", (0, 1)),
        ("right", (0, 1)),
        ("G", (39, 0)),
        ("G g", (0, 0)),
        ("end", (0, 39)),
        ("end home", (0, 0)),
        ("up", (0, 0)),
        ("pagedown", (8, 0)),
        ("pagedown pagedown pageup", (8, 0)),
    ],
)
async def test_keys_move_the_cursor(keys: str, place: tuple[int, int]) -> None:
    app = MatrixApp(Grid((board(40, 40),)))
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press(*keys.split())
        assert (app.matrix.row, app.matrix.column) == place
        assert f"endpoint {place[0]} " in "\n".join(app.lines())
        assert f"origin{place[1]}" in app.lines()[0]


async def test_the_header_and_the_names_stay_and_hints_count_what_is_hidden() -> None:
    app = MatrixApp(Grid((board(40, 40),)))
    async with app.run_test(size=(60, 10)) as pilot:
        assert app.lines()[0].split()[-1] == "36>"
        await pilot.press("G", "end")
        header, *_, last = app.lines()
        assert header.split()[0] == "<36"
        assert header.split()[-1] == "origin39"
        assert last.startswith("›GET    endpoint 39")


async def test_a_second_click_opens_the_cell() -> None:
    app = MatrixApp(Grid((board(3, 3),)))
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("down")
        await pilot.click(Matrix, offset=(34, 3))
        assert app.at == ("endpoint 2", "origin1")
        await pilot.click(Matrix, offset=(34, 3))
        assert app.opened[-1] == ("endpoint 2", "origin1")
        await pilot.click(Matrix, offset=(4, 1))
        assert app.at == ("endpoint 0", "origin1")
        assert len(app.opened) == 1


async def test_an_update_repaints_one_cell_and_the_total_of_its_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    one = board(300, 300)
    app = MatrixApp(Grid((one,)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        repainted: list[Region] = []
        monkeypatch.setattr(app.matrix, "refresh", lambda *regions, **_: repainted.extend(regions))
        slot = one.by_name["endpoint 2", "origin1"]
        one.queue([slot.key], run=2, now=0.0)
        one.finish(FakeCell(slot.key, "blocked", "x", sent=False), run=2, now=0.0)
        app.matrix.update_cells([("endpoint 2", "origin1"), ("not", "there")])
        assert [region.size for region in repainted] == [(8, 1), (9, 1)]
        asked: list[object] = []
        monkeypatch.setattr(app.matrix, "refresh", lambda *regions, **_: asked.append(regions))
        app.matrix.update_cells([("endpoint 200", "origin1")])
        assert asked == []
        assert app.lines()[3][repainted[0].x :].startswith("✗  x")


async def test_a_longer_label_widens_its_column() -> None:
    one = board(2, 2)
    app = MatrixApp(Grid((one,)))
    async with app.run_test(size=(80, 6)):
        slot = one.by_name["endpoint 0", "origin0"]
        one.queue([slot.key], run=2, now=0.0)
        one.finish(FakeCell(slot.key, "blocked", "PF ACAO!", as_expected=False), run=2, now=0.0)
        app.matrix.update_cells([("endpoint 0", "origin0")])
        assert app.lines()[1].split("endpoint 0")[1].strip() == "✗> PF ACAO!* ✓  200"


async def test_the_cursor_stays_with_its_cell_when_the_filter_changes() -> None:
    grid = Grid((board(5, 5),))
    app = MatrixApp(grid)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("down", "down", "right")
        asked(grid, '"endpoint 2"')
        app.matrix.show(grid)
        assert app.at == ("endpoint 2", "origin1")
        assert app.lines()[0].strip().startswith("1 of 5")
        asked(grid, '"nothing at all"')
        app.matrix.show(grid)
        assert app.at is None
        assert app.lines()[0] == " 0 of 5"
        await pilot.press("down", "G", "end")
        asked(grid)
        app.matrix.show(grid)
        await pilot.pause()
        assert app.at is not None
        assert app.highlighted[-1] == app.at
        assert app.opened == []


async def test_wide_and_combining_characters_keep_the_columns_in_line() -> None:
    items = [
        rename(planned(1, 1)[0], endpoint="注文一覧を取得する長い名前", origin="店"),
        rename(planned(1, 1)[0], endpoint="cafe\u0301", origin="店"),
    ]
    one = Board.of("staging", "chromium", items, mark)
    app = MatrixApp(Grid((one,)))
    async with app.run_test(size=(40, 6)):
        strips = [app.matrix.render_line(y) for y in (1, 2)]
        assert {strip.cell_length for strip in strips} == {40}
        assert "…" in strips[0].text


async def test_compare_shows_both_marks_and_what_differs() -> None:
    grid = Grid((board(1, 1), board(1, 1, "production", verdict="blocked", reason="x")), differ=lambda a, b: True)
    grid.settle()
    app = MatrixApp(grid)
    async with app.run_test(size=(60, 6)):
        assert "✓  <> ✗>" in app.lines()[1]


async def test_a_window_too_small_for_one_column_still_shows_it() -> None:
    app = MatrixApp(Grid((board(3, 3),)))
    async with app.run_test(size=(12, 3)) as pilot:
        await pilot.press("right", "down", "right", "left")
        assert app.at == ("endpoint 1", "origin1")


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abc", 5, "abc  "), ("abcdef", 4, "abc…"), ("注文一覧", 5, "注文…"), ("注文一覧", 4, "注… "), ("a", 0, "")],
)
def test_fit_cuts_and_pads_by_terminal_columns(text: str, width: int, shown: str) -> None:
    assert fit(text, width) == shown


def folded(rows: int, columns: int, **fields: Any) -> Grid:
    """All endpoints as one row, which is an endpoint's own where another one has no group."""
    items = [each.endpoint_with(group="all") for each in planned(rows, columns, expectation="allow")]
    items += [rename(each, endpoint="alone") for each in planned(1, columns)]
    one = Board.of("staging", "chromium", items, mark)
    one.queue(list(one.slots), run=1, now=0.0)
    for key in list(one.slots):
        one.finish(FakeCell(key, **fields), run=1, now=0.0)
    grid = Grid((one,))
    grid.look.folded = {"all"}
    grid.apply()
    return grid


async def test_a_fold_has_room_for_its_counts_and_its_total() -> None:
    app = MatrixApp(folded(30, 4, verdict="blocked", reason="x", as_expected=False))
    async with app.run_test(size=(120, 20)):
        assert app.lines()[1].split() == ["›+30", "all", "0/120", "120*", *["✗>", "30/30*"] * 4]
        app.matrix.zoom = Zoom.MARK
        app.matrix.lay_out()
        assert app.lines()[1].split() == ["›+30", "all", "0/120", "120*", *["✗>*"] * 4]


async def test_a_fold_that_is_made_later_has_room_too() -> None:
    grid = folded(30, 4, as_expected=False)
    grid.look.folded = set()
    grid.apply()
    app = MatrixApp(grid)
    async with app.run_test(size=(80, 20)):
        grid.look.folded = {"all"}
        grid.apply()
        app.matrix.show(grid)
        assert app.lines()[1].split() == ["›+30", "all", *["✓", "30/30*"] * 4]


async def test_a_total_is_told_in_whole_numbers_only() -> None:
    grid = folded(30, 4, as_expected=False)
    grid.look.folded = set()
    grid.apply()
    app = MatrixApp(grid, Zoom.MARK)
    async with app.run_test(size=(100, 20)):
        assert app.lines()[-1].split() == ["allowed", "31", "31", "31", "31"]
