"""Where the columns of the matrix are, and which of them are in sight: plain numbers, in columns of the terminal."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(slots=True)
class Window:
    """``frozen`` columns that stay, then ``widths`` that scroll by whole columns, each with a gap of one after it.

    ``room``: what there is for those that scroll. ``first``: the leftmost of them in sight.
    """

    frozen: int = 0
    room: int = 0
    first: int = 0
    widths: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)

    def lay_out(self, frozen: int, room: int, widths: Sequence[int]) -> None:
        """Take other sizes; ``first`` stays."""
        self.frozen, self.room, self.widths = frozen, room, list(widths)
        self._ends = list(accumulate(width + 1 for width in widths))

    def __len__(self) -> int:
        return len(self.widths)

    @property
    def full_width(self) -> int:
        """With which nothing is out of sight sideways, the hint's place and a blank included."""
        return self.frozen + (self._ends[-1] if self._ends else 0) + 2

    @property
    def shown(self) -> range:
        """The columns in sight; at least one, however narrow the terminal."""
        last = bisect_right(self._ends, self._start(self.first) + self.room + 1)
        return range(self.first, max(last, min(self.first + 1, len(self._ends))))

    def x(self, column: int) -> int:
        """Where a column begins."""
        return self.frozen + self._start(column) - self._start(self.first)

    def under(self, x: int) -> int | None:
        """The column at a place on screen; None right of the last one in sight."""
        column = bisect_right(self._ends, x - self.frozen + self._start(self.first))
        return column if column < self.shown.stop else None

    def reveal(self, column: int) -> None:
        """Scroll so that a column is in sight, and no further."""
        if not self._ends:
            self.first = 0
            return
        furthest = min(column, self._leftmost(len(self._ends) - 1))
        self.first = max(self._leftmost(column), min(self.first, furthest))

    def slide(self, columns: int) -> None:
        """Scroll by whole columns."""
        if self._ends:
            self.first = max(0, min(self.first + columns, self._leftmost(len(self._ends) - 1)))

    def _start(self, column: int) -> int:
        return self._ends[column - 1] if column else 0

    def _leftmost(self, column: int) -> int:
        """The smallest first column with which ``column`` is still in sight."""
        starts = [0, *self._ends[:-1]]
        return min(column, bisect_left(starts, self._ends[column] - self.room - 1))
