"""What to change so that the flow passes: concrete header lines with this flow's own origin, method and header names.

All rules that failed are answered together, also those that would have failed only after the deciding one, so that one
deployment mends them all.
"""

from __future__ import annotations

from corstui.analysis.facts import HasFlow, facts, field, flow_of
from corstui.analysis.pages import pages
from corstui.fetch.result import Check, Exchange, Flow
from corstui.fetch.url import parse

_ACAO = "Access-Control-Allow-Origin"
_ACAC = "Access-Control-Allow-Credentials"
_ACAM = "Access-Control-Allow-Methods"
_ACAH = "Access-Control-Allow-Headers"


def fix(thing: Flow | HasFlow) -> list[str]:
    """Advice for the server or the page, most telling first: sentences, and header lines to send verbatim.

    Empty when there is nothing to mend.
    """
    flow = flow_of(thing)
    if flow.verdict == "allowed":
        return _readable_but(flow)
    if flow.reason == "acao-mismatch-tainted":
        return _tainted(flow)
    index = mendable(flow)
    if index is None:
        return _general(thing)
    first = (
        ["The application did not answer; what stands in front of it has to send these too."]
        if flow.inconclusive
        else []
    )
    return first + _headers(flow, index)


def mendable(flow: Flow) -> int | None:
    """The exchange whose answer is to be changed, when response headers can mend it."""
    check = flow.deciding
    if check is None or check.exchange is None or not check.id.startswith(("cors.check.", "cors.preflight.")):
        return None
    return check.exchange if check.exchange < len(flow.exchanges) else None


def _headers(flow: Flow, index: int) -> list[str]:
    exchange = flow.exchanges[index]
    checks = [check for check in flow.checks if check.exchange == index]
    failed = {check.id for check in checks if not check.passed}
    lines = _conduct(exchange, failed)
    if any(id.startswith("cors.check.acao") for id in failed):
        lines += _allow_origin(exchange, failed, _has_credentials(checks))
    if "cors.check.acac" in failed:
        lines.append(f"{_ACAC}: true")
    lines += _lists(exchange, checks, failed)
    if exchange.phase == "preflight":
        needed = f"{_ACAO} and {_ACAC}" if _has_credentials(checks) else _ACAO
        asked = field(exchange.request.headers, "access-control-request-method") or "request"
        lines.append(f"The answer to the {asked} itself needs {needed} too.")
    return lines


def _has_credentials(checks: list[Check]) -> bool:
    return any(check.id == "cors.check.acac" for check in checks)


def _conduct(exchange: Exchange, failed: set[str]) -> list[str]:
    """Advice about the status of a preflight's answer."""
    url, response = exchange.request.url, exchange.response
    where = f"OPTIONS {_path(url)}"
    if response is None:
        return []
    if "cors.preflight.redirect" in failed:
        location = field(response.headers, "location") or ""
        target = parse(location, url)
        return [
            f"Call {target.href if target else location} in the first place, or answer {where} without redirecting it."
        ]
    if "cors.preflight.status" not in failed:
        return []
    status = response.status
    if status in (401, 403, 407):
        return [f"Answer {where} with 204 instead of {status}: let preflights pass before authentication."]
    if status in (404, 405, 501):
        return [f"Answer {where} with 204 instead of {status}: route OPTIONS for this path."]
    return [f"Answer {where} with 204 instead of {status}."]


def _path(url: str) -> str:
    parsed = parse(url)
    return parsed.path if parsed is not None else url


def _allow_origin(exchange: Exchange, failed: set[str], credentials: bool) -> list[str]:
    origin = field(exchange.request.headers, "origin") or "<origin>"
    lines = [f"{_ACAO}: {origin}"]
    if "cors.check.acao-single" in failed:
        lines.append("Only once: find the proxy or the application that adds it a second time.")
    vary = field(exchange.response.headers, "vary") if exchange.response is not None else None
    if "origin" not in (vary or "").lower() and vary != "*":
        lines.append("Vary: Origin" if not vary else f"Vary: {vary}, Origin")
    if origin == "null":
        lines.append("Think twice: every site can get the origin null, with a sandboxed frame.")
    elif not credentials and "cors.check.acao-present" in failed and exchange.response is not None:
        lines.append(f"Or {_ACAO}: * if anybody may read it.")
    return lines


