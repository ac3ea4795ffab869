"""Totals that change place by place come out like totals that are added up anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corstui.tui.sums import Names, Sums, Total

ROWS, COLUMNS = 3, 4
_totals = st.builds(Total, *(st.integers(0, 1) for _ in range(6)))
_places = st.tuples(st.integers(0, ROWS - 1).map(str), st.integers(0, COLUMNS - 1).map(str))


def lines() -> dict[str, list[Names]]:
    rows = {f"row {row}": [(str(row), str(column)) for column in range(COLUMNS)] for row in range(ROWS)}
    return rows | {f"column {column}": [(str(row), str(column)) for row in range(ROWS)] for column in range(COLUMNS)}


@given(
    st.dictionaries(_places, _totals),
    st.lists(st.tuples(_places, _totals)),
    st.sets(st.sampled_from(sorted(lines()))),
)
def test_totals_follow_every_change(
    before: dict[Names, Total], changes: list[tuple[Names, Total]], seen: set[str]
) -> None:
    now = dict(before)
    sums = Sums(lambda place: now.get(place, Total()))
    for name in sorted(seen):
        sums.of(name, lines()[name])
    for place, total in changes:
        now[place] = total
        sums.renew(place, (f"row {place[0]}", f"column {place[1]}"))
    fresh = Sums(lambda place: now.get(place, Total()))
    for name, places in lines().items():
        assert sums.of(name, places) == fresh.of(name, places)
