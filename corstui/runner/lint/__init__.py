"""Policy findings: what is worth a warning although it decided nothing.

Each rule rests on what a run has seen anyway: the cell's own exchanges and the endpoint's two control requests. Rules
that would need requests with forged origins are not among them. The texts about them are pages of
:mod:`corstui.analysis.pages`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corstui.runner.lint import allow_origin, caches, errors_and_redirects, lists, preflights, surroundings
from corstui.runner.lint.scene import SEVERITIES, Hit, Rule, Scene

__all__ = ["RULES", "SEVERITIES", "Hit", "Rule", "Scene", "findings_of", "worst"]

#: Every rule, the gravest first.
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            rule
            for theme in (allow_origin, caches, errors_and_redirects, preflights, lists, surroundings)
            for rule in theme.RULES
        ),
        key=lambda rule: -SEVERITIES.index(rule.severity),
    )
)
#: With the response header, in lower case, that none of them holds without.
_LOOKS = [(rule, None if rule.header is None or rule.without else rule.header.lower()) for rule in RULES]


def findings_of(scene: Scene) -> list[dict[str, Any]]:
    """``{rule, severity, message, exchange, header}`` for each rule that fired, at the first place that shows it; the
    gravest first."""
    looked = [
        (rule, next(rule.look(scene), None)) for rule, header in _LOOKS if header is None or header in scene.fields
    ]
    found = [_finding(rule, hit) for rule, hit in looked if hit is not None]
    return sorted(found, key=lambda finding: -SEVERITIES.index(finding["severity"]))


def _finding(rule: Rule, hit: Hit) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "severity": hit.severity or rule.severity,
        "message": hit.message,
        "exchange": hit.exchange,
        "header": hit.header or rule.header,
    }


def worst(findings: Iterable[dict[str, Any]]) -> str | None:
    """The gravest severity among findings; None without any."""
    found = {finding["severity"] for finding in findings}
    return next((severity for severity in reversed(SEVERITIES) if severity in found), None)
