"""Opening, refusing, picking and re-reading profiles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from corstui.tui.app import CorstuiApp
from corstui.tui.bridge import Bridge
from corstui.tui.places import find_profiles
from corstui.tui.screens.dashboard import Dashboard
from corstui.tui.screens.picker import PickerScreen
from corstui.tui.screens.problems import ProblemsScreen
from corstui.tui.session import Session
from tests.tui.person import Person, somebody
from tests.tui.shop import Network, profile_text


def app_on(network: Network, *paths: Path, **options: Any) -> CorstuiApp:
    return CorstuiApp(paths, process_env={}, bridge=Bridge(network.execute), **options)


def write(path: Path, text: str) -> None:
    path.write_text(text)


def rewrite(path: Path, text: str) -> None:
    """Change a file in a way that its modification time shows, whatever the clock's resolution."""
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(profile_text())
    return path


async def opened(person: Person) -> None:
    await person.opened()
    await person.settled()


async def test_a_named_profile_opens_and_fills(shop: Path) -> None:
    network = Network()
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        assert "✓ 12" in person.bar()
        assert "Shop" in person.headline()
        assert "shop.yaml" in person.headline()


async def test_a_broken_profile_shows_every_problem_and_r_tries_again(shop: Path) -> None:
    network = Network()
    write(shop, profile_text().replace("origins:", "orgins:").replace("name: Shop", "name: Shop\nnmae: x"))
    async with somebody(app_on(network, shop), network) as person:
        await person.until(lambda: isinstance(person.app.screen, ProblemsScreen))
        await person.pilot.pause()
        assert "problems" in person.text()
        assert "orgins" in person.text()
        assert "nmae" in person.text()
        assert "shop.yaml:" in person.text()
        await person.press("r")
        await person.until(lambda: isinstance(person.app.screen, ProblemsScreen))
        write(shop, profile_text())
        await person.press("r")
        await opened(person)
        assert "✓ 12" in person.bar()


