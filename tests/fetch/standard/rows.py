"""When a row of the table of differences applies to a case.

A predicate knows nothing of how corstui makes browsers differ. It reads what script asks, what the server says, and
what the standard's own flows went through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from corstui.fetch.construct import TEXT
from corstui.fetch.messages import Request
from corstui.fetch.origin import origin_of, same_origin
from corstui.fetch.result import Flow
from corstui.fetch.url import parse
from tests.fetch.standard.dialogue import PLACES, Case, Seen

ASPECTS = ("verdict", "reason", "wire", "reads")


@dataclass(frozen=True)
class Row:
    """One row of differences.yaml, which says what its members are."""

    id: str
    topic: str
    fetch: str
    step: str
    engines: Sequence[str]
    changes: Sequence[str]
    fields: Sequence[str]
    cases: Sequence[Mapping[str, Any]] = ()
    headers: Sequence[str] = ()
    unseen: str = ""


def differences(case: Case, seen: Seen, standard: Seen, own_headers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a browser did otherwise than the standard: the aspect, and both sides.

    ``own_headers`` of the requests are not compared unless script sets them.
    """
    by_script = {name.lower() for ask in case.asks for name, _ in ask.headers}
    for aspect in ASPECTS:
        if aspect == "wire":
            sides = [[_told(request, own_headers, by_script) for request in side.requests] for side in (seen, standard)]
        else:
            sides = [[_VIEWS[aspect](flow) for flow in side.flows] for side in (seen, standard)]
        if sides[0] != sides[1]:
            yield aspect, f"{aspect} {sides[0]}, the standard {sides[1]}"


def _told(request: Request, own_headers: Sequence[str], by_script: set[str]) -> tuple[object, ...]:
    free = set(own_headers) - (by_script if request.phase != "preflight" else set())
    fields = sorted((name.lower(), value) for name, value in request.headers if name.lower() not in free)
    return request.phase, request.hop, request.method, request.url, request.body, request.credentials, fields


def _readable(flow: Flow) -> object:
    response = flow.response
    if response is None:
        return None
    return response.type, response.status, response.url, response.redirected, sorted(response.headers), response.body


_VIEWS: dict[str, Callable[[Flow], object]] = {
    "verdict": lambda flow: flow.verdict,
    "reason": lambda flow: (flow.reason, flow.phase),
    "reads": _readable,
}


# what a case has in it ------------------------------------------------------------------------------------------------

_HINTS = {"save-data", "dpr", "device-memory", "width", "viewport-width", "rtt", "downlink", "ect"}
_CHALLENGED = ("basic", "digest", "ntlm")


def _went_through(standard: Seen, step: str) -> bool:
    return any(check.id == step for flow in standard.flows for check in flow.checks)


def _several(case: Case) -> bool:
    return len(case.asks) > 1


def _repeats(case: Case) -> bool:
    names = [[name.lower() for name, _ in ask.headers] for ask in case.asks]
    return any(len(set(each)) < len(each) for each in names)


def _targets(case: Case) -> list[str]:
    return [ask.url for ask in case.asks] + case.fields("location")


def _chains(standard: Seen) -> list[list[str]]:
    """The URLs of each flow, one for each hop that was asked for."""
    return [
        list({exchange.hop: exchange.request.url for exchange in flow.exchanges}.values()) for flow in standard.flows
    ]


def _redirected(standard: Seen) -> bool:
    return any(request.hop for request in standard.requests)


def _stays_after_leaving(standard: Seen) -> bool:
    """Whether a chain goes to another origin, and from there to the same one once more."""
    for chain in _chains(standard):
        stays = [_origin(one) == _origin(other) for one, other in pairwise(chain)]
        if False in stays and True in stays[stays.index(False) :]:
            return True
    return False


def _origin(url: str) -> str:
    parsed = parse(url)
    assert parsed is not None
    return str(origin_of(parsed))


def _at_home(url: str, case: Case) -> bool:
    parsed = parse(url, case.context.url.href if case.context.url else None)
    return parsed is not None and same_origin(origin_of(parsed), case.context.origin)


def _returns(standard: Seen, case: Case) -> bool:
    for chain in _chains(standard):
        home = [_at_home(url, case) for url in chain]
        if home and home[0] and False in home and True in home[home.index(False) :]:
            return True
    return False


def _leaves_home(standard: Seen, case: Case) -> bool:
    chains = [[_at_home(url, case) for url in chain] for chain in _chains(standard)]
    return any(home and home[0] and False in home for home in chains)


