"""How wide the columns of a matrix are, and which of them are in sight, without a widget."""

from __future__ import annotations

from dataclasses import replace

from rich.segment import Segment
from rich.style import Style

from corstui.tui.columns import Columns, room_for_names, room_for_totals
from corstui.tui.faces import Zoom
from corstui.tui.grid import Grid
from corstui.tui.painting import Cursor, Painter
from corstui.tui.window import Window
from tests.tui.fakes import FakeCell
from tests.tui.test_grid_look import grouped
from tests.tui.test_matrix import board

AWAY = Cursor(-1, -1, focused=True)


def text(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments).rstrip()


def painter(grid: Grid, room: int = 60, zoom: Zoom = Zoom.LABEL, *, ascii: bool = False) -> Painter:
    names = room_for_names(grid, 80)
    window = Window()
    window.lay_out(sum(names) + 4, room, Columns(grid).widths(zoom))
    return Painter(lambda name: Style(), ascii, grid, window, zoom, names)


def test_a_column_grows_with_what_comes_and_never_shrinks() -> None:
    one = board(1, 2)
    grid = Grid((one,))
    columns = Columns(grid)
    before = columns.widths(Zoom.LABEL)
    slot = next(iter(one))
    for reason, grown in (("PF ACAO", True), ("x", False)):
        one.queue([slot.key], run=2, now=0.0)
        one.finish(FakeCell(slot.key, verdict="blocked", reason=reason), run=2, now=0.0)
        assert columns.grows(grid.rows[0], grid.columns[0], Zoom.LABEL) is grown
    now = columns.widths(Zoom.LABEL)
    assert now[0] > before[0]
    assert now[1] == before[1]


def test_the_zoom_that_fits_is_the_most_that_shows_every_column() -> None:
    columns = Columns(Grid((board(2, 10),)))
    wanted = {zoom: sum(columns.widths(zoom)) + 10 for zoom in Zoom}
    assert columns.fitting(wanted[Zoom.DETAIL]) is Zoom.DETAIL
    assert columns.fitting(wanted[Zoom.DETAIL] - 1) is Zoom.LABEL
    # neither shows all of them: labels do, as long as marks show no more than they
    assert columns.fitting(wanted[Zoom.MARK] - 1) is Zoom.LABEL


def test_long_names_give_way_on_a_narrow_terminal() -> None:
    grid = Grid((board(2, 2),))
    grid.rows[0] = replace(grid.rows[0], method="PROPPATCH", label="a name of nearly forty characters in all")
    assert room_for_names(grid, 80) == (7, 16)
    assert room_for_names(grid, 300) == (7, 40)
    assert room_for_names(Grid(()), 80) == (0, 0)


def test_totals_have_room_for_the_most_that_can_come() -> None:
    assert room_for_totals(Grid((board(3, 3),)), lambda total: total.text) == 9
    assert room_for_totals(Grid((grouped("aa", 2000),)), lambda total: total.text) == len("2000/2000") + 1


def test_columns_out_of_sight_are_counted_on_both_sides() -> None:
    grid = Grid((board(1, 9),))
    shown = painter(grid, room=24)
    shown.window.reveal(4)
    inside = " ".join(f"origin{index}" for index in shown.window.shown)
    left, right = shown.window.first, 9 - shown.window.shown.stop
    assert left
    assert right
    assert " ".join(text(shown.header(AWAY)).split()) == f"<{left} {inside} {right}>"


def test_selected_places_stand_in_brackets_that_neighbours_share() -> None:
    grid = Grid((board(1, 3),))
    grid.look.selected = {("endpoint 0", "origin0"), ("endpoint 0", "origin1")}
    line = text(painter(grid).line(0, AWAY))
    assert [char for char in line if char in "[]|"] == ["[", "|", "]"]


def test_the_cursor_is_told_without_colour_and_without_other_characters_where_asked_to() -> None:
    grid = Grid((board(1, 1),))
    here = Cursor(0, 0, focused=True)
    line = painter(grid, ascii=True).line(0, here)
    assert text(line).startswith(">GET")
    assert any(segment.style and segment.style.reverse for segment in line)
    away = painter(grid, ascii=True).line(0, Cursor(0, 0, focused=False))
    assert text(away).startswith(" GET")
    assert any(segment.style and segment.style.underline for segment in away)


def test_what_is_said_in_place_of_rows_is_cut_and_harmless() -> None:
    said = painter(Grid(()), ascii=True).message("\x1b[2J" + "x" * 30, 20)
    assert text(said) == r" \x1b[2Jxxxxxxxxx.."
