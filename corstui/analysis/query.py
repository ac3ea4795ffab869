"""The filter language: which places of a matrix somebody wants to see.

A query is terms with blanks between them, and all of them must hold. A term is plain text, looked for in everything
about a place, or ``field:value``; ``!`` before either negates it. Values are compared without regard to case; ``*`` and
``?`` are wildcards over the whole value; ``|`` between values means or; ``"..."`` keeps blanks, colons and bars
together, with ``\\`` before a quote inside. What is not finished yet, ``verdict:`` or ``!``, asks for nothing.

Text becomes :class:`Written` terms (:func:`scan`, which accepts anything), these become a :class:`Query`
(:func:`parse`, which refuses with the place and a remedy), and that selects places. What a term asks of an endpoint is
worked out once for each endpoint, what it asks of an origin once for each origin; outcomes are only looked at where
these leave a question open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from corstui.analysis.fields import (
    ALIASES,
    FIELDS,
    PLAIN,
    EndpointFacts,
    Facts,
    Fits,
    OriginFacts,
    Outcome,
    Subject,
    WrongValue,
    pattern_of,
)
from corstui.profile.problems import shown

__all__ = ["EndpointFacts", "OriginFacts", "Outcome", "Query", "QueryError", "Term", "parse", "quoted", "scan"]

Test = Callable[[Any], bool]


class QueryError(ValueError):
    """The text is no query. ``start`` and ``end``: the offsets of the wrong part in it, never empty."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: one of ``values``, looked for in ``field`` or, when that is empty, everywhere."""

    field: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        values = "|".join(quoted(value, plain=not self.field) for value in self.values)
        return f"{'!' if self.negated else ''}{f'{self.field}:' if self.field else ''}{values}"

    def test(self, subject: Subject) -> Test | None:
        """Whether an endpoint, an origin or an outcome has it, negation aside; None: this term asks nothing of them."""
        if self.field:
            field = FIELDS[self.field]
            return _any_of(map(field.fits, self.values), field.read) if field.subject == subject else None
        return _any_of(map(_plain, self.values), PLAIN[subject])


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all hold; without any, every planned place is selected."""

    terms: tuple[Term, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.terms

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    def select(
        self,
        endpoints: Sequence[EndpointFacts],
        origins: Sequence[OriginFacts],
        outcomes: Callable[[int, int], Iterable[Outcome]],
    ) -> set[tuple[int, int]]:
        """The places, as indices of endpoint and origin, where one side at least has what all terms ask for.

        ``outcomes``: one for each side that is planned at a place; it is asked where endpoint and origin do not rule
        the place out already.
        """
        rows, columns = self._hits("endpoint", endpoints), self._hits("origin", origins)
        judges = _Judges([term.negated for term in self.terms], [term.test("outcome") for term in self.terms])
        found = set()
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                judge = judges[row | column]
                if judge is not None and any(map(judge, outcomes(i, j))):
                    found.add((i, j))
        return found

    def _hits(self, subject: Subject, things: Sequence[object]) -> list[int]:
        """For each thing the terms that it has what they ask for, as bits."""
        hits = [0] * len(things)
        for bit, term in enumerate(self.terms):
            test = term.test(subject)
            if test is not None:
                hits = [hit | test(thing) << bit for hit, thing in zip(hits, things, strict=True)]
        return hits


class _Judges(dict[int, "Test | None"]):
    """What remains to be asked of an outcome when endpoint and origin have decided some terms (as bits); None: the
    place is out whatever its outcome."""

    def __init__(self, negated: Sequence[bool], tests: Sequence[Test | None]) -> None:
        self.terms = list(zip(negated, tests, strict=True))

    def __missing__(self, decided: int) -> Test | None:
        self[decided] = judge = self._judge(decided)
        return judge

    def _judge(self, decided: int) -> Test | None:
        open_: list[tuple[bool, Test]] = []
        for bit, (negated, test) in enumerate(self.terms):
            if decided >> bit & 1:
                if negated:
                    return None
            elif test is not None:
                open_.append((negated, test))
            elif not negated:
                return None
        if not open_:
            return _planned
        if len(open_) == 1 and not open_[0][0]:
            return open_[0][1]
        return lambda side: all(test(side) is not negated for negated, test in open_)


def _planned(_: Outcome) -> bool:
    return True


class _Remembered(dict[Facts, bool]):
    """Whether facts fit, worked out once for all subjects with the same facts."""

    def __init__(self, fits: Fits) -> None:
        self.fits = fits

    def __missing__(self, facts: Facts) -> bool:
        self[facts] = answer = self.fits(facts)
        return answer


def _any_of(tests: Iterable[Fits], read: Callable[[Any], Facts]) -> Test:
    fits = tuple(tests)
    known = _Remembered(lambda facts: any(fit(facts) for fit in fits))
    return lambda subject: known[read(subject)]


def _plain(value: str) -> Fits:
    fits = pattern_of(value)
    return lambda facts: any(fits(str(fact)) for fact in facts if fact is not None and fact != "")


# -- from text to a query ----------------------------------------------------------------------------------------------

_QUOTED = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
_VALUE = rf'(?:{_QUOTED}|[^\s"|])*'
_TERM = re.compile(rf'(!?)(?:([^\s":|!][^\s":|]*|(?=:)):)?({_VALUE}(?:\|{_VALUE})*)', re.DOTALL)
_VALUES = re.compile(_VALUE, re.DOTALL)
_RUN = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|([^"]+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_QUOTES = re.compile(r'[\s"|]|\A!')


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in the text between ``start`` and ``end``: ``raw`` with quotes, ``text`` without.

    ``colon``: the offset of the first colon outside quotes, -1 without one.
    """

    raw: str
    text: str
    start: int
    colon: int

    @property
    def end(self) -> int:
        return self.start + len(self.raw)


