"""A run for people: a matrix for each environment, what needs attention with its remedy, and the counts."""

from __future__ import annotations

from collections.abc import Iterable

from corstui.analysis.marks import mark
from corstui.analysis.story import headline
from corstui.printable import printable
from corstui.report.attention import Group, advice, flaws, sections
from corstui.report.engines import cause_text, partings, party_text, quirk_lines, rules_of
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
    lines += _partings(run, options)
    lines += _attention(run, options)
    lines += _flaws(run, options)
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
    titles = [paint(line, "strong", options.color) for line in wrap(title, options.width)]
    return [*titles, *matrix(names, origins, grid, options)]


def _field(key: CellKey, planned: set[CellKey], cells: dict[CellKey, Cell], options: Options) -> Field:
    """One place of the matrix; empty where no such cell is planned."""
    if key not in planned:
        return Field()
    shown = mark(cells.get(key), ascii=options.ascii)
    text = f"{shown.symbol:<2} {printable(shown.label)} {shown.suffix}".rstrip()
    return Field(text, shown.style)


# -- what needs attention ------------------------------------------------------------------------------------------


def _partings(run: Run, options: Options) -> list[str]:
    """Where the engines differ: who says what, by which rule of theirs, how that is known, and what suits all."""
    if len(run.plan.engines) == 1:
        return []
    found = partings(run)
    if not found:
        return [f"All {len(run.plan.engines)} engines agree.", ""]
    lines = [paint(f"Engines differ ({sum(len(one.origins) for one in found)})", "strong", options.color)]
    for one in found:
        cell = one.found.cell
        mask = mask_for(cell.planned.deployment, options)
        said = "; ".join(map(party_text, one.found.parties))
        name = _name(cell.environment, cell.endpoint, one.origins)
        lines += wrap(f"{name}: {said}", options.width, "    ", "  ")
        for cause in one.found.causes:
            lines += wrap(printable(cause_text(cause, mask)), options.width, "       ", "     ")
    for quirk in rules_of(found):
        lines += quirk_lines(quirk, options, "  ")
    return [*lines, ""]


def _attention(run: Run, options: Options) -> list[str]:
    lines: list[str] = []
    for section in sections(run):
        lines.append(paint(f"{section.title} ({section.count})", "strong", options.color))
        lines += [line for group in section.groups for line in _entry(group, options)]
        lines.append("")
    return lines


def _entry(group: Group, options: Options) -> list[str]:
    cell = group.cell
    shown = mark(cell, ascii=options.ascii)
    mask = mask_for(cell.planned.deployment, options)
    first = f"  {paint(f'{shown.symbol:<2}', shown.style, options.color)} "
    name = _name(cell.environment, cell.endpoint, group.origins)
    engines = f" in {', '.join(group.engines)}" if group.engines else ""
    lines = wrap(f"{name}{engines}: {printable(mask.text(headline(cell)))}", options.width, "     ", "     ")
    lines[0] = first + lines[0][5:]
    expectation = cell.planned.expectation
    if expectation is not None and (cell.as_expected is False or cell.waiver_note):
        lines += wrap(f"expected {expectation.text} ({expectation.location})", options.width, "       ", "     ")
    if cell.waiver_note:
        lines += wrap(printable(mask.text(cell.waiver_note)), options.width, "       ", "     ")
    for said in advice(cell, group.origins):
        lines += wrap(printable(mask.text(said)), options.width, "       ", "     ")
    return lines


def _flaws(run: Run, options: Options) -> list[str]:
    found = flaws(run)
    if not found:
        return []
    lines = [paint(f"Findings ({len(found)})", "strong", options.color)]
    for flaw in found:
        mask = mask_for(flaw.cell.planned.deployment, options)
        name = _name(flaw.cell.environment, flaw.cell.endpoint, flaw.origins)
        said = f"{flaw.finding['severity']}: {name}: {printable(mask.text(flaw.finding['message']))}"
        lines += wrap(f"{said} ({flaw.finding['rule']})", options.width, "     ", "  ")
    return [*lines, *wrap("corstui explain RULE tells why, and what to change.", options.width, "  ", "  "), ""]


def _name(environment: str, endpoint: str, origins: Iterable[str]) -> str:
    where = f"{printable(environment)}: " if environment != "default" else ""
    return f"{where}{printable(endpoint)} x {', '.join(map(printable, origins))}"


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
        said += f", {summary['waived']} waived" if summary["waived"] else ""
    if summary["inconclusive"]:
        said += f"; {summary['inconclusive']} inconclusive"
    return lines + wrap(said + ("; interrupted" if run.interrupted else ""), options.width)
