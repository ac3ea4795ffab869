"""A run as Markdown (GitHub's dialect), for pull requests and job summaries."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corstui.analysis.marks import mark
from corstui.analysis.mend import fix
from corstui.analysis.story import headline
from corstui.analysis.text import printable
from corstui.report.formats import Options
from corstui.report.masking import mask_for
from corstui.report.table import attention, counts
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey
from corstui.runner.record import Run

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def render(run: Run, options: Options) -> str:
    lines = [f"# {_plain(run.plan.name)}", ""]
    lines += [f"{_plain(line)}  " for line in counts(run, Options(ascii=options.ascii))]
    for environment in run.plan.environments:
        lines += ["", *_matrix(run, environment)]
    for title, groups in attention(run):
        lines += ["", f"## {title}", ""]
        for group in groups:
            lines += _entry(group, options)
    return "\n".join(lines)


def _matrix(run: Run, environment: str) -> list[str]:
    cells = {cell.key: cell for cell in run.cells}
    planned = {each.key: each for each in run.plan.cells}
    engine = run.plan.engines[0]
    rows = [_row(["", *map(_plain, run.plan.origins)]), _row(["---"] * (len(run.plan.origins) + 1))]
    for endpoint in run.plan.endpoints:
        keys = [CellKey(environment, origin, endpoint, engine) for origin in run.plan.origins]
        if any(key in planned for key in keys):
            rows.append(_row([_plain(endpoint), *(_mark(cells.get(key)) if key in planned else "" for key in keys)]))
    return [f"## {_plain(environment)}, {engine}", "", *rows]


def _row(fields: Iterable[str]) -> str:
    return f"| {' | '.join(fields)} |"


def _mark(cell: Cell | None) -> str:
    shown = mark(cell)
    return _plain(" ".join(filter(None, (shown.symbol, shown.label, shown.suffix))))


def _entry(group: list[Cell], options: Options) -> list[str]:
    cell = group[0]
    mask = mask_for(cell.planned.deployment, options)
    origins = ", ".join(each.origin for each in group)
    name, said = _plain(f"{cell.endpoint} x {origins}"), _plain(mask.text(headline(cell)))
    lines = [f"- **{name}** ({_plain(cell.environment)}): {said}"]
    if cell.planned.expectation is not None and cell.as_expected is False:
        lines.append(f"  - expected {_plain(cell.planned.expectation.text)}")
    return [*lines, *(f"  - {_plain(mask.text(advice))}" for advice in fix(cell))]


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", printable(text))
