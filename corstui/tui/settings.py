"""What somebody prefers, in ``config.toml`` of their configuration folder: theme, characters, bell and keys.

::

    theme = "nord"
    ascii = false
    bell = true

    [keys]
    "run.cell" = "r,f5"

A file that is wrong changes nothing and is told: every problem of it, each with its remedy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from corstui.printable import printable
from corstui.tui.places import user_config


class SettingsError(Exception):
    """A file of settings that cannot be used. ``problems`` holds one line for each thing that is wrong."""

    def __init__(self, path: Path, problems: Collection[str]) -> None:
        self.problems = tuple(printable(f"{path}: {problem}") for problem in problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """``theme`` None: Textual's default. ``keys``: keys, parted by commas, by the id of the binding."""

    theme: str | None = None
    ascii: bool = False
    bell: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)


#: How many allowed words an error lists at most.
_LISTED = 25
_KINDS: dict[str, type] = {"theme": str, "ascii": bool, "bell": bool, "keys": dict}


def settings_file(env: Mapping[str, str]) -> Path:
    """``$XDG_CONFIG_HOME/corstui/config.toml``, by default under ``~/.config``."""
    return user_config(env) / "config.toml"


def load_settings(path: Path) -> Settings:
    """Read the file; one that is not there prefers nothing. Raises SettingsError with every problem."""
    if not path.exists():
        return Settings()
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(path, [getattr(error, "strerror", None) or str(error)]) from None
    problems = list(_problems(document))
    if problems:
        raise SettingsError(path, problems)
    return Settings(**document)


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        kind = _KINDS.get(name)
        if kind is None:
            yield f"there is no setting {name!r}{_nearest(name, _KINDS)}"
        elif not isinstance(value, kind):
            yield f"{name} is of type {type(value).__name__}; it takes {kind.__name__}"
    theme, keys = document.get("theme"), document.get("keys")
    if isinstance(theme, str):
        yield from _theme_problems(theme)
    if isinstance(keys, dict):
        yield from _key_problems(keys)


def _theme_problems(theme: str) -> Iterator[str]:
    from textual.theme import BUILTIN_THEMES

    if theme not in BUILTIN_THEMES:
        yield f"there is no theme {theme!r}{_nearest(theme, BUILTIN_THEMES)}"


def _key_problems(keys: Mapping[str, Any]) -> Iterator[str]:
    from corstui.tui.keys import identifiers, places

    known = identifiers()
    for name, value in keys.items():
        if name not in known:
            yield f"there is no key {name!r} to remap{_nearest(name, known)}; corstui config --keys lists all"
        elif not isinstance(value, str) or not all(part.strip() for part in value.split(",")):
            yield f'keys.{name} takes names of keys parted by commas, such as "r,f5"'
    for place, bindings in places():
        taken: dict[str, str] = {}
        for binding in bindings:
            remapped = keys.get(str(binding.id), binding.key)
            for key in str(remapped).split(","):
                other = taken.setdefault(key.strip(), str(binding.id))
                if other != binding.id and not {other, binding.id}.isdisjoint(keys):
                    yield f"{key.strip()!r} would be both {other} and {binding.id} ({place}); remap the other one too"


def _nearest(word: str, known: Collection[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return (
        f"; did you mean {close[0]!r}?"
        if close
        else f"; there are {', '.join(sorted(known))}"
        if len(known) < 25
        else ""
    )
