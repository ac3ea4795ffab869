"""From a cell to the pages of the drill-down: sequence, headers, checks, what script sees, cookies, advice, raw heads.

Pure functions like those of :mod:`corstui.tui.render`, on which they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.explain import explain
from corstui.analysis.steps import step
from corstui.analysis.story import cookies, fix, script_view
from corstui.analysis.text import shorten
from corstui.fetch.result import Check, Exchange
from corstui.fetch.url import parse
from corstui.tui.render import (
    BAD,
    CAUTION,
    GOOD,
    MUTED,
    READABLE,
    View,
    wrapped,
)

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

Annotation = tuple[str, str]


# -- headers -----------------------------------------------------------------------------------------------------------


def headers(cell: Cell, view: View, columns: int) -> list[Content]:
    """Every exchange with both heads; what decided is marked, with what is required."""
    if not cell.exchanges:
        return _nothing_sent(cell, view, columns)
    lines: list[Content] = []
    for index, exchange in enumerate(cell.exchanges):
        checks = [check for check in cell.flow.checks if check.exchange == index]
        lines += [*_exchange(index + 1, exchange, checks, view, columns), Content("")]
    return lines[:-1]


def _nothing_sent(cell: Cell, view: View, columns: int) -> list[Content]:
    lines = [Content("Nothing was sent, so there are no headers.")]
    for check in cell.flow.checks:
        lines += _check(check, view, columns)
    return lines


def _exchange(number: int, exchange: Exchange, checks: Sequence[Check], view: View, columns: int) -> list[Content]:
    facts = [exchange.phase if not exchange.hop else f"{exchange.phase}, redirect {exchange.hop}"]
    facts += [exchange.address] if exchange.address else []
    title = f"{number} {view.text(exchange.request.method)} {view.text(exchange.request.url)}"
    head = Content.assemble((shorten(title, columns - 4), "bold"), (f"  ({', '.join(facts)})", MUTED))
    request, response = _request(exchange, view), _response(exchange, checks, view)
    if columns < 110:
        # what was asked and answered first, what every request carries last
        asking = [row for row in request if row[1] != MUTED]
        rest = [row for row in request if row[1] == MUTED]
        return [head, *_stacked(asking, ">", columns), *_stacked(response, "<", columns), *_stacked(rest, ">", columns)]
    return [head, *_abreast(request, response, columns)]


def _request(exchange: Exchange, view: View) -> list[tuple[str, str, Annotation]]:
    """Rows of (text, style, annotation); the second style is the annotation's."""
    rows = []
    for name, value in view.headers(exchange.request.headers):
        rows.append((f"{name}: {value}", "bold" if name.lower() in _ASKING else MUTED, ("", "")))
    return rows


def _response(exchange: Exchange, checks: Sequence[Check], view: View) -> list[tuple[str, str, Annotation]]:
    response = exchange.response
    if response is None:
        error = exchange.error
        said = f"{error.code}: {error.message}" if error is not None else "no answer"
        return [(view.text(said), BAD, ("", ""))]
    notes = _annotations(checks, view)
    status = view.text(f"{response.http_version} {response.status} {response.reason}".rstrip())
    rows = [_annotated(status, notes.pop("", None))]
    for (name, _), (_, value) in zip(response.headers, view.headers(response.headers), strict=True):
        rows.append(_annotated(f"{view.text(name)}: {value}", notes.get(name.lower())))
    present = {name.lower() for name, _ in response.headers}
    for name, note in notes.items():
        if name not in present and note[1] != GOOD:
            rows.append((f"{_titled(name)}: (absent)", "italic", note))
    return rows


def _annotated(text: str, note: Annotation | None) -> tuple[str, str, Annotation]:
    return (text, MUTED, ("", "")) if note is None else (text, "bold", note)


def _titled(name: str) -> str:
    return next((title for _, title in _READS if title.lower() == name), name)


def _annotations(checks: Sequence[Check], view: View) -> dict[str, Annotation]:
    """What each header is told, by its lower-case name: the failure that decided, else another one, else a tick."""
    notes: dict[str, Annotation] = {}
    ranked = sorted(checks, key=lambda check: (check.passed, not check.decisive))
    for check in ranked:
        name = reads(check)
        if name is None or name.lower() in notes:
            continue
        notes[name.lower()] = _note(check, view)
    return notes


def _note(check: Check, view: View) -> Annotation:
    if check.passed:
        return view.passed, GOOD
    needs = f"{view.failed} needs {view.text(check.required)}"
    if check.decisive:
        return needs, f"bold {BAD}"
    return (f"{needs} (would fail next)", CAUTION) if not check.id.startswith("expose.") else (needs, CAUTION)


def reads(check: Check) -> str | None:
    """The response header that a check is about; "" is the status line, None no header at all."""
    return next((name for prefix, name in _READS if check.id.startswith(prefix)), None)


def _stacked(rows: Sequence[tuple[str, str, Annotation]], sign: str, columns: int) -> list[Content]:
    lines = []
    for text, style, (note, note_style) in rows:
        lines += wrapped(text, columns, first=f" {sign} ", rest="     ", style=style)
        if len(note) == 1:
            lines[-1] = Content.assemble(lines[-1], "  ", (note, note_style))
        elif note:
            lines += wrapped(note, columns, first="     ", rest="       ", style=note_style)
    return lines


def _abreast(
    request: Sequence[tuple[str, str, Annotation]], response: Sequence[tuple[str, str, Annotation]], columns: int
) -> list[Content]:
    half = (columns - 3) // 2
    left, right = _stacked(request, ">", half), _stacked(response, "<", half)
    lines = []
    for index in range(max(len(left), len(right))):
        first = left[index] if index < len(left) else Content("")
        second = right[index] if index < len(right) else Content("")
        lines.append(Content.assemble(first, " " * (half - first.cell_length + 1), second))
    return lines


