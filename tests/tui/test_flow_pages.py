"""The pages of the drill-down as lines, without an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.content import Content

from corstui.fetch.cookies import Cookie
from corstui.fetch.messages import Held, NetworkError, Reply, Timing
from corstui.fetch.result import Flow
from corstui.profile.problems import Location
from corstui.runner import Cell
from corstui.runner.simulate import Recorded
from corstui.runner.store import StoredCell
from corstui.tui.bars import bars, figures
from corstui.tui.flowpages import PAGES, tab_label
from corstui.tui.render import View
from corstui.tui.sequence import sequence
from corstui.tui.titles import noted, title
from tests.analysis.flows import APP, flow, ok, preflight
from tests.runner.lint.scenes import control
from tests.support.playbook import head
from tests.tui.opened import SECRET, OpenedCell, allowed, hostile, opened, received, refused

ALLOW = SimpleNamespace(text="allow", location=Location("/profiles/shop.yaml", 31, 5))

FINDING = {
    "rule": "lint.lna-target",
    "severity": "warning",
    "message": "Chromium asks first.",
    "exchange": None,
    "header": None,
}


def text(lines: Sequence[Content]) -> str:
    return "\n".join(line.plain for line in lines)


def shown(page: str, cell: OpenedCell, columns: int = 100, *, ascii: bool = False) -> str:
    view = View.of(cell.planned, ascii)
    lines = sequence if page == "sequence" else PAGES[page]
    return text(lines(cast(Cell, cell), view, columns))


# -- the drill-down ----------------------------------------------------------------------------------------------------


def test_the_sequence_shows_what_left_what_came_back_and_what_stayed() -> None:
    lines = shown("sequence", refused()).splitlines()
    assert lines[0].split() == [APP, "api.example"]
    assert lines[1].startswith("   │ 1 OPTIONS /orders ─")
    assert lines[1].endswith(">│  ▒▒▒▓▓▓▓▓▓▓██████████")
    assert lines[2].startswith("   │<─")
    assert "─ decided here 401 ──│  90 ms" in lines[2]
    assert "2 PUT /orders   not sent" in lines[3]
    assert lines[4].split("  ") == ["", " ▒ tcp", "▓ tls", "█ first byte"]


def test_a_wide_sequence_tells_where_the_time_went() -> None:
    lines = shown("sequence", refused(), 157).splitlines()
    assert lines[0].endswith("░ dns  ▒ tcp  ▓ tls  █ first byte  ▄ rest")
    assert "90 ms: dns 1, tcp 12, tls 31, first byte 44, rest 2" in lines[2]


def test_bars_share_one_scale_and_follow_each_other() -> None:
    away = head(302, ("Location", "/x"), ("Access-Control-Allow-Origin", APP), reason="Found")
    cell = opened(flow(away, ok()))
    slow = cell.flow.exchanges[0]._replace(timing=Timing(queue=10.0, first_byte=20.0, total=20.0))
    fast = cell.flow.exchanges[1]._replace(timing=Timing(first_byte=4.0, total=10.0))
    cell = replace(cell, flow=replace(cell.flow, exchanges=[slow, fast]))
    lines = shown("sequence", cell, 77).splitlines()
    assert [line.partition("│  ")[2] for line in lines[1:5]] == [
        "·····██████████",
        "30 ms",
        " " * 15 + "██▄▄▄",
        "10 ms",
    ]
    plain = shown("sequence", cell, 77, ascii=True).splitlines()
    assert plain[1].endswith(">|  .....==========")
    assert plain[5] == "   . queue  = first byte  - rest"


def test_a_part_too_short_for_the_scale_still_leaves_a_mark() -> None:
    drawn = bars([Timing(first_byte=1000.0, total=1000.0), Timing(first_byte=0.1, total=0.1)], 10)
    assert [line.plain for line in drawn] == ["█" * 10, " " * 9 + "█"]
    assert [line.plain for line in bars([Timing(), Timing(total=0.0)], 10)] == ["", ""]


def test_an_exchange_without_an_answer_waited_for_it() -> None:
    assert figures(Timing(connect=5.0, total=105.0)) == "105 ms: tcp 5, first byte 100"
    assert figures(Timing()) == ""
    assert figures(Timing(total=0.25)) == "0.2 ms"


def test_the_legend_needs_a_line_to_itself() -> None:
    cell, view = refused(), View.of(refused().planned)
    assert "first byte" in text(sequence(cast(Cell, cell), view, 77, 5))
    assert "first byte" not in text(sequence(cast(Cell, cell), view, 77, 4))


def test_repetitions_are_told_apart() -> None:
    once = refused()
    twice = replace(once, flow=replace(once.flow, exchanges=once.flow.exchanges * 2))
    lines = shown("sequence", twice).splitlines()
    assert [line.strip() for line in lines if "repetition" in line] == ["repetition 1 of 2", "repetition 2 of 2"]
    allowed_twice = replace(allowed(), flow=replace(allowed().flow, exchanges=allowed().flow.exchanges * 2))
    assert "repetition 2 of 2" in shown("sequence", allowed_twice)
    assert "repetition" not in shown("sequence", once)


def test_control_requests_come_after_the_flow_on_quiet_lines() -> None:
    base = allowed().flow.exchanges[0]
    bare = base._replace(phase="control", request=base.request._replace(headers=[]))
    asked = bare._replace(request=bare.request._replace(headers=[("Origin", "https://canary.invalid")]))
    lines = shown("sequence", replace(allowed(), controls=(bare, asked)), 77).splitlines()
    assert lines[3] == "   control requests: c1 GET no Origin 200 · c2 GET made-up origin 200"


def test_a_control_request_is_never_called_like_one_that_was_not_sent() -> None:
    seen = replace(refused(), controls=(control(),), findings=[FINDING | {"exchange": 1}])
    assert "2 PUT /orders   not sent" in shown("sequence", seen)
    assert "control requests: c1 GET" in shown("sequence", seen)
    headers = shown("Headers", seen)
    assert "c1 GET https://api.example/orders  (control" in headers
    assert "2 GET" not in headers
    assert "c1 control" in shown("Raw", seen).splitlines()
    assert "(exchange c1)" in shown("Findings", seen)


def test_a_request_held_back_at_a_redirect_is_shown_where_it_would_have_gone() -> None:
    away = head(302, ("Location", "https://b.example/x"), ("Access-Control-Allow-Origin", APP), reason="Found")
    lines = shown("sequence", opened(flow(away, Held("held-secret"))))
    assert "2 GET https://b.example/x   held back" in lines
    stopped = opened(
        flow(preflight(("Access-Control-Allow-Methods", "PUT")), Held("held-after-preflight"), method="PUT")
    )
    assert "2 PUT /orders   held back" in shown("sequence", stopped)


def test_a_request_that_failed_or_passed_leaves_nothing_unsent() -> None:
    for cell in (received(), allowed(), opened(flow(NetworkError("timeout", "", sent=True)))):
        assert "not sent" not in shown("sequence", cell)


def test_a_redirect_to_another_host_shows_the_whole_url() -> None:
    away = head(302, ("Location", "https://b.example/x"), ("Access-Control-Allow-Origin", APP), reason="Found")
    assert "2 GET https://b.example/x" in shown("sequence", opened(flow(away, ok())))


def test_a_request_that_never_left_has_no_arrow_to_the_server() -> None:
    refused_there = opened(flow(NetworkError("connection-refused", "nothing listens", sent=False)))
    assert ">" not in shown("sequence", refused_there)


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


def raw_head(*lines: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"", b""])


def recorded(answer: bytes, **fields: Any) -> OpenedCell:
    """A cell that keeps the raw head of its answer, as the runner's cells do."""
    replies = (Reply(head=answer, wall=1_793_000_000.0),)
    return replace(opened(flow(answer, **fields)), dialogue=(Recorded(0.0, 0.0, replies),))


