"""Where engines disagree on one cell, and why: the rule of theirs whose exchange makes one end as the other did.

The cause is found by replaying the flow over the replies on record (:mod:`corstui.analysis.counterfactual`): first with
one rule of the other engine, then, where no single one does it, with as few as do it together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from corstui.analysis.counterfactual import NAME, REPLIES, Dialogue, Outcome, factors, outcome_of, played
from corstui.analysis.facts import field
from corstui.analysis.quirks import Quirk, quirk_in, quirks
from corstui.fetch.messages import Reply
from corstui.runner.cell import Cell

Kind = Literal["rule", "server", "network", "unknown"]

#: Requests held back for what they would do; other reasons to hold one say nothing about how far it would have come.
_HELD_WRITES = ("held-after-preflight", "held-no-preflight")


@dataclass(frozen=True, slots=True)
class Party:
    """Engines that agree, each with its cell."""

    cells: tuple[Cell, ...]

    @property
    def engines(self) -> tuple[str, ...]:
        return tuple(cell.engine for cell in self.cells)

    @property
    def cell(self) -> Cell:
        """That of the first of them."""
        return self.cells[0]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why ``engines`` part from the first engine. ``kind``: rules of theirs, the server, the network, or unknown.

    ``sentence`` and ``evidence`` hold text from outside, as it came, where the server is the cause.
    """

    engines: tuple[str, ...]
    kind: Kind
    sentence: str
    quirks: tuple[Quirk, ...] = ()
    evidence: str = ""

    @property
    def fix(self) -> tuple[str, ...]:
        """What makes all engines end alike."""
        return tuple(dict.fromkeys(advice for quirk in self.quirks for advice in quirk.fix))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One cell on which engines part, the first engine's party first."""

    parties: tuple[Party, ...]
    causes: tuple[Cause, ...]

    @property
    def cell(self) -> Cell:
        return self.parties[0].cell


def differs(a: Cell, b: Cell) -> bool:
    """Whether two engines disagree on a cell: on verdict, reason, whether it was sent, or the class of the status.

    A request that corstui held back in one engine would be sent by it, so it differs from one that a preflight or the
    browser kept back and from nothing else. Two network errors say nothing about engines.
    """
    if a.verdict == b.verdict and a.verdict in ("error", "unsent"):
        return False
    for held, other in ((a, b), (b, a)):
        if held.verdict == "unsent":
            return held.reason in _HELD_WRITES and other.verdict == "blocked" and not other.sent
    return _outcome(a) != _outcome(b)


def _outcome(cell: Cell) -> Outcome:
    return outcome_of(cell.verdict, cell.reason, cell.sent, cell.status)


def disagreement(cells: Iterable[Cell]) -> Disagreement | None:
    """What engines make of one cell, given as the cells of each, the one to compare with first; None if they agree."""
    return _judged(tuple(cells))


@lru_cache(maxsize=512)
def _judged(cells: tuple[Cell, ...]) -> Disagreement | None:
    if not cells:
        return None
    first, parting = cells[0], [cell for cell in cells[1:] if differs(cells[0], cell)]
    if not parting:
        return None
    agreeing = [cell for cell in cells if cell is first or (cell.verdict != "unsent" and not differs(first, cell))]
    groups: dict[object, list[Cell]] = {}
    for cell in parting:
        groups.setdefault(_outcome(cell), []).append(cell)
    parties = [Party(tuple(group)) for group in (agreeing, *groups.values())]
    return Disagreement(tuple(parties), tuple(_causes(first, parting)))


def _causes(first: Cell, parting: Sequence[Cell]) -> list[Cause]:
    """The causes, the engines together that part for the same one."""
    merged: dict[tuple[object, ...], list[Cause]] = {}
    compared = Dialogue.of(first)
    for cell in parting:
        cause = _cause(compared, Dialogue.of(cell))
        merged.setdefault((cause.kind, cause.quirks), []).append(cause)
    return [
        Cause(tuple(name for cause in alike for name in cause.engines), alike[0].kind, alike[0].sentence,
              alike[0].quirks, alike[0].evidence)
        for alike in merged.values()
    ]  # fmt: skip


