"""What is expected of which cell, and when a verdict is as expected, is not, or proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corstui.fetch.reasons import REASONS
from corstui.profile.expectations import BLOCK_REASONS, parse_expectation
from corstui.profile.problems import Location, Refusal
from tests.profile.conftest import Load

HERE = Location("p.yaml", 1, 1)


@dataclass(frozen=True)
class Answer:
    status: int


@dataclass(frozen=True)
class Cell:
    verdict: str
    phase: str
    reason: str | None = None
    status: int | None = None
    inconclusive: bool = False

    @property
    def response(self) -> Answer | None:
        return None if self.status is None else Answer(self.status)


CELLS = {
    "200": Cell("allowed", "actual", status=200),
    "201": Cell("allowed", "actual", status=201),
    "302": Cell("allowed", "actual", status=302),
    "401": Cell("allowed", "actual", status=401),
    "503": Cell("allowed", "actual", status=503, inconclusive=True),
    "opaque": Cell("opaque", "actual", status=0),
    "local": Cell("blocked", "local", "mixed-content"),
    "preflight": Cell("blocked", "preflight", "preflight-status"),
    "preflight 503": Cell("blocked", "preflight", "preflight-status", inconclusive=True),
    "actual": Cell("blocked", "actual", "acao-missing"),
    "redirect": Cell("blocked", "redirect", "acao-mismatch-tainted"),
    "error": Cell("error", "preflight", "timeout"),
    "held after": Cell("unsent", "actual", "held-after-preflight"),
    "held no": Cell("unsent", "local", "held-no-preflight"),
    "held secret": Cell("unsent", "redirect", "held-secret"),
    "held budget": Cell("unsent", "preflight", "held-budget"),
}

#: For each expectation the cells that are as expected and those that prove nothing; all others are not as expected.
HELD = {"held no", "held secret", "held budget"}
NOTHING = {"503", "preflight 503", "error"} | HELD
JUDGED = [
    ("allow", {"200", "201", "302"}, NOTHING | {"held after"}),
    ("allow 201", {"201"}, NOTHING | {"held after"}),
    ("allow 401", {"401"}, NOTHING | {"held after"}),
    ("allow any", {"200", "201", "302", "401"}, NOTHING | {"held after"}),
    ("opaque", {"opaque"}, NOTHING | {"held after"}),
    ("preflight", {"200", "201", "302", "401", "opaque", "actual", "redirect", "held after"}, NOTHING),
    ("block", {"local", "preflight", "actual", "redirect"}, NOTHING),
    ("block acao-missing", {"actual"}, NOTHING | {"held after"}),
    ("block preflight-status", {"preflight"}, NOTHING),
    ("block preflight-status|acao-missing", {"preflight", "actual"}, NOTHING | {"held after"}),
    ("block mixed-content | bad-port", {"local"}, NOTHING | {"held after"}),
    ("block/local", {"local"}, NOTHING),
    ("block/preflight", {"preflight"}, NOTHING),
    ("block/actual", {"actual", "redirect"}, NOTHING | {"held after"}),
]


@pytest.mark.parametrize(("text", "fulfilled", "unproven"), JUDGED, ids=[row[0] for row in JUDGED])
@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_judged(text: str, fulfilled: set[str], unproven: set[str], name: str) -> None:
    judged = parse_expectation(text, HERE).judge(CELLS[name])

    assert judged is (True if name in fulfilled else None if name in unproven else False)


def test_every_reason_of_blocked_flows_can_be_expected() -> None:
    for code in BLOCK_REASONS:
        assert parse_expectation(f"block {code}", HERE).judge(Cell("blocked", "preflight", code)) is True
    assert {reason.kind for code, reason in REASONS.items() if code not in BLOCK_REASONS} == {"error", "unsent"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "allowed",
        "allow 99",
        "allow 600",
        "allow 20",
        "block |",
        "block a|",
        "block/",
        "block/redirect",
        "ALLOW",
        "~",
    ],
)
def test_what_is_no_expectation_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        parse_expectation(text, HERE)


def test_the_text_is_shown_without_superfluous_space() -> None:
    assert parse_expectation("  block  acao-missing |  acao-multiple ", HERE).text == "block acao-missing|acao-multiple"
    assert parse_expectation("allow   401", HERE).text == "allow 401"


LEVELS = """\
environments: {staging: {}, production: {}}
origins: {app: "https://app.example", partner: "https://partner.example", sandbox: null}
defaults: {expect: {sandbox: block, partner: allow any}}
endpoints:
  all: {request: "https://a.example", expect: allow}
  none: https://a.example
  by origin: {request: "https://a.example", expect: {app: allow 201, sandbox: opaque, "*": block}}
  by both: {request: "https://a.example", expect: {app: {staging: allow, "*": block}, partner: {production: block}}}
  by environment: {request: "https://a.example", expect: {staging: allow, production: block/preflight}}
groups:
  g:
    defaults: {expect: {"*": opaque}}
    endpoints:
      grouped: https://a.example
      "in group": {request: "https://a.example", expect: {app: allow}}
"""

#: endpoint, environment -> what is expected of app, partner and sandbox.
CHOSEN = [
    ("all", "staging", ("allow", "allow any", "block")),
    ("none", "staging", (None, "allow any", "block")),
    ("by origin", "staging", ("allow 201", "allow any", "opaque")),
    ("by both", "staging", ("allow", "allow any", "block")),
    ("by both", "production", ("block", "block", "block")),
    ("by environment", "staging", ("allow", "allow any", "block")),
    ("by environment", "production", ("block/preflight", "allow any", "block")),
    ("grouped", "staging", ("opaque", "allow any", "block")),
    ("in group", "staging", ("allow", "allow any", "block")),
]


@pytest.mark.parametrize(("endpoint", "environment", "texts"), CHOSEN)
def test_a_named_origin_beats_the_star_and_the_nearest_level_wins(
    load: Load, endpoint: str, environment: str, texts: tuple[str | None, ...]
) -> None:
    deployment = load(LEVELS).resolve(environment)

    found = next(each for each in deployment.endpoints if each.name == endpoint)
    expected = [found.expectation_for(origin) for origin in ("app", "partner", "sandbox")]
    assert tuple(each.text if each else None for each in expected) == texts


def test_an_expectation_knows_where_it_stands(load: Load) -> None:
    by_origin = load(LEVELS).resolve("staging").endpoints[2]

    expectation = by_origin.expectation_for("app")
    assert expectation is not None
    assert str(expectation.location) == "p.yaml:7:59"
