from __future__ import annotations

import pytest

from corstui.fetch.cors import cors_check
from corstui.fetch.engines import ENGINES
from corstui.fetch.rules import first_failure

ORIGIN = "https://app.test"
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"


def reason(headers: list[tuple[str, str]], engine: str = "chromium", *, credentials: bool = False) -> str | None:
    rules = cors_check(headers, ORIGIN, credentials, ENGINES[engine], preflight=False, tainted=False)
    failure = first_failure(rules)
    return failure.reason if failure else None


@pytest.mark.parametrize("value", ["https://app.test", "*"])
def test_the_exact_origin_or_a_wildcard_passes(value: str) -> None:
    assert reason([(ACAO, value)]) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://app.test/", "acao-mismatch"),
        ("HTTPS://app.test", "acao-mismatch"),
        ("https://app.test:443", "acao-mismatch"),
        ("https://*.test", "acao-mismatch"),
        ("null", "acao-mismatch"),
        ("NULL", "acao-invalid"),
        ("", "acao-invalid"),
        ("app.test", "acao-invalid"),
        ("https://app.test, https://b.test", "acao-multiple"),
        ("https://app.test https://b.test", "acao-multiple"),
    ],
)
def test_everything_else_fails_with_its_own_reason(value: str, expected: str) -> None:
    assert reason([(ACAO, value)]) == expected


def test_a_list_in_one_line_is_several_values_except_in_firefox() -> None:
    listed = [(ACAO, "https://app.test, https://b.test")]
    assert reason(listed, "webkit") == "acao-multiple"
    assert reason(listed, "firefox") == "acao-mismatch"


@pytest.mark.parametrize("engine", ENGINES)
def test_two_lines_fail_even_when_they_are_equal(engine: str) -> None:
    assert reason([(ACAO, ORIGIN), (ACAO, ORIGIN)], engine) == "acao-multiple"
    assert reason([(ACAO, "*"), (ACAO, "*")], engine) == "acao-multiple"


@pytest.mark.parametrize("value", ["True", "TRUE", "true, true", "", "1"])
def test_credentials_need_exactly_true(value: str) -> None:
    assert reason([(ACAO, ORIGIN), (ACAC, value)], credentials=True) == "acac-not-true"


def test_without_credentials_allow_credentials_is_not_looked_at() -> None:
    assert reason([(ACAO, "*"), (ACAC, "nonsense")]) is None


def test_rules_after_the_deciding_one_are_applied_too() -> None:
    rules = cors_check([], ORIGIN, True, ENGINES["chromium"], preflight=True, tainted=False)
    assert [(rule.id, rule.passed) for rule in rules] == [
        ("cors.check.acao-present", False),
        ("cors.check.acac", False),
    ]
    assert [rule.reason for rule in rules] == ["acao-missing-preflight", "acac-not-true-preflight"]
