"""The quirks: each difference between engines has its words, and no words are about what does not differ."""

from __future__ import annotations

from dataclasses import fields

import pytest

from corstui.analysis.quirks import MEASURED, Quirk, engine_fields, quirk_in, quirks, value_of
from corstui.fetch.cookies import RULES, CookieRules
from corstui.fetch.engines import ENGINES
from corstui.fetch.reasons import REASONS


def differs(field: str) -> bool:
    return len({repr(value_of(engine, field)) for engine in ENGINES}) > 1


@pytest.mark.parametrize("field", [each for each in engine_fields() if differs(each)])
def test_every_rule_in_which_engines_differ_has_a_quirk(field: str) -> None:
    known = {name for quirk in quirks().values() for name in quirk.fields}
    assert field in known, f"{field} wants a table in corstui/analysis/pages/quirks.toml"


def test_every_rule_about_cookies_in_which_engines_differ_has_a_quirk() -> None:
    # what Sec-Fetch-Storage-Access says decides nothing about cookies
    names = {each.name for each in fields(CookieRules) if not each.name.startswith("storage_access")}
    differing = {name for name in names if len({repr(getattr(rules, name)) for rules in RULES.values()}) > 1}
    assert {f"cookies.{name}" for name in differing} <= set(quirks()["quirk.cookie-rules"].fields)


@pytest.mark.parametrize("quirk", quirks().values(), ids=lambda quirk: quirk.code)
def test_every_quirk_names_real_rules_that_differ_and_says_what_to_do(quirk: Quirk) -> None:
    assert any(differs(field) for field in quirk.fields)
    assert [field for field in quirk.fields if not hasattr_in_engines(field)] == []
    assert set(quirk.reasons) <= set(REASONS)
    assert quirk.sentence.endswith(".")
    assert quirk.title and not quirk.title.endswith(".")
    assert quirk.fix
    assert MEASURED in quirk.evidence


def hasattr_in_engines(field: str) -> bool:
    try:
        return all(value_of(engine, field) is value_of(engine, field) for engine in ENGINES)
    except AttributeError:
        return False


def test_the_versions_measured_are_those_that_the_engines_follow() -> None:
    assert all(ENGINES[name].version in MEASURED for name in ("chromium", "firefox", "webkit"))


def test_of_several_quirks_in_one_rule_the_reason_tells_which() -> None:
    def told(*reasons: str) -> str:
        quirk = quirk_in("preflight_order", reasons)
        assert quirk is not None
        return quirk.code

    assert told("preflight-status", "acao-missing-preflight") == "quirk.preflight-status-first"
    assert told("authorization-by-wildcard") == "quirk.authorization-by-wildcard"
    assert told("acam-unparseable", "acah-unparseable") == "quirk.preflight-order"


def test_engines_that_are_alike_stand_together() -> None:
    assert quirks()["quirk.user-agent-by-script"].sides == (("chromium",), ("firefox", "webkit", "standard"))
