"""The state of every planned cell of one environment and engine, as the screens need it.

A slot goes ``idle -> queued -> running -> done``. Stopping returns it to ``done`` when it had a result before, else to
``stopped``. A rerun keeps the old result until the new one is there, so nothing on screen is ever lost by asking again.
No Textual here: the matrix, the counts and the tests all read the same plain data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from corstui.analysis.marks import Mark
    from corstui.analysis.policy import Policies, Policy
    from corstui.runner import Cell, CellKey, Planned


class State(Enum):
    """Where a slot is on its way to a result."""

    IDLE = "idle"
    QUEUED = "queued"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Face:
    """What one cell shows: ``symbol`` in two columns, a short label, a suffix (``*`` unexpected, ``w`` waived).

    ``style`` names a look of the matrix; ``quiet`` is true when the cell is exactly as somebody wanted it.
    """

    symbol: str
    label: str
    style: str
    suffix: str = ""
    quiet: bool = False

    @property
    def text(self) -> str:
        """The face as one string, without trailing blanks."""
        return f"{self.symbol:<2} {self.label}{self.suffix}".rstrip()

    @property
    def width(self) -> int:
        """Terminal columns that :attr:`text` takes."""
        return cell_len(self.text)


_PENDING = {
    State.IDLE: Face(".", "", "waiting"),
    State.QUEUED: Face(".", "", "waiting"),
    State.RUNNING: Face(">", "", "running"),
    State.STOPPED: Face(".", "stopped", "waiting"),
}


@dataclass(slots=True)
class Slot:
    """One planned cell and what is known of it."""

    planned: Planned
    state: State = State.IDLE
    cell: Cell | None = None
    result: Face | None = None
    run: int = 0
    parting: str = ""
    """What follows the face where engines disagree on this cell, as far as their results are there."""
    changes: int = 0
    """How often a rerun came out otherwise than the result before it."""

    @property
    def key(self) -> CellKey:
        return self.planned.key

    @property
    def pending(self) -> bool:
        """Asked for, and not there yet."""
        return self.state is State.QUEUED or self.state is State.RUNNING

    @property
    def face(self) -> Face:
        """What to show now: the result, or how far the cell has come."""
        if self.result is not None and (self.state is State.DONE or self.state is State.QUEUED):
            return replace(self.result, suffix=self.result.suffix + self.parting) if self.parting else self.result
        return _PENDING[self.state]


@dataclass(slots=True)
class Progress:
    """How far the latest runs have come: cells asked for and finished since the board was last at rest.

    ``started`` and ``last`` are monotonic times in seconds, of the first request for cells and of the latest result.
    """

    done: int = 0
    total: int = 0
    started: float = 0.0
    last: float = 0.0

    def rate(self, now: float) -> float:
        """Finished cells a second; 0 while nothing is finished."""
        return self.done / (now - self.started) if self.done and now > self.started else 0.0

    def seconds_left(self, now: float) -> float | None:
        """An estimate of the time until everything asked for is there; None while unknown."""
        rate = self.rate(now)
        return (self.total - self.done) / rate if rate else None


@dataclass(slots=True)
class Board:
    """All slots of one environment and one engine, in plan order, with running counts."""

    environment: str
    engine: str
    mark: Callable[[Cell], Mark]
    slots: dict[CellKey, Slot] = field(default_factory=dict)
    symbols: Counter[str] = field(default_factory=Counter)
    expected: int = 0
    unexpected: int = 0
    waived: int = 0
    inconclusive: int = 0
    expectations: int = 0
    pending: int = 0
    stopped: int = 0
    progress: Progress = field(default_factory=Progress)
    by_name: dict[tuple[str, str], Slot] = field(default_factory=dict)
    by_endpoint: dict[str, list[Slot]] = field(default_factory=dict)
    sampled: bool = False
    """Single cells were asked for from another engine's matrix; nobody has opened the board itself yet."""
    _policies: dict[str, Policies] = field(default_factory=dict)
    reopened: bool = False
    """The board was opened before the profile was read again, so to show it is no wish to run it any more."""

    @classmethod
    def of(cls, environment: str, engine: str, planned: Iterable[Planned], mark: Callable[[Cell], Mark]) -> Board:
        """A board for those of ``planned`` that belong to the environment and the engine."""
        board = cls(environment, engine, mark)
        for item in planned:
            if item.key.environment == environment and item.key.engine == engine:
                slot = Slot(item)
                board.slots[item.key] = slot
                board.by_name[item.key.endpoint, item.key.origin] = slot
                board.by_endpoint.setdefault(item.key.endpoint, []).append(slot)
                board.expectations += item.expectation is not None
        return board

    def __iter__(self) -> Iterator[Slot]:
        return iter(self.slots.values())

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def done(self) -> int:
        """How many cells have a result."""
        return self.symbols.total()

    @property
    def opened(self) -> bool:
        """Whether anything was ever asked for here, by somebody who looked at the board."""
        return bool(self.pending or self.stopped or self.done or self.reopened) and not self.sampled

    def open(self) -> list[CellKey]:
        """Somebody looks at the board: the cells to run now; none when it was opened before."""
        if self.opened:
            return []
        self.sampled = False
        return [slot.key for slot in self if slot.cell is None and not slot.pending]

    def queue(self, keys: Iterable[CellKey], run: int, now: float) -> list[CellKey]:
        """Ask for cells. Those that are already under way are left out; returns the others, in the given order."""
        if not self.pending:
            self.progress = Progress(started=now, last=now)
        asked = []
        for key in keys:
            slot = self.slots.get(key)
            if slot is None or slot.pending:
                continue
            self._move(slot, State.QUEUED)
            slot.run = run
            asked.append(key)
        self.progress.total += len(asked)
        return asked

    def start(self, key: CellKey, run: int) -> Slot | None:
        """A cell's flow has begun. None when the news is of an older run."""
        slot = self.slots.get(key)
        if slot is None or slot.run != run or slot.state is not State.QUEUED:
            return None
        self._move(slot, State.RUNNING)
        return slot

    def finish(self, cell: Cell, run: int, now: float) -> Slot | None:
        """A result is there. None when it is of an older run."""
        slot = self.slots.get(cell.key)
        if slot is None or slot.run != run or not slot.pending:
            return None
        self._count(slot, -1)
        slot.changes += slot.cell is not None and came_out(slot.cell) != came_out(cell)
        slot.cell = cell
        self._policies.pop(cell.key.endpoint, None)
        slot.result = self.face(cell)
        self._move(slot, State.DONE)
        self._count(slot, 1)
        self.progress.done += 1
        self.progress.last = now
        return slot

    def stop(self, run: int | None = None) -> list[Slot]:
        """Give up what is under way (of one run, or all): old results come back, the rest reads ``stopped``."""
        given_up = [slot for slot in self if slot.pending and (run is None or slot.run == run)]
        for slot in given_up:
            self._move(slot, State.DONE if slot.cell is not None else State.STOPPED)
        self.progress.total -= len(given_up)
        return given_up

    def adopt(self, old: Board, carry: Callable[[Cell, Planned], Cell | None]) -> None:
        """Take over the results of an older board: what ``carry`` makes of each under the new plan, unless None."""
        known = ((slot, old.slots.get(key)) for key, slot in self.slots.items())
        carried = (carry(old.cell, slot.planned) for slot, old in known if old is not None and old.cell is not None)
        self.fill(cell for cell in carried if cell is not None)

    def fill(self, cells: Iterable[Cell]) -> None:
        """Take in results that no run of this board brought; its slots have none yet."""
        for cell in cells:
            slot = self.slots[cell.key]
            slot.cell, slot.result = cell, self.face(cell)
            self._policies.pop(cell.key.endpoint, None)
            self._move(slot, State.DONE)
            self._count(slot, 1)

    def face(self, cell: Cell) -> Face:
        """The face of a finished cell."""
        mark = self.mark(cell)
        return Face(mark.symbol, mark.label, mark.style, mark.suffix, quiet=cell.as_expected is True)

    def policy_of(self, cell: Cell) -> Policy:
        """The policy that a finished cell met, as far as all finished cells of its endpoint tell, which is kept until
        one of them changes."""
        from corstui.analysis.policy import Policies

        known = self._policies.get(cell.key.endpoint)
        if known is None:
            finished = [slot.cell for slot in self.by_endpoint[cell.key.endpoint] if slot.cell is not None]
            known = self._policies[cell.key.endpoint] = Policies(finished)
        return known.of(cell)

    def deserves_a_look(self, slot: Slot) -> bool:
        """Engines disagree, or it is not as expected, inconclusive or a network error; where nobody wrote an
        expectation, whatever is blocked."""
        weight = gravity(slot)
        return bool(slot.parting) or weight >= _DOUBTFUL or (not self.expectations and weight == _BLOCKED)

    def _move(self, slot: Slot, state: State) -> None:
        self.pending -= slot.pending
        self.stopped -= slot.state is State.STOPPED
        slot.state = state
        self.pending += slot.pending
        self.stopped += state is State.STOPPED

    def _count(self, slot: Slot, step: int) -> None:
        if slot.cell is None or slot.result is None:
            return
        self.symbols[slot.result.symbol] += step
        self.expected += step * (slot.cell.as_expected is True)
        self.unexpected += step * (slot.cell.as_expected is False)
        self.waived += step * (slot.cell.waiver_state == "in-force")
        self.inconclusive += step * bool(slot.cell.inconclusive)


_WAITING, _UNSENT, _BLOCKED, _DOUBTFUL, _FAILED, _UNEXPECTED = range(1, 7)


def gravity(slot: Slot) -> int:
    """How much a slot asks for attention, from 0: allowed, opaque or just as expected, to 6: not as expected."""
    cell = slot.cell
    if cell is None:
        return _WAITING
    if cell.as_expected is False:
        return _UNEXPECTED
    if cell.verdict == "error":
        return _FAILED
    if cell.inconclusive:
        return _DOUBTFUL
    if cell.as_expected is True:
        return 0
    return {"blocked": _BLOCKED, "unsent": _UNSENT}.get(cell.verdict, 0)


def came_out(cell: Cell) -> tuple[object, ...]:
    """What two results of one cell must have in common to count as the same."""
    status = cell.status // 100 if cell.status is not None else None
    return (cell.verdict, cell.reason, cell.phase, cell.sent, status)
