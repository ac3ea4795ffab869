"""What a run would send, without sending it: one line a request, in the order of the plan."""

from __future__ import annotations

from corstui.analysis.text import printable
from corstui.fetch.messages import Request
from corstui.report.formats import Options
from corstui.report.layout import columns
from corstui.report.masking import mask_for
from corstui.runner.controls import controls_of, place_of
from corstui.runner.guard import Guard
from corstui.runner.limits import Budget
from corstui.runner.plan import Plan, Planned
from corstui.runner.simulate import rehearse

_HEADINGS = ("environment", "endpoint", "origin", "engine", "request", "url", "")


def render(plan: Plan, options: Options) -> str:
    """Every request when preflights pass and nothing redirects. Requests that would be held say so; the budget is
    spent in the order of the plan, an endpoint's control requests behind the first of its cells."""
    rows: list[tuple[str, ...]] = [_HEADINGS]
    sent = held = 0
    budget, controls = Budget(plan.settings.budget), controls_of(plan)
    for planned in plan.cells:
        guard, repeats = Guard(planned), planned.endpoint.repeat
        requests = rehearse(planned)
        for request in requests:
            reason = guard.hold(request)
            leaving = sum(budget.take() for _ in range(repeats)) if reason is None else 0
            rows.append(_row(planned, request, leaving, reason or "held-budget", options))
            sent, held = sent + leaving, held + repeats - leaving
        if not requests:
            remark = "nothing is sent: refused locally"
            rows.append((*_names(planned), planned.method, _url(planned, planned.url, options), remark))
        for control in controls.pop(place_of(planned), ()):
            leaving = int(budget.take())
            rows.append(_control_row(planned, control, leaving, options))
            sent, held = sent + leaving, held + 1 - leaving
    summary = f"{sent} requests would be sent, {held} held back"
    caution = "Redirects may add requests; a preflight that fails keeps the request behind it away."
    return "\n".join([*columns(rows), "", summary, caution])


def _row(planned: Planned, request: Request, leaving: int, reason: str, options: Options) -> tuple[str, ...]:
    """``leaving``: how many of the cell's repetitions send it; ``reason`` holds the others back."""
    repeats = planned.endpoint.repeat
    remarks = [request.phase] if request.phase == "preflight" else []
    if 0 < leaving < repeats:
        remarks.append(f"{leaving} of {repeats} times")
    elif repeats > 1:
        remarks.append(f"{repeats} times")
    if leaving < repeats:
        remarks.append(f"held back: {reason}")
    return (*_names(planned), request.method, _url(planned, request.url, options), ", ".join(remarks))


def _control_row(planned: Planned, control: Request, leaving: int, options: Options) -> tuple[str, ...]:
    """A control belongs to no origin of the profile."""
    invented = any(name == "Origin" for name, _ in control.headers)
    remark = "control, from an invented origin" if invented else "control, without Origin"
    remark += "" if leaving else ", held back: held-budget"
    environment, endpoint, _, engine = _names(planned)
    return (environment, endpoint, "-", engine, control.method, _url(planned, control.url, options), remark)


def _names(planned: Planned) -> tuple[str, ...]:
    key = planned.key
    return tuple(printable(name) for name in (key.environment, key.endpoint, key.origin, key.engine))


def _url(planned: Planned, url: str, options: Options) -> str:
    return printable(mask_for(planned.deployment, options).text(url))
