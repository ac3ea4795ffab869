"""The main screens as somebody gets to them, over a network whose every answer takes the same time.

A scene is reached by keys alone. Nothing in it depends on the clock, on a port or on a folder.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from textual.widgets import Input, TextArea

from corstui.fetch.messages import Timing
from corstui.runner import Cell, CellKey, Plan
from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from corstui.tui.screens.confirm import ConfirmScreen
from corstui.tui.screens.create import CreateScreen
from corstui.tui.screens.dashboard import Dashboard
from corstui.tui.screens.explain import ExplainScreen
from corstui.tui.screens.flow import FlowScreen
from corstui.tui.screens.help import HelpScreen
from corstui.tui.screens.legend import LegendScreen
from corstui.tui.screens.loading import LoadingScreen
from corstui.tui.screens.picker import PickerScreen
from corstui.tui.screens.problems import ProblemsScreen
from corstui.tui.session import Session, load
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, Place

PROFILE = """\
version: 1
name: Shop
environments:
  staging: {vars: {api: 'https://api.staging.example'}}
  production: {vars: {api: 'https://api.production.example'}, confirm: true}
settings: {controls: false}
origins:
  storefront: https://o0.example
  admin: https://o1.example
  partner: https://o2.example
endpoints:
  list orders: {request: 'GET ${api}/0', headers: {X-Trace: demo}, expect: {partner: block}}
  create order: {request: 'POST ${api}/1', json: {sku: tea-1}}
  cancel order: {request: 'DELETE ${api}/2', tags: [danger]}
  rates: {request: 'GET ${api}/3', credentials: include, expect: allow}
  stock: GET ${api}/4
"""
BROKEN = PROFILE.replace("origins:", "orgins:").replace("GET ${api}/4", "GET ${apy}/4")
#: Who is refused, by environment, endpoint and origin.
REFUSED: tuple[Place, ...] = (
    ("staging", 0, 2),
    ("staging", 1, 2),
    ("staging", 3, 1),
    ("staging", 3, 2),
    ("production", 1, 2),
    ("production", 4, 0),
)
TAKES = 17.0
TIMING = Timing(queue=0.0, dns=1.0, connect=4.0, tls=9.0, first_byte=3.0, total=TAKES)
_WALL = 1_795_000_000.0


class Steady(Network):
    """Every exchange takes 17 ms. Only the storefront may send credentials."""

    async def answer(self, request: httpx.Request) -> httpx.Response:
        response = await super().answer(request)
        if response.headers and request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Headers"] = "content-type, x-trace"
        if request.headers["origin"] == "https://o0.example":
            response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    async def execute(self, plan: Plan, *, only: Collection[CellKey], on_start: Any) -> AsyncGenerator[Cell, None]:
        async for cell in super().execute(plan, only=only, on_start=on_start):
            dialogue = tuple(
                recorded._replace(
                    now=0.0,
                    wall=_WALL,
                    replies=tuple(reply._replace(now=0.0, wall=_WALL, timing=TIMING) for reply in recorded.replies),
                )
                for recorded in cell.dialogue
            )
            exchanges = sum(len(recorded.replies) for recorded in dialogue)
            yield replace(cell, dialogue=dialogue, duration_ms=exchanges * TAKES)


class Shown(CorstuiApp):
    """The application with the shop's dashboard, on which no time passes."""

    def __init__(self, folder: Path, network: Network, *, ascii: bool) -> None:
        super().__init__(bridge=Bridge(network.execute), ascii=ascii)
        path = folder / "shop.yaml"
        path.write_text(PROFILE)
        self._session = Session(load([path], {}), ascii=ascii)

    def begin(self) -> None:
        dashboard = Dashboard(self._session, self.bridge, source="shop.yaml")
        dashboard.runs.clock = lambda: 0.0
        self.push_screen(dashboard)


@dataclass(frozen=True)
class Scene:
    """``keys`` lead to ``screen``, each group of them once everything before it has come to rest."""

    screen: type[Any]
    keys: tuple[tuple[str, ...], ...] = ()
    held: tuple[Place, ...] = ()
    app: Callable[..., CorstuiApp] = Shown
    ready: Callable[[Person], bool] = lambda person: True


def _started(folder: Path, network: Network, *, ascii: bool) -> CorstuiApp:
    return CorstuiApp(bridge=Bridge(network.execute), process_env={}, ascii=ascii)


def _broken(folder: Path, network: Network, *, ascii: bool) -> CorstuiApp:
    Path("shop.yaml").write_text(BROKEN)
    return CorstuiApp([Path("shop.yaml")], bridge=Bridge(network.execute), process_env={}, ascii=ascii)


_CELL = ("down", "right", "right")
SCENES = {
    "matrix": Scene(Dashboard, (_CELL,)),
    "under way": Scene(
        Dashboard, held=(("staging", 4, 1), ("staging", 4, 2)), ready=lambda person: "13/15" in person.headline()
    ),
    "filter": Scene(Dashboard, (("slash", *"verdict:b"),)),
    "confirm": Scene(ConfirmScreen, (("2",),)),
    "compare": Scene(Dashboard, (("2",), ("y",), ("3",), ("down", "down", "down", "right"))),
    "headers": Scene(FlowScreen, ((*_CELL, "enter"),)),
    "checks": Scene(FlowScreen, ((*_CELL, "enter"), ("2",))),
    "fix": Scene(FlowScreen, ((*_CELL, "enter"), ("5",))),
    "explain": Scene(ExplainScreen, ((*_CELL, "enter"), ("enter",))),
    "keys": Scene(HelpScreen, (("question_mark",),)),
    "marks": Scene(LegendScreen, (("m",),)),
    "first start": Scene(PickerScreen, app=_started),
    "new profile": Scene(CreateScreen, (("n",), ("tab", "tab", "tab", *"shop.yaml")), app=_started),
    "broken profile": Scene(ProblemsScreen, app=_broken),
}


@asynccontextmanager
async def shown(name: str, folder: Path, size: tuple[int, int], *, ascii: bool = False) -> AsyncIterator[Person]:
    """Somebody in front of a scene that has come to rest."""
    scene = SCENES[name]
    network = Steady(blocked=REFUSED, held=scene.held)
    app = scene.app(folder, network, ascii=ascii)
    async with somebody(app, network, size) as person:
        await person.until(lambda: len(app.screen_stack) > 1 and not isinstance(app.screen, LoadingScreen))
        await _rest(person, scene)
        for keys in scene.keys:
            await person.press(*keys)
            await _rest(person, scene)
        await person.until(lambda: isinstance(app.screen, scene.screen) and scene.ready(person))
        await person.until(lambda: app.dashboard is None or not app.dashboard._behind)
        for field in (*app.screen.query(Input), *app.screen.query(TextArea)):
            field.cursor_blink = False
        await still(person)
        yield person


async def _rest(person: Person, scene: Scene) -> None:
    dashboard = person.app.dashboard
    if dashboard is not None and not scene.held:
        await person.until(lambda: not dashboard.runs.active and dashboard.grid.settled)
    await still(person)


async def still(person: Person) -> None:
    """Wait until nothing on the screen has changed for a while."""
    seen: list[str] = []
    while len(seen) < 3 or len(set(seen[-3:])) > 1:
        await person.pilot.pause(0.05)
        seen.append(person.text())
