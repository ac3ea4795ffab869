"""The main screens, character by character and style by style, as somebody has looked at them and found them good.

    CORSTUI_WRITE_GOLDENS=1 python -m pytest tests/tui/test_goldens.py

writes ``goldens/`` anew; what changed there is then to be looked at. A golden holds the text of a screen, which is the
same in every look, and for each look a map of its styles: ``12a3b`` means that twelve columns look alike and the three
after them otherwise. Colours themselves are the theme's and not part of it; that two things differ in colour is.
"""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

import pytest
from rich.segment import Segment

from tests.tui.person import Person
from tests.tui.scenes import SCENES, shown, still

GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(80, 24), (160, 50)]
THEMES = {"dark": "textual-dark", "ansi-light": "ansi-light"}
SUFFIXES = ("txt", "styles")
_ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in and an empty home."""
    for name in ("here", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "here"


def cells(person: Person) -> list[list[Segment]]:
    """The segments of each line on the screen."""
    return [list(strip) for strip in person.app.screen._compositor.render_strips()]


def attributes(segment: Segment) -> str:
    return " ".join(name for name in _ATTRIBUTES if segment.style is not None and getattr(segment.style, name))


def colours(segment: Segment) -> tuple[str, str]:
    """Foreground and background; empty where they are the terminal's own."""
    found = (segment.style.color, segment.style.bgcolor) if segment.style is not None else (None, None)
    fore, back = ("" if colour is None or colour.is_default else colour.name for colour in found)
    return fore, back


def style_map(lines: list[list[Segment]]) -> list[str]:
    """One line of runs for each line of the screen, then what the letters mean."""
    letters: dict[tuple[str, tuple[str, str]], str] = {}
    rows = []
    for line in lines:
        named: list[str] = []
        for segment in line:
            look = (attributes(segment), colours(segment))
            letter = letters.setdefault(look, chr(ord("a") + len(letters)))
            named += [letter] * segment.cell_length
        rows.append("".join(f"{len(list(run))}{letter}" for letter, run in groupby(named)))
    return [*rows, *(f"{letter} = {look[0] or 'plain'}" for look, letter in letters.items())]


def taken(person: Person, look: str) -> tuple[str, str]:
    """The text, and the map of styles under the name of the look."""
    return person.text() + "\n", "\n".join([f"[{look}]", *style_map(cells(person))]) + "\n"


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("name", SCENES)
async def test_a_screen_looks_as_it_did(
    name: str, size: tuple[int, int], nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    async with shown(name, nowhere, size) as person:
        for look, theme in THEMES.items():
            person.app.theme = theme
            await still(person)
            found.append(taken(person, look))
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(name, nowhere, size) as person:
        assert {colours(segment) for line in cells(person) for segment in line} == {("", "")}
        found.append(taken(person, "no-color"))
    for text, _ in found[1:]:
        assert text == found[0][0]
    stem = f"{name.replace(' ', '-')}-{size[0]}x{size[1]}"
    for suffix, now in zip(SUFFIXES, (found[0][0], "\n".join(styles for _, styles in found)), strict=True):
        path = GOLDENS / f"{stem}.{suffix}"
        if "CORSTUI_WRITE_GOLDENS" in os.environ:
            GOLDENS.mkdir(exist_ok=True)
            path.write_text(now, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == now


def test_every_golden_belongs_to_a_screen() -> None:
    stems = {f"{name.replace(' ', '-')}-{width}x{height}" for name in SCENES for width, height in SIZES}
    assert {path.name for path in GOLDENS.iterdir()} == {f"{stem}.{suffix}" for stem in stems for suffix in SUFFIXES}


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("name", SCENES)
async def test_plain_characters_are_enough(name: str, size: tuple[int, int], nowhere: Path) -> None:
    async with shown(name, nowhere, size, ascii=True) as person:
        assert [line for line in person.text().split("\n") if not line.isascii()] == []
