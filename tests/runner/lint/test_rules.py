"""Every lint rule, once where it fires and once on the nearest policy that is right."""

from __future__ import annotations

import pytest

from corstui.analysis.pages import pages
from corstui.fetch.cookies import Cookie
from corstui.fetch.messages import NetworkError
from corstui.profile import Tls
from corstui.runner.lint import RULES, SEVERITIES, Rule, Scene, findings_of, worst
from tests.analysis.flows import API, APP, ok, preflight
from tests.runner.lint.scenes import CANARY, INCLUDE, PUT, TRACED, acao, anonymous, control, fired, scene, timed
from tests.support.playbook import head

ACAC = ("Access-Control-Allow-Credentials", "true")
PUTS = ("Access-Control-Allow-Methods", "PUT")
TRACE = ("Access-Control-Allow-Headers", "x-trace")
KEPT = ("Access-Control-Max-Age", "600")
VARY = ("Vary", "Origin")
JSON = {"method": "POST", "headers": [("Content-Type", "application/json")], "body": "{}"}
TYPE = ("Access-Control-Allow-Headers", "content-type")
CDN = "https://cdn.example/file"


def put(*headers: tuple[str, str], credentials: str = "same-origin") -> Scene:
    """A PUT whose preflight passes; ``headers`` stand on the preflight."""
    also = [ACAC] if credentials == "include" else []
    return scene(preflight(PUTS, KEPT, *also, *headers), ok(*also), method="PUT", credentials=credentials)


def refused(status: int, *headers: tuple[str, str]) -> Scene:
    """A PUT whose preflight is answered with this alone."""
    return scene(head(status, *headers), **PUT)


def get(*headers: tuple[str, str], **params: object) -> Scene:
    """A GET that is answered 200 and allowed."""
    return scene(ok(*headers), **params)


def redirected(*headers: tuple[str, str], target: bytes = b"", **params: object) -> Scene:
    return scene(ok(("Location", CDN), *headers, status=302), target or ok(origin="*"), **params)


SHORT_OF_TRUST = Cookie("sid", "1", "api.other.test", samesite="lax")
OTHER_SITE = "https://api.other.test/orders"

