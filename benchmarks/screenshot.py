"""Take the README's picture: the demo's staging matrix with a cell in the inspector, as the dashboard draws it.

    python benchmarks/screenshot.py            writes profiles/demo.svg
    python benchmarks/screenshot.py other.svg

Times and ports are those of the run, so two pictures differ a little.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from corstui.lab import DEMO_PROFILE, LabThread
from corstui.tui.app import CorstuiApp
from corstui.tui.board import Board

#: Columns and lines: room for every origin and endpoint, and for the inspector beside them.
SIZE = (156, 26)
#: The cell that the inspector shows.
ENDPOINT, ORIGIN = "basket", "storefront"
#: Seconds that the run may take.
PATIENCE = 60.0


async def take(process_env: Mapping[str, str]) -> str:
    """Run the dashboard without a terminal until the matrix is full; returns the SVG."""
    app = CorstuiApp([DEMO_PROFILE], process_env=process_env)
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(PATIENCE):
        while (board := _board(app)) is None or board.done < len(board):
            await pilot.pause(0.05)
        endpoints = list(dict.fromkeys(slot.key.endpoint for slot in board))
        origins = list(dict.fromkeys(slot.key.origin for slot in board))
        await pilot.press(*["down"] * endpoints.index(ENDPOINT), *["right"] * origins.index(ORIGIN))
        await pilot.pause()
        picture = app.export_screenshot(title="corstui demo")
    app.bridge.close()
    return picture


def _board(app: CorstuiApp) -> Board | None:
    """The board of the first environment, once the profile is open."""
    if app.dashboard is None:
        return None
    session = app.dashboard.session
    return session.board(session.environments[0])


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "profiles" / "demo.svg"
    os.environ.pop("NO_COLOR", None)
    with LabThread() as lab:
        picture = asyncio.run(take(lab.process_env()))
    target.write_text(picture, encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
