"""The keys that change how the matrix is seen: filter, order, folds, zoom, totals, selection. Nothing is sent."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import Binding, BindingType

from corstui.tui.faces import Zoom
from corstui.tui.order import ORDERS, following
from corstui.tui.screens.dashboard.desk import Desk
from corstui.tui.widgets.filter import Filter

_ZOOMS = {Zoom.MARK: "marks only", Zoom.LABEL: "mark and reason", Zoom.DETAIL: "mark, reason, status and time"}


class LookKeys(Desk):
    """Changes the look of the grid."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "only", "only *", id="view.only", tooltip="Only what differs, or is not as expected"),
        Binding("slash", "filter", "filter", key_display="/", id="view.filter", tooltip="Filter by name or outcome"),
        Binding("right_square_bracket", "jump(1)", "next", show=False, id="view.next", tooltip="Next cell to look at"),
        Binding("left_square_bracket", "jump(-1)", "previous", show=False, id="view.previous", tooltip="Previous one"),
        Binding("o", "sort('rows')", "sort", show=False, id="view.sort-rows", tooltip="Sort rows another way"),
        Binding("O", "sort('columns')", "sort", show=False, id="view.sort-columns", tooltip="Sort columns another way"),
        Binding("z", "fold", "fold", show=False, id="view.fold", tooltip="Fold this group into one row, or unfold it"),
        Binding("Z", "fold_all", "fold all", show=False, id="view.fold-all", tooltip="Fold every group, or unfold all"),
        Binding("t", "fold_by", "by tag", show=False, id="view.fold-by", tooltip="Fold by group, or by tag"),
        Binding("plus", "zoom(1)", "zoom", show=False, key_display="+", id="view.zoom-in", tooltip="More in a cell"),
        Binding("minus", "zoom(-1)", "zoom", show=False, key_display="-", id="view.zoom-out", tooltip="Less in a cell"),
        Binding("equals_sign", "zoom(0)", "zoom", show=False, key_display="=", id="view.zoom", tooltip="Zoom to fit"),
        Binding("T", "totals", "totals", show=False, id="view.totals", tooltip="Totals of rows and columns, or none"),
        Binding("space", "select", "select", show=False, id="select.cell", tooltip="Select this cell, or let it go"),
        Binding("A", "select_all", "select all", show=False, id="select.all", tooltip="Select every cell in sight"),
        Binding("u", "unselect", "unselect", show=False, id="select.none", tooltip="Let go of the selection"),
        Binding("i", "inspector", "inspector", show=False, id="view.inspector", tooltip="Show or hide the inspector"),
        Binding("escape", "clear", "clear", show=False, id="view.clear", tooltip="Clear filter and selection"),
    ]

    def look_again(self) -> None:
        self.grid.apply()
        self.matrix.message = self._nothing()
        self.matrix.show(self.grid)
        self.update_lines()

    def _nothing(self) -> list[str]:
        """What to say in place of rows."""
        if not self.look.query.empty:
            return [f"Nothing matches {self.look.query}", "Esc clears the filter."]
        if self.look.only:
            what = "differs" if self.grid.compares else "is unexpected, inconclusive or an error"
            return [f"Nothing {what} any more.", "d shows everything again."]
        return []

    # the filter -------------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        self.query_one(Filter).open()

    def on_filter_asked(self, message: Filter.Asked) -> None:
        self.look.query = message.query
        self.look_again()

    def action_clear(self) -> None:
        """The last thing that was asked for goes first: the filter, then ``only``, then the selection."""
        field = self.query_one(Filter)
        if field.value:
            field.clear_and_close()
        elif self.look.only:
            self.action_only()
        elif self.look.selected:
            self.action_unselect()
        else:
            self.notify("There is no filter and no selection to clear. q leaves.")

    def action_only(self) -> None:
        self.look.only = not self.look.only
        self.grid.apply()
        if self.look.only and not self.grid.rows and self.look.query.empty:
            self.look.only = False
            what = "differs" if self.grid.compares else "is unexpected, inconclusive or an error"
            self.notify(f"Nothing {what} so far.")
        self.look_again()

    def action_jump(self, step: int) -> None:
        matrix = self.matrix
        for row, column in self.grid.walk((matrix.row, matrix.column), step):
            if self.grid.stops_at(self.grid.rows[row], self.grid.columns[column]):
                matrix.move_to(row, column)
                return
        self.notify("No cell here needs a look.")

    # order, folds, zoom -----------------------------------------------------------------------------------------------

    def action_sort(self, axis: Literal["rows", "columns"]) -> None:
        order = following(getattr(self.look, axis))
        setattr(self.look, axis, order)
        self.look_again()
        self.notify(f"{axis.capitalize()} {ORDERS[order]}.")

    def action_fold(self) -> None:
        if self.matrix.at is None:
            self.notify("There is no row here to fold.")
            return
        row = self.matrix.at[0]
        name = row.fold or row.part_of(self.look.fold_by)
        if name is None:
            self.notify(f"This endpoint has no {self.look.fold_by}. {self._other_fold()}")
            return
        self.look.folded.symmetric_difference_update({name})
        self.look_again()

    def action_fold_all(self) -> None:
        names = {name for row in self.grid.all_rows if (name := row.part_of(self.look.fold_by)) is not None}
        if not names:
            self.notify(f"No endpoint has a {self.look.fold_by}. {self._other_fold()}")
            return
        self.look.folded = set() if self.look.folded >= names else names
        self.look_again()

    def action_fold_by(self) -> None:
        folds = bool(self.look.folded)
        self.look.fold_by = "tag" if self.look.fold_by == "group" else "group"
        self.look.folded = set()
        if folds:
            self.action_fold_all()
        else:
            self.notify(f"z and Z fold by {self.look.fold_by} now.")
        self.look_again()

    def _other_fold(self) -> str:
        return f"t folds by {'tag' if self.look.fold_by == 'group' else 'group'}."

    def action_zoom(self, step: int) -> None:
        matrix = self.matrix
        matrix.zoom = Zoom(max(0, min(matrix.current_zoom + step, len(Zoom) - 1))) if step else None
        matrix.lay_out()
        self.update_lines()
        self.notify(f"Cells show {_ZOOMS[matrix.current_zoom]}{'' if step else ', as fits'}.")

    def action_totals(self) -> None:
        self.matrix.totals = not self.matrix.totals
        self.matrix.lay_out()
        if self.matrix.totals and not self.matrix.shows_totals:
            self.notify("Totals need a wider terminal.")

    def action_inspector(self) -> None:
        if self.has_class("-low") and not self.has_class("-wide"):
            self.notify("The terminal is too low for the inspector; Enter opens the cell instead.")
            return
        self.toggle_class("-hide-inspector")
        self.call_after_refresh(self.update_lines)

    # selecting --------------------------------------------------------------------------------------------------------

    def action_select(self) -> None:
        if self.matrix.at is None:
            self.notify("There is no cell here to select.")
            return
        row, column = self.matrix.at
        names = {(endpoint, column.key) for endpoint in row.endpoints}
        if names <= self.look.selected:
            self.look.selected -= names
        else:
            self.look.selected |= names
        self.matrix.refresh()
        self.matrix.action_move(1, 0)
        self.update_lines()

    def action_select_all(self) -> None:
        names = self.grid.shown
        self.look.selected = set() if names <= self.look.selected else self.look.selected | names
        self.matrix.refresh()
        self.update_lines()

    def action_unselect(self) -> None:
        if not self.look.selected:
            self.notify("Nothing is selected; space selects.")
        self.look.selected.clear()
        self.matrix.refresh()
        self.update_lines()
