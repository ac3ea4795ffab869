"""The inspector as lines, without an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.content import Content

from corstui.fetch.messages import Held, NetworkError
from corstui.profile.problems import Location
from corstui.runner import Cell
from corstui.tui.board import Slot, State
from corstui.tui.place import Place
from corstui.tui.render import inspect, side_by_side
from tests.analysis.flows import APP, flow, ok, preflight
from tests.tui.opened import SECRET, OpenedCell, allowed, hostile, opened, received, refused

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


def test_a_deviation_that_a_waiver_accepts_is_told_with_its_reason() -> None:
    note = "waived until 2026-12-31: old gateway"
    lines = said(replace(received(), expectation=ALLOW, waiver_state="in-force", waiver_note=note), 100)
    assert "Expected allow (shop.yaml:31): not as expected, which is accepted" in lines
    assert note in lines


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


# -- hostile answers, secrets, plain terminals -------------------------------------------------------------------------


def test_nothing_that_a_server_sends_reaches_the_terminal_raw() -> None:
    assert said(hostile()).replace("\n", "").isprintable()


def test_markup_in_an_answer_stays_text() -> None:
    assert "[bold]" in said(hostile())
    assert "[red]" in said(hostile())


def test_secrets_are_masked() -> None:
    answer = preflight(("X-Echo", SECRET), status=401)
    cell = opened(
        flow(answer, url=f"https://api.example/?key={SECRET}", headers=[("Authorization", f"Bearer {SECRET}")])
    )
    assert SECRET not in said(cell)


def test_the_ascii_set_needs_no_other_character() -> None:
    assert text(inspect(Place((slot(refused()),)), ["staging"], 60, ascii=True)).isascii()


@pytest.mark.parametrize("columns", [20, 34, 42, 78])
def test_the_inspector_keeps_within_its_columns(columns: int) -> None:
    for cell in (refused(), received(), allowed(), hostile()):
        assert all(line.cell_length <= columns for line in inspected([slot(cell)], columns))


def test_policies_side_by_side_keep_within_their_columns() -> None:
    a, b = cast(Cell, received()), cast(Cell, allowed())
    for columns in (40, 78, 120):
        assert all(line.cell_length <= columns for line in side_by_side(a, b, columns))


def test_what_the_profile_notes_is_told_wrapped_and_harmless() -> None:
    noted = opened(flow(ok()), request={"notes": "ask the\ngateway team \x1b[2J" + " again" * 20})
    lines = said(noted, 60).splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("Note:"))
    assert lines[at].startswith(r"Note: ask the gateway team \x1b[2J again")
    assert lines[at + 1].startswith("  again")
    waiting = text(inspected([Slot(noted.planned, State.QUEUED)], 60))
    assert "Note: ask the gateway team" in waiting
    both = text(inspected([slot(noted), slot(noted)], 60))
    assert both.count("Note:") == 1
    assert "Note:" not in said(allowed())
