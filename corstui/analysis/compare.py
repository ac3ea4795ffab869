"""Two runs of the same cells side by side: which differ, in what, and which cannot be compared.

Cells pair by origin, endpoint and engine. A network error or an inconclusive answer says nothing about a policy, so a
pair with one is not comparable. Where corstui held the request back on one side only, the preflights alone count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from corstui.analysis.facts import HasFlow
from corstui.analysis.marks import Judged, mark
from corstui.analysis.story import cause
from corstui.fetch.result import ScriptResponse


class Key(Protocol):
    """The names of a cell."""

    @property
    def environment(self) -> str: ...

    @property
    def origin(self) -> str: ...

    @property
    def endpoint(self) -> str: ...

    @property
    def engine(self) -> str: ...


class Comparable(Judged, HasFlow, Protocol):
    """A finished cell, as far as a comparison needs it."""

    @property
    def key(self) -> Key: ...

    @property
    def response(self) -> ScriptResponse | None: ...


C = TypeVar("C", bound=Comparable)


@dataclass(frozen=True, slots=True)
class Pair(Generic[C]):
    """One cell on both sides; ``a`` or ``b`` is None where only the other has it.

    ``differs`` names what is not equal: verdict, phase, reason, sent, status (its class), headers (names that script
    reads), preflight (only where one side was held back). ``comparable`` is False for one-sided pairs, errors and
    inconclusive answers; ``differs`` is empty then.
    """

    origin: str
    endpoint: str
    engine: str
    a: C | None
    b: C | None
    differs: tuple[str, ...] = ()
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class Comparison(Generic[C]):
    """All pairs in the order of the first side, then what only the second has. ``a`` and ``b`` name the sides."""

    a: str
    b: str
    pairs: tuple[Pair[C], ...]
    summary: tuple[str, ...]

    @property
    def differing(self) -> list[Pair[C]]:
        return [each for each in self.pairs if each.differs]

    @property
    def incomparable(self) -> list[Pair[C]]:
        """Pairs with both cells that cannot be compared."""
        return [each for each in self.pairs if not each.comparable and each.a is not None and each.b is not None]

    @property
    def one_sided(self) -> list[Pair[C]]:
        return [each for each in self.pairs if each.a is None or each.b is None]


def compare(
    cells_a: Iterable[C],
    cells_b: Iterable[C],
    *,
    name_a: str | None = None,
    name_b: str | None = None,
    across_engines: bool = False,
) -> Comparison[C]:
    """Pair and compare two sets of cells. The sides are named after their environments unless names are given.

    ``across_engines``: each side is of one engine, and cells pair by origin and endpoint alone.
    """
    left = {_names(cell): cell for cell in cells_a}
    right = {_names(cell): cell for cell in cells_b}
    if across_engines:
        engine = next((names[2] for names in left), "")
        right = {(*names[:2], engine or names[2]): cell for names, cell in right.items()}
    pairs = tuple(_paired(names, left.get(names), right.get(names)) for names in dict.fromkeys([*left, *right]))
    name_a = name_a or _environment(left.values(), "A")
    name_b = name_b or _environment(right.values(), "B")
    return Comparison(name_a, name_b, pairs, tuple(_summary(pairs, name_a, name_b)))


def _names(cell: Comparable) -> tuple[str, str, str]:
    return cell.key.origin, cell.key.endpoint, cell.key.engine


def _environment(cells: Iterable[Comparable], default: str) -> str:
    return next((cell.key.environment for cell in cells), default)


def pair(a: C, b: C) -> Pair[C]:
    """Two cells of the same names, compared."""
    return _paired(_names(a), a, b)


def _paired(names: tuple[str, str, str], a: C | None, b: C | None) -> Pair[C]:
    if a is None or b is None or not (_conclusive(a) and _conclusive(b)) or not _same_ground(a, b):
        return Pair(*names, a, b, comparable=False)
    return Pair(*names, a, b, differs=differences(a, b))


def _conclusive(cell: Comparable) -> bool:
    return cell.verdict != "error" and not cell.inconclusive


def _same_ground(a: Comparable, b: Comparable) -> bool:
    """A request held back for its secret or the budget may not even have got as far as its preflight."""
    early = [cell.reason for cell in (a, b) if cell.reason in ("held-secret", "held-budget")]
    return not early or a.reason == b.reason


def differences(a: Comparable, b: Comparable) -> tuple[str, ...]:
    """What is not equal about two cells that can be compared."""
    held = [cell.verdict == "unsent" for cell in (a, b)]
    if any(held) and not all(held):
        other = b if held[0] else a
        if other.verdict == "blocked" and not other.sent:
            return _unequal(a, b, ("verdict", "phase", "reason"))
        return () if _preflighted(a) == _preflighted(b) else ("preflight",)
    found = _unequal(a, b, ("verdict", "phase", "reason", "sent"))
    if a.response is not None and b.response is not None:
        if a.response.status // 100 != b.response.status // 100:
            found += ("status",)
        if readable(a.response) != readable(b.response):
            found += ("headers",)
    return found


def _unequal(a: Comparable, b: Comparable, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if getattr(a, name) != getattr(b, name))


def _preflighted(cell: Comparable) -> bool:
    """Whether the first request was preflighted, and that passed."""
    if cell.verdict == "unsent":
        return cell.reason == "held-after-preflight"
    return any(each.phase == "preflight" and each.hop == 0 for each in cell.flow.exchanges)


def readable(response: ScriptResponse) -> frozenset[str]:
    """The names of the headers that script reads, in lower case."""
    return frozenset(name.lower() for name, _ in response.headers)


# -- sentences ---------------------------------------------------------------------------------------------------------


def _summary(pairs: Sequence[Pair[C]], name_a: str, name_b: str) -> list[str]:
    """One sentence for each endpoint and kind of difference, in the order of the pairs. Engines are named where what
    is said does not hold for all."""
    told: dict[tuple[str, str, str, str], list[str]] = {}
    planned: dict[tuple[str, str], list[str]] = {}
    for each in pairs:
        planned.setdefault((each.endpoint, each.origin), []).append(each.engine)
        said = _sentence(each, name_a, name_b)
        if said:
            told.setdefault((each.endpoint, *said, each.origin), []).append(each.engine)
    origins: dict[tuple[str, str, str, str], list[str]] = {}
    for (endpoint, before, after, origin), engines in told.items():
        some = "" if engines == planned[endpoint, origin] else f" (in {', '.join(engines)})"
        origins.setdefault((endpoint, before, after, some), []).append(origin)
    return [
        f"{endpoint}: {before} {', '.join(names)}{after}{some}"
        for (endpoint, before, after, some), names in origins.items()
    ]


def _sentence(pair: Pair[C], name_a: str, name_b: str) -> tuple[str, str] | None:
    """What stands before and after the origins' names; None for a pair without a difference."""
    a, b = pair.a, pair.b
    if a is None or b is None:
        return ("only " + (name_b if a is None else name_a) + " has", "")
    if not pair.comparable:
        broken = [f"{name} {_doubt(cell)}" for name, cell in ((name_a, a), (name_b, b)) if not _conclusive(cell)]
        return ("not comparable for", f" ({', '.join(broken) or 'held back on one side'})")
    if not pair.differs:
        return None
    if b.verdict == "allowed" and a.verdict == "blocked":
        return (f"{name_b} lets", f" in, {name_a} does not: {cause(a)}")
    if a.verdict == "allowed" and b.verdict == "blocked":
        return (f"{name_a} lets", f" in, {name_b} does not: {cause(b)}")
    if b.verdict == "blocked" and a.verdict == "blocked":
        return ("both refuse", f" ({name_a}: {cause(a)}; {name_b}: {cause(b)})")
    if b.reason == "held-after-preflight" and a.verdict == "blocked":
        return (f"{name_b}'s preflight lets", f" through, {name_a}'s does not: {cause(a)}")
    if a.reason == "held-after-preflight" and b.verdict == "blocked":
        return (f"{name_a}'s preflight lets", f" through, {name_b}'s does not: {cause(b)}")
    if "headers" in pair.differs and len(pair.differs) == 1:
        return ("script reads other headers for", _header_change(pair, name_b))
    return ("differs for", f" ({name_a}: {_face(a)}, {name_b}: {_face(b)})")


def _header_change(pair: Pair[C], name_b: str) -> str:
    if pair.a is None or pair.b is None or pair.a.response is None or pair.b.response is None:
        return ""
    before, after = readable(pair.a.response), readable(pair.b.response)
    changes = [f"+{name}" for name in sorted(after - before)] + [f"-{name}" for name in sorted(before - after)]
    return f" ({name_b}: {' '.join(changes)})"


def _doubt(cell: Comparable) -> str:
    """Why a cell says nothing about the policy."""
    label = mark(cell).label
    return label if cell.verdict == "error" else f"{label}, inconclusive"


def _face(cell: Comparable) -> str:
    return f"{cell.verdict} {mark(cell).label}"
