"""From the cells of several engines to lines: who says what, which rule makes them part, and what suits all.

Pure functions like those of :mod:`corstui.tui.render`, on which they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.engines import Cause, disagreement
from corstui.analysis.marks import mark
from corstui.analysis.story import outcome
from corstui.fetch.engines import ENGINES
from corstui.tui.board import Slot, State
from corstui.tui.render import CAUTION, MUTED, READABLE, View, wrapped
from corstui.tui.widgets.lines import COLOURS

if TYPE_CHECKING:
    from corstui.runner import Cell

_STATES = {
    State.IDLE: "not run",
    State.QUEUED: "waits for its turn",
    State.RUNNING: "runs now",
    State.STOPPED: "cancelled",
}


def verdicts(cells: Sequence[Cell], view: View) -> str:
    """``chromium, webkit ✓ 200 · firefox ✗ acao-mismatch (preflight)``"""
    engines: dict[str, list[str]] = {}
    for cell in cells:
        engines.setdefault(_brief(cell, view), []).append(cell.engine)
    return f" {view.dot} ".join(f"{', '.join(names)} {said}" for said, names in engines.items())


def _brief(cell: Cell, view: View) -> str:
    symbol = mark(cell, ascii=view.ascii).symbol
    if cell.reason is None:
        return f"{symbol} {cell.status if cell.verdict == 'allowed' and cell.status else cell.verdict}"
    return f"{symbol} {cell.reason.removesuffix('-preflight')} ({cell.phase})"


def summary(cells: Sequence[Cell], view: View, columns: int) -> list[Content]:
    """One line where engines disagree or agree; nothing when one engine alone was looked at."""
    if len(cells) < 2:
        return []
    style = CAUTION if disagreement(cells) is not None else MUTED
    return wrapped(verdicts(cells, view), columns, rest="  ", style=style)


def parting(cells: Sequence[Cell], view: View, columns: int) -> list[Content]:
    """What the inspector says about engines: who says what and, where they disagree, why."""
    found = disagreement(cells)
    lines = summary(cells, view, columns)
    for cause in found.causes if found is not None else ():
        lines += [*_sentence(cause, view, columns), *_evidence(cause, view, columns)]
    return lines


def _sentence(cause: Cause, view: View, columns: int) -> list[Content]:
    return wrapped(view.text(f"{', '.join(cause.engines)}: {cause.sentence}"), columns, rest="  ")


def _evidence(cause: Cause, view: View, columns: int) -> list[Content]:
    lines = wrapped(view.text(cause.evidence), columns, first="  ", rest="  ", style=MUTED) if cause.evidence else []
    for quirk in cause.quirks:
        lines += wrapped(quirk.code, columns, first="  ", rest="  ", style=MUTED)
    return lines


# -- the screen --------------------------------------------------------------------------------------------------------


def page(slots: Sequence[Slot], columns: int, ascii: bool) -> list[Content]:
    """Every engine on its own lines, then why they part. ``slots``: the profile's own engine first."""
    columns = min(columns, READABLE)
    view = View.of(slots[0].planned, ascii)
    lines: list[Content] = []
    for slot in slots:
        lines += _engine(slot, view, columns)
    lines += _about_writes(slots, columns)
    cells = [slot.cell for slot in slots if slot.cell is not None]
    return [*lines, Content(""), *_why(cells, view, columns)]


def _engine(slot: Slot, view: View, columns: int) -> list[Content]:
    name = slot.key.engine
    head = name if name == "standard" else f"{name} {ENGINES[name].version.removeprefix('WebKitGTK ')}"
    if slot.cell is None:
        return wrapped(f"{head:<15} .  {_STATES[slot.state]}", columns, rest=" " * 19, style=MUTED)
    cell = slot.cell
    found = mark(cell, ascii=view.ascii)
    again = ", runs again" if slot.pending else ""
    said = f"{head:<15} {found.symbol:<2} {view.text(outcome(cell.flow))}{again}"
    lines = wrapped(said, columns, rest=" " * 19, style=COLOURS.get(found.style, ""))
    named = [text for text in (cell.reason, cell.browser_error) if text]
    return [*lines, *(wrapped(", ".join(named), columns, first=" " * 19, rest=" " * 19) if named else [])]


def _about_writes(slots: Sequence[Slot], columns: int) -> list[Content]:
    """Which engine alone may send what changes something."""
    sending = [slot for slot in slots if slot.planned.writes]
    held = [slot for slot in slots if not slot.planned.sends]
    if not held:
        return []
    own = sending[0].key.engine if sending else None
    who = f"only {own}, the profile's own engine, sends it" if own else "no engine may send it here"
    said = f"{held[0].planned.method}: {who}. The others ask in the preflight and go no further."
    if sending and sending[0].cell is None:
        said += f" It was not run in {own}: r in its matrix runs it."
    return [Content(""), *wrapped(said, columns, style=MUTED)]


def _why(cells: Sequence[Cell], view: View, columns: int) -> list[Content]:
    found = disagreement(cells)
    if found is None:
        held = len({cell.verdict == "unsent" for cell in cells}) > 1
        agree = "As far as each of them went, the engines agree." if held else "The engines agree."
        return wrapped(agree if len(cells) > 1 else "One engine alone says nothing of the others.", columns)
    lines: list[Content] = []
    for cause in found.causes:
        who = ", ".join(cause.engines)
        differ = "differs" if len(cause.engines) == 1 else "differ"
        lines += wrapped(f"Why {who} {differ} from {found.cell.engine}", columns, style=f"bold {CAUTION}")
        lines += wrapped(view.text(cause.sentence), columns, first="  ", rest="  ")
        lines += [*_evidence(cause, view, columns), Content("")]
    advice = dict.fromkeys(text for cause in found.causes for text in cause.fix)
    if advice:
        lines.append(Content.styled("What suits all of them", "bold"))
    for text in advice:
        lines += wrapped(text, columns, first="  - ", rest="    ")
    return lines
