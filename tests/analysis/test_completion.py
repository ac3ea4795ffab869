from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corstui.analysis.completion import Names, about, best, completions
from corstui.analysis.fields import FIELDS
from corstui.analysis.query import EndpointFacts, OriginFacts, Outcome, parse
from corstui.fetch.reasons import REASONS

NAMES = Names(
    endpoints=("list orders", "create order", "items", "Old"),
    origins=("storefront", "partner"),
    methods=("GET", "POST"),
    groups=("orders",),
    tags=("public",),
    environments=("staging", "production"),
)


def offered(text: str, cursor: int | None = None) -> list[str]:
    """The text with each of the completions, the best first."""
    at = len(text) if cursor is None else cursor
    return [each.applied(text) for each in completions(text, at, NAMES)]


def rests(text: str) -> list[str]:
    return [each.rest for each in completions(text, len(text), NAMES)]


def test_where_a_term_begins_every_field_is_offered() -> None:
    assert offered("") == [f"{name}:" for name in FIELDS]
    assert offered("x ")[:2] == ["x verdict:", "x origin:"]
    assert offered("!")[0] == "!verdict:"


def test_the_beginning_of_a_field_is_completed() -> None:
    assert offered("ver") == ["verdict:"]
    assert rests("ver") == ["dict:"]
    assert offered("x !VER") == ["x !verdict:"]
    assert offered("e") == ["endpoint:", "expected:", "env:", "engine:", "environment:"]
    assert offered("orders") == []
    assert offered('"ver') == []
    assert offered("a|ver") == []


def test_the_words_of_a_field_are_completed_from_their_beginning() -> None:
    assert offered("verdict:")[:2] == ["verdict:allowed", "verdict:blocked"]
    assert offered("verdict:b") == ["verdict:blocked"]
    assert offered("Verdict:B") == ["Verdict:blocked"]
    assert offered("verdict:locked") == []
    assert offered("verdict:blocked|e") == ["verdict:blocked|error"]
    assert offered("finding:c") == ["finding:critical"]
    assert offered("status:4") == ["status:4xx"]
    assert offered("reason:preflight-s") == ["reason:preflight-status"]
    assert offered("nonsense:x") == []


def test_a_word_that_was_chosen_is_not_offered_again() -> None:
    assert "verdict:blocked|blocked" not in offered("verdict:blocked|")
    assert "verdict:blocked|error" in offered("verdict:blocked|")


def test_names_are_completed_from_any_part_of_them_the_beginning_first() -> None:
    assert offered("endpoint:o") == [
        "endpoint:Old",
        'endpoint:"list orders"',
        'endpoint:"create order"',
    ]
    assert rests("endpoint:o") == ["ld", "", ""]
    assert offered("origin:front") == ["origin:storefront"]
    assert offered("env:p") == ["env:production"]
    assert offered("environment:p") == ["environment:production"]
    assert offered("method:p|g") == ["method:p|GET"]
    assert offered("group:") == ["group:orders"]
    assert offered("tag:pub") == ["tag:public"]


def test_a_name_is_quoted_where_it_needs_it() -> None:
    assert offered("endpoint:li") == ['endpoint:"list orders"']
    assert rests("endpoint:li") == ["st orders"]
    assert offered('endpoint:"list o') == ['endpoint:"list orders"']
    assert rests('endpoint:"list o') == ["rders"]


def test_a_value_that_is_complete_comes_first_and_has_nothing_left_to_type() -> None:
    found = completions("reason:acao-missing", 19, NAMES)
    assert [each.label for each in found] == ["acao-missing", "acao-missing-preflight"]
    assert found[0].rest == ""
    assert found[0].applied("reason:acao-missing") == "reason:acao-missing"


def test_in_the_middle_of_a_text_what_is_before_the_cursor_is_completed() -> None:
    assert offered("verdict:b origin:x", cursor=9) == ["verdict:blocked origin:x"]
    assert offered("verdict:b|error", cursor=9) == ["verdict:blocked|error"]
    assert offered("verdict:blocked", cursor=9) == []


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", None),
        ("!", None),
        ("orders ", None),
        ("orders", None),
        ("v", "verdict:"),
        ("!v", "!verdict:"),
        ("verdict:", "verdict:allowed"),
        ("verdict:blocked|", "verdict:blocked|allowed"),
        ("verdict:blocked", None),
        ("expected:no", None),
        ("origin:front", "origin:storefront"),
    ],
)
def test_the_best_completion_is_taken_where_something_is_begun(text: str, taken: str | None) -> None:
    found = best(text, len(text), NAMES)
    assert (found.applied(text) if found is not None else None) == taken


def test_no_completion_goes_on_from_a_misplaced_negation() -> None:
    assert offered("origin:!") == []


def test_all_reasons_are_offered() -> None:
    assert offered("reason:") == [f"reason:{code}" for code in REASONS]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("orders", ""),
        ("verdict:bl", "verdict: what the browser decided; waiting: no result yet"),
        ("environment:", "env: name of the environment"),
        ("verdict:x ", ""),
        ("nonsense:", ""),
    ],
)
def test_the_field_whose_value_is_typed_is_told(text: str, said: str) -> None:
    assert about(text, len(text)) == said


@given(st.text(min_size=1))
@example("evil\x1b[0m")
@example('say "hi" | !x')
@example("\u202eabc")
def test_a_completed_name_is_printable_and_finds_what_it_names(name: str) -> None:
    (found,) = completions("endpoint:", 9, Names(endpoints=(name,)))
    assert found.label.isprintable()
    query = parse(found.applied("endpoint:"))
    assert query.select([EndpointFacts(name)], [OriginFacts("a")], lambda i, j: [Outcome()]) == {(0, 0)}


@given(st.text(alphabet=st.sampled_from('veridct:!|" \\o') | st.characters(), max_size=20), st.data())
def test_completions_of_any_text_at_any_place_fit_into_it(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    about(text, cursor)
    for each in completions(text, cursor, NAMES):
        assert 0 <= each.start <= each.end == cursor
        assert each.applied(text).startswith(text[: each.start] + each.text)
