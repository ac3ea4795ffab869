"""From a cell to lines: what the inspector says. Pure functions; nothing here knows a widget.

Everything from outside passes :meth:`View.text`, which masks secrets and makes control characters visible, and becomes
``Content`` without markup.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.answerers import in_front
from corstui.analysis.compare import pair
from corstui.analysis.marks import mark
from corstui.analysis.policy import Policy, Rows, names_of, policy
from corstui.analysis.story import answered_by, fix, outcome, where_error, why
from corstui.analysis.text import shorten, width
from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Exchange
from corstui.fetch.url import parse
from corstui.printable import printable
from corstui.report.formats import Options
from corstui.report.layout import pad, wrap
from corstui.report.masking import Mask, Unmasked, mask_for
from corstui.tui.board import Slot, State
from corstui.tui.place import weight
from corstui.tui.widgets.lines import COLOURS

if TYPE_CHECKING:
    from corstui.profile.problems import Location
    from corstui.runner import Cell, CellKey, Planned
    from corstui.tui.place import Place

#: Lines of running text are never wider than this, however wide the terminal is.
READABLE = 100
MUTED = "dim"
GOOD, BAD, CAUTION = "$text-success", "$text-error", "$text-warning"


@dataclass(frozen=True, slots=True)
class View:
    """How to show one cell: with which secrets masked, and in which characters."""

    mask: Mask = field(default_factory=Unmasked)
    ascii: bool = False

    @classmethod
    def of(cls, planned: Planned, ascii: bool = False) -> View:
        """The view with the mask of the cell's environment."""
        return cls(mask_for(planned.deployment, Options()), ascii)

    def text(self, raw: str) -> str:
        """Text from outside, safe to show."""
        return printable(self.mask.text(raw))

    def short(self, text: str, cells: int) -> str:
        """``text`` in at most ``cells`` columns; a tilde tells where it was cut when there is only ASCII."""
        return shorten(text, cells, ascii=self.ascii)

    def headers(self, headers: HeaderList) -> HeaderList:
        """Header fields from outside, safe to show."""
        return [(printable(name), printable(value)) for name, value in self.mask.headers(headers)]

    @property
    def passed(self) -> str:
        return "+" if self.ascii else "✓"

    @property
    def failed(self) -> str:
        return "x" if self.ascii else "✗"

    @property
    def dot(self) -> str:
        """What stands between facts on one line."""
        return "-" if self.ascii else "·"


def wrapped(text: str, columns: int, *, first: str = "", rest: str = "", style: str = "") -> list[Content]:
    """``text`` broken into lines of at most ``columns``; ``first`` and ``rest`` stand before the lines."""
    return [Content.styled(line, style) if style else Content(line) for line in wrap(text, columns, rest, first)]


def names(key: CellKey, view: View) -> str:
    """``list orders x partner · staging``"""
    return f"{printable(key.endpoint)} x {printable(key.origin)} {view.dot} {printable(key.environment)}"


def verdict_line(cell: Cell, view: View) -> Content:
    """Mark and verdict in one line."""
    found = mark(cell, ascii=view.ascii)
    style = COLOURS.get(found.style, "")
    return Content.assemble((f"{found.symbol} ", f"bold {style}"), (view.text(outcome(cell.flow)), style))


def milliseconds(value: float | None) -> str:
    """``34 ms``, ``1.2 s``, or nothing where it is unknown."""
    if value is None:
        return ""
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def status_of(exchange: Exchange) -> str:
    """The status, or the error's code."""
    if exchange.response is not None:
        return str(exchange.response.status)
    return exchange.error.code if exchange.error is not None else "no answer"


def target_of(exchange: Exchange, first_host: str, view: View) -> str:
    """Path and query where the host is the first one's, else the whole URL."""
    parsed = parse(exchange.request.url)
    if parsed is None or (parsed.scheme + parsed.authority) != first_host:
        return view.text(exchange.request.url)
    return view.text(parsed.target)


def first_host(exchanges: Sequence[Exchange]) -> str:
    """Scheme and authority of the first exchange."""
    parsed = parse(exchanges[0].request.url) if exchanges else None
    return parsed.scheme + parsed.authority if parsed is not None else ""