def test_the_deciding_header_is_explained_on_the_spot() -> None:
    lines = shown("Headers", received(), 77).splitlines()
    place = lines.index(" < Access-Control-Allow-Origin: https://other.example")
    assert lines[place + 1] == f"     ✗ needs {APP} or *"
    assert "allows only https://other.example" in " ".join(lines[place + 2 : place + 4])
    missing = shown("Headers", opened(flow(head(200))), 100)
    assert f"< Access-Control-Allow-Origin: (absent)\n     ✗ needs {APP} or *\n" in missing


def test_two_failures_of_one_header_are_both_told() -> None:
    answer = preflight(("Access-Control-Allow-Headers", "a b"), status=204)
    cell = opened(flow(answer, method="PUT", headers=[("Authorization", "x"), ("X-Trace", "1")]))
    assert shown("Headers", cell).count("(would fail next)") >= 2


def test_a_header_that_comes_twice_is_counted() -> None:
    answer = head(200, ("Access-Control-Allow-Origin", APP), ("Access-Control-Allow-Origin", "*"))
    lines = shown("Headers", opened(flow(answer)))
    assert f"Access-Control-Allow-Origin: {APP}\n     ✗ needs {APP} or *\n       found {APP} | *\n" in lines
    assert "more than one value" in lines
    assert "Access-Control-Allow-Origin: *\n     2 of 2: browsers read them as one list" in lines


