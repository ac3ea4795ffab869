"""The copy menu: what each line copies, what cannot be copied and why, and secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from corstui.runner import Cell
from corstui.runner.store import StoredCell
from corstui.tui.plain import PLAIN_CSS
from corstui.tui.screens.copying import FORMS, CopyScreen
from tests.analysis.flows import flow
from tests.support.playbook import head
from tests.tui.opened import SECRET, OpenedCell, allowed, hostile, opened, received, refused

URL = f"https://api.example/orders?token={SECRET}"


class Shell(App[None]):
    """Nothing but the menu."""

    CSS = PLAIN_CSS

    def __init__(self, cell: OpenedCell, *, ascii: bool = False) -> None:
        super().__init__()
        self.set_class(ascii, "-ascii")
        self._menu = CopyScreen(cast(Cell, cell), ascii=ascii)

    def on_mount(self) -> None:
        self.push_screen(self._menu)

    @property
    def told(self) -> list[str]:
        return [notification.message for notification in self._notifications]


def text(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(Static).content)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "corstui" / "copied.txt"


def secret() -> OpenedCell:
    """A request with a secret in its URL, its headers and its body."""
    headers = [("Authorization", f"Bearer {SECRET}"), ("Content-Type", "application/json")]
    done = flow(head(401), method="POST", url=URL, headers=headers, body=f'{{"k": "{SECRET}"}}'.encode())
    request = {"headers": tuple(headers), "body": f'{{"k": "{SECRET}"}}'.encode()}
    return opened(done, method="POST", url=URL, request=request)


def stored(cell: OpenedCell) -> StoredCell:
    return StoredCell(cell.planned, None, None, [], 12.0, cell.flow)


@pytest.mark.parametrize(
    ("key", "what", "part"),
    [
        ("y", "curl command", "curl -i"),
        ("c", "curl command", "curl -i"),
        ("f", "fetch() call", 'fetch("https://api.example/orders?token=***", {'),
        ("h", "HAR entry", '"startedDateTime"'),
        ("m", "Markdown", "### POST create order from partner"),
        ("u", "URL", "https://api.example/orders?token=***"),
        ("s", "sentence", "cors.check.acao-present needs"),
    ],
)
async def test_each_key_copies_its_form_masked_says_so_and_closes(key: str, what: str, part: str) -> None:
    app = Shell(secret())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        assert part in app.clipboard
        assert SECRET not in app.clipboard
        assert app.told[-1].startswith(f"Copied the {what}; also in ")
        assert not isinstance(app.screen, CopyScreen)


@pytest.mark.parametrize("key", ["y", "f", "h", "m", "u"])
async def test_x_takes_the_secrets_along_and_says_so_before_and_after(key: str) -> None:
    app = Shell(secret())
    async with app.run_test(size=(80, 24)) as pilot:
        assert "secrets are masked" in text(pilot)
        await pilot.press("x")
        assert "WITH SECRETS" in text(pilot)
        await pilot.press(key)
        assert SECRET in app.clipboard
        assert "with its secrets" in app.told[-1]


async def test_x_twice_masks_again() -> None:
    app = Shell(secret())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "x", "y")
        assert SECRET not in app.clipboard


async def test_where_nothing_was_sent_the_menu_and_the_keys_say_so() -> None:
    app = Shell(opened(flow(url="http://api.example/")))
    async with app.run_test(size=(80, 24)) as pilot:
        lines = text(pilot).splitlines()
        assert [line.split()[0] for line in lines if "-- Nothing was sent" in line] == ["y", "h"]
        await pilot.press("y")
        assert "no request to copy" in app.told[-1]
        assert isinstance(app.screen, CopyScreen)
        await pilot.press("u")
        assert app.clipboard == "https://api.example/orders"


async def test_an_earlier_run_gives_what_it_tells() -> None:
    app = Shell(cast(OpenedCell, stored(received())))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "f    fetch()    -- An earlier run does not tell what the script asked for." in text(pilot)
        await pilot.press("h")
        assert "when it asked" in app.told[-1]
        await pilot.press("m")
        assert "Blocked" in app.clipboard


@pytest.mark.parametrize(
    ("initiator", "name", "part"),
    [("img", "HTML", "<img src="), ("xhr", "script", "new XMLHttpRequest()")],
)
async def test_other_initiators_are_copied_as_what_they_are(initiator: str, name: str, part: str) -> None:
    app = Shell(replace(allowed(), request={"initiator": initiator}))
    async with app.run_test(size=(80, 24)) as pilot:
        assert f"f    {name} " in text(pilot)
        await pilot.press("f")
        assert part in app.clipboard


async def test_the_entry_is_that_of_the_deciding_exchange() -> None:
    app = Shell(refused())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h")
        entry = json.loads(app.clipboard)
        assert (entry["request"]["method"], entry["response"]["status"]) == ("OPTIONS", 401)
        assert entry["startedDateTime"] == "2026-10-26T07:33:20.000Z"


async def test_escape_copies_nothing() -> None:
    app = Shell(received())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        assert app.clipboard == ""
        assert not isinstance(app.screen, CopyScreen)


async def test_a_remapped_key_is_the_one_that_is_shown() -> None:
    app = Shell(received())
    app.set_keymap({"copy.har": "f5"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert next(line for line in text(pilot).splitlines() if "HAR" in line).startswith("f5 ")
        await pilot.press("f5")
        assert '"startedDateTime"' in app.clipboard


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (40, 12)])
async def test_every_line_fits(size: tuple[int, int]) -> None:
    for cell in (hostile(), opened(flow(url="http://api.example/"))):
        async with Shell(cell).run_test(size=size) as pilot:
            await pilot.pause()
            lines = text(pilot).splitlines()
            assert all(line.isprintable() for line in lines)
            assert len([line for line in lines if line[:1].strip()]) == len(FORMS) + 3


async def test_the_ascii_set_needs_no_other_character() -> None:
    async with Shell(received(), ascii=True).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        assert "".join(segment.text for strip in strips for segment in strip).isascii()


async def test_text_that_no_encoding_can_carry_is_copied_all_the_same(cache: Path) -> None:
    app = Shell(replace(allowed(), url="https://api.example/\ud800"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        assert app.clipboard == "https://api.example/?"
