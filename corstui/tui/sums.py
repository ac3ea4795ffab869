"""What the rows and the columns of the matrix add up to, kept up to date place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

#: Endpoint and origin.
Names = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Total:
    """Counts over a row or a column: places, those with every result, allowed ones, not as expected, differing, and
    those that cannot be compared."""

    places: int = 0
    done: int = 0
    allowed: int = 0
    unexpected: int = 0
    differing: int = 0
    unclear: int = 0

    def plus(self, other: Total, sign: int = 1) -> Total:
        """With what another one counts, or with ``sign`` -1 without it."""
        return Total(
            self.places + sign * other.places,
            self.done + sign * other.done,
            self.allowed + sign * other.allowed,
            self.unexpected + sign * other.unexpected,
            self.differing + sign * other.differing,
            self.unclear + sign * other.unclear,
        )

    @property
    def text(self) -> str:
        """``15/21``, with what is not as expected: ``15/21 3*``."""
        said = f"{self.allowed}/{self.places}" if self.places else ""
        return f"{said} {self.unexpected}*" if self.unexpected else said

    @property
    def compared(self) -> str:
        """``3<> 1??`` of a comparison: so many differ, so many cannot be compared; ``same`` when all results are there
        and neither is the case."""
        counts = ((self.differing, "<>"), (self.unclear, "??"))
        said = " ".join(f"{count}{mark}" for count, mark in counts if count)
        return said or ("same" if self.places and self.done == self.places else "")


def shortened(text: str, width: int) -> str:
    """As much of a total as there is room for: whole numbers, for a part of one would be another one."""
    first = text.partition(" ")[0]
    return next((each for each in (text, first, first.partition("/")[0]) if len(each) <= width), "")


@dataclass(slots=True)
class Sums:
    """Totals by name. ``count`` tells what one place adds as it is now.

    A thousand results a second change a thousand places: each costs two subtractions and two additions, however long
    its row and its column are.
    """

    count: Callable[[Names], Total]
    _parts: dict[Names, Total] = field(default_factory=dict)
    _totals: dict[str, Total] = field(default_factory=dict)

    def of(self, name: str, places: Iterable[Names]) -> Total:
        """The total of this name. ``places`` are those that it is made of."""
        if name not in self._totals:
            total = Total()
            for place in places:
                if place not in self._parts:
                    self._parts[place] = self.count(place)
                total = total.plus(self._parts[place])
            self._totals[name] = total
        return self._totals[name]

    def renew(self, place: Names, names: Iterable[str]) -> None:
        """The place has changed, which is a part of the totals of these names."""
        old = self._parts.get(place)
        if old is None:
            return
        new = self._parts[place] = self.count(place)
        if new != old:
            for name in names:
                if name in self._totals:
                    self._totals[name] = self._totals[name].plus(new).plus(old, -1)

    def forget(self) -> None:
        """Add up anew; the places may be others."""
        self._parts.clear()
        self._totals.clear()
