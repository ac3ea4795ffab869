"""Marks: shape and letters carry the meaning."""

from __future__ import annotations

import pytest

from corstui.analysis.marks import LEGEND, SUFFIXES, label_for, mark
from corstui.analysis.text import width
from corstui.fetch.messages import Request
from corstui.fetch.reasons import REASONS
from corstui.fetch.result import Check, Exchange, Flow, Phase, Response, ScriptResponse, Verdict
from tests.analysis.doubles import Cell


def cell(
    verdict: Verdict,
    reason: str | None = None,
    phase: Phase = "actual",
    *,
    sent: bool = True,
    status: int = 200,
    hop: int = 0,
    inconclusive: bool = False,
    as_expected: bool | None = None,
    severity: str | None = None,
    waiver_state: str | None = None,
) -> Cell:
    """A cell whose last exchange, of the given phase and hop, was answered with ``status``."""
    exchange = Exchange(phase, hop, Request("GET", "https://api.example/", []), Response(status, "", "HTTP/1.1", []))
    check = [Check("some.rule", False, "", "", decisive=True, exchange=0)] if verdict == "blocked" else []
    seen = ScriptResponse("cors", status, "", False, []) if verdict == "allowed" else None
    flow = Flow("chromium", verdict, reason, phase, sent, None, [exchange], check, seen, inconclusive)
    return Cell(flow, as_expected=as_expected, severity=severity, waiver_state=waiver_state)


@pytest.mark.parametrize(
    ("item", "symbol", "label", "style"),
    [
        (cell("allowed", status=204), "✓", "204", "allowed"),
        (cell("blocked", "acao-missing"), "✗>", "no ACAO", "blocked"),
        (cell("blocked", "preflight-status", "preflight", sent=False, status=403), "✗", "PF 403", "blocked"),
        (cell("blocked", "acao-missing", "redirect", hop=2), "✗>", "R2 ACAO", "blocked"),
        (cell("blocked", "mixed-content", "local", sent=False), "✗", "mixed", "blocked"),
        (cell("error", "timeout"), "!>", "timeout", "error"),
        (cell("error", "dns-failure", sent=False), "!", "DNS", "error"),
        (cell("unsent", "held-no-preflight", sent=False), "~", "held", "unsent"),
        (cell("opaque"), "=", "opaque", "opaque"),
    ],
)
def test_a_verdict_has_its_own_symbol_and_its_reason_a_label(item: Cell, symbol: str, label: str, style: str) -> None:
    found = mark(item)
    assert (found.symbol, found.label, found.style) == (symbol, label, style)


def test_a_readable_error_does_not_look_like_a_pass() -> None:
    expired, gateway, fine = (mark(cell("allowed", status=status)) for status in (401, 500, 304))
    assert expired.symbol == gateway.symbol == "✓!"
    assert expired.style != fine.style == "allowed"
    assert fine.symbol == "✓"


def test_an_inconclusive_answer_does_not_look_like_a_pass() -> None:
    found = mark(cell("allowed", status=200, inconclusive=True))
    assert (found.symbol, found.suffix) == ("✓!", "?")


def test_the_suffix_tells_what_was_not_expected() -> None:
    assert mark(cell("allowed", as_expected=False)).suffix == "*"
    assert mark(cell("allowed", as_expected=True)).suffix == ""
    assert mark(cell("blocked", "acao-missing", as_expected=False, inconclusive=True)).suffix == "*?"


@pytest.mark.parametrize(
    ("state", "as_expected", "suffix"), [("in-force", None, "w"), ("expired", False, "*"), ("unneeded", True, "")]
)
def test_a_deviation_that_a_waiver_accepts_has_a_mark_of_its_own(
    state: str, as_expected: bool | None, suffix: str
) -> None:
    waived = cell("blocked", "acao-missing", waiver_state=state, as_expected=as_expected, severity="high")
    assert mark(waived).suffix == f"{suffix}^"


@pytest.mark.parametrize(
    ("severity", "suffix"),
    [(None, ""), ("info", ""), ("warning", ""), ("medium", "^"), ("error", "^"), ("critical", "^")],
)
def test_a_finding_is_marked_when_it_is_more_than_a_warning(severity: str | None, suffix: str) -> None:
    assert mark(cell("allowed", severity=severity)).suffix == suffix
    assert mark(cell("allowed", severity=severity, as_expected=False)).suffix == "*" + suffix
    assert mark(cell("allowed", severity=severity, inconclusive=True)).suffix == "?"


def test_cells_without_a_result_wait_or_run() -> None:
    assert mark(None) == mark("waiting")
    assert mark("waiting").symbol == "."
    assert mark("running").symbol == ">"


def test_the_ascii_set_is_ascii_and_as_distinct_as_the_other() -> None:
    assert all(plain.isascii() for _, plain, _, _ in LEGEND)
    assert len({plain for _, plain, _, _ in LEGEND}) == len({symbol for symbol, _, _, _ in LEGEND}) == len(LEGEND)
    assert mark(cell("blocked", "acao-missing"), ascii=True).symbol == "x>"


def test_symbols_take_at_most_two_columns() -> None:
    assert all(width(symbol) <= 2 for symbol, _, _, _ in LEGEND)
    assert {suffix for suffix, _ in SUFFIXES} >= {"*", "w", "?"}


@pytest.mark.parametrize("code", REASONS)
def test_every_label_fits_in_eight_columns_in_every_phase_and_hop(code: str) -> None:
    for phase in REASONS[code].phases:
        for hop in (0, 1, 9, 20):
            label = label_for(code, phase, hop, 401)
            assert label
            assert width(label) <= 8, label


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        (("acao-missing", "actual"), "no ACAO"),
        (("acao-missing-preflight", "preflight"), "PF ACAO"),
        (("acao-missing", "redirect", 1), "R1 ACAO"),
        (("acao-missing", "redirect", 20), "R20 ACAO"),
        (("acao-multiple", "actual"), "ACAO x2"),
        (("acao-wildcard-creds", "actual"), "*+creds"),
        (("preflight-status", "preflight", 0, 401), "PF 401"),
        (("preflight-redirect", "preflight", 0, 301), "PF 3xx"),
        (("method-not-allowed", "preflight"), "method"),
        (("acao-mismatch-tainted", "redirect", 1), "R1 null"),
        (("timeout", "actual"), "timeout"),
        (("timeout", "preflight"), "PF time"),
        (("connection-reset", "redirect", 2), "R2 reset"),
    ],
)
def test_a_label_carries_its_phase(arguments: tuple[str, str], label: str) -> None:
    assert label_for(*arguments) == label
