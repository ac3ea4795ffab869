"""``${...}`` in a profile: parsed where it is written, replaced when an environment is resolved.

``${name}`` is a variable of the environment, ``${env:NAME}`` and ``${env:NAME:-default}`` come from the process,
``${secret:NAME}`` too and is masked, ``${file:PATH}`` is the content of a file and masked. ``$${`` is a literal ``${``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corstui.profile.document import Scalar
from corstui.profile.problems import Location, Refusal, nearest, shown
from corstui.profile.secrets import remember
from corstui.profile.source import MAX_VALUE, read_bytes

#: A variable's name; ``env``, ``secret`` and ``file`` before a colon are sources instead.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_SOURCES = ("env", "secret", "file")
_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
#: How long one value, and all values of an environment, may grow by what they repeat, in characters.
_MAX_EXPANDED = 1 << 20
_MAX_TOTAL = 1 << 26


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``${...}``. ``source`` is empty for a variable of the environment."""

    source: str
    name: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with references. Two are equal when they say the same, wherever they stand."""

    parts: tuple[str | Reference, ...]
    location: Location = field(compare=False)

    @property
    def references(self) -> Iterator[Reference]:
        return (part for part in self.parts if isinstance(part, Reference))

    @property
    def literal(self) -> str | None:
        """The text, when there is nothing to replace in it."""
        return None if any(self.references) else "".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text with everything replaced, and the secrets that went into it."""

    text: str
    secrets: frozenset[str] = frozenset()


def template(text: str, location: Location) -> Template:
    """Parse ``text``. Raises Refusal for a reference that cannot mean anything."""
    parts: list[str | Reference] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        if match[0] == "$${":
            parts.append("${")
        elif not match[2]:
            raise Refusal(location, f"{shown(match[0])} is never closed", "write ${name}, or $${ for a literal ${")
        else:
            parts.append(_reference(match[1], location))
    parts.append(text[end:])
    return Template(tuple(part for part in parts if part != ""), location)


def template_of(scalar: Scalar) -> Template:
    """The scalar's source text as a template."""
    return template(scalar.text, scalar.location)


def _reference(inner: str, location: Location) -> Reference:
    source, colon, name = inner.partition(":")
    written = shown("${" + inner + "}")
    if not colon:
        if not NAME.fullmatch(inner):
            raise Refusal(location, f"{written} names no variable", "a name is letters, digits, _ . and -")
        return Reference("", inner)
    if source not in _SOURCES:
        raise Refusal(location, f"{written} asks for an unknown source", nearest(source, _SOURCES))
    name, dashed, default = name.partition(":-") if source != "file" else (name, "", "")
    if dashed and source == "secret":
        raise Refusal(location, "a secret has no default", "use ${env:NAME:-default} for what is no secret")
    if not name.strip():
        raise Refusal(location, f"{written} names nothing")
    return Reference(source, name, default if dashed else None)


class Scope:
    """The values that references have in one environment of one profile.

    ``known``: the variables of every environment, for telling a misspelt name from one that this environment lacks.
    """

    def __init__(
        self, environment: str, variables: Mapping[str, Template], known: frozenset[str], process: Mapping[str, str]
    ) -> None:
        self._environment = environment
        self._variables = variables
        self._known = known
        self._process = process
        self._done: dict[str, Expanded] = {}
        self._open: list[str] = []
        self._total = 0

    def expand(self, template: Template) -> Expanded:
        """Replace every reference. Raises Refusal where one has no value."""
        texts: list[str] = []
        secrets: set[str] = set()
        for part in template.parts:
            value = Expanded(part) if isinstance(part, str) else self._value(part, template.location)
            texts.append(value.text)
            secrets |= value.secrets
        size = sum(map(len, texts))
        self._total += size
        if size > _MAX_EXPANDED or self._total > _MAX_TOTAL:
            raise Refusal(template.location, "the variables make the values here too long")
        return Expanded("".join(texts), frozenset(secrets))

    def file_bytes(self, template: Template) -> bytes | None:
        """The exact bytes of the file that is the whole of ``template``; None when it is anything else."""
        match template.parts:
            case (Reference("file", path),):
                return _file(path, template.location)
            case _:
                return None

    def _value(self, reference: Reference, location: Location) -> Expanded:
        match reference.source:
            case "":
                return self._variable(reference.name, location)
            case "file":
                return _text_file(reference.name, location)
            case "secret":
                secret = self._from_process(reference.name, location)
                if not secret:
                    state = "is empty" if reference.name in self._process else "is not set"
                    hint = f"set the environment variable {reference.name}"
                    raise Refusal(location, f"the secret {reference.name} {state}", hint)
                remember([secret])
                return Expanded(secret, frozenset({secret}))
            case _:
                text = self._from_process(reference.name, location)
                if reference.default is not None:
                    text = text or reference.default
                if text is None:
                    hint = f"set it, or write ${{env:{reference.name}:-default}}"
                    raise Refusal(location, f"the environment variable {reference.name} is not set", hint)
                return Expanded(text)

    def _from_process(self, name: str, location: Location) -> str | None:
        text = self._process.get(name)
        if text is not None and not is_text(text):
            raise Refusal(location, f"the environment variable {name} is not UTF-8")
        return text

    def _variable(self, name: str, location: Location) -> Expanded:
        if name in self._done:
            return self._done[name]
        if name not in self._variables:
            if name in self._known:
                message = f"the environment {self._environment} has no variable {name}"
                raise Refusal(location, message, "add it to its vars")
            raise unknown_variable(name, location, self._known)
        if name in self._open:
            chain = " -> ".join([*self._open[self._open.index(name) :], name])
            raise Refusal(self._variables[name].location, f"the variable {name} is made of itself: {chain}")
        self._open.append(name)
        try:
            self._done[name] = self.expand(self._variables[name])
        finally:
            self._open.pop()
        return self._done[name]


def unknown_variable(name: str, location: Location, known: frozenset[str]) -> Refusal:
    """The refusal of a variable that no environment has."""
    hint = nearest(name, sorted(known)) if known else f"no environment has vars; from the process: ${{env:{name}}}"
    return Refusal(location, f"no environment has a variable {name}", hint)


def is_text(text: str) -> bool:
    """Whether ``text`` can be written as UTF-8: lone surrogates stand for bytes that are none."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _file(path: str, location: Location) -> bytes:
    return read_bytes(str(Path(location.path).parent / path), location, MAX_VALUE, f"the file {shown(path)}")


def _text_file(path: str, location: Location) -> Expanded:
    """A file as text, without the line break at its end, which editors add and headers refuse."""
    try:
        text = _file(path, location).decode()
    except UnicodeDecodeError:
        raise Refusal(location, f"the file {shown(path)} is not UTF-8", "only a whole body may be any bytes") from None
    text = text.removesuffix("\n").removesuffix("\r")
    remember([text])
    return Expanded(text, frozenset({text}) if text else frozenset())
