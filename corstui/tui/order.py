"""The orders in which rows and columns can stand. Sorting is stable, so equals keep the order of the profile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeVar

from corstui.tui.place import weight

if TYPE_CHECKING:
    from corstui.tui.axes import Column, Row
    from corstui.tui.place import Place

Order = Literal["profile", "failures", "name", "latency"]

#: In the order in which a key goes through them, each with what it is called.
ORDERS: dict[Order, str] = {
    "profile": "as in the profile",
    "failures": "failures first",
    "name": "by name",
    "latency": "slowest first",
}

Line = TypeVar("Line", "Row", "Column")


def following(order: Order) -> Order:
    """The order after this one."""
    names = list(ORDERS)
    return names[(names.index(order) + 1) % len(names)]


def ordered(lines: Sequence[Line], order: Order, places: Callable[[Line], Sequence[Place]]) -> list[Line]:
    """The lines in that order. ``places``: what stands along one of them."""
    if order == "failures":
        return sorted(lines, key=lambda line: failures(places(line)), reverse=True)
    if order == "name":
        return sorted(lines, key=lambda line: line.label.casefold())
    if order == "latency":
        return sorted(lines, key=lambda line: latency(places(line)), reverse=True)
    return list(lines)


def failures(places: Sequence[Place]) -> tuple[object, ...]:
    """Grows with what differs, then with the gravest results and how many of each there are."""
    found = (weight(slot) for place in places for slot in place.slots)
    weights = sorted((each for each in found if each[0]), reverse=True)
    differing = sum(place.difference is True for place in places)
    return (differing, *((gravest, len(list(same))) for gravest, same in groupby(weights)))


def latency(places: Sequence[Place]) -> float:
    """Milliseconds of the slowest finished flow; -1 when there is none."""
    cells = (slot.cell for place in places for slot in place.slots)
    return max((cell.duration_ms for cell in cells if cell is not None), default=-1.0)
