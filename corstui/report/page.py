"""A run as one HTML file that needs no network: the matrix with filter, comparison and every cell's story.

Everything from outside is JSON in a data block, in which no character can end the block, and the script shows it as
text only. The policy in the file's head (CSP Level 3) admits the file's own script and style by their hashes and
nothing else, so that even text that found a way into the markup could neither run nor load anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations
from typing import Any

from corstui.analysis.answerers import who_answered
from corstui.analysis.compare import compare
from corstui.analysis.marks import mark
from corstui.analysis.mend import fix
from corstui.analysis.recipes import recipes
from corstui.analysis.story import headline
from corstui.profile.secrets import Masker
from corstui.report.comparison import Side, Sides, policy_table
from corstui.report.document import cell_object
from corstui.report.formats import Options
from corstui.report.masking import Masked, Unmasked, mask_for
from corstui.report.table import counts
from corstui.runner.cell import Cell
from corstui.runner.record import Run

#: What could end a data block or begin a comment in it (HTML, section 4.12.1.3).
_MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def render(run: Run, options: Options) -> str:
    script, style = _part("page.js"), _part("page.css")
    parts = {
        "script": script,
        "style": style,
        "script-hash": _hash(script),
        "style-hash": _hash(style),
        "run": _data(_overview(run, options)),
        "cells": "\n".join(_data(_story(cell, options)) for cell in run.cells),
    }
    # in one pass: what a server said may look like a place for something else
    return re.sub("%([a-z-]+)%", lambda match: parts.get(match[1], match[0]), _part("page.html"))


def _part(name: str) -> str:
    return files("corstui.report").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(value: Any) -> str:
    """JSON in ASCII and on one line, without a character that means something to HTML."""
    return re.sub("[<>&]", lambda match: _MARKUP[match[0]], json.dumps(value, separators=(",", ":")))


def _overview(run: Run, options: Options) -> dict[str, Any]:
    """What the matrix needs; ``pairs`` has the cells by their numbers."""
    said = [f"{run.started:%Y-%m-%d %H:%M} UTC", *counts(run, Options())]
    compared = list(_compared(run, options))
    return {
        "title": run.plan.name,
        "summary": " · ".join(said),
        "cells": [_field(cell, options) for cell in run.cells],
        "pairs": [pair for sides in compared for pair in _pairs(run, sides)],
        "comparisons": [
            {"a": sides.a, "b": sides.b, "sentences": sides.sentences, "policies": policy_table(sides)}
            for sides in compared
        ],
    }


def _field(cell: Cell, options: Options) -> dict[str, Any]:
    shown = mark(cell)
    plain = ("environment", "engine", "endpoint", "origin", "method", "verdict", "reason")
    judged = ("inconclusive", "as_expected", "severity", "waiver_state")
    return {
        **{name: getattr(cell, name) for name in (*plain, *judged)},
        "url": mask_for(cell.planned.deployment, options).text(cell.url),
        "symbol": shown.symbol,
        "label": shown.label,
        "suffix": shown.suffix,
        "style": shown.style,
    }


def _compared(run: Run, options: Options) -> Iterator[Sides]:
    """Every two environments side by side."""
    secrets = frozenset().union(*(deployment.secrets for deployment in run.plan.deployments))
    mask = Unmasked() if options.secrets else Masked(Masker(secrets))
    cells: dict[str, list[Side]] = {name: [] for name in run.plan.environments}
    for cell in run.cells:
        cells[cell.environment].append(cell)
    for a, b in combinations(run.plan.environments, 2):
        yield Sides(run.plan.name, a, b, [(None, compare(cells[a], cells[b], name_a=a, name_b=b))], mask)


def _pairs(run: Run, sides: Sides) -> Iterator[list[Any]]:
    """Both cells by their numbers, in what they differ, and whether they can be compared."""
    numbers = {cell.key: number for number, cell in enumerate(run.cells)}
    for _, pair in sides.pairs:
        if pair.a is not None and pair.b is not None:
            yield [numbers[pair.a.key], numbers[pair.b.key], list(pair.differs), pair.comparable]


def _story(cell: Cell, options: Options) -> dict[str, Any]:
    """What the drill-down shows."""
    mask = mask_for(cell.planned.deployment, options)
    told = cell_object(cell, options)
    kept = ("url", "origin_value", "expected", "exchanges", "checks", "findings")
    return {
        **{name: told[name] for name in kept},
        "waiver": mask.text(cell.waiver_note or ""),
        "headline": mask.text(headline(cell)),
        "fix": [mask.text(advice) for advice in fix(cell)],
        "recipes": [
            [mask.text(title), [mask.text(line.replace("\t", "    ")) for line in code]]
            for recipe in recipes(cell)
            for title, code in recipe.titled()
        ],
        "server": [mask.text(said) for said in who_answered(cell)],
    }
