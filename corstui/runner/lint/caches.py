"""Rules about Vary and shared caches. What depends on Origin shows only where several requesters were answered."""

from __future__ import annotations

from collections.abc import Iterator

from corstui.fetch.origin import parse_origin
from corstui.runner.lint.scene import ACAC, ACAO, VARY, Answer, Hit, Rule, Scene


def _cacheable(scene: Scene) -> list[Answer]:
    """Answers for the endpoint's own URL that a cache could keep, each to another requester."""
    return [
        each for each in scene.readable if each.exchange.hop == 0 and each.exchange.request.method in ("GET", "HEAD")
    ]


def vary_missing(scene: Scene) -> Iterator[Hit]:
    # an error without CORS headers beside a success with them says nothing about Origin
    by_class: dict[int, list[Answer]] = {}
    for answer in _cacheable(scene):
        by_class.setdefault(answer.response.status // 100, []).append(answer)
    for alike in by_class.values():
        values = list(dict.fromkeys(each.allow_origin or "absent" for each in alike))
        lacking = next((each for each in alike if not each.varies), None)
        if len(values) > 1 and lacking is not None:
            said = f"{ACAO} depends on the requester ({', '.join(values)})"
            yield Hit(f"{said}, and Vary: Origin is missing {_where(lacking)}.", lacking.index)
    yield from _handed_on(scene)


def _where(answer: Answer) -> str:
    if not answer.is_control:
        return f"on the {answer.kind}"
    return "without an Origin" if answer.asked("Origin") is None else "for an origin that is not allowed"


def _handed_on(scene: Scene) -> Iterator[Hit]:
    """A cache that gives one origin's permission to another."""
    canary = scene.canary
    if canary is None or not canary.from_cache or canary.varies:
        return
    value = canary.allow_origin or ""
    if value not in ("*", "null", canary.asked("Origin")) and parse_origin(value) is not None:
        yield Hit(f"A cache hands an origin made up for this run the answer for {value}.", canary.index)


def vary_missing_on_errors(scene: Scene) -> Iterator[Hit]:
    answers = _cacheable(scene)
    if not any(each.is_ok and each.varies and each.allow_origin != "*" for each in answers):
        return
    for answer in answers:
        if answer.response.status >= 300 and not answer.varies and answer.allow_origin != "*":
            said = f"{answer.response.status} comes without Vary: Origin; successful answers have it."
            yield Hit(said, answer.index)


def public_with_credentials(scene: Scene) -> Iterator[Hit]:
    for answer in scene.readable:
        directives = [part.strip().lower() for part in (answer.value("Cache-Control") or "").split(",")]
        if "public" in directives and answer.has_credentials and not answer.varies:
            yield Hit(f"{ACAC}: true goes with Cache-Control: {answer.value('Cache-Control')}.", answer.index)


RULES = (
    Rule("lint.vary-missing", "high", VARY, vary_missing, without=True),
    Rule("lint.cache-public-creds", "high", "Cache-Control", public_with_credentials),
    Rule("lint.vary-missing-error", "medium", VARY, vary_missing_on_errors),
)
