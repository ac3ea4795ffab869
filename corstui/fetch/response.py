"""What script sees of a response: filtering and exposed headers (Fetch, section 2.2.6, "Responses")."""

from __future__ import annotations

from corstui.fetch import headers as h
from corstui.fetch.engines import Engine
from corstui.fetch.messages import HeaderList
from corstui.fetch.rules import Rule, failed, passed

ACEH = "access-control-expose-headers"


def exposed_names(headers: HeaderList, credentials: bool) -> tuple[frozenset[str], bool, Rule | None]:
    """``expose.list``: the names listed (lower case), whether every name is exposed, and the rule applied, if any.

    https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
    """
    values = h.get_all(headers, ACEH)
    if not values:
        return frozenset(), False, None
    observed = ", ".join(values)
    tokens = h.parse_tokens(values)
    if tokens is None:
        rule = failed("expose.list", "tokens separated by commas", observed, "header-not-exposed")
        return frozenset(), False, rule
    names = frozenset(token.lower() for token in tokens)
    if "*" in names and credentials:
        rule = failed("expose.wildcard", "names; * means nothing with credentials", observed, "header-not-exposed")
        return names, False, rule
    return names, "*" in names, passed("expose.list", "tokens separated by commas", observed)


def cors_filtered(headers: HeaderList, credentials: bool, engine: Engine) -> tuple[HeaderList, Rule | None]:
    """https://fetch.spec.whatwg.org/#concept-filtered-response-cors"""
    names, everything, rule = exposed_names(headers, credentials)
    visible = h.RESPONSE_SAFELIST | names
    if credentials and "*" in names:
        visible |= engine.leaked_by_wildcard
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in h.RESPONSE_FORBIDDEN and (everything or name.lower() in visible)
    ]
    return kept, rule


def basic_filtered(headers: HeaderList) -> HeaderList:
    """https://fetch.spec.whatwg.org/#concept-filtered-response-basic"""
    return [(name, value) for name, value in headers if name.lower() not in h.RESPONSE_FORBIDDEN]


#: Fields by which a challenge of bot protection gives itself away, with what their value contains.
_CHALLENGES = {
    "cf-mitigated": "challenge",
    "x-amzn-waf-action": "",
    "x-datadome": "",
    "x-vercel-mitigated": "challenge",
    "x-px-block": "",
}


def is_bot_challenge(headers: HeaderList) -> bool:
    """Whether something in front of the application answered, with a challenge meant for humans."""
    said = [(_CHALLENGES[lower], value) for name, value in headers if (lower := name.lower()) in _CHALLENGES]
    return any(part in value.lower() for part, value in said)
