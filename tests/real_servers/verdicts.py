"""What a cell should come to, as data, and the comparison of a run with a table of such.

A table is written endpoint by endpoint, environment by environment, as outcome -> names of origins:

    {"nginx orders": {"staging": {allowed(200): "app admin", NO_ACAO: "foreign sandbox"}, "production": {...}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from corstui import Cell, load_profile, run
from corstui.profile import Profile
from tests.real_servers.servers import DEPLOYMENTS, HERE, Farm

PROFILE = HERE.parent.parent / "profiles" / "real-servers.yaml"
ENGINES = ("chromium", "firefox", "webkit")

#: Every table is held against every environment in every engine.
everywhere = pytest.mark.parametrize(
    ("environment", "engine"), [(environment, engine) for environment in DEPLOYMENTS for engine in ENGINES]
)


@dataclass(frozen=True)
class Outcome:
    """How a cell ends. ``status`` is what script sees; ``webkit`` stands where WebKit ends otherwise."""

    verdict: str
    reason: str | None
    phase: str
    sent: bool
    status: int | None = None
    webkit: Outcome | None = None


def allowed(status: int) -> Outcome:
    """Script reads a response of this status."""
    return Outcome("allowed", None, "actual", sent=True, status=status)


def blocked(reason: str) -> Outcome:
    """The browser refuses the response of the request itself, which the server has carried out."""
    return Outcome("blocked", reason, "actual", sent=True)


def kept_away(reason: str) -> Outcome:
    """The browser refuses after the preflight; the request never leaves."""
    return Outcome("blocked", reason, "preflight", sent=False)


#: The preflight passed, and the request itself is held back: production is not to be written to.
HELD = Outcome("unsent", "held-after-preflight", "actual", sent=False)
NO_ACAO = blocked("acao-missing")
NO_ACAO_PREFLIGHT = kept_away("acao-missing-preflight")
BAD_STATUS_PREFLIGHT = kept_away("preflight-status")
#: A preflight that is refused with an error status and without ACAO: WebKit looks at the status first.
REFUSED_PREFLIGHT = replace(NO_ACAO_PREFLIGHT, webkit=BAD_STATUS_PREFLIGHT)

Row = Mapping[str, Mapping[Outcome, str]]
Table = Mapping[str, Row]
Verdicts = dict[tuple[str, str], Outcome]


def expected(table: Table, environment: str, engine: str) -> Verdicts:
    """The table's outcomes in one environment and engine, by endpoint and origin."""
    return {
        (endpoint, origin): (outcome.webkit if engine == "webkit" else None) or replace(outcome, webkit=None)
        for endpoint, row in table.items()
        for outcome, origins in row[environment].items()
        for origin in origins.split()
    }


def outcome_of(cell: Cell) -> Outcome:
    return Outcome(cell.verdict, cell.reason, cell.phase, cell.sent, cell.status)


def profile_of(farm: Farm) -> Profile:
    return load_profile(PROFILE, process_env=farm.variables)


async def surprises(farm: Farm, server: str, table: Table, environment: str, engine: str) -> list[str]:
    """Run the server's part of the profile: the cells that do not end as in the table. Skips without the server."""
    farm.require(server)
    cells = run(profile_of(farm), environments=[environment], tags=[server], engines=[engine])
    found = {(cell.endpoint, cell.origin): outcome_of(cell) async for cell in cells}
    wanted = expected(table, environment, engine)
    return [
        f"{endpoint} x {origin}: {found.get((endpoint, origin))} instead of {wanted.get((endpoint, origin))}"
        for endpoint, origin in sorted(found.keys() | wanted.keys())
        if found.get((endpoint, origin)) != wanted.get((endpoint, origin))
    ]
