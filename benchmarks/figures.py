"""What a benchmark yields: a figure with its goal, and a sentence where something to measure with is missing."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from statistics import median


class Missing(Exception):
    """A benchmark cannot run here. The message says what to install."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that the median is to keep."""

    bound: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def text(self, unit: str) -> str:
        return f"{'at least' if self.at_least else 'at most'} {shown(self.bound, unit)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ``values`` of the repetitions, of which the median counts.

    ``detail``: what the figure is made of, for whoever wants to know more. ``goal`` None: told for the record.
    """

    title: str
    values: tuple[float, ...]
    unit: str
    goal: Goal | None = None
    detail: str = ""

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def outcome(self) -> str:
        if self.goal is None:
            return ""
        return "met" if self.goal.met_by(self.value) else "missed"


def shown(value: float, unit: str) -> str:
    """The value with three significant digits and its unit."""
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all do not exceed: the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
