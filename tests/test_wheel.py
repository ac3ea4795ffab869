"""The built wheel, installed into an environment of its own, used from an empty directory."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

import corstui
from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    find_spec("pip") is None,
    reason="the wheel is installed with pip, which this environment lacks: install pip into it",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as an installer builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    _done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that has the wheel, and whose dependencies are those of this one.

    A .pth file of the other environment names a folder, and .pth files in that folder do not count: the checkout, which
    is installed here as such, is out of its sight.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check")
    _done(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    site = next((folder / "lib").glob("python*")) / "site-packages"
    (site / "dependencies.pth").write_text("\n".join(sorted(packages)))
    return folder / "bin"


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Run a program of that environment in an empty directory."""

    def run(program: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed / program, *arguments],
            cwd=tmp_path,
            env=_environment(tmp_path) | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


def test_the_wheel_carries_what_is_read_at_run_time_and_nothing_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / "corstui").rglob("*.*")}
    needed = {name for name in kept if "__pycache__" not in name}
    assert needed <= set(names)
    assert {name.split("/")[0] for name in names} == {"corstui", f"corstui-{corstui.__version__}.dist-info"}


def test_the_program_is_the_wheel_and_not_the_checkout(run: Run) -> None:
    where = run("python", "-c", "import corstui; print(corstui.__file__)").stdout
    assert not Path(where).is_relative_to(ROOT)
    assert "site-packages" in where
    done = run("corstui", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"corstui {corstui.__version__}\n", "")


def test_the_demo_runs_from_anywhere(run: Run) -> None:
    done = run("corstui", "demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Shop · staging · chromium" in done.stdout
    assert "Shop · production · chromium" in done.stdout


def test_the_dashboard_opens_from_anywhere(installed: Path, tmp_path: Path) -> None:
    program = [str(installed / "corstui"), "demo"]
    with Terminal(program, env=_environment(tmp_path), cwd=tmp_path) as terminal:
        terminal.until("126 cells in")
        terminal.type("q")
        assert terminal.wait() == 0


def test_what_init_writes_can_be_checked(run: Run) -> None:
    assert run("corstui", "init").returncode == 0
    done = run("corstui", "check", "corstui.yaml", "--dry-run", SHOP_TOKEN="t")
    assert (done.returncode, done.stderr) == (0, "")
    assert "create order" in done.stdout


def _environment(home: Path) -> dict[str, str]:
    """A process environment without the tester's own settings."""
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}


def _done(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
