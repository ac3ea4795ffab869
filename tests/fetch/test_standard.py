"""The engine ``standard`` is Fetch to the letter: browsers differ from it where a row of the table says so, only there.

The table is standard/differences.yaml. Each row shows itself in dialogues; whatever else browsers and the standard are
put through, they do the same, unless a row applies (standard/rows.py); and every field by which corstui makes them
differ belongs to a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from corstui.browser import fetch_params
from corstui.fetch import cookies, fetch_site, referrer
from corstui.fetch.cookies import Cookie
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import Request
from corstui.fetch.wire_tables import TABLES
from tests.fetch.standard.dialogue import BROWSERS, Case, place, play, shortened
from tests.fetch.standard.rows import APPLIES, Row, differences
from tests.fetch.standard.samples import samples

TABLE = [
    Row(**row) for row in yaml.safe_load((Path(__file__).parent / "standard" / "differences.yaml").read_text("utf-8"))
]
#: What browsers say of themselves, and of nothing else that the flow has decided.
OWN_HEADERS = [name for row in TABLE for name in row.headers]
ALL = ("standard", *BROWSERS)
CASES = [
    pytest.param(row, case, engine, id=f"{row.id}-{number}-{engine}")
    for row in TABLE
    for number, case in enumerate(row.cases, 1)
    for engine in ALL
]


def case_of(text: Mapping[str, Any]) -> Case:
    asks = []
    for ask in text["asks"]:
        ask = {"url": "A", **ask}
        ask["headers"] = [tuple(pair) for pair in ask.get("headers", ())]
        body_type = {"body_type": ask.pop("body_type")} if "body_type" in ask else {}
        asks.append(fetch_params(place(ask.pop("url")), **ask)._replace(**body_type))
    known = {key: text[key] for key in ("page", "page_url", "local_network", "pause") if key in text}
    jar = tuple(Cookie(**cookie) for cookie in text.get("cookies", ()))
    return Case(text["what"], tuple(asks), text["server"], cookies=jar, **known)


def expected(text: Mapping[str, Any], what: str, engine: str) -> Any:
    """What a case expects of an engine; engines that share an expectation stand together in its key."""
    named = " ".join(text[what]).split()
    assert sorted(named) == sorted(ALL), f"{what} says nothing of some engine, or says it twice"
    return next(value for engines, value in text[what].items() if engine in engines.split())


def wire_line(request: Request, watched: list[str]) -> str:
    line = f"{'preflight' if request.phase == 'preflight' else request.method} {shortened(request.url)}"
    told = {name.lower(): value for name, value in request.headers}
    return " ".join([line, *(told.get(name.lower(), "-") for name in watched)])


@pytest.mark.parametrize(("row", "text", "engine"), CASES)
def test_each_difference_shows_itself(row: Row, text: Mapping[str, Any], engine: str) -> None:
    seen = play(case_of(text), engine)
    assert ", ".join(seen.ends) == expected(text, "ends", engine)
    if "wire" in text:
        assert [wire_line(request, text.get("watch", [])) for request in seen.requests] == expected(
            text, "wire", engine
        )
    if "told" in text:
        assert seen.flows[-1].browser_error == expected(text, "told", engine)
    if "reads" in text:
        response = seen.flows[-1].response
        assert response is not None
        assert [name.lower() for name, _ in response.headers] == expected(text, "reads", engine)
    if "body" in text:
        response = seen.flows[-1].response
        assert response is not None
        assert response.body.decode() == expected(text, "body", engine)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_a_row_shows_what_it_says_and_applies_where_it_shows(row: Row) -> None:
    assert bool(row.cases) != bool(row.unseen), "either it shows, or the row says why not"
    shown = set()
    for case in map(case_of, row.cases):
        standard = play(case, "standard")
        for engine in BROWSERS:
            found = {
                aspect
                for aspect, _ in differences(case, play(case, engine), standard, [] if row.headers else OWN_HEADERS)
            }
            if found and engine in row.engines:
                assert row.headers or APPLIES[row.id](standard, case)
                shown |= {(engine, aspect) for aspect in found & set(row.changes)}
    assert {engine for engine, _ in shown} == (set(row.engines) if row.changes else set())
    assert {aspect for _, aspect in shown} == set(row.changes)


def test_every_row_has_an_id_of_its_own_and_a_predicate_if_it_changes_anything() -> None:
    assert len(TABLE) == len({row.id for row in TABLE})
    assert {row.id for row in TABLE if row.changes and not row.headers} == set(APPLIES)


def test_browsers_do_what_the_standard_says_wherever_no_row_applies() -> None:
    unexplained, judged, excused_verdicts = [], 0, 0
    for case in samples():
        standard = play(case, "standard")
        rows = [row for row in TABLE if row.id in APPLIES and APPLIES[row.id](standard, case)]
        for engine in BROWSERS:
            excused = {aspect for row in rows if engine in row.engines for aspect in row.changes}
            judged, excused_verdicts = judged + 1, excused_verdicts + ("verdict" in excused)
            found = differences(case, play(case, engine), standard, OWN_HEADERS)
            unexplained += [f"{case.what}\n  {engine}: {text}" for aspect, text in found if aspect not in excused]
    assert not unexplained, f"{len(unexplained)} differences that no row explains:\n" + "\n".join(unexplained[:20])
    assert excused_verdicts < judged / 10, "the rows apply too often to prove anything"


def rules_of(engine: str) -> dict[str, object]:
    """Everything that makes an engine differ from others, by the names that the table has for it."""
    owners = {
        "": ENGINES[engine],
        "cache.": ENGINES[engine].cache,
        "cookies.": cookies.RULES[engine],
        "referrer.": referrer._ENGINES[engine],
        "site.": fetch_site._ENGINES[engine],
        "head.": TABLES[engine],
    }
    rules = {
        prefix + each.name: getattr(owner, each.name) for prefix, owner in owners.items() for each in fields(owner)
    }
    return {name: value for name, value in rules.items() if name not in ("name", "version", "cache")}


@pytest.mark.parametrize("engine", BROWSERS)
def test_every_rule_by_which_a_browser_differs_belongs_to_a_row_that_names_the_browser(engine: str) -> None:
    standard = rules_of("standard")
    for name, value in rules_of(engine).items():
        if value != standard[name]:
            rows = [row for row in TABLE if name in row.fields or name.partition(".")[0] in row.fields]
            assert any(engine in row.engines for row in rows), f"no row has {name} of {engine}: {value!r}"


def test_every_rule_that_a_row_names_makes_some_browser_differ() -> None:
    rules = {engine: rules_of(engine) for engine in ENGINES}
    for name in {name for row in TABLE for name in row.fields} - {"head"}:
        assert any(rules[engine][name] != rules["standard"][name] for engine in BROWSERS), name
