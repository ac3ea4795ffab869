"""What a finished flow says, in plain sentences.

Sentences hold text from outside as it came: whoever shows them masks secrets and makes them printable. A blocked
request that the server received, one that never left, one that failed on the network and one that corstui held back
never read alike, and only what script can read sounds like a pass.
"""

from __future__ import annotations

from corstui.analysis.facts import HasFlow, deciding_exchange, facts, field, flow_of
from corstui.analysis.mend import fix
from corstui.analysis.pages import pages
from corstui.fetch.response import is_bot_challenge
from corstui.fetch.result import Flow

__all__ = [
    "answered_by",
    "cause",
    "fix",
    "headline",
    "hidden_names",
    "outcome",
    "script_view",
    "where_error",
    "why",
]

_BODY_FAILURES = {
    "truncated": "the connection broke before the body was complete",
    "timeout": "the body did not arrive in time",
    "capped": "the body is larger than what is kept",
    "malformed": "the body is malformed",
}


def headline(thing: Flow | HasFlow) -> str:
    """The verdict and its cause in one sentence, without a full stop."""
    flow = flow_of(thing)
    said = cause(thing)
    return f"{outcome(flow)}: {said}" if said else outcome(flow)


def outcome(flow: Flow) -> str:
    """The verdict alone, and whether the server received the request."""
    match flow.verdict:
        case "allowed":
            return _allowed(flow)
        case "opaque":
            return "Sent; script sees nothing of the answer, by design"
        case "blocked":
            return _blocked(flow)
        case "unsent":
            return "Held back by corstui"
    return "No answer, although the request left" if flow.sent else "No answer; the request never left"


def _allowed(flow: Flow) -> str:
    status = _status_line(flow)
    if flow.inconclusive:
        return f"Readable but inconclusive: {status} comes from something in front of the application"
    if flow.response is not None and flow.response.status >= 400:
        return f"CORS lets script read it, but the answer is an error: {status}"
    if flow.response is not None and flow.response.body_error in _BODY_FAILURES:
        return f"Allowed, {status}; but {_BODY_FAILURES[flow.response.body_error]}"
    return f"Allowed: script reads the answer, {status}" if status else "Allowed: script reads the answer"


def _blocked(flow: Flow) -> str:
    if not flow.sent:
        return "Blocked before anything was sent" if not flow.exchanges else "Blocked before sending"
    if flow.phase == "preflight":
        return "Blocked at the preflight of a redirect; the server received the request before it"
    if flow.inconclusive:
        return "Blocked, but inconclusive; something in front of the application received the request"
    return "Blocked; the server received the request"


def cause(thing: Flow | HasFlow) -> str:
    """Why the flow ended as it did, in a few words without a full stop; empty where nothing went wrong."""
    flow = flow_of(thing)
    page = pages().get(flow.reason) if flow.reason is not None else None
    return page.cause.format_map(facts(thing)) if page is not None else ""


def _status_line(flow: Flow) -> str:
    final = flow.exchanges[-1].response if flow.exchanges else None
    if final is None:
        return str(flow.response.status) if flow.response is not None else ""
    return f"{final.status} {final.reason}".strip()


def why(thing: Flow | HasFlow) -> str:
    """Why the flow ended as it did: the rule with the value observed and the value required."""
    flow = flow_of(thing)
    page = pages().get(flow.reason) if flow.reason is not None else None
    if page is None:
        sentence = _why_readable(thing) if flow.verdict == "allowed" else _why_opaque(flow)
    else:
        sentence = page.sentence.format_map(facts(thing))
    if flow.verdict == "error":
        sentence += " This says nothing about the CORS policy."
    elif flow.inconclusive:
        sentence += " " + _why_inconclusive(flow)
    return sentence


