"""The closed set of reasons, with the names that the browsers themselves give them.

Chromium: ``Network.CorsError`` of the DevTools protocol, or the net error. Firefox: console category; its documentation
lives under developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/ followed by the name without its trailing digit.
"""

# ruff: noqa: E501 - the table is read across

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal["blocked", "error", "unsent"]

#: Where a flow with the reason can end: local, preflight, actual, redirect.
_PHASES = {"L": "local", "P": "preflight", "A": "actual", "R": "redirect"}

_TABLE = """
# the CORS check, on the preflight and on every other response
acao-missing                  blocked cors.check.acao-present      AR   MissingAllowOriginHeader             CORSMissingAllowOrigin2
acao-missing-preflight        blocked cors.check.acao-present      P    PreflightMissingAllowOriginHeader    CORSMissingAllowOrigin2
acao-multiple                 blocked cors.check.acao-single       AR   MultipleAllowOriginValues            CORSMultipleAllowOriginNotAllowed
acao-multiple-preflight       blocked cors.check.acao-single       P    PreflightMultipleAllowOriginValues   CORSMultipleAllowOriginNotAllowed
acao-invalid                  blocked cors.check.acao-match        AR   InvalidAllowOriginValue              CORSAllowOriginNotMatchingOrigin
acao-invalid-preflight        blocked cors.check.acao-match        P    PreflightInvalidAllowOriginValue     CORSAllowOriginNotMatchingOrigin
acao-mismatch                 blocked cors.check.acao-match        AR   AllowOriginMismatch                  CORSAllowOriginNotMatchingOrigin
acao-mismatch-preflight       blocked cors.check.acao-match        P    PreflightAllowOriginMismatch         CORSAllowOriginNotMatchingOrigin
acao-mismatch-tainted         blocked redirect.taint               R    AllowOriginMismatch                  CORSAllowOriginNotMatchingOrigin
acao-wildcard-creds           blocked cors.check.acao-wildcard     AR   WildcardOriginNotAllowed             CORSNotSupportingCredentials
acao-wildcard-creds-preflight blocked cors.check.acao-wildcard     P    PreflightWildcardOriginNotAllowed    CORSNotSupportingCredentials
acac-not-true                 blocked cors.check.acac              AR   InvalidAllowCredentials              CORSMissingAllowCredentials
acac-not-true-preflight       blocked cors.check.acac              P    PreflightInvalidAllowCredentials     CORSMissingAllowCredentials
# the preflight
preflight-status              blocked cors.preflight.status        P    PreflightInvalidStatus               CORSPreflightDidNotSucceed3
preflight-redirect            blocked cors.preflight.redirect      P    PreflightDisallowedRedirect          CORSExternalRedirectNotAllowed
acam-unparseable              blocked cors.preflight.acam-parse    P    InvalidAllowMethodsPreflightResponse CORSInvalidAllowMethod
acah-unparseable              blocked cors.preflight.acah-parse    P    InvalidAllowHeadersPreflightResponse CORSInvalidAllowHeader
method-not-allowed            blocked cors.preflight.method        P    MethodDisallowedByPreflightResponse  CORSMethodNotFound
header-not-allowed            blocked cors.preflight.headers       P    HeaderDisallowedByPreflightResponse  CORSMissingAllowHeaderFromPreflight2
authorization-by-wildcard     blocked cors.preflight.authorization P    -                                    -
# before anything is sent
mode-same-origin-blocked      blocked main.mode-same-origin        LR   DisallowedByMode                     -
no-cors-redirect-mode         blocked main.no-cors                 L    NoCorsRedirectModeNotFollow          -
scheme-not-cors               blocked main.scheme                  LR   CorsDisabledScheme                   CORSRequestNotHttp
mixed-content                 blocked net.mixed-content            LR   mixed-content                        Mixed Content Blocker
bad-port                      blocked net.bad-port                 LR   ERR_UNSAFE_PORT                      CORSDidNotSucceed2
lna-denied                    blocked net.lna                      LPAR LocalNetworkAccessPermissionDenied   -
lna-insecure-context          blocked net.lna                      LPAR InsecureLocalNetwork                 -
method-forbidden              blocked req.method.forbidden         L    -                                    -
method-invalid                blocked req.method.forbidden         L    -                                    -
method-no-cors                blocked req.method.forbidden         L    -                                    -
header-invalid                blocked req.header.forbidden         L    -                                    -
url-invalid                   blocked req.url.credentials          L    -                                    -
url-credentials               blocked req.url.credentials          L    -                                    -
body-not-allowed              blocked req.method.forbidden         L    -                                    -
keepalive-limit               blocked actual.keepalive             L    ERR_FAILED                           -
# redirects
redirect-has-credentials      blocked redirect.credentials         R    RedirectContainsCredentials          CORSDidNotSucceed2
redirect-limit                blocked redirect.limit               R    ERR_TOO_MANY_REDIRECTS               CORSDidNotSucceed2
redirect-mode-error           blocked redirect.mode                R    ERR_FAILED                           CORSDidNotSucceed2
redirect-bad-location         blocked redirect.location            R    ERR_UNSAFE_REDIRECT                  CORSDidNotSucceed2
# responses
corp-blocked                  blocked actual.corp                  AR   ERR_BLOCKED_BY_RESPONSE              COEP
mime-blocked                  blocked actual.mime                  AR   -                                    CORSDidNotSucceed2
orb-blocked                   blocked actual.orb                   AR   ERR_BLOCKED_BY_ORB                   ORB
auth-prompt                   blocked actual.auth-401              AR   -                                    -
engine-refused                blocked engine.refused               LPAR -                                    -
# the network
dns-failure                   error   cors.preflight.network       LPAR ERR_NAME_NOT_RESOLVED                CORSDidNotSucceed2
connection-refused            error   cors.preflight.network       PAR  ERR_CONNECTION_REFUSED               CORSDidNotSucceed2
connection-reset              error   cors.preflight.network       PAR  ERR_CONNECTION_RESET                 CORSDidNotSucceed2
connect-timeout               error   cors.preflight.network       PAR  ERR_CONNECTION_TIMED_OUT             CORSDidNotSucceed2
timeout                       error   cors.preflight.network       PAR  ERR_TIMED_OUT                        CORSDidNotSucceed2
tls-failure                   error   cors.preflight.network       PAR  ERR_SSL_PROTOCOL_ERROR               CORSDidNotSucceed2
malformed-response            error   cors.preflight.network       PAR  ERR_INVALID_HTTP_RESPONSE            CORSDidNotSucceed2
proxy-failure                 error   cors.preflight.network       PAR  ERR_PROXY_CONNECTION_FAILED          CORSDidNotSucceed2
cancelled                     error   cors.preflight.network       LPAR ERR_ABORTED                          -
# held back by corstui itself
held-after-preflight          unsent  hold.writes                  PAR  -                                    -
held-no-preflight             unsent  hold.writes                  LAR  -                                    -
held-secret                   unsent  hold.secret                  PAR  -                                    -
held-budget                   unsent  hold.budget                  PAR  -                                    -
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """``step``: the id of the step that decides; ``phases``: where a flow with this reason can end.

    ``chromium`` and ``firefox`` are None where the browser has no name for it.
    """

    code: str
    kind: Kind
    step: str
    phases: tuple[str, ...]
    chromium: str | None
    firefox: str | None


def _reason(line: str) -> Reason:
    code, kind, step, phases, chromium, firefox = line.split(maxsplit=5)
    names = [None if name == "-" else name for name in (chromium, firefox)]
    return Reason(code, cast(Kind, kind), step, tuple(_PHASES[letter] for letter in phases), *names)


REASONS = {row.code: row for row in map(_reason, (line for line in _TABLE.splitlines() if line and line[0] != "#"))}
