"""Where engines disagree, on screen: matrix, inspector, drill-down, and asking the engines that are left."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from textual.widgets import Static

from corstui.analysis.marks import ENGINES_PART, SUFFIXES
from corstui.fetch.engines import ENGINES
from corstui.tui.screens.engines import EnginesScreen
from corstui.tui.screens.explain import ExplainScreen
from corstui.tui.screens.flow import FlowScreen
from corstui.tui.session import Session, load
from corstui.tui.widgets.inspector import Inspector
from tests.tui.person import Person
from tests.tui.shop import Network
from tests.tui.test_dashboard import at_work

PROFILE = """
version: 1
name: Shop
environments: {here: {writes: true}}
settings: {controls: false}
origins: {web: "https://web.example"}
endpoints:
  agent: {request: GET https://api.example/0, headers: {User-Agent: mine}}
  plain: GET https://api.example/1
  save: POST https://api.example/2
"""


class Api(Network):
    """Allows every origin, POST among the methods, and no header by name."""

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, headers={"Access-Control-Allow-Origin": "*"})

    @property
    def engines(self) -> set[str]:
        return {key.engine for key in self.asked}


@pytest.fixture
def shop(tmp_path: Path) -> Session:
    path = tmp_path / "shop.yaml"
    path.write_text(PROFILE)
    return Session(load([path], {}))


async def opened(person: Person, row: int = 0) -> None:
    """Open the drill-down of the cell in a row, and the engines from there."""
    await person.settled()
    await person.press("g", *["j"] * row, "enter")
    await person.until(lambda: isinstance(person.app.screen, FlowScreen))
    await person.press("b")
    await person.until(lambda: isinstance(person.app.screen, EnginesScreen))


async def test_b_asks_the_other_engines_and_says_which_rule_parts_them(shop: Session) -> None:
    network = Api()
    async with at_work(shop, network) as person:
        await opened(person)
        await person.until(lambda: "Why firefox, webkit, standard differ from chromium" in person.text())
        text = person.text()
        assert "header-not-allowed, CORSMissingAllowHeaderFromPreflight2" in text
        assert "Chromium drops a User-Agent header that script sets" in text
        assert "measured with Chromium 156" in text
        assert "quirk.user-agent-by-script" in text
        assert "What suits all of them" in text
        assert [key.endpoint for key in network.asked if key.engine != "chromium"] == ["agent"] * 3
        await person.press("enter")
        await person.until(lambda: isinstance(person.app.screen, ExplainScreen))
        assert "firefox, webkit, standard" in person.text()


async def test_the_matrix_the_inspector_and_the_drill_down_show_it_from_then_on(shop: Session) -> None:
    async with at_work(shop, Api()) as person:
        await opened(person)
        await person.until(lambda: "quirk.user-agent-by-script" in person.text())
        await person.press("escape")
        await person.until(lambda: isinstance(person.app.screen, FlowScreen))
        assert "chromium ✓ 200 · firefox, webkit, standard ✗ header-not-allowed (preflight)" in person.text()
        await person.press("escape")
        await person.until(lambda: person.app.screen is person.dashboard)
        assert person.lines()[1].split()[:4] == ["›GET", "agent", "✓", f"200{ENGINES_PART}"]
        assert person.lines()[2].split()[:4] == ["GET", "plain", "✓", "200"]
        text = " ".join(str(person.dashboard.query_one(Inspector).query_one(Static).content).split())
        assert "firefox, webkit, standard ✗ header-not-allowed (preflight)" in text
        assert "quirk.user-agent-by-script" in text
        await person.press("d")
        assert [line for line in person.lines() if "plain" in line] == []


async def test_engines_that_agree_are_said_to_and_leave_no_mark(shop: Session) -> None:
    async with at_work(shop, Api()) as person:
        await opened(person, row=1)
        await person.until(lambda: "The engines agree." in person.text() and "not run" not in person.text())
        await person.press("enter")
        assert "nothing to explain" in person.told()
        await person.press("escape", "escape")
        assert person.lines()[2].split()[:4] == ["›GET", "plain", "✓", "200"]


async def test_a_write_is_sent_by_the_profiles_own_engine_alone(shop: Session) -> None:
    network = Api()
    async with at_work(shop, network) as person:
        await opened(person, row=2)
        await person.until(lambda: person.text().count("Held back by corstui") == 3)
        await person.until(lambda: "As far as each of them went, the engines agree." in person.text())
        assert "POST: only chromium, the profile's own engine, sends it." in person.text()
        posts = sum(request.method == "POST" for request in network.requests)
        await person.press("r")
        await person.settled()
        assert posts == sum(request.method == "POST" for request in network.requests) == 1


async def test_another_engines_drill_down_never_sends_the_write_that_waits_in_the_profiles_own(shop: Session) -> None:
    network = Api()
    shop.engine = "firefox"
    async with at_work(shop, network) as person:
        await opened(person, row=2)
        await person.until(lambda: person.text().count("Held back by corstui") == 3)
        await person.until(
            lambda: "It was not run in chromium: r in its matrix runs it." in " ".join(person.text().split())
        )
        assert "chromium" not in network.engines
        assert [request for request in network.requests if request.method == "POST"] == []


async def test_an_engine_of_which_single_cells_were_seen_still_fills_when_it_is_opened(shop: Session) -> None:
    network = Api()
    async with at_work(shop, network) as person:
        await opened(person)
        await person.until(lambda: len(network.engines) == len(ENGINES))
        await person.press("escape", "escape", "b")
        await person.settled()
        assert person.dashboard.session.engine == "firefox"
        assert [key.endpoint for key in network.asked if key.engine == "firefox"] == ["agent", "plain", "save"]
        assert f"header{ENGINES_PART}" in person.lines()[1]


async def test_a_reload_runs_no_matrix_of_which_single_cells_were_seen(shop: Session, tmp_path: Path) -> None:
    async with at_work(shop, Api()) as person:
        await opened(person)
        await person.until(lambda: "quirk.user-agent-by-script" in person.text())
        renewed = Session(load([tmp_path / "shop.yaml"], {}))
        wanted = renewed.inherit(shop)
        assert {board.engine for board, _ in wanted} == {"chromium"}
        (slot,) = (slot for slot in renewed.board("here", "chromium") if slot.parting)
        assert slot.key.endpoint == "agent"


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_page_of_the_engines_fits_its_terminal(shop: Session, size: tuple[int, int]) -> None:
    async with at_work(shop, Api(), size) as person:
        await opened(person)
        await person.until(lambda: "What suits all of them" in person.text())
        assert "esc back" in person.text()


def test_the_legend_knows_the_mark() -> None:
    assert ENGINES_PART in dict(SUFFIXES)
