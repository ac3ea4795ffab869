"""The sequence view of the drill-down: browser on the left, server on the right, arrows between, and times as bars.

Pure functions like those of :mod:`corstui.tui.render`, on which they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.facts import field, host_of
from corstui.analysis.text import width
from corstui.fetch.result import Exchange
from corstui.fetch.url import parse
from corstui.report.layout import pad
from corstui.tui.bars import bars, figures, legend
from corstui.tui.render import BAD, MUTED, View, first_host, number_of, status_of, target_of

if TYPE_CHECKING:
    from corstui.runner import Cell

#: Columns beside the lane: its margin and its two bars with the gap after them.
_AROUND = 7
#: Columns of a terminal from which there is room for figures, and for a bar.
_WIDE, _MEDIUM = 110, 70


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Where things stand: ``lane`` columns between browser and server, ``room`` columns to the right of them."""

    view: View
    columns: int

    @property
    def wide(self) -> bool:
        return self.columns >= _WIDE

    @property
    def lane(self) -> int:
        if self.wide:
            return min(self.columns - 54, 84)
        return max(24, self.columns - _AROUND - (20 if self.columns >= _MEDIUM else 9))

    @property
    def room(self) -> int:
        return max(0, self.columns - self.lane - _AROUND)

    @property
    def bar(self) -> int:
        """Columns of a time bar, 0 where there is no room for one."""
        return min(self.room, 48) if self.columns >= _MEDIUM else 0

    @property
    def side(self) -> str:
        return "|" if self.view.ascii else "│"

    @property
    def line(self) -> str:
        return "-" if self.view.ascii else "─"

    @property
    def gap(self) -> str:
        """The side of a request that never left."""
        return ":" if self.view.ascii else "╎"


def sequence(cell: Cell, view: View, columns: int, rows: int | None = None) -> list[Content]:
    """One arrow there and one back for each exchange, with bars of their times on one scale.

    ``rows``: with more lines than these there is no line for what the bars mean.
    """
    lanes, exchanges = _Lanes(view, columns), cell.flow.exchanges
    timings = [exchange.timing for exchange in exchanges]
    host, deciding = first_host(exchanges), cell.flow.deciding
    drawn = bars(timings, lanes.bar, ascii=view.ascii)
    rounds = _rounds(exchanges)
    lines = [_heads(cell, lanes)]
    for index, exchange in enumerate(exchanges):
        if index in rounds and len(rounds) > 1:
            lines.append(Content.styled(f"   repetition {rounds.index(index) + 1} of {len(rounds)}", MUTED))
        decides = deciding is not None and deciding.exchange == index
        lines += _arrows(index + 1, exchange, host, lanes, drawn[index], decides)
    lines += _kept_back(cell, lanes)
    lines += _controls(cell, lanes)
    key = legend(drawn, ascii=view.ascii)
    if lanes.wide and key.cell_length <= lanes.room:
        lines[0] = Content.assemble(lines[0], " " * (columns - lanes.room - lines[0].cell_length), key)
    elif key.cell_length and key.cell_length + 3 <= columns and (rows is None or len(lines) < rows):
        lines.append(Content.assemble("   ", key))
    return lines


def _heads(cell: Cell, lanes: _Lanes) -> Content:
    """The origin of the page over the one side, the server's host over the other."""
    left, right = lanes.view.text(cell.origin_value), lanes.view.text(host_of(cell.url))
    end = lanes.lane + 4
    if not lanes.wide:  # there is nothing to the right of it
        end = max(end, min(lanes.columns - 1, width(left) + width(right) + 2))
    right = lanes.view.short(right, end // 2)
    left = lanes.view.short(left, end - width(right) - 1)
    return Content.styled(f" {left}{' ' * (end - width(left) - width(right))}{right}", "bold")


def _rounds(exchanges: Sequence[Exchange]) -> list[int]:
    """Where each repetition of the flow begins: with its preflight, or with its request where none went before."""
    return [
        index
        for index, exchange in enumerate(exchanges)
        if exchange.hop == 0
        and (exchange.phase == "preflight" or not index or exchanges[index - 1].phase != "preflight")
    ]


def _arrows(number: int, exchange: Exchange, host: str, lanes: _Lanes, bar: Content, decides: bool) -> list[Content]:
    view, lane, line = lanes.view, lanes.lane, lanes.line
    what = view.short(f"{number} {view.text(exchange.request.method)} {target_of(exchange, host, view)}", lane - 8)
    left = exchange.error is None or exchange.error.sent
    there = (
        f" {what} {line * (lane - width(what) - 3)}>"
        if left
        else f" {what} {line * (lane - width(what) - 5)}{view.failed}  "
    )
    answered = exchange.response is not None
    status = status_of(exchange) if answered else f"{view.failed} {status_of(exchange)}"
    said = view.short(f" {'decided here ' if decides else ''}{status} ", lane - 6)
    back = f"{'<' if answered else ' '}{(line if answered else ' ') * (lane - width(said) - 3)}{said}{line * 2}"
    style = f"bold {BAD}" if decides or not answered else ""
    times = view.short(figures(exchange.timing, full=lanes.wide), lanes.room)
    first, second = (bar, Content.styled(times, MUTED)) if lanes.bar else (Content.styled(times, MUTED), Content(""))
    return [
        Content.assemble(f"   {lanes.side}{there}{lanes.side}  ", first),
        Content.assemble(f"   {lanes.side}", (pad(back, lane), style), f"{lanes.side}  ", second),
    ]


def _kept_back(cell: Cell, lanes: _Lanes) -> list[Content]:
    """The request that a failed preflight, a rule of the browser, or corstui kept from being sent."""
    flow, view = cell.flow, lanes.view
    last = flow.exchanges[-1] if flow.exchanges else None
    held = flow.verdict == "unsent"
    if flow.verdict in ("allowed", "opaque", "error") or not (held or last is None or last.phase == "preflight"):
        return []
    method, url = cell.method, cell.url
    if last is not None:
        method = field(last.request.headers, "access-control-request-method") or last.request.method
        url = last.request.url
        if held and last.response is not None and 300 <= last.response.status < 400:
            url = field(last.response.headers, "location") or url
    parsed = parse(url)
    same = parsed is not None and parsed.scheme + parsed.authority == (first_host(flow.exchanges) or _place(cell.url))
    target = view.text(parsed.target if parsed is not None and same else url)
    verb = "held back" if held else "not sent"
    what = f" {len(flow.exchanges) + 1} {view.text(method)} {view.short(target, lanes.lane - 24)}   {verb}"
    return [Content.styled(f"   {lanes.gap}{pad(view.short(what, lanes.lane), lanes.lane)}{lanes.gap}", MUTED)]


def _place(url: str) -> str:
    parsed = parse(url)
    return parsed.scheme + parsed.authority if parsed is not None else ""


def _controls(cell: Cell, lanes: _Lanes) -> list[Content]:
    """The control requests of the endpoint on a quiet line: they are no part of the flow."""
    told = []
    for index, exchange in enumerate(cell.controls, len(cell.flow.exchanges)):
        origin = field(exchange.request.headers, "origin")
        who = "no Origin" if origin is None else "made-up origin"
        told.append(f"{number_of(index, cell)} {exchange.request.method} {who} {status_of(exchange)}")
    if not told:
        return []
    said = f"   control requests: {f' {lanes.view.dot} '.join(told)}"
    return [Content.styled(lanes.view.short(lanes.view.text(said), lanes.columns), MUTED)]
