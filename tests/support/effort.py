"""More or fewer examples for one property, whatever the profile in force."""

from __future__ import annotations

from hypothesis import settings


def examples(times: float) -> settings:
    """So many times the examples of the profile: a property that is slow, or of which much hangs."""
    return settings(max_examples=max(1, int(settings().max_examples * times)))
