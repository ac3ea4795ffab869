"""What somebody prefers: read from a file, told when it is wrong, and kept to by the dashboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding

from corstui.tui.keys import identifiers, markdown, places, spelled
from corstui.tui.settings import Settings, SettingsError, load_settings, settings_file
from tests.tui.person import somebody
from tests.tui.shop import Network, session
from tests.tui.test_dashboard import OneDashboard


def written(folder: Path, text: str) -> Path:
    path = folder / "corstui" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(folder, text))
    assert all(str(folder) in problem for problem in caught.value.problems)
    return "\n".join(caught.value.problems)


def test_no_file_prefers_nothing(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "config.toml") == Settings()


def test_everything_that_can_be_preferred(tmp_path: Path) -> None:
    text = 'theme = "nord"\nascii = true\nbell = false\n[keys]\n"run.cell" = "f5"\n'
    assert load_settings(written(tmp_path, text)) == Settings("nord", True, False, {"run.cell": "f5"})


def test_the_file_stands_where_the_configuration_of_the_user_does(tmp_path: Path) -> None:
    assert settings_file({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "corstui" / "config.toml"
    assert settings_file({"HOME": "/home/me"}) == Path("/home/me/.config/corstui/config.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = !", "Invalid value (at line 1, column 9)"),
        ("thme = 'nord'", "there is no setting 'thme'; did you mean 'theme'?"),
        ("theme = 'nrd'", "there is no theme 'nrd'; did you mean 'nord'?"),
        ("theme = 3", "theme is of type int; it takes str"),
        ("bell = 'loud'", "bell is of type str; it takes bool"),
        ("[keys]\n'run.cel' = 'f5'", "there is no key 'run.cel' to remap; did you mean 'run.cell'?"),
        ("[keys]\n'run.cell' = ['f5']", 'keys.run.cell takes names of keys parted by commas, such as "r,f5"'),
        ("[keys]\n'run.cell' = 'f5,'", "keys.run.cell takes names of keys"),
        ("[keys]\n'run.cell' = 'a'", "'a' would be both run.cell and run.all (Dashboard); remap the other one too"),
        ("\x1b[2J = 1", "Invalid"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(tmp_path: Path, text: str, said: str) -> None:
    found = problems(tmp_path, text)
    assert said in found
    assert "\x1b" not in found


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "a = 1\nbell = 2\ntheme = 'x'\n").splitlines()) == 3


def test_two_keys_can_be_exchanged(tmp_path: Path) -> None:
    text = "[keys]\n'run.cell' = 'a'\n'run.all' = 'r'\n"
    assert load_settings(written(tmp_path, text)).keys == {"run.cell": "a", "run.all": "r"}


async def test_a_remapped_key_acts_and_the_help_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "[keys]\n'run.cell' = 'f5'\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    network = Network()
    app = OneDashboard(session(tmp_path), network)
    async with somebody(app, network) as person:
        await person.settled()
        await person.press("r")
        await person.settled()
        assert len(network.asked) == 12
        await person.press("f5")
        await person.settled()
        assert len(network.asked) == 13
        await person.press("question_mark")
        assert "f5" in person.text().lower()


async def test_wrong_settings_are_told_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "theme = 'nord'\nascii = 'yes'\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    network = Network()
    app = OneDashboard(session(tmp_path), network)
    async with somebody(app, network) as person:
        assert "Your settings are not used" in person.told()
        assert app.theme != "nord"


async def test_a_preferred_theme_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "theme = 'textual-light'\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    network = Network()
    app = OneDashboard(session(tmp_path), network)
    async with somebody(app, network):
        assert app.theme == "textual-light"


def test_every_binding_has_an_id_a_tooltip_and_a_key_that_terminals_pass_on() -> None:
    eaten = {"ctrl+c", "ctrl+h", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+z"}
    for place, bindings in places():
        for binding in bindings:
            assert binding.id, (place, binding)
            assert binding.tooltip, (place, binding)
            assert not eaten & set(binding.key.split(",")), (place, binding)


def test_no_place_binds_one_key_twice() -> None:
    for place, bindings in places():
        keys = [key.strip() for binding in bindings for key in binding.key.split(",")]
        assert sorted(set(keys)) == sorted(keys), place


def test_ids_name_one_thing_only() -> None:
    known = identifiers()
    assert all(known[str(binding.id)].action == binding.action for _, bindings in places() for binding in bindings)
    assert isinstance(known["run.cell"], Binding)


def test_keys_are_spelled_as_they_stand_on_a_keyboard() -> None:
    assert spelled(identifiers()["matrix.up"]) == "\u2191 k"
    assert spelled(identifiers()["view.filter"]) == "/"


def test_the_table_of_the_readme_is_the_one_that_the_bindings_make() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert markdown() in readme
