"""The dashboard and the headless run say the same about the demo, cell by cell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from corstui.cli import main
from corstui.lab import DEMO_PROFILE, LabThread
from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from tests.tui.person import somebody
from tests.tui.shop import Network

FIELDS = ("verdict", "reason", "browser_error", "phase", "sent", "inconclusive", "expected", "as_expected")


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, str]]:
    running = LabThread()
    running.start()
    for name, value in running.process_env().items():
        monkeypatch.setenv(name, value)
    yield running.process_env()
    running.stop()


Told = dict[tuple[str, str, str], tuple[Any, ...]]


async def on_screen(profile: Path, process_env: Mapping[str, str]) -> Told:
    """What the dashboard holds after both environments ran."""
    app = CorstuiApp([profile], process_env=process_env, bridge=Bridge())
    async with somebody(app, Network()) as person:
        await person.opened()
        await person.press("3")
        await person.settled()
        cells = [slot.cell for board in person.dashboard.session.boards.values() for slot in board]
        return {
            (cell.environment, cell.endpoint, cell.origin): tuple(getattr(cell, each) for each in FIELDS)
            for cell in cells
            if cell is not None
        }


def test_the_dashboard_and_check_agree_on_every_cell_of_the_demo(
    lab: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = asyncio.run(on_screen(DEMO_PROFILE, lab))
    main(["check", str(DEMO_PROFILE), "--format", "json"])
    told: Told = {
        (cell["environment"], cell["endpoint"], cell["origin"]): tuple(cell[each] for each in FIELDS)
        for cell in json.loads(capsys.readouterr().out)["cells"]
    }
    assert shown == told
    assert {names[0] for names in told} == {"staging", "production"}
