"""The taxonomy: every code has a page, and a page is found by every name that people meet."""

from __future__ import annotations

import pytest

from corstui.analysis.explain import UnknownCode, codes, explain
from corstui.analysis.facts import BLANKS
from corstui.analysis.pages import pages
from corstui.fetch.reasons import REASONS


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_page(code: str) -> None:
    page = explain(code)
    assert page.code == code
    assert page.kind == REASONS[code].kind
    assert page.title and page.sentence and page.meaning and page.fix
    assert page.chromium == REASONS[code].chromium
    assert page.step is not None
    assert page.step.rule != page.step.id, f"{page.step.id} has no row among the steps"


def test_no_page_is_about_a_reason_that_does_not_exist() -> None:
    assert [
        code for code in codes() if code not in REASONS and not code.startswith(("lint.", "quirk.", "server."))
    ] == []


@pytest.mark.parametrize("code", pages())
def test_templates_name_only_facts_that_exist(code: str) -> None:
    page = pages()[code]
    assert "{" not in page.cause.format_map(BLANKS)
    assert "{" not in page.sentence.format_map(BLANKS)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("MissingAllowOriginHeader", "acao-missing"),
        ("preflightmissingalloworiginheader", "acao-missing-preflight"),
        ("CORSMethodNotFound", "method-not-allowed"),
        ("CORSPreflightDidNotSucceed", "preflight-status"),
        ("CORSPreflightDidNotSucceed3", "preflight-status"),
        ("cors.check.acac", "acac-not-true"),
        ("vary-missing", "lint.vary-missing"),
        ("client-hints", "quirk.client-hints"),
        ("Quirk.Client-Hints", "quirk.client-hints"),
        (" ACAO-Missing ", "acao-missing"),
    ],
)
def test_a_page_is_found_by_browser_name_step_and_sloppy_spelling(name: str, code: str) -> None:
    assert explain(name).code == code


def test_a_quirk_has_its_engines_its_evidence_and_what_suits_all() -> None:
    page = explain("tainted-preflight-origin")
    assert page.kind == "quirk"
    assert page.sides == (("firefox",), ("chromium", "webkit", "standard"))
    assert "Firefox ESR 153" in page.evidence
    assert page.fix
    assert page.mdn is None


def test_every_reason_that_a_browser_names_has_that_name_and_firefoxs_has_its_documentation() -> None:
    checked = [row for row in REASONS.values() if row.kind == "blocked" and row.step.startswith("cors.")]
    named = [explain(row.code) for row in checked if row.code != "authorization-by-wildcard"]
    assert [page.code for page in named if not (page.chromium and page.firefox and page.webkit)] == []
    documented = "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORS"
    assert [page.code for page in named if not (page.mdn or "").startswith(documented)] == []
    assert explain("preflight-status").mdn == f"{documented}PreflightDidNotSucceed"


def test_an_unknown_code_names_its_nearest_neighbours() -> None:
    with pytest.raises(UnknownCode, match="acao-missing") as caught:
        explain("acao-mising")
    assert caught.value.matches[0] == "acao-missing"
    assert isinstance(caught.value, LookupError)


def test_a_code_like_nothing_has_no_neighbours() -> None:
    with pytest.raises(UnknownCode) as caught:
        explain("zzzzqqqq")
    assert caught.value.matches == []
    with pytest.raises(UnknownCode):
        explain("")


def test_mdn_is_linked_by_the_category_without_its_digit() -> None:
    link = explain("acao-missing").mdn
    assert link == "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSMissingAllowOrigin"
    assert explain("orb-blocked").mdn is None


def test_a_lint_rule_has_trigger_severity_and_fix() -> None:
    rule = explain("lint.reflect-any-creds")
    assert rule.kind == "lint"
    assert rule.severity == "critical"
    assert rule.sentence.startswith("Fires when ")
    assert rule.fix


def test_preflight_twins_say_that_they_are_about_the_preflight() -> None:
    for code in codes():
        if code.endswith("-preflight") and code.removesuffix("-preflight") in codes():
            assert "preflight" in explain(code).title
            assert "OPTIONS" in " ".join(explain(code).fix)


@pytest.mark.parametrize("name", ["nginx", "server.nginx", " NGINX "])
def test_a_server_has_a_page_with_what_to_write_where(name: str) -> None:
    page = explain(name)
    assert (page.code, page.kind) == ("server.nginx", "server")
    assert page.parts[0].where == "in the http block"
    assert "add_header Access-Control-Allow-Origin $cors_origin always;" in page.parts[1].text
    assert "@" not in "".join(part.text for part in page.parts)


def test_a_server_is_found_by_a_word_that_only_its_name_has() -> None:
    assert explain("FastAPI").code == "server.starlette"
    with pytest.raises(UnknownCode):
        explain("amazon")
    with pytest.raises(UnknownCode) as unknown:
        explain("ngnix")
    assert unknown.value.matches == ["server.nginx"]
