"""What crosses between the two processes, as pickles.

A cell crosses without its plan, which the parent has, and the answers to an endpoint's control requests cross once for
all of its cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

from corstui.fetch.result import Exchange
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey, Plan

_OWN = [field.name for field in fields(Cell) if field.name not in ("planned", "controls")]
_own: Callable[[Cell], tuple[Any, ...]] = attrgetter(*_OWN)


class Run(NamedTuple):
    """To the child: execute every cell of the plan."""

    run: int
    plan: Plan


class Stop(NamedTuple):
    """To the child: give up a run."""

    run: int


class Started(NamedTuple):
    """The cell at place ``at`` of the plan left the queue."""

    run: int
    at: int


class Controls(NamedTuple):
    """Answers to control requests, to be referred to by their number, from 0 in each run."""

    run: int
    answers: tuple[Exchange, ...]


class Finished(NamedTuple):
    """The cell at place ``at`` of the plan has its result."""

    run: int
    at: int
    own: tuple[Any, ...]
    controls: int


class Ended(NamedTuple):
    """The run is over; ``error`` says what broke it off."""

    run: int
    error: str | None = None


Command = Run | Stop
News = Started | Controls | Finished | Ended


class Packer:
    """Turns the cells of one run into news, in the child."""

    def __init__(self, command: Run) -> None:
        self._run = command.run
        self._places = {planned.key: at for at, planned in enumerate(command.plan.cells)}
        # by identity, which the tuple that is kept here makes unique
        self._known: dict[int, tuple[int, tuple[Exchange, ...]]] = {}

    def started(self, key: CellKey) -> Started:
        return Started(self._run, self._places[key])

    def finished(self, cell: Cell) -> Iterator[News]:
        if id(cell.controls) not in self._known:
            self._known[id(cell.controls)] = (len(self._known), cell.controls)
            yield Controls(self._run, cell.controls)
        yield Finished(self._run, self._places[cell.key], _own(cell), self._known[id(cell.controls)][0])


class Unpacker:
    """Puts the cells of one run together again, in the parent."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._controls: list[tuple[Exchange, ...]] = []

    def learn(self, news: Controls) -> None:
        self._controls.append(news.answers)

    def cell(self, news: Finished) -> Cell:
        own = dict(zip(_OWN, news.own, strict=True))
        return Cell(planned=self._plan.cells[news.at], controls=self._controls[news.controls], **own)