#: Rule -> where it fires, and the nearest scene where it does not.
CASES: dict[str, tuple[Scene, Scene]] = {
    "lint.reflect-any-creds": (get(controls=(control(acao(CANARY), ACAC),)), get(controls=(control(VARY),))),
    "lint.reflect-any": (
        get(controls=(control(acao(CANARY)),)),
        get(controls=(control(acao("*")),)),
    ),
    "lint.null-trusted": (
        scene(ok(origin="null"), origin="null"),
        scene(ok(origin="*"), origin="null"),
    ),
    "lint.scheme-downgrade": (
        scene(ok(ACAC, origin="http://app.example"), origin="http://app.example", **INCLUDE),
        scene(ok(ACAC), **INCLUDE),
    ),
    "lint.localhost-in-prod": (
        scene(ok(origin="http://localhost:3000"), origin="http://localhost:3000", environment="prod-eu"),
        scene(ok(origin="http://localhost:3000"), origin="http://localhost:3000", environment="reproduction"),
    ),
    "lint.staging-in-prod": (
        get(strangers=((APP, "staging"),)),
        get(strangers=(("https://stage.example", "staging"),)),
    ),
    "lint.origin-insensitive-acao": (
        get(controls=(control(acao(APP)),)),
        get(controls=(control(),)),
    ),
    "lint.wildcard-with-acac": (scene(ok(ACAC, origin="*")), scene(ok(ACAC))),
    "lint.acao-multiple": (scene(ok(acao(APP))), scene(ok())),
    "lint.acao-pattern": (scene(ok(origin="https://*.example")), scene(ok(origin="*"))),
    "lint.acao-slash": (scene(ok(origin=APP + "/")), scene(ok())),
    "lint.acao-case": (scene(ok(origin="https://App.example:443")), scene(ok(origin="https://app.example:444"))),
    "lint.acac-not-true": (get(("Access-Control-Allow-Credentials", "True")), get(ACAC)),
    "lint.preflight-actual-disagree": (
        scene(preflight(PUTS, KEPT, origin="*"), ok(), **PUT),
        scene(preflight(PUTS, KEPT), ok(origin=None, status=404), **PUT),
    ),
    "lint.vary-missing": (
        get(controls=(anonymous(),)),
        get(VARY, controls=(anonymous(VARY), control(VARY))),
    ),
    "lint.vary-missing-error": (
        get(VARY, controls=(anonymous(status=401),)),
        get(VARY, controls=(anonymous(VARY, status=401),)),
    ),
    "lint.cache-public-creds": (
        get(ACAC, ("Cache-Control", "max-age=60, public")),
        get(ACAC, ("Cache-Control", "max-age=60, public"), VARY),
    ),
    "lint.errors-without-cors": (
        scene(preflight(TRACE, KEPT), head(401), **TRACED),
        scene(preflight(TRACE, KEPT), ok(status=401), **TRACED),
    ),
    "lint.redirect-without-cors": (
        scene(head(302, ("Location", CDN))),
        scene(head(302, ("Location", CDN), VARY)),
    ),
    "lint.http-url-hsts": (
        scene(
            ok(("Location", API), status=301, origin="*"),
            ok(("Strict-Transport-Security", "max-age=600"), origin="*"),
            url=API.replace("https", "http"),
            origin="http://app.example",
        ),
        get(("Strict-Transport-Security", "max-age=600")),
    ),
    "lint.tainted-null": (redirected(target=ok(origin="null")), redirected()),
    "lint.redirect-target-no-options": (
        scene(
            preflight(TYPE, KEPT),
            ok(("Location", "/done"), status=303),
            head(405),
            engine="firefox",
            **JSON,
        ),
        scene(preflight(TYPE, KEPT), ok(("Location", "/done"), status=303), ok(), **JSON),
    ),
    "lint.redirect-leaks-header": (
        scene(
            preflight(("Access-Control-Allow-Headers", "x-api-key"), KEPT),
            ok(("Location", CDN), status=302),
            preflight(("Access-Control-Allow-Headers", "x-api-key"), KEPT, origin="*"),
            ok(origin="*"),
            headers=[("X-Api-Key", "k")],
        ),
        scene(
            preflight(TRACE, KEPT),
            ok(("Location", CDN), status=302),
            preflight(TRACE, KEPT, origin="*"),
            ok(origin="*"),
            **TRACED,
        ),
    ),
    "lint.options-auth": (refused(401), refused(403, VARY)),
    "lint.options-redirect": (refused(308, ("Location", "/orders/")), refused(500)),
    "lint.options-404-405": (refused(405), refused(403)),
    "lint.options-executes": (refused(415), put()),
    "lint.options-body-slow": (timed(put(), 900.0, 40.0), timed(put(), 12.0, 3.0)),
    "lint.max-age-missing": (scene(preflight(PUTS), ok(), **PUT), put()),
    "lint.max-age-cap": (
        scene(preflight(PUTS, ("Access-Control-Max-Age", "86400")), ok(), **PUT),
        put(),
    ),
    "lint.max-age-invalid": (
        scene(preflight(PUTS, ("Access-Control-Max-Age", "60s")), ok(), **PUT),
        scene(preflight(PUTS, ("Access-Control-Max-Age", "0")), ok(), **PUT),
    ),
    "lint.acam-wildcard-creds": (
        scene(preflight(ACAC, KEPT, ("Access-Control-Allow-Methods", "*")), method="PUT", **INCLUDE),
        put(("Access-Control-Allow-Methods", "*"), credentials="include"),
    ),
    "lint.acah-wildcard-creds": (
        scene(preflight(ACAC, KEPT, ("Access-Control-Allow-Headers", "*")), **TRACED, **INCLUDE),
        scene(preflight(ACAC, KEPT, ("Access-Control-Allow-Headers", "*, X-Trace")), ok(ACAC), **TRACED, **INCLUDE),
    ),
    "lint.aceh-wildcard-creds": (
        get(ACAC, ("Access-Control-Expose-Headers", "*"), **INCLUDE),
        get(("Access-Control-Expose-Headers", "*")),
    ),
    "lint.authorization-wildcard": (
        scene(preflight(KEPT, ("Access-Control-Allow-Headers", "*")), ok(), headers=[("Authorization", "Bearer x")]),
        scene(
            preflight(KEPT, ("Access-Control-Allow-Headers", "*, Authorization")),
            ok(),
            headers=[("Authorization", "Bearer x")],
        ),
    ),
    "lint.acah-wildcard-firefox-cache": (
        scene(preflight(KEPT, ("Access-Control-Allow-Headers", "*")), ok(), **TRACED),
        scene(preflight(KEPT, TRACE), ok(), **TRACED),
    ),
    "lint.acam-case": (
        scene(preflight(KEPT, ("Access-Control-Allow-Methods", "put")), **PUT),
        scene(preflight(KEPT, ("Access-Control-Allow-Methods", "patch, PUT")), ok(), method="patch"),
    ),
    "lint.acam-lists-safelisted": (
        scene(preflight(TRACE, KEPT, ("Access-Control-Allow-Methods", "GET, POST")), ok(), **TRACED),
        scene(preflight(TRACE, KEPT, ("Access-Control-Allow-Methods", "GET, PUT")), ok(), **TRACED),
    ),
    "lint.acam-invalid-token": (
        scene(preflight(KEPT, ("Access-Control-Allow-Methods", "PUT POST")), **PUT),
        put(("Access-Control-Allow-Methods", ",GET,,")),
    ),
    "lint.acah-invalid-token": (
        scene(preflight(PUTS, KEPT, ("Access-Control-Allow-Headers", "x-foo;x")), **PUT),
        put(),
    ),
    "lint.aceh-invalid-token": (
        get(("Access-Control-Expose-Headers", "X-A, bad token")),
        get(("Access-Control-Expose-Headers", "X-A")),
    ),
    "lint.aceh-set-cookie": (
        get(("Access-Control-Expose-Headers", "Set-Cookie")),
        get(("Access-Control-Expose-Headers", "X-Set-Cookie")),
    ),
    "lint.aceh-redundant": (
        get(("Access-Control-Expose-Headers", "content-type")),
        get(("Access-Control-Expose-Headers", "ETag")),
    ),
    "lint.preflight-headers-on-actual": (get(TRACE), scene(ok(TRACE), method="OPTIONS", url=APP + "/x")),
    "lint.expose-on-preflight": (put(("Access-Control-Expose-Headers", "ETag")), put()),
    "lint.cookie-none-insecure": (
        get(("Set-Cookie", "sid=1; SameSite=None")),
        get(("Set-Cookie", "sid=1; SameSite=None; Secure")),
    ),
    "lint.cookie-samesite": (
        scene(ok(ACAC), url=OTHER_SITE, cookies=(SHORT_OF_TRUST,), **INCLUDE),
        scene(
            ok(ACAC),
            url="https://api.app.example/",
            origin=APP,
            cookies=(Cookie("sid", "1", "api.app.example", samesite="lax"),),
            **INCLUDE,
        ),
    ),
    "lint.tls-unverified": (get(tls=Tls(verify=False)), get()),
    "lint.mtls-preflight": (
        scene(NetworkError("tls-failure", "alert"), tls=Tls(cert="client.pem"), **PUT),
        scene(NetworkError("tls-failure", "alert"), **PUT),
    ),
    "lint.lna-target": (
        get(url="http://192.168.0.7/", origin="http://app.example"),
        scene(ok(origin="null"), url="http://192.168.0.7/", origin="null"),
    ),
    "lint.corp-conflict": (
        scene(head(200, ("Cross-Origin-Resource-Policy", "same-origin")), mode="no-cors"),
        get(("Cross-Origin-Resource-Policy", "same-origin")),
    ),
    "lint.private-network-header": (get(("Access-Control-Allow-Private-Network", "true")), get()),
    "lint.tao-wildcard": (get(ACAC, ("Timing-Allow-Origin", "*"), **INCLUDE), get(("Timing-Allow-Origin", "*"))),
}

