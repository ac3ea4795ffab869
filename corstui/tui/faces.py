"""From what stands in a place of the matrix to pieces of text, each with the name of its look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from corstui.tui.board import Face
    from corstui.tui.grid import Place

#: A piece of text and the name of its look.
Piece = tuple[str, str]

#: Terminal columns of a pair: both symbols, what stands between them, and the suffix.
PAIR_WIDTH = 9
_BETWEEN = {True: "<>", None: "??", False: "  "}


def single(face: Face | None) -> list[Piece]:
    """One mark with its label and suffix; nothing where nothing is planned. A quiet cell has a quiet label."""
    if face is None:
        return []
    pieces = [(f"{face.symbol:<2} ", face.style), (face.label, "quiet" if face.quiet else face.style)]
    return [*pieces, (face.suffix, "unexpected")] if face.suffix else pieces


def pair(place: Place) -> list[Piece]:
    """Both marks and what stands between: ``<>`` they differ, ``??`` cannot be compared. ``*``: one is unexpected.

    Where nothing differs, the pair is quiet.
    """
    faces = [slot.face if slot is not None else None for slot in place.sides]
    looks = ["name" if face is None else face.style for face in faces]
    if place.difference is False and all(slot is not None and slot.cell is not None for slot in place.sides):
        looks = ["quiet", "quiet"]
    first, second = (f"{face.symbol:<2}" if face is not None else "  " for face in faces)
    between = _BETWEEN[place.difference]
    unexpected = any(face is not None and "*" in face.suffix for face in faces)
    return [
        (f"{first} ", looks[0]),
        (f"{between} ", "differs" if between.strip() else looks[0]),
        (second, looks[1]),
        ("*", "unexpected") if unexpected else (" ", looks[1]),
    ]


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
