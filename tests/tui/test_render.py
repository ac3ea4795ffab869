"""The inspector and the pages of the drill-down as lines, without an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.content import Content

from corstui.fetch.messages import Held, NetworkError
from corstui.fetch.result import Flow
from corstui.profile.problems import Location
from corstui.runner import Cell
from corstui.tui import flowlines
from corstui.tui.board import Slot, State
from corstui.tui.place import Place
from corstui.tui.render import View, inspect, side_by_side
from corstui.tui.screens.flow import PAGES, tab_label, title
from tests.analysis.flows import APP, flow, ok, preflight
from tests.support.playbook import head
from tests.tui.opened import SECRET, OpenedCell, allowed, opened, received, refused

ALLOW = SimpleNamespace(text="allow", location=Location("/profiles/shop.yaml", 31, 5))


def slot(cell: OpenedCell | None, state: State = State.DONE, **planned: Any) -> Slot:
    shown = cell or allowed()
    return Slot(replace(shown, **planned).planned, state, cast(Cell, cell))


def text(lines: Sequence[Content]) -> str:
    return "\n".join(line.plain for line in lines)


def inspected(sides: Sequence[Slot | None], columns: int) -> list[Content]:
    """What the inspector says about these sides, which are called after their environments."""
    names = [side.key.environment if side is not None else "elsewhere" for side in sides]
    return inspect(Place(tuple(sides)), names, columns)


def said(cell: OpenedCell, columns: int = 60) -> str:
    return text(inspected([slot(cell)], columns))


def shown(page: str, cell: OpenedCell, columns: int = 100, *, ascii: bool = False) -> str:
    view = View.of(cell.planned, ascii)
    lines = flowlines.sequence if page == "sequence" else PAGES[page]
    return text(lines(cast(Cell, cell), view, columns))


# -- the inspector -----------------------------------------------------------------------------------------------------


def test_the_inspector_says_verdict_cause_and_cure_in_that_order() -> None:
    lines = said(received())
    parts = [
        "list orders x partner · staging",
        "✗> Blocked; the server received the request",
        "allows only https://other.example",
        f"Access-Control-Allow-Origin: {APP}",
        "1 GET /orders",
        "cors.check.acao-match",
        "answered by nginx",
    ]
    positions = [lines.index(part) for part in parts]
    assert positions == sorted(positions)


def test_a_blocked_request_that_never_left_reads_otherwise_than_one_that_did() -> None:
    kept, sent = said(refused()), said(received())
    assert "✗ Blocked before sending" in kept
    assert "2 PUT /orders  not sent" in kept
    assert "✗>" not in kept
    assert "not sent" not in sent


def test_an_error_never_reads_like_a_verdict() -> None:
    lines = said(opened(flow(NetworkError("connection-reset", "peer reset", sent=True))))
    assert "!> No answer, although the request left" in lines
    assert "says nothing about the CORS policy" in " ".join(lines.split())
    assert "peer reset" in lines


def test_a_held_request_is_called_so() -> None:
    held = opened(flow(Held("held-no-preflight"), method="POST"), method="POST")
    assert "~ Held back by corstui" in said(held)
    assert "1 POST /orders  held back" in said(held)


@pytest.mark.parametrize(
    ("as_expected", "verdict"), [(True, "as expected"), (False, "* not as expected"), (None, "not proven")]
)
def test_the_expectation_is_given_with_its_place(as_expected: bool | None, verdict: str) -> None:
    lines = said(replace(received(), expectation=ALLOW, as_expected=as_expected))
    assert f"Expected allow (shop.yaml:31): {verdict}" in lines


FINDING = {
    "rule": "lint.lna-target",
    "severity": "warning",
    "message": "Chromium asks first.",
    "exchange": None,
    "header": None,
}


def test_findings_are_listed_with_their_severity() -> None:
    cell = replace(allowed(), findings=[FINDING])
    assert "warning: Chromium asks first." in said(cell)


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.IDLE, "Not run yet"), (State.QUEUED, "Waiting"), (State.RUNNING, "Running"), (State.STOPPED, "Cancelled")],
)
def test_a_cell_without_a_result_says_what_it_waits_for_and_what_it_will_send(state: State, words: str) -> None:
    lines = text(inspected([slot(None, state)], 60))
    assert words in lines
    assert "GET https://api.example/orders" in lines


def test_a_request_that_will_be_held_is_announced() -> None:
    assert "held back" in text(inspected([slot(None, State.IDLE, sends=False)], 60))


def test_a_rerun_keeps_the_old_result_in_sight() -> None:
    lines = text(inspected([slot(received(), State.RUNNING)], 60))
    assert "runs again now" in lines
    assert "Blocked" in lines


def test_nothing_under_the_cursor_is_said_too() -> None:
    assert "No cell" in text(inspect(None, (), 40))
    assert "does not call" in text(inspected([None], 40))


def test_two_sides_are_compared_with_their_policies() -> None:
    lines = text(inspected([slot(received()), slot(allowed())], 70))
    assert "staging ✗>" in lines
    assert "production ✓ 200" in lines
    assert "<> differs in verdict, reason" in lines
    row = next(line for line in lines.splitlines() if line.startswith("allow-origin"))
    assert "fixed" in row
    assert "echo" in row
    assert row.endswith("<>")


def test_two_sides_that_are_alike_or_cannot_be_compared_say_so() -> None:
    alike = text(inspected([slot(allowed("staging")), slot(allowed())], 70))
    assert "No difference." in alike
    assert "<>" not in alike
    lost = opened(flow(NetworkError("timeout", "", sent=True)), endpoint="list orders")
    assert "Not comparable" in text(inspected([slot(lost), slot(allowed())], 70))
    assert "elsewhere: not planned" in text(inspected([None, slot(allowed())], 70))


# -- the drill-down ----------------------------------------------------------------------------------------------------


def test_the_sequence_shows_what_left_what_came_back_and_what_stayed() -> None:
    lines = shown("sequence", refused()).splitlines()
    assert lines[0].split() == [APP, "api.example"]
    assert lines[1].startswith("   │ 1 OPTIONS /orders ─")
    assert lines[1].rstrip().endswith(">│  46 ms")
    assert lines[2].startswith("   │<─")
    assert " 401 " in lines[2]
    assert lines[2].endswith("decided")
    assert "2 PUT /orders   not sent" in lines[3]


def test_a_wide_sequence_tells_where_the_time_went() -> None:
    assert "dns 1  tcp 12  tls 31  first byte 44 ms" in shown("sequence", refused(), 140)


def test_a_redirect_to_another_host_shows_the_whole_url() -> None:
    away = head(302, ("Location", "https://b.example/x"), ("Access-Control-Allow-Origin", APP), reason="Found")
    assert "2 GET https://b.example/x" in shown("sequence", opened(flow(away, ok())))


def test_a_lost_answer_has_no_arrow_back() -> None:
    lines = shown("sequence", opened(flow(NetworkError("timeout", "", sent=True)))).splitlines()
    assert "✗ timeout" in lines[2]
    assert "<" not in lines[2]


@pytest.mark.parametrize("columns", [60, 77, 109, 110, 160])
def test_no_line_of_the_sequence_is_wider_than_the_screen(columns: int) -> None:
    for cell in (refused(), received(), allowed()):
        for line in shown("sequence", cell, columns).splitlines():
            assert len(line) <= columns


def test_headers_mark_what_decided_with_what_is_required() -> None:
    lines = shown("Headers", received())
    assert "< Access-Control-Allow-Origin: https://other.example" in lines
    assert f"✗ needs {APP} or *" in lines


def test_a_header_that_is_missing_is_listed_as_absent() -> None:
    lines = shown("Headers", refused())
    assert "Access-Control-Allow-Methods: (absent)" in lines
    assert "✗ needs PUT in Access-Control-Allow-Methods (would fail next)" in lines
    assert "Access-Control-Allow-Origin: https://app.example  ✓" in lines


def test_on_a_wide_screen_both_heads_stand_side_by_side() -> None:
    first = shown("Headers", received(), 150).splitlines()[1]
    assert first.startswith(" > ")
    assert " < HTTP/1.1 200" in first


def test_checks_begin_with_the_deciding_one_and_go_on_with_what_would_fail_next() -> None:
    lines = shown("Checks", refused())
    decided, later, passed = (lines.index(part) for part in ("Decided by", "Would fail next", "Passed"))
    assert decided < later < passed
    assert decided < lines.index("cors.check.acac") < later
    assert later < lines.index("cors.preflight.method") < passed
    assert "needs  true" in lines
    assert "found  absent" in lines


def test_a_flow_without_exchanges_still_shows_its_check() -> None:
    local = opened(flow(url="http://api.example/"))
    assert "net.mixed-content" in shown("Headers", local)
    assert "Nothing was sent" in shown("Raw", local)
    assert shown("sequence", local).splitlines()[-1].strip(" ╎").endswith("not sent")


def test_advice_comes_with_the_meaning_of_the_reason() -> None:
    lines = shown("Fix", refused())
    assert "Access-Control-Allow-Methods: PUT" in lines
    assert "Why browsers do it" in lines
    assert shown("Fix", allowed()) == "Nothing needs to change."


def test_raw_heads_are_in_the_order_of_the_wire() -> None:
    lines = shown("Raw", received()).splitlines()
    assert lines[0] == "> GET /orders HTTP/1.1"
    answer = lines[lines.index("< HTTP/1.1 200 OK") :]
    assert answer[1:4] == [
        "< Access-Control-Allow-Origin: https://other.example",
        "< Server: nginx",
        "< Vary: Accept",
    ]


def test_script_sees_and_cookies_have_pages() -> None:
    assert "hidden: " in shown("Script sees", allowed())
    assert "No cookie" in shown("Cookies", allowed())
    answer = ok(("Set-Cookie", "seen=1"))
    assert "1  seen  in the answer, ignored" in shown("Cookies", opened(flow(answer)))


def test_tabs_say_how_much_is_behind_them() -> None:
    cell = refused()
    view = View.of(cell.planned)
    labels = [tab_label(name, cast(Cell, cell), view) for name in PAGES]
    assert labels == ["Headers", "Checks 5✓ 4✗", "Script sees", "Cookies", "Fix 5", "Raw", "Findings"]


def test_the_findings_say_what_shows_them_why_and_what_to_change() -> None:
    found = {
        "rule": "lint.acao-slash",
        "severity": "error",
        "message": f"It has \x1b[2J {SECRET} [red].",
        "exchange": 0,
        "header": "Access-Control-Allow-Origin",
    }
    cell = replace(allowed(), findings=[found, FINDING])
    view = View.of(cell.planned)
    lines = text(PAGES["Findings"](cast(Cell, cell), view, 80))
    assert lines.startswith("error: A slash or path in Access-Control-Allow-Origin\n")
    assert "*** [red]. (exchange 1, Access-Control-Allow-Origin)" in lines
    assert "  - Access-Control-Allow-Origin: <scheme://host[:port]>" in lines
    assert "\x1b" not in lines
    assert SECRET not in lines
    assert "warning: The target is in the local network" in lines
    assert tab_label("Findings", cast(Cell, cell), view) == "Findings 2"


def test_a_title_takes_two_lines_where_one_does_not_do() -> None:
    view = View.of(refused().planned)
    assert len(title(cast(Cell, refused()), view, 160)) == 1
    assert len(title(cast(Cell, refused()), view, 78)) == 2


# -- hostile answers, secrets, plain terminals -------------------------------------------------------------------------

PAGES_AND_SEQUENCE = (*PAGES, "sequence")


def hostile() -> OpenedCell:
    evil = "\x1b[2J[bold]\u202e{0}"
    headers = [
        ("Access-Control-Allow-Origin", f"https://{evil.encode('utf-8').decode('latin-1')}"),
        ("Server", evil[:8]),
    ]
    return opened(flow(head(200, *headers, reason="\x1b]0;x\x07")), endpoint="ev\x1bil [red]")


@pytest.mark.parametrize("page", PAGES_AND_SEQUENCE)
def test_nothing_that_a_server_sends_reaches_the_terminal_raw(page: str) -> None:
    for columns in (60, 140):
        assert shown(page, hostile(), columns).replace("\n", "").isprintable()
    assert said(hostile()).replace("\n", "").isprintable()


def test_markup_in_an_answer_stays_text() -> None:
    assert "[bold]" in said(hostile())
    assert "[red]" in said(hostile())


@pytest.mark.parametrize("page", PAGES_AND_SEQUENCE)
def test_secrets_are_masked_on_every_page(page: str) -> None:
    answer = preflight(("X-Echo", SECRET), status=401)
    cell = opened(
        flow(answer, url=f"https://api.example/?key={SECRET}", headers=[("Authorization", f"Bearer {SECRET}")])
    )
    assert SECRET not in shown(page, cell)
    assert SECRET not in said(cell)


@pytest.mark.parametrize("page", PAGES_AND_SEQUENCE)
def test_the_ascii_set_needs_no_other_character(page: str) -> None:
    assert shown(page, refused(), ascii=True).isascii()
    assert text(inspect(Place((slot(refused()),)), ["staging"], 60, ascii=True)).isascii()


@pytest.mark.parametrize("columns", [20, 34, 42, 78])
def test_the_inspector_keeps_within_its_columns(columns: int) -> None:
    for cell in (refused(), received(), allowed(), hostile()):
        assert all(line.cell_length <= columns for line in inspected([slot(cell)], columns))


def test_policies_side_by_side_keep_within_their_columns() -> None:
    a, b = cast(Cell, received()), cast(Cell, allowed())
    for columns in (40, 78, 120):
        assert all(line.cell_length <= columns for line in side_by_side(a, b, columns))


def test_repeated_and_redirected_flows_number_every_exchange() -> None:
    hops = [head(302, ("Location", f"/{n}"), ("Access-Control-Allow-Origin", APP), reason="Found") for n in range(20)]
    done: Flow = flow(*hops, ok())
    assert done.verdict == "allowed"
    lines = shown("sequence", opened(done))
    assert "21 GET /19" in lines
