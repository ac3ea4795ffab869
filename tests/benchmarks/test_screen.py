"""What was painted where, and when a press was answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.keypress import answers
from benchmarks.paced import answered
from benchmarks.profiles import profile_text
from benchmarks.screen import Painter
from corstui import load_profile
from corstui.runner import plan


def cursor(row: int, column: int) -> bytes:
    """A cursor painted in the matrix: its rows begin on the fourth line of the screen."""
    return f"\x1b[{row + 4};{30 + 8 * column}H\x1b[1;7mxx\x1b[0m".encode()


@pytest.mark.parametrize(
    ("style", "found"),
    [
        ("7", [(2, 4)]),
        ("1;38;2;7;7;7;48;5;7", []),
        ("38;2;27;0;0;7", [(2, 4)]),
        ("7;27", []),
        ("7;0", []),
        ("", []),
    ],
)
def test_reverse_video_is_told_from_colours(style: str, found: list[tuple[int, int]]) -> None:
    assert list(Painter().reversed(f"\x1b[?2026h\x1b[3;5H\x1b[{style}mtext\x1b[0mrest".encode())) == found


def test_output_that_comes_in_any_pieces_means_the_same() -> None:
    whole = "\x1b]0;name\x07\x1b[3;5H›\x1b[7m\x1b[32mtext\x1b[0m".encode()
    for cut in range(len(whole)):
        painter = Painter()
        places = [*painter.reversed(whole[:cut]), *painter.reversed(whole[cut:])]
        assert places[0] == (2, 5)
        assert {y for y, _ in places} == {2}


def test_a_press_is_answered_when_the_cursor_stands_where_it_or_a_later_press_sent_it() -> None:
    presses = [(1.0, (1, 0)), (1.1, (1, 1)), (1.2, (2, 1)), (3.0, (1, 1))]
    pieces = [
        (0.5, cursor(0, 0)),
        (1.05, cursor(1, 0)),
        (1.06, cursor(1, 0)),
        (1.3, cursor(2, 1)),
        (3.25, cursor(1, 1)),
    ]
    assert [round(seconds, 3) for seconds in answers(presses, pieces)] == [0.05, 0.2, 0.1, 0.25]


def test_a_press_without_an_answer_counts_until_the_end() -> None:
    assert list(answers([(1.0, (1, 0))], [(0.5, cursor(0, 0)), (6.0, b"something else")])) == [5.0]


def test_a_replayed_cell_is_judged_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(profile_text(1, 2, refused=1))
    allowed, refused = (answered(planned) for planned in plan(load_profile(path, process_env={})).cells)
    assert (allowed.verdict, allowed.status, len(allowed.exchanges)) == ("allowed", 200, 2)
    assert (refused.verdict, refused.phase, refused.as_expected) == ("blocked", "preflight", False)
