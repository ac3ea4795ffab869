"""``check --write-expectations``: what a run saw becomes what the profile expects.

What holds is kept. A cell that proved nothing - the network failed, the answer is inconclusive, the request was held
back, the run ended before - is left as it is, and so is one on which engines disagree. The edited profile is loaded
before anything is written: an endpoint of which a cell would not mean what it should is left as it is, and told.
"""

from __future__ import annotations

import difflib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corstui.cli.streams import UsageError, narrate
from corstui.printable import printable
from corstui.profile import Profile, ProfileError, load_profile
from corstui.profile.freezing import Wish, Words, freeze
from corstui.profile.problems import Location
from corstui.report.files import refusal, replace_files
from corstui.runner import Cell, Run

#: How an endpoint is written: without what other levels say already, in full, without ``*``, and with the word that
#: was there for the others. The first that is true.
_SHORT, _FULL, _SPELLED, _KEPT = range(4)

#: Environment and origin.
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The profile's files as they were when the run began."""

    arguments: tuple[str, ...]
    texts: Mapping[str, bytes]

    @classmethod
    def of(cls, arguments: Iterable[str], profile: Profile) -> Snapshot:
        return cls(tuple(arguments), {path: _content(path) for path in profile.paths})


def write_expectations(run: Run, profile: Profile, before: Snapshot, *, diff: bool) -> str:
    """Write what ``run`` saw into the files, or return a unified diff when that is wanted; tells what was left.

    Raises UsageError when a file has changed since it was read, cannot be written, or cannot be edited truthfully.
    """
    after, left = _edited(run, profile, before)
    _tell(run, left, after)
    if diff:
        return "".join(_diff(path, before.texts[path].decode(), text) for path, text in after.items())
    for path in before.texts:
        if _content(path) != before.texts[path]:
            raise UsageError(f"{printable(path)} has changed since it was read; nothing was written")
    try:
        replace_files({Path(path): text for path, text in after.items()})
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else Path(next(iter(after)))
        raise UsageError(f"{refusal(named, error)}; nothing was written") from None
    return ""


def _edited(run: Run, profile: Profile, before: Snapshot) -> tuple[dict[str, str], dict[Location, str]]:
    """The new texts of the files that change, and why endpoints were left.

    The shortest form that means what was seen is taken, as names in the defaults beat ``*``; an endpoint is left as it
    is where none does.
    """
    forms: Counter[Location] = Counter()
    while True:
        refused = {place for place, form in forms.items() if form > _KEPT}
        after: dict[str, str] = {}
        left = dict.fromkeys(refused, "it cannot be written so that every cell means what was seen")
        wishes = [wish for wish in _wishes(run, profile, forms) if wish.location not in refused]
        for path, content in before.texts.items():
            text, unfit = freeze(content.decode(), [wish for wish in wishes if wish.location.path == path])
            left.update(unfit)
            if text != content.decode():
                after[path] = text
        wrong = _wrong(run, before, after, left)
        if not wrong:
            return after, left
        if wrong <= refused:
            raise UsageError("the expectations cannot be written truthfully; nothing was written")
        forms.update(wrong)


def observed(cell: Cell) -> str | None:
    """What to expect of a cell that came out like this one; None where it proved nothing."""
    if cell.inconclusive:
        return None
    if cell.verdict == "allowed":
        status = cell.status or 0
        # servers can make up statuses that no expectation names
        return "allow" if 200 <= status < 400 else f"allow {status}" if 100 <= status < 600 else "allow any"
    return {"blocked": f"block {cell.reason}", "opaque": "opaque"}.get(cell.verdict)


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {printable(path)}: {error.strerror or error}") from None


# -- what to write -------------------------------------------------------------------------------------------------


