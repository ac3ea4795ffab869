from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.analysis.fields import FIELDS
from corstui.analysis.query import EndpointFacts, OriginFacts, Outcome, Query, QueryError, Term, parse, quoted

ENDPOINTS = (
    EndpointFacts("list orders", "GET", "/v1/orders", "orders", ("public", "read")),
    EndpointFacts("create order", "POST", "/v1/orders", "orders", ("write",)),
    EndpointFacts("catalogue", "GET", "/v1/catalogue"),
)
ORIGINS = (
    OriginFacts("storefront", "https://shop.example"),
    OriginFacts("eu.partner", "https://partner.example"),
    OriginFacts("sandbox", "null"),
)
READ = Outcome("staging", "chromium", "allowed", None, "actual", 200, sent=True, expected="yes", label="200")
REFUSED = Outcome(
    "staging", "chromium", "blocked", "acao-missing", "actual", None, True, "no", severity="medium", label="no ACAO"
)
HALTED = Outcome("staging", "firefox", "blocked", "preflight-status", "preflight", label="PF 401", changed=True)
FAILED = Outcome("staging", "webkit", "error", "timeout", "redirect", inconclusive=True, expected="unproven")
WAITING = Outcome("production", "chromium")
OPAQUE = Outcome("production", "standard", "opaque", None, "actual", 0, sent=True, severity="info", selected=True)
BROKEN = Outcome("production", "chromium", "allowed", None, "actual", 503, sent=True, severity="critical", label="503")

#: Each place with its sides; nothing is planned at (2, 1).
SIDES: dict[tuple[int, int], Sequence[Outcome]] = {
    (0, 0): [READ],
    (0, 1): [REFUSED],
    (0, 2): [HALTED],
    (1, 0): [FAILED],
    (1, 1): [WAITING],
    (1, 2): [OPAQUE],
    (2, 0): [BROKEN],
    (2, 1): [],
    (2, 2): [READ],
}
PLANNED = {place for place, sides in SIDES.items() if sides}


def select(text: str) -> set[tuple[int, int]]:
    return parse(text).select(ENDPOINTS, ORIGINS, lambda i, j: SIDES[i, j])