# -- checks ------------------------------------------------------------------------------------------------------------


def checks(cell: Cell, view: View, columns: int) -> list[Content]:
    """The deciding check, then what would fail next, then what passed, in the order of the standard."""
    every = cell.flow.checks
    failed = [check for check in every if not check.passed and not check.decisive]
    groups = (
        ("Decided by", [check for check in every if check.decisive]),
        ("Failed too, and decided nothing" if cell.verdict == "allowed" else "Would fail next", failed),
        ("Passed", [check for check in every if check.passed]),
    )
    lines: list[Content] = []
    for title, members in groups:
        if members:
            lines.append(Content.styled(title, "bold"))
            for check in members:
                lines += _check(check, view, columns)
            lines.append(Content(""))
    return lines[:-1] or [Content("No rule had to be applied.")]


def _check(check: Check, view: View, columns: int) -> list[Content]:
    columns = min(columns, READABLE)
    style = GOOD if check.passed else BAD if check.decisive else CAUTION
    where = f", exchange {check.exchange + 1}" if check.exchange is not None else ""
    sign = view.passed if check.passed else view.failed
    lines = wrapped(f"{step(check.id).rule} ({check.id}{where})", columns, first=f" {sign} ", rest="   ", style=style)
    if check.passed:
        return [*lines, *wrapped(view.text(check.observed) or "nothing", columns, first="     ", rest="     ")]
    lines += wrapped(view.text(check.required), columns, first="     needs  ", rest="            ")
    return lines + wrapped(view.text(check.observed) or "nothing", columns, first="     found  ", rest="            ")


# -- the smaller pages -------------------------------------------------------------------------------------------------


def script(cell: Cell, view: View, columns: int) -> list[Content]:
    """What the page's script gets."""
    return [line for text in script_view(cell) for line in wrapped(view.text(text), columns, rest="    ")]


def cookie_lines(cell: Cell, view: View, columns: int) -> list[Content]:
    """Which cookies went, which stayed and why, which came back."""
    rows = cookies(cell.flow)
    if not rows:
        return wrapped("No cookie was sent, kept back or set.", columns)
    lines = []
    for index, name, fate in rows:
        style = CAUTION if fate.startswith("withheld") else ""
        lines += wrapped(f"{index + 1}  {view.text(name)}  {view.text(fate)}", columns, rest="     ", style=style)
    return lines


def advice(cell: Cell, view: View, columns: int) -> list[Content]:
    """What to change, then what the reason means."""
    columns = min(columns, READABLE)
    lines: list[Content] = []
    for text in fix(cell):
        lines += wrapped(view.text(text), columns, first="  ", rest="      ")
    if not lines:
        lines = [Content("Nothing needs to change.")]
    if cell.reason is not None:
        page = explain(cell.reason)
        lines += [Content(""), Content.styled(page.title, "bold"), *wrapped(page.meaning, columns)]
        lines += [Content(""), Content.styled("Why browsers do it", "bold"), *wrapped(page.why, columns)]
    return lines


def findings(cell: Cell, view: View, columns: int) -> list[Content]:
    """Each rule that fired: what shows it, why it matters, what to change; the gravest first."""
    columns = min(columns, READABLE)
    lines: list[Content] = []
    for finding in cell.findings:
        page = explain(finding["rule"])
        where = [f"exchange {finding['exchange'] + 1}"] if finding["exchange"] is not None else []
        where += [finding["header"]] if finding["header"] is not None else []
        shown = f" ({', '.join(where)})" if where else ""
        style = MUTED if finding["severity"] == "info" else CAUTION
        lines += wrapped(f"{finding['severity']}: {page.title}", columns, rest="  ", style=style)
        lines += wrapped(view.text(finding["message"]) + shown, columns, first="  ", rest="  ")
        lines += wrapped(page.why, columns, first="  ", rest="  ", style=MUTED)
        for advice_line in page.fix:
            lines += wrapped(advice_line, columns, first="  - ", rest="    ")
        lines += [*wrapped(finding["rule"], columns, first="  ", style=MUTED), Content("")]
    return lines[:-1] or [Content("No rule about policies found anything to say.")]


def raw(cell: Cell, view: View, columns: int) -> list[Content]:
    """The heads as they were on the wire, one line a field."""
    if not cell.exchanges:
        return [Content("Nothing was sent.")]
    lines: list[Content] = []
    for exchange in cell.exchanges:
        parsed = parse(exchange.request.url)
        target = parsed.target if parsed is not None else exchange.request.url
        lines.append(Content.styled(f"> {view.text(f'{exchange.request.method} {target}')} HTTP/1.1", "bold"))
        lines += [Content(f"> {name}: {value}") for name, value in view.headers(exchange.request.headers)]
        if exchange.request.body:
            lines.append(Content.styled(f"> ({len(exchange.request.body)} bytes of body)", MUTED))
        lines += [*_raw_answer(exchange, view), Content("")]
    return [each for line in lines[:-1] for each in line.wrap(columns) or [line]]


def _raw_answer(exchange: Exchange, view: View) -> list[Content]:
    response = exchange.response
    if response is None:
        said = f"{exchange.error.code}: {exchange.error.message}" if exchange.error is not None else "no answer"
        return [Content.styled(f"! {view.text(said)}", BAD)]
    status = f"{response.http_version} {response.status} {response.reason}".rstrip()
    lines = [Content.styled(f"< {view.text(status)}", "bold")]
    lines += [Content(f"< {name}: {value}") for name, value in view.headers(response.headers)]
    return [*lines, Content.styled(f"< ({response.body_length} bytes of body)", MUTED)]
