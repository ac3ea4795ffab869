"""corstui: which web origins can call which endpoints in a real browser, and if not, exactly why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corstui.analysis.explain import explain
    from corstui.browser import Browser, Page
    from corstui.fetch.result import Flow
    from corstui.profile import ProfileError, load_profile
    from corstui.runner import Cell, run

__version__ = "0.1.0"

#: Where each public name lives; loaded on first use, so that ``corstui --help`` stays quick.
_HOMES = {
    "Browser": "corstui.browser",
    "Cell": "corstui.runner",
    "Flow": "corstui.fetch.result",
    "Page": "corstui.browser",
    "ProfileError": "corstui.profile",
    "explain": "corstui.analysis.explain",
    "load_profile": "corstui.profile",
    "run": "corstui.runner",
}

__all__ = ["Browser", "Cell", "Flow", "Page", "ProfileError", "__version__", "explain", "load_profile", "run"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
