"""What somebody who types a filter may want to type next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corstui.analysis.fields import ALIASES, FIELDS, Field
from corstui.analysis.query import Value, quoted, scan
from corstui.printable import printable


@dataclass(frozen=True, slots=True)
class Names:
    """What there is to be named. Each may hold any text from outside."""

    endpoints: Sequence[str] = ()
    origins: Sequence[str] = ()
    methods: Sequence[str] = ()
    groups: Sequence[str] = ()
    tags: Sequence[str] = ()
    environments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """Put ``text`` where ``start`` to ``end`` is. ``label`` is the same without quotes, safe to show.

    ``rest``: what of the label is still to be typed; empty when the label does not go on from what is there.
    """

    text: str
    label: str
    start: int
    end: int
    rest: str = ""

    def applied(self, text: str) -> str:
        """The whole text with it."""
        return text[: self.start] + self.text + text[self.end :]


def completions(text: str, cursor: int, names: Names) -> list[Completion]:
    """What may stand where the cursor is, the best first; what is there already is the first, when it is complete.

    At the start of a term these are the fields, after a colon the values of the field. A value with characters that
    nobody can type has the wildcard ``?`` for each of them.
    """
    if text[cursor : cursor + 1].strip(" |"):
        return []
    terms = scan(text[:cursor])
    if not terms or terms[-1].end < cursor:
        return [_completion(f"{name}:", f"{name}:", "", cursor, cursor) for name in FIELDS]
    field, value = terms[-1].field, terms[-1].values[-1]
    if field is None:
        return _fields(value, cursor) if len(terms[-1].values) == 1 else []
    field = ALIASES.get(field.lower(), field.lower())
    taken = {other.text.casefold() for other in terms[-1].values[:-1]}
    return _values(FIELDS[field], value, cursor, names, taken) if field in FIELDS else []


def best(text: str, cursor: int, names: Names) -> Completion | None:
    """The completion to take; None where nothing is begun, or where what there is is complete."""
    offers = completions(text, cursor, names)
    begun = offers and (offers[0].start < cursor or text[cursor - 1 : cursor] in (":", "|"))
    return offers[0] if begun and offers[0].applied(text) != text else None


def about(text: str, cursor: int) -> str:
    """What the field is about whose value the cursor is in; empty elsewhere."""
    terms = scan(text[:cursor])
    name = (terms[-1].field or "").lower() if terms and terms[-1].end == cursor else ""
    name = ALIASES.get(name, name)
    return f"{name}: {FIELDS[name].about}" if name in FIELDS else ""


def _fields(value: Value, cursor: int) -> list[Completion]:
    typed = value.raw.casefold()
    found = [name for name in (*FIELDS, *ALIASES) if name.startswith(typed)]
    return [_completion(f"{name}:", f"{name}:", typed, value.start, cursor) for name in found]


def _values(field: Field, value: Value, cursor: int, names: Names, taken: Iterable[str]) -> list[Completion]:
    if value.raw.startswith("!"):
        return []
    typed = value.text.casefold()
    offered: Sequence[str] = tuple(field.words) or (getattr(names, field.names) if field.names else field.hints)
    # Words and statuses are written from their beginning; a name may be known by any part of it.
    parts = not field.words and not field.is_status
    ranked = [
        (rank, label)
        for label in dict.fromkeys(_typeable(name) for name in offered if name)
        if label.casefold() not in taken and (rank := _rank(typed, label.casefold(), parts)) is not None
    ]
    ranked.sort(key=lambda each: each[0])
    return [_completion(quoted(label), label, value.text, value.start, cursor) for _, label in ranked]


def _rank(typed: str, label: str, parts: bool) -> int | None:
    if label == typed:
        return 0
    if label.startswith(typed):
        return 1
    return 2 if parts and typed in label else None


def _typeable(name: str) -> str:
    return "".join(char if printable(char) == char else "?" for char in name)


def _completion(text: str, label: str, typed: str, start: int, end: int) -> Completion:
    rest = label[len(typed) :] if label.casefold().startswith(typed.casefold()) else ""
    return Completion(text, label, start, end, rest)