def test_odd_bytes_of_a_header_are_visible_and_called_odd() -> None:
    origin = f"Access-Control-Allow-Origin: {APP}".encode()
    cell = recorded(raw_head(b"X-Odd: \xc3\xbc\tx", origin, b" folded", b"no colon here", b"X-Last: 1"))
    lines = shown("Headers", cell)
    assert "< X-Odd: \\xc3\\xbc\\tx\n     bytes beyond ASCII\n     control characters\n" in lines
    assert "folded over several lines" in lines
    assert "< no colon here\n     not a header to this engine" in lines
    assert "< X-Last: 1\n" in lines + "\n"


def test_a_plain_head_has_nothing_odd() -> None:
    cell = recorded(raw_head(f"Access-Control-Allow-Origin: {APP}".encode(), b"X: a  b ", b"Content-Length: 0"))
    for words in ("folded", "beyond", "control characters", "not a header", "bare", "white space"):
        assert words not in shown("Headers", cell)


def test_raw_shows_the_bytes_as_they_came() -> None:
    cell = recorded(b"HTTP/1.1  200 OK\r\nx-Odd:\t\xc3\xbc \nSet-Cookie: sid=hidden; Path=/\r\n  more\r\n\r\nrest")
    lines = shown("Raw", cell).splitlines()
    answer = lines[lines.index("< HTTP/1.1  200 OK") :]
    assert answer == [
        "< HTTP/1.1  200 OK",
        "< x-Odd:\\t\\xc3\\xbc\\x20\\n",
        "< Set-Cookie: sid=***; Path=/",
        "<   ***",
        "< (0 bytes of body)",
    ]


def test_raw_of_a_broken_answer_shows_what_came() -> None:
    lines = shown("Raw", recorded(b"HTTP/9.9 what\r\n\r\n"))
    assert "< HTTP/9.9 what" in lines
    assert "! malformed-response" in lines


def test_an_earlier_run_says_what_it_does_not_tell() -> None:
    done = received()
    cell = cast(OpenedCell, StoredCell(done.planned, None, None, [], 12.0, done.flow))
    assert "not the bytes of the answers" in shown("Raw", cell)
    assert "< HTTP/1.1 200 OK" in shown("Raw", cell)
    assert "does not tell which cookies" in shown("Cookies", cell)
    for page in (*PAGES, "sequence"):
        assert shown(page, cell)


def test_cookies_say_what_became_of_them_and_why() -> None:
    jar = (
        Cookie(name="sid", value=SECRET, domain="api.example", samesite="none", secure=True),
        Cookie(name="csrf", value=SECRET, domain="api.example", samesite="strict", secure=True),
    )
    answer = ok(("Access-Control-Allow-Credentials", "true"), ("Set-Cookie", f"new={SECRET}; SameSite=None"))
    cell = replace(
        opened(flow(answer, credentials="include", cookies=jar)), jar=jar, request={"credentials": "include"}
    )
    assert shown("Cookies", cell).splitlines() == [
        "Credentials mode: include",
        " 1 GET /orders (actual, 200)",
        "  ✓ sid  sent",
        "  - csrf  withheld: SameSite=Strict keeps it from requests of other sites",
        "  - new  refused: SameSite=None needs Secure",
    ]
    assert tab_label("Cookies", cast(Cell, cell), View.of(cell.planned)) == "Cookies 3"


