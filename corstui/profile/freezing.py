"""Writing ``expect:`` into the text of a profile: edits by position, so that every other byte stays as it is.

Nothing is dumped again. A place that cannot be edited by position without touching something else - an alias, an
anchor that others repeat, a value with a waiver in force - raises :class:`Unfit` and is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from corstui.profile.document import LOADER
from corstui.profile.problems import Location, shown

#: What is expected of each origin or ``*``: a word, or one for each environment.
Words = Mapping[str, str | Mapping[str, str]]

_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_. /-]*[A-Za-z0-9_])?", re.ASCII)
#: The longest line that stays one line.
_LONG = 100


class Unfit(Exception):
    """This endpoint's text cannot be edited; the message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one endpoint, whose name stands at ``location``, is to say.

    ``whole``: all that its own ``expect`` says when it is written anew. ``changed``: the entries that must change where
    its ``expect`` is a mapping already. ``keeps_word``: where it is one word for all, that stays true of the others.
    """

    location: Location
    whole: str | Words
    changed: Words
    keeps_word: bool = False


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def freeze(text: str, wishes: Iterable[Wish]) -> tuple[str, dict[Location, str]]:
    """``text`` with the wishes written in, and why those that are left were left."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    bare = text.removeprefix(mark)
    sheet = _Sheet(bare)
    edits: list[_Edit] = []
    left: dict[Location, str] = {}
    for wish in wishes:
        try:
            edits += sheet.edits(wish)
        except Unfit as reason:
            left[wish.location] = str(reason)
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        bare = bare[: edit.start] + edit.text + bare[edit.end :]
    return mark + bare, left


