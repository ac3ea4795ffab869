"""CORS-preflight: when one is needed and how its response is judged.

https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
"""

from __future__ import annotations

from dataclasses import dataclass

from corstui.fetch import headers as h
from corstui.fetch.cors import cors_check
from corstui.fetch.engines import Engine
from corstui.fetch.methods import SAFELISTED
from corstui.fetch.result import Response
from corstui.fetch.rules import Rule, failed, first_failure, passed

ACAM = "access-control-allow-methods"
ACAH = "access-control-allow-headers"
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class PreflightRequest:
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


@dataclass(frozen=True, slots=True)
class Judgement:
    """``methods`` and ``names`` are what the response lists, for the preflight cache."""

    rules: list[Rule]
    failure: Rule | None
    methods: tuple[str, ...]
    names: tuple[str, ...]
    failed_match_only: bool
    """It failed on nothing but a method or header that is not listed."""


def judge(request: PreflightRequest, response: Response, engine: Engine) -> Judgement:
    """Apply every rule in the engine's order of report; the first that fails decides."""
    allowed_methods = h.parse_tokens(h.get_all(response.headers, ACAM))
    allowed_names = h.parse_tokens(h.get_all(response.headers, ACAH))
    gates = {
        "redirect": lambda: _redirect(response),
        "cors": lambda: (
            []
            if request.own and engine.trusts_own_preflight
            else cors_check(
                response.headers, request.origin, request.credentials, engine, preflight=True, tainted=False
            )
        ),
        "status": lambda: _ok_status(response),
        "acam-parse": lambda: _parsed("acam", "Access-Control-Allow-Methods", ACAM, allowed_methods, response),
        "acah-parse": lambda: _parsed("acah", "Access-Control-Allow-Headers", ACAH, allowed_names, response),
        "method": lambda: _method(
            request,
            allowed_methods or [],
            spared=request.forced and not engine.upload_listener_needs_method and not h.get_all(response.headers, ACAM),
        ),
        "authorization": lambda: _authorization(request, allowed_names or []),
        "headers": lambda: _names(request, allowed_names or [], engine),
    }
    rules: list[Rule] = []
    for gate in engine.preflight_order:
        rules.extend(gates[gate]())
    failure = first_failure(rules)
    match_rules = {"cors.preflight.method", "cors.preflight.headers", "cors.preflight.authorization"}
    return Judgement(
        rules=rules,
        failure=failure,
        methods=tuple(allowed_methods or ()),
        names=tuple(name.lower() for name in allowed_names or ()),
        failed_match_only=failure is not None and all(rule.passed or rule.id in match_rules for rule in rules),
    )


def _redirect(response: Response) -> list[Rule]:
    location = h.get(response.headers, "location")
    if response.status in REDIRECT_STATUSES and location is not None:
        observed = f"{response.status} to {location}"
        return [failed("cors.preflight.redirect", "no redirect", observed, "preflight-redirect", location)]
    return []


def _ok_status(response: Response) -> list[Rule]:
    if 200 <= response.status <= 299:
        return [passed("cors.preflight.status", "200-299", str(response.status))]
    if response.status in REDIRECT_STATUSES and h.get(response.headers, "location") is not None:
        return []  # the redirect rule has said it
    return [failed("cors.preflight.status", "200-299", str(response.status), "preflight-status", str(response.status))]


def _parsed(short: str, label: str, name: str, tokens: list[str] | None, response: Response) -> list[Rule]:
    if tokens is None:
        observed = h.get(response.headers, name) or ""
        required = f"{label}: tokens separated by commas"
        return [failed(f"cors.preflight.{short}-parse", required, observed, f"{short}-unparseable", observed)]
    return []


def _method(request: PreflightRequest, allowed: list[str], *, spared: bool) -> list[Rule]:
    """``spared``: the response need not list the method."""
    step, observed = "cors.preflight.method", ", ".join(allowed) or "absent"
    required = f"{request.method} in Access-Control-Allow-Methods"
    if request.method in SAFELISTED:
        return []
    if request.method in allowed or ("*" in allowed and not request.credentials) or spared:
        return [passed(step, required, observed)]
    if "*" in allowed:
        observed += " (no wildcard with credentials)"
    return [failed(step, required, observed, "method-not-allowed", request.method)]


def _authorization(request: PreflightRequest, allowed: list[str]) -> list[Rule]:
    if "authorization" not in request.names:
        return []
    required, observed = "authorization named in Access-Control-Allow-Headers", ", ".join(allowed) or "absent"
    if "authorization" in (name.lower() for name in allowed):
        return [passed("cors.preflight.authorization", required, observed)]
    if "*" not in allowed or request.credentials:
        return []  # the header rule will say it
    return [failed("cors.preflight.authorization", required, observed, "authorization-by-wildcard", "authorization")]


def _names(request: PreflightRequest, allowed: list[str], engine: Engine) -> list[Rule]:
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
