"""Kinds of values: each reads a node and describes itself as JSON Schema, so that the two cannot disagree."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as Table
from collections.abc import Sequence as Items
from dataclasses import dataclass, field
from typing import Any, Protocol

from corstui.profile.document import Mapping, Node, Scalar, Sequence, kind_of
from corstui.profile.problems import Location, Problems, Refusal, nearest, one_of, shown
from corstui.profile.variables import Template, template_of

Schema = dict[str, Any]

#: A scalar whose source text counts, however YAML would type it.
TEXT_SCHEMA: Schema = {"type": ["string", "number", "boolean"]}
#: The same where null is text, or has a meaning.
NULLABLE_TEXT_SCHEMA: Schema = {"type": ["string", "number", "boolean", "null"]}


class Kind(Protocol):
    def read(self, node: Node, problems: Problems) -> Any:
        """The value of ``node``. Raises Refusal, or adds to ``problems`` what is wrong with a part of it."""

    def schema(self) -> Schema:
        """The JSON Schema of what is read."""


def scalar(node: Node, allowed: str) -> Scalar:
    """``node`` when it is a scalar. Raises Refusal otherwise."""
    if isinstance(node, Scalar):
        return node
    raise Refusal(node.location, f"{kind_of(node)} where a text is expected", allowed)


@dataclass(frozen=True, slots=True)
class Text:
    """Source text with references. ``what`` completes the hint "write ..."."""

    what: str

    def read(self, node: Node, problems: Problems) -> Template:
        text = scalar(node, f"write {self.what}")
        if not text.text or text.is_null:
            raise Refusal(text.location, f"{kind_of(text)} here", f"write {self.what}")
        return template_of(text)

    def schema(self) -> Schema:
        return TEXT_SCHEMA


@dataclass(frozen=True, slots=True)
class Value:
    """Source text with references, which may be empty, and where null is a text too."""

    def read(self, node: Node, problems: Problems) -> Template:
        return template_of(scalar(node, "write it in one line, or as a block with |"))

    def schema(self) -> Schema:
        return NULLABLE_TEXT_SCHEMA


@dataclass(frozen=True, slots=True)
class Plain:
    """Text as it stands, without references."""

    def read(self, node: Node, problems: Problems) -> Scalar:
        return scalar(node, "write one word or line")

    def schema(self) -> Schema:
        return TEXT_SCHEMA


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set of words."""

    words: tuple[str, ...]

    def read(self, node: Node, problems: Problems) -> str:
        text = scalar(node, one_of(self.words))
        if text.text not in self.words:
            raise Refusal(text.location, f"{kind_of(text)} is not allowed here", nearest(text.text, self.words))
        return text.text

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """YAML 1.2 core schema: ``true`` or ``false``."""

    def read(self, node: Node, problems: Problems) -> bool:
        if isinstance(node, Scalar) and node.plain and node.text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return node.text.lower() == "true"
        raise Refusal(node.location, f"{kind_of(node)} is neither true nor false", "allowed: true, false; no quotes")

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number within bounds."""

    minimum: int
    maximum: int

    def read(self, node: Node, problems: Problems) -> int:
        written = node.text if isinstance(node, Scalar) and node.plain else ""
        number = int(written) if re.fullmatch(r"\+?\d{1,9}", written, re.ASCII) else -1
        if not self.minimum <= number <= self.maximum:
            hint = f"a whole number from {self.minimum} to {self.maximum}"
            raise Refusal(node.location, f"{kind_of(node)} is not allowed here", hint)
        return number

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"


#: Seconds in each unit of a duration.
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0}
DURATIONS = "seconds, or 500ms, 10s, 2m; more than 0, at most 60m"
#: The longest duration, in seconds.
_LONGEST = 3600.0


def seconds_of(text: str) -> float | None:
    """The seconds that a duration means; None for what is none, or not one that is allowed."""
    match = re.fullmatch(_NUMBER + "(ms|s|m)?", text, re.ASCII)
    seconds = float(match[1]) * _UNITS[match[2] or ""] if match else 0.0
    return seconds if 0 < seconds <= _LONGEST else None


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds as a float, from a plain number of seconds or with a unit."""

    def read(self, node: Node, problems: Problems) -> float:
        seconds = seconds_of(node.text) if isinstance(node, Scalar) else None
        if seconds is None:
            raise Refusal(node.location, f"{kind_of(node)} is no duration", DURATIONS)
        return seconds

    def schema(self) -> Schema:
        text = {"type": "string", "pattern": f"^{_NUMBER}(ms|s|m)?$"}
        return {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": _LONGEST}, text]}


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second as a float, from ``50/s`` or ``50/m``."""

    def read(self, node: Node, problems: Problems) -> float:
        match = re.fullmatch(_NUMBER + " */ *(s|m)", node.text, re.ASCII) if isinstance(node, Scalar) else None
        rate = float(match[1]) / (60 if match[2] == "m" else 1) if match else 0.0
        if not rate or not math.isfinite(rate):
            raise Refusal(node.location, f"{kind_of(node)} is no rate", "requests per second or minute: 50/s, 50/m")
        return rate

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{_NUMBER} */ *(s|m)$"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list. ``example`` shows one in the hint. Items that cannot be read are left out and reported."""

    item: Kind
    example: str
    minimum: int = 0

    def read(self, node: Node, problems: Problems) -> list[Any]:
        if not isinstance(node, Sequence):
            raise Refusal(node.location, f"{kind_of(node)} where a list is expected", f"write {self.example}")
        if len(node.items) < self.minimum:
            raise Refusal(node.location, "an empty list", "leave the key out, or name at least one")
        items: list[Any] = []
        for child in node.items:
            with problems.collecting():
                items.append(self.item.read(child, problems))
        return items

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema()} | ({"minItems": self.minimum} if self.minimum else {})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a mapping with free keys."""

    name: str
    location: Location
    value: Any


class Entries(list[Entry]):
    """The entries that could be read. ``declared``: the names of all, so that the others are not missed elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.declared: list[str] = []


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names to values, as a list of entries. ``what``: what a name stands for, with its article.

    ``pattern`` limits the names; without one every printable text is a name, but for ``*``.
    """

    what: str
    value: Kind
    pattern: str | None = None
    names: str = ""

    def read(self, node: Node, problems: Problems) -> Entries:
        entries = Entries()
        if isinstance(node, Scalar) and node.is_null:
            return entries
        if not isinstance(node, Mapping):
            raise Refusal(node.location, f"{kind_of(node)} where a mapping is expected", "write name: value lines")
        for key, child in node.pairs:
            with problems.collecting():
                entries.declared.append(key.text)
                self._check(key)
                entries.append(Entry(key.text, key.location, self.value.read(child, problems)))
        return entries

    def _check(self, key: Scalar) -> None:
        if self.pattern is not None:
            if not re.fullmatch(self.pattern, key.text):
                raise Refusal(key.location, f"{shown(key.text)} is no name for {self.what}", self.names)
        elif not key.text.strip() or key.text == "*" or not key.text.isprintable():
            hint = "a name is printable text other than *"
            raise Refusal(key.location, f"{shown(key.text)} is no name for {self.what}", hint)

    def schema(self) -> Schema:
        names = {"pattern": f"^{self.pattern}$"} if self.pattern else {"minLength": 1, "not": {"const": "*"}}
        return {"type": ["object", "null"], "propertyNames": names, "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record. ``doc`` is one line for the schema and for editors."""

    name: str
    kind: Kind
    doc: str


