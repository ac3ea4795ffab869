"""Servers that misbehave, over libcurl: each cell says what happened, and the rest of the run goes on."""

from __future__ import annotations

from pathlib import Path

from corstui.runner import execute, plan
from tests.runner.shops import profile_of
from tests.support.rawserver import Peer, RawServer, response

ALLOW = b"Access-Control-Allow-Origin: *"


async def misbehave(peer: Peer) -> None:
    """By path. Whatever is not named answers properly."""
    while (raw := await peer.request()) is not None:
        path = raw.split(b" ", 2)[1]
        if path == b"/reset":
            peer.reset()
            return
        if path == b"/hang":
            await peer.wait_closed()
            return
        if path == b"/no-http":
            await peer.send(b"\x16\x03\x01 nonsense\r\n\r\n")
            return
        if path == b"/huge-head":
            await peer.send(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: %s\r\n" % (b"x" * 1000) * 10_000)
            return
        if path == b"/endless":
            await peer.send(b"HTTP/1.1 200 OK\r\n" + ALLOW + b"\r\n\r\n")
            while True:
                await peer.send(b"x" * 65_536)
        if path == b"/truncated":
            await peer.send(b"HTTP/1.1 200 OK\r\n" + ALLOW + b"\r\nContent-Length: 100\r\n\r\nhalf")
            return
        if path == b"/hostile":
            await peer.send(response(ALLOW, b"X-Title: \x1b]0;owned\x07[red]\xe2\x80\xae", status=b"200 \x1b[2J"))
        else:
            await peer.send(response(ALLOW))


async def speak_plainly(peer: Peer) -> None:
    """No TLS, whatever the client wishes."""
    await peer.reader.read(1)
    await peer.send(response(status=b"400 Bad Request"))


async def test_each_cell_says_what_happened_and_the_run_goes_on(tmp_path: Path) -> None:
    async with RawServer(misbehave) as server, RawServer(speak_plainly) as plain:
        paths = ("reset", "no-http", "huge-head", "endless", "truncated", "hostile", "fine")
        endpoints = "".join(f"  {path}: GET {server.url('/' + path)}\n" for path in paths)
        text = (
            "environments: {here: {proxy: none}}\n"
            "origins: {web: 'http://web.example'}\n"
            f"endpoints:\n{endpoints}"
            f"  hang: {{request: 'GET {server.url('/hang')}', timeout: 300ms}}\n"
            f"  not tls: GET https://127.0.0.1:{plain.port}/\n"
            "  refused: GET http://127.0.0.1:2/\n"
            "  no name: GET http://no-such-name.invalid/\n"
        )
        cells = {cell.endpoint: cell async for cell in execute(plan(profile_of(tmp_path, text)))}
    assert {name: (cell.verdict, cell.reason, cell.sent) for name, cell in cells.items()} == {
        "reset": ("error", "connection-reset", True),
        "hang": ("error", "timeout", True),
        "no-http": ("error", "malformed-response", True),
        "huge-head": ("error", "malformed-response", True),
        "endless": ("allowed", None, True),
        "truncated": ("allowed", None, True),
        "hostile": ("allowed", None, True),
        "fine": ("allowed", None, True),
        "not tls": ("error", "tls-failure", False),
        "refused": ("error", "connection-refused", False),
        "no name": ("error", "dns-failure", False),
    }
    failed = {name: cell.response.body_error for name, cell in cells.items() if cell.response}
    assert failed == {"endless": "capped", "truncated": "truncated", "hostile": None, "fine": None}
