"""The HTML report: what is in the file, and what it does in a real Chromium."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from corstui.report import page
from corstui.report.formats import Options
from corstui.runner import Run, recorded
from tests.browsers.chromium import PROGRAMS, Chromium
from tests.real_servers.servers import give_up
from tests.report.conftest import Finish
from tests.runner.shops import consent

HOSTILE = "</script><script>document.title='owned'</script><!--\u2028<img src=x onerror=document.title='owned'>%script%"

PROFILE = """
environments: {staging: {vars: {p: closed}}, production: {vars: {p: open}}}
origins: {web: "https://web.example", shy: "https://shy.example"}
defaults: {expect: {web: allow}}
endpoints:
  "<b>moved</b>": "GET https://api.example/${p}?k=${secret:TOKEN}"
  hostile: GET https://api.example/hostile
  steady: GET https://api.example/open
"""


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/closed":
        return httpx.Response(200)
    if request.url.path == "/hostile":
        raw = HOSTILE.encode()
        return httpx.Response(
            200, headers=[(b"Access-Control-Allow-Origin", raw), (b"X-Odd", raw + b"\x1b\xe2\x80\xae")]
        )
    return consent(request)


@pytest.fixture
async def finished(finish: Finish) -> Run:
    return await finish(PROFILE, answer, TOKEN="s3cret-value")


def test_the_file_loads_nothing_and_lets_nothing_but_its_own_script_run(finished: Run) -> None:
    text = page.render(finished, Options())
    assert "default-src 'none'" in text
    assert not re.search(r"\b(src|href|action)\s*=", text.partition("<script type")[0])
    assert "unsafe-inline" not in text
    assert "https://" not in re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)


def test_no_text_of_a_server_can_end_its_data_block(finished: Run) -> None:
    text = page.render(finished, Options())
    assert text.count("</script>") == text.count("<script") == 3
    assert "\u2028" not in text
    assert "owned'</" not in text
    assert "<b>moved" not in text


def test_secrets_are_masked_in_the_file(finished: Run) -> None:
    assert "s3cret-value" not in page.render(finished, Options())
    assert "s3cret-value" in page.render(finished, Options(secrets=True))


def test_an_interrupted_run_says_so_in_the_file(finished: Run) -> None:
    partial = recorded(finished.plan, [finished.cells[0]], finished.started, 1.0, interrupted=True)
    text = page.render(partial, Options())
    assert "11 not run" in text
    assert "interrupted" in text


class Reader:
    """Somebody who reads the report in a browser, with keyboard and mouse."""

    def __init__(self, browser: Chromium, problems: list[dict[str, Any]]) -> None:
        self.browser, self.problems = browser, problems

    async def says(self, expression: str) -> Any:
        found = await self.browser.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def press(self, *keys: str) -> None:
        for key in keys:
            text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            await self.browser.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
            await self.browser.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def click(self, selector: str) -> None:
        place = f"(() => {{ const r = document.querySelector({selector!r}).getBoundingClientRect();"
        x, y = await self.says(place + " return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            await self.browser.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def choose(self, name: str, value: str) -> None:
        await self.says(
            f"(() => {{ const s = document.getElementById({name!r}); s.value = {value!r};"
            " s.dispatchEvent(new Event('input', {bubbles: true}));"
            " s.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )


Reading = Callable[[str], Any]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    if not any(map(shutil.which, PROGRAMS)):
        give_up("Chromium is not installed: apt-get install chromium")

    @asynccontextmanager
    async def opened(text: str) -> AsyncIterator[Reader]:
        path = tmp_path / "report.html"
        path.write_text(text, encoding="utf-8")
        problems: list[dict[str, Any]] = []
        async with Chromium.launched({}, problems.append) as browser:
            await browser.open(path.as_uri())
            reader = Reader(browser, problems)
            deadline = time.monotonic() + 30
            while await reader.says("document.documentElement?.dataset.ready") != "true":
                assert time.monotonic() < deadline, "the report did not get ready"
                await asyncio.sleep(0.02)
            yield reader

    return opened


async def test_cells_are_reached_and_told_by_keyboard(finished: Run, reading: Reading) -> None:
    async with reading(page.render(finished, Options())) as reader:
        assert await reader.says("document.title") == "Shop"
        assert await reader.says("document.querySelectorAll('tbody td').length") == 6
        assert "<b>moved</b>" in await reader.says("document.querySelector('tbody th').textContent")
        await reader.says("document.querySelector('td[tabindex=\"0\"]').focus()")
        await reader.press("j", "ArrowRight", "Enter")
        story = await reader.says("document.getElementById('detail').innerText")
        assert story.startswith("hostile x shy in staging (chromium)")
        assert "document.title='owned'" in story
        assert "\\u001b" in story
        assert "\\u202e" not in story  # three latin-1 characters, as they came
        await reader.press("Escape")
        assert await reader.says("document.getElementById('detail').hidden") is True
        assert await reader.says("document.title") == "Shop"
        assert await reader.says("document.images.length") == 0
        assert reader.problems == []


async def test_cells_are_told_by_mouse_and_sifted(finished: Run, reading: Reading) -> None:
    async with reading(page.render(finished, Options())) as reader:
        await reader.click("tbody tr:nth-child(3) td")
        story = await reader.says("document.getElementById('detail').innerText")
        assert story.startswith("steady x web in staging (chromium)")
        await reader.press("Escape", "/")
        await reader.browser.ask("Input.insertText", text="hostile SHY")
        assert await reader.says("document.getElementById('count').textContent") == "1 cell"
        visible = "[...document.querySelectorAll('tbody tr')].filter((row) => !row.hidden).length"
        assert await reader.says(visible) == 1
        await reader.choose("filter", "")
        await reader.choose("show", "unexpected")
        assert await reader.says("document.getElementById('count').textContent") == "2 cells"


async def test_environments_stand_side_by_side(finished: Run, reading: Reading) -> None:
    async with reading(page.render(finished, Options())) as reader:
        await reader.choose("compare", "production")
        marked = "[...document.querySelectorAll('td.differs')].map((field) => field.textContent)"
        assert await reader.says(marked) == ["✗> no ACAO * <> ✓ 200", "✗> no ACAO <> ✓ 200"]
        await reader.click("td.differs")
        story = await reader.says("document.getElementById('detail').innerText")
        assert "differs in verdict, reason" in story
        assert "in staging" in story
        assert "in production" in story
        review = await reader.says("document.getElementById('comparison').innerText")
        assert "<b>moved</b>: production lets web, shy in, staging does not: the answer (200) has no" in review
        assert "<b>moved</b>\tactual\tallow-origin\tabsent\techo\tweb, shy" in review
        await reader.choose("compare", "")
        assert await reader.says("document.getElementById('comparison').hidden") is True


async def test_waived_cells_are_sifted_and_told(finish: Finish, reading: Reading) -> None:
    waived = "{web: {expect: block, waiver: {reason: The old gateway, expires: 9998-12-31}}}"
    text = (
        "origins: {web: 'https://web.example'}\nendpoints:\n  open: {request: GET https://api.example/open, expect: %s}"
    )
    run = await finish(text % waived + "\n  other: GET https://api.example/open\n")
    async with reading(page.render(run, Options())) as reader:
        await reader.choose("show", "waived")
        assert await reader.says("document.getElementById('count').textContent") == "1 cell"
        await reader.click("tbody tr td")
        story = await reader.says("document.getElementById('detail').innerText")
        assert "waived until 9998-12-31: The old gateway" in story
        assert "w^" in await reader.says("document.querySelector('main tbody td').textContent")


async def test_the_page_follows_the_reader_s_light_and_dark(finished: Run, reading: Reading) -> None:
    async with reading(page.render(finished, Options())) as reader:
        colours = set()
        for scheme in ("light", "dark"):
            await reader.browser.ask(
                "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
            )
            colours.add(await reader.says("getComputedStyle(document.body).backgroundColor"))
        assert len(colours) == 2


async def test_5000_cells_are_there_and_sifted_at_once(finish: Finish, reading: Reading) -> None:
    origins = ", ".join(f'o{number}: "https://o{number}.example"' for number in range(50))
    endpoints = "\n".join(f"  e{number}: GET https://api.example/{number}" for number in range(100))
    run = await finish(f"origins: {{{origins}}}\nsettings: {{controls: false}}\nendpoints:\n{endpoints}\n")
    async with reading(page.render(run, Options())) as reader:
        assert await reader.says("document.querySelectorAll('tbody td').length") == 5000
        await reader.says(
            "(() => { const box = document.getElementById('filter');"
            " box.value = 'e99 o49'; box.dispatchEvent(new Event('input')); })()"
        )
        assert await reader.says("document.getElementById('count').textContent") == "1 cell"
