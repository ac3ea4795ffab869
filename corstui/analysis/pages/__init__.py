"""What each reason and lint rule means to people: the prose, one page a code, kept in the TOML files beside this."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

_FILES = ("cors.toml", "browser.toml", "network.toml", "lint.toml")


@dataclass(frozen=True, slots=True)
class Page:
    """The human side of one code.

    ``label``: at most 8 columns, for a matrix cell. ``short``: at most 5, to stand after ``PF`` (preflight) or ``R1``
    (first redirect); empty where the phase adds nothing. ``cause`` is a clause and ``sentence`` a sentence, both
    templates of the facts of one flow (:mod:`corstui.analysis.facts`). ``fix``: advice, sentences and header lines.
    ``webkit``: what WebKit's console, which has no codes, speaks of. Lint rules have a ``severity`` and ``related``,
    the step that the rule rests on.
    """

    code: str
    title: str
    cause: str
    fix: tuple[str, ...]
    label: str = "lint"
    short: str = ""
    sentence: str = ""
    meaning: str = ""
    why: str = ""
    webkit: str = ""
    severity: str = ""
    related: str = ""


@cache
def pages() -> dict[str, Page]:
    """Every page by its code, in the order of the files."""
    found: dict[str, Page] = {}
    for file in _FILES:
        table = tomllib.loads(files(__name__).joinpath(file).read_text("utf-8"))
        for code, row in table.items():
            for page in _pages_of(code, row):
                found[page.code] = page
    return found


def _pages_of(code: str, row: dict[str, Any]) -> list[Page]:
    preflight_label = row.pop("preflight_label", None)
    row["fix"] = tuple(row["fix"])
    if "severity" in row:
        fires = f"Fires when {row['cause']}."
        row.update(sentence=fires, meaning=fires)
    page = Page(code=code, **row)
    return [page] if preflight_label is None else [page, _on_preflight(page, preflight_label)]


def _on_preflight(page: Page, label: str) -> Page:
    """The page of the same failure on the answer to a preflight."""
    note = "It happened on the preflight, the OPTIONS request that asks for permission; the real request was not sent."
    advice = "Answer OPTIONS with these headers too, before authentication and routing see the request."
    return replace(
        page,
        code=f"{page.code}-preflight",
        title=f"{page.title}, on the preflight",
        label=label,
        meaning=f"{page.meaning} {note}",
        fix=(*page.fix, advice),
    )
