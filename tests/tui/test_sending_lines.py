"""What a run would send, laid out for narrow and wide terminals."""

from __future__ import annotations

from typing import Any

import pytest

from corstui.analysis.text import width
from corstui.report.rehearsal import Line
from corstui.tui.sendinglines import LISTED, sending_lines

LONG = "https://api.example/" + "/".join(f"segment{number}" for number in range(9))


def line(url: str = "https://api.example/1", **fields: Any) -> Line:
    known = {"environment": "staging", "endpoint": "list orders", "origin": "partner", "engine": "chromium"}
    return Line(**(known | {"phase": "actual", "method": "GET", "url": url, "times": 1} | fields))


def shown(*requests: Line, columns: int = 60) -> list[str]:
    return [each.plain for each in sending_lines(requests, columns)]


def test_each_cell_is_named_once_over_its_requests() -> None:
    requests = (line(phase="preflight", method="OPTIONS"), line(method="DELETE"), line(origin=None, phase="control"))
    head, _, _, *rest = shown(*requests)
    assert head == "3 requests would be sent, 0 held back"
    assert rest[1:] == [
        "list orders x partner",
        "  OPTIONS  https://api.example/1  preflight",
        "  DELETE   https://api.example/1",
        "list orders: control requests",
        "  GET      https://api.example/1  control, without Origin",
    ]


@pytest.mark.parametrize("columns", [40, 72, 150])
def test_an_address_and_what_is_special_about_it_never_run_into_each_other(columns: int) -> None:
    lines = shown(line(LONG, times=0, held=1, reason="held-write"), columns=columns)
    at = next(index for index, text in enumerate(lines) if "GET" in text)
    assert max(map(width, lines)) <= columns
    joined = " ".join(text.strip() for text in lines[at:])
    assert joined.replace(" ", "").endswith(f"{LONG}heldback:held-write")
    if columns < 150:
        assert lines[-1].strip() == "held back: held-write"


def test_what_a_profile_says_cannot_act_on_the_terminal() -> None:
    assert all(text.isprintable() for text in shown(line(endpoint="a\x1b[2J", method="G\x07", url="https://a/\u202e")))


def test_of_very_many_requests_the_first_are_listed() -> None:
    lines = shown(*[line()] * (LISTED + 3))
    assert lines[0].startswith(f"{LISTED + 3} requests")
    assert lines[-1] == "and 3 more: y copies all of them"
