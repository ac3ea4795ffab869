"""The change log: every result that came out otherwise than the one before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from corstui.printable import printable
from corstui.tui.board import came_out

if TYPE_CHECKING:
    from corstui.runner import Cell, CellKey

#: The oldest entries go when there are more.
KEPT = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that came out otherwise. ``when`` is an aware time."""

    when: datetime
    key: CellKey
    before: str
    after: str
    reason: str | None

    def text(self, dot: str = "·") -> str:
        """``12:03:10 production · list orders · partner: allowed 200, now blocked, acao-missing``, safe to show."""
        names = f" {dot} ".join(map(printable, (self.key.environment, self.key.endpoint, self.key.origin)))
        reason = f", {self.reason}" if self.reason else ""
        return f"{self.when.astimezone():%H:%M:%S} {names}: {self.before}, now {self.after}{reason}"


@dataclass(slots=True)
class ChangeLog:
    """The latest changes. ``unseen``: how many came since somebody last looked."""

    unseen: int = 0
    _changes: deque[Change] = field(default_factory=lambda: deque(maxlen=KEPT))

    def __len__(self) -> int:
        return len(self._changes)

    def __iter__(self) -> Iterator[Change]:
        """The newest first."""
        return reversed(self._changes)

    def note(self, before: Cell | None, after: Cell, when: datetime) -> Change | None:
        """Compare two results of one cell; the new entry where they came out otherwise."""
        if before is None or came_out(before) == came_out(after):
            return None
        change = Change(when, after.key, _said(before), _said(after), after.reason)
        self._changes.append(change)
        self.unseen += 1
        return change


def _said(cell: Cell) -> str:
    """The verdict with what tells it from another of its kind."""
    if cell.verdict == "allowed":
        return f"allowed {cell.status}" if cell.status is not None else "allowed"
    return f"{cell.verdict} after it was sent" if cell.verdict in ("blocked", "error") and cell.sent else cell.verdict
