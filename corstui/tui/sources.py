"""What one side of the matrix shows: an environment in one engine, of this run or of one that was kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from corstui.tui.board import Board

if TYPE_CHECKING:
    from corstui.analysis.marks import Mark
    from corstui.runner import Cell
    from corstui.runner.store import StoredRun


@dataclass(frozen=True, slots=True)
class Source:
    """``engine`` empty: the one that is being looked at. ``run``: the document of an earlier run; None for this one."""

    environment: str
    engine: str = ""
    run: Path | None = None


def labels(sources: Sequence[Source], when: Callable[[Path], str], engine: str) -> tuple[str, ...]:
    """A name for each source that says no more than it takes to tell them apart; a single one is its environment.

    ``when``: how a kept run is called. ``engine``: the one that is being looked at.
    """
    parts = [
        (source.environment, source.engine or engine, "this run" if source.run is None else when(source.run))
        for source in sources
    ]
    varying = [len(set(values)) > 1 for values in zip(*parts, strict=True)]
    if not any(varying):
        varying = [True, False, any(source.run is not None for source in sources)]
    return tuple(
        " ".join(part for part, varies in zip(each, varying, strict=True) if varies and part) for each in parts
    )


def past_board(run: StoredRun, environment: str, engine: str, mark: Callable[[Cell], Mark]) -> Board:
    """The board of what a run document tells of one environment and engine. Nothing of it can be run."""
    # a stored cell answers every question that a screen has, but for its dialogue
    cells = [cast("Cell", cell) for cell in run.cells]
    board = Board.of(environment, engine, (cell.planned for cell in cells), mark)
    board.fill(cell for cell in cells if cell.key in board.slots)
    return board


def clock_time(started: str) -> str:
    """``Nov 23 12:03`` in local time, of an RFC 3339 time; the text itself where it is none."""
    try:
        return datetime.fromisoformat(started).astimezone().strftime("%b %d %H:%M")
    except ValueError:
        return started
