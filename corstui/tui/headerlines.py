"""The page of headers: both heads of every exchange, what decided marked and explained where it stands.

Pure functions like those of :mod:`corstui.tui.render`, on which they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.facts import phase_of
from corstui.analysis.steps import step
from corstui.analysis.story import why
from corstui.analysis.text import width
from corstui.fetch.result import Check, Exchange
from corstui.tui.render import BAD, CAUTION, GOOD, MUTED, View, number_of, wrapped
from corstui.tui.wireheads import heads, oddities, visible, visible_line

if TYPE_CHECKING:
    from corstui.runner import Cell

#: The response header that a check reads, by the beginning of its step id; "" is the status line.
_READS = (
    ("cors.check.acac", "Access-Control-Allow-Credentials"),
    ("cors.check.", "Access-Control-Allow-Origin"),
    ("redirect.taint", "Access-Control-Allow-Origin"),
    ("cors.preflight.redirect", "Location"),
    ("cors.preflight.acam-parse", "Access-Control-Allow-Methods"),
    ("cors.preflight.method", "Access-Control-Allow-Methods"),
    ("cors.preflight.acah-parse", "Access-Control-Allow-Headers"),
    ("cors.preflight.authorization", "Access-Control-Allow-Headers"),
    ("cors.preflight.headers", "Access-Control-Allow-Headers"),
    ("cors.preflight.status", ""),
    ("redirect.mode", ""),
    ("redirect.", "Location"),
    ("actual.corp", "Cross-Origin-Resource-Policy"),
    ("actual.mime", "Content-Type"),
    ("actual.orb", "Content-Type"),
    ("actual.auth-401", "WWW-Authenticate"),
    ("expose.", "Access-Control-Expose-Headers"),
    ("engine.refused", ""),
)
#: Request headers that answers are judged by.
_ASKING = frozenset({"origin", "access-control-request-method", "access-control-request-headers"})
#: Columns of a title that an address may not take away.
_TITLE_AT_LEAST = 20
#: Columns from which both heads stand side by side.
_ABREAST = 110

Annotation = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a head with what there is to say about it, each as (text, style)."""

    text: str
    style: str = ""
    notes: tuple[Annotation, ...] = ()


def headers(cell: Cell, view: View, columns: int) -> list[Content]:
    """Every exchange with both heads; what decided is marked, with what was needed, what was found, and why."""
    if not cell.exchanges:
        return _nothing_sent(cell, view, columns)
    raw = heads(cell)
    lines: list[Content] = []
    for index, exchange in enumerate(cell.exchanges):
        checks = [check for check in cell.flow.checks if check.exchange == index]
        response = _response(exchange, raw[index] if index < len(raw) else b"", checks, why(cell), view)
        lines += [*_exchange(number_of(index, cell), exchange, response, view, columns), Content("")]
    return lines[:-1]


def _nothing_sent(cell: Cell, view: View, columns: int) -> list[Content]:
    lines = [Content("Nothing was sent, so there are no headers."), Content("")]
    for check in cell.flow.checks:
        if not check.passed:
            rule = f"{step(check.id).rule} ({check.id})"
            lines += _stacked([Row(rule, "bold", _notes(check, why(cell), view))], view.failed, columns)
    return lines


def _exchange(number: str, exchange: Exchange, response: Sequence[Row], view: View, columns: int) -> list[Content]:
    about, address = f"  ({phase_of(exchange)})", exchange.address
    if address and len(about) + len(address) + _TITLE_AT_LEAST < columns:
        about = f"{about[:-1]}, {address})"
    title = f"{number} {view.text(exchange.request.method)} {view.text(exchange.request.url)}"
    head = Content.assemble((view.short(title, columns - width(about)), "bold"), (about, MUTED))
    request = _request(exchange, view)
    if columns >= _ABREAST:
        return [head, *_abreast(request, response, columns)]
    # what was asked and answered first, what every request carries last
    asking = [row for row in request if row.style != MUTED]
    rest = [row for row in request if row.style == MUTED]
    return [head, *_stacked(asking, ">", columns), *_stacked(response, "<", columns), *_stacked(rest, ">", columns)]


def _request(exchange: Exchange, view: View) -> list[Row]:
    return [
        Row(f"{visible(name)}: {visible(value)}", "bold" if name.lower() in _ASKING else MUTED)
        for name, value in view.mask.headers(exchange.request.headers)
    ]


