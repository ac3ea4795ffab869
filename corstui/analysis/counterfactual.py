"""What would have happened: the flow of a cell in an engine that is changed in a few rules, over replies on record.

Nothing is sent. A request that neither engine made was never answered, so what would follow it is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, replace

from corstui.analysis.quirks import engine_fields, quirks, value_of
from corstui.fetch.engines import ENGINES, Engine
from corstui.fetch.messages import Reply, Request
from corstui.fetch.result import Flow
from corstui.runner.cell import Cell
from corstui.runner.simulate import Recorded, joined, simulation

#: Factors beside the fields of an engine: what goes by its name, as its rules about cookies, and the server's replies.
NAME, REPLIES = "name", "replies"

#: Request headers that a reply may rightly depend on, beside what script sets.
_TELLING = frozenset(
    {"origin", "access-control-request-method", "access-control-request-headers", "cookie", "authorization"}
)

#: What one request asks, as far as a reply to it answers another one like it.
Asked = tuple[str, str, tuple[tuple[str, str], ...]]
#: An outcome, as far as engines can disagree on it: verdict, reason, whether it was sent, class of the status.
Outcome = tuple[str, str | None, bool, int | None]


def outcome_of(verdict: str, reason: str | None, sent: bool, status: int | None) -> Outcome:
    return verdict, reason, sent, None if status is None else status // 100


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What one cell was answered, by what it asked, in the order in which it asked."""

    cell: Cell
    replies: Mapping[Asked, list[Reply]]

    @classmethod
    def of(cls, cell: Cell) -> Dialogue:
        replies: dict[Asked, list[Reply]] = {}
        stage = simulation(cell.planned)
        for part in cell.dialogue:
            for request, reply in _told(stage.begin(part.now, part.wall), part):
                replies.setdefault(asked(cell, request), []).append(reply)
        return cls(cell, replies)

    @property
    def engine(self) -> Engine:
        return ENGINES[self.cell.engine]

    @property
    def outcome(self) -> Outcome:
        cell = self.cell
        return outcome_of(cell.verdict, cell.reason, cell.sent, cell.status)


def asked(cell: Cell, request: Request) -> Asked:
    """The request without what every engine writes in its own way (User-Agent, Accept, Sec-Fetch-* ...)."""
    fields = [(name.lower(), value) for name, value in request.headers]
    by_script = {(name.lower(), value) for name, value in cell.planned.endpoint.headers}
    telling = sorted(field for field in fields if field[0] in _TELLING or field in by_script)
    return request.method, request.url, tuple(telling)


def _told(flow: Generator[Request, Reply, Flow], part: Recorded) -> Iterator[tuple[Request, Reply]]:
    try:
        request = next(flow)
        for reply in part.replies:
            yield request, reply
            request = flow.send(reply)
    except StopIteration:
        return


def factors(a: Engine, b: Engine) -> list[str]:
    """Everything that can make two engines end differently, what is likeliest first."""
    order = [field for quirk in quirks().values() for field in quirk.fields]
    known = [*(field for field in order if field in engine_fields()), *engine_fields()]
    differing = [each for each in dict.fromkeys(known) if value_of(a.name, each) != value_of(b.name, each)]
    return [*differing, NAME, REPLIES]


def played(a: Dialogue, b: Dialogue, changes: Collection[str]) -> Outcome | None:
    """How the cell of ``a`` would have ended with these factors as they are for ``b``; None when that is unknown."""
    preferred, other = (b.replies, a.replies) if REPLIES in changes else (a.replies, b.replies)
    answers = _Answers(a.cell, preferred, other)
    stage = simulation(a.cell.planned, _changed(a.engine, b.engine, changes))
    flows = []
    for part in a.cell.dialogue:
        flow = _play(stage.begin(part.now, part.wall), part, answers)
        if flow is None:
            return None
        flows.append(flow)
    flow = joined(flows)
    return outcome_of(flow.verdict, flow.reason, flow.sent, flow.response.status if flow.response else None)


def _changed(engine: Engine, other: Engine, changes: Collection[str]) -> Engine:
    own = {name: getattr(other, name) for name in changes if "." not in name and name != REPLIES}
    kept = {name[6:]: getattr(other.cache, name[6:]) for name in changes if name.startswith("cache.")}
    return replace(engine, cache=replace(engine.cache, **kept), **own)


class _Answers:
    """Answers like requests with the replies on record, one after the other; the last one answers all further ones."""

    def __init__(self, cell: Cell, preferred: Mapping[Asked, list[Reply]], other: Mapping[Asked, list[Reply]]) -> None:
        self._cell = cell
        self._replies = {
            each: _continued(preferred.get(each, []), other.get(each, [])) for each in {**other, **preferred}
        }
        self._given: Counter[Asked] = Counter()

    def to(self, request: Request) -> Reply | None:
        what = asked(self._cell, request)
        replies = self._replies.get(what)
        if not replies:
            return None
        self._given[what] += 1
        return replies[min(self._given[what], len(replies)) - 1]


def _continued(replies: list[Reply], others: list[Reply]) -> list[Reply]:
    """Replies to the same request, those of the longer list where the first ends."""
    return [*replies, *others[len(replies) :]]


def _play(flow: Generator[Request, Reply, Flow], part: Recorded, answers: _Answers) -> Flow | None:
    try:
        request = next(flow)
        while (reply := answers.to(request)) is not None:
            # the two recordings have clocks of their own: everything happens when this one began
            request = flow.send(reply._replace(now=part.now, wall=part.wall))
    except StopIteration as done:
        ended: Flow = done.value
        return ended
    flow.close()
    return None
