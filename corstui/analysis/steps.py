"""The steps of the standards that checks refer to: what each demands, in a few words, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass

_FETCH = "https://fetch.spec.whatwg.org/"
_MIXED = "https://w3c.github.io/webappsec-mixed-content/"
_EXPOSE = f"{_FETCH}#http-access-control-expose-headers"


@dataclass(frozen=True, slots=True)
class Step:
    """``rule`` says what must hold; ``link`` is where the standard says so, None for a rule of corstui or an engine."""

    id: str
    rule: str
    link: str | None


_ROWS = (
    Step("req.method.forbidden", "script may use this method", f"{_FETCH}#dom-request"),
    Step("req.method.normalize", "the method is normalised", f"{_FETCH}#concept-method-normalize"),
    Step("req.mode", "script may use this mode", f"{_FETCH}#dom-request"),
    Step("req.url.credentials", "the URL is valid and has no user name", f"{_FETCH}#dom-request"),
    Step("req.header.forbidden", "script may set these headers", f"{_FETCH}#forbidden-request-header"),
    Step("req.cache.only-if-cached", "the HTTP cache holds an answer", f"{_FETCH}#http-network-or-cache-fetch"),
    Step("net.bad-port", "the port is not a blocked one", f"{_FETCH}#port-blocking"),
    Step("net.mixed-content", "a secure page loads over https", f"{_MIXED}#should-block-fetch"),
    Step("net.lna", "the page may reach the local network", "https://wicg.github.io/local-network-access/"),
    Step("main.mode-same-origin", "the URL is of the page's own origin", f"{_FETCH}#main-fetch"),
    Step("main.same-origin", "the page's own origin needs no CORS", f"{_FETCH}#main-fetch"),
    Step("main.cors", "another origin is asked with CORS", f"{_FETCH}#main-fetch"),
    Step("main.scheme", "the scheme takes part in CORS", f"{_FETCH}#main-fetch"),
    Step("main.no-cors", "a no-cors request follows redirects", f"{_FETCH}#main-fetch"),
    Step("cors.preflight.needed", "a preflight asks for what is not safelisted", f"{_FETCH}#main-fetch"),
    Step("cors.preflight.cache-store", "a kept preflight result is used", f"{_FETCH}#cors-preflight-cache"),
    Step("cors.preflight.network", "an answer arrives", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.redirect", "the preflight is not redirected", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.status", "the preflight is answered 200-299", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.acam-parse", "Access-Control-Allow-Methods can be read", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.acah-parse", "Access-Control-Allow-Headers can be read", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.method", "the method is allowed", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.authorization", "Authorization is allowed by name", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.preflight.headers", "the request headers are allowed", f"{_FETCH}#cors-preflight-fetch"),
    Step("cors.check.acao-present", "Access-Control-Allow-Origin is there", f"{_FETCH}#cors-check"),
    Step("cors.check.acao-single", "Access-Control-Allow-Origin has one value", f"{_FETCH}#cors-check"),
    Step("cors.check.acao-wildcard", "* is not used with credentials", f"{_FETCH}#cors-check"),
    Step("cors.check.acao-match", "Access-Control-Allow-Origin is this origin", f"{_FETCH}#cors-check"),
    Step("cors.check.acac", "Access-Control-Allow-Credentials is true", f"{_FETCH}#cors-check"),
    Step("actual.auth-401", "no login dialog opens", f"{_FETCH}#http-network-or-cache-fetch"),
    Step("actual.credentials", "cookies go as mode and site allow", f"{_FETCH}#http-network-or-cache-fetch"),
    Step("actual.keepalive", "keepalive bodies in flight fit in 64 KiB", f"{_FETCH}#http-network-or-cache-fetch"),
    Step("actual.corp", "Cross-Origin-Resource-Policy allows it", f"{_FETCH}#cross-origin-resource-policy-check"),
    Step("actual.mime", "the content type is one the initiator takes", f"{_FETCH}#concept-header-extract-mime-type"),
    Step("actual.orb", "the content may be shown to another origin at all", f"{_FETCH}#orb"),
    Step("expose.list", "Access-Control-Expose-Headers can be read", _EXPOSE),
    Step("expose.wildcard", "* exposes headers without credentials only", _EXPOSE),
    Step(
        "redirect.taint", "Access-Control-Allow-Origin fits the origin null", f"{_FETCH}#concept-request-tainted-origin"
    ),
    Step("redirect.location", "Location is an http or https URL", f"{_FETCH}#http-redirect-fetch"),
    Step("redirect.method", "some redirects turn the request into a GET", f"{_FETCH}#http-redirect-fetch"),
    Step("redirect.auth-strip", "Authorization stays with its origin", f"{_FETCH}#http-redirect-fetch"),
    Step("redirect.limit", "at most 20 redirects", f"{_FETCH}#http-redirect-fetch"),
    Step("redirect.mode", "script asked for redirects to be followed", f"{_FETCH}#http-redirect-fetch"),
    Step("redirect.credentials", "Location has no user name or password", f"{_FETCH}#http-redirect-fetch"),
    Step("engine.refused", "the engine itself agrees", None),
    Step("hold.writes", "the profile lets this method out", None),
    Step("hold.secret", "a secret goes only to origins that the profile names", None),
    Step("hold.budget", "the run's budget of requests is not used up", None),
)

STEPS = {row.id: row for row in _ROWS}


def step(id: str) -> Step:
    """The step of this id; an id without a row gives one that speaks for itself."""
    return STEPS.get(id) or Step(id, id, None)
