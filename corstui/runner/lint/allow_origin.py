"""Rules about whom Access-Control-Allow-Origin lets in, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corstui.fetch.network import is_loopback
from corstui.fetch.origin import parse_origin
from corstui.fetch.url import parse
from corstui.runner.lint.scene import ACAC, ACAO, Answer, Hit, Rule, Scene

#: Names of environments that real users depend on.
_PRODUCTION = re.compile(r"(?<![a-z])(prod|production|live)(?![a-z])", re.IGNORECASE)


def reflect_any_creds(scene: Scene) -> Iterator[Hit]:
    yield from _reflected(scene, credentials=True)


def reflect_any(scene: Scene) -> Iterator[Hit]:
    yield from _reflected(scene, credentials=False)


def _reflected(scene: Scene, *, credentials: bool) -> Iterator[Hit]:
    canary = scene.canary
    if canary is None or canary.allow_origin != canary.asked("Origin") or canary.has_credentials != credentials:
        return
    also = f", with {ACAC}: true" if credentials else ""
    yield Hit(f"The {canary.kind} echoes {canary.asked('Origin')}, an origin made up for this run{also}.", canary.index)


def null_trusted(scene: Scene) -> Iterator[Hit]:
    for answer, value in scene.singles:
        if value == "null":
            severity = "critical" if answer.has_credentials else None
            also = f", with {ACAC}: true" if answer.has_credentials else ""
            yield Hit(f"The {answer.kind} allows the origin null{also}.", answer.index, severity=severity)


def origin_insensitive(scene: Scene) -> Iterator[Hit]:
    canary = scene.canary
    if canary is None or canary.from_cache or canary.has_list:
        return
    value = canary.allow_origin
    if value not in (None, "*", "null", canary.asked("Origin")) and parse_origin(value or "") is not None:
        yield Hit(f"An origin made up for this run is answered {ACAO}: {value}, as everybody is.", canary.index)


def wildcard_with_acac(scene: Scene) -> Iterator[Hit]:
    for answer, value in scene.singles:
        if value == "*" and answer.has_credentials:
            yield Hit(f"The {answer.kind} has {ACAO}: * and {ACAC}: true.", answer.index)


def multiple(scene: Scene) -> Iterator[Hit]:
    for answer in scene.answers:
        if answer.allow_origin is not None and answer.has_list:
            yield Hit(f"The {answer.kind} has {ACAO}: {' | '.join(answer.lines(ACAO))}.", answer.index)


def pattern(scene: Scene) -> Iterator[Hit]:
    for answer, value in scene.singles:
        if "*" in value and value != "*":
            yield Hit(f"The {answer.kind} has {ACAO}: {value}, which matches no origin.", answer.index)


def slash(scene: Scene) -> Iterator[Hit]:
    for answer, value in scene.singles:
        if "*" not in value and re.search("[/?#]", value.partition("://")[2]) and parse(value) is not None:
            yield Hit(f"The {answer.kind} has {ACAO}: {value}; an origin ends before its path.", answer.index)


def case(scene: Scene) -> Iterator[Hit]:
    for answer, value in scene.singles:
        origin = parse_origin(value)
        if origin is not None and "*" not in value and value != str(origin):
            yield Hit(f"The {answer.kind} has {ACAO}: {value}; browsers write {origin}.", answer.index)


def acac_not_true(scene: Scene) -> Iterator[Hit]:
    for answer in scene.answers:
        value = answer.value(ACAC)
        if value not in (None, "true"):
            yield Hit(f"The {answer.kind} has {ACAC}: {value or '(empty)'}.", answer.index)


def preflight_actual_disagree(scene: Scene) -> Iterator[Hit]:
    consent = next((each for each in scene.consents if each.exchange.hop == 0), None)
    actual = next((each for each in scene.actuals if each.exchange.hop == 0), None)
    if consent is None or actual is None or (actual.allow_origin is None and not actual.is_ok):
        return  # errors and redirects without any CORS header have rules of their own
    for name in (ACAO, ACAC):
        before, after = (each.value(name) for each in (consent, actual))
        if before != after:
            said = f"{name} is {before or 'absent'} on the preflight and {after or 'absent'} on the answer."
            yield Hit(said, actual.index, name)


def _granted(scene: Scene) -> Iterator[Answer]:
    """The flow's answers that let the page's own origin in by name."""
    return (answer for answer, value in scene.singles if value == scene.origin and not answer.is_control)


def localhost_in_production(scene: Scene) -> Iterator[Hit]:
    page, target = parse(scene.origin), parse(scene.planned.url)
    if page is None or target is None or page.scheme != "http" or not is_loopback(page.host):
        return
    environment = scene.planned.key.environment
    if is_loopback(target.host) or not _PRODUCTION.search(environment):
        return
    for answer in _granted(scene):
        yield Hit(f"The {answer.kind} of {environment} lets {scene.origin} in.", answer.index)


def scheme_downgrade(scene: Scene) -> Iterator[Hit]:
    page, target = parse(scene.origin), parse(scene.planned.url)
    if page is None or target is None or (page.scheme, target.scheme) != ("http", "https") or is_loopback(page.host):
        return
    for answer in _granted(scene):
        if answer.has_credentials:
            yield Hit(f"The https {answer.kind} lets {scene.origin} in, with credentials.", answer.index)


def staging_in_prod(scene: Scene) -> Iterator[Hit]:
    homes = dict(scene.planned.strangers)
    for answer, value in scene.singles:
        if value in homes:
            said = f"The {answer.kind} of {scene.planned.key.environment} lets {value} of {homes[value]} in."
            yield Hit(said, answer.index)


RULES = (
    Rule("lint.reflect-any-creds", "critical", ACAO, reflect_any_creds),
    Rule("lint.reflect-any", "high", ACAO, reflect_any),
    Rule("lint.null-trusted", "high", ACAO, null_trusted),
    Rule("lint.scheme-downgrade", "high", ACAO, scheme_downgrade),
    Rule("lint.localhost-in-prod", "medium", ACAO, localhost_in_production),
    Rule("lint.wildcard-with-acac", "medium", ACAC, wildcard_with_acac),
    Rule("lint.acao-multiple", "error", ACAO, multiple),
    Rule("lint.acao-pattern", "error", ACAO, pattern),
    Rule("lint.acao-slash", "error", ACAO, slash),
    Rule("lint.acao-case", "error", ACAO, case),
    Rule("lint.acac-not-true", "error", ACAC, acac_not_true),
    Rule("lint.preflight-actual-disagree", "warning", ACAO, preflight_actual_disagree),
    Rule("lint.origin-insensitive-acao", "warning", ACAO, origin_insensitive),
    Rule("lint.staging-in-prod", "warning", ACAO, staging_in_prod),
)