def note_lines(planned: Planned, view: View, columns: int) -> list[Content]:
    """What the profile notes about the endpoint; empty where it notes nothing."""
    noted = " ".join(planned.endpoint.notes.split())
    return wrapped(f"Note: {view.text(noted)}", columns, rest="  ", style=MUTED) if noted else []


def number_of(index: int, cell: Cell) -> str:
    """``3`` for the third exchange of the flow, ``c1`` for the first control request: a request that was kept back has
    the number after the flow's last."""
    flow = len(cell.flow.exchanges)
    return str(index + 1) if index < flow else f"c{index - flow + 1}"


# -- the inspector -----------------------------------------------------------------------------------------------------


def inspect(
    place: Place | None,
    sides: Sequence[str],
    columns: int,
    ascii: bool = False,
    engines: Sequence[Content] = (),
    sentences: Sequence[str] = (),
    policies: Sequence[Policy] = (),
) -> list[Content]:
    """What the inspector says about the place under the cursor: a cell, the two sides of a comparison, or a fold.

    ``sides``: how they are called. ``engines``: what there is to say about the same cell in several engines.
    ``sentences``: what differs between the sides for this endpoint as a whole. ``policies``: those that the two sides
    met, as far as more than these cells tell.
    """
    if place is None:
        return [Content.styled("No cell here.", MUTED)]
    if place.slot is None:
        return wrapped("This origin does not call this endpoint here.", columns, style=MUTED)
    if place.members:
        return _fold(place, columns, ascii)
    if len(place.sides) > 1:
        return _both(place, sides, columns, ascii, sentences, policies)
    return _one(place.slot, columns, ascii, engines)


def _fold(place: Place, columns: int, ascii: bool) -> list[Content]:
    """A line for each cell of a fold, the gravest first."""
    slots = list(place.slots)
    origin = printable(slots[0].key.origin)
    lines = wrapped(f"{len(place.members)} endpoints x {origin}: Enter unfolds them", columns, style="bold")
    for member in sorted(place.members, key=lambda each: [weight(slot) for slot in each.slots], reverse=True):
        faces = [slot.face for slot in member.slots]
        symbols = ("<>" if member.difference else "  ").join(f"{face.symbol:<2}" for face in faces)
        label = f" {faces[0].label}{faces[0].suffix}" if len(faces) == 1 else ""
        name = next(member.slots).planned.endpoint.name
        said = (f"{symbols}{label:<10} ", COLOURS.get(faces[0].style, ""))
        lines.append(Content.assemble(said, shorten(printable(name), max(8, columns - 14), ascii=ascii)))
    return lines


def _one(slot: Slot, columns: int, ascii: bool, engines: Sequence[Content]) -> list[Content]:
    if slot.cell is None:
        return _pending(slot, columns, ascii)
    cell, view = slot.cell, View.of(slot.planned, ascii)
    again = [Content.styled(_AGAIN[slot.state], MUTED)] if slot.state in _AGAIN else []
    title = wrapped(names(cell.key, view), columns, style="bold")
    said = [*_verdict(cell, view, columns), *_why(cell, view, columns)]
    return [*title, *again, *said, *engines, *_rest(cell, view, columns)]


_AGAIN = {State.QUEUED: "waits to run again", State.RUNNING: "runs again now"}
_STATES = {
    State.IDLE: "Not run yet: r runs it.",
    State.QUEUED: "Waiting for its turn.",
    State.RUNNING: "Running now.",
    State.STOPPED: "Cancelled before it finished: r runs it.",
}


def _pending(slot: Slot, columns: int, ascii: bool) -> list[Content]:
    """A slot without a result: what it is, and what will be sent."""
    planned = slot.planned
    view = View.of(planned, ascii)
    lines = [*wrapped(names(slot.key, view), columns, style="bold"), Content(_STATES.get(slot.state, ""))]
    lines += [Content(""), *wrapped(view.text(f"{planned.method} {planned.url}"), columns)]
    lines += wrapped(f"from {view.text(planned.origin_value)}", columns)
    if not planned.sends:
        lines += wrapped("Only the preflight leaves; the request itself is held back.", columns, style=MUTED)
    return lines + note_lines(planned, view, columns)


def _verdict(cell: Cell, view: View, columns: int) -> list[Content]:
    found = mark(cell, ascii=view.ascii)
    style = COLOURS.get(found.style, "")
    indent = " " * (width(found.symbol) + 1)
    return wrapped(view.text(outcome(cell.flow)), columns, first=f"{found.symbol} ", rest=indent, style=f"bold {style}")


