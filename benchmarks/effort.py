"""How much to measure, and how: what is compared runs in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Effort:
    """``short``: for a look in passing, as in CI; the figures are rougher."""

    short: bool = False

    def of(self, full: int, short: int) -> int:
        """How many or how large."""
        return short if self.short else full

    def in_turn(self, repetitions: int, *measures: Callable[[], float]) -> list[tuple[float, ...]]:
        """The results of each measure over the repetitions, after one more round that warms up.

        Every round runs all of them, forwards and backwards by turns, so that a machine that slows down or has other
        work slows all of them alike.
        """
        results: list[list[float]] = [[] for _ in measures]
        for round_ in range(repetitions + 1):
            order = range(len(measures)) if round_ % 2 else range(len(measures) - 1, -1, -1)
            for index in order:
                value = measures[index]()
                if round_:
                    results[index].append(value)
        return [tuple(values) for values in results]


def ratios(ours: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, ...]:
    """Round by round."""
    return tuple(one / other for one, other in zip(ours, theirs, strict=True))


def ms(seconds: tuple[float, ...]) -> str:
    """The median of some times, in milliseconds."""
    return f"{median(seconds) * 1000:.3g} ms"