@dataclass(slots=True)
class Values:
    """What was read of a record: the value and place of each key that is there."""

    location: Location
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.values


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with a closed set of keys.

    ``elsewhere``: what to say to keys that people look for here; ``aside``: what to add for every other wrong key.
    """

    what: str
    fields: tuple[Field, ...]
    required: tuple[str, ...] = ()
    elsewhere: Table[str, str] = field(default_factory=dict)
    aside: str = ""

    def read(self, node: Node, problems: Problems) -> Values:
        if isinstance(node, Scalar) and node.is_null:
            return self._complete(Values(node.location), problems)
        if not isinstance(node, Mapping):
            raise Refusal(node.location, f"{kind_of(node)} where a mapping is expected", one_of(self.names))
        known = {each.name: each for each in self.fields}
        found = Values(node.location)
        for key, child in node.pairs:
            if key.text not in known:
                problems.add(key.location, f"{shown(key.text)} is no key of {self.what}", self._hint(key.text))
                continue
            found.places[key.text] = key.location
            try:
                found.values[key.text] = known[key.text].kind.read(child, problems)
            except Refusal as refusal:
                problems.add(refusal.problem.location, f"{key.text}: {refusal.problem.message}", refusal.problem.hint)
        return self._complete(found, problems)

    @property
    def names(self) -> Items[str]:
        return [each.name for each in self.fields]

    def _hint(self, key: str) -> str:
        hint = self.elsewhere.get(key.lower()) or nearest(key, self.names)
        return f"{hint}; {self.aside}" if self.aside and key.lower() not in self.elsewhere else hint

    def _complete(self, found: Values, problems: Problems) -> Values:
        for name in self.required:
            if name not in found.places:
                problems.add(found.location, f"{self.what} lacks {name}")
        return found

    def schema(self) -> Schema:
        properties = {each.name: {**each.kind.schema(), "description": each.doc} for each in self.fields}
        schema: Schema = {"type": "object" if self.required else ["object", "null"], "properties": properties}
        return schema | {"additionalProperties": False} | ({"required": list(self.required)} if self.required else {})
