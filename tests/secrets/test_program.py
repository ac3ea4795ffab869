"""The installed program, before a server that repeats everything it is told, writes no secret anywhere."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from corstui.cli import exits
from tests.secrets.finding import leaks, secret
from tests.support.rawserver import Peer, RawServer, response

PROGRAM = Path(sys.executable).with_name("corstui")
TOKEN, LITERAL = secret(" 'é\"&", "<%/+"), secret("-_", "~.=")
PROFILE = """\
version: 1
name: Shop
environments:
  here: {vars: &vars {api: 'URL', token: '${secret:TOKEN}'}, writes: true, proxy: none}
  there: {vars: *vars, writes: true, proxy: none}
origins: {web: 'http://web.example'}
endpoints:
  query: GET ${api}/q?x=${token}
  bearer:
    request: GET ${api}/b
    headers: {Authorization: 'Bearer LITERAL'}
  body: {request: 'POST ${api}/moved', json: {text: 'a ${token} b'}, headers: {X-Key: '${token}'}}
"""
BROKEN = """\
import sys
from corstui.runner import schedule
from corstui.fetch import head

def fail(*given, **options):
    raise RuntimeError(f"broken on purpose by {given}, {options}")

head.parse_head.__globals__["_status_line"] = fail
from corstui.cli import main
sys.exit(main())
"""


async def repeat_everything(peer: Peer) -> None:
    """Every header and the target come back in headers and body; ``/moved`` redirects to another host with them."""
    while (raw := await peer.request()) is not None:
        head, _, body = raw.partition(b"\r\n\r\n")
        line, *fields = head.split(b"\r\n")
        target = line.split(b" ")[1]
        values = {name.lower(): value for name, _, value in (field.partition(b": ") for field in fields)}
        answer = [
            b"Access-Control-Allow-Origin: http://web.example",
            b"Access-Control-Allow-Headers: authorization, x-key, content-type",
            b"Access-Control-Allow-Methods: POST, " + values.get(b"authorization", b"x").replace(b" ", b"-"),
            b"X-Echo: " + b" ".join(values.values()),
            b"X-Target: " + target,
        ]
        if target.startswith(b"/moved") and line.startswith(b"POST"):
            away = b"Location: http://other.localhost:%d/?" % peer.server.port + values[b"x-key"]
            await peer.send(response(*answer, away, status=b"302 " + values[b"x-key"], body=body))
        else:
            await peer.send(response(*answer, body=body + target))


async def corstui(folder: Path, *arguments: str, program: Path = PROGRAM) -> tuple[int, str]:
    """Run it in ``folder``; its exit code and everything that it said and wrote."""
    command = [str(program)] if program is PROGRAM else [sys.executable, str(program)]
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    process = await asyncio.create_subprocess_exec(
        *command,
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TOKEN": TOKEN, "HOME": str(folder), "PYTHONUTF8": "1"},
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    written = [path for path in folder.rglob("*") if path.is_file() and path.read_bytes() != before.get(path)]
    return process.returncode, "\n".join([out.decode(), *(path.read_text() for path in written)])


def profile(folder: Path, url: str) -> str:
    path = folder / "shop.yaml"
    path.write_text(PROFILE.replace("URL", url.rstrip("/")).replace("LITERAL", LITERAL))
    return str(path)


COMMANDS = {
    "check": ("check", "shop.yaml", "--bodies", "--output", "out"),
    "dry run": ("check", "shop.yaml", "--dry-run"),
    "compare": ("compare", "shop.yaml", "here", "there"),
    "freezing": ("check", "shop.yaml", "--write-expectations", "--diff"),
    "wrong profile": ("check", "wrong.yaml"),
}


async def test_no_command_writes_a_secret(tmp_path: Path) -> None:
    async with RawServer(repeat_everything) as server:
        profile(tmp_path, server.url())
        (tmp_path / "wrong.yaml").write_text(
            (tmp_path / "shop.yaml").read_text().replace("GET ${api}/q?x=", "GET ${token}").replace("web'", "web/'")
        )
        direct = server.url("/?api_key=" + LITERAL)
        commands = {
            **COMMANDS,
            "try": ("try", direct, "--origin", "http://web.example", "-H", f"Authorization: Bearer {LITERAL}"),
            "wrong header": ("try", direct, "--origin", "http://web.example", "-H", f"Authorization Bearer {LITERAL}"),
            "wrong URL": ("try", f"http://me:{LITERAL}@[", "--origin", "http://web.example"),
        }
        for name, command in commands.items():
            _, said = await corstui(tmp_path, *command)
            assert not leaks(said), name
            assert len(said) > 20, name
    # they were sent, or this would prove little
    assert leaks(b"\n".join(server.requests).decode("latin-1"))


@pytest.mark.parametrize(
    ("command", "formats"),
    [(COMMANDS["check"], ("jsonl", "har", "html", "sarif")), (COMMANDS["compare"], ("json", "html"))],
)
async def test_no_file_holds_a_secret(tmp_path: Path, command: tuple[str, ...], formats: tuple[str, ...]) -> None:
    async with RawServer(repeat_everything) as server:
        profile(tmp_path, server.url())
        for name in formats:
            _, said = await corstui(tmp_path, *command, "--format", name, "--output", f"out.{name}")
            assert (tmp_path / f"out.{name}").exists(), said
            assert not leaks(said), name


async def test_the_flag_shows_them(tmp_path: Path) -> None:
    async with RawServer(repeat_everything) as server:
        profile(tmp_path, server.url())
        _, said = await corstui(tmp_path, "check", "shop.yaml", "--format", "json", "--show-secrets")
    assert leaks(said)


async def test_what_broke_is_told_without_them(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(BROKEN)
    async with RawServer(repeat_everything) as server:
        profile(tmp_path, server.url())
        code, said = await corstui(tmp_path, "check", "shop.yaml", program=broken)
    assert code == exits.DEFECT
    assert "broken on purpose by" in said
    assert "Traceback" in said
    assert not leaks(said)