def _redirects_nowhere(case: Case) -> bool:
    """Whether a redirect has no Location."""
    return any(
        300 < status < 309 and "location" not in {name.lower() for name, _ in fields}
        for answers in case.said.values()
        for status, fields in answers
    )


def _was_not_simple(case: Case) -> bool:
    return any(
        ask.headers or ask.method.upper() not in ("GET", "HEAD", "POST") or ask.upload_listener for ask in case.asks
    )


def _faults(standard: Seen) -> int:
    """The most rules that the answer to one preflight breaks."""
    worst = 0
    for flow in standard.flows:
        for index, exchange in enumerate(flow.exchanges):
            if exchange.phase == "preflight":
                worst = max(worst, sum(not check.passed for check in flow.checks if check.exchange == index))
    return worst


def _lists_origins(case: Case) -> bool:
    said = [fields for answers in case.said.values() for _, fields in answers]
    values = [[value for name, value in fields if name.lower() == "access-control-allow-origin"] for fields in said]
    return any(len(each) > 1 or "," in "".join(each) or " " in "".join(each) for each in values)


def _odd_age(case: Case) -> bool:
    """Max-Age that is not a number of seconds up to WebKit's limit, or not there once."""
    said = [fields for answers in case.said.values() for _, fields in answers]
    ages = [[value for name, value in fields if name.lower() == "access-control-max-age"] for fields in said]
    return any(len(each) > 1 or not (each[0].isdigit() and int(each[0]) <= 600) for each in ages if each)


def _odd_location(case: Case) -> bool:
    said = [fields for answers in case.said.values() for _, fields in answers]
    places = [[value for name, value in fields if name.lower() == "location"] for fields in said]
    return any(len(each) > 1 or not each[0] or not each[0].isascii() or "\t" in each[0] for each in places if each)


def _mixes_credentials(case: Case) -> bool:
    return len({ask.credentials == "include" for ask in case.asks}) > 1


def _lists_wildcard(case: Case) -> bool:
    listed = case.fields("access-control-allow-methods") + case.fields("access-control-allow-headers")
    return any("*" in value for value in listed)


def _statuses(case: Case) -> set[int]:
    return {status for answers in case.said.values() for status, _ in answers}


def _has_cookies(case: Case) -> bool:
    return bool(case.cookies or case.fields("set-cookie"))


def _is_raw(case: Case) -> bool:
    raw = any(
        text.startswith("raw:")
        for given in case.server.values()
        for text in ([given] if isinstance(given, str) else given)
    )
    return (
        raw
        or any(not 100 <= status <= 599 or status == 101 for status in _statuses(case) if status)
        or bool(
            {name.lower() for answers in case.said.values() for _, fields in answers for name, _ in fields}
            & {"content-length", "transfer-encoding", "!malformed"}
        )
    )


