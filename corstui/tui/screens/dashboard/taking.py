"""The keys that open a cell, and those that take something away from the matrix: copies, exports, the editor."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from corstui.tui.screens.dashboard.desk import Desk
from corstui.tui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from collections.abc import Collection

    from corstui.runner import Cell, Run
    from corstui.tui.axes import Column, Row
    from corstui.tui.board import Board
    from corstui.tui.screens.exporting import ExportWish
    from corstui.tui.sums import Names


class TakeKeys(Desk):
    """Looks into cells and takes them elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y", "copy", "copy", show=False, id="take.copy", tooltip="Copy this cell as curl, fetch(), HAR or Markdown"
        ),
        Binding("X", "export", "export", show=False, id="take.export", tooltip="Write a report to a file"),
        Binding(
            "e", "edit", "edit", show=False, id="take.edit", tooltip="Open the profile in the editor at this endpoint"
        ),
    ]

    # looking into a cell ----------------------------------------------------------------------------------------------

    def on_matrix_cell_opened(self, message: Matrix.CellOpened) -> None:
        self._open(message.row, message.column)

    def action_open_cell(self) -> None:
        if self.matrix.at is None:
            self.notify("There is no cell here to open.")
        else:
            self._open(*self.matrix.at)

    def _open(self, row: Row, column: Column) -> None:
        from corstui.tui.screens.engines import SessionEngines
        from corstui.tui.screens.flow import FlowScreen

        if row.fold is not None:
            self.look.folded.discard(row.fold)
            self.look_again()
            return
        found = self._results(row, column)
        if self.grid.place(row, column).slot is None:
            self.notify("This origin does not call this endpoint here.")
            return
        if not found:
            self.notify("This cell has no result yet. r runs it.")
            return
        engines = SessionEngines(lambda: self.session, self.start) if self.live_boards else None
        flow = FlowScreen(
            *found,
            step=self._step,
            engines=engines,
            policies=lambda cells: self.grid.policies(cells),
            ascii=self.session.ascii,
        )
        self.app.push_screen(flow)

    def _step(self, direction: int) -> list[Cell]:
        """Move the cursor to the next cell with a result; what it shows, or nothing at the end."""
        matrix, rows, columns = self.matrix, self.grid.rows, self.grid.columns
        here = (matrix.row, matrix.column)
        for row, column in self.grid.walk(here, direction):
            if ((row, column) > here) != (direction > 0) or (row, column) == here:
                break
            found = self._results(rows[row], columns[column]) if rows[row].fold is None else []
            if found:
                matrix.move_to(row, column)
                return found
        return []

    def _results(self, row: Row, column: Column) -> list[Cell]:
        return [slot.cell for slot in self.grid.place(row, column).slots if slot.cell is not None]

    # taking it elsewhere ----------------------------------------------------------------------------------------------

    def action_copy(self) -> None:
        from corstui.tui.screens.copying import CopyScreen

        slot = self.slot_here()
        if slot is None or slot.cell is None:
            self.notify("There is no result here to copy. r runs the cell.")
            return
        self.app.push_screen(CopyScreen(slot.cell, ascii=self.session.ascii))

    def action_edit(self) -> None:
        from corstui.tui.editor import open_at

        slot = self.slot_here()
        if slot is None:
            self.notify("There is no endpoint here to edit.")
            return
        if not any(board.slots.get(slot.key) is slot for board in self.live_boards):
            self.notify("An earlier run has no profile to edit; 1 goes back to this one.")
            return
        expectation = slot.planned.expectation
        unexpected = slot.cell is not None and slot.cell.as_expected is False and expectation is not None
        open_at(self.app, expectation.location if unexpected and expectation else slot.planned.endpoint.location)

    # exporting --------------------------------------------------------------------------------------------------------

    def action_export(self) -> None:
        from corstui.tui.screens.exporting import ExportScreen

        boards = self.live_boards
        if not boards:
            self.notify("An earlier run is a file already: H shows where.")
            return
        counts = {scope: sum(map(len, (self._cells(board, scope) for board in boards))) for scope in _SCOPES}
        if not counts["all"]:
            self.notify("There is no result to write yet.")
            return
        counts = {scope: count for scope, count in counts.items() if count}
        stem = "-".join([Path(self.session.files[0]).stem, *dict.fromkeys(board.environment for board in boards)])
        self.app.push_screen(ExportScreen(counts, Path.cwd(), stem), self._export)

    def _cells(self, board: Board, scope: str) -> list[Cell]:
        names: Collection[Names] | None = None
        if scope == "selection":
            names = self.look.selected
        elif scope == "visible":
            names = self.grid.shown
        slots = (slot for slot in board if names is None or (slot.key.endpoint, slot.key.origin) in names)
        return [slot.cell for slot in slots if slot.cell is not None]

    def _export(self, wish: ExportWish | None) -> None:
        if wish is None:
            return
        from corstui.runner import recorded

        board, *others = self.live_boards
        plan = self.session.plan(board.environment, board.engine)
        cells = self._cells(board, wish.scope)
        for other in others:
            more = self.session.plan(other.environment, other.engine)
            plan, cells = plan.beside(more), cells + self._cells(other, wish.scope)
        duration = (board.progress.last - board.progress.started) * 1000
        run = recorded(plan, cells, datetime.now(UTC), duration, interrupted=False)
        self.run_worker(partial(self._write, run, wish), thread=True, group="export")

    def _write(self, run: Run, wish: ExportWish) -> None:
        """In a thread: a large run takes a moment."""
        from corstui.report.files import refusal, replace_file
        from corstui.report.formats import Options, check_renderer

        text = check_renderer(wish.format)(run, Options(ascii=self.session.ascii))
        try:
            replace_file(wish.path, text if text.endswith("\n") else text + "\n")
        except OSError as error:
            said, severity = f"Not written: {refusal(wish.path, error)}.", "error"
        else:
            said, severity = f"Wrote {len(run.cells)} cells to {wish.path}", "information"
        self.app.call_from_thread(self.notify, said, severity=severity, markup=False)


_SCOPES = ("selection", "visible", "all")
