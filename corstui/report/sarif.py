"""A run as SARIF 2.1.0 (OASIS), for code scanning: what is not as expected, and the findings, at the profile's lines.

A cell that is not as expected is a result of level error, under the reason that blocked it; a finding is one result for
an endpoint, whatever the number of origins that show it. What could not be judged is no defect of the policy: it is a
notification of the invocation, and so is a waiver that is no longer needed. A deviation that a waiver accepts is a
suppressed result, and no more than a note for readers that know no suppressions, as GitHub's code scanning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from corstui import __version__
from corstui.analysis.explain import Explanation, explain
from corstui.analysis.story import headline
from corstui.printable import printable
from corstui.profile.problems import Location
from corstui.report.attention import Flaw, advice, flaws
from corstui.report.formats import Options
from corstui.report.markdown import plain
from corstui.report.masking import mask_for
from corstui.report.standing import standing
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey
from corstui.runner.record import Run

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {"info": "note", "warning": "warning", "medium": "warning"}
#: GitHub sorts security results by this number (0 to 10); what is only untidy has none.
_SECURITY = {"medium": "5.0", "high": "8.0", "critical": "9.5"}
#: The rules of cells that no reason explains, because nothing was blocked although it was expected.
_OWN = {
    "unexpectedly-allowed": "Script can read an answer that it was not expected to read, or not with this status.",
    "unexpectedly-opaque": "The request went out, and script sees nothing of the answer.",
}


def render(run: Run, options: Options) -> str:
    """The log, in ASCII."""
    failed = [(_rule_of(cell), cell) for cell in run.cells if standing(cell) in ("failed", "waived")]
    found = flaws(run, lambda severity: severity is not None)
    ids = list(dict.fromkeys([*(rule for rule, _ in failed), *(flaw.finding["rule"] for flaw in found)]))
    results = [_failure(rule, cell, options) for rule, cell in failed] + [_finding(flaw, options) for flaw in found]
    for result in results:
        result["ruleIndex"] = ids.index(result["ruleId"])
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(ids)},
                "automationDetails": {"id": f"corstui/{quote(run.plan.name)}/"},
                "invocations": [_invocation(run, options)],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=1)


# -- the rules -----------------------------------------------------------------------------------------------------


def _driver(ids: list[str]) -> dict[str, Any]:
    rules = [_own_rule(code) if code in _OWN else _rule(explain(code)) for code in ids]
    return {"name": "corstui", "version": __version__, "semanticVersion": __version__, "rules": rules}


def _rule(page: Explanation) -> dict[str, Any]:
    """A page of ``corstui explain`` as a rule."""
    paragraphs = [page.meaning, *([page.why] if page.why else [])]
    text = "\n\n".join([*paragraphs, "What to change:", *(f"- {advice}" for advice in page.fix)])
    markdown = "\n".join(
        [*(f"{plain(paragraph)}\n" for paragraph in paragraphs), "**What to change**\n"]
        + [f"- {plain(advice)}" for advice in page.fix]
    )
    severity = {"security-severity": _SECURITY[page.severity]} if page.severity in _SECURITY else {}
    return {
        "id": page.code,
        "name": "".join(word.title() for word in page.code.replace(".", "-").split("-")),
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.meaning},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": _LEVELS.get(page.severity, "error")},
        "properties": {"tags": ["cors", *(["security"] if severity else [])], **severity},
    }


def _own_rule(code: str) -> dict[str, Any]:
    text = f"{_OWN[code]} Change the policy, or what the profile expects of it."
    return {
        "id": code,
        "name": "".join(word.title() for word in code.split("-")),
        "shortDescription": {"text": code.replace("-", " ").capitalize()},
        "fullDescription": {"text": _OWN[code]},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["cors"]},
    }


def _rule_of(cell: Cell) -> str:
    return cell.reason or f"unexpectedly-{cell.verdict}"


# -- the results ---------------------------------------------------------------------------------------------------


def _failure(rule: str, cell: Cell, options: Options) -> dict[str, Any]:
    mask = mask_for(cell.planned.deployment, options)
    expectation = cell.planned.expectation
    note = f" {cell.waiver_note[:1].upper()}{cell.waiver_note[1:]}." if cell.waiver_note else ""
    said = f"{cell.key}: {headline(cell)}. Expected {cell.expected}.{note}"
    level = "note" if cell.waiver_state == "in-force" else "error"
    message = printable(mask.text("  ".join([said, *advice(cell)])))
    result = _result(rule, level, message, cell, (cell.key,), [cell.origin, cell.engine])
    if expectation is not None:
        where = place(expectation.location)
        result["relatedLocations"] = [{"id": 1, "message": {"text": "what is expected"}, **where}]
        if expectation.waiver is not None and cell.waiver_state == "in-force":
            said = printable(mask.text(f"{expectation.waiver.reason} (until {expectation.waiver.expires})"))
            suppression = {"kind": "inSource", "status": "accepted", "justification": said}
            result["suppressions"] = [{**suppression, "location": place(expectation.waiver.location)}]
    return result


def _finding(flaw: Flaw, options: Options) -> dict[str, Any]:
    cell, finding = flaw.cell, flaw.finding
    mask = mask_for(cell.planned.deployment, options)
    keys = tuple(CellKey(cell.environment, origin, cell.endpoint, cell.engine) for origin in flaw.origins)
    origins = ", ".join(flaw.origins)
    said = f"{cell.endpoint} x {origins} in {cell.environment}: {finding['message']}"
    level = _LEVELS.get(finding["severity"], "error")
    return _result(finding["rule"], level, printable(mask.text(said)), cell, keys, [finding["severity"]])


def _result(
    rule: str, level: str, message: str, cell: Cell, keys: tuple[CellKey, ...], more: list[str]
) -> dict[str, Any]:
    """One result at the endpoint's line. Its fingerprint outlives a change of lines, and, as ``more`` names none, of
    origins for a finding."""
    identity = [rule, cell.environment, cell.endpoint, *more]
    logical = [{"fullyQualifiedName": printable(str(key)), "kind": "resource"} for key in keys]
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": message},
        "locations": [{**place(cell.planned.endpoint.location), "logicalLocations": logical}],
        "partialFingerprints": {"corstuiCell/v1": hashlib.sha256(json.dumps(identity).encode()).hexdigest()},
    }


def place(location: Location) -> dict[str, Any]:
    """A physical location: relative to the working directory when it is below, which for a pipeline is the project."""
    path = Path(location.path).absolute()
    below = path.is_relative_to(Path.cwd())
    uri = quote(path.relative_to(Path.cwd()).as_posix()) if below else path.as_uri()
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if location.line:
        physical["region"] = {"startLine": location.line, "startColumn": location.column or 1}
    return {"physicalLocation": physical}


# -- the invocation ------------------------------------------------------------------------------------------------


def _invocation(run: Run, options: Options) -> dict[str, Any]:
    ended = run.started + timedelta(milliseconds=run.duration_ms)
    times = {"startTimeUtc": run.started, "endTimeUtc": ended}
    return {
        "executionSuccessful": not run.interrupted,
        **{
            name: time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            for name, time in times.items()
        },
        "toolExecutionNotifications": list(_notifications(run, options)),
    }


def _notifications(run: Run, options: Options) -> Iterator[dict[str, Any]]:
    if run.interrupted:
        missing = run.summary["not_run"]
        yield {"level": "error", "message": {"text": f"The run was interrupted; {missing} cells did not run."}}
    for cell in run.cells:
        if standing(cell) == "unjudged":
            mask = mask_for(cell.planned.deployment, options)
            said = printable(mask.text(f"{cell.key} could not be judged: {headline(cell)}"))
            where = place(cell.planned.endpoint.location)
            yield {"level": "warning", "message": {"text": said}, "locations": [where]}
        if cell.waiver_state == "unneeded":
            mask = mask_for(cell.planned.deployment, options)
            said = printable(mask.text(f"{cell.key}: {cell.waiver_note}"))
            where = place(cell.planned.endpoint.location)
            yield {"level": "note", "message": {"text": said}, "locations": [where]}