#: A predicate for every row that changes more than what browsers say of themselves.
APPLIES: dict[str, Callable[[Seen, Case], bool]] = {
    "D1": lambda seen, case: bool(case.asked("authorization")) and _lists_wildcard(case),
    "D2": lambda seen, case: _several(case) and _odd_age(case),
    "D3": lambda seen, case: (
        _several(case)
        and (
            _lists_wildcard(case) or _mixes_credentials(case) or any(ask.method.upper() == "HEAD" for ask in case.asks)
        )
    ),
    "D4": lambda seen, case: (
        _was_not_simple(case) and (_went_through(seen, "redirect.method") or _went_through(seen, "redirect.auth-strip"))
    ),
    "D5": lambda seen, case: (
        case.page != "null"
        and any(request.phase == "preflight" and ("Origin", "null") in request.headers for request in seen.requests)
    ),
    "D6": lambda seen, case: any(case.asked(name) for name in _HINTS),
    "D7": lambda seen, case: _repeats(case),
    "D8": lambda seen, case: bool(case.asked("user-agent")),
    "D9": lambda seen, case: (
        _several(case)
        and any(ask.cache in ("no-store", "reload", "no-cache") or case.asked("if-none-match") for ask in case.asks)
    ),
    "D10": lambda seen, case: _several(case) and any(flow.verdict != "allowed" for flow in seen.flows),
    "D11": lambda seen, case: _faults(seen) > 1,
    "D12": lambda seen, case: _lists_origins(case),
    "D14": lambda seen, case: any(value.lower().startswith(_CHALLENGED) for value in case.fields("www-authenticate")),
    "D15": lambda seen, case: any(ask.initiator in ("font", "track") for ask in case.asks),
    "D16": lambda seen, case: _has_cookies(case),
    "D17": lambda seen, case: _has_cookies(case),
    "D18": lambda seen, case: case.local_network == "denied",
    "D19": lambda seen, case: case.context.is_secure and any(url.startswith(PLACES["L"]) for url in _targets(case)),
    "D21": lambda seen, case: (
        bool(case.fields("accept"))
        and any("*" in value for value in case.fields("access-control-expose-headers"))
        and any(ask.credentials == "include" for ask in case.asks)
    ),
    "D22": lambda seen, case: any(":" in url and not url.startswith("http") for url in case.fields("location")),
    "D23": lambda seen, case: _redirected(seen),
    "D26": lambda seen, case: any("@" in url for url in case.fields("location")),
    "D28": lambda seen, case: _leaves_home(seen, case) and any(request.hop > 1 for request in seen.requests),
    "D29": lambda seen, case: (
        any(not value.isascii() or "," in value for value in case.asked("content-type"))
        or any(not value.isascii() for value in case.asked("accept"))
        or bool(case.asked("range"))
    ),
    "D30": lambda seen, case: _repeats(case),
    "D31": lambda seen, case: bool(case.asked("available-dictionary")),
    "D32": lambda seen, case: 407 in _statuses(case),
    "D33": lambda seen, case: bool(case.fields("!truncated")),
    "D34": lambda seen, case: (
        _several(case) and (len(set(map(repr, case.asks))) > 1 or any(flow.verdict != "allowed" for flow in seen.flows))
    ),
    "D35": lambda seen, case: _odd_location(case),
    "D36": lambda seen, case: any("//0.0.0.0" in url for url in _targets(case)),
    "D37": lambda seen, case: any(ask.upload_listener and ask.body is None for ask in case.asks),
    "D38": lambda seen, case: (
        any(_at_home(url, case) for chain in _chains(seen) for url in chain)
        and (any(ask.initiator != "fetch" for ask in case.asks) or _went_through(seen, "redirect.method"))
    ),
    "D39": lambda seen, case: any(
        ask.referrer_policy and request.method not in ("GET", "HEAD") for ask in case.asks for request in seen.requests
    ),
    "D40": lambda seen, case: (
        case.page == "null" or any(ask.referrer_policy for ask in case.asks) or _returns(seen, case)
    ),
    "D41": lambda seen, case: _is_raw(case),
    "D42": lambda seen, case: any(f":{port}/" in url for url in _targets(case) for port in (4190, 6679)),
    "D43": lambda seen, case: _redirected(seen) and any(ask.method.upper() == "DELETE" for ask in case.asks),
    "D44": lambda seen, case: (
        _went_through(seen, "redirect.method") and any(request.hop > 1 for request in seen.requests)
    ),
    "D45": lambda seen, case: case.page == "null" and _several(case),
    "D47": lambda seen, case: any(ask.redirect == "error" for ask in case.asks) and _redirects_nowhere(case),
    "D48": lambda seen, case: any(" " in url for url in _targets(case)),
    "D49": lambda seen, case: any(ask.url.startswith("data:") for ask in case.asks),
    "D50": lambda seen, case: 205 in _statuses(case),
    "D51": lambda seen, case: any(ask.cache == "only-if-cached" for ask in case.asks),
    "D52": lambda seen, case: any("%" in url for url in _targets(case)),
    "D53": lambda seen, case: any(ask.initiator == "preload" for ask in case.asks),
    "D54": lambda seen, case: any(ask.initiator in ("video", "audio") for ask in case.asks),
    "D55": lambda seen, case: any(ask.initiator == "track" for ask in case.asks),
    "D56": lambda seen, case: _returns(seen, case),
    "D57": lambda seen, case: any(value == "nosniff" for value in case.fields("x-content-type-options")),
    "D61": lambda seen, case: any(
        ask.upload_listener and ask.method.upper() not in ("GET", "HEAD", "POST") for ask in case.asks
    ),
    "D62": lambda seen, case: (
        _several(case)
        and case.page != "null"
        and any(request.hop and ("Origin", "null") in request.headers for request in seen.requests)
    ),
    "D64": lambda seen, case: any(ask.mode == "no-cors" and ask.body_type not in (None, TEXT) for ask in case.asks),
    "D59": lambda seen, case: any(ask.initiator == "xhr" and "charset" in str(ask.headers) for ask in case.asks),
    "D60": lambda seen, case: _leaves_home(seen, case),
    "D65": lambda seen, case: _went_through(seen, "redirect.auth-strip") and _stays_after_leaving(seen),
}
