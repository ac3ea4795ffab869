"""Rules about answers that a gateway or framework gives by itself: errors and redirects."""

from __future__ import annotations

from collections.abc import Iterator

from corstui.fetch.origin import origin_of
from corstui.fetch.url import Url, parse
from corstui.profile.secrets import is_secret_name
from corstui.runner.lint.scene import ACAO, Hit, Rule, Scene


def errors_without_cors(scene: Scene) -> Iterator[Hit]:
    allowed = next((each for each in scene.own if each.is_ok and each.allow_origin is not None), None)
    if allowed is None:
        return
    # an origin that nobody knows may well be left without the header, unless everybody gets it
    compared = scene.answers if allowed.allow_origin == "*" else scene.own
    for answer in compared:
        if answer.response.status >= 400 and answer.allow_origin is None and not answer.is_preflight:
            yield Hit(f"{answer.response.status} comes without {ACAO}; the {allowed.kind} has it.", answer.index)


def redirect_without_cors(scene: Scene) -> Iterator[Hit]:
    checked = {
        check.exchange for check in scene.flow.checks if check.id == "cors.check.acao-present" and not check.passed
    }
    for answer in scene.actuals:
        if answer.is_redirect and answer.index in checked and (scene.consents or not answer.refuses_origin):
            yield Hit(f"The {answer.response.status} to {answer.value('Location')} has no {ACAO}.", answer.index)


def tainted_null(scene: Scene) -> Iterator[Hit]:
    if scene.flow.verdict != "allowed" or scene.origin == "null" or not scene.actuals:
        return
    final = scene.actuals[-1]
    if final.asked("Origin") == "null" and final.allow_origin == "null":
        yield Hit("The redirect made the page's origin null, and the target allows just that.", final.index)


def target_without_options(scene: Scene) -> Iterator[Hit]:
    for answer in scene.preflights:
        first = scene.own[0].asked("Access-Control-Request-Method") or scene.own[0].exchange.request.method
        rewritten = answer.exchange.hop > 0 and answer.asked("Access-Control-Request-Method") == "GET" != first
        if rewritten and (not answer.is_ok or answer.allow_origin is None):
            said = f"The redirect's target answers the second preflight {answer.response.status}"
            yield Hit(f"{said}; Chromium does not send it.", answer.index)


def leaks_header(scene: Scene) -> Iterator[Hit]:
    home = parse(scene.planned.url)
    for index, exchange in enumerate(scene.flow.exchanges):
        target = parse(exchange.request.url)
        if exchange.hop == 0 or exchange.phase == "preflight" or _same(home, target):
            continue
        names = [name for name, _ in exchange.request.headers if is_secret_name(name)]
        taken = [name for name in names if name.lower() not in ("authorization", "cookie")]
        if taken and target is not None:
            yield Hit(f"{', '.join(taken)} went along to {origin_of(target)}.", index, taken[0])


def _same(home: Url | None, target: Url | None) -> bool:
    return home is None or target is None or origin_of(home) == origin_of(target)


def http_on_hsts_host(scene: Scene) -> Iterator[Hit]:
    url = parse(scene.planned.url)
    if url is None or url.scheme != "http":
        return
    for answer in scene.answers:
        target = parse(answer.exchange.request.url)
        secure = target is not None and target.scheme == "https" and target.host == url.host
        if secure and answer.value("Strict-Transport-Security") is not None:
            yield Hit(f"{url.host} sends Strict-Transport-Security, and the profile calls it by http.", answer.index)


RULES = (
    Rule("lint.errors-without-cors", "high", ACAO, errors_without_cors),
    Rule("lint.redirect-without-cors", "high", ACAO, redirect_without_cors, without=True),
    Rule("lint.http-url-hsts", "high", "Strict-Transport-Security", http_on_hsts_host),
    Rule("lint.tainted-null", "warning", ACAO, tainted_null),
    Rule("lint.redirect-target-no-options", "warning", None, target_without_options),
    Rule("lint.redirect-leaks-header", "warning", None, leaks_header),
)
