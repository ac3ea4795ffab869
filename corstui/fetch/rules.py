"""A rule applied: what an algorithm of the standard hands to the flow, which names the deciding one."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """``reason`` is the code that a flow decided by this rule carries; it is set exactly when the rule failed."""

    id: str
    passed: bool
    required: str
    observed: str
    reason: str | None = None
    #: The item that failed: a header name, a method, a value.
    detail: str = ""


def passed(id: str, required: str, observed: str) -> Rule:
    return Rule(id, True, required, observed)


def failed(id: str, required: str, observed: str, reason: str, detail: str = "") -> Rule:
    return Rule(id, False, required, observed, reason, detail)


def first_failure(rules: list[Rule]) -> Rule | None:
    return next((rule for rule in rules if not rule.passed), None)
