"""No private name of a widget or screen is one that Textual uses itself: it would break in ways that nobody finds."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import textual.app
import textual.dom
import textual.message_pump
import textual.screen
import textual.widget

import corstui.tui

SOURCES = sorted(Path(corstui.tui.__file__).parent.rglob("*.py"))
TEXTUAL = (textual.app, textual.dom, textual.message_pump, textual.screen, textual.widget)


def stored(tree: ast.AST) -> Iterator[str]:
    """The attributes of ``self`` that are assigned somewhere."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def private(module: ModuleType) -> set[str]:
    tree = ast.parse(inspect.getsource(module))
    methods = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {name for name in (*stored(tree), *methods) if name.startswith("_") and not name.startswith("__")}


#: Replaced on purpose: Textual's own prints the local variables of a crash, secrets among them.
MEANT = {"_fatal_error"}
TAKEN = set().union(*map(private, TEXTUAL)) - MEANT


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SOURCES[0].parent)))
def test_no_private_name_is_textuals(path: Path) -> None:
    classes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef) and node.bases]
    own = {name for each in classes for name in stored(each) if name.startswith("_")}
    methods = {node.name for each in classes for node in each.body if isinstance(node, ast.FunctionDef)}
    assert not (own | {name for name in methods if name.startswith("_") and not name.startswith("__")}) & TAKEN


def test_the_check_knows_what_textual_uses() -> None:
    assert {"_running", "_log", "_compose"} <= TAKEN
