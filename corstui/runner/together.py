"""Several executions side by side: the hosts' slots and the rate are shared, the budget is each one's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection
from typing import TYPE_CHECKING

from corstui.runner.limits import Limits
from corstui.runner.schedule import execute

if TYPE_CHECKING:
    import httpx

    from corstui.profile import Settings
    from corstui.runner.cell import Cell
    from corstui.runner.plan import CellKey, Plan


class Together:
    """Executes plans on one event loop. Those under the same settings keep to their limits together."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._shared: tuple[Settings, Limits] | None = None

    def __call__(
        self, plan: Plan, *, only: Collection[CellKey], on_start: Callable[[CellKey], None]
    ) -> AsyncGenerator[Cell, None]:
        if self._shared is None or self._shared[0] != plan.settings:
            self._shared = (plan.settings, Limits.of(plan.settings))
        limits = self._shared[1].renewed(plan.settings)
        return execute(plan, only=only, on_start=on_start, limits=limits, transport=self._transport)
