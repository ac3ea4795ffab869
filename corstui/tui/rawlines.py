"""The raw page of the drill-down: heads of requests as they were sent, heads of answers byte for byte.

Pure functions like those of :mod:`corstui.tui.render`, on which they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.facts import phase_of
from corstui.fetch.result import Exchange
from corstui.fetch.url import parse
from corstui.runner.store import is_stored
from corstui.tui.render import BAD, MUTED, View, number_of, wrapped
from corstui.tui.wireheads import heads, lines_of, visible, visible_line

if TYPE_CHECKING:
    from corstui.runner import Cell


def raw(cell: Cell, view: View, columns: int) -> list[Content]:
    """One line a line of the wire. Bytes that do not print are escapes; other line ends than CR LF are shown."""
    if not cell.exchanges:
        return [Content("Nothing was sent.")]
    kept, lines = heads(cell), []
    if is_stored(cell):
        said = "An earlier run keeps the fields as they were understood, not the bytes of the answers, and no body."
        lines += [*wrapped(said, columns, style=MUTED), Content("")]
    for index, exchange in enumerate(cell.exchanges):
        lines += [Content.styled(f"{number_of(index, cell)} {phase_of(exchange)}", MUTED), *_request(exchange, view)]
        lines += _answer(exchange, kept[index] if index < len(kept) else b"", view)
        lines.append(Content(""))
    return [each for line in lines[:-1] for each in line.wrap(columns) or [line]]


def _request(exchange: Exchange, view: View) -> list[Content]:
    request = exchange.request
    parsed = parse(request.url)
    target = view.mask.text(parsed.target if parsed is not None else request.url)
    version = exchange.response.http_version if exchange.response is not None else "HTTP/1.1"
    lines = [Content.styled(f"> {visible(f'{request.method} {target}')} {visible(version)}", "bold")]
    fields = view.mask.headers(request.headers)
    lines += [Content(f"> {visible_line(f'{name}: {value}')}") for name, value in fields]
    if request.body:
        lines.append(Content.styled(f"> ({len(request.body)} bytes of body)", MUTED))
    return lines


def _answer(exchange: Exchange, head: bytes, view: View) -> list[Content]:
    response = exchange.response
    lines = _bytes(head, view)
    if response is None:
        said = f"{exchange.error.code}: {exchange.error.message}" if exchange.error is not None else "no answer"
        return [*lines, Content.styled(f"! {view.text(said)}", BAD)]
    if not lines:
        status = f"{response.http_version} {response.status} {response.reason}".rstrip()
        lines = [Content.styled(f"< {visible(view.mask.text(status))}", "bold")]
        fields = view.mask.headers(response.headers)
        lines += [Content(f"< {visible_line(f'{name}: {value}')}") for name, value in fields]
    failed = f", {response.body_error}" if response.body_error else ""
    return [*lines, Content.styled(f"< ({response.body_length} bytes of body{failed})", MUTED)]


def _bytes(head: bytes, view: View) -> list[Content]:
    """The head as it was received; a folded line is as secret as the field that it goes on with."""
    lines, name = [], ""
    for number, line in enumerate(lines_of(head)):
        if not number:
            text = view.mask.text(line.text)
        elif line.folded:
            text = _masked(name, line.text, view)
        else:
            name, colon, value = line.text.partition(":")
            said = f"{view.mask.text(name)}:{_masked(name, value, view)}"
            text = said if colon else view.mask.text(line.text)
        ending = "" if line.ending == "\r\n" else visible(line.ending)
        style = "" if number else "bold"
        lines.append(Content.assemble((f"< {visible_line(text)}", style), (ending, BAD)))
    return lines


def _masked(name: str, value: str, view: View) -> str:
    """A field's value with the white space around it."""
    inner = value.strip(" \t")
    if not inner:
        return value
    start = value.index(inner)
    ((_, masked),) = view.mask.headers([(name.strip(" \t"), inner)])
    return f"{value[:start]}{masked}{value[start + len(inner) :]}"
