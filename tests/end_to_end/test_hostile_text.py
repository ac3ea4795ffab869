"""Servers that send terminal control and markup: every view shows it as the text that it is."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from corstui.tui.screens.flow import FlowScreen
from tests.end_to_end.test_wire_safety import corstui, written
from tests.support.rawserver import Peer, RawServer
from tests.tui.person import somebody
from tests.tui.shop import Network

ESCAPES = b"\x1b]0;owned\x07\x1b[2J\x9b31m"
MARKUP = b"[bold red]x[/][@click=app.quit]y[/]"
BIDI = "‮evil⁦".encode()
HOSTILE = ESCAPES + MARKUP + BIDI + b"\xff\xfe"
#: What each path answers: the hostile text in one place after the other.
ANSWERS = {
    "acao": b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: " + HOSTILE,
    "value": b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nServer: " + HOSTILE + b"\r\nVia: " + HOSTILE,
    "reason": b"HTTP/1.1 500 " + HOSTILE + b"\r\nAccess-Control-Allow-Origin: *",
    "location": b"HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nLocation: http://" + HOSTILE,
    "cookie": b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nSet-Cookie: " + HOSTILE + b"=" + HOSTILE,
    "expose": b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: " + HOSTILE,
    "fine": b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *",
}


async def say(peer: Peer) -> None:
    while (raw := await peer.request()) is not None:
        name = raw.split(b" ", 2)[1].removeprefix(b"/").decode()
        await peer.send(ANSWERS[name] + b"\r\nContent-Length: 0\r\n\r\n")


def profile_of(folder: Path, server: RawServer) -> str:
    return written(folder, "endpoints:\n" + "".join(f"  {name}: GET {server.url('/' + name)}\n" for name in ANSWERS))


def harmless(text: str) -> bool:
    """No control, no formatting character but the newline."""
    return not any(char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") for char in text)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "markdown"])
async def test_no_report_passes_it_on(tmp_path: Path, form: str) -> None:
    async with RawServer(say) as server:
        code, said = await corstui("check", profile_of(tmp_path, server), "--format", form)
    assert code == 0, said
    assert harmless(said.replace("\r\n", "\n"))
    if form == "json":
        cells = {cell["endpoint"]: cell["verdict"] for cell in json.loads(said)["cells"]}
        assert cells == {name: "blocked" if name in ("acao", "location") else "allowed" for name in ANSWERS}


@pytest.mark.parametrize("name", ANSWERS)
async def test_one_flow_shows_it_as_text(name: str) -> None:
    async with RawServer(say) as server:
        _, said = await corstui("try", server.url("/" + name), "--origin", "http://web.example")
    assert harmless(said)
    assert "Traceback" not in said


async def test_the_dashboard_shows_it_as_text_on_every_page(tmp_path: Path) -> None:
    async with RawServer(say) as server:
        app = CorstuiApp([Path(profile_of(tmp_path, server))], process_env={}, bridge=Bridge())
        async with somebody(app, Network()) as person:
            await person.opened()
            await person.settled()
            for _ in ANSWERS:
                assert harmless(person.text())
                await person.press("enter")
                await person.until(lambda: isinstance(app.screen, FlowScreen))
                for page in "123456":
                    await person.press(page)
                    assert harmless(person.text())
                    assert app.is_running
                await person.press("escape")
                await person.opened()
                await person.press("j")
