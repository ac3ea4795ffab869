"""One cell in one screen: what was exchanged, which rules decided, why, and what to change on the server."""

from __future__ import annotations

from collections.abc import Sequence

from corstui.analysis.answerers import who_answered
from corstui.analysis.engines import differs, disagreement
from corstui.analysis.explain import explain
from corstui.analysis.facts import deciding_exchange, field
from corstui.analysis.marks import mark
from corstui.analysis.mend import fix, worth_exposing
from corstui.analysis.recipes import recipes
from corstui.analysis.story import hidden_names, outcome, script_view, why
from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Check, Exchange, Flow
from corstui.fetch.url import parse
from corstui.printable import printable
from corstui.report.engines import cause_text, quirk_lines
from corstui.report.formats import Options
from corstui.report.layout import columns, paint, wrap
from corstui.report.masking import Mask, mask_for
from corstui.runner.cell import Cell
from corstui.runner.record import Run
from corstui.runner.simulate import rehearse

#: Fields that decide or explain a flow, of requests and of responses; the document has all of them.
_REQUEST = frozenset(
    {"origin", "authorization", "cookie", "content-type"}
    | {"access-control-request-method", "access-control-request-headers"}
)
_RESPONSE = frozenset({"location", "vary", "www-authenticate", "set-cookie", "cross-origin-resource-policy"})
_POLICY = "access-control-"
#: The lines of a terminal whose size is unknown.
_SCREEN = 24
#: Where the text beside a title begins.
_MARGIN = 8


def render(run: Run, options: Options) -> str:
    """The first engine's flow in full, and how the other engines judge. What is too long for the terminal is told in
    brief, and the browser's own name for the reason only where it costs nothing."""
    told = _told(run, options, named=True)
    if len(told) >= (options.height or _SCREEN):
        told = _told(run, options)
    if options.height is not None and len(told) >= options.height:
        told = _told(run, options, brief=True)
    return "\n".join(told)


def _told(run: Run, options: Options, *, brief: bool = False, named: bool = False) -> list[str]:
    first = run.cells[0]
    lines = _title(first, options)
    if len(run.cells) > 1:
        lines += ["", *_verdicts(run.cells, options, brief=brief), ""]
    return lines + _body(first, options, brief=brief, named=named)


def _title(cell: Cell, options: Options) -> list[str]:
    endpoint, mask = cell.planned.endpoint, mask_for(cell.planned.deployment, options)
    details = [f"from {printable(cell.origin_value)}", cell.engine, f"credentials {endpoint.credentials}"]
    details += [f"mode {endpoint.mode}"] if endpoint.mode != "cors" else []
    details += [f"redirect {endpoint.redirect}"] if endpoint.redirect != "follow" else []
    return [
        paint(printable(mask.text(f"{cell.method} {cell.url}")), "strong", options.color),
        *wrap(", ".join(details), options.width, "  ", ""),
    ]


def _verdicts(cells: Sequence[Cell], options: Options, *, brief: bool) -> list[str]:
    """A row for each engine; those that decide otherwise than the first are marked, and say why."""
    first, found = cells[0], disagreement(cells)
    rows: list[tuple[str, ...]] = []
    reasons: dict[str, list[str]] = {}
    for cell in cells:
        shown = mark(cell, ascii=options.ascii)
        same = cell is first or not differs(first, cell)
        name = cell.browser_error if cell.browser_error else ""
        verdict = f"{cell.verdict} {cell.status or ''}".rstrip()
        rows.append(
            (f"{shown.symbol:<2} {cell.engine}", verdict, cell.reason or "", name, "" if same else "<> differs")
        )
        if not same:
            reasons.setdefault(_clean(why(cell), mask_for(cell.planned.deployment, options)), []).append(cell.engine)
    lines = [*columns(rows), f"compared with {first.engine}" if found else "all engines agree"]
    for reason, engines in reasons.items():
        lines += wrap(f"{', '.join(engines)}: {reason}", options.width, "  ", "")
    for cause in found.causes if found else ():
        said = printable(cause_text(cause, mask_for(first.planned.deployment, options)))
        lines += [] if cause.quirks else wrap(said, options.width, "  ", "")
        lines += [line for quirk in cause.quirks for line in quirk_lines(quirk, options, brief=brief)]
    return lines


def _body(cell: Cell, options: Options, *, brief: bool, named: bool) -> list[str]:
    mask, flow = mask_for(cell.planned.deployment, options), cell.flow
    shown = mark(cell, ascii=options.ascii)
    symbol = paint(shown.symbol, shown.style, options.color)
    name = f" ({flow.engine}: {flow.browser_error})" if named and flow.browser_error else ""
    text = _clean(f"{outcome(flow)}. {why(cell)}{name}", mask)
    said = wrap(text, options.width, "   ", " " * (len(shown.symbol) + 1))
    lines = [symbol + said[0][len(shown.symbol) :], *said[1:], ""]
    lines += _exchanges(flow, mask, options, brief=brief)
    local = [check for check in flow.checks if check.exchange is None and not check.passed]
    lines += _checks(local, mask, options)
    lines += [*_unsent(cell, mask), ""]
    lines += _paragraph("Fix", fix(cell), mask, options)
    lines += [] if brief else _recipes(cell, mask, options)
    lines += _paragraph("Note", _notes(cell, brief=brief), mask, options)
    lines += _paragraph("Server", who_answered(cell), mask, options)
    if cell.response is not None:
        lines += _paragraph("Script", [_script_sees(cell)], mask, options)
    return lines


def _recipes(cell: Cell, mask: Mask, options: Options) -> list[str]:
    """What to write into the configuration of whoever answered."""
    lines: list[str] = []
    for recipe in recipes(cell):
        for title, code in recipe.titled():
            lines += ["", *wrap(title, options.width, "  ", "  "), *(f"    {_clean(line, mask)}" for line in code)]
    return lines


def _notes(cell: Cell, *, brief: bool) -> list[str]:
    """The findings. ``brief``: without the rules that say what decided the flow over again."""
    check = cell.flow.deciding
    said = check.id if brief and check is not None else None
    return [finding["message"] for finding in cell.findings if explain(finding["rule"]).related != said]


def _exchanges(flow: Flow, mask: Mask, options: Options, *, brief: bool) -> list[str]:
    """Every exchange with its checks. ``brief``: of those before the deciding one only where they led."""
    deciding, lines, origin = deciding_exchange(flow), [], None
    got_past = brief
    for index, exchange in enumerate(flow.exchanges):
        got_past = got_past and exchange is not deciding
        lines += _head(index + 1, exchange, mask, options)
        if not got_past:
            lines += _fields_of(exchange, origin, mask, options)
            origin = field(exchange.request.headers, "origin")
        elif exchange.response is not None:
            where = [(name, value) for name, value in exchange.response.headers if name.lower() == "location"]
            lines += _fields("<", where, mask, options)
        checks = [check for check in flow.checks if check.exchange == index]
        lines += _checks(checks, mask, options, brief=brief)
    return lines


def _paragraph(title: str, sentences: Sequence[str], mask: Mask, options: Options) -> list[str]:
    """Sentences beside their title, each on lines of its own; nothing when there is none."""
    lines: list[str] = []
    for sentence in filter(None, sentences):
        lead = title if not lines else ""
        lines += wrap(_clean(sentence, mask), options.width, " " * _MARGIN, f"{lead:<{_MARGIN}}")
    return lines


def _head(number: int, exchange: Exchange, mask: Mask, options: Options) -> list[str]:
    """Which exchange it is, in one sentence."""
    request, response = exchange.request, exchange.response
    facts = [exchange.phase if exchange.hop == 0 else f"{exchange.phase}, redirect {exchange.hop}"]
    if exchange.timing.total is not None:
        facts.append(f"{exchange.timing.total:.0f} ms")
    if exchange.address:
        facts.append(exchange.address)
    outcome = f"{response.status} {response.reason}".strip() if response else "no answer"
    target = _where(request.url, first=exchange.hop == 0)
    head = f"{number} {request.method} {_clean(target, mask)} -> {_clean(outcome, mask)}  ({', '.join(facts)})"
    return [paint(line, "strong", options.color) for line in wrap(head, options.width, "    ", "")]


def _fields_of(exchange: Exchange, origin: str | None, mask: Mask, options: Options) -> list[str]:
    """What was sent and what came back, as far as it tells. An Origin like the one above is not said again."""
    request, response, error = exchange.request, exchange.response, exchange.error
    sent = [(name, value) for name, value in request.headers if (name.lower(), value) != ("origin", origin)]
    lines = _fields(">", [each for each in sent if each[0].lower() in _REQUEST], mask, options)
    if response is not None:
        told = [
            each for each in response.headers if each[0].lower().startswith(_POLICY) or each[0].lower() in _RESPONSE
        ]
        lines += _fields("<", told, mask, options)
    if error is not None:
        lines += wrap(f"{error.code}: {_clean(error.message, mask)}", options.width, "    ", "  ! ")
    return lines


def _where(url: str, *, first: bool) -> str:
    """The path alone at the first host, which the title names already; the whole URL after a redirect."""
    parsed = parse(url)
    return parsed.target if first and parsed is not None else url


def _fields(sign: str, headers: HeaderList, mask: Mask, options: Options) -> list[str]:
    return [
        line
        for name, value in mask.headers(headers)
        for line in wrap(f"{printable(name)}: {printable(value)}", options.width, "      ", f"  {sign} ")
    ]


def _checks(checks: list[Check], mask: Mask, options: Options, *, brief: bool = False) -> list[str]:
    """The rule that decided with what it required, the rules that would fail next, and how many passed.

    What the later ones observed stands in the fields above them.
    """
    cross, tick = ("x", "+") if options.ascii else ("✗", "✓")
    lines = []
    for check in checks:
        if check.decisive or (not check.passed and check.exchange is None):
            text = f"{check.id}: required {check.required}; observed {check.observed or 'nothing'}"
            wrapped = wrap(_clean(text, mask), options.width, "      ", f"  {cross} ")
            lines += [paint(line, "blocked", options.color) for line in wrapped]
    later = [check.id for check in checks if not check.passed and not check.decisive and check.exchange is not None]
    passed = sum(check.passed for check in checks)
    if later:
        said = f"{'would fail next' if lines else 'failed, and decides nothing'}: {', '.join(later)}"
        lines += wrap(said, options.width, "      ", f"  {cross} ")
    elif passed and not (brief and lines):
        lines.append(f"  {tick} {passed} {'check' if passed == 1 else 'checks'} passed")
    return lines


def _unsent(cell: Cell, mask: Mask) -> list[str]:
    """The request that never left, when its preflight or corstui kept it away."""
    flow = cell.flow
    if flow.sent or not flow.exchanges or flow.verdict == "error":
        return []
    number = len(flow.exchanges) + 1
    requests = [request for request in rehearse(cell.planned) if request.phase != "preflight"]
    return [
        f"{number} {request.method} {_clean(_where(request.url, first=True), mask)}  not sent" for request in requests
    ]


def _script_sees(cell: Cell) -> str:
    """One sentence; the readable headers by name only."""
    response = cell.response
    if response is None or response.type not in ("basic", "cors"):
        return script_view(cell)[0]
    names = ", ".join(dict.fromkeys(name.lower() for name, _ in response.headers)) or "none"
    hidden = worth_exposing(hidden_names(cell.flow))
    unseen = f"; hidden: {', '.join(hidden)}" if hidden else ""
    failed = f"; the body fails: {response.body_error}" if response.body_error else ""
    return f"status {response.status}{failed}; headers: {names}{unseen}"


def _clean(text: str, mask: Mask) -> str:
    return printable(mask.text(text))