def _why_readable(thing: Flow | HasFlow) -> str:
    flow = flow_of(thing)
    exchange, response = deciding_exchange(flow), flow.response
    if response is None or exchange is None or exchange.response is None:
        return "Nothing forbids it."
    if response.type == "basic":
        return "The URL is of the page's own origin, so CORS does not apply."
    allowed = field(exchange.response.headers, "access-control-allow-origin")
    if allowed == "*":
        return "The answer allows every origin to read it (Access-Control-Allow-Origin: *)."
    credentials = " with credentials" if any(check.id == "cors.check.acac" for check in flow.checks) else ""
    return f"The answer allows {allowed} to read it{credentials}."


def _why_opaque(flow: Flow) -> str:
    if flow.response is not None and flow.response.type == "opaqueredirect":
        return "The answer is a redirect, and script asked to see none (redirect: manual)."
    return "It was loaded without CORS, so script may use the answer but never look into it."


def _why_inconclusive(flow: Flow) -> str:
    final = flow.exchanges[-1].response if flow.exchanges else None
    if final is not None and is_bot_challenge(final.headers):
        return "Bot protection answered with a challenge, so this says little about the application's own policy."
    status = final.status if final is not None else "It"
    return f"{status} is what stands in front answers when the application does not: its own policy was not seen."


def where_error(thing: Flow | HasFlow) -> str:
    """The network's own words about an error; empty when there was none."""
    exchange = next((each for each in reversed(flow_of(thing).exchanges) if each.error is not None), None)
    return exchange.error.message if exchange is not None and exchange.error is not None else ""


_CACHES = ("x-cache", "x-cache-status", "cf-cache-status", "cache-status", "x-vercel-cache", "x-proxy-cache")


def answered_by(thing: Flow | HasFlow) -> str:
    """Who gave the deciding answer, as its headers tell: ``nginx, via 1.1 gateway, cache HIT, age 30 s``.

    Empty when there is no answer or it does not say.
    """
    exchange = deciding_exchange(flow_of(thing))
    if exchange is None or exchange.response is None:
        return ""
    headers = exchange.response.headers
    parts = [value for name in ("server", "x-powered-by") if (value := field(headers, name))]
    if via := field(headers, "via"):
        parts.append(f"via {via}")
    parts += [f"cache {value}" for name in _CACHES if (value := field(headers, name))]
    age = field(headers, "age")
    if age is not None:
        parts.append(f"age {age} s")
    if is_bot_challenge(headers):
        parts.append("a challenge of bot protection")
    return ", ".join(parts)


def script_view(thing: Flow | HasFlow) -> list[str]:
    """What the page's script gets, line by line; headers that exist and stay hidden are named."""
    flow = flow_of(thing)
    seen = flow.response
    if seen is None:
        if flow.verdict == "unsent":
            return ["Nothing is known: corstui held the request back."]
        return ["Nothing: the promise is rejected with a TypeError.", "Neither status, headers nor body are visible."]
    if seen.type in ("opaque", "opaqueredirect"):
        return [f"type {seen.type}, status 0, no headers, no body"]
    lines = [f"type {seen.type}, status {seen.status}{', redirected' if seen.redirected else ''}", f"url {seen.url}"]
    lines += [f"{name}: {value}" for name, value in seen.headers]
    hidden = hidden_names(flow)
    if hidden:
        lines.append(f"hidden: {', '.join(hidden)}")
    lines.append(_body_line(flow))
    return lines


def hidden_names(flow: Flow) -> list[str]:
    """Names of headers on the final answer that script does not see, as they were sent."""
    final = flow.exchanges[-1].response if flow.exchanges else None
    if final is None or flow.response is None or flow.response.type not in ("basic", "cors"):
        return []
    visible = {name.lower() for name, _ in flow.response.headers}
    return list(dict.fromkeys(name for name, _ in final.headers if name.lower() not in visible))


def _body_line(flow: Flow) -> str:
    final = flow.exchanges[-1].response if flow.exchanges else None
    length = final.body_length if final is not None else len(flow.response.body) if flow.response is not None else 0
    problem = flow.response.body_error if flow.response is not None else None
    return f"body {length} bytes{f', {_BODY_FAILURES.get(problem, problem)}' if problem else ''}"
