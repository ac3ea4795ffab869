"""A run as Markdown (GitHub's dialect), for pull requests and job summaries."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corstui.analysis.marks import mark
from corstui.analysis.story import headline
from corstui.printable import printable
from corstui.report.attention import Group, advice, flaws, sections
from corstui.report.engines import cause_text, partings, party_text, rules_of
from corstui.report.formats import Options
from corstui.report.masking import mask_for
from corstui.report.table import counts
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey
from corstui.runner.record import Run

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def render(run: Run, options: Options) -> str:
    lines = [f"# {plain(run.plan.name)}", ""]
    lines += [f"{plain(line)}  " for line in counts(run, Options(ascii=options.ascii))]
    for environment in run.plan.environments:
        lines += ["", *_matrix(run, environment)]
    lines += _partings(run, options)
    for section in sections(run):
        lines += ["", f"## {section.title} ({section.count})", ""]
        for group in section.groups:
            lines += _entry(group, options)
    return "\n".join(lines + _flaws(run, options))


def _matrix(run: Run, environment: str) -> list[str]:
    cells = {cell.key: cell for cell in run.cells}
    planned = {each.key: each for each in run.plan.cells}
    engine = run.plan.engines[0]
    rows = [row(["", *map(plain, run.plan.origins)]), row(["---"] * (len(run.plan.origins) + 1))]
    for endpoint in run.plan.endpoints:
        keys = [CellKey(environment, origin, endpoint, engine) for origin in run.plan.origins]
        if any(key in planned for key in keys):
            rows.append(row([plain(endpoint), *(_mark(cells.get(key)) if key in planned else "" for key in keys)]))
    return [f"## {plain(environment)}, {engine}", "", *rows]


def row(fields: Iterable[str]) -> str:
    """One row of a table; the fields are Markdown already."""
    return f"| {' | '.join(fields)} |"


def _mark(cell: Cell | None) -> str:
    shown = mark(cell)
    return plain(" ".join(filter(None, (shown.symbol, shown.label, shown.suffix))))


def _partings(run: Run, options: Options) -> list[str]:
    """Where the engines differ, and why."""
    if len(run.plan.engines) == 1:
        return []
    found = partings(run)
    if not found:
        return ["", f"All {len(run.plan.engines)} engines agree."]
    lines = ["", f"## Engines differ ({sum(len(one.origins) for one in found)})", ""]
    for one in found:
        cell = one.found.cell
        mask = mask_for(cell.planned.deployment, options)
        said = "; ".join(map(party_text, one.found.parties))
        name = f"{cell.endpoint} x {', '.join(one.origins)}"
        lines.append(f"- **{plain(name)}** ({plain(cell.environment)}): {plain(said)}")
        lines += [f"  - {plain(cause_text(cause, mask))}" for cause in one.found.causes]
    for quirk in rules_of(found):
        lines += [f"- `{quirk.code}`: {plain(quirk.sentence)} ({plain(quirk.evidence)})"]
        lines += [f"  - {plain(advice)}" for advice in quirk.fix]
    return lines


def _entry(group: Group, options: Options) -> list[str]:
    cell = group.cell
    mask = mask_for(cell.planned.deployment, options)
    name = f"{cell.endpoint} x {', '.join(group.origins)}"
    where = ", ".join((cell.environment, *group.engines))
    lines = [f"- **{plain(name)}** ({plain(where)}): {plain(mask.text(headline(cell)))}"]
    if cell.planned.expectation is not None and (cell.as_expected is False or cell.waiver_note):
        lines.append(f"  - expected {plain(cell.planned.expectation.text)}")
    if cell.waiver_note:
        lines.append(f"  - {plain(mask.text(cell.waiver_note))}")
    return [*lines, *(f"  - {plain(mask.text(said))}" for said in advice(cell, group.origins))]


def _flaws(run: Run, options: Options) -> list[str]:
    found = flaws(run)
    lines = ["", f"## Findings ({len(found)})", ""] if found else []
    for flaw in found:
        cell, finding = flaw.cell, flaw.finding
        message = mask_for(cell.planned.deployment, options).text(finding["message"])
        name = f"**{plain(cell.endpoint)} x {plain(', '.join(flaw.origins))}** ({plain(cell.environment)})"
        lines.append(f"- {finding['severity']}: {name}: {plain(message)} `{finding['rule']}`")
    return lines


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", printable(text))