async def test_a_profile_that_is_not_there_says_so_and_another_can_be_picked(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.parent / "profiles").mkdir()
    (shop.parent / "profiles" / "other.yaml").write_text(profile_text().replace("Shop", "Other"))
    monkeypatch.chdir(shop.parent)
    network = Network()
    async with somebody(app_on(network, shop.parent / "missing.yaml"), network) as person:
        await person.until(lambda: isinstance(person.app.screen, ProblemsScreen))
        await person.pilot.pause()
        assert "missing.yaml" in person.text()
        await person.press("p")
        await person.until(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press("enter")
        await opened(person)
        assert "Other" in person.headline()


async def test_without_a_profile_one_is_picked(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.parent / "profiles").mkdir()
    (shop.parent / "profiles" / "a.yaml").write_text(profile_text())
    (shop.parent / "profiles" / "b.yaml").write_text(profile_text().replace("Shop", "Second"))
    monkeypatch.chdir(shop.parent)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shop.parent / "config"))
    network = Network()
    async with somebody(app_on(network), network) as person:
        assert isinstance(person.app.screen, PickerScreen)
        await person.press("j", "k", "j", "enter")
        await opened(person)
        assert "Second" in person.headline()
        await person.press("p")
        await person.until(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press("enter")
        await opened(person)
        assert "Shop" in person.headline()
        await person.press("p")
        await person.until(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press("escape")
        assert isinstance(person.app.screen, Dashboard)


async def test_leaving_the_picker_at_the_start_leaves_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    network = Network()
    async with somebody(app_on(network), network) as person:
        await person.pilot.pause()
        assert "There is no profile yet" in person.text()
        await person.press("escape")
    assert person.app.return_code == 0


async def test_with_nothing_to_pick_the_demo_opens(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(shop, profile_text().replace("o0.example", "${env:LAB_HOST}"))
    monkeypatch.chdir(shop.parent)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shop.parent))
    started = 0

    def demo() -> tuple[Path, Mapping[str, str]]:
        nonlocal started
        started += 1
        return shop, {"LAB_HOST": "o0.lab"}

    network = Network()
    async with somebody(app_on(network, demo=demo), network) as person:
        await opened(person)
        assert person.dashboard.grid.boards[0].by_name["endpoint 0", "origin0"].planned.origin_value == "https://o0.lab"
        before = person.dashboard
        await person.press("p")
        await person.until(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press("d")
        await person.until(lambda: person.app.dashboard not in (None, before))
        assert started == 1


async def test_a_demo_that_cannot_start_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def demo() -> tuple[Path, Mapping[str, str]]:
        raise OSError(98, "Address already in use")

    network = Network()
    async with somebody(app_on(network, demo=demo), network) as person:
        await person.until(lambda: isinstance(person.app.screen, ProblemsScreen))
        await person.pilot.pause()
        assert "Address already in use" in person.text()


async def test_a_profile_that_goes_bad_keeps_the_last_good_one_and_says_so(shop: Path) -> None:
    network = Network()
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        rewrite(shop, profile_text().replace("origins:", "orgins:"))
        await person.until(lambda: "last good profile" in person.notice())
        assert "✓ 12" in person.bar()
        await person.press("P")
        await person.pilot.pause()
        assert "orgins" in person.text()
        await person.press("escape")
        rewrite(shop, profile_text())
        await person.until(lambda: person.notice() == "")
        await person.settled()
        assert "✓ 12" in person.bar()
        assert len(network.asked) == 12


async def test_a_changed_profile_reruns_what_changed_and_never_writes(shop: Path) -> None:
    network = Network()
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        network.requests.clear()
        rewrite(shop, profile_text(rows=6).replace("o1.example", "o7.example"))
        await person.until(lambda: len(person.dashboard.grid.all_rows) == 6)
        await person.settled()
        assert {request.method for request in network.requests} == {"GET"}
        assert "wait for you" in person.told()
        changed = {(key.endpoint, key.origin) for key in network.asked[12:]}
        assert changed == {("endpoint 0", "origin1"), ("endpoint 3", "origin1")}
        await person.press("a")
        await person.settled()
        assert "✓ 18" in person.bar()


async def test_a_change_while_the_profile_is_read_is_read_too(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network()
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        reloaded = person.app._reloaded

        def too_late(session: Session) -> None:
            monkeypatch.setattr(person.app, "_reloaded", reloaded)
            rewrite(shop, profile_text().replace("Shop", "Third"))
            reloaded(session)

        monkeypatch.setattr(person.app, "_reloaded", too_late)
        rewrite(shop, profile_text().replace("Shop", "Second"))
        await person.until(lambda: "Third" in person.headline())


async def test_problems_without_any_say_so(shop: Path) -> None:
    network = Network()
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        await person.press("P")
        assert "no problems" in person.told()


async def test_warnings_of_a_good_profile_are_told_and_listed(shop: Path) -> None:
    network = Network()
    write(shop, profile_text().replace("endpoint 0: GET ${api}/0", "endpoint 0: {url: '${api}/0', headers: {Host: x}}"))
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        assert "1 warning; P shows" in person.told()
        await person.press("P")
        await person.pilot.pause()
        assert "Host" in person.text()


async def test_enter_drills_in_and_escape_comes_back(shop: Path) -> None:
    network = Network(blocked=[("staging", 0, 1)])
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        await person.press("enter")
        await person.pilot.pause()
        assert "endpoint 0 x origin0" in person.text()
        await person.press("right_square_bracket")
        await person.pilot.pause()
        assert "endpoint 0 x origin1" in person.text()
        await person.press("escape")
        assert person.at == ("endpoint 0", "origin1")
        await person.press("left", "enter", "left_square_bracket")
        assert "no further cell" in person.told()


async def test_a_pair_opens_with_both_flows(shop: Path) -> None:
    network = Network(blocked=[("production", 0, 0)])
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        await person.press("3")
        await person.settled()
        await person.press("enter")
        await person.pilot.pause()
        assert "staging" in person.text()
        assert "production" in person.text()


def test_profiles_are_found_in_both_places(tmp_path: Path) -> None:
    own = tmp_path / "config" / "corstui" / "profiles"
    own.mkdir(parents=True)
    (own / "mine.yml").touch()
    (tmp_path / "profiles").mkdir()
    for name in ("b.yaml", "a.yaml", "notes.txt"):
        (tmp_path / "profiles" / name).touch()
    found = find_profiles(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "config")})
    assert [path.name for path in found] == ["a.yaml", "b.yaml", "mine.yml"]
    assert find_profiles(tmp_path / "nowhere", {"HOME": str(tmp_path)}) == []


def test_the_first_frame_waits_for_no_network_yaml_or_profile_code() -> None:
    script = "import sys, corstui.tui.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"httpx", "pycurl", "yaml", "ada_url", "corstui.profile", "corstui.runner", "corstui.browser"}
    assert heavy.isdisjoint(done.stdout.split())


async def test_a_dashboard_that_is_on_its_way_out_takes_no_news_from_the_next(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network()
    async with somebody(app_on(network, shop), network) as person:
        await opened(person)
        before = person.dashboard
        monkeypatch.setattr(before, "on_unmount", lambda: None)  # as if it took its time
        person.app.open([shop])
        await person.until(lambda: isinstance(person.app.screen, Dashboard) and person.app.screen is not before)
        assert not before.runs.drain().cells
        await person.settled()
        assert "✓ 12" in person.bar()
