"""The first start: what there is to pick, a profile from a form, a file by its path."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from corstui.profile import load_profile
from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from corstui.tui.screens.create import CreateScreen
from corstui.tui.screens.dashboard import Dashboard
from corstui.tui.screens.picker import OpenScreen, PickerScreen
from corstui.tui.screens.problems import ProblemsScreen
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, profile_text

CURL = "curl 'https://api.shop.example/orders' -H 'authorization: Bearer topsecret' --json '{\"a\": 1}'"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in and an empty home."""
    for name in ("here", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@asynccontextmanager
async def started(size: tuple[int, int] = (100, 34), *, demo: bool = False) -> AsyncIterator[Person]:
    network = Network()
    path = Path("lab.yaml")
    path.write_text(profile_text())
    app = CorstuiApp(bridge=Bridge(network.execute), demo=(lambda: (path, {})) if demo else None)
    async with somebody(app, network, size) as person:
        yield person


async def fill(person: Person, origins: str, requests: str, name: str = "Web shop") -> CreateScreen:
    """Open the form and type into it."""
    await person.press("n")
    screen = person.app.screen
    assert isinstance(screen, CreateScreen)
    screen.query_one("#name", Input).value = name
    screen.query_one("#origins", TextArea).text = origins
    screen.query_one("#requests", TextArea).text = requests
    await person.pilot.pause()
    return screen


async def test_without_a_profile_the_demo_opens_and_says_how_to_go_on() -> None:
    async with started(demo=True) as person:
        await person.opened()
        assert "p creates or opens one of yours" in person.told()
        await person.press("p")
        assert isinstance(person.app.screen, PickerScreen)
        assert "There is no profile yet" in person.text()
        await person.press("d")
        await person.opened()


async def test_without_a_demo_the_picker_says_where_it_looked_and_what_to_do() -> None:
    async with started() as person:
        assert "Looked in ./profiles and ~/.config/corstui/profiles" in person.text()
        assert "create a profile" in person.text()
        await person.press("d")
        assert "lab is not part of this program" in person.told()
        await person.press("j", "k", "escape")
    assert person.app.return_code == 0


async def test_a_profile_from_the_form_is_written_and_opened() -> None:
    async with started() as person:
        await fill(
            person, "https://shop.example\npartner: https://partner.example", f"https://api.shop.example/a\n{CURL}"
        )
        assert "2 origins, 2 endpoints understood" in person.text()
        assert "set API_AUTHORIZATION" in person.text()
        assert "profiles/web-shop.yaml" in person.text()
        await person.press("ctrl+s")
        await person.until(lambda: isinstance(person.app.screen, Dashboard | ProblemsScreen))
        path = Path("profiles/web-shop.yaml")
        assert "topsecret" not in path.read_text()
        assert load_profile(path, process_env={"API_AUTHORIZATION": "x"}).origins == ["shop", "partner"]


@pytest.mark.parametrize(
    ("origins", "requests", "said"),
    [
        ("", "https://a.example", "A profile needs an origin."),
        ("https://a.example", "", "A profile needs an endpoint."),
        ("", "", "A profile needs an origin and an endpoint."),
        ("https://a.example\nshop", "https://a.example", "1 line could not be understood"),
        ("https://a.example", "https://a.example\ncurl 'x", "Endpoints, line 2: a quote is not closed"),
    ],
)
async def test_what_is_missing_or_wrong_is_told_in_place(origins: str, requests: str, said: str) -> None:
    async with started() as person:
        await fill(person, origins, requests)
        await person.press("ctrl+s")
        assert said in person.text()
        assert isinstance(person.app.screen, CreateScreen)
        assert not Path("profiles").exists()


async def test_a_file_is_replaced_only_when_asked_twice() -> None:
    Path("profiles").mkdir()
    target = Path("profiles/web-shop.yaml")
    target.write_text("mine")
    async with started() as person:
        await fill(person, "https://a.example", "https://api.example/x")
        await person.press("ctrl+s")
        assert "exists. ctrl+s once more replaces it" in person.text()
        assert target.read_text() == "mine"
        await person.press("ctrl+s")
        await person.until(lambda: target.read_text() != "mine")


async def test_a_file_that_cannot_be_written_is_told() -> None:
    Path("file").write_text("")
    async with started() as person:
        screen = await fill(person, "https://a.example", "https://api.example/x")
        screen.query_one("#file", Input).value = "file/under/it.yaml"
        await person.pilot.pause()
        await person.press("ctrl+s")
        assert "Cannot write file/under/it.yaml" in person.text()


async def test_what_was_typed_is_still_there_the_next_time() -> None:
    async with started() as person:
        await fill(person, "https://a.example", "https://api.example/x", name="Mine")
        await person.press("escape", "n")
        screen = person.app.screen
        assert screen.query_one("#name", Input).value == "Mine"
        assert screen.query_one("#requests", TextArea).text == "https://api.example/x"


async def test_tab_goes_from_field_to_field_and_pasting_works() -> None:
    async with started(size=(80, 24)) as person:
        await person.press(
            "n", *"Shop", "tab", *"https://a.example", "tab", *"GET https://b.example/x", "tab", "shift+tab"
        )
        assert "1 origin, 1 endpoint understood" in person.text()
        assert max(map(len, person.text().splitlines())) <= 80


async def test_a_file_is_opened_by_its_path_with_completion() -> None:
    Path("elsewhere").mkdir()
    Path("elsewhere/shop.yaml").write_text(profile_text())
    Path("elsewhere/shop-two.yaml").write_text(profile_text())
    async with started() as person:
        await person.press("o")
        assert isinstance(person.app.screen, OpenScreen)
        await person.press("enter")
        assert "Type the path of a profile" in person.text()
        await person.press(*"elsewh", "tab")
        field = person.app.screen.query_one(Input)
        assert field.value == "elsewhere/"
        await person.press("tab")
        assert field.value == "elsewhere/shop"
        await person.press("tab")
        assert "shop-two.yaml  shop.yaml" in person.text()
        await person.press(*"pp", "enter")
        assert "There is no file elsewhere/shoppp" in person.text()
        await person.press("tab")
        assert "Nothing begins like that" in person.text()
        field.value = "elsewhere/shop.yaml"
        await person.press("enter")
        await person.opened()


async def test_a_file_that_is_no_profile_shows_its_problems() -> None:
    Path("no.yaml").write_text("version: 7\n")
    async with started() as person:
        await person.press("o", *"no.yaml", "enter")
        await person.until(lambda: isinstance(person.app.screen, ProblemsScreen))
        assert "no.yaml:1:10" in person.text()
