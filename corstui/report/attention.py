"""Which cells of a run somebody should look at, those that share one story together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corstui.analysis.answerers import in_front
from corstui.analysis.marks import is_flaw
from corstui.analysis.mend import fix
from corstui.analysis.recipes import pointers
from corstui.runner.cell import Cell
from corstui.runner.lint import SEVERITIES
from corstui.runner.record import Run


@dataclass(frozen=True, slots=True)
class Group:
    """Cells of one endpoint that ended the same way, for each of ``origins`` in each of ``engines``.

    ``cell`` is the first of them. ``engines`` is empty when the run has one engine only.
    """

    cell: Cell
    origins: tuple[str, ...]
    engines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    count: int
    groups: tuple[Group, ...]


def sections(run: Run) -> list[Section]:
    """Cells that are not as expected, that could not be judged, and those for which a waiver does or did something.

    Where nothing is expected of any cell, blocked ones too.
    """
    cells = run.cells
    waived = [cell for cell in cells if cell.waiver_state == "in-force"]
    unneeded = [cell for cell in cells if cell.waiver_state == "unneeded"]
    unexpected = [cell for cell in cells if cell.as_expected is False]
    unjudged = [cell for cell in cells if cell.as_expected is None and (cell.verdict == "error" or cell.inconclusive)]
    expecting = any(planned.expectation is not None for planned in run.plan.cells)
    refused = [cell for cell in cells if cell.verdict == "blocked" and not cell.inconclusive and not expecting]
    found = (
        ("Not as expected", unexpected),
        ("Could not be judged", unjudged),
        ("Waived", waived),
        ("Waivers no longer needed", unneeded),
        ("Blocked", refused),
    )
    several = len(run.plan.engines) > 1
    return [Section(title, len(chosen), tuple(_alike(chosen, several))) for title, chosen in found if chosen]


def needs_mending(cell: Cell) -> bool:
    """Whether advice is wanted: not where a waiver accepts the deviation, or is all that there is to tell."""
    return cell.waiver_state in (None, "expired")


def advice(cell: Cell, origins: Sequence[str] = ()) -> list[str]:
    """What to change, who has to, and where that is written; empty where it is not wanted.

    ``origins``: the names of all to whom this happened. What names the cell's own origin says that it is an example.
    """
    if not needs_mending(cell):
        return []
    own = f"Access-Control-Allow-Origin: {cell.origin_value}"
    each = f" (for {cell.origin}, and likewise for each of the others)" if len(origins) > 1 else ""
    lines = [line + each if line == own else line for line in fix(cell)]
    return [*lines, *in_front(cell.flow, cell.controls), *pointers(cell)]


def _alike(cells: Iterable[Cell], several: bool) -> list[Group]:
    """First the origins of one engine, then the engines in which the same origins fared the same."""
    by_engine: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        broken = cell.expected if cell.as_expected is False else None
        story = (
            cell.environment,
            cell.endpoint,
            cell.verdict,
            cell.reason,
            cell.phase,
            cell.sent,
            broken,
            cell.waiver_note,
        )
        by_engine.setdefault((cell.engine, *story), []).append(cell)
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for key, alike in by_engine.items():
        groups.setdefault((*key[1:], tuple(cell.origin for cell in alike)), []).extend(alike)
    return [
        Group(
            cell=group[0],
            origins=tuple(dict.fromkeys(cell.origin for cell in group)),
            engines=tuple(dict.fromkeys(cell.engine for cell in group)) if several else (),
        )
        for group in groups.values()
    ]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A rule that fired on cells of one endpoint, for each of ``origins``: the first ``cell`` and its ``finding``."""

    cell: Cell
    finding: dict[str, Any]
    origins: tuple[str, ...]


def flaws(run: Run, worth: Callable[[str | None], bool] = is_flaw) -> list[Flaw]:
    """The findings whose severity is ``worth`` it, the gravest first: by default those that the matrix marks."""
    found: dict[tuple[str, str, str, str], tuple[Cell, dict[str, Any], list[str]]] = {}
    for cell in run.cells:
        if not worth(cell.severity):
            continue
        for finding in cell.findings:
            if worth(finding["severity"]):
                key = (cell.environment, cell.endpoint, finding["rule"], finding["severity"])
                found.setdefault(key, (cell, finding, []))[2].append(cell.origin)
    listed = [Flaw(cell, finding, tuple(dict.fromkeys(origins))) for cell, finding, origins in found.values()]
    return sorted(listed, key=lambda flaw: -SEVERITIES.index(flaw.finding["severity"]))
