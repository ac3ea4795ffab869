"""CORS-preflight: when one is needed and how its response is judged.

https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from corstui.fetch import headers as h
from corstui.fetch.cors import cors_check
from corstui.fetch.engines import Engine
from corstui.fetch.methods import SAFELISTED
from corstui.fetch.result import Response
from corstui.fetch.rules import Rule, failed, first_failure, passed

ACAM = "access-control-allow-methods"
ACAH = "access-control-allow-headers"
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


class PreflightRequest(NamedTuple):
    """What a preflight asks for. ``names``: the unsafe header names, as in Access-Control-Request-Headers."""

    method: str
    names: tuple[str, ...]
    credentials: bool
    origin: str
    forced: bool = False
    """The use-CORS-preflight flag: an upload listener asked for it."""
    own: bool = False
    """It asks the page's own origin, where a redirect led back to."""

    @property
    def access_control_request_headers(self) -> str | None:
        return ",".join(self.names) or None


class Judgement(NamedTuple):
    """``methods`` and ``names`` are what the response lists, for the preflight cache."""

    rules: list[Rule]
    failure: Rule | None
    methods: tuple[str, ...]
    names: tuple[str, ...]
    failed_match_only: bool
    """It failed on nothing but a method or header that is not listed."""


class _Evidence(NamedTuple):
    """What the rules go by. ``methods`` and ``names``: what the response lists, None for what cannot be parsed."""

    request: PreflightRequest
    response: Response
    engine: Engine
    methods: list[str] | None
    names: list[str] | None


def judge(request: PreflightRequest, response: Response, engine: Engine) -> Judgement:
    """Apply every rule in the engine's order of report; the first that fails decides."""
    methods = h.parse_tokens(h.get_all(response.headers, ACAM))
    names = h.parse_tokens(h.get_all(response.headers, ACAH))
    evidence = _Evidence(request, response, engine, methods, names)
    rules = [rule for gate in engine.preflight_order for rule in _GATES[gate](evidence)]
    failure = first_failure(rules)
    return Judgement(
        rules=rules,
        failure=failure,
        methods=tuple(methods or ()),
        names=tuple(name.lower() for name in names or ()),
        failed_match_only=failure is not None and all(rule.passed or rule.id in _MATCH_RULES for rule in rules),
    )


def _redirect(evidence: _Evidence) -> list[Rule]:
    response = evidence.response
    location = h.get(response.headers, "location") if response.status in REDIRECT_STATUSES else None
    if location is None:
        return []
    observed = f"{response.status} to {location}"
    return [failed("cors.preflight.redirect", "no redirect", observed, "preflight-redirect", location)]


def _cors(evidence: _Evidence) -> list[Rule]:
    request, response, engine = evidence.request, evidence.response, evidence.engine
    if request.own and engine.trusts_own_preflight:
        return []
    return cors_check(response.headers, request.origin, request.credentials, engine, preflight=True, tainted=False)


def _ok_status(evidence: _Evidence) -> list[Rule]:
    status = evidence.response.status
    if 200 <= status <= 299:
        return [passed("cors.preflight.status", "200-299", str(status))]
    if _redirect(evidence):
        return []  # which has said it
    return [failed("cors.preflight.status", "200-299", str(status), "preflight-status", str(status))]


def _parsed_methods(evidence: _Evidence) -> list[Rule]:
    return [] if evidence.methods is not None else [_unparsable("acam", "Access-Control-Allow-Methods", evidence)]


def _parsed_names(evidence: _Evidence) -> list[Rule]:
    return [] if evidence.names is not None else [_unparsable("acah", "Access-Control-Allow-Headers", evidence)]


def _unparsable(short: str, name: str, evidence: _Evidence) -> Rule:
    observed = h.get(evidence.response.headers, name.lower()) or ""
    required = f"{name}: tokens separated by commas"
    return failed(f"cors.preflight.{short}-parse", required, observed, f"{short}-unparseable", observed)


def _method(evidence: _Evidence) -> list[Rule]:
    request, allowed = evidence.request, evidence.methods or []
    if request.method in SAFELISTED:
        return []
    step, observed = "cors.preflight.method", ", ".join(allowed) or "absent"
    required = f"{request.method} in Access-Control-Allow-Methods"
    if request.method in allowed or ("*" in allowed and not request.credentials) or _spares_method(evidence):
        return [passed(step, required, observed)]
    if "*" in allowed:
        observed += " (no wildcard with credentials)"
    return [failed(step, required, observed, "method-not-allowed", request.method)]


def _spares_method(evidence: _Evidence) -> bool:
    """Whether the response need not list the method."""
    if not evidence.request.forced or evidence.engine.upload_listener_needs_method:
        return False
    return not h.get_all(evidence.response.headers, ACAM)


def _authorization(evidence: _Evidence) -> list[Rule]:
    request, allowed = evidence.request, evidence.names or []
    if "authorization" not in request.names:
        return []
    required, observed = "authorization named in Access-Control-Allow-Headers", ", ".join(allowed) or "absent"
    if "authorization" in (name.lower() for name in allowed):
        return [passed("cors.preflight.authorization", required, observed)]
    if "*" not in allowed or request.credentials:
        return []  # the header rule will say it
    return [failed("cors.preflight.authorization", required, observed, "authorization-by-wildcard", "authorization")]


def _names(evidence: _Evidence) -> list[Rule]:
    request, allowed = evidence.request, evidence.names or []
    if not request.names:
        return []
    listed = {name.lower() for name in allowed}
    any_name = "*" in listed and not request.credentials
    missing = [] if any_name else [name for name in request.names if name not in listed]
    required = f"{', '.join(request.names)} in Access-Control-Allow-Headers"
    observed = ", ".join(allowed) or "absent"
    if not missing:
        return [passed("cors.preflight.headers", required, observed)]
    if "*" in listed:
        observed += " (no wildcard with credentials)"
    return [failed("cors.preflight.headers", required, observed, "header-not-allowed", missing[0])]


#: The rules by the names that engines put them in order by.
_GATES: dict[str, Callable[[_Evidence], list[Rule]]] = {
    "redirect": _redirect,
    "cors": _cors,
    "status": _ok_status,
    "acam-parse": _parsed_methods,
    "acah-parse": _parsed_names,
    "method": _method,
    "authorization": _authorization,
    "headers": _names,
}
_MATCH_RULES = frozenset({"cors.preflight.method", "cors.preflight.headers", "cors.preflight.authorization"})
