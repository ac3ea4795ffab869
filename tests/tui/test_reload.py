"""Reading the profile again: what a save runs, what it leaves, and what it may never send."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from corstui.tui.screens.confirm import ConfirmScreen
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, profile_text

WRITES_ONLY = """
version: 1
environments: {staging: {vars: {api: "https://api.staging.example"}, writes: true}}
settings: {controls: false}
origins: {app: https://o0.example}
endpoints: {remove: "DELETE ${api}/1"}
"""


@pytest.fixture
def network() -> Network:
    return Network()


@asynccontextmanager
async def looking_at(path: Path, text: str, network: Network) -> AsyncIterator[Person]:
    path.write_text(text)
    async with somebody(CorstuiApp([path], process_env={}, bridge=Bridge(network.execute)), network) as person:
        yield person


async def save(person: Person, path: Path, text: str) -> None:
    """Change the file, whatever the clock's resolution, and wait until that has had its effect."""
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))
    told = len(person.told())
    await person.until(lambda: "Profile read again" in person.told()[told:])
    await person.settled()


async def opened(person: Person) -> None:
    await person.opened()
    await person.settled()


def sent(network: Network, host: str) -> set[str]:
    """The methods that reached a host."""
    return {request.method for request in network.requests if request.url.host == host}


async def test_a_save_sends_no_write_even_where_every_request_is_another_one_now(
    tmp_path: Path, network: Network
) -> None:
    path = tmp_path / "shop.yaml"
    async with looking_at(path, WRITES_ONLY, network) as person:
        await opened(person)
        await save(person, path, WRITES_ONLY.replace("api.staging", "new.staging"))
        assert not sent(network, "new.staging.example")
        assert "1 cell waits for you: a runs it" in person.told()
        await person.press("a")
        await person.settled()
        assert "DELETE" in sent(network, "new.staging.example")


async def test_coming_back_to_a_tab_after_a_save_sends_no_write_either(tmp_path: Path, network: Network) -> None:
    path = tmp_path / "shop.yaml"
    async with looking_at(path, profile_text(), network) as person:
        await opened(person)
        await person.press("2", "1")
        await person.settled()
        await save(person, path, profile_text().replace("https://api.", "https://new."))
        await person.press("2", "1")
        await person.settled()
        assert sent(network, "new.staging.example") == sent(network, "new.production.example") == {"GET"}


async def test_an_environment_that_asks_is_asked_about_again_after_a_save(tmp_path: Path, network: Network) -> None:
    path, text = tmp_path / "shop.yaml", profile_text(confirm="staging")
    async with looking_at(path, text, network) as person:
        await person.until(lambda: isinstance(person.app.screen, ConfirmScreen))
        await person.pilot.press("y")
        await opened(person)
        await save(person, path, text.replace("https://api.", "https://new."))
        assert not sent(network, "new.staging.example")
        await person.pilot.press("a")
        await person.until(lambda: isinstance(person.app.screen, ConfirmScreen))
        assert "new.staging.example" in person.text()


async def test_an_answer_about_a_profile_that_has_changed_since_sends_nothing(tmp_path: Path, network: Network) -> None:
    path, text = tmp_path / "shop.yaml", profile_text(confirm="production")
    async with looking_at(path, text, network) as person:
        await opened(person)
        await person.pilot.press("2")
        await person.until(lambda: isinstance(person.app.screen, ConfirmScreen))
        await save(person, path, text.replace("https://api.", "https://new."))
        await person.press("y")
        assert person.app.screen is person.dashboard
        assert "the profile has changed since; nothing was sent" in person.notice()
        assert not sent(network, "api.production.example") | sent(network, "new.production.example")


async def test_the_tab_stays_with_its_environment_and_a_new_one_is_not_run(tmp_path: Path, network: Network) -> None:
    path = tmp_path / "shop.yaml"
    async with looking_at(path, profile_text(), network) as person:
        await opened(person)
        await save(person, path, profile_text(environments=("next", "staging", "production")))
        assert person.dashboard.tab == 2
        assert "✓ 12" in person.bar()
        await save(person, path, profile_text(environments=("after", "production")))
        assert "12 cells wait for you" in person.told()
        assert not sent(network, "api.next.example") | sent(network, "api.after.example")
