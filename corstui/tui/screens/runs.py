"""The runs that were kept: to look at again, to compare with, to save as the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from corstui.analysis.text import shorten
from corstui.printable import printable
from corstui.report.archive import Entry
from corstui.tui.screens.dialog import Choices, Dialog

Action = Literal["open", "compare", "baseline"]

_VERDICTS = (
    ("allowed", "✓", "+"),
    ("blocked", "✗", "x"),
    ("error", "!", "!"),
    ("unsent", "~", "~"),
    ("opaque", "=", "="),
)
_NONE = "No run was kept yet. A run of a whole environment is kept by itself when it is finished."


@dataclass(frozen=True, slots=True)
class RunChoice:
    """What to do with which run."""

    action: Action
    entry: Entry


class RunsScreen(Dialog[RunChoice]):
    """Lists the runs of one profile, or of all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "choose('compare')", "compare", id="runs.compare", tooltip="Compare it with what can be run now"),
        Binding("s", "choose('baseline')", "as baseline", id="runs.baseline", tooltip="Save it beside the profile"),
        Binding("A", "all", "all profiles", id="runs.all", tooltip="Those of every profile, or of this one"),
    ]

    def __init__(self, entries: Sequence[Entry], *, profile: str, ascii: bool = False) -> None:
        super().__init__("Earlier runs")
        self._every, self._profile, self._ascii = list(entries), profile, ascii
        self._all = False
        self.entries: list[Entry] = []

    def inside(self) -> ComposeResult:
        yield Choices(markup=False)
        yield Static(classes="quiet", markup=False, id="where")

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        choices = self.query_one(Choices)
        self.entries = [each for each in self._every if self._all or each.profile == self._profile or each.problem]
        now = datetime.now(UTC)
        choices.fill([_line(each, now, self.columns, self._all, self._ascii) for each in self.entries])
        choices.display = bool(self.entries)
        choices.focus()
        self._tell()

    def on_option_list_option_highlighted(self) -> None:
        self._tell()

    def _tell(self) -> None:
        entry = self._here()
        self.query_one("#where", Static).update(Content(printable(str(entry.path)) if entry else _NONE))

    def _here(self) -> Entry | None:
        at = self.query_one(Choices).highlighted
        return self.entries[at] if at is not None and at < len(self.entries) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose("open")

    def action_choose(self, action: Action) -> None:
        entry = self._here()
        if entry is None:
            self.notify("There is no run to choose.")
        elif entry.problem is not None:
            self.notify(f"This one cannot be opened: {printable(entry.problem)}", severity="warning", markup=False)
        else:
            self.dismiss(RunChoice(action, entry))

    def action_all(self) -> None:
        self._all = not self._all
        self._show()


def _line(entry: Entry, now: datetime, columns: int, named: bool, ascii: bool) -> Content:
    """``Nov 23 12:03   5 min ago  staging chromium  ✓ 41  ✗ 17  3*``"""
    if entry.problem is not None:
        said = f"{entry.path.name}: {entry.problem}"
        return Content.styled(shorten(printable(said), columns, ascii=ascii), "dim")
    summary = entry.summary
    marks = [f"{plain if ascii else mark} {summary[name]}" for name, mark, plain in _VERDICTS if summary.get(name)]
    names = [entry.profile] if named else []
    about = " ".join(map(printable, [*names, *entry.environments, *entry.engines]))
    when = f"{entry.started.astimezone():%b %d %H:%M}  {age(now - entry.started):>10}"
    unexpected = f"  {summary['unexpected']}*" if summary.get("unexpected") else ""
    rest = f"  {'  '.join(marks)}{unexpected}{'  interrupted' if entry.interrupted else ''}"
    room = max(8, columns - len(when) - len(rest) - 2)
    return Content.assemble((when, "dim"), f"  {shorten(about, room, ascii=ascii):<{min(room, 34)}}", rest)


def age(passed: object) -> str:
    """``just now``, ``5 min ago``, ``3 h ago``, ``12 d ago``."""
    seconds = getattr(passed, "total_seconds", lambda: 0.0)()
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"
