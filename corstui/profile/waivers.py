"""Accepted deviations: ``waiver: {reason, expires}`` beside an expectation.

A waiver excuses one thing only: an outcome that was judged and is not as expected. A network error, an inconclusive
answer and a held request were not judged, so a waiver changes nothing about them: an outage during an accepted
deviation stays an outage. A waiver that is no longer needed is a note and never a failure, with ``--strict`` too:
the cell is as expected, and a deviation that comes and goes must not turn a pipeline back and forth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from corstui.profile.document import Mapping, Node, Scalar, kind_of
from corstui.profile.kinds import Schema
from corstui.profile.problems import Location, Problems, Refusal, nearest, shown

#: ``in-force``: the cell deviates, and that is accepted. ``expired``: it deviates, and that was accepted once.
#: ``unneeded``: it is as expected.
WaiverState = Literal["in-force", "expired", "unneeded"]

_KEYS = ("reason", "expires")
_SHAPE = "write {reason: WHY, expires: YYYY-MM-DD}"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SAID = {
    "in-force": "waived until {expires}: {reason}",
    "expired": "waiver expired on {expires}: {reason}",
    "unneeded": "the waiver until {expires} is no longer needed: {reason}",
}

SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "pattern": r"\S", "description": "Why the deviation is accepted."},
        "expires": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "The last day, in UTC."},
    },
    "required": list(_KEYS),
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Waiver:
    """``expires`` is the last day on which the deviation is accepted, in UTC."""

    reason: str
    expires: date
    location: Location = field(compare=False)

    def holds(self, today: date) -> bool:
        return today <= self.expires


def waiver_note(state: str | None, reason: str, expires: object) -> str | None:
    """What reports say of a waiver; None where it changes nothing."""
    return _SAID[state].format(reason=reason, expires=expires) if state in _SAID else None


def read_waiver(node: Node, problems: Problems) -> Waiver | None:
    """The waiver in ``node``; None when it is incomplete, which ``problems`` tell."""
    if not isinstance(node, Mapping):
        raise Refusal(node.location, f"{kind_of(node)} where a waiver is expected", _SHAPE)
    given = {key.text: value for key, value in node.pairs}
    for key, _ in node.pairs:
        if key.text not in _KEYS:
            problems.add(key.location, f"a waiver has no {shown(key.text)}", nearest(key.text, _KEYS))
    for name in _KEYS:
        if name not in given:
            problems.add(node.location, f"the waiver has no {name}", _SHAPE)
    reason, expires = None, None
    with problems.collecting():
        reason = _reason(given["reason"]) if "reason" in given else None
    with problems.collecting():
        expires = _expires(given["expires"]) if "expires" in given else None
    return Waiver(reason, expires, node.location) if reason is not None and expires is not None else None


def _reason(node: Node) -> str:
    text = " ".join(node.text.split()) if isinstance(node, Scalar) and not node.is_null else ""
    if not text:
        raise Refusal(node.location, f"{kind_of(node)} as the reason of a waiver", "say why the deviation is accepted")
    return text


def _expires(node: Node) -> date:
    if isinstance(node, Scalar) and _DATE.fullmatch(node.text):
        try:
            return date.fromisoformat(node.text)
        except ValueError as error:
            raise Refusal(node.location, f"{node.text} is no date: {error}", "write YYYY-MM-DD") from None
    raise Refusal(node.location, f"{kind_of(node)} is no date", "write YYYY-MM-DD")
