"""YAML text as nodes that know their place; scalars keep their source text.

The YAML library's event stream is used, never its object construction, so nothing in a profile is guessed to be a
date, a number or an object. Aliases and merge keys work; tags are refused, and so is a document that grows beyond
:data:`MAX_NODES` once its aliases are written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from corstui.profile.problems import Location, Problems, Refusal, shown

#: Nodes of one document with its aliases written out.
MAX_NODES = 200_000
#: How deep collections may nest.
MAX_DEPTH = 64

#: The parser over libyaml where the YAML library was built with it: some ten times as fast.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """``plain``: written without quotes and not as a block, so that ``null`` may mean null."""

    text: str
    plain: bool
    location: Location

    @property
    def is_null(self) -> bool:
        """YAML 1.2 core schema: null."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    items: tuple[Node, ...]
    location: Location
    weight: int


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys are unique; those that come from a merge key stand after the others."""

    pairs: tuple[tuple[Scalar, Node], ...]
    location: Location
    weight: int


Node = Scalar | Sequence | Mapping


def kind_of(node: Node) -> str:
    """What a message calls this node."""
    if isinstance(node, Scalar):
        return "null" if node.is_null else shown(node.text)
    return "a list" if isinstance(node, Sequence) else "a mapping"


def parse_document(text: str, path: str, problems: Problems) -> Mapping | None:
    """The document in ``text``, or None when it cannot be read; every reason is in ``problems``."""
    try:
        return _Builder(text, path, problems).document()
    except Refusal as refusal:
        problems.refuse(refusal)
    except yaml.MarkedYAMLError as error:
        problems.refuse(_syntax_error(error, text, path))
    except yaml.YAMLError as error:
        problems.add(Location(path, 1, 1), f"not YAML: {str(error).splitlines()[0]}")
    return None


class _Builder:
    """Builds the nodes of one document from the parser's events."""

    def __init__(self, text: str, path: str, problems: Problems) -> None:
        self._path = path
        self._problems = problems
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self._anchors: dict[str | None, Node | None] = {}
        self._depth = 0
        self._count = 0

    def document(self) -> Mapping:
        next(self._events)  # the start of the stream
        first = next(self._events)
        if not isinstance(first, yaml.DocumentStartEvent):
            raise Refusal(Location(self._path, 1, 1), "the file is empty", "a profile has origins and endpoints")
        root = self._node(next(self._events))
        next(self._events)  # the end of the document
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise Refusal(self._place(after), "a second document begins here", "a profile is one document")
        if not isinstance(root, Mapping):
            if isinstance(root, Scalar) and root.is_null:
                raise Refusal(root.location, "the file is empty", "a profile has origins and endpoints")
            raise Refusal(root.location, f"a profile is a mapping, this is {kind_of(root)}")
        return root

    def _place(self, event: Any) -> Location:
        return Location(self._path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any) -> Node:
        location = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, location)
        if event.tag is not None:
            raise Refusal(location, f"the tag {shown(event.tag)} is refused", "write the value without a tag")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._weigh(1, location)
        node = (
            self._scalar(event, location) if isinstance(event, yaml.ScalarEvent) else self._collection(event, location)
        )
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str | None, location: Location) -> Node:
        name = shown(anchor or "")
        if anchor not in self._anchors:
            raise Refusal(location, f"no anchor {name} stands before this alias", "quote a text that begins with *")
        node = self._anchors[anchor]
        if node is None:
            raise Refusal(location, f"the alias {name} stands inside of what it repeats")
        self._weigh(1 if isinstance(node, Scalar) else node.weight, location)
        return node

    def _weigh(self, nodes: int, location: Location) -> None:
        self._count += nodes
        if self._count > MAX_NODES:
            raise Refusal(location, f"the document grows beyond {MAX_NODES} values here", "use fewer aliases")

    @staticmethod
    def _scalar(event: Any, location: Location) -> Scalar:
        if any("\ud800" <= char <= "\udfff" for char in event.value):
            raise Refusal(location, "half a character: an escape names a surrogate", "write the character itself")
        return Scalar(event.value, not event.style, location)

    def _collection(self, event: Any, location: Location) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refusal(location, f"nested more than {MAX_DEPTH} levels deep")
        before = self._count
        items: list[Node] = []
        while not isinstance(child := next(self._events), yaml.CollectionEndEvent):
            items.append(self._node(child))
        self._depth -= 1
        weight = self._count - before + 1
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(items), location, weight)
        return Mapping(self._pairs(items), location, weight)

    def _pairs(self, items: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
        """Keys and values, alternating in ``items``, with merge keys applied."""
        own: dict[str, tuple[Scalar, Node]] = {}
        merged: list[tuple[Scalar, Node]] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._problems.add(key.location, f"a key is a text, this is {kind_of(key)}", "quote it")
            elif key.plain and key.text == "<<":
                merged += self._merged(value)
            elif key.text in own:
                first = own[key.text][0].location
                self._problems.add(key.location, f"{shown(key.text)} is here twice", f"first in line {first.line}")
            elif isinstance(value, Scalar) and value.plain and not value.text:
                own[key.text] = (key, Scalar("", True, key.location))  # the parser places it somewhere behind the key
            else:
                own[key.text] = (key, value)
        for key, value in merged:
            own.setdefault(key.text, (key, value))
        return tuple(own.values())

    def _merged(self, value: Node) -> list[tuple[Scalar, Node]]:
        sources = value.items if isinstance(value, Sequence) else (value,)
        pairs: list[tuple[Scalar, Node]] = []
        for source in sources:
            if isinstance(source, Mapping):
                pairs += source.pairs
            else:
                self._problems.add(source.location, f"<< merges mappings, this is {kind_of(source)}", "<<: *anchor")
        return pairs


_ONE_COLUMN = "the keys of one mapping begin in one column; a list has '- ' on each line"

#: What the parser says, what we say instead, and what helps. The first pattern that is found counts.
_SYNTAX = (
    (r"expected ',' or", "the braces or brackets that open {context} are not closed here", ""),
    (r"mapping values are not allowed", "a second ': ' in one line", "quote a value that holds ': '"),
    (r"scanning an (alias|anchor)", "* and & begin an alias and an anchor in YAML", 'quote it: "*"'),
    (r"unexpected end of stream", "the quotes that open {context} are never closed", ""),
    (r"found unexpected ':'", "a ':' without a space behind it", "write 'key: value', or quote the text"),
    (r"unknown escape", "an escape that YAML does not have", "use single quotes where a backslash means itself"),
    (r"could not find expected ':'", "a key without ':'", "write key: value"),
    (r"expected (key|'-'|<block end>)", "the indentation fits nothing above", _ONE_COLUMN),
    (r"undefined tag|tag", "a tag that YAML does not know", "write the value without a tag, or quote it"),
    (r"control characters|special characters|not allowed", "a character that YAML does not allow", ""),
)  # fmt: skip


def _syntax_error(error: yaml.MarkedYAMLError, text: str, path: str) -> Refusal:
    """The parser's complaint in our words, with a hint for the slips that are common in profiles."""
    mark = error.problem_mark or error.context_mark
    location = Location(path, mark.line + 1, mark.column + 1) if mark else Location(path, 1, 1)
    said = f"{error.context or ''} {error.problem or ''}"
    lines = text.splitlines()
    line = lines[location.line - 1] if location.line <= len(lines) else ""
    opened = f"in line {error.context_mark.line + 1}" if error.context_mark else "before"
    message, hint = error.problem or "not YAML", ""
    if "cannot start any token" in said:
        message, hint = _bad_start(line, location)
    else:
        for pattern, ours, help_ in _SYNTAX:
            if re.search(pattern, said):
                message, hint = ours.format(context=opened), help_
                break
    if mark and _unquoted_reference(line, mark.column):
        message, hint = "unquoted ${...} within braces or brackets", 'quote it: "${name}"'
    return Refusal(location, f"not YAML: {message}", hint)


def _bad_start(line: str, location: Location) -> tuple[str, str]:
    column = location.column - 1
    char = next((char for char in line[column:] if char != " "), "")
    if "\t" in line[: column + 1]:
        return "a tab in the indentation", "indent with spaces"
    return f"a value cannot begin with {shown(char)}", "quote it"


#: How far before an error an unquoted reference may have begun, in characters.
_NEARBY = 200
_REFERENCE = re.compile(r"[\[{,:]\s*\$\{[^}\"']*\}")


def _unquoted_reference(line: str, column: int) -> bool:
    """Whether the error stands on the brace of a ``${`` that opens a flow mapping instead of a variable."""
    return (
        line[max(column - 1, 0) : column + 1] == "${"
        or _REFERENCE.search(line, max(column - _NEARBY, 0), column + 2) is not None
    )
