"""The dashboard on a screen, in pictures of it, on the clipboard and in the files that it keeps."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from corstui.profile.secrets import remember
from corstui.tui.app import CorstuiApp, archive_of
from corstui.tui.bridge import Bridge
from corstui.tui.flowpages import PAGES
from tests.secrets.finding import leaks
from tests.secrets.test_program import LITERAL, TOKEN, profile, repeat_everything
from tests.support.rawserver import RawServer
from tests.tui.person import Person, somebody
from tests.tui.shop import Network


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of its own for configuration, kept runs and copies."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@asynccontextmanager
async def looking_at(folder: Path, server: RawServer) -> AsyncIterator[Person]:
    app = CorstuiApp([Path(profile(folder, server.url()))], process_env={"TOKEN": TOKEN})
    async with somebody(app, Network(), (160, 45)) as person:
        await person.opened()
        await person.settled()
        yield person


def shown(person: Person) -> str:
    """The screen as text, what was told, and what was copied last."""
    return "\n".join([person.text(), person.told(), person.app.clipboard])


async def test_no_screen_picture_or_copy_shows_a_secret(tmp_path: Path) -> None:
    async with RawServer(repeat_everything) as server, looking_at(tmp_path, server) as person:
        assert not leaks(person.app.export_screenshot())
        for row in range(3):
            await person.press("enter")
            for page in range(len(PAGES) + 1):
                await person.press(str(page + 1))
                assert not leaks(shown(person)), f"row {row}, page {page}"
            assert not leaks(person.app.export_screenshot()), row
            for form in "yfhmus" if row == 1 else "":
                await person.press("y", form)
                assert not leaks(shown(person)), f"row {row}, copied {form}"
            await person.press("escape", "down")
        for keys in (["D"], ["escape", "X"], ["escape", "v"], ["escape", "2"], ["m"], ["escape", "L"], ["escape", "H"]):
            await person.press(*keys)
            await person.pilot.pause()
            assert not leaks(shown(person)), keys


async def test_a_copy_with_secrets_is_one_that_was_asked_for(tmp_path: Path) -> None:
    async with RawServer(repeat_everything) as server, looking_at(tmp_path, server) as person:
        await person.press("y", "x", "y")
        assert leaks(person.app.clipboard)
        assert not leaks(person.text())


async def test_kept_runs_and_the_log_of_changes_hold_none(tmp_path: Path) -> None:
    async with RawServer(repeat_everything) as server, looking_at(tmp_path, server) as person:
        archive = archive_of(os.environ)
        assert archive is not None
        server.stop_listening()
        for peer in server.by_connection:
            peer.writer.transport.abort()
        await person.press("a")
        await person.settled()
        await person.until(lambda: len(archive.entries()) == 2)
        await person.press("L")
        assert "now error" in person.text()
        assert not leaks(shown(person))
        await person.press("escape", "H", "enter")
        await person.until(lambda: len(person.dashboard.tabs) > 3)
        await person.press("enter")
        assert not leaks(shown(person))
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "shop.yaml"]
    assert len(files) >= 2
    for path in files:
        assert not leaks(path.read_text()), path


async def test_what_broke_in_the_network_is_told_without_them(tmp_path: Path) -> None:
    network = Network()
    network.broken = f"broken by {TOKEN} and {LITERAL}"
    remember([LITERAL])
    async with RawServer(repeat_everything) as server:
        path = Path(profile(tmp_path, server.url()))
        app = CorstuiApp([path], process_env={"TOKEN": TOKEN}, bridge=Bridge(network.execute))
        async with somebody(app, network, (160, 45)) as person:
            await person.opened()
            await person.until(lambda: "broken by" in shown(person))
            assert not leaks(shown(person))
