"""The CORS check: https://fetch.spec.whatwg.org/#concept-cors-check"""

from __future__ import annotations

from corstui.fetch import headers as h
from corstui.fetch.engines import Engine
from corstui.fetch.messages import HeaderList
from corstui.fetch.rules import Rule, failed, passed
from corstui.fetch.url import parse

ACAO = "access-control-allow-origin"
ACAC = "access-control-allow-credentials"


def cors_check(
    headers: HeaderList, origin: str, credentials: bool, engine: Engine, *, preflight: bool, tainted: bool
) -> list[Rule]:
    """Every rule of the check, in order, also those after a failure.

    ``origin`` is the serialised request origin, ``credentials`` whether the mode is ``include``. ``preflight`` and
    ``tainted`` only choose the reason: the rules are the same.
    """
    suffix = "-preflight" if preflight else ""
    values = h.get_all(headers, ACAO)
    repeated = len(values) > 1 and not (engine.counts_fields_by_case and len(values) == _spellings(headers))
    rules = [_allow_origin(values, repeated, origin, credentials, engine, suffix, tainted)]
    if rules[0].passed:
        rules.insert(0, passed("cors.check.acao-present", "Access-Control-Allow-Origin", values[0]))
    if credentials:
        rules.append(_allow_credentials(h.get(headers, ACAC), suffix))
    return rules


def _allow_origin(
    values: list[str], repeated: bool, origin: str, credentials: bool, engine: Engine, suffix: str, tainted: bool
) -> Rule:
    required = origin if credentials else f"{origin} or *"
    if not values:
        return failed("cors.check.acao-present", required, "absent", "acao-missing" + suffix)
    value = ", ".join(values)
    if value == "*" and not credentials:
        return passed("cors.check.acao-wildcard", required, value)
    if value == origin and not (value == "*" and credentials):
        return passed("cors.check.acao-match", required, value)
    if value == "*":
        return failed("cors.check.acao-wildcard", required, "* (with credentials)", "acao-wildcard-creds" + suffix)
    if repeated or any(char in value for char in engine.list_separators):
        return failed("cors.check.acao-single", required, " | ".join(values), "acao-multiple" + suffix, value)
    is_list = "," in value or " " in value
    if value != "null" and not is_list and parse(_as_utf8(value)) is None:
        return failed("cors.check.acao-match", required, value or "(empty)", "acao-invalid" + suffix, value)
    tainted_reason = tainted and not suffix
    reason = "acao-mismatch-tainted" if tainted_reason else "acao-mismatch" + suffix
    return failed("cors.check.acao-match", required, value, reason, value)


def _spellings(headers: HeaderList) -> int:
    """In how many ways the name is written."""
    return len({name for name, _ in headers if name.lower() == ACAO})


def _as_utf8(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")


def _allow_credentials(value: str | None, suffix: str) -> Rule:
    if value == "true":
        return passed("cors.check.acac", "true", value)
    observed = "absent" if value is None else value or "(empty)"
    return failed("cors.check.acac", "true", observed, "acac-not-true" + suffix, value or "")
