"""Opening a file in an editor: the words for each editor, and the way there and back."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from corstui.profile.problems import Location
from corstui.tui.editor import command, open_at

PATH = "/profiles/shop.yaml"


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("vi", ["vi", "+31", PATH]),
        ("/usr/bin/nvim", ["/usr/bin/nvim", "+31", PATH]),
        ("vim -u NONE", ["vim", "-u", "NONE", "+31", PATH]),
        ("nano", ["nano", "+31,5", PATH]),
        ("ne", ["ne", "+31,5", PATH]),
        ("emacs -nw", ["emacs", "-nw", "+31:5", PATH]),
        ("emacsclient -t -a ''", ["emacsclient", "-t", "-a", "", "+31:5", PATH]),
        ("micro", ["micro", "+31:5", PATH]),
        ("kak", ["kak", "+31:5", PATH]),
        ("gedit", ["gedit", "+31:5", PATH]),
        ("hx", ["hx", f"{PATH}:31:5"]),
        ("helix", ["helix", f"{PATH}:31:5"]),
        ("subl -w", ["subl", "-w", f"{PATH}:31:5"]),
        ("zed --wait", ["zed", "--wait", f"{PATH}:31:5"]),
        ("code --wait", ["code", "--wait", "-g", f"{PATH}:31:5"]),
        ("codium", ["codium", "-g", f"{PATH}:31:5"]),
        ("kate", ["kate", "--line", "31", "--column", "5", PATH]),
        ("joe", ["joe", "+31", PATH]),
        ("'/opt/my editor/ed'", ["/opt/my editor/ed", "+31", PATH]),
        ("unheard-of", ["unheard-of", "+31", PATH]),
        ("vim 'unclosed", ["vim", "'unclosed", "+31", PATH]),
    ],
)
def test_each_editor_is_told_the_place_in_its_own_way(editor: str, words: list[str]) -> None:
    assert command({"EDITOR": editor}, PATH, 31, 5) == words


def test_visual_comes_before_editor_and_an_empty_one_does_not_count() -> None:
    assert command({"VISUAL": "nano", "EDITOR": "vi"}, PATH, 1, 1) == ["nano", "+1,1", PATH]
    assert command({"VISUAL": "  ", "EDITOR": "vi"}, PATH, 1, 1) == ["vi", "+1", PATH]


def test_without_a_line_the_file_is_opened_as_a_whole() -> None:
    assert command({"EDITOR": "code -n"}, PATH, 0, 0) == ["code", "-n", PATH]


def test_without_a_wish_the_first_editor_on_the_path_is_taken(tmp_path: Path) -> None:
    assert command({"PATH": str(tmp_path)}, PATH, 2, 1) is None
    assert command({}, PATH, 2, 1) is None
    for name, words in (("vi", ["vi", "+2"]), ("vim", ["vim", "+2"]), ("nano", ["nano", "+2,1"])):
        (tmp_path / name).touch(mode=0o755)
        assert command({"PATH": str(tmp_path)}, PATH, 2, 1) == [*words, PATH]


@given(
    st.text(st.characters(exclude_characters="\0"), min_size=1), st.sampled_from(["vi", "nano", "hx", "code", "kate"])
)
def test_a_path_is_one_argument_and_never_an_option(path: str, editor: str) -> None:
    words = command({"EDITOR": editor}, path, 3, 4)
    assert words is not None
    named = path if path.startswith("/") else f"./{path}"
    assert words[-1] in (named, f"{named}:3:4")
    assert words[1:-1] in ([], ["+3"], ["+3,4"], ["-g"], ["--line", "3", "--column", "4"])


# -- there and back ----------------------------------------------------------------------------------------------------


class Shell(App[None]):
    """An application whose terminal can be handed over, and which notes when it was."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_over: list[str] = []

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.handed_over.append("away")
        yield
        self.handed_over.append("back")

    @property
    def told(self) -> list[str]:
        return [notification.message for notification in self._notifications]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "shop; touch owned [red].yaml"
    path.write_text("version: 1\n")
    return path


def python(code: str) -> str:
    """An editor that is a program of ours."""
    return f"{sys.executable} -c '{code}'"


def text_of(path: Path) -> str:
    return path.read_text()


async def opened(app: Shell, location: Location, editor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", editor)
    async with app.run_test() as pilot:
        open_at(app, location)
        await pilot.pause()


async def test_the_editor_gets_the_file_and_nothing_is_said(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell()
    editor = python('import sys; open(sys.argv[-1], "a").write(" ".join(sys.argv[1:-1]))')
    await opened(app, Location(str(profile), 31, 5), editor, monkeypatch)
    assert text_of(profile) == "version: 1\n+31"
    assert app.handed_over == ["away", "back"]
    assert app.told == []
    assert [path.name for path in profile.parent.iterdir()] == [profile.name]


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        (python("raise SystemExit(3)"), "ended with exit code 3"),
        (python("import os; os.kill(os.getpid(), 9)"), "was ended by signal 9"),
        ("/nowhere/ed-itor", "ed-itor cannot be started: No such file or directory"),
        ("ed\0itor", "cannot be started: embedded null byte"),
    ],
)
async def test_what_goes_wrong_is_told_and_the_terminal_comes_back(
    editor: str, said: str, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Shell()
    if "\0" in editor:
        monkeypatch.setattr(os, "environ", {**os.environ, "VISUAL": editor})
    else:
        monkeypatch.setenv("VISUAL", editor)
    async with app.run_test() as pilot:
        open_at(app, Location(str(profile), 1, 1))
        await pilot.pause()
    assert said in app.told[-1]
    assert app.handed_over == ["away", "back"]


async def test_a_file_that_is_gone_is_told(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell()
    await opened(app, Location(str(profile) + "\x1b[2J", 31, 5), "vi", monkeypatch)
    assert "is no longer there" in app.told[-1]
    assert "\x1b" not in app.told[-1]
    assert app.handed_over == []


async def test_a_terminal_that_cannot_be_lent_is_told(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell()
    monkeypatch.setattr(Shell, "suspend", App.suspend)
    await opened(app, Location(str(profile), 31, 5), "vi", monkeypatch)
    assert "cannot take over this terminal" in app.told[-1]
    assert "[red].yaml:31:5" in app.told[-1]


async def test_where_no_editor_is_found_it_says_what_to_set(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell()
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", str(profile.parent))
    await opened(app, Location(str(profile), 31, 5), "", monkeypatch)
    assert "Set EDITOR" in app.told[-1]


async def test_an_interrupt_is_the_editors_and_a_wish_to_end_waits_until_it_is_back(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setenv(
        "VISUAL",
        python(
            "import os, signal; "
            "os.kill(os.getppid(), signal.SIGINT); os.kill(os.getppid(), signal.SIGTERM); "
            'open("ended", "w").close()'
        ),
    )
    monkeypatch.chdir(profile.parent)
    before = {
        number: signal.signal(
            number, lambda number, _: heard.append(f"{signal.Signals(number).name} {Path('ended').exists()}")
        )
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        app = Shell()
        async with app.run_test() as pilot:
            open_at(app, Location(str(profile), 1, 1))
            await pilot.pause()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert heard == ["SIGTERM True"]
