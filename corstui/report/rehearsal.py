"""What a run would send, without sending it, in the order of the plan: a table for people, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from corstui import __version__
from corstui.analysis.facts import field
from corstui.fetch.messages import Request
from corstui.printable import printable
from corstui.report.formats import Options
from corstui.report.layout import columns
from corstui.report.masking import mask_for
from corstui.runner.controls import controls_of, place_of
from corstui.runner.guard import Guard
from corstui.runner.limits import Budget
from corstui.runner.plan import Plan, Planned
from corstui.runner.simulate import rehearse

SCHEMA = "corstui.plan/1"

_HEADINGS = ("environment", "endpoint", "origin", "engine", "request", "url", "")
_CAUTION = "Redirects may add requests; a preflight that fails keeps the request behind it away."


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a cell, or the news that it sends none.

    ``times``: how often it would leave; ``held``: how often not, and why (``reason``). ``phase``: preflight, actual,
    control, or local for what a browser refuses itself. ``origin`` is None for a control, ``page_origin`` what it
    claims: None for none.
    """

    environment: str
    endpoint: str
    origin: str | None
    engine: str
    phase: str
    method: str
    url: str
    page_origin: str | None = None
    times: int = 0
    held: int = 0
    reason: str | None = None


def rehearsed(plan: Plan, options: Options) -> Iterator[Line]:
    """Every request when preflights pass and nothing redirects. Requests that would be held say so; the budget is
    spent in the order of the plan, an endpoint's control requests behind the first of its cells."""
    budget, controls = Budget(plan.settings.budget), controls_of(plan)
    for planned in plan.cells:
        yield from _cell(planned, budget, options)
        for control in controls.pop(place_of(planned), ()):
            leaving = int(budget.take())
            yield _line(planned, control, "control", leaving, 1 - leaving, "held-budget", options)


def _cell(planned: Planned, budget: Budget, options: Options) -> Iterator[Line]:
    guard, repeats = Guard(planned), planned.endpoint.repeat
    requests = rehearse(planned)
    for request in requests:
        reason = guard.hold(request)
        leaving = sum(budget.take() for _ in range(repeats)) if reason is None else 0
        yield _line(planned, request, request.phase, leaving, repeats - leaving, reason or "held-budget", options)
    if not requests:
        nothing = Request(planned.method, planned.url, [])
        yield _line(planned, nothing, "local", 0, 0, "", options)


def _line(planned: Planned, request: Request, phase: str, times: int, held: int, reason: str, options: Options) -> Line:
    key = planned.key
    return Line(
        environment=key.environment,
        endpoint=key.endpoint,
        origin=None if phase == "control" else key.origin,
        engine=key.engine,
        phase=phase,
        method=request.method,
        url=mask_for(planned.deployment, options).text(request.url),
        page_origin=field(request.headers, "origin"),
        times=times,
        held=held,
        reason=reason if held else None,
    )


def render_json(plan: Plan, options: Options) -> str:
    """The document ``corstui.plan/1``, in ASCII."""
    lines = list(rehearsed(plan, options))
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "profile": plan.name,
        "requests": [asdict(line) for line in lines],
        "summary": {"requests": sum(line.times for line in lines), "held": sum(line.held for line in lines)},
    }
    return json.dumps(document, indent=1)


def render_table(plan: Plan, options: Options) -> str:
    lines = list(rehearsed(plan, options))
    return "\n".join([*columns([_HEADINGS, *map(_row, lines)]), "", *summed(lines)])


def summed(lines: Sequence[Line]) -> tuple[str, str]:
    """How many requests there are, and what may change their number."""
    sent, held = sum(line.times for line in lines), sum(line.held for line in lines)
    return f"{sent} requests would be sent, {held} held back", _CAUTION


#: The formats that a plan can be written in.
RENDERERS: dict[str, Callable[[Plan, Options], str]] = {"table": render_table, "json": render_json}


def _row(line: Line) -> tuple[str, ...]:
    names = (line.environment, line.endpoint, line.origin or "-", line.engine)
    return (*map(printable, names), line.method, printable(line.url), ", ".join(remarks(line)))


def remarks(line: Line) -> Iterator[str]:
    """What is special about a request. A control belongs to no origin of the profile."""
    wanted = line.times + line.held
    if line.phase == "local":
        yield "nothing is sent: refused locally"
    elif line.phase == "control":
        yield "control, from an invented origin" if line.page_origin else "control, without Origin"
    elif line.phase == "preflight":
        yield "preflight"
    if 0 < line.times < wanted:
        yield f"{line.times} of {wanted} times"
    elif wanted > 1:
        yield f"{wanted} times"
    if line.held:
        yield f"held back: {line.reason}"
