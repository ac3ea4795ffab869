"""From a cell to the pages of the drill-down: sequence, headers, checks, what script sees, cookies, advice, raw heads.

Pure functions like those of :mod:`corstui.tui.render`, on which they stand.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.answerers import in_front
from corstui.analysis.cookies import Fate, fates
from corstui.analysis.explain import explain
from corstui.analysis.facts import phase_of
from corstui.analysis.recipes import recipes
from corstui.analysis.steps import step
from corstui.analysis.story import fix, script_view
from corstui.fetch.result import Check
from corstui.runner.store import is_stored
from corstui.tui.render import (
    BAD,
    CAUTION,
    GOOD,
    MUTED,
    READABLE,
    View,
    expected_lines,
    first_host,
    note_lines,
    number_of,
    status_of,
    target_of,
    wrapped,
)

if TYPE_CHECKING:
    from corstui.runner import Cell

# -- checks ------------------------------------------------------------------------------------------------------------


def checks(cell: Cell, view: View, columns: int) -> list[Content]:
    """The deciding check, then what would fail next, then what passed; each group by exchange, in the flow's order."""
    if not cell.flow.checks:
        return wrapped("No rule had to be applied.", columns)
    columns = min(columns, READABLE)
    lines: list[Content] = []
    for title, members in _groups(cell):
        lines.append(Content.styled(title, "bold"))
        # rules about the request come before the first exchange
        for index, within in groupby(members, key=lambda check: check.exchange):
            lines += wrapped(_heading(index, cell, view), columns, first=" ", rest="   ", style=MUTED)
            for check in within:
                lines += _check(check, view, columns)
        lines.append(Content(""))
    return lines[:-1]


def _groups(cell: Cell) -> list[tuple[str, list[Check]]]:
    every = sorted(cell.flow.checks, key=lambda check: -1 if check.exchange is None else check.exchange)
    failed = [check for check in every if not check.passed and not check.decisive]
    groups = [
        ("Decided by", [check for check in every if check.decisive]),
        ("Failed too, and decided nothing" if cell.verdict in ("allowed", "opaque") else "Would fail next", failed),
        ("Passed", [check for check in every if check.passed]),
    ]
    return [(title, members) for title, members in groups if members]


def _heading(index: int | None, cell: Cell, view: View) -> str:
    """Which exchange checks are about."""
    if index is None or index >= len(cell.flow.exchanges):
        return "before anything is sent"
    exchange = cell.flow.exchanges[index]
    target = target_of(exchange, first_host(cell.flow.exchanges), view)
    return f"{index + 1} {view.text(exchange.request.method)} {target} ({phase_of(exchange)}, {status_of(exchange)})"


def _check(check: Check, view: View, columns: int) -> list[Content]:
    """What the step demands, with what was needed and found; of the deciding one also where it is written."""
    style = GOOD if check.passed else BAD if check.decisive else CAUTION
    sign, about = (view.passed if check.passed else view.failed), step(check.id)
    lines = wrapped(f"{about.rule} ({check.id})", columns, first=f"  {sign} ", rest="    ", style=style)
    quiet = MUTED if check.passed else ""
    for word, value in (("needs", check.required), ("found", check.observed)):
        said = view.text(value) or "nothing"
        lines += wrapped(said, columns, first=f"      {word}  ", rest=" " * 13, style=quiet)
    if check.decisive and about.link:
        lines += wrapped(about.link, columns, first="      ", rest="      ", style=MUTED)
    return lines


# -- the smaller pages -------------------------------------------------------------------------------------------------


def script(cell: Cell, view: View, columns: int) -> list[Content]:
    """What the page's script gets."""
    return [line for text in script_view(cell) for line in wrapped(view.text(text), columns, rest="    ")]


def cookies_of(cell: Cell) -> list[Fate]:
    """What became of the cookies; an earlier run does not tell which requests had credentials."""
    stored = is_stored(cell)
    return fates(cell.flow, () if stored else cell.planned.deployment.cookies, known=not stored)


def cookie_lines(cell: Cell, view: View, columns: int) -> list[Content]:
    """Which cookies went, which stayed and why, which came back and were taken or refused; by exchange."""
    columns = min(columns, READABLE)
    mode = () if is_stored(cell) else (f"Credentials mode: {cell.planned.endpoint.credentials}",)
    found = cookies_of(cell)
    lines = [Content.styled(line, MUTED) for line in mode if found]
    for index, within in groupby(found, key=lambda fate: fate.exchange):
        title = "the others" if index is None else _heading(index, cell, view)
        lines += wrapped(title, columns, first=" ", rest="   ", style="bold")
        for fate in within:
            said = f"{view.text(fate.name) or '(no name)'}  {fate.kind}{': ' if fate.why else ''}{view.text(fate.why)}"
            style = CAUTION if fate.kind in ("withheld", "refused") else ""
            sign = view.passed if fate.kind in ("sent", "stored") else "-"
            lines += wrapped(said, columns, first=f"  {sign} ", rest="      ", style=style)
    if is_stored(cell):
        lines += wrapped("An earlier run does not tell which cookies were withheld or stored.", columns, style=MUTED)
    return lines or wrapped("No cookie was sent, kept back or set.", columns)


def advice(cell: Cell, view: View, columns: int) -> list[Content]:
    """What is expected, what to change, then what the reason means."""
    columns = min(columns, READABLE)
    lines = [*expected_lines(cell, view, columns), *note_lines(cell.planned, view, columns)]
    lines += [Content("")] if lines else []
    change = fix(cell)
    for text in change:
        lines += wrapped(view.text(text), columns, first="  ", rest="      ")
    lines += [] if change else [Content("Nothing needs to change.")]
    for text in in_front(cell.flow, cell.controls):
        lines += [Content(""), *wrapped(view.text(text), columns)]
    for recipe in recipes(cell):
        for title, code in recipe.titled():
            lines += [Content(""), *wrapped(title, columns, style="bold")]
            for line in code:
                lines += wrapped(view.text(line.replace("\t", "    ")), columns, first="  ", rest="      ")
    if cell.reason is not None:
        page = explain(cell.reason)
        lines += [Content(""), *wrapped(page.title, columns, style="bold"), *wrapped(page.meaning, columns)]
        lines += [Content(""), Content.styled("Why browsers do it", "bold"), *wrapped(page.why, columns)]
    return lines


def findings(cell: Cell, view: View, columns: int) -> list[Content]:
    """Each rule that fired: what shows it, why it matters, what to change; the gravest first."""
    columns = min(columns, READABLE)
    lines: list[Content] = []
    for finding in cell.findings:
        page = explain(finding["rule"])
        where = [f"exchange {number_of(finding['exchange'], cell)}"] if finding["exchange"] is not None else []
        where += [finding["header"]] if finding["header"] is not None else []
        shown = f" ({', '.join(where)})" if where else ""
        style = MUTED if finding["severity"] == "info" else CAUTION
        lines += wrapped(f"{finding['severity']}: {page.title}", columns, rest="  ", style=style)
        lines += wrapped(view.text(finding["message"]) + shown, columns, first="  ", rest="  ")
        lines += wrapped(page.why, columns, first="  ", rest="  ", style=MUTED)
        for advice_line in page.fix:
            lines += wrapped(advice_line, columns, first="  - ", rest="    ")
        lines += [*wrapped(finding["rule"], columns, first="  ", style=MUTED), Content("")]
    return lines[:-1] or wrapped("No rule about policies found anything to say.", columns)
