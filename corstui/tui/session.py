"""A loaded profile and everything that was opened of it: plans, boards, and what a reload may keep.

Only the profile's own engine, the first of every plan, may send what changes a server; a reload that nobody asked for
sends safe methods only. Both rules are the runner's; this module only asks it the right way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corstui.tui.board import Board
from corstui.tui.changes import ChangeLog
from corstui.tui.sources import Source, clock_time, past_board

if TYPE_CHECKING:
    from corstui.profile import Profile
    from corstui.runner import Cell, CellKey, Plan, Planned
    from corstui.runner.store import StoredRun
    from corstui.tui.board import Slot

#: What a file looked like: modification time in nanoseconds and size; None when it is not there.
Stamp = tuple[int, int] | None


class Trouble(Exception):
    """A profile that cannot be used. ``problems`` holds one line for each thing that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(slots=True)
class Session:
    """One profile on screen. Boards and plans are made when they are first looked at. ``past``: the earlier runs that
    were opened, by their files."""

    profile: Profile
    ascii: bool = False
    engine: str = ""
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    boards: dict[tuple[str, str], Board] = field(default_factory=dict)
    past: dict[Path, StoredRun] = field(default_factory=dict)
    log: ChangeLog = field(default_factory=ChangeLog)
    _past_boards: dict[Source, Board] = field(default_factory=dict)
    _harmless: dict[tuple[str, str], tuple[Plan, list[CellKey]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = self.engine or self.profile.settings.engine

    @property
    def environments(self) -> tuple[str, ...]:
        return tuple(self.profile.environments)

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def files(self) -> list[Path]:
        """Every file that the profile was read from, included ones too."""
        return [Path(path) for path in self.profile.paths]

    @property
    def warnings(self) -> list[str]:
        """What the profile may be wrong in, one text each."""
        return [str(warning) for warning in self.profile.warnings]

    def prepare(self) -> None:
        """Plan the first environment ahead of the screen. What is wrong with it is told when it is shown."""
        with suppress(Trouble):
            self.board(self.environments[0])

    @property
    def engine_name(self) -> str:
        """The engine with the version whose rules it follows."""
        from corstui.fetch.engines import ENGINES

        return f"{self.engine} {ENGINES[self.engine].version}"

    @property
    def engines(self) -> tuple[str, ...]:
        """Every engine, the profile's own first."""
        from corstui.fetch.engines import ENGINES

        own = self.profile.settings.engine
        return (own, *(name for name in ENGINES if name != own))

    def next_engine(self) -> str:
        """The engine after the current one."""
        from corstui.fetch.engines import ENGINES

        names = list(ENGINES)
        return names[(names.index(self.engine) + 1) % len(names)]

    def plan(self, environment: str, engine: str | None = None) -> Plan:
        """The plan of one environment for one engine. Raises Trouble where the environment cannot be resolved."""
        engine = engine or self.engine
        if (environment, engine) not in self.plans:
            self.plans[environment, engine] = self._plan(environment, engine)
        return self.plans[environment, engine]

    def board(self, environment: str, engine: str | None = None) -> Board:
        """The board of one environment and engine. Raises Trouble where the environment cannot be resolved."""
        from corstui.analysis.marks import mark

        engine = engine or self.engine
        if (environment, engine) not in self.boards:
            cells = self.plan(environment, engine).cells
            self.boards[environment, engine] = Board.of(environment, engine, cells, partial(mark, ascii=self.ascii))
        return self.boards[environment, engine]

    def board_of(self, source: Source) -> Board:
        """What a source shows. Raises Trouble where its environment cannot be resolved or its run was not opened."""
        from corstui.analysis.marks import mark

        engine = source.engine or self.engine
        if source.run is None:
            return self.board(source.environment, engine)
        if source.run not in self.past:
            raise Trouble([f"{source.run.name} is not open"])
        run = self.past[source.run]
        source = replace(source, engine=engine)
        if source not in self._past_boards:
            self._past_boards[source] = past_board(run, source.environment, engine, partial(mark, ascii=self.ascii))
        return self._past_boards[source]

    def when(self, run: Path) -> str:
        """How an opened run is called: its local time."""
        return clock_time(self.past[run].started) if run in self.past else run.name

    def twins(self, key: CellKey) -> list[Slot]:
        """The place of a cell in every engine that was opened, the profile's own first."""
        boards = [self.boards.get((key.environment, engine)) for engine in self.engines]
        slots = [board.by_name.get((key.endpoint, key.origin)) for board in boards if board is not None]
        return [slot for slot in slots if slot is not None]

    def results(self, key: CellKey) -> list[Cell]:
        """What is known of a cell in every engine, the profile's own first."""
        return [slot.cell for slot in self.twins(key) if slot.cell is not None]

    def note_engines(self, key: CellKey) -> list[CellKey]:
        """A result has come: note whether the engines disagree now. Returns the cells in every engine."""
        from corstui.analysis.engines import differs
        from corstui.analysis.marks import ENGINES_PART

        slots, cells = self.twins(key), self.results(key)
        parts = any(differs(cells[0], cell) for cell in cells[1:])
        for slot in slots:
            slot.parting = ENGINES_PART if parts and slot.cell is not None else ""
        return [slot.key for slot in slots]

    def harmless(self, environment: str, engine: str) -> tuple[Plan, list[CellKey]]:
        """A plan without permission to write, and those of its cells that come out the same as with it."""
        if (environment, engine) not in self._harmless:
            plan = self._plan(environment, engine, allow_writes=False)
            full = {planned.key: planned.sends for planned in self.plan(environment, engine).cells}
            keys = [planned.key for planned in plan.cells if planned.sends == full[planned.key]]
            self._harmless[environment, engine] = (plan, keys)
        return self._harmless[environment, engine]

    def inherit(self, old: Session) -> list[tuple[Board, list[CellKey]]]:
        """Open what the old session had open and take over every result whose request is still the same.

        Returns the boards that had run with what a reload may run unasked: cells without a result now that would come
        out the same without permission to write, in environments that need no confirmation.
        """
        self.engine, self.past, self.log = old.engine, old.past, old.log
        wanted: list[tuple[Board, list[CellKey]]] = []
        for (environment, engine), before in old.boards.items():
            if environment not in self.profile.environments:
                continue
            with suppress(Trouble):
                board = self.board(environment, engine)
                board.adopt(before, carried)
                board.sampled, board.reopened = before.sampled, before.opened
                if before.opened:
                    asks = self.profile.environments[environment].confirm
                    harmless = [] if asks else self.harmless(environment, engine)[1]
                    wanted.append((board, [key for key in harmless if board.slots[key].cell is None]))
        for board in self.boards.values():
            for slot in board:
                self.note_engines(slot.key)
        return wanted

    def _plan(self, environment: str, engine: str, *, allow_writes: bool = True) -> Plan:
        from corstui.profile import ProfileError
        from corstui.runner import NothingSelected, plan

        engines = list(dict.fromkeys((self.profile.settings.engine, engine)))
        try:
            made = plan(self.profile, environments=[environment], engines=engines, allow_writes=allow_writes)
        except ProfileError as error:
            raise Trouble([str(problem) for problem in error.problems]) from error
        except NothingSelected as error:
            raise Trouble([str(error)]) from error
        return replace(made, cells=tuple(planned for planned in made.cells if planned.key.engine == engine))


def carried(cell: Cell, planned: Planned) -> Cell | None:
    """The cell under a new plan, judged by the new expectation; None when the request is another one now."""
    old, new = cell.planned, planned
    if old.origin_value != new.origin_value or old.sends != new.sends or _request(old) != _request(new):
        return None
    return replace(cell, planned=new, as_expected=new.judge(cell.flow))


def _request(planned: Planned) -> tuple[object, ...]:
    one = planned.endpoint
    return (
        (one.method, one.url, one.headers, one.body, one.mode, one.credentials, one.redirect, one.cache, one.repeat),
        (one.referrer_policy, one.keepalive, one.upload_listener, one.crossorigin, one.initiator),
        (planned.deployment.cookies, planned.deployment.resolve, planned.deployment.proxy, planned.deployment.tls),
    )


def load(paths: Sequence[Path], process_env: Mapping[str, str]) -> Profile:
    """Load a profile. Raises Trouble with every problem, also for a file that is not there or cannot be read."""
    from corstui.profile import ProfileError, load_profile

    try:
        return load_profile(*paths, process_env=process_env)
    except ProfileError as error:
        raise Trouble([str(problem) for problem in error.problems]) from error
    except OSError as error:
        raise Trouble([f"{error.filename or ''}: {error.strerror or error}"]) from error


def stamps(paths: Sequence[Path]) -> dict[Path, Stamp]:
    """What the files look like now, to notice a change later."""
    found: dict[Path, Stamp] = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            found[path] = None
        else:
            found[path] = (status.st_mtime_ns, status.st_size)
    return found
