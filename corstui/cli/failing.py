"""``--fail-on``: what besides verdicts turns the exit code to 1."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from corstui.cli import exits
from corstui.cli.arguments import FAIL_ON_POLICY
from corstui.cli.streams import narrate
from corstui.runner.lint import SEVERITIES


def on_findings(severities: Iterable[str | None], wanted: Collection[str]) -> int:
    """1 when a cell has a finding that is as grave as the mildest severity among ``wanted``; told on stderr.

    ``severities``: for each cell that of its gravest finding.
    """
    among = [each for each in wanted if each != FAIL_ON_POLICY]
    if not among:
        return exits.OK
    mildest = min(among, key=SEVERITIES.index)
    enough = SEVERITIES[SEVERITIES.index(mildest) :]
    found = sum(severity in enough for severity in severities)
    if not found:
        return exits.OK
    graver = " or graver" if len(enough) > 1 else ""
    narrate(f"{found} {'cell has' if found == 1 else 'cells have'} a finding that is {mildest}{graver}")
    return exits.UNEXPECTED


def on_policies(differing: int, wanted: Collection[str]) -> int:
    """1 when policies differ and that is to count; told on stderr."""
    if not differing or FAIL_ON_POLICY not in wanted:
        return exits.OK
    narrate(f"{differing} policy {'value differs' if differing == 1 else 'values differ'}")
    return exits.UNEXPECTED
