"""Runs on behalf of the dashboard: which cells are asked for, what came back, what was given up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from time import monotonic
from typing import TYPE_CHECKING

from corstui.tui.bridge import Bridge, Ended, Finished, Started

if TYPE_CHECKING:
    from corstui.runner import CellKey, Plan
    from corstui.tui.board import Board
    from corstui.tui.changes import Change
    from corstui.tui.session import Session


class Keep(Enum):
    """Whether a finished batch of cells is worth being kept as a run."""

    NEVER = "never"
    IF_CHANGED = "if changed"
    ALWAYS = "always"


@dataclass(slots=True)
class Batch:
    """Cells that were asked for together. ``started`` is an aware time; ``changes``: how many came out otherwise."""

    board: Board
    started: datetime
    keep: Keep
    changes: int = 0

    @property
    def worth_keeping(self) -> bool:
        """Whether the board should be kept as a run now that all of the batch is there."""
        return self.keep is Keep.ALWAYS or (self.keep is Keep.IF_CHANGED and self.changes > 0)


@dataclass(slots=True)
class Changes:
    """What one look at the news brought: cells to repaint, results that came out otherwise than before, batches that
    are worth keeping, and errors to tell."""

    cells: set[CellKey] = field(default_factory=set)
    log: list[Change] = field(default_factory=list)
    completed: list[Batch] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Runs:
    """Keeps the boards of a session in step with the network thread."""

    def __init__(self, session: Session, bridge: Bridge, clock: Callable[[], float] = monotonic) -> None:
        self.session, self.bridge, self.clock = session, bridge, clock
        self._batches: dict[int, Batch] = {}
        self._closed = False

    @property
    def active(self) -> bool:
        """Whether any run is under way."""
        return bool(self._batches)

    def ask(self, board: Board, keys: Collection[CellKey], plan: Plan | None = None, keep: Keep = Keep.NEVER) -> int:
        """Run cells of a board; returns how many were not under way already. ``plan``: another than the session's."""
        number = self.bridge.number()
        asked = board.queue(keys, number, self.clock())
        if asked:
            self._batches[number] = Batch(board, datetime.now(UTC), keep)
            self.bridge.run(number, plan or self.session.plan(board.environment, board.engine), asked)
        return len(asked)

    def stop(self) -> set[CellKey]:
        """Give up everything under way; returns those cells. The network thread hears of it at once."""
        for number in self._batches:
            self.bridge.stop(number)
        self._batches.clear()
        return {slot.key for board in self.session.boards.values() for slot in board.stop()}

    def close(self) -> None:
        """Give up everything under way and leave all further news to whoever comes next."""
        self.stop()
        self._closed = True

    def drain(self) -> Changes:
        """Bring the boards up to date with the network thread."""
        changes = Changes()
        if self._closed:
            return changes
        for news in self.bridge.drain():
            if isinstance(news, Ended):
                self._ended(news, changes)
            elif news.run in self._batches:
                self._moved(news, self._batches[news.run], changes)
        return changes

    def _moved(self, news: Started | Finished, batch: Batch, changes: Changes) -> None:
        """A cell of the batch has begun, or has its result."""
        if isinstance(news, Started):
            slot = batch.board.start(news.key, news.run)
            changes.cells.update([slot.key] if slot is not None else [])
            return
        known = batch.board.slots.get(news.cell.key)
        before = known.cell if known is not None else None
        slot = batch.board.finish(news.cell, news.run, self.clock())
        if slot is None:
            return
        changes.cells.add(slot.key)
        changes.cells.update(self.session.note_engines(slot.key))
        change = self.session.log.note(before, news.cell, datetime.now(UTC))
        if change is not None:
            batch.changes += 1
            changes.log.append(change)

    def _ended(self, news: Ended, changes: Changes) -> None:
        batch = self._batches.pop(news.run, None) if news.run is not None else None
        if batch is not None:
            changes.cells.update(slot.key for slot in batch.board.stop(news.run))
            if news.error is None and batch.worth_keeping:
                changes.completed.append(batch)
        if news.error is not None and (batch is not None or news.run is None):
            changes.errors.append(news.error)
