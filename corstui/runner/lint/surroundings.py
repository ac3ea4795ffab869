"""Rules about what stands around CORS: cookies, TLS, the local network, embedding and timing."""

from __future__ import annotations

from collections.abc import Iterator

from corstui.fetch.origin import origin_of, parse_origin, same_site
from corstui.fetch.set_cookie import SetCookie, parse_set_cookie
from corstui.fetch.url import parse
from corstui.runner.lint.scene import Answer, Hit, Rule, Scene

_PRIVATE_NETWORK = "Access-Control-Allow-Private-Network"
_CORP = "Cross-Origin-Resource-Policy"
_TAO = "Timing-Allow-Origin"


def tls_unverified(scene: Scene) -> Iterator[Hit]:
    if scene.planned.deployment.tls.verify:
        return
    for index, exchange in enumerate(scene.flow.exchanges):
        if exchange.request.url.startswith("https:"):
            said = "The certificate was not verified (tls verify: false). A browser would refuse one that it does not"
            yield Hit(f"{said} trust.", index)


def mtls_preflight(scene: Scene) -> Iterator[Hit]:
    has_certificate = scene.planned.deployment.tls.cert is not None
    for index, exchange in enumerate(scene.flow.exchanges):
        error = exchange.error
        if exchange.phase != "preflight" or error is None or error.code != "tls-failure":
            continue
        if has_certificate or "certificate required" in error.message.lower():
            yield Hit("The preflight, which never carries a client certificate, failed in TLS.", index)


def local_network(scene: Scene) -> Iterator[Hit]:
    # where the page of an opaque origin comes from is not known
    if "local-network-prompt" in scene.flow.notes and scene.origin != "null":
        yield Hit("Local network: Chromium asks the user first; taken as granted here.")


def private_network_header(scene: Scene) -> Iterator[Hit]:
    for answer in scene.answers:
        if answer.value(_PRIVATE_NETWORK) is not None:
            yield Hit(f"The {answer.kind} has {_PRIVATE_NETWORK}, which no browser asks for any more.", answer.index)


def cookie_samesite(scene: Scene) -> Iterator[Hit]:
    if not (scene.with_credentials and scene.flow.verdict == "allowed"):
        return
    for index, exchange in enumerate(scene.flow.exchanges):
        stayed = [name for name, reason in exchange.withheld_cookies if reason.startswith("samesite")]
        if stayed:
            said = f"{', '.join(stayed)} stayed behind: the request is cross-site, and SameSite keeps it at home."
            yield Hit(said, index, "Cookie")
    for answer in scene.actuals:
        lost = [cookie.name for cookie in _cookies(answer) if cookie.samesite != "none"]
        if lost and _is_cross_site(scene, answer):
            said = f"{', '.join(lost)} is set without SameSite=None, and so does not go with cross-site requests."
            yield Hit(said, answer.index)


def cookie_none_insecure(scene: Scene) -> Iterator[Hit]:
    for answer in scene.answers:
        names = [cookie.name for cookie in _cookies(answer) if cookie.samesite == "none" and not cookie.secure]
        if names:
            yield Hit(f"{', '.join(names)} is set with SameSite=None and without Secure.", answer.index)


def _cookies(answer: Answer) -> list[SetCookie]:
    return [cookie for text in answer.lines("Set-Cookie") if (cookie := parse_set_cookie(text, 0.0)) is not None]


def _is_cross_site(scene: Scene, answer: Answer) -> bool:
    page, target = parse_origin(scene.origin), parse(answer.exchange.request.url)
    return page is not None and target is not None and not same_site(page, origin_of(target))


def tao_wildcard(scene: Scene) -> Iterator[Hit]:
    for answer in scene.actuals:
        directives = [part.strip().lower() for part in (answer.value("Cache-Control") or "").split(",")]
        private = scene.with_credentials or "private" in directives or answer.asked("Authorization") is not None
        if private and answer.value(_TAO) == "*":
            yield Hit(f"{_TAO}: * on an answer that is not for everybody.", answer.index)


def corp_conflict(scene: Scene) -> Iterator[Hit]:
    if scene.flow.reason == "corp-blocked" and scene.own:
        last = scene.own[-1]
        yield Hit(f"{_CORP}: {last.value(_CORP)} keeps {scene.origin} from embedding it.", last.index)


RULES = (
    Rule("lint.cookie-none-insecure", "error", "Set-Cookie", cookie_none_insecure),
    Rule("lint.cookie-samesite", "warning", "Set-Cookie", cookie_samesite, without=True),
    Rule("lint.tls-unverified", "warning", None, tls_unverified),
    Rule("lint.mtls-preflight", "warning", None, mtls_preflight),
    Rule("lint.lna-target", "warning", None, local_network),
    Rule("lint.corp-conflict", "warning", _CORP, corp_conflict),
    Rule("lint.private-network-header", "info", _PRIVATE_NETWORK, private_network_header),
    Rule("lint.tao-wildcard", "info", _TAO, tao_wildcard),
)