class _Sheet:
    """One file's text with its nodes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        # the parser that reads profiles: the two of the YAML library do not take the same texts (tabs before comments)
        root: Any = yaml.compose(text, Loader=LOADER)
        self._endpoints = {
            (key.start_mark.line + 1, key.start_mark.column + 1): (key, value, flow)
            for key, value, flow in _endpoints(root)
        }

    def edits(self, wish: Wish) -> list[_Edit]:
        place = (wish.location.line, wish.location.column)
        if place not in self._endpoints:
            raise Unfit("it comes from an alias or a merge key")
        key, value, in_flow = self._endpoints[place]
        self._check_own(key, value)
        if isinstance(value, yaml.ScalarNode):
            return self._expanded(key, value, wish.whole, in_flow)
        own = {each.value: (each, node) for each, node in value.value if isinstance(each, yaml.ScalarNode)}
        if "expect" not in own:
            return self._added(value, own, wish.whole)
        expect_key, expect = own["expect"]
        self._check_own(expect_key, expect)
        if isinstance(expect, yaml.ScalarNode):
            whole = wish.whole
            if wish.keeps_word and not isinstance(whole, str):
                whole = {**whole, "*": expect.value}
            return [_Edit(_start(expect), _end(expect), _flow(whole))]
        if expect.flow_style and not value.flow_style and (told := self._told(expect)) is not None:
            words = {**told, **wish.changed}
            rest = {"*": words.pop("*")} if "*" in words else {}
            colon = self._text.index(":", _end(expect_key)) + 1
            return [_Edit(colon, _end(expect), self._shaped({**words, **rest}, expect_key.start_mark.column))]
        return self._changed(expect, wish.changed)

    def _check_own(self, key: Any, value: Any) -> None:
        """Whether the value stands right here and nowhere else."""
        if _start(value) < _end(key):
            raise Unfit("it is an alias of another place")
        if self._text[_start(value) : _start(value) + 1] == "&":
            raise Unfit("other places may repeat it: it has an anchor")
        between = self._text[_end(key) : _start(value)]
        if "&" in re.sub(r"#[^\r\n]*", "", between):
            raise Unfit("other places may repeat it: it has an anchor")

    def _expanded(self, key: Any, value: Any, whole: str | Words, in_flow: bool) -> list[_Edit]:
        """The short form ``name: METHOD URL`` as a mapping."""
        start, end = _start(value), _end(value)
        if in_flow:
            return [_Edit(start, end, f"{{request: {self._text[start:end]}, expect: {_flow(whole)}}}")]
        if value.start_mark.line != key.start_mark.line or value.start_mark.line != value.end_mark.line:
            raise Unfit("its request is written over several lines")
        indent = self._newline + " " * (key.start_mark.column + 2)
        colon = _end(key) + self._text[_end(key) : start].index(":") + 1
        after = self._line_end(end)
        return [
            _Edit(colon, start, f"{indent}request: "),
            _Edit(after, after, f"{indent}expect:{self._shaped(whole, key.start_mark.column + 2)}"),
        ]

    def _added(self, endpoint: Any, own: Mapping[str, tuple[Any, Any]], whole: str | Words) -> list[_Edit]:
        """``expect`` behind the request, or as the first key where the request is no simple line."""
        if endpoint.flow_style:
            behind = _start(endpoint) + 1
            return [_Edit(behind, behind, f"expect: {_flow(whole)}{', ' if endpoint.value else ''}")]
        column = endpoint.start_mark.column
        said = f"expect:{self._shaped(whole, column)}"
        indent = self._newline + " " * column
        for name in ("request", "url"):
            key, value = own.get(name, (None, None))
            if key is not None and _start(value) > _end(key) and self._is_line(key, value):
                after = self._line_end(_end(value))
                return [_Edit(after, after, indent + said)]
        start = _start(endpoint)
        return [_Edit(start, start, said + indent)]

    @staticmethod
    def _is_line(key: Any, value: Any) -> bool:
        lines = {key.start_mark.line, value.start_mark.line, value.end_mark.line}
        return isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">") and len(lines) == 1

    def _told(self, node: Any) -> dict[str, Any] | None:
        """What a mapping in braces says; None where writing it anew would lose something."""
        if any(sign in self._text[_start(node) : _end(node)] for sign in ("#", "&", "<<", "waiver", "\n")):
            return None
        found: dict[str, Any] = {}
        for key, value in node.value:
            inner = value.value if isinstance(value, yaml.ScalarNode) else self._told(value)
            if _start(value) < _end(key) or inner is None:
                return None
            found[key.value] = inner
        return found

    def _changed(self, expect: Any, changed: Words) -> list[_Edit]:
        """Each entry that no longer fits, and new ones before the first."""
        entries = {key.value: (key, node) for key, node in expect.value if isinstance(key, yaml.ScalarNode)}
        edits, new = [], []
        for name, word in changed.items():
            if name not in entries:
                new.append(f"{_key(name)}: {_flow(word)}")
                continue
            key, node = entries[name]
            self._check_own(key, node)
            start, end = _start(node), _content_end(node)
            if "waiver" in self._text[start:end] or "#" in self._text[start:end]:
                raise Unfit(f"what it says of {shown(name)} has a waiver or a comment")
            edits.append(_Edit(start, end, _flow(word)))
        if new:
            first = _start(expect) + 1 if expect.flow_style else _start(expect)
            between = ", " if expect.flow_style else self._newline + " " * expect.start_mark.column
            tail = between if expect.value else ""
            edits.append(_Edit(first, first, between.join(new) + tail))
        return edits

    def _shaped(self, words: str | Words, column: int) -> str:
        """What stands behind ``expect:``, whose column is ``column``: one line, or several instead of a long one."""
        line = _flow(words)
        if isinstance(words, str) or column + len(line) <= _LONG:
            return f" {line}"
        indent = self._newline + " " * (column + 2)
        return "".join(f"{indent}{_key(name)}: {_flow(word)}" for name, word in words.items())

    def _line_end(self, index: int) -> int:
        found = re.compile(r"\r?\n|\Z").search(self._text, index)
        assert found is not None
        return found.start()


def _flow(words: str | Words | Mapping[str, str]) -> str:
    if isinstance(words, str):
        return words
    return "{" + ", ".join(f"{_key(name)}: {_flow(word)}" for name, word in words.items()) + "}"


def _key(name: str) -> str:
    """A name as a key that means itself in any place."""
    if _PLAIN.fullmatch(name):
        return name
    escaped = "".join(
        char if char.isprintable() else f"\\U{ord(char):08x}" for char in re.sub(r'(["\\])', r"\\\1", name)
    )
    return f'"{escaped}"'


def _start(node: Any) -> int:
    index: int = node.start_mark.index
    return index


def _end(node: Any) -> int:
    index: int = node.end_mark.index
    return index


def _content_end(node: Any) -> int:
    """Where the node's own text ends: a block collection's mark stands at whatever follows."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return _end(node)
    last = node.value[-1]
    return _content_end(last[1] if isinstance(last, tuple) else last)


def _endpoints(root: Any) -> Iterator[tuple[Any, Any, bool]]:
    """Name and value of every endpoint that stands in the file itself, and whether it stands between braces."""
    for key, value in _pairs(root):
        if key.value == "endpoints":
            yield from _members(value)
        elif key.value == "groups":
            for _, group in _pairs(value):
                for inner, members in _pairs(group):
                    if inner.value == "endpoints":
                        yield from _members(members)


def _members(node: Any) -> Iterator[tuple[Any, Any, bool]]:
    for key, value in _pairs(node):
        yield key, value, bool(node.flow_style)


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []
