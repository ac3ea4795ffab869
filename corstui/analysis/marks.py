"""The mark of a cell: a symbol whose shape carries the verdict, and a label of at most 8 columns that says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from corstui.analysis.facts import deciding_exchange
from corstui.analysis.pages import pages
from corstui.fetch.result import Flow


class Judged(Protocol):
    """A finished cell, as far as its mark needs it."""

    @property
    def verdict(self) -> str: ...

    @property
    def reason(self) -> str | None: ...

    @property
    def phase(self) -> str: ...

    @property
    def sent(self) -> bool: ...

    @property
    def inconclusive(self) -> bool: ...

    @property
    def as_expected(self) -> bool | None: ...

    @property
    def waiver_state(self) -> str | None: ...

    @property
    def severity(self) -> str | None: ...

    @property
    def status(self) -> int | None: ...

    @property
    def flow(self) -> Flow: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """``symbol`` takes at most 2 columns, ``label`` at most 8. ``suffix``: ``*`` not as expected, ``w`` not as expected
    and accepted, ``?`` inconclusive, ``^`` a finding that is more than a warning.

    ``style``: allowed, blocked, error, unsent, opaque, waiting or running.
    """

    symbol: str
    label: str
    style: str
    suffix: str = ""


#: Symbol, its ASCII form, style and meaning, in the order of the legend.
LEGEND = (
    ("✓", "+", "allowed", "allowed: script may read the answer"),
    ("✓!", "+!", "error", "allowed, but the answer is an error (4xx, 5xx) or comes from something in front"),
    ("✗", "x", "blocked", "blocked; the request never left the browser"),
    ("✗>", "x>", "blocked", "blocked, but the server received the request"),
    ("!", "!", "error", "network error before the request left: says nothing about the policy"),
    ("!>", "!>", "error", "network error after the request left"),
    ("~", "~", "unsent", "held back by corstui; a browser would send it"),
    ("=", "=", "opaque", "sent; script sees nothing by design"),
    (".", ".", "waiting", "waiting"),
    (">", ">", "running", "running"),
)

#: Follows the mark of a cell on which the engines looked at so far disagree.
ENGINES_PART = "/"

#: Follows the mark of a cell whose deviation a waiver accepts.
WAIVED = "w"

#: What may follow a mark, or stand between two.
SUFFIXES = (
    ("*", "not as expected"),
    (WAIVED, "waived: not as expected, and accepted for a while"),
    ("?", "inconclusive: something in front of the application answered"),
    ("^", "a finding: whatever the verdict, the policy has a flaw"),
    ("<>", "the two sides differ"),
    (ENGINES_PART, "engines disagree: the inspector says why"),
)

_ASCII = {symbol: plain for symbol, plain, _, _ in LEGEND}
_WAITING = Mark(".", "", "waiting")
_RUNNING = Mark(">", "", "running")


def mark(cell: Judged | str | None, ascii: bool = False) -> Mark:
    """The mark of a finished cell; ``"running"`` and ``"waiting"`` (or None) stand for cells without a result."""
    if cell is None or isinstance(cell, str):
        return _RUNNING if cell == "running" else _WAITING
    symbol = _symbol(cell)
    doubt = "?" if cell.inconclusive else "^" if is_flaw(cell.severity) else ""
    deviation = "*" if cell.as_expected is False else WAIVED if cell.waiver_state == "in-force" else ""
    style = "error" if symbol == "✓!" else cell.verdict
    return Mark(_ASCII[symbol] if ascii else symbol, _label(cell), style, deviation + doubt)


def is_flaw(severity: str | None) -> bool:
    """Whether a finding of this severity is worth a mark in the matrix: more than a warning."""
    return severity not in (None, "info", "warning")


def _symbol(cell: Judged) -> str:
    match cell.verdict:
        case "blocked":
            return "✗>" if cell.sent else "✗"
        case "error":
            return "!>" if cell.sent else "!"
        case "allowed":
            # an expired token or a gateway's 503 is readable, and yet no pass
            return "✓!" if cell.inconclusive or (cell.status or 0) >= 400 else "✓"
    return {"opaque": "=", "unsent": "~"}[cell.verdict]


def _label(cell: Judged) -> str:
    if cell.reason is None:
        return str(cell.status) if cell.verdict == "allowed" and cell.status is not None else cell.verdict
    hop, status = 0, None
    if cell.phase == "redirect" or cell.reason == "preflight-status":
        exchange = deciding_exchange(cell.flow)
        if exchange is not None:
            hop, status = exchange.hop, exchange.response.status if exchange.response else None
    return label_for(cell.reason, cell.phase, hop, status)


def label_for(reason: str, phase: str, hop: int = 0, status: int | None = None) -> str:
    """The matrix label, at most 8 columns, with the phase: ``PF 401``, ``R1 ACAO``, ``no ACAO``.

    ``hop`` counts the redirects before the deciding exchange, ``status`` is that exchange's.
    """
    page = pages().get(reason)
    if page is None:
        return reason[:8]
    if reason == "preflight-status" and status is not None:
        return f"PF {status}"
    if phase == "redirect" and page.short:
        return f"R{hop or 1} {page.short}"[:8]
    if phase == "preflight" and page.short and not reason.endswith("-preflight"):
        return f"PF {page.short}"[:8]
    return page.label
