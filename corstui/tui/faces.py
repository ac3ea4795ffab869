"""From what stands in a place of the matrix to pieces of text, each with the name of its look."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from corstui.tui.board import gravity

if TYPE_CHECKING:
    from corstui.tui.board import Slot
    from corstui.tui.place import Place

#: A piece of text and the name of its look.
Piece = tuple[str, str]


class Zoom(IntEnum):
    """How much a place says: its mark, the reason or status too, or also status and time."""

    MARK = 0
    LABEL = 1
    DETAIL = 2


#: The widest that a place gets, in columns of the terminal.
WIDEST = {Zoom.MARK: 5, Zoom.LABEL: 13, Zoom.DETAIL: 24}
#: The same for a pair: both symbols, what stands between them, and the suffix.
PAIR_WIDTH = {Zoom.MARK: 9, Zoom.LABEL: 9, Zoom.DETAIL: 28}
_BETWEEN = {True: "<>", None: "??", False: "  "}
_LABEL_WIDTH = 8
#: Status and time of a finished cell.
_DETAIL_WIDTH = 10


def pieces_of(place: Place, zoom: Zoom, *, compares: bool) -> list[Piece]:
    """What the place shows; nothing where nothing is planned."""
    if place.members:
        return _pile_of_pairs(place) if compares else _pile(place, zoom)
    if compares:
        return pair(place, zoom)
    return single(place.slot, zoom)


def widths_of(place: Place, *, compares: bool) -> tuple[int, ...]:
    """The columns of the terminal that the place takes in each zoom, from the farthest to the closest."""
    if compares:
        return tuple(PAIR_WIDTH.values())
    if place.slot is None or place.members:
        pieces = (pieces_of(place, zoom, compares=False) for zoom in Zoom)
        return tuple(sum(cell_len(text) for text, _ in each) for each in pieces)
    face = place.slot.face
    return _widths(face.symbol, face.label, face.suffix, place.slot.cell is not None)


@lru_cache
def _widths(symbol: str, label: str, suffix: str, finished: bool) -> tuple[int, ...]:
    """Those of one cell: few differ, of the thousands that come."""
    marked, labelled = cell_len(symbol + suffix), cell_len(f"{symbol:<2} {label}{suffix}")
    detailed = max(labelled + 1, WIDEST[Zoom.LABEL]) + _DETAIL_WIDTH if finished else labelled
    return tuple(min(each, WIDEST[zoom]) for zoom, each in zip(Zoom, (marked, labelled, detailed), strict=True))


def single(slot: Slot | None, zoom: Zoom = Zoom.LABEL) -> list[Piece]:
    """One mark with its label and suffix. A quiet cell has a quiet label."""
    if slot is None:
        return []
    face = slot.face
    look = "quiet" if face.quiet else face.style
    suffix = [(face.suffix, "unexpected")] if face.suffix else []
    if zoom is Zoom.MARK:
        return [(face.symbol, face.style), *suffix]
    pieces = [(f"{face.symbol:<2} ", face.style), (face.label, look), *suffix]
    return [*pieces, (_detail(slot, sum(len(text) for text, _ in pieces)), "quiet")] if zoom is Zoom.DETAIL else pieces


def _detail(slot: Slot, used: int) -> str:
    """Status, where the label is another one, and time of a finished cell, right of what is there already."""
    cell = slot.cell
    if cell is None or slot.result is None:
        return ""
    status = str(cell.status or "")
    said = "" if status == slot.result.label else status
    return f"{'':<{max(1, WIDEST[Zoom.LABEL] - used)}}{said:>3}{_brief(cell.duration_ms):>7}"


def _brief(milliseconds: float) -> str:
    """``34 ms`` or ``1.2 s``."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def pair(place: Place, zoom: Zoom = Zoom.LABEL) -> list[Piece]:
    """Both marks and what stands between: ``<>`` they differ, ``??`` cannot be compared. ``*``: one is unexpected.

    Where nothing differs, the pair is quiet.
    """
    faces = [slot.face if slot is not None else None for slot in place.sides]
    if not any(faces):
        return []
    looks = ["name" if face is None else face.style for face in faces]
    if place.difference is False and all(slot is not None and slot.cell is not None for slot in place.sides):
        looks = ["quiet", "quiet"]
    first, second = (f"{face.symbol:<2}" if face is not None else "  " for face in faces)
    if zoom is Zoom.DETAIL:
        labels = (face.label if face is not None else "" for face in faces)
        first, second = (f"{mark} {label:<{_LABEL_WIDTH}}" for mark, label in zip((first, second), labels, strict=True))
    between = _BETWEEN[place.difference]
    unexpected = any(face is not None and "*" in face.suffix for face in faces)
    return [
        (f"{first} ", looks[0]),
        (f"{between} ", "differs" if between.strip() else looks[0]),
        (second, looks[1]),
        ("*", "unexpected") if unexpected else (" ", looks[1]),
    ]


def _pile(place: Place, zoom: Zoom) -> list[Piece]:
    """The gravest mark of a fold, and how many of its cells have it: ``✗> 2/5``."""
    slots, worst = list(place.slots), place.worst
    if worst is None:
        return []
    face = worst.face
    alike = sum(slot.face.symbol == face.symbol for slot in slots)
    unexpected = any(slot.cell is not None and slot.cell.as_expected is False for slot in slots)
    look = face.style if gravity(worst) else "quiet"
    pieces = [(f"{face.symbol:<2} ", face.style), (f"{alike}/{len(slots)}", look)]
    if zoom is Zoom.MARK:
        pieces = [(face.symbol, face.style)]
    return [*pieces, ("*", "unexpected")] if unexpected else pieces


def _pile_of_pairs(place: Place) -> list[Piece]:
    """How many pairs of a fold differ: ``<> 2/5``."""
    between = _BETWEEN[place.difference]
    alike = sum(member.difference is place.difference for member in place.members)
    return [(f"{between} {alike}/{len(place.members)}", "differs" if between.strip() else "quiet")]


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """``text`` in exactly ``width`` terminal columns: cut with ``ellipsis`` or padded with blanks."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, max(0, width - len(ellipsis))).rstrip() + ellipsis, width)


def fitted(pieces: list[Piece], width: int, ellipsis: str = "…") -> list[Piece]:
    """The pieces in exactly ``width`` columns: padded, or cut to one piece in the look of the first."""
    used = sum(cell_len(text) for text, _ in pieces)
    if used > width:
        return [(fit("".join(text for text, _ in pieces), width, ellipsis), pieces[0][1])]
    return [*pieces, (" " * (width - used), pieces[0][1] if pieces else "name")] if used < width else pieces
