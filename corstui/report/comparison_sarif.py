"""A comparison as SARIF 2.1.0 (OASIS), for code scanning: what differs between the sides, at the profile's lines.

A pair of cells that differs is a result of level error, a policy value that differs where the cells do not is a note.
What cannot be compared is no difference: it is a notification of the invocation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from corstui import __version__
from corstui.analysis.compare import Pair
from corstui.analysis.story import headline
from corstui.printable import printable
from corstui.report.comparison import Side, Sides
from corstui.report.formats import Options
from corstui.report.sarif import SCHEMA, place

_RULES = {
    "cells-differ": (
        "error",
        "A page can do on one side what it cannot do on the other, or another rule decides.",
        "Bring the two deployments to the same policy, or accept the difference where it is meant.",
    ),
    "policies-differ": (
        "note",
        "The two sides answer with other CORS headers, although browsers treat the requests alike.",
        "Bring the two deployments to the same headers, before a change makes the difference matter.",
    ),
}


def render(sides: Sides, options: Options) -> str:
    """The log, in ASCII."""
    results = [*_cells(sides), *_policies(sides)]
    ids = list(dict.fromkeys(result["ruleId"] for result in results))
    for result in results:
        result["ruleIndex"] = ids.index(result["ruleId"])
    driver = {"name": "corstui", "version": __version__, "semanticVersion": __version__, "rules": list(map(_rule, ids))}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": f"corstui/compare/{quote(sides.title)}/"},
                "invocations": [_invocation(sides)],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=1)


def _rule(code: str) -> dict[str, Any]:
    level, meaning, remedy = _RULES[code]
    return {
        "id": code,
        "name": "".join(word.title() for word in code.split("-")),
        "shortDescription": {"text": code.replace("-", " ").capitalize()},
        "fullDescription": {"text": meaning},
        "help": {"text": f"{meaning} {remedy}", "markdown": f"{meaning} {remedy}"},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["cors"]},
    }


def _cells(sides: Sides) -> Iterator[dict[str, Any]]:
    for environment, pair in sides.pairs:
        if pair.a is not None and pair.b is not None and pair.differs:
            said = f"{_named(environment, pair)} differs in {', '.join(pair.differs)}. {_both(sides, pair.a, pair.b)}"
            yield _result("cells-differ", said, pair.a, [environment, pair.endpoint, pair.origin, pair.engine])


def _policies(sides: Sides) -> Iterator[dict[str, Any]]:
    """One result for each value of an endpoint, whatever the number of origins that show it."""
    cells = {(pair.endpoint, pair.origin, pair.engine): pair.a for _, pair in sides.pairs if pair.a is not None}
    differing = {(environment, pair.endpoint, pair.origin) for environment, pair in sides.pairs if pair.differs}
    origins: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in sides.policies:
        if (row.get("environment"), row["endpoint"], row["origin"]) not in differing:
            key = (row.get("environment"), row["endpoint"], row["exchange"], row["name"], row["a"], row["b"])
            origins.setdefault(key, []).append(row)
    for (environment, endpoint, exchange, name, a, b), rows in origins.items():
        who = ", ".join(dict.fromkeys(row["origin"] for row in rows))
        said = f"{endpoint} x {who}: {exchange} {name}: {sides.a} {a}; {sides.b} {b}"
        cell = cells[endpoint, rows[0]["origin"], rows[0]["engine"]]
        yield _result("policies-differ", said, cell, [environment, endpoint, exchange, name])


def _invocation(sides: Sides) -> dict[str, Any]:
    return {"executionSuccessful": not sides.interrupted, "toolExecutionNotifications": list(_unclear(sides))}


def _unclear(sides: Sides) -> Iterator[dict[str, Any]]:
    if sides.gaps:
        level = "error" if sides.interrupted else "warning"
        yield {"level": level, "message": {"text": f"The comparison is not whole: {', '.join(sides.gaps)}."}}
    for environment, pair in sides.pairs:
        if pair.a is not None and pair.b is not None and not pair.comparable:
            said = f"{_named(environment, pair)} cannot be compared. {_both(sides, pair.a, pair.b)}"
            where = place(pair.a.planned.endpoint.location)
            yield {"level": "warning", "message": {"text": printable(said)}, "locations": [where]}


def _named(environment: str | None, pair: Pair[Side]) -> str:
    where = f" in {environment}" if environment is not None else ""
    return f"{pair.endpoint} x {pair.origin}{where} ({pair.engine})"


def _both(sides: Sides, a: Side, b: Side) -> str:
    return f"{sides.a}: {sides.mask.text(headline(a))}. {sides.b}: {sides.mask.text(headline(b))}."


def _result(rule: str, message: str, cell: Side, identity: list[Any]) -> dict[str, Any]:
    """A result at the endpoint's line; its fingerprint outlives a change of lines."""
    return {
        "ruleId": rule,
        "level": _RULES[rule][0],
        "message": {"text": printable(message)},
        "locations": [place(cell.planned.endpoint.location)],
        "partialFingerprints": {"corstuiCell/v1": hashlib.sha256(json.dumps([rule, *identity]).encode()).hexdigest()},
    }
