"""The cases that real browsers are driven through, and that corstui must judge as they do.

Every group is a product of axes, written as data in the module of its topic. A case is what
``tests/browsers/server.py`` and the runner page understand; its id is stable as long as nothing is put before it in its
group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.browsers.cases import (
    addresses,
    caches,
    check,
    cookies,
    initiators,
    preflights,
    reading,
    redirects,
    request_headers,
    wire,
)
from tests.browsers.cases.build import Case, different, numbered
from tests.browsers.cases.fresh import fresh

__all__ = ["GROUPS", "Case", "all_cases", "fresh"]

#: Name -> its cases, yet without ids. First-party visits come first: cookies are used by cases after them.
GROUPS: dict[str, Callable[[], Iterator[Case]]] = (
    cookies.GROUPS
    | check.GROUPS
    | preflights.GROUPS
    | request_headers.GROUPS
    | redirects.GROUPS
    | reading.GROUPS
    | addresses.GROUPS
    | initiators.GROUPS
    | wire.GROUPS
    | caches.GROUPS
)


def all_cases() -> list[Case]:
    """Every case of every group, always the same, in the same order."""
    return [case for group, drafts in GROUPS.items() for case in numbered(group, different(drafts()))]
