"""The command palette's entries: every key that works now, by what it does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen


def commands_of(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """One entry for each action that the screen's live bindings name, with its keys."""
    app = screen.app
    keys: dict[tuple[str, str], list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        said = binding.tooltip or ""
        if said and active.enabled and not binding.system:
            entry = (said, binding.action)
            if entry not in keys:
                keys[entry] = []
            keys[entry].append(app.get_key_display(binding))
    nodes = {(active.binding.tooltip, active.binding.action): active.node for active in screen.active_bindings.values()}
    for (said, action), shown in keys.items():
        yield SystemCommand(said, f"Key: {' '.join(shown)}", partial(app.run_action, action, nodes[said, action]))
