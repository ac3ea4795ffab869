"""Where the engines of a run disagree, as text: who says what, why, how that is known, and what suits all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corstui.analysis.engines import Cause, Disagreement, Party, disagreement
from corstui.analysis.quirks import Quirk
from corstui.report.formats import Options
from corstui.report.layout import paint, wrap
from corstui.report.masking import Mask
from corstui.runner.plan import CellKey
from corstui.runner.record import Run


@dataclass(frozen=True, slots=True)
class Parting:
    """Where engines part: what they disagree on about one cell, the same for each of ``origins``."""

    found: Disagreement
    origins: tuple[str, ...]


def disagreements(run: Run) -> list[Disagreement]:
    """The cells on which the engines disagree, in the order of the first engine's."""
    cells = {cell.key: cell for cell in run.cells}
    first = run.plan.engines[0]
    found = []
    for cell in (cell for cell in run.cells if cell.engine == first):
        keys = [CellKey(cell.environment, cell.origin, cell.endpoint, engine) for engine in run.plan.engines]
        found.append(disagreement(cells[key] for key in keys if key in cells))
    return [each for each in found if each is not None]


def partings(run: Run) -> list[Parting]:
    """The disagreements, those of one endpoint together that are told alike."""
    groups: dict[tuple[object, ...], list[Disagreement]] = {}
    for each in disagreements(run):
        cell = each.cell
        causes = tuple((cause.engines, cause.sentence, cause.evidence) for cause in each.causes)
        story = (cell.environment, cell.endpoint, tuple(map(party_text, each.parties)), causes)
        groups.setdefault(story, []).append(each)
    return [Parting(group[0], tuple(each.cell.origin for each in group)) for group in groups.values()]


def party_text(party: Party) -> str:
    """``chromium, webkit blocked (acao-missing; chromium: MissingAllowOriginHeader)``"""
    cell = party.cell
    status = f" {cell.status}" if cell.verdict == "allowed" and cell.status is not None else ""
    named = [f"{each.engine}: {each.browser_error}" for each in party.cells if each.browser_error]
    reason = f" ({'; '.join([cell.reason, *named])})" if cell.reason is not None else ""
    return f"{', '.join(party.engines)} {cell.verdict}{status}{reason}"


def rules_of(found: Sequence[Parting]) -> list[Quirk]:
    """The quirks behind them, each once, so that a report explains it once."""
    return list(dict.fromkeys(quirk for one in found for cause in one.found.causes for quirk in cause.quirks))


def cause_text(cause: Cause, mask: Mask) -> str:
    """Who parts for what, in brief: the quirks by their codes, other causes in words."""
    codes = " and ".join(quirk.code for quirk in cause.quirks)
    known = f" ({cause.evidence})" if cause.evidence else ""
    return f"{', '.join(cause.engines)}: {codes or mask.text(cause.sentence + known)}"


def quirk_lines(quirk: Quirk, options: Options, indent: str = "", *, brief: bool = False) -> list[str]:
    """What engines do differently, how that is known, and what suits all. ``brief``: only what they do."""
    lines = wrap(f"{quirk.code}: {quirk.sentence}", options.width, f"{indent}  ", indent)
    if brief:
        return lines
    told = wrap(f"({quirk.evidence})", options.width, f"{indent}   ", f"{indent}  ")
    lines += [paint(line, "faint", options.color) for line in told]
    for advice in quirk.fix:
        lines += wrap(advice, options.width, f"{indent}    ", f"{indent}  - ")
    return lines
