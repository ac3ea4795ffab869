"""What a filter can ask about a place of the matrix: the facts of it, and the fields that name them.

A field belongs to one of three subjects, the endpoint, the origin or the outcome of one side, and reads facts from it.
Whether a value fits is asked of facts only, so that the answer can be remembered for all subjects with the same facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from corstui.fetch.engines import ENGINES
from corstui.fetch.reasons import REASONS
from corstui.profile.problems import nearest, shown
from corstui.runner.lint import SEVERITIES

Subject = Literal["endpoint", "origin", "outcome"]
Facts = tuple[str | int | None, ...]
Fits = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """One row. ``url`` is its path; ``group`` is empty where there is none."""

    name: str
    method: str = ""
    url: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """One column. ``value``: the origin itself, as the Origin header has it."""

    name: str
    value: str = ""


@dataclass(slots=True)
class Outcome:
    """One side of one place. Not frozen: a key press may make many thousands, and freezing doubles what one costs.

    ``verdict`` is None while there is no result. ``status``: the one that script sees, 0 of an opaque response.
    ``expected``: ``yes``, ``no``, ``waived``, ``unproven`` or ``none``, when no expectation is written. ``severity``:
    that of the gravest finding. ``differs``: from the other side; None when that cannot be said.
    """

    environment: str = ""
    engine: str = ""
    verdict: str | None = None
    reason: str | None = None
    phase: str = ""
    status: int | None = None
    sent: bool = False
    expected: str = "none"
    changed: bool = False
    inconclusive: bool = False
    severity: str | None = None
    differs: bool | None = False
    selected: bool = False
    label: str = ""


class WrongValue(ValueError):
    """A field does not take this value. The message says what it takes."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``about``: one line for the help. ``names``: what a caller's names for completion are called.

    ``words``: the values it takes, each with the facts that it means; empty when any value will do. ``known``: texts
    of which one at least must fit. ``hints``: values that are worth offering where there are no words.
    """

    name: str
    subject: Subject
    about: str
    read: Callable[[Any], Facts]
    words: Mapping[str, frozenset[str]]
    names: str = ""
    known: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    is_status: bool = False

    def fits(self, value: str) -> Fits:
        """The test that ``value`` stands for. Raises WrongValue."""
        if self.is_status:
            return _status(value)
        return self._word(value.casefold()) if self.words else self._text(value)

    def finished(self, value: str) -> bool:
        """Whether somebody who typed this much has typed a value: ``>=`` alone is none."""
        return bool(value) and not (self.is_status and value in _COMPARISONS)

    def _word(self, value: str) -> Fits:
        if wild(value):
            pattern = pattern_of(value)
            words = [word for word in self.words if pattern(word)]
        else:
            words = [value] if value in self.words else [word for word in self.words if word.startswith(value)]
            if len(words) > 1:
                raise WrongValue(f"{shown(value)} is short for {' and for '.join(words)}: write one of them")
        if not words:
            raise WrongValue(f"there is no {self.name} {shown(value)}; {nearest(value, self.words)}")
        meant = frozenset().union(*(self.words[word] for word in words))
        return lambda facts: facts[0] in meant

    def _text(self, value: str) -> Fits:
        fits = pattern_of(value)
        if self.known and not any(map(fits, self.known)):
            meant = nearest(value, self.known).partition("allowed:")[0].strip()
            raise WrongValue(
                f"there is no {self.name} {shown(value)}; {meant or f'there are {self.known[0]} and others'}"
            )
        return lambda facts: any(fits(str(fact)) for fact in facts if fact is not None and fact != "")


def wild(value: str) -> bool:
    """Whether the value has wildcards."""
    return "*" in value or "?" in value


def pattern_of(value: str) -> Callable[[str], bool]:
    """The test for a text: it contains ``value`` in any case, or with wildcards, is like it as a whole."""
    folded = value.casefold()
    if not wild(folded):
        return lambda text: folded in text.casefold()
    first, *others = (re.escape(part).replace(r"\?", ".") for part in folded.split("*"))
    # What is before a star never gives back what it took, so no text makes the search slow.
    middle = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    like = re.compile(first + middle + "".join(f".*{part}" for part in others[-1:]), re.DOTALL)
    return lambda text: like.fullmatch(text.casefold()) is not None


_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    ">=": int.__ge__,
    "<=": int.__le__,
    ">": int.__gt__,
    "<": int.__lt__,
}
_COMPARED = re.compile(r"(>=|<=|>|<)([0-9]{1,3})")
_DIGITS = re.compile(r"[0-9][0-9x?]{0,2}")


def _status(value: str) -> Fits:
    """``200``, ``5xx`` or the beginning of it, a comparison, or ``none``."""
    lowered = value.lower()
    if "none".startswith(lowered):
        return lambda facts: facts[0] is None
    if lowered == "*":
        return lambda facts: facts[0] is not None
    if compared := _COMPARED.fullmatch(lowered):
        compare, limit = _COMPARISONS[compared[1]], int(compared[2])
        return lambda facts: isinstance(facts[0], int) and compare(facts[0], limit)
    if _DIGITS.fullmatch(lowered.rstrip("*")):
        like = re.compile(re.sub("[x?]", "[0-9]", lowered.rstrip("*")))
        return lambda facts: facts[0] is not None and like.match(str(facts[0])) is not None
    raise WrongValue(f"there is no status {shown(value)}; write 200, 5xx, >=400, <300 or none")


def _each(*words: str) -> dict[str, frozenset[str]]:
    return {word: frozenset({word}) for word in words}


def _yes(value: bool | None) -> Facts:
    return ("yes" if value else "no",)


_GRAVER = {name: frozenset(SEVERITIES[index:]) for index, name in enumerate(SEVERITIES)}
_FINDING = {"yes": frozenset(SEVERITIES), "no": frozenset({""}), **_GRAVER}
_YES_NO = _each("yes", "no")
_ANY: dict[str, frozenset[str]] = {}
_DIFFERS = {True: "yes", False: "no", None: "unclear"}

_FIELDS = (
    Field(
        "verdict",
        "outcome",
        "what the browser decided; waiting: no result yet",
        lambda side: (side.verdict or "waiting",),
        _each("allowed", "blocked", "error", "opaque", "unsent", "waiting"),
    ),
    Field("origin", "origin", "name or value of the origin", lambda one: (one.name, one.value), _ANY, "origins"),
    Field("endpoint", "endpoint", "name of the endpoint", lambda one: (one.name,), _ANY, "endpoints"),
    Field(
        "reason",
        "outcome",
        "code of what decided, as corstui explain knows it",
        lambda side: (side.reason,),
        _ANY,
        known=tuple(REASONS),
        hints=tuple(REASONS),
    ),
    Field(
        "status",
        "outcome",
        "status that script sees: 200, 5xx, >=400, <300, none",
        lambda side: (side.status,),
        _ANY,
        hints=("2xx", "3xx", "4xx", "5xx", ">=400", "<300", "none"),
        is_status=True,
    ),
    Field(
        "expected",
        "outcome",
        "as the profile expects; waived: a deviation that is accepted; none: no expectation is written",
        lambda side: (side.expected,),
        _each("yes", "no", "waived", "unproven", "none"),
    ),
    Field("method", "endpoint", "method of the request", lambda one: (one.method,), _ANY, "methods"),
    Field("group", "endpoint", "group of the endpoint", lambda one: (one.group,), _ANY, "groups"),
    Field("tag", "endpoint", "a tag of the endpoint", lambda one: one.tags, _ANY, "tags"),
    Field(
        "phase",
        "outcome",
        "where the flow ended",
        lambda side: (side.phase,),
        _each("local", "preflight", "actual", "redirect"),
    ),
    Field("env", "outcome", "name of the environment", lambda side: (side.environment,), _ANY, "environments"),
    Field("engine", "outcome", "browser engine", lambda side: (side.engine,), _each(*ENGINES)),
    Field("sent", "outcome", "whether the server received the request", lambda side: _yes(side.sent), _YES_NO),
    Field("changed", "outcome", "came out otherwise in a rerun", lambda side: _yes(side.changed), _YES_NO),
    Field("inconclusive", "outcome", "may come out otherwise next time", lambda side: _yes(side.inconclusive), _YES_NO),
    Field(
        "finding",
        "outcome",
        "a finding of this severity or a graver one",
        lambda side: (side.severity or "",),
        _FINDING,
    ),
    Field(
        "differs",
        "outcome",
        "whether the sides of a comparison differ",
        lambda side: (_DIFFERS[side.differs],),
        _each("yes", "no", "unclear"),
    ),
    Field("selected", "outcome", "whether you have selected it", lambda side: _yes(side.selected), _YES_NO),
)

#: Every field by its name, the most useful first.
FIELDS: Mapping[str, Field] = {field.name: field for field in _FIELDS}

#: Other names of fields.
ALIASES = {"environment": "env"}

#: What plain text is looked for in.
PLAIN: Mapping[Subject, Callable[[Any], Facts]] = {
    "endpoint": lambda one: (one.method, one.name, one.group, one.url, *one.tags),
    "origin": lambda one: (one.name, one.value),
    "outcome": lambda side: (side.verdict, side.reason, side.label, side.status, side.phase),
}