def test_checks_are_grouped_by_exchange_with_what_was_needed_and_found() -> None:
    passed = preflight(("Access-Control-Allow-Methods", "PUT"))
    lines = shown("Checks", opened(flow(passed, ok(origin=None), method="PUT"))).splitlines()
    titles = [line for line in lines if not line.startswith("  ")]
    assert titles == [
        "Decided by",
        " 2 PUT /orders (actual, 200)",
        "",
        "Passed",
        " before anything is sent",
        " 1 OPTIONS /orders (preflight, 204)",
    ]
    assert "https://fetch.spec.whatwg.org/#cors-check" in "".join(lines[:8])
    place = next(index for index, line in enumerate(lines) if "cors.preflight.method" in line)
    assert lines[place + 1 : place + 3] == ["      needs  PUT in Access-Control-Allow-Methods", "      found  PUT"]


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


def test_advice_says_what_is_expected_and_what_a_waiver_accepts() -> None:
    note = "waived until 2026-12-31: old gateway"
    waived = replace(received(), expectation=ALLOW, waiver_state="in-force", waiver_note=note)
    first, second, *_ = shown("Fix", waived).splitlines()
    assert first == "Expected allow (shop.yaml:31): not as expected, which is accepted"
    assert second == note


def test_advice_says_who_answered() -> None:
    answer = flow(head(401, ("Server", "nginx")), url=control().request.url)
    seen = replace(opened(answer), controls=(control(("Server", "uvicorn")),))
    assert "Something in front answered the GET, 401 (nginx), and not the application" in shown("Fix", seen)


def test_raw_heads_are_in_the_order_of_the_wire() -> None:
    lines = shown("Raw", received()).splitlines()
    assert lines[:2] == ["1 actual", "> GET /orders HTTP/1.1"]
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
    assert "1 GET /orders (actual, 200)\n  - seen  refused: the request went" in shown("Cookies", opened(flow(answer)))


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


@pytest.mark.parametrize("page", PAGES_AND_SEQUENCE)
def test_nothing_that_a_server_sends_reaches_the_terminal_raw(page: str) -> None:
    for columns in (60, 140):
        assert shown(page, hostile(), columns).replace("\n", "").isprintable()


@pytest.mark.parametrize("page", PAGES_AND_SEQUENCE)
def test_secrets_are_masked_on_every_page(page: str) -> None:
    answer = preflight(("X-Echo", SECRET), status=401)
    cell = opened(
        flow(answer, url=f"https://api.example/?key={SECRET}", headers=[("Authorization", f"Bearer {SECRET}")])
    )
    assert SECRET not in shown(page, cell)


@pytest.mark.parametrize("page", PAGES_AND_SEQUENCE)
def test_the_ascii_set_needs_no_other_character(page: str) -> None:
    long = opened(
        flow(head(302, ("Location", f"/{'x' * 300}")), ok(origin=None), url=f"https://api.example/{'y' * 300}")
    )
    for cell in (refused(), received(), long):
        for columns in (40, 77, 157):
            assert shown(page, cell, columns, ascii=True).isascii()


def test_repeated_and_redirected_flows_number_every_exchange() -> None:
    hops = [head(302, ("Location", f"/{n}"), ("Access-Control-Allow-Origin", APP), reason="Found") for n in range(20)]
    done: Flow = flow(*hops, ok())
    assert done.verdict == "allowed"
    lines = shown("sequence", opened(done))
    assert "21 GET /19" in lines


def test_notes_stand_under_the_names_in_short_and_with_the_advice_in_full() -> None:
    cell = opened(flow(ok()), request={"notes": "ask the gateway team" + " again" * 30 + " end"})
    head = [line.plain for line in noted(cast(Cell, cell), View.of(cell.planned), 80)]
    assert [line[:11] for line in head if "again" in line] == ["Note: ask t", "  again aga"]
    assert head[-1].endswith("…")
    assert max(map(len, head)) <= 80
    assert shown("Fix", cell).count("again") == 30
    assert "end" in shown("Fix", cell)
