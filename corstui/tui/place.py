"""What stands where a row and a column cross."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corstui.tui.board import gravity

if TYPE_CHECKING:
    from corstui.tui.board import Slot

#: The verdicts of equal gravity, the mildest first.
_MILD_TO_GRAVE = ("allowed", "opaque", "unsent", "blocked", "error")


@dataclass(frozen=True, slots=True)
class Place:
    """One slot a side, or None where nothing is planned; a fold has ``members`` instead.

    ``difference``: whether the sides are known to differ, None when they cannot be compared; of a fold, the gravest of
    its members'.
    """

    sides: tuple[Slot | None, ...]
    difference: bool | None = False
    members: tuple[Place, ...] = ()

    @property
    def slots(self) -> Iterator[Slot]:
        """Every planned slot here."""
        yield from (slot for slot in self.sides if slot is not None)
        for member in self.members:
            yield from member.slots

    @property
    def slot(self) -> Slot | None:
        """The slot to act on: the first there is."""
        return next(self.slots, None)

    @property
    def worst(self) -> Slot | None:
        """The slot that asks for most attention."""
        return max(self.slots, key=weight, default=None)


def weight(slot: Slot) -> tuple[int, int]:
    """Orders slots by how much they ask for attention."""
    return gravity(slot), _MILD_TO_GRAVE.index(slot.cell.verdict) if slot.cell is not None else 0


def fold_of(members: Iterable[Place]) -> Place:
    """Several places as one."""
    kept = tuple(member for member in members if any(True for _ in member.slots))
    differences = {member.difference for member in kept}
    difference = True if True in differences else None if None in differences else False
    return Place((), difference, kept)
