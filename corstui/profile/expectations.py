"""What a profile expects of a cell, and whether a verdict is what was expected.

``judge`` answers True, False or None. None is "unproven": the network failed, the application did not answer, or the
request was held back where the preflight alone cannot decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from corstui.fetch.reasons import REASONS
from corstui.profile.problems import Location, Refusal, nearest, shown
from corstui.profile.waivers import Waiver

#: Every code that a blocked flow can have.
BLOCK_REASONS = tuple(code for code, reason in REASONS.items() if reason.kind == "blocked")
#: ``block/WORD``: the phases that fit. A redirect is followed after the request itself went out.
_PHASES: dict[str, frozenset[str]] = {
    "preflight": frozenset({"preflight"}),
    "actual": frozenset({"actual", "redirect"}),
    "local": frozenset({"local"}),
}
#: The words that stand alone.
_WORDS = ("allow", "allow any", "opaque", "preflight", "block", *(f"block/{phase}" for phase in _PHASES))

ALLOWED = (
    "allow, allow STATUS, allow any, opaque, preflight, block, block REASON|REASON, "
    "block/preflight, block/actual or block/local"
)
#: The same as a regular expression, for the JSON Schema.
PATTERN = rf"^(allow( any| [1-5]\d\d)?|opaque|preflight|block(/({'|'.join(_PHASES)}))?|block +[a-z-]+( *\| *[a-z-]+)*)$"

Kind = Literal["allow", "opaque", "preflight", "block"]


class _Response(Protocol):
    @property
    def status(self) -> int: ...


class Judged(Protocol):
    """What an expectation needs to know of a flow or a cell."""

    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def phase(self) -> str: ...
    @property
    def inconclusive(self) -> bool: ...
    @property
    def response(self) -> _Response | None: ...


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expected outcome. ``statuses``: those of ``allow``, None for any; ``reasons`` empty for every reason."""

    kind: Kind
    text: str
    location: Location = field(compare=False)
    statuses: range | None = None
    reasons: frozenset[str] = frozenset()
    phases: frozenset[str] = frozenset()
    waiver: Waiver | None = None

    def judge(self, cell: Judged) -> bool | None:
        """Whether ``cell`` is as expected; None where it proves nothing."""
        if cell.verdict == "error" or cell.inconclusive:
            return None
        if cell.verdict == "unsent":
            return self._judge_unsent(cell.reason)
        if self.kind == "preflight":
            return cell.verdict != "blocked" or cell.phase not in ("local", "preflight")
        if self.kind == "block":
            return cell.verdict == "blocked" and self._fits(cell)
        if self.kind == "opaque":
            return cell.verdict == "opaque"
        if cell.verdict != "allowed":
            return False
        return self.statuses is None or (cell.response is not None and cell.response.status in self.statuses)

    def _fits(self, cell: Judged) -> bool:
        return (not self.reasons or cell.reason in self.reasons) and (not self.phases or cell.phase in self.phases)

    def _judge_unsent(self, reason: str | None) -> bool | None:
        """A held request proves something only where its preflight was answered, and passed."""
        if reason != "held-after-preflight":
            return None
        if self.kind == "preflight":
            return True
        if self.kind != "block":
            return None
        return None if self._could_follow() else False

    def _could_follow(self) -> bool:
        """Whether what is expected could still come after a passed preflight. A plain ``block`` expects it to fail."""
        later = _PHASES["actual"]
        if self.reasons:
            return any(later.intersection(REASONS[reason].phases) for reason in self.reasons)
        return bool(self.phases & later)


def parse_expectation(text: str, location: Location) -> Expectation:
    """One expectation as a profile writes it. Raises Refusal for anything else."""
    words = " ".join(text.split())
    match = re.fullmatch(r"allow(?: (any|\d+))?", words)
    if match:
        return Expectation("allow", words, location, statuses=_statuses(match[1], location))
    if words in ("opaque", "preflight", "block"):
        return Expectation(words, words, location)  # type: ignore[arg-type]
    kind, slash, phase = words.partition("/")
    if kind == "block" and slash:
        if phase not in _PHASES:
            raise Refusal(location, f"block/{phase} names no phase", nearest(phase, _PHASES))
        return Expectation("block", words, location, phases=_PHASES[phase])
    if words.startswith("block "):
        codes = [code.strip() for code in words.removeprefix("block ").split("|")]
        for code in codes:
            _check_reason(code, location)
        return Expectation("block", f"block {'|'.join(codes)}", location, reasons=frozenset(codes))
    raise Refusal(location, f"{shown(text)} is no expectation", _meant(words))


def _meant(words: str) -> str:
    hint = nearest(words, _WORDS)
    return hint.partition("?")[0] + f"? allowed: {ALLOWED}" if hint.startswith("did") else f"allowed: {ALLOWED}"


def _statuses(word: str | None, location: Location) -> range | None:
    if word is None:
        return range(200, 400)
    if word == "any":
        return None
    status = int(word) if len(word) == 3 else 0
    if not 100 <= status <= 599:
        raise Refusal(location, f"{shown(word)} is no status", "a status is 100 to 599")
    return range(status, status + 1)


def _check_reason(code: str, location: Location) -> None:
    if code in BLOCK_REASONS:
        return
    if code in REASONS:
        raise Refusal(location, f"{code} is no reason for a block, it is one of the verdict {REASONS[code].kind}")
    raise Refusal(location, f"there is no reason {shown(code)}", nearest(code, BLOCK_REASONS))


@dataclass(frozen=True, slots=True)
class Expected:
    """What one level of a profile says about one origin: for every environment (``*``), or for some."""

    by_environment: Mapping[str, Expectation]

    def in_environment(self, name: str) -> Expectation | None:
        return self.by_environment.get(name, self.by_environment.get("*"))


#: What one level says, by origin or ``*``.
ByOrigin = Mapping[str, Expected]


def choose(levels: Iterable[ByOrigin], origin: str, environment: str) -> Expectation | None:
    """The expectation for a cell. ``levels`` are ordered from the nearest; a named origin beats ``*`` of any level."""
    levels = tuple(levels)
    for name in (origin, "*"):
        for level in levels:
            found = level[name].in_environment(environment) if name in level else None
            if found is not None:
                return found
    return None
