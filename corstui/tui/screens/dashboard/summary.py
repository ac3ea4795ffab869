"""What differs between the two sides on screen: the sentences and policies of ``corstui compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corstui.analysis.compare import Comparison, compare
from corstui.profile.secrets import Masker
from corstui.report.comparison import Side, Sides, policy_lines
from corstui.report.comparison_text import render_markdown
from corstui.report.formats import Options
from corstui.report.masking import Masked
from corstui.tui.screens.differences import DifferencesScreen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corstui.tui.board import Board, Slot
    from corstui.tui.session import Session


def judged(sides: Sequence[Iterable[Slot]], names: Sequence[str]) -> Comparison[Side]:
    """The finished cells of two sides, compared; those whose other side is still to come are left out."""
    slots = [{(slot.key.endpoint, slot.key.origin): slot for slot in side} for side in sides]
    awaited = {place for side in slots for place, slot in side.items() if slot.cell is None}
    a, b = ([slot.cell for at, slot in side.items() if slot.cell is not None and at not in awaited] for side in slots)
    engines = {cell.key.engine for cell in (*a, *b)}
    return compare(a, b, name_a=names[0], name_b=names[1], across_engines=len(engines) > 1)


def summary_of(session: Session, boards: Sequence[Board], names: Sequence[str]) -> DifferencesScreen:
    """The screen that tells all of it, secrets masked."""
    compared = judged(boards, names)
    secrets = {secret for board in boards for slot in board for secret in slot.planned.deployment.secrets}
    sides = Sides(session.name, names[0], names[1], [(None, compared)], mask=Masked(Masker(secrets)))
    options = Options(ascii=session.ascii)
    sentences = [sides.mask.text(sentence) for sentence in compared.summary]
    title = f"{names[0]} | {names[1]}"
    return DifferencesScreen(title, sentences, policy_lines(sides, options), render_markdown(sides, options))