def _response(exchange: Exchange, head: bytes, checks: Sequence[Check], reason: str, view: View) -> list[Row]:
    response = exchange.response
    if response is None:
        error = exchange.error
        said = f"{error.code}: {error.message}" if error is not None else "no answer"
        return [Row(view.text(said), BAD), *_others(checks, reason, view)]
    judged = _by_header(checks)
    odd = oddities(head, response.headers)

    def told(name: str, text: str) -> tuple[Annotation, ...]:
        return tuple(note for check in judged.get(name, ()) for note in _notes(check, reason, view, text))

    status = visible(view.mask.text(f"{response.http_version} {response.status} {response.reason}".rstrip()))
    rows = [_annotated(status, told("", status))]
    names = [name.lower() for name, _ in response.headers]
    for index, (name, value) in enumerate(view.mask.headers(response.headers)):
        text, lower = f"{visible(name)}: {visible(value)}", name.lower()
        place = names[: index + 1].count(lower)
        notes = told(lower, text) if place == 1 else ()
        if lower in judged and place > 1:
            notes = ((f"{place} of {names.count(lower)}: browsers read them as one list", CAUTION),)
        notes += tuple((each, CAUTION) for each in dict.fromkeys(odd.notes.get(index, ())))
        rows.append(_annotated(text, notes))
    for name, about in judged.items():
        if name and name not in names and not about[0].passed:
            text = f"{_titled(name)}: (absent)"
            rows.append(Row(text, "italic", told(name, text)))
    rows += [Row(visible_line(view.mask.text(line)), "italic", _DROPPED) for line in odd.dropped]
    return [*rows, *_others(checks, reason, view)]


_DROPPED: tuple[Annotation, ...] = (("not a header to this engine, which skips the line", CAUTION),)


def _annotated(text: str, notes: tuple[Annotation, ...]) -> Row:
    return Row(text, "bold" if notes else MUTED, notes)


def _titled(name: str) -> str:
    return next((title for _, title in _READS if title.lower() == name), name)


def _by_header(checks: Sequence[Check]) -> dict[str, list[Check]]:
    """What judges each header, by its lower-case name: the failure that decided, other failures, else what passed."""
    found: dict[str, list[Check]] = {}
    for check in sorted(checks, key=lambda check: (check.passed, not check.decisive)):
        name = reads(check)
        if name is not None and not (check.passed and name.lower() in found):
            found.setdefault(name.lower(), []).append(check)
    return found


def _notes(check: Check, reason: str, view: View, shown: str = "") -> tuple[Annotation, ...]:
    """What there is to say about a check beside ``shown``; what was found is not said again."""
    if check.passed:
        return ((view.passed, GOOD),)
    needs = f"{view.failed} needs {view.text(check.required)}"
    if not check.decisive:
        return ((needs if check.id.startswith("expose.") else f"{needs} (would fail next)", CAUTION),)
    observed = view.text(check.observed) or "nothing"
    found = () if observed in shown else ((f"  found {observed}", BAD),)
    return (needs, f"bold {BAD}"), *found, (f"  {view.text(reason)}", "")


def _others(checks: Sequence[Check], reason: str, view: View) -> list[Row]:
    """Failures that no header is the place of."""
    failed = [check for check in checks if not check.passed and reads(check) is None]
    return [Row(f"also: {step(check.id).rule}", "bold", _notes(check, reason, view)) for check in failed]


def reads(check: Check) -> str | None:
    """The response header that a check is about; "" is the status line, None no header at all."""
    return next((name for prefix, name in _READS if check.id.startswith(prefix)), None)


def _stacked(rows: Sequence[Row], sign: str, columns: int) -> list[Content]:
    lines = []
    for row in rows:
        lines += wrapped(row.text, columns, first=f" {sign} ", rest="     ", style=row.style)
        for note, style in row.notes:
            if len(note) == 1 and lines[-1].cell_length + 3 <= columns:
                lines[-1] = Content.assemble(lines[-1], "  ", (note, style))
            else:
                indent = " " * (len(note) - len(note.lstrip()) + 5)
                lines += wrapped(note.strip(), columns, first=indent, rest=f"{indent}  ", style=style)
    return lines


def _abreast(request: Sequence[Row], response: Sequence[Row], columns: int) -> list[Content]:
    half = (columns - 3) // 2
    left, right = _stacked(request, ">", half), _stacked(response, "<", half)
    lines = []
    for index in range(max(len(left), len(right))):
        first = left[index] if index < len(left) else Content("")
        second = right[index] if index < len(right) else Content("")
        lines.append(Content.assemble(first, " " * (half - first.cell_length + 1), second))
    return lines
