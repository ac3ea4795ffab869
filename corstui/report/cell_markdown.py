"""One cell as Markdown (GitHub's dialect), for an issue or a pull request: verdict, flow, checks, what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corstui.analysis.answerers import who_answered
from corstui.analysis.facts import deciding_exchange, phase_of
from corstui.analysis.mend import fix
from corstui.analysis.recipes import recipes
from corstui.analysis.steps import step
from corstui.analysis.story import outcome, script_view, why
from corstui.fetch.result import Check, Exchange
from corstui.fetch.url import parse
from corstui.printable import printable
from corstui.report.curl import curl_command
from corstui.report.formats import Options
from corstui.report.markdown import plain, row
from corstui.report.masking import Mask, mask_for
from corstui.runner.cell import Cell
from corstui.runner.store import StoredCell


def render_cell(cell: Cell | StoredCell, options: Options) -> str:
    """The whole flow; secrets are hidden unless ``options`` asks for them."""
    mask = mask_for(cell.planned.deployment, options)
    lines = [f"### {plain(f'{cell.method} {cell.endpoint}')} from {plain(cell.origin)}", ""]
    lines += [*_verdict(cell, mask), "", *_facts(cell, mask)]
    lines += _section("What to change", [_advice(text, mask) for text in fix(cell)])
    for recipe in recipes(cell):
        for title, code in recipe.titled():
            lines += ["", plain(title), "", *fenced([_clean(line, mask) for line in code])]
    for number, exchange in enumerate(cell.flow.exchanges, 1):
        lines += ["", *_exchange(number, exchange, mask)]
    lines += _checks(cell.flow.checks, mask)
    seen = [_clean(text, mask) for text in script_view(cell)]
    lines += ["", "#### What script sees", "", *fenced(seen)]
    return "\n".join([*lines, *_reproduce(cell, mask)])


def sentence(cell: Cell | StoredCell, options: Options) -> str:
    """The verdict and its cause in one line of plain text, with the rule that decided."""
    mask, check = mask_for(cell.planned.deployment, options), cell.flow.deciding
    name = f"{cell.method} {cell.endpoint} from {cell.origin_value} in {cell.environment} ({cell.engine})"
    said = f"{name}: {outcome(cell.flow)}. {why(cell)}"
    if check is not None:
        said += f" {check.id} needs {check.required}; found {check.observed or 'nothing'}."
    return _clean(said, mask)


def _verdict(cell: Cell | StoredCell, mask: Mask) -> list[str]:
    said = f"**{plain(mask.text(outcome(cell.flow)))}.** {plain(mask.text(why(cell)))}"
    expected = cell.expected
    if expected is None:
        return [said]
    if cell.waiver_note:
        return [said, "", f"Expected {plain(expected)}: {plain(mask.text(cell.waiver_note))}."]
    proven = {True: "as expected", False: "**not as expected**", None: "not proven"}[cell.as_expected]
    return [said, "", f"Expected {plain(expected)}: {proven}."]


def _facts(cell: Cell | StoredCell, mask: Mask) -> list[str]:
    browser = f" ({cell.browser_error})" if cell.browser_error else ""
    facts = [
        ("Page", code(cell.origin_value)),
        ("Request", code(_clean(f"{cell.method} {cell.url}", mask))),
        ("Environment", plain(cell.environment)),
        ("Engine", plain(f"{cell.engine}, simulated")),
        ("Reason", f"`{cell.reason}`{plain(browser)}" if cell.reason else ""),
        ("Answered by", plain(mask.text(". ".join(who_answered(cell))))),
    ]
    return [row(["", ""]), row(["---", "---"]), *(row(fact) for fact in facts if fact[1])]


def _advice(text: str, mask: Mask) -> str:
    """Header lines are set as code."""
    said = _clean(text, mask)
    return code(said) if re.match(r"[A-Za-z-]+: ", said) else plain(said)


def _section(title: str, entries: Sequence[str]) -> list[str]:
    return ["", f"#### {title}", "", *(f"- {entry}" for entry in entries)] if entries else []


def _exchange(number: int, exchange: Exchange, mask: Mask) -> list[str]:
    request, response = exchange.request, exchange.response
    facts = [phase_of(exchange)]
    if exchange.timing.total is not None:
        facts.append(f"{exchange.timing.total:.0f} ms")
    parsed = parse(request.url)
    head = [f"{request.method} {parsed.target if parsed is not None else request.url}", *_fields(request.headers, mask)]
    if request.body:
        head.append(f"({len(request.body)} bytes of body)")
    if response is not None:
        head += ["", f"{response.http_version} {response.status} {response.reason}".rstrip()]
        head += _fields(response.headers, mask)
    elif exchange.error is not None:
        head += ["", f"{exchange.error.code}: {exchange.error.message}"]
    title = f"#### {number}. {code(_clean(f'{request.method} {request.url}', mask))} ({', '.join(facts)})"
    return [title, "", *fenced([_clean(line, mask) for line in head], "http")]


def _fields(headers: Iterable[tuple[str, str]], mask: Mask) -> list[str]:
    return [f"{name}: {value}" for name, value in mask.headers(list(headers))]


def _checks(checks: Sequence[Check], mask: Mask) -> list[str]:
    """A table: the one that decided first, then those that would fail next, then the others in the flow's order."""
    ranked = sorted(checks, key=lambda check: (not check.decisive, check.passed))
    rows = [
        row(
            [
                "passed" if check.passed else "**decided**" if check.decisive else "fails too",
                f"{plain(step(check.id).rule)} (`{check.id}`)",
                plain(mask.text(check.required)),
                plain(mask.text(check.observed)) or "nothing",
            ]
        )
        for check in ranked
    ]
    if not rows:
        return []
    return ["", "#### Checks", "", row(["", "rule", "needs", "found"]), row(["---"] * 4), *rows]


def _reproduce(cell: Cell | StoredCell, mask: Mask) -> list[str]:
    exchange = deciding_exchange(cell.flow)
    if exchange is None:
        return []
    command = curl_command(exchange.request, mask)
    return ["", "<details><summary>The deciding request as curl</summary>", "", *fenced([command], "sh"), "</details>"]


def fenced(lines: Sequence[str], language: str = "") -> list[str]:
    """A block of code whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def code(text: str) -> str:
    """A span of code, in or outside a table: a bar would end a column even there."""
    text = printable(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    room = " " if longest else ""
    return f"{fence}{room}{text}{room}{fence}"


def _clean(text: str, mask: Mask) -> str:
    return printable(mask.text(text))
