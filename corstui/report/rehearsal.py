"""What a run would send, without sending it: one line a request, in the order of the plan."""

from __future__ import annotations

from corstui.analysis.text import printable
from corstui.fetch.messages import Request
from corstui.report.formats import Options
from corstui.report.layout import columns
from corstui.report.masking import mask_for
from corstui.runner.guard import Guard
from corstui.runner.plan import Plan, Planned
from corstui.runner.simulate import rehearse

_HEADINGS = ("environment", "endpoint", "origin", "engine", "request", "url", "")


def render(plan: Plan, options: Options) -> str:
    """Every request when preflights pass and nothing redirects. Requests that would be held say so."""
    rows: list[tuple[str, ...]] = [_HEADINGS]
    sent = held = 0
    for planned in plan.cells:
        guard = Guard(planned)
        requests = rehearse(planned)
        for request in requests:
            reason = guard.hold(request)
            rows.append(_row(planned, request, reason, options))
            repeats = planned.endpoint.repeat
            sent, held = (sent + repeats, held) if reason is None else (sent, held + repeats)
        if not requests:
            remark = "nothing is sent: refused locally"
            rows.append((*_names(planned), planned.method, _url(planned, planned.url, options), remark))
    summary = f"{sent} requests would be sent, {held} held back"
    caution = "Redirects may add requests; a preflight that fails keeps the request behind it away."
    return "\n".join([*columns(rows), "", summary, caution])


def _row(planned: Planned, request: Request, reason: str | None, options: Options) -> tuple[str, ...]:
    remarks = [request.phase] if request.phase == "preflight" else []
    if reason is not None:
        remarks.append(f"held back: {reason}")
    if planned.endpoint.repeat > 1:
        remarks.append(f"{planned.endpoint.repeat} times")
    return (*_names(planned), request.method, _url(planned, request.url, options), ", ".join(remarks))


def _names(planned: Planned) -> tuple[str, ...]:
    key = planned.key
    return tuple(printable(name) for name in (key.environment, key.endpoint, key.origin, key.engine))


def _url(planned: Planned, url: str, options: Options) -> str:
    return printable(mask_for(planned.deployment, options).text(url))
