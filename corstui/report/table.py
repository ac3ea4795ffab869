"""A run for people: a matrix for each environment, what needs attention with its remedy, and the counts."""

from __future__ import annotations

from collections.abc import Iterable

from corstui.analysis.marks import mark
from corstui.analysis.mend import fix
from corstui.analysis.story import headline
from corstui.analysis.text import printable
from corstui.report.formats import Options
from corstui.report.layout import paint, wrap
from corstui.report.masking import mask_for
from corstui.report.matrix import Field, matrix
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey
from corstui.runner.record import Run


def render(run: Run, options: Options) -> str:
    lines: list[str] = []
    cells = {cell.key: cell for cell in run.cells}
    for environment in run.plan.environments:
        lines += [*_matrix(run, environment, cells, options), ""]
    lines += _disagreements(run, cells, options)
    lines += _attention(run, options)
    lines += counts(run, options)
    return "\n".join(lines)


# -- the matrix ----------------------------------------------------------------------------------------------------


def _matrix(run: Run, environment: str, cells: dict[CellKey, Cell], options: Options) -> list[str]:
    """One environment as the first engine judges it."""
    plan, engine = run.plan, run.plan.engines[0]
    planned = [each for each in plan.cells if each.key.environment == environment and each.key.engine == engine]
    rows = {each.key.endpoint: each.method for each in planned}
    present = {each.key.origin for each in planned}
    origins = [name for name in plan.origins if name in present]
    keys = {each.key for each in planned}
    grid = [
        [_field(CellKey(environment, origin, row, engine), keys, cells, options) for origin in origins] for row in rows
    ]
    separator = " - " if options.ascii else " · "
    title = separator.join(printable(text) for text in (plan.name, environment, engine))
    names = [(method, name) for name, method in rows.items()]
    return [paint(title, "strong", options.color), *matrix(names, origins, grid, options)]


def _field(key: CellKey, planned: set[CellKey], cells: dict[CellKey, Cell], options: Options) -> Field:
    """One place of the matrix; empty where no such cell is planned."""
    if key not in planned:
        return Field()
    shown = mark(cells.get(key), ascii=options.ascii)
    text = f"{shown.symbol:<2} {printable(shown.label)} {shown.suffix}".rstrip()
    return Field(text, shown.style)


# -- what needs attention ------------------------------------------------------------------------------------------


def _disagreements(run: Run, cells: dict[CellKey, Cell], options: Options) -> list[str]:
    """Where the other engines decide otherwise than the first, whose matrix is shown."""
    first, *others = run.plan.engines
    if not others:
        return []
    lines = []
    for cell in run.cells:
        if cell.engine != first:
            continue
        twins = [cells.get(CellKey(cell.environment, cell.origin, cell.endpoint, engine)) for engine in others]
        parting = [twin for twin in twins if twin is not None and _differs(cell, twin)]
        if parting:
            said = "; ".join(f"{twin.engine} {_outcome(twin)}" for twin in parting)
            lines += wrap(f"{_name(cell)}: {first} {_outcome(cell)}; {said}", options.width, "    ", "  ")
    if not lines:
        return [f"All {len(run.plan.engines)} engines agree.", ""]
    return [paint("Engines differ", "strong", options.color), *lines, ""]


def _differs(cell: Cell, twin: Cell) -> bool:
    """A write that only the first engine may send is no difference between browsers."""
    return twin.verdict != "unsent" and (cell.verdict, cell.reason, cell.sent) != (twin.verdict, twin.reason, twin.sent)


def _outcome(cell: Cell) -> str:
    return cell.verdict if cell.reason is None else f"{cell.verdict} ({cell.reason})"


def attention(run: Run) -> list[tuple[str, list[list[Cell]]]]:
    """What to look at: cells that are not as expected and cells that could not be judged.

    Where nothing is expected of any cell, blocked ones too. Each section has a title; cells of one endpoint that ended
    the same way stand together.
    """
    cells = run.cells
    unexpected = [cell for cell in cells if cell.as_expected is False]
    unjudged = [cell for cell in cells if cell.as_expected is None and (cell.verdict == "error" or cell.inconclusive)]
    quiet = any(planned.expectation is not None for planned in run.plan.cells)
    refused = [cell for cell in cells if cell.verdict == "blocked" and not cell.inconclusive and not quiet]
    sections = (("Not as expected", unexpected), ("Could not be judged", unjudged), ("Blocked", refused))
    return [(f"{title} ({len(chosen)})", _alike(chosen)) for title, chosen in sections if chosen]


def _attention(run: Run, options: Options) -> list[str]:
    lines: list[str] = []
    for title, groups in attention(run):
        lines.append(paint(title, "strong", options.color))
        lines += [line for group in groups for line in _entry(group, options)]
        lines.append("")
    return lines


def _alike(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Cells of one endpoint that ended the same way, so that one remedy is said once."""
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        broken = cell.expected if cell.as_expected is False else None
        alike = (cell.environment, cell.endpoint, cell.engine, cell.verdict, cell.reason, cell.phase, broken)
        groups.setdefault(alike, []).append(cell)
    return list(groups.values())


def _entry(group: list[Cell], options: Options) -> list[str]:
    cell = group[0]
    shown = mark(cell, ascii=options.ascii)
    mask = mask_for(cell.planned.deployment, options)
    first = f"  {paint(f'{shown.symbol:<2}', shown.style, options.color)} "
    origins = ", ".join(printable(each.origin) for each in group)
    lines = wrap(f"{_name(cell, origins)}: {printable(mask.text(headline(cell)))}", options.width, "     ", "     ")
    lines[0] = first + lines[0][5:]
    expectation = cell.planned.expectation
    if expectation is not None and cell.as_expected is False:
        lines += wrap(f"expected {expectation.text} ({expectation.location})", options.width, "       ", "     ")
    for advice in fix(cell):
        lines += wrap(printable(mask.text(advice)), options.width, "       ", "     ")
    return lines


def _name(cell: Cell, origins: str | None = None) -> str:
    where = f"{printable(cell.environment)}: " if cell.environment != "default" else ""
    return f"{where}{printable(cell.endpoint)} x {origins or printable(cell.origin)}"


# -- the counts ----------------------------------------------------------------------------------------------------


def counts(run: Run, options: Options) -> list[str]:
    """The cells by verdict, and how many have an expectation and meet it."""
    summary, total = run.summary, len(run.plan.cells)
    verdicts = [
        paint(f"{summary[verdict]} {verdict}", verdict, options.color)
        for verdict in ("allowed", "opaque", "blocked", "unsent", "error")
        if summary[verdict]
    ]
    lines = [", ".join([*verdicts, *([f"{summary['not_run']} not run"] if summary["not_run"] else [])])]
    expecting = sum(each.expectation is not None for each in run.plan.cells)
    said = f"{expecting} of {total} cells have an expectation"
    if expecting:
        said += f": {summary['unexpected']} not as expected, {summary['unproven']} unproven"
    if summary["inconclusive"]:
        said += f"; {summary['inconclusive']} inconclusive"
    lines.append(said + ("; interrupted" if run.interrupted else ""))
    return lines