def wrong(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


# -- what is selected --------------------------------------------------------------------------------------------------


def test_an_empty_query_selects_everything_that_is_planned() -> None:
    assert parse("").empty
    assert parse("  ").empty
    assert Query() == parse("")
    assert select("") == PLANNED


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("CATALOGUE", {(2, 0), (2, 2)}),
        ("/v1/cat", {(2, 0), (2, 2)}),
        ("post", {(1, 0), (1, 1), (1, 2)}),
        ("write", {(1, 0), (1, 1), (1, 2)}),
        ("partner.example", {(0, 1), (1, 1)}),
        ('"https://shop"', {(0, 0), (1, 0), (2, 0)}),
        ("sandbox", {(0, 2), (1, 2), (2, 2)}),
        ("blocked", {(0, 1), (0, 2)}),
        ("acao", {(0, 1)}),
        ("pf", {(0, 2)}),
        ("503", {(2, 0)}),
        ("redirect", {(1, 0)}),
        ("orders blocked", {(0, 1), (0, 2)}),
        ('"list orders"|503', {(0, 0), (0, 1), (0, 2), (2, 0)}),
        ("eu.*", {(0, 1), (1, 1)}),
        ("eu", {(0, 1), (1, 1)}),
        ("?u.partner", {(0, 1), (1, 1)}),
        ("nowhere", set()),
    ],
)
def test_plain_text_is_looked_for_in_everything_about_a_place(text: str, places: set[tuple[int, int]]) -> None:
    assert select(text) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("endpoint:order", {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)}),
        ('endpoint:"list orders"', {(0, 0), (0, 1), (0, 2)}),
        ('endpoint:"LIST *"', {(0, 0), (0, 1), (0, 2)}),
        ("endpoint:cat*", {(2, 0), (2, 2)}),
        ("endpoint:*cat", set()),
        ("endpoint:c*e*", {(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)}),
        ("method:post", {(1, 0), (1, 1), (1, 2)}),
        ("group:orders tag:read", {(0, 0), (0, 1), (0, 2)}),
        ("!group:*", {(2, 0), (2, 2)}),
        ("!tag:*", {(2, 0), (2, 2)}),
        ("origin:*.partner", {(0, 1), (1, 1)}),
        ("origin:https://*", {(0, 0), (1, 0), (2, 0), (0, 1), (1, 1)}),
        ("origin:null|shop", {(0, 0), (1, 0), (2, 0), (0, 2), (1, 2), (2, 2)}),
    ],
)
def test_fields_of_endpoints_and_origins(text: str, places: set[tuple[int, int]]) -> None:
    assert select(text) == places


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("verdict:blocked", [REFUSED, HALTED]),
        ("Verdict:BLOCKED", [REFUSED, HALTED]),
        ("verdict:bl", [REFUSED, HALTED]),
        ("verdict:blocked|error", [REFUSED, HALTED, FAILED]),
        ("verdict:b*|*r", [REFUSED, HALTED, FAILED]),
        ("verdict:opaque", [OPAQUE]),
        ("verdict:waiting", [WAITING]),
        ("!verdict:allowed", [REFUSED, HALTED, FAILED, WAITING, OPAQUE]),
        ("reason:acao-*", [REFUSED]),
        ("reason:status", [HALTED]),
        ("!reason:*", [READ, WAITING, OPAQUE, BROKEN]),
        ("phase:preflight", [HALTED]),
        ("phase:r", [FAILED]),
        ("status:200", [READ]),
        ("status:5xx", [BROKEN]),
        ("status:5XX", [BROKEN]),
        ("status:5", [BROKEN]),
        ("status:50?", [BROKEN]),
        ("status:2*", [READ]),
        ("status:>=400", [BROKEN]),
        ("status:>200", [BROKEN]),
        ("status:<=200", [READ, OPAQUE]),
        ("status:<300", [READ, OPAQUE]),
        ("status:0", [OPAQUE]),
        ("status:none", [REFUSED, HALTED, FAILED, WAITING]),
        ("status:*", [READ, OPAQUE, BROKEN]),
        ("status:2xx|none", [READ, REFUSED, HALTED, FAILED, WAITING]),
        ("env:prod", [WAITING, OPAQUE, BROKEN]),
        ("environment:staging", [READ, REFUSED, HALTED, FAILED]),
        ("engine:firefox|webkit", [HALTED, FAILED]),
        ("sent:yes", [READ, REFUSED, OPAQUE, BROKEN]),
        ("sent:n", [HALTED, FAILED, WAITING]),
        ("expected:yes", [READ]),
        ("expected:no", [REFUSED]),
        ("expected:unproven", [FAILED]),
        ("expected:none", [HALTED, WAITING, OPAQUE, BROKEN]),
        ("changed:yes", [HALTED]),
        ("inconclusive:yes", [FAILED]),
        ("finding:yes", [REFUSED, OPAQUE, BROKEN]),
        ("finding:no", [READ, HALTED, FAILED, WAITING]),
        ("finding:warning", [REFUSED, BROKEN]),
        ("finding:critical", [BROKEN]),
        ("selected:yes", [OPAQUE]),
        ("differs:no", [READ, REFUSED, HALTED, FAILED, WAITING, OPAQUE, BROKEN]),
    ],
)
def test_fields_of_outcomes(text: str, sides: list[Outcome]) -> None:
    assert select(text) == {place for place, there in SIDES.items() if there and there[0] in sides}


