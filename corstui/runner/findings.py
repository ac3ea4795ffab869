"""What a flow says beside its verdict, as findings: ``{rule, severity, message, exchange, header}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corstui.fetch.result import Flow

if TYPE_CHECKING:
    from corstui.profile import Deployment

#: Notes of the flow: (rule, severity, message, header).
_NOTES = {
    "local-network-prompt": (
        "lint.lna-target",
        "warning",
        "Local network: Chromium asks the user first; taken as granted here.",
        None,
    ),
    "authorization-by-wildcard": (
        "lint.authorization-wildcard",
        "warning",
        "Authorization is allowed only by *, against the standard: name it in Access-Control-Allow-Headers.",
        "Access-Control-Allow-Headers",
    ),
}

_UNVERIFIED = "The certificate was not verified (tls verify: false). A browser would refuse one that it does not trust."


def findings_of(flow: Flow, deployment: Deployment) -> list[dict[str, Any]]:
    """The findings of one flow, most general first."""
    found = []
    if not deployment.tls.verify and any(each.request.url.startswith("https:") for each in flow.exchanges):
        found.append(_finding("tls-unverified", "warning", _UNVERIFIED, None))
    found += [_finding(*_NOTES[note]) for note in flow.notes if note in _NOTES]
    return found


def _finding(rule: str, severity: str, message: str, header: str | None) -> dict[str, Any]:
    return {"rule": rule, "severity": severity, "message": message, "exchange": None, "header": header}
