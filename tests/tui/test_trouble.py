"""Full disks and servers that go away: the dashboard says so and goes on, and a rerun heals what the network broke."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.widgets import Input

from corstui.tui.app import CorstuiApp, archive_of
from corstui.tui.screens.changelog import ChangesScreen
from tests.report.test_files import full_disk
from tests.support.rawserver import Peer, RawServer, response
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, session
from tests.tui.test_watching import at_work, kept

NO_ROOM = "file too large; make room there, or choose another place."


async def test_a_full_disk_is_told_and_the_dashboard_goes_on(tmp_path: Path) -> None:
    baseline, report = tmp_path / "shop.baseline.json", tmp_path / "report.csv"
    for path in (baseline, report):
        path.write_text("before")
    async with at_work(session(tmp_path), Network(), tmp_path / "runs", size=(160, 40)) as person:
        await person.settled()
        await kept(person)
        with full_disk(room=20):
            await person.press("H", "s")
            assert f"Not saved: cannot write {baseline}: {NO_ROOM}" in person.told()
            await person.press("X", "tab", "tab")
            person.app.screen.query_one(Input).value = str(report)
            await person.press("enter", "enter")
            await person.until(lambda: f"Not written: cannot write {report}: {NO_ROOM}" in person.told())
            await person.press("y", "y")
            assert "Copied the curl command. No copy in a file" in person.told()
            await person.press("a")
            await person.settled()
            await person.until(lambda: "could not be kept" in person.notice())
            assert f"cannot write {tmp_path / 'runs'}: {NO_ROOM}" in person.notice()
        assert "12" in person.bar()
        assert [path.read_text() for path in (baseline, report)] == ["before", "before"]
        assert len(list((tmp_path / "runs").iterdir())) == 1
        await person.press("a")
        await person.settled()
        await kept(person, 2)
        await person.until(lambda: "could not be kept" not in person.notice())


# -- the network -------------------------------------------------------------------------------------------------------

PROFILE = """\
version: 1
name: Shop
settings: {{concurrency: 1, controls: false, timeout: 5s}}
environments: {{here: {{proxy: none}}}}
origins: {{web: 'http://web.example'}}
endpoints:
"""


async def consent(peer: Peer) -> None:
    while await peer.request() is not None:
        await peer.send(response(b"Access-Control-Allow-Origin: http://web.example"))


async def die_in_the_middle(peer: Peer) -> None:
    """Answer three requests, and be gone at the fourth."""
    while await peer.request() is not None:
        if len(peer.server.requests) > 3:
            peer.server.stop_listening()
            peer.reset()
            return
        await peer.send(response(b"Access-Control-Allow-Origin: http://web.example"))


def written(folder: Path, url: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(PROFILE.format() + "".join(f"  endpoint {number}: GET {url}/{number}\n" for number in range(8)))
    return path


@asynccontextmanager
async def looking_at(path: Path) -> AsyncIterator[Person]:
    """Somebody before the application as it is, its network in a process of its own."""
    async with somebody(CorstuiApp([path]), Network(), (160, 40)) as person:
        await person.opened()
        await person.settled()
        yield person


async def test_a_server_that_dies_shows_as_errors_that_a_rerun_heals(tmp_path: Path) -> None:
    async with RawServer(die_in_the_middle) as server:
        path = written(tmp_path, server.url("").rstrip("/"))
        async with looking_at(path) as person:
            board = person.dashboard.session.board("here")
            before = [(slot.cell.verdict, slot.cell.reason) for slot in board if slot.cell is not None]
            assert before == [("allowed", None)] * 3 + [("error", "connection-refused")] * 5
            async with RawServer(consent, port=server.port):
                await person.press("a")
                await person.settled()
            assert [slot.cell.verdict for slot in board if slot.cell is not None] == ["allowed"] * 8
            await person.press("L")
            assert isinstance(person.app.screen, ChangesScreen)
            assert person.text().count(", now allowed 200") == 5
            archive = archive_of(os.environ)
            assert archive is not None
            await person.until(lambda: len(archive.entries()) == 2)
            assert [entry.summary["error"] for entry in archive.entries()] == [0, 5]