@dataclass(frozen=True, slots=True)
class Written:
    """A term as it stands in the text from ``start`` on. ``field`` is None in plain text."""

    start: int
    negated: bool
    field: str | None
    values: tuple[Value, ...]

    @property
    def field_start(self) -> int:
        return self.start + self.negated

    @property
    def end(self) -> int:
        return self.values[-1].end


def scan(text: str) -> list[Written]:
    """The terms of any text. A quote that is not closed goes to the end."""
    terms, at = [], 0
    while at < len(text):
        match = _TERM.match(text, at)
        if text[at].isspace() or match is None:
            at += 1
            continue
        terms.append(
            Written(match.start(), bool(match[1]), match[2], tuple(_values(text, match.start(3), match.end())))
        )
        at = match.end()
    return terms


def _values(text: str, at: int, end: int) -> Iterable[Value]:
    while True:
        match = _VALUES.match(text, at, end)
        assert match is not None, "a value may be empty"
        yield _value(match[0], at)
        at = match.end() + 1
        if at > end:
            return


def _value(raw: str, start: int) -> Value:
    parts, colon = [], -1
    for run in _RUN.finditer(raw):
        if run[2] is None:
            parts.append(_ESCAPED.sub(r"\1", run[1]))
        else:
            parts.append(run[2])
            if colon < 0 and ":" in run[2]:
                colon = start + run.start() + run[2].index(":")
    return Value(raw, "".join(parts), start, colon)


def quoted(value: str, *, plain: bool = False) -> str:
    """The value as a query has it, in quotes where it needs them; ``plain``: it stands without a field."""
    if not _NEEDS_QUOTES.search(value) and not (plain and ":" in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse(text: str) -> Query:
    """The query that the text is. Raises QueryError at the first thing that is wrong."""
    terms = []
    for written in scan(text):
        field = _field(written, text)
        values = tuple(value.text for value in written.values if _fits(field, value, written))
        if values:
            terms.append(Term(field, values, written.negated))
    return Query(tuple(terms))


def _field(written: Written, text: str) -> str:
    """The name of the field; empty in plain text."""
    if written.field is None:
        return ""
    name = written.field.lower()
    name = ALIASES.get(name, name)
    if name in FIELDS:
        return name
    close = get_close_matches(name, [*FIELDS, *ALIASES], n=1)
    start, end = written.field_start, written.field_start + len(written.field)
    whole = quoted(text[start : written.end].replace('"', ""), plain=True)
    remedy = f"did you mean {close[0]}?" if close else f"to look for the text itself, quote it: {shown(whole)[1:-1]}"
    what = (
        f"there is no field {shown(written.field)}" if written.field else "a field's name is missing before the colon"
    )
    raise QueryError(f"{what}; {remedy}", start, max(end, start + 1))


def _fits(field: str, value: Value, written: Written) -> bool:
    """Whether the value is one, and not only begun. Raises QueryError for one that is wrong."""
    if value.raw.startswith("!"):
        before = f"!{written.field}:" if written.field is not None else "!"
        rest = quoted(value.text.lstrip("!"), plain=not field)
        remedy = "one is enough" if written.negated else f"write it before the whole term: {shown(before + rest)[1:-1]}"
        raise QueryError(f"! negates a term, not a value; {remedy}", value.start, value.end)
    if not field:
        if value.colon >= 0:
            remedy = shown(quoted(value.text, plain=True))[1:-1]
            raise QueryError(f"text with a colon needs quotes: {remedy}", value.start, value.end)
        return bool(value.text)
    if not FIELDS[field].finished(value.text):
        return False
    try:
        FIELDS[field].fits(value.text)
    except WrongValue as wrong:
        raise QueryError(str(wrong), value.start, value.end) from None
    return True
