"""Take the README's pictures of the demo, as the dashboard draws it: matrix, a flow, and the comparison.

    python benchmarks/screenshot.py            writes demo.svg, flow.svg and compare.svg to profiles/
    python benchmarks/screenshot.py elsewhere

Times and ports are those of the run, so two pictures differ a little.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from corstui.lab import DEMO_PROFILE, LabThread
from corstui.tui.app import CorstuiApp
from corstui.tui.screens.dashboard import Dashboard

#: Seconds that a run may take.
PATIENCE = 60.0


@dataclass(frozen=True)
class Picture:
    """``tabs`` are opened, the cell of ``endpoint`` and ``origin`` is gone to, then ``keys`` are pressed."""

    size: tuple[int, int]
    tabs: tuple[str, ...]
    endpoint: str
    origin: str
    keys: tuple[str, ...] = ()


PICTURES = {
    # room for every origin and endpoint, and for the inspector beside them
    "demo": Picture((156, 26), ("1",), "basket", "storefront"),
    "flow": Picture((110, 30), ("1",), "update order", "storefront", ("enter",)),
    "compare": Picture((156, 26), ("2", "3"), "create order", "storefront"),
}


async def take(picture: Picture, process_env: Mapping[str, str]) -> str:
    """Run the dashboard without a terminal until what is to be shown has run; returns the SVG."""
    app = CorstuiApp([DEMO_PROFILE], process_env=process_env)
    async with app.run_test(size=picture.size) as pilot, asyncio.timeout(PATIENCE):
        while app.dashboard is None:
            await pilot.pause(0.05)
        for tab in picture.tabs:
            await pilot.press(tab)
            await _finished(pilot, app.dashboard)
        session = app.dashboard.session
        board = session.board(session.environments[0])
        endpoints = list(dict.fromkeys(slot.key.endpoint for slot in board))
        origins = list(dict.fromkeys(slot.key.origin for slot in board))
        down, right = endpoints.index(picture.endpoint), origins.index(picture.origin)
        await pilot.press("g", "home", *["down"] * down, *["right"] * right, *picture.keys)
        await pilot.pause(0.5)
        svg = app.export_screenshot(title="corstui demo")
    app.bridge.close()
    return svg


async def _finished(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """Wait until every board that runs here is full."""
    await pilot.pause(0.5)
    while dashboard.runs.active or not dashboard.grid.settled:
        await pilot.pause(0.05)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "profiles"
    os.environ.pop("NO_COLOR", None)
    with LabThread() as lab:
        for name, picture in PICTURES.items():
            target = folder / f"{name}.svg"
            target.write_text(asyncio.run(take(picture, lab.process_env())), encoding="utf-8")
            print(f"wrote {target}")


if __name__ == "__main__":
    main()
