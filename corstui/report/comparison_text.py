"""A comparison for programs and pull requests: JSON lines, comma-separated values and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from corstui.analysis.compare import Comparison, Pair
from corstui.analysis.marks import mark
from corstui.report.comparison import Side, Sides, cells_of, heading, pair_of
from corstui.report.formats import Options
from corstui.report.markdown import plain, row
from corstui.report.rows import table

_SIDE = ("verdict", "reason", "phase", "sent", "inconclusive", "status")


def render_jsonl(sides: Sides, options: Options) -> str:
    """One object a line: the comparison, each pair, each policy value that differs, each sentence, the summary."""
    return "\n".join(json.dumps(line) for line in _lines(sides))


def _lines(sides: Sides) -> Iterator[dict[str, Any]]:
    yield {"type": "compare", **heading(sides)}
    for cell in cells_of(sides):
        yield {"type": "cell", **cell}
    for policy in sides.policies:
        yield {"type": "policy", **policy}
    for sentence in sides.sentences:
        yield {"type": "sentence", "text": sentence}
    yield {"type": "summary", **sides.counts}


def render_csv(sides: Sides, options: Options) -> str:
    """A row a pair; one that did not run has neither side."""
    names = ("environment", "endpoint", "origin", "engine")
    columns = [*names, "comparable", "differs", *(f"{side}_{name}" for side in "ab" for name in _SIDE)]
    rows = []
    for cell in cells_of(sides):
        both = [cell[side] or {} for side in "ab"]
        fields = [cell.get(name) for name in names] + [cell["comparable"], " ".join(cell["differs"])]
        rows.append([*fields, *(side.get(name) for side in both for name in _SIDE)])
    for endpoint, origin, engine in dict.fromkeys(pair_of(planned.key) for planned in sides.missing):
        rows.append([None, endpoint, origin, engine, False, "", *[None] * (2 * len(_SIDE))])
    return table(columns, rows)


def render_markdown(sides: Sides, options: Options) -> str:
    """What differs first, then the policies, for a reader who has to approve it."""
    counts = sides.counts
    told = f"{counts['differ']} of {counts['cells']} cells differ, {counts['not_comparable']} not comparable"
    lines = [f"# {plain(sides.title)}: {plain(sides.a)} | {plain(sides.b)}", "", f"{told}, "]
    lines[-1] += f"{counts['only_a'] + counts['only_b']} on one side only, {counts['policies']} policy values differ"
    lines[-1] += "".join(f", {gap}" for gap in sides.gaps)
    for environment, part in sides.parts:
        lines += ["", f"## {plain(environment or 'Cells')}", ""]
        lines += [f"- {plain(sides.mask.text(sentence))}" for sentence in part.summary]
        lines += _pairs(sides, part)
    policies = [
        row(plain(each[name]) for name in ("endpoint", "origin", "exchange", "name", "a", "b"))
        for each in sides.policies
    ]
    if policies:
        titles = ("endpoint", "origin", "exchange", "value", sides.a, sides.b)
        lines += ["", "## Policies", "", row(map(plain, titles)), row(["---"] * len(titles)), *policies]
    return "\n".join(lines)


def _pairs(sides: Sides, part: Comparison[Side]) -> list[str]:
    """A row for every pair that is not the same."""
    rows = [
        row(map(plain, (pair.endpoint, pair.origin, pair.engine, _mark(pair.a), _mark(pair.b), _said(pair))))
        for pair in part.pairs
        if pair.differs or not pair.comparable
    ]
    titles = ("endpoint", "origin", "engine", sides.a, sides.b, "differs in")
    return ["", row(map(plain, titles)), row(["---"] * len(titles)), *rows] if rows else []


def _mark(cell: Side | None) -> str:
    if cell is None:
        return "-"
    shown = mark(cell)
    return " ".join(filter(None, (shown.symbol, shown.label, shown.suffix)))


def _said(pair: Pair[Side]) -> str:
    if pair.a is None or pair.b is None:
        return "on one side only"
    return ", ".join(pair.differs) or "not comparable"