def test_one_side_must_have_everything_that_is_asked_for() -> None:
    there = [READ, BROKEN]

    def chosen(text: str) -> bool:
        return bool(parse(text).select(ENDPOINTS[:1], ORIGINS[:1], lambda i, j: there))

    assert chosen("env:production verdict:allowed status:503")
    assert chosen("env:staging")
    assert not chosen("env:staging status:503")
    assert chosen("!status:503")
    assert chosen("storefront status:503 !env:staging")


def test_sides_that_differ_that_do_not_and_those_of_which_nobody_can_say() -> None:
    sides = {(0, 0): Outcome(differs=True), (0, 1): Outcome(differs=False), (0, 2): Outcome(differs=None)}

    def chosen(text: str) -> set[tuple[int, int]]:
        return parse(text).select(ENDPOINTS[:1], ORIGINS, lambda i, j: [sides[i, j]])

    assert chosen("differs:yes") == {(0, 0)}
    assert chosen("differs:no") == {(0, 1)}
    assert chosen("differs:unclear") == {(0, 2)}


def test_outcomes_are_looked_at_only_where_endpoint_and_origin_leave_it_open() -> None:
    asked = []

    def outcomes(i: int, j: int) -> list[Outcome]:
        asked.append((i, j))
        return [READ]

    assert parse("endpoint:catalogue !origin:sandbox verdict:blocked").select(ENDPOINTS, ORIGINS, outcomes) == set()
    assert asked == [(2, 0), (2, 1)]
    asked.clear()
    assert parse("!orders status:200").select(ENDPOINTS, ORIGINS, outcomes) == {(2, 0), (2, 1), (2, 2)}
    assert asked == [(2, 0), (2, 1), (2, 2)]


def test_a_pattern_full_of_stars_is_tried_on_a_long_name_at_once() -> None:
    name = EndpointFacts("a" * 5000)
    assert not parse("endpoint:" + "*a" * 40 + "*b").select([name], ORIGINS, lambda i, j: [READ])
    assert parse("endpoint:" + "*a" * 40 + "*").select([name], ORIGINS, lambda i, j: [READ])


# -- the language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["verdict:", "!verdict:", "!", "status:>=", "status:>", "|", '"', '""', 'origin:"'])
def test_what_is_only_begun_asks_for_nothing(text: str) -> None:
    assert parse(text) == Query()


def test_a_value_that_is_only_begun_leaves_the_others() -> None:
    assert parse("verdict:error|") == parse("verdict:error")
    assert parse("status:>=|200") == parse("status:200")


def test_a_quote_that_is_not_closed_goes_to_the_end() -> None:
    assert parse('endpoint:"list o') == parse('endpoint:"list o"')


def test_quotes_keep_blanks_colons_bars_and_exclamation_marks_together() -> None:
    assert parse('"a b:c|d"').terms == (Term("", ("a b:c|d",)),)
    assert parse('endpoint:"!x"|li"st o"rders').terms == (Term("endpoint", ("!x", "list orders")),)
    assert parse(r'"say \"hi\" \\ there"').terms == (Term("", (r'say "hi" \ there',)),)


def test_a_field_takes_a_colon_in_its_value() -> None:
    assert parse("origin:https://shop.example").terms == (Term("origin", ("https://shop.example",)),)


def test_a_query_is_written_with_the_names_of_its_fields() -> None:
    assert str(parse('!ENVIRONMENT:prod|"a b"   "x:y"')) == '!env:prod|"a b" "x:y"'