def _lists(exchange: Exchange, checks: list[Check], failed: set[str]) -> list[str]:
    """Access-Control-Allow-Methods and -Headers with what they lack."""
    lines = []
    request, response = exchange.request, exchange.response
    if failed & {"cors.preflight.method", "cors.preflight.acam-parse"}:
        method = field(request.headers, "access-control-request-method") or ""
        present = _tokens(field(response.headers, _ACAM) if response is not None else None)
        lines.append(f"{_ACAM}: {', '.join(dict.fromkeys([*present, method]))}")
    if failed & {"cors.preflight.headers", "cors.preflight.acah-parse", "cors.preflight.authorization"}:
        wanted = (field(request.headers, "access-control-request-headers") or "").split(",")
        present = _tokens(field(response.headers, _ACAH) if response is not None else None)
        known = {name.lower() for name in present}
        missing = [name for name in wanted if name and name not in known]
        lines.append(f"{_ACAH}: {', '.join(dict.fromkeys([*present, *missing]))}")
    return lines


def _tokens(value: str | None) -> list[str]:
    """The names of a list that are worth keeping: a list that cannot be read, or *, is to be written anew."""
    names = [part.strip() for part in (value or "").split(",")]
    if any(not _is_token(name) for name in names if name):
        return []
    return [name for name in names if name and name != "*"]


def _is_token(name: str) -> bool:
    return name.isascii() and not any(char in ' \t"(),/:;<=>?@[\\]{}' or not char.isprintable() for char in name)


def _tainted(flow: Flow) -> list[str]:
    final = flow.exchanges[-1].request
    return [
        f"Call {final.url} directly: without the redirect to another origin the page keeps its own origin.",
        f"Or, for public data without credentials, answer there with {_ACAO}: *",
        "Do not allow null: every sandboxed frame has that origin.",
    ]


def _readable_but(flow: Flow) -> list[str]:
    """Advice for what script may read and still cannot use."""
    lines = []
    if flow.inconclusive:
        lines.append("Run it again when the application answers itself.")
    elif flow.response is not None and flow.response.status == 401:
        lines.append("Renew the token or cookie that the request carries.")
    if any(check.id.startswith("expose.") and not check.passed for check in flow.checks):
        final = flow.exchanges[-1].response
        visible = {name.lower() for name, _ in flow.response.headers} if flow.response is not None else set()
        names = [name for name, _ in final.headers if name.lower() not in visible] if final is not None else []
        lines.append(f"Access-Control-Expose-Headers: {', '.join(worth_exposing(names))}")
    return lines


#: Headers that say nothing to a page's script, or never reach it.
_DULL = (
    "access-control-",
    "set-cookie",
    "date",
    "server",
    "connection",
    "keep-alive",
    "vary",
    "transfer-encoding",
    "via",
)


def worth_exposing(names: list[str]) -> list[str]:
    """Those names of response headers that a page's script may want to read."""
    return list(dict.fromkeys(name for name in names if not name.lower().startswith(_DULL)))


def _general(thing: Flow | HasFlow) -> list[str]:
    """The page's own advice, with this flow's names filled in."""
    flow = flow_of(thing)
    page = pages().get(flow.reason) if flow.reason is not None else None
    if page is None:
        return []
    known = facts(thing)
    names = {"<origin>": known["origin"], "<method>": known["method"], "<location>": known["location"]}
    lines = []
    for line in page.fix:
        for blank, value in names.items():
            line = line.replace(blank, value)
        lines.append(line)
    return lines