def _why(cell: Cell, view: View, columns: int) -> list[Content]:
    lines = wrapped(view.text(why(cell)), columns)
    details = where_error(cell)
    return [*lines, *wrapped(view.text(details), columns, style=MUTED)] if details else lines


def _rest(cell: Cell, view: View, columns: int) -> list[Content]:
    lines = [*expected_lines(cell, view, columns), *note_lines(cell.planned, view, columns)]
    lines += [
        *_advice(cell, view, columns),
        Content(""),
        *_exchanges(cell, view, columns),
        *_unsent(cell, view, columns),
    ]
    lines += _deciding(cell, view, columns)
    who = answered_by(cell)
    if who:
        lines += wrapped(f"answered by {view.text(who)}", columns, style=MUTED)
    for said in in_front(cell.flow, cell.controls):
        lines += wrapped(view.text(said), columns, style=MUTED)
    for finding in cell.findings:
        lines += wrapped(f"{finding['severity']}: {view.text(finding['message'])}", columns, style=MUTED)
    return lines


def expected_lines(cell: Cell, view: View, columns: int) -> list[Content]:
    """What is expected of the cell, whether it is met, and what a waiver does; empty where nothing is expected."""
    expectation = cell.planned.expectation
    if expectation is None:
        return []
    said = f"Expected {printable(expectation.text)} ({_place(expectation.location)})"
    verdict = {True: "as expected", False: "* not as expected", None: "not proven"}[cell.as_expected]
    if cell.waiver_state == "in-force":
        verdict = "not as expected, which is accepted"
    style = {True: MUTED, False: f"bold {CAUTION}", None: MUTED}[cell.as_expected]
    lines = wrapped(f"{said}: {verdict}", columns, style=style)
    return lines + (wrapped(view.text(cell.waiver_note), columns, style=style) if cell.waiver_note else [])


def _place(location: Location) -> str:
    """``shop.yaml:31``"""
    name = printable(os.fsencode(location.path).decode("utf-8", "backslashreplace").rpartition("/")[2])
    return f"{name}:{location.line}" if location.line else name


def _advice(cell: Cell, view: View, columns: int) -> list[Content]:
    advice = fix(cell)
    if not advice:
        return []
    lines = [Content(""), Content.styled("Change", "bold")]
    for line in advice:
        lines += wrapped(view.text(line), columns, first="  ", rest="    ")
    return lines


def _exchanges(cell: Cell, view: View, columns: int) -> list[Content]:
    """``1 GET /orders          200   34 ms``, one line an exchange."""
    host = first_host(cell.flow.exchanges)
    lines = []
    for number, exchange in enumerate(cell.flow.exchanges, 1):
        right = f"{status_of(exchange):>4} {milliseconds(exchange.timing.total):>8}" if columns > 24 else ""
        what = f"{number} {view.text(exchange.request.method)} {target_of(exchange, host, view)}"
        room = max(8, columns - width(right) - 1)
        what = view.short(what, room)
        lines.append(Content.assemble(what, " " * (room - width(what) + 1), right))
    return lines


def _unsent(cell: Cell, view: View, columns: int) -> list[Content]:
    """The request that a failed preflight, or corstui, kept back."""
    if cell.sent or cell.verdict == "error":
        return []
    number = len(cell.flow.exchanges) + 1
    verb = "held back" if cell.verdict == "unsent" else "not sent"
    parsed = parse(cell.url)
    target = view.text(parsed.target if parsed is not None else cell.url)
    return [Content.styled(view.short(f"{number} {view.text(cell.method)} {target}  {verb}", columns), MUTED)]


def _deciding(cell: Cell, view: View, columns: int) -> list[Content]:
    check = cell.flow.deciding
    if check is None:
        return []
    lines = wrapped(f"{view.failed} {check.id}", columns, first="  ", rest="    ", style=BAD)
    if cell.flow.browser_error:
        lines += wrapped(
            f"{cell.flow.engine}: {cell.flow.browser_error}", columns, first="    ", rest="      ", style=MUTED
        )
    lines += wrapped(f"needs {view.text(check.required)}", columns, first="    ", rest="      ")
    return lines + wrapped(f"found {view.text(check.observed) or 'nothing'}", columns, first="    ", rest="      ")


