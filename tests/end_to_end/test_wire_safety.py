"""What leaves through the installed program, seen from the server's side."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.support.rawserver import Peer, RawServer, response

PROGRAM = Path(sys.executable).with_name("corstui")
CORS = (
    b"Access-Control-Allow-Origin: http://web.example",
    b"Access-Control-Allow-Credentials: true",
    b"Access-Control-Allow-Methods: PUT, PATCH, DELETE",
    b"Access-Control-Allow-Headers: content-type, authorization",
)
UNSAFE = {b"POST", b"PUT", b"PATCH", b"DELETE"}


async def allow_everything(peer: Peer) -> None:
    """Every answer allows; ``/moved`` redirects to ``/here`` with the method kept, ``/away`` to another host."""
    while (raw := await peer.request()) is not None:
        path, port = raw.split(b" ", 2)[1], peer.server.port
        if path == b"/moved" and not raw.startswith(b"OPTIONS"):
            await peer.send(response(*CORS, b"Location: /here", status=b"307 Temporary Redirect"))
        elif path == b"/away":
            await peer.send(response(*CORS, b"Location: http://other.localhost:%d/leak" % port, status=b"302 Found"))
        else:
            await peer.send(response(*CORS))


async def corstui(*arguments: str, **variables: str) -> tuple[int, str]:
    """Run the installed program; its exit code and what it said on both streams."""
    process = await asyncio.create_subprocess_exec(
        str(PROGRAM),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **variables},
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


def methods(server: RawServer) -> list[bytes]:
    return [raw.split(b" ", 1)[0] for raw in server.requests]


def written(folder: Path, text: str) -> str:
    path = folder / "profile.yaml"
    path.write_text("version: 1\norigins: {web: 'http://web.example'}\n" + text)
    return str(path)


WRITES = """endpoints:
  read: GET ${{api}}/read
  post: {{request: 'POST ${{api}}/post', body: x}}
  json: {{request: 'POST ${{api}}/json', json: {{}}}}
  put: PUT ${{api}}/put
  patch: {{method: PATCH, url: '${{api}}/patch', json: {{}}}}
  delete: DELETE ${{api}}/delete
  moved: {{request: 'PUT ${{api}}/moved'{moved}}}
  never: {{request: 'GET ${{api}}/never', send: never}}
"""


async def test_without_writes_nothing_but_safe_methods_leaves(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        profile = written(
            tmp_path, f"environments: {{production: {{vars: {{api: '{server.url('')}'}}}}}}\n" + WRITES.format(moved="")
        )
        code, said = await corstui("check", profile, "--engine", "all")
    assert code == 0, said
    assert server.requests
    assert not UNSAFE & set(methods(server))
    assert not any(b"/never" in raw for raw in server.requests)
    assert "unsent" in said


async def test_with_writes_they_leave_for_the_first_engine_only(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        environment = f"environments: {{staging: {{vars: {{api: '{server.url('')}'}}, writes: true}}}}\n"
        profile = written(tmp_path, environment + WRITES.format(moved=""))
        code, said = await corstui("check", profile, "--engine", "firefox", "--engine", "chromium")
    assert code == 0, said
    sent = [raw for raw in server.requests if raw.split(b" ", 1)[0] in UNSAFE]
    assert len(sent) == 7  # post, json, put, patch, delete, and moved twice
    assert all(b"Firefox" in raw for raw in sent)
    assert not any(b"/never" in raw for raw in server.requests)


async def test_an_endpoint_may_name_the_environment_that_it_may_write_to(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        profile = written(
            tmp_path,
            f"environments: {{one: {{vars: {{api: '{server.url('/one')}'}}}},"
            f" two: {{vars: {{api: '{server.url('/two')}'}}}}}}\n"
            "endpoints: {put: {request: 'PUT ${api}', send: [two]}}\n",
        )
        code, said = await corstui("check", profile)
    assert code == 0, said
    assert [raw.split(b" ")[1] for raw in server.requests if raw.startswith(b"PUT")] == [b"/two"]


@pytest.mark.parametrize("level", ["settings: {send: [one]}", "defaults: {send: [one]}", "defaults: {writes: true}"])
async def test_settings_and_defaults_cannot_grant_it(tmp_path: Path, level: str) -> None:
    profile = written(tmp_path, f"environments: {{one: {{}}}}\n{level}\nendpoints: {{put: PUT http://127.0.0.1:1/}}\n")
    code, said = await corstui("check", profile)
    assert code == 2
    assert "profile.yaml:4:" in said


async def test_a_dry_run_sends_nothing_and_lists_what_is_then_sent(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        environment = f"environments: {{staging: {{vars: {{api: '{server.url('')}'}}, writes: true}}}}\n"
        text = WRITES.format(moved="").replace("  moved:", "  again:").replace("/moved", "/again")
        profile = written(tmp_path, environment + text)
        code, listed = await corstui("check", profile, "--dry-run", COLUMNS="200")
        assert (code, server.requests) == (0, [])
        await corstui("check", profile)
        sent = sorted(" ".join(raw.decode("latin-1").split(" ", 2)[:2]) for raw in server.requests)
    rows = [line.split() for line in listed.splitlines()[1:] if server.url("") in line and "held back" not in line]
    promised = sorted(
        f"{row[index - 1]} {row[index].removeprefix(server.url(''))}"
        for row in rows
        for index, word in enumerate(row)
        if word.startswith("http")
    )
    assert promised == sent


async def test_a_secret_goes_nowhere_that_the_profile_does_not_name(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        profile = written(
            tmp_path,
            f"environments: {{here: {{vars: {{api: '{server.url('')}'}}, resolve: {{other.localhost: 127.0.0.1}}}}}}\n"
            "endpoints:\n"
            "  away: {request: 'GET ${api}/away', headers: {X-Key: '${secret:SHOP_KEY}'}}\n",
        )
        code, said = await corstui("check", profile, "--format", "json", SHOP_KEY="hunter2-hunter2")
    assert not any(b"/leak" in raw and b"hunter2" in raw for raw in server.requests)
    assert "hunter2" not in said
    assert code in (0, 3), said


async def test_the_budget_is_kept_on_the_wire(tmp_path: Path) -> None:
    async with RawServer(allow_everything) as server:
        endpoints = "".join(f"  e{number}: GET {server.url(f'/{number}')}\n" for number in range(10))
        profile = written(tmp_path, f"settings: {{budget: 4}}\nendpoints:\n{endpoints}")
        _, said = await corstui("check", profile)
    assert len(server.requests) == 4
    assert "6 unsent" in said