def _cause(a: Dialogue, b: Dialogue) -> Cause:
    found = _deciding(a, b)
    reasons = [cell.reason for cell in (a.cell, b.cell) if cell.reason is not None]
    rules = [_by_name(a.cell, b.cell) if each == NAME else quirk_in(each, reasons) for each in found]
    known = tuple(dict.fromkeys(rule for rule in rules if rule is not None))
    engines = (b.cell.engine,)
    if known:
        sentence = " ".join(quirk.sentence for quirk in known)
        return Cause(engines, "rule", sentence, known, "; ".join(dict.fromkeys(quirk.evidence for quirk in known)))
    if REPLIES not in found:
        return Cause(engines, "unknown", "No single rule of the engines explains it: compare what each was answered.")
    failed = next((cell for cell in (a.cell, b.cell) if cell.verdict == "error"), None)
    if failed is not None:
        said = f"The network failed for {failed.engine} alone ({failed.reason}), which says nothing about the engines."
        return Cause(engines, "network", said)
    return Cause(engines, "server", "The server answered the same request differently.", (), _unequal(a, b))


def _by_name(a: Cell, b: Cell) -> Quirk:
    """What goes by the engine's name and shows: its rules about cookies, where there are any, else its cache modes."""
    exchanges = [*a.flow.exchanges, *b.flow.exchanges]
    cookies = any(each.withheld_cookies or field(each.request.headers, "cookie") for each in exchanges)
    return quirks()["quirk.cookie-rules" if cookies else "quirk.preflight-cache-bypass"]


def _deciding(a: Dialogue, b: Dialogue) -> tuple[str, ...]:
    """As few factors as make one cell end as the other did; empty when that cannot be told."""
    likely = _found_before(a.cell.engine, b.cell.engine, a.outcome, b.outcome)
    known = next((each for each in sorted(likely, key=len) if played(a, b, each) == b.outcome), None)
    found = _searched(a, b) if known is None else _needed(a, b, known)
    likely[found] = None
    return found


@cache
def _found_before(a: str, b: str, was: Outcome, became: Outcome) -> dict[tuple[str, ...], None]:
    """What decided between two engines that ended so before: many cells of a run part for the same cause."""
    return {}


def _searched(a: Dialogue, b: Dialogue) -> tuple[str, ...]:
    possible = factors(a.engine, b.engine)
    for one, other in ((a, b), (b, a)):
        for factor in possible:
            if played(one, other, (factor,)) == other.outcome:
                return (factor,)
    return _needed(a, b, possible) if played(a, b, possible) == b.outcome else ()


def _needed(a: Dialogue, b: Dialogue, enough: Sequence[str]) -> tuple[str, ...]:
    """Those of factors that are enough without which they would not be."""
    needed = tuple(enough)
    for factor in reversed(enough):
        rest = tuple(each for each in needed if each != factor)
        if played(a, b, rest) == b.outcome:
            needed = rest
    return needed


def _unequal(a: Dialogue, b: Dialogue) -> str:
    """The first request that both made and that was answered in two ways."""
    for asked, replies in a.replies.items():
        others = b.replies.get(asked)
        if others and _policy(replies[0]) != _policy(others[0]):
            said = [f"{one.cell.engine} {_status(reply)}" for one, reply in ((a, replies[0]), (b, others[0]))]
            how = ", ".join(said) if _status(replies[0]) != _status(others[0]) else "with other headers"
            return f"{asked[0]} {asked[1]}: {how}; perhaps by User-Agent or another header that CORS does not look at"
    return ""


def _policy(reply: Reply) -> list[bytes]:
    """Status line and CORS headers."""
    lines = reply.head.splitlines()
    return lines[:1] + sorted(line.lower() for line in lines[1:] if line.lower().startswith(b"access-control-"))


def _status(reply: Reply) -> str:
    """The status as it stands on the wire, or the network's error."""
    if reply.error is not None:
        return reply.error.code
    words = reply.head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return words[1] if len(words) > 1 else "nothing"
