"""Two environments, or two stored runs, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from corstui import __version__
from corstui.analysis.compare import Comparison, Pair
from corstui.analysis.marks import mark
from corstui.analysis.policy import Policies, Rows
from corstui.analysis.text import width
from corstui.printable import printable
from corstui.report.formats import Options
from corstui.report.layout import columns, paint, wrap
from corstui.report.masking import Mask, Unmasked
from corstui.report.matrix import Field, matrix
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey, Planned
from corstui.runner.store import StoredCell

SCHEMA = "corstui.compare/1"

Side = Cell | StoredCell


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared. ``parts`` has one comparison, or one for each environment of two stored runs, by name.

    ``made``: when it was compared, an aware time. ``missing``: cells that were to run and did not; their other sides
    are left out. ``interrupted``: somebody stopped the run, or one of the two that are compared.
    """

    title: str
    a: str
    b: str
    parts: Sequence[tuple[str | None, Comparison[Side]]]
    mask: Mask = field(default_factory=Unmasked)
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    missing: Sequence[Planned] = ()
    interrupted: bool = False

    @property
    def pairs(self) -> Iterator[tuple[str | None, Pair[Side]]]:
        return ((environment, pair) for environment, part in self.parts for pair in part.pairs)

    @property
    def counts(self) -> dict[str, int]:
        """Pairs by what became of them; policy rows that differ are counted apart."""
        pairs = [pair for _, pair in self.pairs]
        both = [pair for pair in pairs if pair.a is not None and pair.b is not None]
        return {
            "cells": len(pairs),
            "same": sum(pair.comparable and not pair.differs for pair in both),
            "differ": sum(bool(pair.differs) for pair in both),
            "not_comparable": sum(not pair.comparable for pair in both),
            "only_a": sum(pair.b is None for pair in pairs),
            "only_b": sum(pair.a is None for pair in pairs),
            "not_run": self.not_run,
            "policies": len(self.policies),
        }

    @property
    def not_run(self) -> int:
        """Pairs of which a side was to run, and did not."""
        return len({pair_of(planned.key) for planned in self.missing})

    @property
    def gaps(self) -> list[str]:
        """What is missing, in words."""
        return [f"{self.not_run} not run"] * bool(self.not_run) + ["interrupted"] * self.interrupted

    @property
    def sentences(self) -> list[str]:
        """What differs, in sentences, in the order of the cells."""
        return [
            self.mask.text(f"{environment}: {sentence}" if environment else sentence)
            for environment, part in self.parts
            for sentence in part.summary
        ]

    @property
    def policies(self) -> list[dict[str, Any]]:
        """Every policy value that differs, also where the verdicts are the same."""
        return [
            row
            for environment, part in self.parts
            for met in [_policies(part)]
            for pair in part.pairs
            if pair.comparable
            for row in self._policy_rows(environment, pair, met)
        ]

    def _policy_rows(
        self, environment: str | None, pair: Pair[Side], met: tuple[Policies, Policies]
    ) -> Iterator[dict[str, Any]]:
        if pair.a is None or pair.b is None:
            return
        a, b = met[0].of(pair.a), met[1].of(pair.b)
        for exchange, left, right in (("preflight", a.preflight, b.preflight), ("actual", a.actual, b.actual)):
            for name, was, now in _unequal(left, right):
                yield {
                    **_names(environment, pair),
                    "exchange": exchange,
                    "name": name,
                    "a": self.mask.text(was),
                    "b": self.mask.text(now),
                }


def pair_of(key: CellKey) -> tuple[str, str, str]:
    """What a cell has in common with its other side."""
    return key.endpoint, key.origin, key.engine


def _policies(part: Comparison[Side]) -> tuple[Policies, Policies]:
    """Those of either side."""
    return (
        Policies(pair.a for pair in part.pairs if pair.a is not None),
        Policies(pair.b for pair in part.pairs if pair.b is not None),
    )


def _unequal(left: Rows | None, right: Rows | None) -> Iterator[tuple[str, str, str]]:
    """Rows that both sides have, in different values. Where only one side was asked there is nothing to compare."""
    if left is None or right is None:
        return
    after = dict(right)
    for name, value in left:
        if name != "status" and after.get(name, "absent") != value:
            yield name, value, after.get(name, "absent")


def _names(environment: str | None, pair: Pair[Side]) -> dict[str, str]:
    names = {"origin": pair.origin, "endpoint": pair.endpoint, "engine": pair.engine}
    return names if environment is None else {"environment": environment, **names}


# -- JSON ----------------------------------------------------------------------------------------------------------


def render_json(sides: Sides, options: Options) -> str:
    """The document ``corstui.compare/1``, in ASCII."""
    document = {
        **heading(sides),
        "sentences": sides.sentences,
        "cells": cells_of(sides),
        "policies": sides.policies,
        "summary": sides.counts,
    }
    return json.dumps(document, indent=1)


