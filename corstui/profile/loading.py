"""From paths to parts: every profile with the files that it includes, read, merged and checked against itself."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corstui.profile.document import Scalar, parse_document
from corstui.profile.endpoints import Names, Raw, build, check_defaults, warn_about_dropped_defaults
from corstui.profile.kinds import Entry, Values
from corstui.profile.model import EnvironmentSpec, Part
from corstui.profile.problems import Location, Problems, Refusal, nearest, shown
from corstui.profile.source import files_of, read_text
from corstui.profile.tables import PROFILE
from corstui.profile.variables import Template

#: The environment of a profile that names none.
DEFAULT_ENVIRONMENT = "default"


@dataclass(frozen=True, slots=True)
class File:
    """One file as read, before anything is merged."""

    path: str
    values: Values


def load_parts(paths: Iterable[str], problems: Problems, texts: Mapping[str, str] | None = None) -> list[Part]:
    """The profiles at ``paths``, where directories stand for the profiles in them. Errors are in ``problems``.

    ``texts``: by path, what to read instead of a file.
    """
    reader = _Reader(problems, texts or {})
    roots: list[str] = []
    for path in paths:
        try:
            roots += files_of(path)
        except Refusal as refusal:
            problems.refuse(refusal)
    trees = {_identity(path): reader.tree(path) for path in roots}
    # a file that another one of them includes is a part of that profile, not a profile
    return [
        _Merger(tree, problems).part() for identity, tree in trees.items() if tree and identity not in reader.included
    ]


def _identity(path: str) -> str:
    """What two paths of one file have in common."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


class _Reader:
    """Reads files once each, and follows their includes."""

    def __init__(self, problems: Problems, texts: Mapping[str, str]) -> None:
        self._problems = problems
        self._texts = {_identity(path): text for path, text in texts.items()}
        self._files: dict[str, File | None] = {}
        self.included: set[str] = set()

    def tree(self, path: str) -> list[File]:
        """The file and all that it includes: the included before those that include them, each once.

        Empty when one of them cannot be read: what it would have defined is not to be missed elsewhere.
        """
        found: dict[str, File | None] = {}
        self._visit(path, None, [], found)
        return [file for file in found.values() if file is not None and None not in found.values()]

    def _visit(self, path: str, include: Scalar | None, above: list[str], found: dict[str, File | None]) -> None:
        identity = _identity(path)
        if identity in above:
            names = " -> ".join(Path(each).name for each in [*above[above.index(identity) :], identity])
            self._problems.add(include.location if include else Location(path), f"the include is a cycle: {names}")
            return
        if identity in found:
            return
        if identity not in self._files:
            self._files[identity] = self._read(path, include)
        file = self._files[identity]
        for included in file.values.get("include", []) if file else []:
            target = str(Path(path).parent / included.text)
            self.included.add(_identity(target))
            self._visit(target, included, [*above, identity], found)
        found[identity] = file

    def _read(self, path: str, include: Scalar | None) -> File | None:
        try:
            identity = _identity(path)
            if identity in self._texts:
                text = self._texts[identity].removeprefix("\ufeff")
            elif include is None:
                text = read_text(path, Location(path), "the file")
            else:
                text = read_text(path, include.location, f"the file {shown(include.text)}")
            document = parse_document(text, path, self._problems)
            return File(path, PROFILE.read(document, self._problems)) if document is not None else None
        except Refusal as refusal:
            self._problems.refuse(refusal)
            return None


#: Keys of which one must be there and hold something.
_REQUIRED = (
    (("origins",), "the profile has no origins", "name the pages that call: origins: {app: https://app.example}"),
    (("endpoints", "groups"), "the profile has no endpoints", "add endpoints, or groups of them"),
)


