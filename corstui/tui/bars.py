"""Where the time of a flow went, as bars on one scale: each part of an exchange has its own character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from corstui.fetch.messages import Timing
from corstui.tui.render import MUTED, milliseconds


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an exchange: how it is called and drawn."""

    name: str
    char: str
    plain: str
    style: str


#: In the order in which they happen.
PARTS = (
    Part("queue", "·", ".", MUTED),
    Part("dns", "░", "d", "$text-accent"),
    Part("tcp", "▒", "c", "$text-secondary"),
    Part("tls", "▓", "s", "$text-primary"),
    Part("first byte", "█", "=", ""),
    Part("rest", "▄", "-", "$text-success"),
)


def lengths(taken: Timing) -> tuple[float, ...]:
    """Milliseconds of each part, 0 where unknown. An exchange without an answer waited until its total was over."""
    before = sum(value or 0.0 for value in (taken.dns, taken.connect, taken.tls, taken.first_byte))
    rest = max((taken.total or 0.0) - before, 0.0)
    waited = taken.first_byte
    if waited is None:
        waited, rest = rest, 0.0
    known = (taken.queue, taken.dns, taken.connect, taken.tls)
    return (*(value or 0.0 for value in known), waited, rest)


def bars(timings: Sequence[Timing], columns: int, *, ascii: bool = False) -> list[Content]:
    """One bar an exchange, each beginning where the one before ended; empty ones where no time is known."""
    every = [lengths(taken) for taken in timings]
    total = sum(map(sum, every))
    if total <= 0 or columns < 1:
        return [Content("")] * len(every)
    drawn, began = [], 0.0
    for parts in every:
        drawn.append(_bar(began / total, [part / total for part in parts], columns, ascii))
        began += sum(parts)
    return drawn


def _bar(began: float, parts: Sequence[float], columns: int, ascii: bool) -> Content:
    """``began`` and ``parts`` are shares of the whole scale. The longest part shows even where it is too short."""
    start = min(round(began * columns), columns - 1)
    pieces: list[tuple[str, str]] = []
    reached, end = began, start
    for part, share in zip(PARTS, parts, strict=True):
        reached += share
        upto = min(columns, round(reached * columns))
        if share > 0 and upto > end:
            pieces.append(((part.plain if ascii else part.char) * (upto - end), part.style))
            end = upto
    if not pieces and any(parts):
        longest = PARTS[max(range(len(parts)), key=parts.__getitem__)]
        pieces = [(longest.plain if ascii else longest.char, longest.style)]
    return Content.assemble(" " * start, *pieces)


def legend(drawn: Sequence[Content], *, ascii: bool = False) -> Content:
    """What the characters of these bars stand for; empty where there are no two to be told apart."""
    seen = set().union(*(bar.plain for bar in drawn))
    chars = [(part.plain if ascii else part.char, part) for part in PARTS]
    shown = [(char, part) for char, part in chars if char in seen]
    if len(shown) < 2:
        return Content("")
    return Content("  ").join([Content.assemble((char, part.style), f" {part.name}") for char, part in shown])


def figures(taken: Timing, *, full: bool = True) -> str:
    """``90 ms: dns 1, tcp 12, tls 31, first byte 44, rest 2``, or the sum alone; empty where no time is known.

    Parts below half a millisecond are left out.
    """
    parts = lengths(taken)
    total = sum(parts)
    if total <= 0:
        return ""
    said = [f"{part.name} {value:.0f}" for part, value in zip(PARTS, parts, strict=True) if value >= 0.5]
    whole = milliseconds(total) if total >= 1 else f"{total:.1f} ms"
    return f"{whole}: {', '.join(said)}" if full and len(said) > 1 else whole