def heading(sides: Sides) -> dict[str, Any]:
    """What the document says about the comparison as a whole, without its counts."""
    names = {"profile": sides.title, "a": sides.a, "b": sides.b}
    return {"schema": SCHEMA, "version": __version__, **names, "interrupted": sides.interrupted}


def cells_of(sides: Sides) -> list[dict[str, Any]]:
    """The pairs of the document."""
    return [
        {
            **_names(environment, pair),
            "a": _cell(pair.a),
            "b": _cell(pair.b),
            "differs": list(pair.differs),
            "comparable": pair.comparable,
        }
        for environment, pair in sides.pairs
    ]


def _cell(cell: Side | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    names = ("verdict", "reason", "phase", "sent", "inconclusive", "status")
    return {name: getattr(cell, name) for name in names}


# -- the table -----------------------------------------------------------------------------------------------------


def render_table(sides: Sides, options: Options) -> str:
    lines: list[str] = []
    for environment, part in sides.parts:
        lines += [*_part(sides, environment, part, options), ""]
    lines += policy_lines(sides, options)
    counts = sides.counts
    said = [f"{counts['differ']} of {counts['cells']} cells differ"]
    said += [f"{counts['not_comparable']} not comparable"] if counts["not_comparable"] else []
    one_sided = counts["only_a"] + counts["only_b"]
    said += [f"{one_sided} on one side only"] if one_sided else []
    said += [f"{counts['policies']} policy values differ"] if counts["policies"] else []
    return "\n".join([*lines, *wrap(", ".join([*said, *sides.gaps]), options.width)])


def _part(sides: Sides, environment: str | None, part: Comparison[Side], options: Options) -> list[str]:
    names = [sides.title, *([environment] if environment else []), f"{part.a} | {part.b}"]
    separator = " - " if options.ascii else " · "
    title = separator.join(map(printable, names))
    lines = [paint(line, "strong", options.color) for line in wrap(title, options.width)]
    engines = list(dict.fromkeys(pair.engine for pair in part.pairs))
    for engine in engines:
        pairs = [pair for pair in part.pairs if pair.engine == engine]
        lines += [*(["", engine] if len(engines) > 1 else []), *_grid(pairs, options)]
    lines.append("")
    for sentence in part.summary:
        lines += wrap(printable(sides.mask.text(sentence)), options.width, "    ", "  ")
    return lines


def _grid(pairs: Sequence[Pair[Side]], options: Options) -> list[str]:
    rows = {pair.endpoint: (pair.a or pair.b) for pair in pairs}
    origins = list(dict.fromkeys(pair.origin for pair in pairs))
    places = {(pair.endpoint, pair.origin): _field(pair, options) for pair in pairs}
    names = [(cell.method if cell is not None else "", endpoint) for endpoint, cell in rows.items()]
    grid = [[places.get((endpoint, origin), Field()) for origin in origins] for endpoint in rows]
    return matrix(names, origins, grid, options)


def _field(pair: Pair[Side], options: Options) -> Field:
    """Both marks; ``<>`` between two that differ, ``?`` where they cannot be compared, ``-`` for none."""
    left, right = (mark(cell, ascii=options.ascii).symbol if cell else "-" for cell in (pair.a, pair.b))
    if pair.differs:
        return Field(f"{left:>2}<>{right}", "blocked")
    if not pair.comparable:
        return Field(f"{left:>2} ?{right}", "error")
    return Field(f"{left:>2}  {right}", "faint")


def policy_lines(sides: Sides, options: Options) -> list[str]:
    """The policy values that differ, as a table or as sentences; empty where none does."""
    table = policy_table(sides)
    return [paint("Policies", "strong", options.color), *_table_lines(sides, table, options), ""] if table else []


def policy_table(sides: Sides) -> list[tuple[str, ...]]:
    """The policy values that differ: endpoint, exchange, name, both values, and all origins that show it."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for row in sides.policies:
        key = (row.get("environment", ""), row["endpoint"], row["exchange"], row["name"], row["a"], row["b"])
        groups.setdefault(key, []).append(row["origin"])
    return [
        (
            f"{environment}: {endpoint}" if environment else endpoint,
            exchange,
            name,
            was,
            now,
            ", ".join(dict.fromkeys(names)),
        )
        for (environment, endpoint, exchange, name, was, now), names in groups.items()
    ]


def _table_lines(sides: Sides, table: Sequence[tuple[str, ...]], options: Options) -> list[str]:
    """A table, or a sentence for each row where the terminal is too narrow for one."""
    titles = ("endpoint", "exchange", "value", sides.a, sides.b, "origins")
    lines = [f"  {line}" for line in columns([[printable(text) for text in row] for row in (titles, *table)])]
    if options.width is None or max(map(width, lines)) <= options.width:
        return lines
    return [
        line
        for endpoint, exchange, name, was, now, origins in table
        for line in wrap(
            printable(f"{endpoint} x {origins}: {exchange} {name}: {sides.a} {was}; {sides.b} {now}"),
            options.width,
            "    ",
            "  ",
        )
    ]
