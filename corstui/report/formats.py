"""The formats by name. Their modules are loaded when one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from corstui.report.comparison import Sides
    from corstui.runner.record import Run

#: Format -> module of ``corstui.report`` whose ``render(run, options)`` makes it.
_CHECK = {
    "table": "table",
    "json": "document",
    "jsonl": "lines",
    "junit": "junit",
    "sarif": "sarif",
    "markdown": "markdown",
    "csv": "rows",
    "har": "har",
    "html": "page",
}
#: Format -> module and function of ``corstui.report`` that make it of a comparison.
_COMPARE = {
    "table": ("comparison", "render_table"),
    "json": ("comparison", "render_json"),
    "jsonl": ("comparison_text", "render_jsonl"),
    "markdown": ("comparison_text", "render_markdown"),
    "csv": ("comparison_text", "render_csv"),
    "junit": ("comparison_junit", "render"),
    "sarif": ("comparison_sarif", "render"),
    "html": ("comparison_run", "render_html"),
    "har": ("comparison_run", "render_har"),
}

CHECK_FORMATS = tuple(_CHECK)
COMPARE_FORMATS = tuple(_COMPARE)
TRY_FORMATS = ("table", "json")


class NotInDocuments(Exception):
    """A format needs what a run document does not hold. The message says what."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to write. ``width`` and ``height`` None: as large as it comes. ``ascii``: no mark beyond ASCII. ``secrets``:
    unmasked. ``bodies``: with those that the run kept, in formats that have a place for them."""

    width: int | None = None
    height: int | None = None
    color: bool = False
    ascii: bool = False
    secrets: bool = False
    bodies: bool = False


def check_renderer(name: str) -> Callable[[Run, Options], str]:
    """The function that writes a run in this format."""
    renderer: Callable[[Run, Options], str] = import_module(f"corstui.report.{_CHECK[name]}").render
    return renderer


def compare_renderer(name: str) -> Callable[[Sides, Options], str]:
    """The function that writes a comparison in this format."""
    module, function = _COMPARE[name]
    renderer: Callable[[Sides, Options], str] = getattr(import_module(f"corstui.report.{module}"), function)
    return renderer
