"""Real servers, each broken in five ways, are told in their own words what to change; once they do it, the flow passes.

A server is broken by following the recipe for another policy than the one that the page needs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from corstui import Browser, load_profile, run
from corstui.analysis.marks import is_flaw
from corstui.analysis.mend import fix
from corstui.analysis.recipes import Recipe, Wanted, recipe, recipes
from corstui.analysis.story import why
from corstui.fetch.result import Flow
from tests.real_servers.servers import EXPRESS, HERE, SERVERS, Running, Server, free_ports, give_up, nginx

PAGE = "https://app.example"
RIGHT = Wanted(PAGE, ("PUT",), ("x-trace",), credentials=True)
BROKEN = {
    "nothing": None,
    "origin": replace(RIGHT, origin="https://www.example"),
    "port": replace(RIGHT, origin=f"{PAGE}:8443"),
    "method": replace(RIGHT, methods=("PATCH",)),
    "header": replace(RIGHT, headers=("x-other",)),
    "credentials": replace(RIGHT, credentials=False),
}
ACAC = "Access-Control-Allow-Credentials"
_NO_ACAO = "acao-missing-preflight"
REASONS = {
    "nothing": _NO_ACAO,
    "origin": _NO_ACAO,
    "port": _NO_ACAO,
    "method": "method-not-allowed",
    "header": "header-not-allowed",
    "credentials": "acac-not-true-preflight",
}
#: Starlette refuses such preflights with a status of its own. aiohttp-cors lets in whatever method an added route has,
#: and answers what it refuses without any CORS header.
PECULIAR = {
    "starlette": {"method": "preflight-status", "header": "preflight-status"},
    "aiohttp": {"method": None, "header": _NO_ACAO},
}
#: What the sentence about it says, and a header line that mends it.
SAID = {
    _NO_ACAO: (
        "has no Access-Control-Allow-Origin; https://app.example needs it",
        f"Access-Control-Allow-Origin: {PAGE}",
    ),
    "method-not-allowed": ("asked for PUT", "Access-Control-Allow-Methods: PUT"),
    "header-not-allowed": ("sets x-trace", "Access-Control-Allow-Headers: x-trace"),
    "acac-not-true-preflight": (
        "needs Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Credentials: true",
    ),
    "preflight-status": ("answered 400", "Answer OPTIONS /orders with 204 instead of 400."),
}
_NGINX = """
daemon off; master_process off; pid nginx.pid; error_log stderr; events {{}}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  {http}
  server {{ listen 127.0.0.1:{port}; location / {{ {location} return 200; }} }}
}}
"""


def server(name: str, followed: Recipe | None) -> Server:
    """The server as it is when somebody has followed a recipe."""
    texts = [part.text for part in followed.parts] if followed is not None else ["", ""]

    def command(deployment: str, port: int, directory: Path) -> list[str]:
        file = directory / "configuration"
        if name == "nginx":
            file.write_text(_NGINX.format(http=texts[0], location=texts[1], port=port), encoding="utf-8")
            return [str(nginx()), "-p", str(directory), "-c", str(file)]
        file.write_text("\n".join(texts), encoding="utf-8")
        if name == "express":
            return ["node", str(EXPRESS / "mended.cjs"), str(file), str(port)]
        return [sys.executable, str(HERE / "apps" / "mended_app.py"), name, str(file), str(port)]

    return Server(name, SERVERS[name].lacks, command)


@contextmanager
def running(name: str, folder: Path, policies: dict[str, Wanted | None]) -> Iterator[dict[str, Running]]:
    """One server for each policy, all at once."""
    with ExitStack() as stack:
        found = {}
        for (variant, wanted), port in zip(policies.items(), free_ports(), strict=False):
            (folder / variant).mkdir()
            told = recipe(name, wanted) if wanted is not None else None
            found[variant] = Running(server(name, told), variant, folder / variant, port)
            stack.callback(found[variant].stop)
            found[variant].start()
        for each in found.values():
            each.wait_ready()
        yield found


async def played(url: str) -> Flow:
    async with Browser() as browser:
        page = browser.page(PAGE)
        return await page.fetch(f"{url}/orders", method="PUT", headers=[("X-Trace", "1")], credentials="include")


#: flask-cors sends Vary only where it may answer several origins, and a recipe names the one of its flow.
NO_VARY = {"flask": {"lint.vary-missing"}}


async def flaws(url: str, folder: Path) -> set[str]:
    """The rules, graver than a warning, that a run with its control requests finds broken."""
    profile = folder / "profile.yaml"
    profile.write_text(
        "version: 1\nenvironments: {here: {writes: true}}\n"
        f"origins: {{app: {PAGE}, evil: https://evil.example}}\ndefaults: {{credentials: include}}\n"
        f"endpoints:\n  put: {{request: 'PUT {url}/orders', headers: {{X-Trace: 1}}}}\n  get: GET {url}/orders\n",
        encoding="utf-8",
    )
    cells = [cell async for cell in run(load_profile(profile))]
    return {each["rule"] for cell in cells for each in cell.findings if is_flaw(each["severity"])}


@pytest.mark.parametrize("name", SERVERS)
async def test_who_does_what_is_told_has_no_grave_finding(name: str, tmp_path: Path) -> None:
    if lacks := SERVERS[name].lacks():
        give_up(lacks)
    with running(name, tmp_path, {"right": RIGHT}) as servers:
        assert await flaws(servers["right"].url, tmp_path) == NO_VARY.get(name, set())


@pytest.mark.parametrize("name", SERVERS)
async def test_what_is_broken_is_told_in_the_servers_words_and_mended_by_them(name: str, tmp_path: Path) -> None:
    if lacks := SERVERS[name].lacks():
        give_up(lacks)
    with running(name, tmp_path, {**BROKEN, "right": RIGHT}) as servers:
        for variant, usual in REASONS.items():
            flow = await played(servers[variant].url)
            reason = PECULIAR.get(name, {}).get(variant, usual)
            assert (variant, flow.reason) == (variant, reason)
            if reason is not None:
                sentence, line = SAID[reason]
                assert sentence in why(flow)
                assert all(part in "\n".join(fix(flow)) for part in line.split(": "))
                assert recipe(name, RIGHT) in recipes(flow)
        assert (await played(servers["right"].url)).verdict == "allowed"
