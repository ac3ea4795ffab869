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
    from collections.abc import Sequence

    from corstui.tui.board import Board
    from corstui.tui.session import Session


def summary_of(session: Session, boards: Sequence[Board], names: Sequence[str]) -> DifferencesScreen:
    """The screen that tells all of it, secrets masked."""
    a, b = (_cells(board) for board in boards)
    judged = compare(a, b, name_a=names[0], name_b=names[1], across_engines=boards[0].engine != boards[1].engine)
    secrets = {secret for board in boards for slot in board for secret in slot.planned.deployment.secrets}
    parts: list[tuple[str | None, Comparison[Side]]] = [(None, judged)]
    sides = Sides(session.name, names[0], names[1], parts, mask=Masked(Masker(secrets)))
    options = Options(ascii=session.ascii)
    return DifferencesScreen(
        f"{names[0]} | {names[1]}", judged.summary, policy_lines(sides, options), render_markdown(sides, options)
    )


def _cells(board: Board) -> list[Side]:
    return [slot.cell for slot in board if slot.cell is not None]
