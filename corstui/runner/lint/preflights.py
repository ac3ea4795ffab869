"""Rules about how OPTIONS is answered, and for how long browsers keep the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corstui.runner.lint.scene import MAX_AGE, Answer, Hit, Rule, Scene

#: The longest that each engine keeps a preflight's answer, in seconds (measured).
CAPS = {"WebKit": 600, "Chromium": 7200, "Firefox": 86400}
#: A preflight that takes less, in milliseconds, is nothing to write about.
_SLOW = 200.0
#: What servers answer to an OPTIONS that they treat as a request with a body, or as one that makes something.
_EXECUTED = frozenset({201, 411, 415, 422})


def max_age_missing(scene: Scene) -> Iterator[Hit]:
    for answer in scene.consents:
        if answer.value(MAX_AGE) is None:
            yield Hit(f"The preflight has no {MAX_AGE}: browsers keep it for 5 seconds.", answer.index)


def max_age_cap(scene: Scene) -> Iterator[Hit]:
    for answer in scene.consents:
        seconds = _seconds(answer)
        cut = [f"{name} to {cap}" for name, cap in CAPS.items() if seconds is not None and seconds > cap]
        if cut:
            yield Hit(f"{MAX_AGE}: {seconds} is cut down by {', by '.join(cut)} seconds.", answer.index)


def max_age_invalid(scene: Scene) -> Iterator[Hit]:
    for answer in scene.consents:
        value = answer.value(MAX_AGE)
        if value is not None and _seconds(answer) is None:
            yield Hit(f"{MAX_AGE}: {value or '(empty)'} is no whole number of seconds.", answer.index)


def _seconds(answer: Answer) -> int | None:
    value = answer.value(MAX_AGE)
    return int(value) if value is not None and re.fullmatch("[0-9]{1,18}", value) else None


def _answered_by(statuses: Callable[[Answer], bool]) -> Callable[[Scene], Iterator[Hit]]:
    """A rule about preflights with certain statuses."""

    def look(scene: Scene) -> Iterator[Hit]:
        for answer in scene.preflights:
            if statuses(answer):
                said = f"{answer.response.status} {answer.response.reason}".strip()
                yield Hit(f"OPTIONS is answered {said}.", answer.index)

    return look


def _wants_login(answer: Answer) -> bool:
    # some CORS layers say 403 to an origin that they do not know
    return answer.response.status == 401 or (answer.response.status == 403 and not answer.refuses_origin)


def body_slow(scene: Scene) -> Iterator[Hit]:
    for answer in scene.consents:
        actual = next((each for each in scene.actuals if each.exchange.hop == answer.exchange.hop), None)
        took = answer.exchange.timing.total
        against = actual.exchange.timing.total if actual is not None else None
        if took is not None and against is not None and took >= _SLOW and took > against:
            yield Hit(f"The preflight took {took:.0f} ms, its request {against:.0f} ms.", answer.index)


RULES = (
    Rule("lint.options-auth", "high", None, _answered_by(_wants_login)),
    Rule(
        "lint.options-redirect",
        "high",
        "Location",
        _answered_by(lambda each: 300 <= each.response.status <= 399),
        without=True,
    ),
    Rule("lint.options-404-405", "high", None, _answered_by(lambda each: each.response.status in (404, 405))),
    Rule("lint.options-executes", "high", None, _answered_by(lambda each: each.response.status in _EXECUTED)),
    Rule("lint.max-age-invalid", "warning", MAX_AGE, max_age_invalid),
    Rule("lint.max-age-cap", "info", MAX_AGE, max_age_cap),
    Rule("lint.max-age-missing", "info", MAX_AGE, max_age_missing, without=True),
    Rule("lint.options-body-slow", "info", None, body_slow),
)