# -- two sides ---------------------------------------------------------------------------------------------------------


def _both(
    place: Place,
    names: Sequence[str],
    columns: int,
    ascii: bool,
    sentences: Sequence[str],
    policies: Sequence[Policy],
) -> list[Content]:
    sides = place.sides
    slot = next(place.slots)
    said = [View.of(slot.planned, ascii).text(sentence) for sentence in sentences]
    whole = [line for sentence in said for line in wrapped(sentence, columns, rest="  ", style=CAUTION)]
    lines = [*whole, Content("")] if whole else []
    lines += wrapped(f"{printable(slot.key.endpoint)} x {printable(slot.key.origin)}", columns, style="bold")
    cells = []
    for name, side in zip(map(printable, names), sides, strict=True):
        if side is None:
            lines.append(Content.styled(f"{name}: not planned", MUTED))
            continue
        if side.cell is None:
            lines.append(Content(f"{name}: {_STATES.get(side.state, '')}"))
            continue
        cells.append(side.cell)
        lines += _side(side.cell, name, View.of(side.planned, ascii), columns)
    lines += note_lines(slot.planned, View.of(slot.planned, ascii), columns)
    if len(cells) == 2:
        lines += [Content(""), *difference(cells[0], cells[1], columns)]
        lines += [Content(""), *side_by_side(cells[0], cells[1], columns, ascii, names, policies)]
    return lines


def _side(cell: Cell, name: str, view: View, columns: int) -> list[Content]:
    found = mark(cell, ascii=view.ascii)
    style = COLOURS.get(found.style, "")
    head = f"{name} {found.symbol} {found.label}{found.suffix}"
    return [Content.styled(head, f"bold {style}"), *wrapped(view.text(why(cell)), columns, first="  ", rest="  ")]


def difference(a: Cell, b: Cell, columns: int) -> list[Content]:
    """Whether two cells differ, and in what."""
    judged = pair(a, b)
    if not judged.comparable:
        return wrapped("Not comparable: an error or an inconclusive answer says nothing about a policy.", columns)
    if not judged.differs:
        return [Content.styled("No difference.", MUTED)]
    return wrapped(f"<> differs in {', '.join(judged.differs)}", columns, style=f"bold {CAUTION}")


def side_by_side(
    a: Cell,
    b: Cell,
    columns: int,
    ascii: bool = False,
    sides: Sequence[str] = (),
    policies: Sequence[Policy] = (),
) -> list[Content]:
    """The policies that two flows met, value by value; ``<>`` where they differ. ``sides``: other names than those of
    their environments. ``policies``: both, where more is known of them than these two cells tell."""
    names = sides or (a.environment, b.environment)
    first, second = policies or (_policy(a), _policy(b))
    left, right = View.of(a.planned, ascii), View.of(b.planned, ascii)
    label = min(18, max(8, columns // 3))
    room = max(6, (columns - label - 5) // 2)
    heads = (printable(names[0]), printable(names[1]))
    lines: list[Content] = []
    parts = (("preflight", first.preflight, second.preflight), ("actual", first.actual, second.actual))
    for title, one, other in parts:
        if one is None and other is None:
            continue
        lines.append(Content.styled(_row(title, *heads, label, room, ascii), "bold"))
        lines += _policy_rows(one, other, (left, right), label, room)
    return lines


def _policy(cell: Cell) -> Policy:
    """With the names that the cell's environment gives to origins."""
    return policy(cell.flow, cell.controls, names_of([cell]))


def _policy_rows(
    one: Rows | None, other: Rows | None, views: tuple[View, View], label: int, room: int
) -> list[Content]:
    mine, theirs = dict(one or ()), dict(other or ())
    lines = []
    for name in dict.fromkeys([*mine, *theirs]):
        values = (mine.get(name, "not asked"), theirs.get(name, "not asked"))
        row = _row(name, views[0].text(values[0]), views[1].text(values[1]), label, room, views[0].ascii)
        differs = one is not None and other is not None and values[0] != values[1]
        lines.append(Content.assemble(row, (" <>", f"bold {CAUTION}") if differs else ""))
    return lines


def _row(name: str, left: str, right: str, label: int, room: int, ascii: bool) -> str:
    fields = ((name, label), (left, room), (right, room))
    return " ".join(pad(text, columns, ascii=ascii) for text, columns in fields)
