"""The figures, their goals, and the table in the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import table
from benchmarks.figures import Figure, Goal, percentile, shown


def test_the_median_of_the_repetitions_is_held_against_the_goal() -> None:
    values = (1.0, 9.0, 2.0)
    assert Figure("a", values, "x", Goal(2.0)).outcome == "met"
    assert Figure("a", values, "x", Goal(1.9)).outcome == "missed"
    assert Figure("a", values, "x", Goal(2.1, at_least=True)).outcome == "missed"
    assert Figure("a", values, "x").outcome == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.0512, "x", "0.0512 x"), (2.345, "ms", "2.35 ms"), (1234.5, "KB", "1234 KB"), (3.0, "", "3")],
)
def test_a_value_is_shown_with_three_digits(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_the_95th_percentile_is_exceeded_by_one_in_twenty() -> None:
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95
    assert percentile([float(n) for n in range(1, 101)], 0.5) == 50
    assert percentile([7.0], 0.95) == 7


def test_the_table_tells_what_was_missed_and_what_could_not_be_measured() -> None:
    sections = {"Engine": [Figure("cost", (2.0, 4.0, 3.0), "x", Goal(2.5), "3 against 1"), "wrk is not installed"]}
    text = table.render(sections, "on a machine")
    assert "| cost: 3 against 1 | 3 x | 2 - 4 | at most 2.5 x | missed |" in text
    assert text.endswith("wrk is not installed\nMeasured on a machine.")


def test_writing_changes_only_what_stands_between_the_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.write("new", readme)
    assert readme.read_text() == f"before\n{table.BEGIN}\n\nnew\n\n{table.END}\nafter\n"


def test_a_readme_without_a_place_for_the_table_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n")
    with pytest.raises(ValueError, match="no place"):
        table.write("new", readme)
    assert readme.read_text() == "before\n"