#: Rules that take requests from forged origins to decide.
PROBING = {"lint.suffix-match", "lint.prefix-regex-dot", "lint.subdomain-any", "lint.port-any"}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires_where_it_holds_and_not_on_the_nearest_right_policy(rule: str) -> None:
    wrong, right = CASES[rule]
    assert rule in fired(wrong)
    assert rule not in fired(right)


def test_every_rule_is_tested_and_every_page_has_its_rule() -> None:
    assert {rule.id for rule in RULES} == set(CASES)
    assert {code for code in pages() if code.startswith("lint.")} == set(CASES) | PROBING


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_and_page_agree_about_the_severity(rule: Rule) -> None:
    assert rule.severity in SEVERITIES
    assert pages()[rule.id].severity == rule.severity


@pytest.mark.parametrize("rule", CASES)
def test_a_finding_names_the_exchange_and_the_header_that_show_it(rule: str) -> None:
    wrong, _ = CASES[rule]
    found = next(finding for finding in findings_of(wrong) if finding["rule"] == rule)
    exchanges = [*wrong.flow.exchanges, *wrong.controls]
    assert found["message"].endswith(".")
    if rule == "lint.lna-target":  # decided by the address alone
        assert found["exchange"] is None
        return
    exchange = exchanges[found["exchange"]]
    silent = {"lint.max-age-missing", "lint.vary-missing", "lint.vary-missing-error", "lint.errors-without-cors"}
    if found["header"] is not None and rule not in silent | {"lint.redirect-without-cors"}:
        heads = [*exchange.request.headers, *(exchange.response.headers if exchange.response is not None else [])]
        assert found["header"].lower() in {name.lower() for name, _ in heads} | {"cookie"}


