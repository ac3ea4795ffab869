"""The run document, ``corstui.run/1``: one JSON object for a whole run. Its schema is ``run.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from corstui import __version__
from corstui.analysis.engines import Disagreement
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import HeaderList, Timing
from corstui.fetch.result import Check, Exchange, ScriptResponse
from corstui.report.engines import disagreements
from corstui.report.formats import Options
from corstui.report.masking import Mask, mask_for
from corstui.runner.cell import Cell
from corstui.runner.plan import Plan
from corstui.runner.record import Run

SCHEMA = "corstui.run/1"


def render(run: Run, options: Options) -> str:
    """The document as text, a line a cell. Only ASCII is written as itself: no byte of a server reaches a terminal."""
    return "".join(chunks(run, options))


def chunks(run: Run, options: Options) -> Iterator[str]:
    """The same in pieces, none of them longer to make than one cell."""
    more = {"engine_differences": differences(run, options)} if len(run.plan.engines) > 1 else {}
    head = json.dumps({**heading(run), "summary": run.summary, **more}, indent=1).removesuffix("\n}")
    yield f'{head},\n "cells": [\n'
    between = ""
    for cell in run.cells:
        yield f"{between}  {json.dumps(cell_object(cell, options))}"
        between = ",\n"
    yield "\n ]\n}"


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    loaded: dict[str, Any] = json.loads(files("corstui.report").joinpath("run.schema.json").read_text("utf-8"))
    return loaded


def heading(run: Run) -> dict[str, Any]:
    """What the document says about the run as a whole, without its counts."""
    return {**beginning(run.plan, run.started), **ending(run.duration_ms, run.interrupted)}


def ending(duration_ms: float, interrupted: bool) -> dict[str, Any]:
    """What is known at the end of a run."""
    return {"duration_ms": _ms(duration_ms), "interrupted": interrupted}


def beginning(plan: Plan, started: datetime) -> dict[str, Any]:
    """What is known when a run begins."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "engine_versions": {name: ENGINES[name].version for name in plan.engines},
        "profile": plan.name,
        "environments": list(plan.environments),
        "engines": list(plan.engines),
        "started": started.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def cell_object(cell: Cell, options: Options) -> dict[str, Any]:
    """One cell of the document, its secrets masked unless ``options`` asks for them."""
    mask = mask_for(cell.planned.deployment, options)
    flow = cell.flow
    return {
        "environment": cell.environment,
        "origin": cell.origin,
        "origin_value": cell.origin_value,
        "endpoint": cell.endpoint,
        "method": cell.method,
        "url": mask.text(cell.url),
        "engine": cell.engine,
        "verdict": cell.verdict,
        "reason": cell.reason,
        "browser_error": cell.browser_error,
        "phase": cell.phase,
        "sent": cell.sent,
        "inconclusive": cell.inconclusive,
        "expected": cell.expected,
        "as_expected": cell.as_expected,
        "waiver": _waiver(cell, mask),
        "response": _response(flow.response, mask),
        "exchanges": [_exchange(exchange, mask) for exchange in cell.exchanges],
        "checks": [_check(check, mask) for check in flow.checks],
        "findings": [{**each, "message": mask.text(each["message"])} for each in cell.findings],
        "duration_ms": _ms(cell.duration_ms),
    }


def _waiver(cell: Cell, mask: Mask) -> dict[str, Any] | None:
    """The waiver of the expectation, and what it does for this cell."""
    waiver = cell.planned.expectation.waiver if cell.planned.expectation else None
    if waiver is None:
        return None
    reason = mask.text(waiver.reason)
    return {"reason": reason, "expires": waiver.expires.isoformat(), "state": cell.waiver_state}


def differences(run: Run, options: Options) -> list[dict[str, Any]]:
    """The cells on which the engines of the run disagree: who says what, and why."""
    return [_difference(each, mask_for(each.cell.planned.deployment, options)) for each in disagreements(run)]


def _difference(found: Disagreement, mask: Mask) -> dict[str, Any]:
    named = ("verdict", "reason", "browser_error", "phase", "sent", "status")
    return {
        "environment": found.cell.environment,
        "origin": found.cell.origin,
        "endpoint": found.cell.endpoint,
        "parties": [
            {"engines": list(party.engines), **{name: getattr(party.cell, name) for name in named}}
            for party in found.parties
        ],
        "causes": [
            {
                "engines": list(cause.engines),
                "kind": cause.kind,
                "quirks": [quirk.code for quirk in cause.quirks],
                "sentence": mask.text(cause.sentence),
                "evidence": mask.text(cause.evidence),
                "fix": list(cause.fix),
            }
            for cause in found.causes
        ],
    }


def _response(response: ScriptResponse | None, mask: Mask) -> dict[str, Any] | None:
    if response is None:
        return None
    return {
        "type": response.type,
        "status": response.status,
        "url": mask.text(response.url),
        "redirected": response.redirected,
        "headers": _headers(response.headers, mask),
        "body_error": response.body_error,
    }


def _exchange(exchange: Exchange, mask: Mask) -> dict[str, Any]:
    request, response, error = exchange.request, exchange.response, exchange.error
    return {
        "phase": exchange.phase,
        "hop": exchange.hop,
        "request": {
            "method": request.method,
            "url": mask.text(request.url),
            "headers": _headers(request.headers, mask),
            "body_length": len(request.body),
        },
        "response": None
        if response is None
        else {
            "status": response.status,
            "reason": mask.text(response.reason),
            "http_version": response.http_version,
            "headers": _headers(response.headers, mask),
            "body_length": response.body_length,
        },
        "error": None if error is None else {"code": error.code, "message": mask.text(error.message)},
        "timing": _timing(exchange.timing),
    }


def _check(check: Check, mask: Mask) -> dict[str, Any]:
    return {
        "id": check.id,
        "passed": check.passed,
        "required": mask.text(check.required),
        "observed": mask.text(check.observed),
        "decisive": check.decisive,
        "exchange": check.exchange,
    }


def _headers(headers: HeaderList, mask: Mask) -> list[list[str]]:
    return [[name, value] for name, value in mask.headers(headers)]


def _timing(timing: Timing) -> dict[str, float | None]:
    names = ("queue", "dns", "connect", "tls", "first_byte", "total")
    return {name: _ms(getattr(timing, name)) for name in names}


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
