"""A board keeps the state of every planned cell and counts what came out."""

from __future__ import annotations

from typing import Any

from corstui.tui.board import Board, State
from tests.tui.fakes import FakeCell, mark, planned


def board(rows: int = 2, columns: int = 2, **fields: Any) -> Board:
    return Board.of("staging", "chromium", planned(rows, columns, **fields), mark)


def test_a_cell_goes_from_idle_over_queued_and_running_to_done() -> None:
    one = board()
    key = next(iter(one)).key
    assert one.slots[key].state is State.IDLE
    assert one.queue([key], run=1, now=0.0) == [key]
    assert one.slots[key].face.text == "."
    assert one.start(key, run=1) is one.slots[key]
    assert one.slots[key].face.text == ">"
    one.finish(FakeCell(key), run=1, now=1.0)
    assert one.slots[key].face.text == "✓  200"
    assert (one.pending, one.done, one.symbols["✓"]) == (0, 1, 1)


def test_asking_twice_for_a_cell_under_way_asks_once() -> None:
    one = board()
    keys = list(one.slots)
    one.queue(keys[:2], run=1, now=0.0)
    assert one.queue(keys, run=2, now=0.0) == keys[2:]
    assert one.progress.total == 4


def test_news_of_an_older_run_change_nothing() -> None:
    one = board()
    key = next(iter(one)).key
    one.queue([key], run=1, now=0.0)
    one.stop()
    one.queue([key], run=2, now=0.0)
    assert one.start(key, run=1) is None
    assert one.finish(FakeCell(key), run=1, now=0.0) is None
    assert one.slots[key].state is State.QUEUED


def test_stopping_brings_back_old_results_and_says_which_cells_never_ran() -> None:
    one = board()
    first, second, *_ = one.slots
    one.queue([first], run=1, now=0.0)
    one.finish(FakeCell(first, verdict="blocked", reason="acao-missing", sent=False), run=1, now=0.0)
    one.queue([first, second], run=2, now=1.0)
    one.start(first, run=2)
    stopped = one.stop()
    assert [slot.key for slot in stopped] == [first, second]
    assert one.slots[first].face.text == "✗  acao-mis"
    assert one.slots[second].face.text == ".  stopped"
    assert (one.pending, one.stopped, one.done, one.progress.total) == (0, 1, 1, 0)


def test_a_rerun_replaces_a_result_in_the_counts() -> None:
    one = board()
    key = next(iter(one)).key
    for run, cell in enumerate((FakeCell(key, as_expected=False), FakeCell(key, "blocked", "x", as_expected=True)), 1):
        one.queue([key], run=run, now=0.0)
        one.finish(cell, run=run, now=0.0)
    assert one.symbols["✓"] == 0
    assert one.symbols["✗>"] == 1
    assert one.unexpected == 0


def test_suffixes_tell_unexpected_and_inconclusive() -> None:
    one = board()
    key = next(iter(one)).key
    assert one.face(FakeCell(key, as_expected=False)).text == "✓  200*"
    assert one.face(FakeCell(key, status=502, inconclusive=True)).text == "✓  502?"
    assert one.face(FakeCell(key, as_expected=True)).quiet


def test_progress_estimates_the_time_left_from_what_is_done() -> None:
    one = board(2, 2)
    keys = list(one.slots)
    one.queue(keys, run=1, now=10.0)
    assert one.progress.seconds_left(10.5) is None
    one.finish(FakeCell(keys[0]), run=1, now=11.0)
    assert one.progress.rate(11.0) == 1.0
    assert one.progress.seconds_left(11.0) == 3.0
    assert one.progress.seconds_left(13.0) == 9.0, "a stalled run takes longer than it seemed"


def test_without_expectations_whatever_is_blocked_deserves_a_look() -> None:
    one = board()
    slot = next(iter(one))
    slot.cell = FakeCell(slot.key, "blocked", "x")  # type: ignore[assignment]
    assert one.deserves_a_look(slot)
    one.expectations = 1
    assert not one.deserves_a_look(slot)
    slot.cell = FakeCell(slot.key, "error", "timeout")  # type: ignore[assignment]
    assert one.deserves_a_look(slot)


def test_a_new_board_adopts_the_results_that_still_hold() -> None:
    old, new = board(), board()
    first, second, *_ = old.slots
    old.queue([first, second], run=1, now=0.0)
    for key in (first, second):
        old.finish(FakeCell(key), run=1, now=0.0)
    new.adopt(old, lambda cell, planned: cell if planned.key == first else None)
    assert new.slots[first].state is State.DONE
    assert new.slots[second].state is State.IDLE
    assert new.done == 1


def test_a_waived_cell_is_counted_apart_and_asks_for_no_look() -> None:
    one = board()
    key = next(iter(one)).key
    one.queue([key], run=1, now=0.0)
    slot = one.finish(FakeCell(key, verdict="blocked", reason="acao-missing", waiver_state="in-force"), run=1, now=1.0)
    assert slot is not None
    assert (one.waived, one.unexpected, one.expected) == (1, 0, 0)
    one.expectations = 1
    assert not one.deserves_a_look(slot)
