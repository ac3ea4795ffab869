"""Runs on behalf of the dashboard: which cells are asked for, what came back, what was given up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from corstui.tui.bridge import Bridge, Ended, Finished, Started

if TYPE_CHECKING:
    from corstui.runner import CellKey, Plan
    from corstui.tui.board import Board
    from corstui.tui.session import Session


@dataclass(slots=True)
class Changes:
    """What one look at the news brought: cells to repaint and errors to tell."""

    cells: set[CellKey] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


class Runs:
    """Keeps the boards of a session in step with the network thread."""

    def __init__(self, session: Session, bridge: Bridge, clock: Callable[[], float] = monotonic) -> None:
        self.session, self.bridge, self.clock = session, bridge, clock
        self._boards: dict[int, Board] = {}
        self._closed = False

    @property
    def active(self) -> bool:
        """Whether any run is under way."""
        return bool(self._boards)

    def ask(self, board: Board, keys: Collection[CellKey], plan: Plan | None = None) -> int:
        """Run cells of a board; returns how many were not under way already. ``plan``: another than the session's."""
        number = self.bridge.number()
        asked = board.queue(keys, number, self.clock())
        if asked:
            self._boards[number] = board
            self.bridge.run(number, plan or self.session.plan(board.environment, board.engine), asked)
        return len(asked)

    def stop(self) -> set[CellKey]:
        """Give up everything under way; returns those cells. The network thread hears of it at once."""
        for number in self._boards:
            self.bridge.stop(number)
        self._boards.clear()
        return {slot.key for board in self.session.boards.values() for slot in board.stop()}

    def close(self) -> None:
        """Give up everything under way and leave all further news to whoever comes next."""
        self.stop()
        self._closed = True

    def drain(self) -> Changes:
        """Bring the boards up to date with the network thread."""
        changes, now = Changes(), self.clock()
        if self._closed:
            return changes
        for news in self.bridge.drain():
            if isinstance(news, Ended):
                self._ended(news, changes)
                continue
            board = self._boards.get(news.run)
            if board is None:
                continue
            slot = board.start(news.key, news.run) if isinstance(news, Started) else None
            if isinstance(news, Finished):
                slot = board.finish(news.cell, news.run, now)
            if slot is not None:
                changes.cells.add(slot.key)
            if slot is not None and isinstance(news, Finished):
                changes.cells.update(self.session.note_engines(slot.key))
        return changes

    def _ended(self, news: Ended, changes: Changes) -> None:
        board = self._boards.pop(news.run, None) if news.run is not None else None
        if board is not None:
            changes.cells.update(slot.key for slot in board.stop(news.run))
        if news.error is not None and (board is not None or news.run is None):
            changes.errors.append(news.error)