# -- what is wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("orders vardict:x", "vardict", "there is no field 'vardict'; did you mean verdict?"),
        ("enviroment:x", "enviroment", "there is no field 'enviroment'; did you mean environment?"),
        (
            "https://x",
            "https",
            "there is no field 'https'; to look for the text itself, quote it: \"https://x\"",
        ),
        ("!a:b", "a", "there is no field 'a'; to look for the text itself, quote it: \"a:b\""),
        (":b", ":", 'a field\'s name is missing before the colon; to look for the text itself, quote it: ":b"'),
        ("x|a:b", "a:b", 'text with a colon needs quotes: "a:b"'),
        ("origin:!evil", "!evil", "! negates a term, not a value; write it before the whole term: !origin:evil"),
        ("a|!b", "!b", "! negates a term, not a value; write it before the whole term: !b"),
        ("!!a", "!a", "! negates a term, not a value; one is enough"),
        (
            "verdict:error|blokced",
            "blokced",
            "there is no verdict 'blokced'; did you mean 'blocked'? "
            "allowed: allowed, blocked, error, opaque, unsent, waiting",
        ),
        ("verdict:z*", "z*", "there is no verdict 'z*'; allowed: allowed, blocked, error, opaque, unsent, waiting"),
        ("expected:n", "n", "'n' is short for no and for none: write one of them"),
        ("status:ok", "ok", "there is no status 'ok'; write 200, 5xx, >=400, <300 or none"),
        ("status:2000", "2000", "there is no status '2000'; write 200, 5xx, >=400, <300 or none"),
        ("reason:acoa-missing", "acoa-missing", "there is no reason 'acoa-missing'; did you mean 'acao-missing'?"),
        ("reason:q*q", "q*q", "there is no reason 'q*q'; there are acao-missing and others"),
    ],
)
def test_an_error_says_where_and_what_and_what_would_be_right(text: str, part: str, message: str) -> None:
    error = wrong(text)
    assert text[error.start : error.end] == part
    assert error.message == message


def test_an_error_shows_nothing_that_does_not_print() -> None:
    assert wrong("\x1b[31m:x").message.isprintable()
    assert wrong("verdict:\x1b\u202e").message.isprintable()
    assert wrong("a|b:\u202e").message.isprintable()


# -- properties --------------------------------------------------------------------------------------------------------

LIVELY = st.text(alphabet=st.sampled_from('ab!:|"\\*? \n>=5x') | st.characters(), max_size=40)
PIECES = st.sampled_from(
    [
        *(f"{name}:" for name in FIELDS),
        *(word for each in FIELDS.values() for word in each.words),
        *("!", "|", '"', " ", ":", "*", "5xx", ">=", "acao-*", "orders", "\\", "x"),
    ]
)


@given(LIVELY | st.lists(PIECES).map("".join))
def test_any_text_is_a_query_that_can_be_written_or_an_error_inside_it(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.start < error.end <= len(text)
        assert error.message.isprintable()
    else:
        assert parse(str(query)) == query
        assert query.select(ENDPOINTS, ORIGINS, lambda i, j: SIDES[i, j]) <= PLANNED


@given(st.text(min_size=1), st.booleans())
def test_any_text_can_be_quoted(text: str, plain: bool) -> None:
    term = Term("" if plain else "endpoint", (text,))
    assert parse(str(term)).terms == (term,)
    assert parse(("" if plain else "endpoint:") + quoted(text, plain=plain)).terms == (term,)


@given(st.lists(PIECES, min_size=1).map("".join))
def test_a_negated_term_selects_what_the_term_does_not(text: str) -> None:
    try:
        terms = parse(text).terms
    except QueryError:
        return
    for term in terms:
        other = Term(term.field, term.values, not term.negated)
        both = [Query((each,)).select(ENDPOINTS, ORIGINS, lambda i, j: SIDES[i, j]) for each in (term, other)]
        assert both[0] | both[1] == PLANNED
        assert not both[0] & both[1]


@pytest.mark.parametrize("state", ["yes", "no", "waived", "unproven", "none"])
def test_a_waived_deviation_is_neither_met_nor_broken(state: str) -> None:
    side = Outcome("staging", "chromium", "blocked", expected=state)
    for word in ("no", "waived"):
        found = parse(f"expected:{word}").select(ENDPOINTS[:1], ORIGINS[:1], lambda i, j: [side])
        assert bool(found) == (word == state)