def _wishes(run: Run, profile: Profile, forms: Mapping[Location, int]) -> list[Wish]:
    """One for each endpoint of which a cell has no expectation, or one that does not hold."""
    by_endpoint: dict[str, dict[_Place, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in run.cells:
        by_endpoint[cell.endpoint][cell.environment, cell.origin].append(cell)
    made = (_wish(places, run, profile, forms) for places in by_endpoint.values())
    return [wish for wish in made if wish is not None]


def _wish(
    places: Mapping[_Place, list[Cell]], run: Run, profile: Profile, forms: Mapping[Location, int]
) -> Wish | None:
    new: dict[_Place, str] = {}
    kept: dict[_Place, str] = {}
    for place, cells in places.items():
        word = _common(cells)
        if all(_holds(cell) for cell in cells):
            kept[place] = cells[0].expected or ""
        elif word is not None:
            new[place] = word
    if not new:
        return None
    endpoint = next(iter(places.values()))[0].planned.endpoint
    everywhere = {
        (deployment.name, origin)
        for deployment in run.plan.deployments
        for origin in deployment.origins
        if endpoint.origins is None or origin in endpoint.origins
    }
    complete = set(profile.environments) == set(run.plan.environments) and everywhere == new.keys() | kept.keys()
    changed = _by_origin({place: new.get(place, kept.get(place, "")) for place in new.keys() | kept.keys()}, profile)
    touched = {origin for _, origin in new}
    entries: Words = {origin: word for origin, word in changed.items() if origin in touched}
    form = forms.get(endpoint.location, _SHORT)
    # a word for all where only some were written would mislead its readers, right as it may be
    if form == _SHORT and len(entries) < len(changed):
        return Wish(endpoint.location, entries, entries)
    whole = _compact(changed) if complete and form < _SPELLED else changed
    return Wish(endpoint.location, whole, entries, keeps_word=form == _KEPT)


def _common(cells: list[Cell]) -> str | None:
    """The one outcome of all engines."""
    words = {observed(cell) for cell in cells}
    return words.pop() if len(words) == 1 else None


def _holds(cell: Cell) -> bool:
    return cell.as_expected is True or cell.waiver_state == "in-force"


def _by_origin(words: Mapping[_Place, str], profile: Profile) -> dict[str, str | Mapping[str, str]]:
    """By origin in the profile's order; one word where all its environments agree and none is missing."""
    found: dict[str, str | Mapping[str, str]] = {}
    for origin in profile.origins:
        told = {name: words[name, origin] for name in profile.environments if (name, origin) in words}
        if told:
            alike = len(set(told.values())) == 1 and len(told) == len(profile.environments)
            found[origin] = next(iter(told.values())) if alike else told
    return found


def _compact(words: Mapping[str, str | Mapping[str, str]]) -> str | Words:
    """One word where all origins share it; else ``*`` for what most of them, and more than one, share."""
    plain = Counter(word for word in words.values() if isinstance(word, str))
    if not plain:
        return words
    word, count = plain.most_common(1)[0]
    if count == len(words):
        return word
    if count == 1:
        return words
    return {**{origin: told for origin, told in words.items() if told != word}, "*": word}


# -- whether it was written right ----------------------------------------------------------------------------------


def _wrong(run: Run, before: Snapshot, after: Mapping[str, str], left: Mapping[Location, str]) -> set[Location]:
    """Endpoints of which a cell would not mean what it should by the edited profile."""
    try:
        edited = load_profile(*before.arguments, process_env=os.environ, texts=after)
        deployments = {one.name: one for one in edited.resolve_all(run.plan.environments)}
    except ProfileError as error:
        raise UsageError(f"the edited profile could not be loaded, so nothing was written\n{error}") from None
    endpoints = {(name, each.name): each for name, one in deployments.items() for each in one.endpoints}
    ran = {planned.key: planned for planned in run.plan.cells}
    cells = {cell.key: cell for cell in run.cells}
    parted, wrong = _parted(run), set()
    for key, planned in ran.items():
        now = endpoints[key.environment, key.endpoint].expectation_for(key.origin)
        cell, place = cells.get(key), planned.endpoint.location
        written = cell is not None and observed(cell) is not None and not _holds(cell)
        if cell is not None and written and place not in left and _identity(cell) not in parted:
            meant = now is not None and now.judge(cell) is True
        else:
            meant = now == planned.expectation
        if not meant:
            wrong.add(place)
    return wrong


def _parted(run: Run) -> set[tuple[str, str, str]]:
    """The cells for which engines came out differently, so that nothing was written."""
    found: dict[tuple[str, str, str], set[str | None]] = defaultdict(set)
    for cell in run.cells:
        found[_identity(cell)].add(observed(cell))
    return {identity for identity, words in found.items() if len(words) > 1}


def _identity(cell: Cell) -> tuple[str, str, str]:
    return cell.environment, cell.origin, cell.endpoint


# -- what to tell --------------------------------------------------------------------------------------------------


def _tell(run: Run, left: Mapping[Location, str], after: Mapping[str, str]) -> None:
    for place, reason in left.items():
        narrate(printable(f"{place}: left as it is: {reason}"))
    parted = _parted(run)
    unproven = [cell for cell in run.cells if observed(cell) is None or _identity(cell) in parted]
    for cell in unproven:
        why = "the application did not answer" if cell.inconclusive else cell.reason
        why = "engines disagree" if observed(cell) is not None else why
        narrate(printable(f"{cell.key}: left as it is: {why or cell.verdict}"))
    written = ", ".join(after) or "nothing"
    missing = len(run.plan.cells) - len(run.cells)
    unwritten = {cell.key for cell in run.cells if cell.planned.endpoint.location in left}
    count = missing + len(unwritten | {cell.key for cell in unproven})
    narrate(printable(f"expectations: {written} changed; {count} cells left as they are"))


def _diff(path: str, before: str, after: str) -> str:
    name = printable(path)
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