def test_null_with_credentials_is_critical() -> None:
    assert fired(scene(ok(origin="null"), origin="null"))["lint.null-trusted"] == "high"
    trusted = scene(ok(ACAC, origin="null"), origin="null", **INCLUDE)
    assert fired(trusted)["lint.null-trusted"] == "critical"
    assert findings_of(trusted)[0]["rule"] == "lint.null-trusted"


def test_a_cache_that_hands_on_a_permission_is_no_fixed_origin() -> None:
    handed = get(controls=(control(acao(APP), ("Age", "12")),))
    assert "lint.vary-missing" in fired(handed)
    assert "lint.origin-insensitive-acao" not in fired(handed)


def test_an_error_for_one_requester_and_a_success_for_another_say_nothing_about_vary() -> None:
    assert "lint.vary-missing" not in fired(scene(ok(origin="*"), controls=(anonymous(status=401),)))
    assert "lint.errors-without-cors" in fired(scene(ok(origin="*"), controls=(control(status=401),)))
    assert "lint.errors-without-cors" not in fired(scene(ok(), controls=(control(status=401),)))


def test_a_cookie_that_is_set_for_its_own_site_only_is_told() -> None:
    lost = scene(ok(ACAC, ("Set-Cookie", "sid=1; Secure")), url=OTHER_SITE, **INCLUDE)
    kept = scene(ok(ACAC, ("Set-Cookie", "sid=1; SameSite=None; Secure")), url=OTHER_SITE, **INCLUDE)
    assert "lint.cookie-samesite" in fired(lost)
    assert "lint.cookie-samesite" not in fired(kept)


def test_a_rule_fires_once_however_often_it_holds() -> None:
    rules = [
        finding["rule"] for finding in findings_of(scene(ok(acao(APP)), controls=(control(acao(APP), acao(APP)),)))
    ]
    assert rules.count("lint.acao-multiple") == 1


def test_the_gravest_severity_is_the_last_of_the_scale() -> None:
    assert worst([]) is None
    assert worst([{"severity": "info"}, {"severity": "high"}, {"severity": "error"}]) == "high"
    assert worst([{"severity": "of another version"}]) is None
