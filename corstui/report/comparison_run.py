"""Both sides of a comparison as one run with two environments, for the formats that show a run: HTML and HAR."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from corstui.profile import Settings
from corstui.report import har, page
from corstui.report.comparison import Side, Sides
from corstui.report.formats import NotInDocuments, Options
from corstui.runner.cell import Cell
from corstui.runner.plan import Plan, Planned
from corstui.runner.record import Run
from corstui.runner.store import is_stored


def render_html(sides: Sides, options: Options) -> str:
    """The page of a run, with the two sides as its environments."""
    return page.render(_run(sides), options)


def render_har(sides: Sides, options: Options) -> str:
    """Every exchange of both sides. Raises NotInDocuments for stored runs."""
    run = _run(sides)
    if any(map(is_stored, run.cells)):
        raise NotInDocuments("a run document does not say when each request was sent; har takes a profile")
    return har.render(run, options)


def _run(sides: Sides) -> Run:
    several = len(sides.parts) > 1
    cells: list[Cell] = []
    for environment, part in sides.parts:
        for name, side in ((sides.a, [pair.a for pair in part.pairs]), (sides.b, [pair.b for pair in part.pairs])):
            called = f"{environment}, {name}" if several and environment is not None else name
            cells += [_as(cell, called) for cell in side if cell is not None]
    planned = (*(cell.planned for cell in cells), *sides.missing)
    duration = sum(cell.duration_ms for cell in cells)
    return Run(_plan(sides.title, planned), tuple(cells), sides.made, duration, sides.interrupted)


def _as(cell: Side, environment: str) -> Cell:
    """The cell in an environment of that name: two stored runs may be of the same one."""
    planned = replace(cell.planned, key=replace(cell.key, environment=environment))
    # a stored cell answers what these formats ask, but for its dialogue
    return cast("Cell", replace(cell, planned=planned))


def _plan(title: str, planned: tuple[Planned, ...]) -> Plan:
    keys = [each.key for each in planned]
    return Plan(
        name=title,
        settings=Settings(),
        cells=planned,
        environments=tuple(dict.fromkeys(key.environment for key in keys)),
        origins=tuple(dict.fromkeys(key.origin for key in keys)),
        endpoints=tuple(dict.fromkeys(key.endpoint for key in keys)),
        engines=tuple(dict.fromkeys(key.engine for key in keys)),
    )
