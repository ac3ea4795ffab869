"""Where the engines part, for people: one quirk each, with its evidence and what makes all engines pass.

The prose is ``pages/quirks.toml``; what each quirk does is a field of :class:`~corstui.fetch.engines.Engine`, of its
preflight cache (``cache.``) or of the cookies' rules (``cookies.``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from corstui.fetch.cookies import RULES
from corstui.fetch.engines import ENGINES, Engine, PreflightCacheRules

MEASURED = "measured with Chromium 156, Firefox ESR 153 and WebKitGTK 2.50.6"

#: What names an engine and says nothing about what it does.
_IDENTITY = ("name", "version")


@dataclass(frozen=True, slots=True)
class Quirk:
    """``code``: ``quirk.`` and its id. ``sentence``: what the engines do. ``fix``: what suits all of them.

    ``fields``: where the rules have it. ``reasons``: of several quirks in one field, the reasons that this one gives.
    ``source``: the browser's own file, or the standard, where it is known.
    """

    code: str
    title: str
    fields: tuple[str, ...]
    sentence: str
    fix: tuple[str, ...]
    source: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        """How it is known."""
        return f"{self.source}; {MEASURED}" if self.source else MEASURED

    @property
    def sides(self) -> tuple[tuple[str, ...], ...]:
        """The engines, those together that are alike in every field of the quirk."""
        groups: dict[str, list[str]] = {}
        for name in ENGINES:
            groups.setdefault(repr([value_of(name, field) for field in self.fields]), []).append(name)
        return tuple(map(tuple, sorted(groups.values(), key=len)))


@cache
def quirks() -> dict[str, Quirk]:
    """Every quirk by its code, in the order in which a cause is looked for."""
    table = tomllib.loads(files("corstui.analysis.pages").joinpath("quirks.toml").read_text("utf-8"))
    return {f"quirk.{id}": _quirk(f"quirk.{id}", row) for id, row in table.items()}


def _quirk(code: str, row: dict[str, Any]) -> Quirk:
    listed: dict[str, Any] = {key: tuple(row.pop(key, ())) for key in ("fields", "fix", "reasons")}
    return Quirk(code=code, **listed, **row)


def engine_fields() -> list[str]:
    """The names of everything in which engines can differ, as quirks spell them."""
    own = [each.name for each in fields(Engine) if each.name not in (*_IDENTITY, "cache")]
    return own + [f"cache.{each.name}" for each in fields(PreflightCacheRules)]


def value_of(engine: str, field: str) -> object:
    """What one engine has in a field. Raises AttributeError for a field that does not exist."""
    group, _, name = field.rpartition(".")
    owner = {"": ENGINES[engine], "cache": ENGINES[engine].cache, "cookies": RULES[engine]}[group]
    return getattr(owner, name)


def quirk_in(field: str, reasons: Collection[str]) -> Quirk | None:
    """The quirk that a field carries: the first whose reasons came up, or that fits every reason."""
    found = [quirk for quirk in quirks().values() if field in quirk.fields]
    return next((quirk for quirk in found if not quirk.reasons or set(quirk.reasons) & set(reasons)), None)
