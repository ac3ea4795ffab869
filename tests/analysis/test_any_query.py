"""Any query over any names and outcomes: it never fails, and its terms mean what the language says."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from corstui.analysis.completion import Names, about, completions
from corstui.analysis.fields import FIELDS
from corstui.analysis.query import EndpointFacts, OriginFacts, Outcome, Query, QueryError, Term, parse
from corstui.fetch.reasons import REASONS
from tests.analysis.test_query import LIVELY, PIECES
from tests.support.effort import examples
from tests.support.hostile import TEXTS

_NAMES = st.sampled_from(["orders", "list orders", "5xx", "*", "a|b", ""]) | TEXTS
_OPTIONAL = st.none() | _NAMES
endpoints = st.builds(EndpointFacts, _NAMES, _NAMES, _NAMES, _OPTIONAL, st.lists(_NAMES, max_size=2).map(tuple))
origins = st.builds(OriginFacts, _NAMES, _NAMES)
outcomes = st.builds(
    Outcome,
    environment=_NAMES,
    engine=st.sampled_from(["chromium", "firefox", ""]),
    verdict=st.sampled_from([None, "allowed", "opaque", "blocked", "unsent", "error"]),
    reason=st.sampled_from([None, *REASONS]),
    phase=st.sampled_from(["", "local", "preflight", "actual", "redirect"]),
    status=st.none() | st.integers(0, 70_000),
    sent=st.booleans(),
    expected=st.sampled_from(["yes", "no", "waived", "unproven", "none"]),
    changed=st.booleans(),
    inconclusive=st.booleans(),
    severity=st.sampled_from([None, "info", "warning", "medium", "high", "critical"]),
    differs=st.none() | st.booleans(),
    selected=st.booleans(),
    label=_NAMES,
)
texts = st.lists(PIECES | TEXTS, max_size=6).map("".join) | LIVELY
#: One endpoint, one origin, and the sides of their place.
places = st.tuples(endpoints, origins, st.lists(outcomes, max_size=3))
Place = tuple[EndpointFacts, OriginFacts, Sequence[Outcome]]


def chosen(query: Query, place: Place) -> bool:
    endpoint, origin, sides = place
    return bool(query.select([endpoint], [origin], lambda i, j: sides))


def parsed(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError as error:
        assert 0 <= error.start < error.end <= len(text)
        assert error.message.isprintable()
        return None


@examples(3)
@given(texts, places)
def test_each_side_is_judged_by_all_terms_and_each_term_for_itself(text: str, place: Place) -> None:
    query = parsed(text)
    if query is None:
        return
    endpoint, origin, sides = place
    expected = [all(holds(term, (endpoint, origin, [side])) for term in query.terms) for side in sides]
    assert chosen(query, place) == any(expected)


def holds(term: Term, place: Place) -> bool:
    """One term about one side: the negation of a term, and one of its values."""
    alone = [chosen(Query((Term(term.field, (value,)),)), place) for value in term.values]
    return any(alone) is not term.negated


@examples(2)
@given(endpoints, st.sampled_from(["endpoint", "origin", "env"]), _NAMES.filter(str.strip), outcomes)
def test_a_quoted_name_finds_what_has_it_and_not_what_lacks_it(
    other: EndpointFacts, field: str, name: str, side: Outcome
) -> None:
    query = parse(str(Term(field, (name,))))
    side.environment = name
    found = chosen(query, (EndpointFacts(name), OriginFacts(name), [side]))
    assert found
    plain = not any(char in name for char in "*?")
    if field == "endpoint" and plain and name.casefold() not in other.name.casefold():
        assert not chosen(query, (other, OriginFacts("x"), [side]))


@examples(2)
@given(texts, st.lists(_NAMES, max_size=4), st.data())
def test_completion_offers_only_what_fits_and_about_what_is_typed(
    text: str, named: list[str], data: st.DataObject
) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    assert about(text, cursor) == "" or about(text, cursor).split(":")[0] in FIELDS
    for each in completions(text, cursor, Names(endpoints=tuple(named), origins=tuple(named))):
        assert 0 <= each.start <= each.end == cursor
        assert each.label.isprintable()
