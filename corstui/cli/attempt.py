"""``corstui try``: one flow, now, without a profile."""

from __future__ import annotations

import argparse
import re

from corstui.cli.check import exit_code
from corstui.cli.running import deliver, output_options, run_plan
from corstui.cli.streams import UsageError, narrate
from corstui.fetch.headers import is_forbidden
from corstui.fetch.url import parse
from corstui.printable import printable
from corstui.profile import Location
from corstui.profile.origins import check_origin
from corstui.profile.problems import Refusal
from corstui.profile.secrets import Masker
from corstui.report import document, flow
from corstui.report.standing import standing
from corstui.runner.plan import choose_engines
from corstui.runner.single import single

_RENDERERS = {"table": flow.render, "json": document.render}


def run(arguments: argparse.Namespace) -> int:
    """Send the request as each engine would and print what came of it."""
    body = None if arguments.data is None else arguments.data.encode("utf-8", "surrogateescape")
    headers = [_header(text) for text in arguments.header]
    if body is not None and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/plain;charset=UTF-8"))
    plan = single(
        _url(arguments.url),
        _origin(arguments.origin),
        engines=choose_engines(arguments.engines, "chromium"),
        method=arguments.method or ("GET" if body is None else "POST"),
        headers=headers,
        body=body,
        mode=arguments.mode,
        credentials=arguments.credentials,
        redirect=arguments.redirect,
        timeout=arguments.timeout,
        verify=not arguments.insecure,
        resolve=dict(arguments.resolve),
    )
    result = run_plan(plan)
    if result.cells:
        report = _RENDERERS[arguments.format](result, output_options(arguments))
        deliver(report, interrupted=result.interrupted)
    return exit_code(map(standing, result.cells), interrupted=result.interrupted)


def _url(text: str) -> str:
    """The URL as it was typed, when it is one that a page could ask for."""
    url = parse(text)
    if url is not None and (url.scheme in ("http", "https") or "://" in text or url.scheme == "data"):
        return text
    local = text.startswith(("localhost", "127.", "["))
    completed = f"{'http' if local else 'https'}://{text}"
    hint = f"; write {completed}" if parse(completed) is not None and "://" not in text else ""
    raise UsageError(printable(Masker().mask(f"{text!r} is not a URL{hint}")))


def _origin(text: str) -> str:
    try:
        return check_origin(text, Location("--origin"))
    except Refusal as refusal:
        raise UsageError(str(refusal.problem)) from None


def _header(text: str) -> tuple[str, str]:
    """``Name: value``; a warning for what a browser would drop."""
    match = re.fullmatch(r"([^:]+):(.*)", text, re.DOTALL)
    if match is None:
        # anything but a name may be a token
        word = re.match(r"[A-Za-z]+(-[A-Za-z]+)*(?!\S)", text)
        raise UsageError(f"{word[0] if word else '***'!r} is not a header; write 'Name: value'")
    name, value = match[1].strip(), match[2].strip()
    if is_forbidden(name, value):
        narrate(printable(f"{name}: a browser lets no script set this header; it is left out, as it would be there"))
    return name, value
