"""When Python looks for garbage while results come."""

from __future__ import annotations

import gc

#: gc.set_threshold(): how many objects, and how many rounds over the younger ones, between two looks.
_THRESHOLDS = (10_000, 10, 1_000)


def collect_rarely() -> None:
    """For programs that keep many results, which come by the thousand and hold no circles.

    At its usual pace, the search costs a tenth of a run, and would stop the screen for 0.1 s in every second that a
    large matrix fills.
    """
    gc.set_threshold(*_THRESHOLDS)
