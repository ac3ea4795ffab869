"""The kinds of values that only requests have: headers, bodies, expectations, and where a request may be sent."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import Any

from corstui.profile.document import Mapping, Node, Scalar, Sequence, kind_of
from corstui.profile.expectations import ALLOWED, PATTERN, Expectation, parse_expectation
from corstui.profile.kinds import NULLABLE_TEXT_SCHEMA, TEXT_SCHEMA, Schema
from corstui.profile.problems import Location, Problems, Refusal, nearest, one_of, shown
from corstui.profile.variables import Template, template, template_of
from corstui.profile.waivers import SCHEMA as WAIVER_SCHEMA
from corstui.profile.waivers import read_waiver


@dataclass(frozen=True, slots=True)
class Header:
    """One header line. ``is_null``: the value is an unquoted null, which removes an inherited header of this name."""

    name: str
    value: Template
    is_null: bool
    location: Location = field(compare=False)


@dataclass(frozen=True, slots=True)
class Headers:
    """A mapping, or a list of ``[name, value]`` pairs; order and duplicates are kept."""

    def read(self, node: Node, problems: Problems) -> list[Header]:
        headers = []
        for name, value in pairs_of(node, problems):
            with problems.collecting():
                headers.append(self._header(name, value))
        return headers

    @staticmethod
    def _header(name: Scalar, value: Node) -> Header:
        if not name.text.strip():
            raise Refusal(name.location, "a header without a name")
        if not isinstance(value, Scalar):
            raise Refusal(
                value.location,
                f"{kind_of(value)} as the value of {shown(name.text)}",
                "write a list of [name, value] pairs to send a header twice",
            )
        return Header(name.text, template_of(value), value.is_null, name.location)

    def schema(self) -> Schema:
        return pairs_schema(NULLABLE_TEXT_SCHEMA)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a URL-encoded form, as a list of (name, value) templates."""

    def read(self, node: Node, problems: Problems) -> list[tuple[Template, Template]]:
        fields = []
        for name, value in pairs_of(node, problems):
            if isinstance(value, Scalar):
                fields.append((template_of(name), template_of(value)))
            else:
                problems.add(
                    value.location, f"{kind_of(value)} as the value of {shown(name.text)}", "a form field is a text"
                )
        return fields

    def schema(self) -> Schema:
        return pairs_schema(NULLABLE_TEXT_SCHEMA)


def pairs_of(node: Node, problems: Problems) -> list[tuple[Scalar, Node]]:
    """The pairs of a mapping, or of a list of ``[name, value]`` or ``name: value`` items."""
    if isinstance(node, Mapping):
        return list(node.pairs)
    if isinstance(node, Scalar):
        if node.is_null:
            return []
        raise Refusal(
            node.location,
            f"{kind_of(node)} where pairs are expected",
            "write name: value lines, or a list of [name, value]",
        )
    pairs: list[tuple[Scalar, Node]] = []
    for item in node.items:
        if isinstance(item, Mapping):
            pairs += item.pairs
        elif isinstance(item, Sequence) and len(item.items) == 2 and isinstance(item.items[0], Scalar):
            pairs.append((item.items[0], item.items[1]))
        else:
            problems.add(item.location, f"{kind_of(item)} where a pair is expected", "write [name, value]")
    return pairs


def pairs_schema(value: Schema) -> Schema:
    """The JSON Schema of what :func:`pairs_of` takes."""
    pair = {"type": "array", "items": value, "minItems": 2, "maxItems": 2}
    mapping = {"type": "object", "additionalProperties": value}
    return {"anyOf": [{**mapping, "type": ["object", "null"]}, {"type": "array", "items": {"anyOf": [pair, mapping]}}]}


_INTEGER = re.compile(r"[-+]?\d{1,300}", re.ASCII)
_BASED = re.compile(r"0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100}")
_FLOAT = re.compile(r"[-+]?(\.\d{1,300}|\d{1,300}(\.\d{0,300})?)([eE][-+]?\d{1,5})?", re.ASCII)
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONSTANTS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Json:
    """Any YAML value as JSON has it: the core schema's types, texts as templates. Positions are kept in templates."""

    def read(self, node: Node, problems: Problems) -> Any:
        if isinstance(node, Sequence):
            return [self.read(item, problems) for item in node.items]
        if isinstance(node, Mapping):
            return {key.text: self.read(value, problems) for key, value in node.pairs}
        return _typed(node)

    def schema(self) -> Schema:
        return {}


def _typed(node: Scalar) -> Any:
    """A scalar by the YAML 1.2 core schema; numbers as JavaScript would print them."""
    if not node.plain:
        return template_of(node)
    if node.is_null:
        return None
    text = node.text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _NO_NUMBER.fullmatch(text):
        raise Refusal(node.location, f"JSON has no number {shown(text)}", "quote it to send a text")
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise Refusal(node.location, f"{shown(text)} is too large for a number", "quote it to send a text")
        return int(number) if number.is_integer() and abs(number) < 1e21 else number
    return template(text, node.location)


@dataclass(frozen=True, slots=True)
class Named:
    """A name of something else in the profile, with the place where it is used."""

    name: str
    location: Location


