"""Where something is wrong in a profile, what is wrong, and what would be right; many at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from corstui.printable import printable

#: Longest piece of a profile that a message repeats.
_SHOWN = 60
#: How many words the nearest one is looked for among.
_COMPARED = 1000
#: How many errors are collected before reading stops.
MOST_ERRORS = 500
#: How many allowed words a hint lists before it leaves the rest out.
_LISTED = 16


class Location(NamedTuple):
    """A place in a file; ``line`` and ``column`` start at 1, and are 0 where the whole file is meant."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        # a file name may hold bytes that are no text, or control characters
        path = printable(os.fsencode(self.path).decode("utf-8", "backslashreplace"))
        return f"{path}:{self.line}:{self.column}" if self.line else path


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning: ``hint`` says what is allowed, or which word was probably meant."""

    location: Location
    message: str
    hint: str = ""

    @property
    def path(self) -> str:
        return self.location.path

    @property
    def line(self) -> int:
        return self.location.line

    @property
    def column(self) -> int:
        return self.location.column

    def __str__(self) -> str:
        # names in it come from the profile, where an escape can write any character
        return printable(f"{self.location}: {self.message}" + (f" ({self.hint})" if self.hint else ""))


class ProfileError(Exception):
    """A profile cannot be used. ``problems`` holds every one that was found, ``str()`` shows one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)


class Refusal(Exception):
    """One value cannot be used. Whoever reads the collection around it turns it into a problem and goes on."""

    def __init__(self, location: Location, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(location, message, hint)


@dataclass(slots=True)
class Problems:
    """Collects errors and warnings in the order in which they are found, each once."""

    errors: dict[Problem, None] = field(default_factory=dict)
    warnings: dict[Problem, None] = field(default_factory=dict)

    def add(self, location: Location, message: str, hint: str = "") -> None:
        self._keep(Problem(location, message, hint))

    def refuse(self, refusal: Refusal) -> None:
        self._keep(refusal.problem)

    def _keep(self, problem: Problem) -> None:
        self.errors[problem] = None
        if len(self.errors) >= MOST_ERRORS:
            # whoever made a file of nothing but errors does not read them all
            last = Problem(Location(problem.path), f"more than {MOST_ERRORS} problems, the rest is not looked for")
            raise ProfileError([*self.errors, last])

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Within, a Refusal ends what is being read and becomes an error."""
        try:
            yield
        except Refusal as refusal:
            self.refuse(refusal)

    def warn(self, location: Location, message: str, hint: str = "") -> None:
        self.warnings[Problem(location, message, hint)] = None

    def raise_errors(self) -> None:
        """Raise ProfileError with every error, sorted by place within each file, if there is one."""
        if self.errors:
            files = {path: rank for rank, path in enumerate(dict.fromkeys(problem.path for problem in self.errors))}
            raise ProfileError(sorted(self.errors, key=lambda each: (files[each.path], each.location)))


def shown(text: str) -> str:
    """``text`` as a message repeats it: in quotes, printable, not too long."""
    return f"'{printable(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…')}'"


def one_of(words: Iterable[str]) -> str:
    """The hint for a closed set of words."""
    names = [printable(word) or '""' for word in words]
    if not names:
        return "there is none to choose from"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"allowed: {', '.join(names[:_LISTED])}{more}"


def nearest(word: str, words: Iterable[str]) -> str:
    """The hint for a word outside a closed set: the nearest right one, and what is allowed."""
    known = [name for name in islice(words, _COMPARED) if name]
    folded = {name.lower(): name for name in known}
    close = get_close_matches(word[:_SHOWN].lower(), folded, n=1, cutoff=0.6)
    meant = f"did you mean {printable(folded[close[0]])!r}? " if close else ""
    return meant + one_of(known)
