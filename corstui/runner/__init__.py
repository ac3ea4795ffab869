"""From a profile to finished cells: what is planned, when it is sent, what is kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey, NothingSelected, Plan, Planned, plan
from corstui.runner.record import Run, recorded
from corstui.runner.schedule import CellFailed, execute

if TYPE_CHECKING:
    import httpx

    from corstui.profile import Profile

__all__ = [
    "Cell",
    "CellFailed",
    "CellKey",
    "NothingSelected",
    "Plan",
    "Planned",
    "Run",
    "execute",
    "plan",
    "recorded",
    "run",
]


async def run(
    profile: Profile,
    *,
    environments: Iterable[str] | None = None,
    origins: Iterable[str] | None = None,
    endpoints: Iterable[str] | None = None,
    tags: Iterable[str] | None = None,
    engines: Iterable[str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    concurrency: int | None = None,
) -> AsyncGenerator[Cell, None]:
    """Yield the cells of a profile as they finish; leaving the iterator cancels the rest.

    Filters hold names or globs. Raises NothingSelected for a filter without a match, ProfileError for a variable that
    a selected environment misses.
    """
    chosen = plan(profile, environments=environments, origins=origins, endpoints=endpoints, tags=tags, engines=engines)
    async with aclosing(execute(chosen, transport=transport, concurrency=concurrency)) as cells:
        async for cell in cells:
            yield cell