@dataclass(frozen=True, slots=True)
class NameOf:
    """Reads the name of ``what``; whether it exists is known only when every file has been read."""

    what: str

    def read(self, node: Node, problems: Problems) -> Named:
        if not isinstance(node, Scalar):
            raise Refusal(node.location, f"{kind_of(node)} where the name of {self.what} is expected")
        return Named(node.text, node.location)

    def schema(self) -> Schema:
        return TEXT_SCHEMA


@dataclass(frozen=True, slots=True)
class Send:
    """``auto``, ``never`` or the list of environments that let this request out. ``grants``: whether a list may."""

    grants: bool

    def read(self, node: Node, problems: Problems) -> str | list[Named]:
        if isinstance(node, Scalar):
            if node.text in ("auto", "never"):
                return node.text
            hint = "write a list: [staging]" if self.grants and not node.is_null else ""
            raise Refusal(
                node.location, f"{kind_of(node)} is not allowed here", hint or nearest(node.text, ("auto", "never"))
            )
        if not self.grants:
            raise Refusal(
                node.location,
                "defaults cannot let requests out",
                "name environments at the endpoint, or set writes in an environment",
            )
        if isinstance(node, Mapping):
            raise Refusal(node.location, "a mapping where a list of environments is expected", "write [staging]")
        environments = [NameOf("an environment").read(item, problems) for item in node.items]
        if not environments:
            raise Refusal(node.location, "an empty list", "write never to hold the request everywhere")
        return environments

    def schema(self) -> Schema:
        words: Schema = {"enum": ["auto", "never"]}
        return {"anyOf": [words, {"type": "array", "items": TEXT_SCHEMA, "minItems": 1}]} if self.grants else words


@dataclass(frozen=True, slots=True)
class Expected:
    """What one line of ``expect`` says about ``origin``; ``environment`` is ``*`` where it says it for all."""

    origin: Named
    environment: Named
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Expect:
    """One value for every origin, or a mapping origin -> value or mapping environment -> value.

    A value is a text, or ``{expect: text, waiver: {reason, expires}}``.
    """

    def read(self, node: Node, problems: Problems) -> list[Expected]:
        everywhere = Named("*", node.location)
        if isinstance(node, Scalar) or is_waived(node):
            return [Expected(everywhere, everywhere, _expectation(node, problems))]
        if isinstance(node, Sequence):
            raise Refusal(node.location, "a list where an expectation is expected", one_of((ALLOWED,)))
        found: list[Expected] = []
        for key, child in node.pairs:
            origin = Named(key.text, key.location)
            inner = child.pairs if isinstance(child, Mapping) and not is_waived(child) else ((None, child),)
            for environment, value in inner:
                name = Named(environment.text, environment.location) if environment else everywhere
                with problems.collecting():
                    found.append(Expected(origin, name, _expectation(value, problems)))
        return found

    def schema(self) -> Schema:
        text: Schema = {"type": "string", "pattern": PATTERN}
        waived: Schema = {
            "type": "object",
            "properties": {
                "expect": {**text, "description": "What is expected."},
                "waiver": {**WAIVER_SCHEMA, "description": "Why, and until when, the contrary is accepted."},
            },
            "required": ["expect", "waiver"],
            "additionalProperties": False,
        }
        value: Schema = {"anyOf": [text, waived]}
        by_environment = {"type": "object", "additionalProperties": value}
        by_origin = {"type": "object", "additionalProperties": {"anyOf": [value, by_environment]}}
        return {"anyOf": [value, by_origin]}


def is_waived(node: Node) -> bool:
    """Whether ``node`` is an expectation with its waiver. An origin may be called waiver: then it has no reason."""
    if not isinstance(node, Mapping):
        return False
    given = {key.text: value for key, value in node.pairs}
    waiver = given.get("waiver")
    inner = {key.text for key, _ in waiver.pairs} if isinstance(waiver, Mapping) else set()
    return waiver is not None and ("expect" in given or bool(inner & {"reason", "expires"}))


def _expectation(node: Node, problems: Problems) -> Expectation:
    if is_waived(node):
        assert isinstance(node, Mapping)
        return _waived(node, problems)
    if not isinstance(node, Scalar):
        raise Refusal(node.location, f"{kind_of(node)} where an expectation is expected", f"allowed: {ALLOWED}")
    return parse_expectation(node.text, node.location)


def _waived(node: Mapping, problems: Problems) -> Expectation:
    given = {key.text: value for key, value in node.pairs}
    for key, _ in node.pairs:
        if key.text not in ("expect", "waiver"):
            problems.add(key.location, f"{shown(key.text)} beside a waiver", "write {expect: VALUE, waiver: {...}}")
    waiver = None
    with problems.collecting():
        waiver = read_waiver(given["waiver"], problems)
    if "expect" not in given:
        raise Refusal(node.location, "a waiver without what is expected", "write {expect: VALUE, waiver: {...}}")
    value = given["expect"]
    if not isinstance(value, Scalar):
        raise Refusal(value.location, f"{kind_of(value)} where an expectation is expected", f"allowed: {ALLOWED}")
    return replace(parse_expectation(value.text, value.location), waiver=waiver)
