"""Every key of the program, read from the bindings themselves: for help, for remapping and for the README."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

#: Where a key works, and the module and class that bind it, in the order of a tour through the program.
PLACES: tuple[tuple[str, str, str], ...] = (
    ("Matrix", "widgets.matrix", "Matrix"),
    ("Dashboard", "screens.dashboard", "Dashboard"),
    ("Filter", "widgets.filter", "Filter"),
    ("Flow of a cell", "screens.flow", "FlowScreen"),
    ("Engines of a cell", "screens.engines", "EnginesScreen"),
    ("Lists", "screens.dialog", "Choices"),
    ("Copy menu", "screens.copying", "CopyScreen"),
    ("Choosing two sides", "screens.choosing", "ChooseScreen"),
    ("Earlier runs", "screens.runs", "RunsScreen"),
    ("Change log", "screens.changelog", "ChangesScreen"),
    ("Summary of a comparison", "screens.differences", "DifferencesScreen"),
    ("Watching", "screens.watching", "WatchScreen"),
    ("Exporting", "screens.exporting", "ExportScreen"),
    ("What would be sent", "screens.sending", "SendingScreen"),
    ("Asking first", "screens.confirm", "ConfirmScreen"),
    ("Choosing a profile", "screens.picker", "PickerScreen"),
    ("Opening a profile", "screens.picker", "OpenScreen"),
    ("Creating a profile", "screens.create", "CreateScreen"),
    ("Problems of a profile", "screens.problems", "ProblemsScreen"),
    ("Explanation", "screens.explain", "ExplainScreen"),
    ("Marks", "screens.legend", "LegendScreen"),
    ("Help", "screens.help", "HelpScreen"),
    ("Everywhere", "app", "CorstuiApp"),
)


def bindings_of(kind: type[DOMNode]) -> list[Binding]:
    """The bindings that our classes in the ancestry of ``kind`` declare, in the order in which the footer has them."""
    found: dict[str, Binding] = {}
    for each in reversed(kind.__mro__):
        for binding in each.__dict__.get("BINDINGS", ()) if each.__module__.startswith("corstui.") else ():
            assert isinstance(binding, Binding) and binding.id is not None
            found[binding.id] = binding
    return list(found.values())


def places() -> Iterator[tuple[str, list[Binding]]]:
    """Every place with its bindings."""
    for name, module, kind in PLACES:
        yield name, bindings_of(getattr(import_module(f"corstui.tui.{module}"), kind))


def identifiers() -> dict[str, Binding]:
    """Every binding by the id that a remapping names."""
    return {binding.id: binding for _, bindings in places() for binding in bindings if binding.id is not None}


def spelled(binding: Binding) -> str:
    """The keys of a binding as they stand on a keyboard: ``↑ k``."""
    if binding.key_display and "," not in binding.key:
        return binding.key_display
    return " ".join(format_key(key.strip()) for key in binding.key.split(","))


def markdown() -> str:
    """A table of the keys of matrix, dashboard and flow, and of those that work everywhere."""
    wanted = {"Matrix", "Dashboard", "Flow of a cell", "Everywhere"}
    lines = []
    for name, bindings in places():
        if name in wanted:
            lines += [f"| {name} | |", "|---|---|"]
            lines += [f"| {_code(keys)} | {said} |" for said, keys in _by_meaning(bindings).items()]
            lines.append("")
    return "\n".join(lines).rstrip()


def _by_meaning(bindings: list[Binding]) -> dict[str, list[str]]:
    """Keys by what they do; the digits are one line."""
    found: dict[str, list[str]] = {}
    for binding in bindings:
        found.setdefault(by_number(binding.key, binding.tooltip), []).extend(spelled(binding).split())
    return {said: shortened(keys) for said, keys in found.items()}


def by_number(key: str, said: str) -> str:
    """What a key does; the same for all digits."""
    return f"{said.rstrip('0123456789')}by its number" if key.isdigit() else said


def shortened(keys: list[str]) -> list[str]:
    """The first and the last of many."""
    return [keys[0], "...", keys[-1]] if len(keys) > 4 else keys


def _code(keys: list[str]) -> str:
    return " ".join(key if key == "..." else f"`{key}`" for key in keys)
