"""The layers and who may use which third-party package: one stair, nothing climbs back up."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import corstui

ROOT = Path(corstui.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py"))

#: Layers from the bottom; one may import from itself and from those in its list.
BELOW = {
    "fetch": (),
    "transport": ("fetch",),
    "profile": ("fetch", "printable"),
    "browser": ("fetch", "transport"),
    "runner": ("fetch", "transport", "profile", "browser", "garbage"),
    "analysis": ("fetch", "transport", "profile", "browser", "runner", "printable"),
    "report": ("fetch", "transport", "profile", "browser", "runner", "analysis", "printable"),
    "tui": ("fetch", "transport", "profile", "browser", "runner", "analysis", "report", "garbage", "printable"),
    "cli": (
        "fetch",
        "transport",
        "profile",
        "browser",
        "runner",
        "analysis",
        "report",
        "tui",
        "lab",
        "garbage",
        "printable",
    ),
    "lab": (),
    "garbage": (),
    "printable": (),
}
#: Where each third-party package may be loaded.
CONFINED = {
    "textual": ("tui",),
    "rich": ("tui",),
    "httpx": ("transport",),
    "pycurl": ("transport",),
    "yaml": ("profile",),
    "ada_url": ("fetch",),
    "publicsuffixlist": ("fetch",),
}
HEAVY = ("textual", "rich", "httpx", "pycurl", "yaml", "ada_url", "publicsuffixlist", "asyncio")


def layer_of(path: Path) -> str:
    """The package below ``corstui``, or the module's own name."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import that runs; what stands under ``if TYPE_CHECKING`` never does."""
    yield from _imports(ast.parse(path.read_text(encoding="utf-8")))


def _imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            for otherwise in child.orelse:
                yield from _imports(otherwise)
        elif isinstance(child, ast.Import):
            yield from ((child.lineno, alias.name) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            assert child.module is not None
            names = [f"{child.module}.{alias.name}" for alias in child.names]
            yield from ((child.lineno, name) for name in (names if child.module == "corstui" else [child.module]))
        else:
            yield from _imports(child)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def test_every_layer_is_known() -> None:
    assert {layer_of(path) for path in MODULES} - {"__init__", "__main__"} == set(BELOW)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_the_stair(path: Path) -> None:
    layer = layer_of(path)
    if layer in ("__init__", "__main__"):
        return
    for line, module in imported(path):
        top, _, rest = module.partition(".")
        where = f"{path.relative_to(ROOT)}:{line} imports {module}"
        if top == "corstui" and rest:
            target = rest.partition(".")[0]
            assert target == layer or target in BELOW[layer] or target == "__version__", where
        elif top in CONFINED:
            assert layer in CONFINED[top], where


@pytest.mark.parametrize("path", sorted((ROOT / "fetch").rglob("*.py")), ids=lambda path: path.name)
def test_the_pure_engine_uses_the_standard_library_and_its_two_packages_only(path: Path) -> None:
    for line, module in imported(path):
        top = module.partition(".")[0]
        allowed = top in sys.stdlib_module_names or top in ("corstui", "ada_url", "publicsuffixlist")
        assert allowed, f"{path.name}:{line} imports {module}"
        assert top not in ("asyncio", "socket", "time", "datetime", "threading"), (
            f"{path.name}:{line}: no I/O, no clock"
        )


def loaded_by(*arguments: str) -> set[str]:
    """The packages that are loaded when the program has done this."""
    code = (
        "import sys\n"
        "from corstui.cli import main\n"
        "try:\n"
        f"    main({list(arguments)!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("check", "--help"), ("try", "--help")])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments).isdisjoint(HEAVY)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, corstui; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()}.isdisjoint(HEAVY)
