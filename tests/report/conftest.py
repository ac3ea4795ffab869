"""Runs of small profiles against a shop in process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corstui.runner import Run, execute, plan, recorded
from tests.runner.shops import Answer, Shop, consent, profile_of

Finish = Callable[..., Awaitable[Run]]


@pytest.fixture
def finish(tmp_path: Path) -> Finish:
    """Run the profile in ``text`` against ``answer`` to its end."""

    async def run(
        text: str, answer: Answer = consent, engines: list[str] | None = None, *, bodies: bool = False, **env: str
    ) -> Run:
        chosen = plan(profile_of(tmp_path, text, **env), engines=engines)
        cells = [cell async for cell in execute(chosen, transport=Shop(answer), bodies=bodies)]
        return recorded(chosen, cells, datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC), 12.5)

    return run