@dataclass(slots=True)
class _Merger:
    """Merges one profile with what it includes.

    Names are never redefined: the same one with another meaning is an error. Settings and defaults are levels: the
    including file stands above the included ones.
    """

    files: list[File]
    problems: Problems
    _first: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def part(self) -> Part:
        root = self.files[-1]
        environments, origins = self._environments(), self._origins()
        names = self._names(environments)
        self._check_overrides(environments, names)
        raws = self._unique(list(self._raw_endpoints()))
        self._check_required(root)
        for file in self.files:
            self._check_file_defaults(file)
        name = root.values.get("name")
        return Part(
            name=name.text if name and name.text else Path(root.path).stem,
            path=root.path,
            files=tuple(file.path for file in self.files),
            environments=environments,
            origins=origins,
            endpoints=tuple(spec for raw in raws if (spec := build(raw, names, self.problems)) is not None),
            settings=self._settings(),
        )

    def _names(self, environments: Mapping[str, EnvironmentSpec]) -> Names:
        """What may be referred to, whether or not its value could be read."""
        files = [file.values for file in self.files]
        variables = _declared((entry.value for entry in self._entries("environments")), "vars")
        return Names(
            environments=_declared(files, "environments") or list(environments),
            origins=_declared(files, "origins"),
            variables=frozenset(variables),
        )

    def _check_required(self, root: File) -> None:
        """There must be origins, and endpoints or groups; what was refused of them is a problem already."""
        for keys, message, hint in _REQUIRED:
            given = [(key, file) for key in keys for file in self.files if key in file.values.places]
            if all(key in file.values and not file.values.get(key).declared for key, file in given):
                place = given[0][1].values.places[given[0][0]] if given else root.values.location
                self.problems.add(place, message, hint)

    def _check_file_defaults(self, file: File) -> None:
        if "defaults" in file.values:
            check_defaults(file.values.get("defaults"), self.problems)
            warn_about_dropped_defaults(file.values.get("defaults"), self.problems)
        for group in file.values.get("groups", []):
            if "defaults" in group.value:
                warn_about_dropped_defaults(group.value.get("defaults"), self.problems)

    def _once(self, scope: str, entry: Entry, what: str) -> bool:
        """Whether this is the first entry of its name in ``scope``. Another value for the name is a problem."""
        first = self._first.setdefault((scope, entry.name), entry)
        if first is not entry and not _same(first.value, entry.value):
            message = f"{what} is defined already, with another value"
            self.problems.add(entry.location, message, f"first at {first.location}")
        return first is entry

    def _entries(self, key: str) -> Iterator[Entry]:
        for file in self.files:
            yield from file.values.get(key, [])

    def _origins(self) -> dict[str, Template]:
        found = {}
        for entry in self._entries("origins"):
            if self._once("origins", entry, f"the origin {shown(entry.name)}"):
                found[entry.name] = entry.value
        return found

    def _environments(self) -> dict[str, EnvironmentSpec]:
        found: dict[str, list[Entry]] = {}
        for entry in self._entries("environments"):
            found.setdefault(entry.name, []).append(entry)
        if not found:
            place = Location(self.files[-1].path, 1, 1)
            return {DEFAULT_ENVIRONMENT: EnvironmentSpec(DEFAULT_ENVIRONMENT, place, {}, {}, Values(place))}
        return {name: self._environment(name, entries) for name, entries in found.items()}

    def _environment(self, name: str, entries: list[Entry]) -> EnvironmentSpec:
        """What all files together say about one environment."""
        variables: dict[str, Template] = {}
        origins: dict[str, Entry] = {}
        options = Values(entries[0].location)
        where = f"of the environment {shown(name)}"
        for values in (entry.value for entry in entries):
            for each in values.get("vars", []):
                if self._once(f"vars of {name}", each, f"the variable {shown(each.name)} {where}"):
                    variables[each.name] = each.value
            for each in values.get("origins", []):
                if self._once(f"origins of {name}", each, f"the origin {shown(each.name)} {where}"):
                    origins[each.name] = each
            for key in values.values.keys() - {"vars", "origins"}:
                place = values.places[key]
                if self._once(f"environment {name}", Entry(key, place, values.get(key)), f"{key} {where}"):
                    options.values[key], options.places[key] = values.get(key), place
        return EnvironmentSpec(name, entries[0].location, variables, origins, options)

    def _check_overrides(self, environments: Mapping[str, EnvironmentSpec], names: Names) -> None:
        for environment in environments.values():
            for entry in environment.origins.values():
                if entry.name not in names.origins:
                    hint = (
                        nearest(entry.name, names.origins)
                        + "; an environment overrides or removes origins, it adds none"
                    )
                    self.problems.add(entry.location, f"there is no origin {shown(entry.name)}", hint)

    def _settings(self) -> dict[str, tuple[object, Location]]:
        levels = [file.values.get("settings") for file in self.files if "settings" in file.values]
        return {key: (value, level.places[key]) for level in levels for key, value in level.values.items()}

    def _raw_endpoints(self) -> Iterator[Raw]:
        """Every endpoint with its defaults, those of the including file before those of the included."""
        shared = tuple(file.values.get("defaults") for file in reversed(self.files) if "defaults" in file.values)
        for file in self.files:
            for entry in file.values.get("endpoints", []):
                yield Raw(entry.name, None, entry.location, entry.value, shared, None)
            for group in file.values.get("groups", []):
                own = group.value.get("defaults")
                defaults = shared if own is None else (own, *shared)
                for entry in group.value.get("endpoints", []):
                    yield Raw(entry.name, group.name, entry.location, entry.value, defaults, group.value.get("base"))

    def _unique(self, raws: list[Raw]) -> list[Raw]:
        """Endpoints are told apart by their name alone, whatever their group."""
        first: dict[str, Raw] = {}
        for raw in raws:
            if first.setdefault(raw.name, raw) is not raw:
                hint = f"first at {first[raw.name].location}; names are unique in a whole profile"
                self.problems.add(raw.location, f"the endpoint {shown(raw.name)} is defined already", hint)
        return list(first.values())


def _declared(records: Iterable[Values], key: str) -> list[str]:
    """The names that a mapping has in any of the records, each once."""
    return list(dict.fromkeys(name for record in records if key in record for name in record.get(key).declared))


def _same(one: Any, other: Any) -> bool:
    """Whether two values that were read say the same, wherever they stand."""
    if isinstance(one, Values) and isinstance(other, Values):
        return _same(one.values, other.values)
    if isinstance(one, Entry) and isinstance(other, Entry):
        return one.name == other.name and _same(one.value, other.value)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
