"""What all tests share: how hard properties are tried, and a process that knows no secret yet.

``short``, the default, tries the same examples every time, so that a failure is everybody's, and is bounded: in CI all
properties together take a minute or two. To look for what nobody has seen yet, fresh examples and fifty times as many::

    pytest -m hypothesis --hypothesis-profile=long

What that finds is kept in ``.hypothesis`` and tried again first; pin it with ``@example`` before mending it.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from corstui.profile import secrets

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "short",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
settings.register_profile(
    "long", max_examples=5_000, derandomize=False, deadline=None, print_blob=True, suppress_health_check=_SLOW
)
settings.load_profile("short")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test hides the secrets of another one."""
    monkeypatch.setattr(secrets, "_known", set())
