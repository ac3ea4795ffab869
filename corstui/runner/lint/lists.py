"""Rules about the lists of methods and header names, and about headers that stand where nobody reads them."""

from __future__ import annotations

from collections.abc import Iterator

from corstui.fetch.headers import RESPONSE_SAFELIST
from corstui.fetch.methods import SAFELISTED
from corstui.runner.lint.scene import ACAH, ACAM, ACEH, MAX_AGE, Answer, Hit, Rule, Scene

_STANDARD = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_NEVER_EXPOSED = frozenset({"set-cookie", "set-cookie2"})


def _asked_method(answer: Answer) -> str:
    return answer.asked("Access-Control-Request-Method") or ""


def acam_wildcard(scene: Scene) -> Iterator[Hit]:
    if not scene.with_credentials:
        return
    for answer in scene.preflights:
        tokens = set(answer.tokens(ACAM) or ())
        if "*" in tokens and (tokens == {"*"} or _asked_method(answer) not in tokens | SAFELISTED):
            yield Hit(f"{ACAM}: {answer.value(ACAM)} allows no further method with credentials.", answer.index)


def acah_wildcard(scene: Scene) -> Iterator[Hit]:
    if not scene.with_credentials:
        return
    for answer in scene.preflights:
        tokens = {token.lower() for token in answer.tokens(ACAH) or ()}
        asked = set(filter(None, (answer.asked("Access-Control-Request-Headers") or "").split(",")))
        if "*" in tokens and (tokens == {"*"} or asked - tokens):
            yield Hit(f"{ACAH}: {answer.value(ACAH)} allows no further header with credentials.", answer.index)


def aceh_wildcard(scene: Scene) -> Iterator[Hit]:
    if not scene.with_credentials:
        return
    for answer in scene.actuals:
        if "*" in (answer.tokens(ACEH) or ()):
            yield Hit(f"{ACEH}: {answer.value(ACEH)} exposes no further header with credentials.", answer.index)


def wildcard_not_kept(scene: Scene) -> Iterator[Hit]:
    if scene.with_credentials:
        return
    for answer in scene.consents:
        for name in (ACAM, ACAH):
            if "*" in (answer.tokens(name) or ()):
                yield Hit(f"Firefox never finds {name}: * in its preflight cache again.", answer.index, name)


def authorization_wildcard(scene: Scene) -> Iterator[Hit]:
    if "authorization-by-wildcard" in scene.flow.notes:
        index = next((each.index for each in scene.preflights if "*" in (each.tokens(ACAH) or ())), None)
        yield Hit(
            f"Authorization is allowed only by *, against the standard: name it in {ACAH}.",
            index,
        )


def acam_case(scene: Scene) -> Iterator[Hit]:
    for answer in scene.all_preflights:
        tokens = [each for each in answer.tokens(ACAM) or () if each != _asked_method(answer)]
        wrong = [each for each in tokens if each not in _STANDARD and each.upper() in _STANDARD]
        if wrong:
            yield Hit(
                f"{ACAM} lists {', '.join(wrong)}; script's requests say {', '.join(wrong).upper()}.", answer.index
            )


def acam_lists_safelisted(scene: Scene) -> Iterator[Hit]:
    for answer in scene.consents:
        tokens, asked = set(answer.tokens(ACAM) or ()), _asked_method(answer)
        if not tokens or "*" in tokens:
            continue
        if tokens <= SAFELISTED:
            said = f"{ACAM}: {answer.value(ACAM)} names only methods that need no permission."
            yield Hit(said, answer.index)
        elif asked in SAFELISTED - tokens:
            yield Hit(f"{ACAM} leaves {asked} out, which is allowed in any case.", answer.index)


def acam_invalid(scene: Scene) -> Iterator[Hit]:
    yield from _invalid(ACAM, scene.all_preflights)


def acah_invalid(scene: Scene) -> Iterator[Hit]:
    yield from _invalid(ACAH, scene.all_preflights)


def aceh_invalid(scene: Scene) -> Iterator[Hit]:
    yield from _invalid(ACEH, scene.readable)


def _invalid(name: str, answers: list[Answer]) -> Iterator[Hit]:
    for answer in answers:
        if answer.tokens(name) is None:
            yield Hit(f"{name}: {answer.value(name)} is no list of names.", answer.index)


def aceh_set_cookie(scene: Scene) -> Iterator[Hit]:
    for answer in scene.readable:
        if _NEVER_EXPOSED.intersection(_exposed(answer)):
            yield Hit(f"{ACEH} lists Set-Cookie, which script never sees.", answer.index)


def aceh_redundant(scene: Scene) -> Iterator[Hit]:
    for answer in scene.readable:
        needless = [name for name in _exposed(answer) if name in RESPONSE_SAFELIST]
        if needless:
            yield Hit(f"{ACEH} lists {', '.join(needless)}, which script sees anyway.", answer.index)


def _exposed(answer: Answer) -> list[str]:
    return [token.lower() for token in answer.tokens(ACEH) or ()]


def preflight_headers_on_actual(scene: Scene) -> Iterator[Hit]:
    for answer in scene.readable:
        present = [name for name in (ACAM, ACAH, MAX_AGE) if answer.value(name) is not None]
        if present and answer.exchange.request.method != "OPTIONS":
            said = f"{', '.join(present)} on the {answer.kind}; browsers read that on preflights alone."
            yield Hit(said, answer.index, present[0])


def expose_on_preflight(scene: Scene) -> Iterator[Hit]:
    for answer in scene.all_preflights:
        if answer.value(ACEH) is not None:
            yield Hit(f"{ACEH}: {answer.value(ACEH)} stands on the preflight, where nobody reads it.", answer.index)


RULES = (
    Rule("lint.acam-wildcard-creds", "error", ACAM, acam_wildcard),
    Rule("lint.acah-wildcard-creds", "error", ACAH, acah_wildcard),
    Rule("lint.aceh-wildcard-creds", "warning", ACEH, aceh_wildcard),
    Rule("lint.authorization-wildcard", "warning", ACAH, authorization_wildcard),
    Rule("lint.acah-wildcard-firefox-cache", "info", ACAH, wildcard_not_kept),
    Rule("lint.acam-case", "error", ACAM, acam_case),
    Rule("lint.acam-lists-safelisted", "info", ACAM, acam_lists_safelisted),
    Rule("lint.acam-invalid-token", "error", ACAM, acam_invalid),
    Rule("lint.acah-invalid-token", "error", ACAH, acah_invalid),
    Rule("lint.aceh-invalid-token", "error", ACEH, aceh_invalid),
    Rule("lint.aceh-set-cookie", "info", ACEH, aceh_set_cookie),
    Rule("lint.aceh-redundant", "info", ACEH, aceh_redundant),
    Rule("lint.preflight-headers-on-actual", "info", None, preflight_headers_on_actual),
    Rule("lint.expose-on-preflight", "info", ACEH, expose_on_preflight),
)
