"""The copy menu of one cell: in which form to take it away, and whether with its secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corstui.analysis.facts import deciding_exchange
from corstui.report import har
from corstui.report.cell_markdown import render_cell, sentence
from corstui.report.curl import curl_command
from corstui.report.formats import Options
from corstui.report.javascript import is_script, page_source
from corstui.report.masking import mask_for
from corstui.runner.store import is_stored
from corstui.tui.clipboard import copy
from corstui.tui.reasons import SaysWhy
from corstui.tui.render import BAD, MUTED, View, names
from corstui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from corstui.runner import Cell

NOTHING_SENT = "Nothing was sent, so there is no request to copy."


def curl(cell: Cell, options: Options) -> str:
    """The deciding request as a command."""
    exchange = deciding_exchange(cell.flow)
    assert exchange is not None
    return curl_command(exchange.request, mask_for(cell.planned.deployment, options))


def no_request(cell: Cell) -> str | None:
    """Why there is no request to copy."""
    return None if cell.flow.exchanges else NOTHING_SENT


def _source(cell: Cell, options: Options) -> str:
    return page_source(cell.planned.endpoint, cell.origin_value, mask_for(cell.planned.deployment, options))


def _no_source(cell: Cell) -> str | None:
    """A stored endpoint tells neither its mode nor what script set."""
    return "An earlier run does not tell what the script asked for." if is_stored(cell) else None


def _entry(cell: Cell, options: Options) -> str:
    exchange = deciding_exchange(cell.flow)
    assert exchange is not None
    return har.entry_text(cell, exchange, options)


def _no_entry(cell: Cell) -> str | None:
    if is_stored(cell):
        return "An earlier run does not tell when it asked, which a HAR entry has to say."
    return no_request(cell)


def _url(cell: Cell, options: Options) -> str:
    return mask_for(cell.planned.deployment, options).text(cell.url)


def _always(cell: Cell) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Form:
    """One line of the menu. ``why_not`` says why a cell has nothing in this form, None where it has."""

    keys: tuple[str, ...]
    id: str
    name: str
    about: str
    make: Callable[[Cell, Options], str]
    why_not: Callable[[Cell], str | None] = _always

    def called(self, cell: Cell) -> tuple[str, str]:
        """Name and description for this cell: elements are not called."""
        initiator = cell.planned.endpoint.initiator
        if self.id != "source" or initiator == "fetch":
            return self.name, self.about
        if is_script(cell.planned.endpoint):
            return "script", f"the {initiator} call, for the browser's console"
        return "HTML", f"the {initiator} element that makes the request"


FORMS = (
    Form(("y", "c"), "curl", "curl", "the deciding request as a command", curl, no_request),
    Form(("f",), "source", "fetch()", "for the browser's console", _source, _no_source),
    Form(("h",), "har", "HAR entry", "the deciding exchange, for an archive", _entry, _no_entry),
    Form(("m",), "markdown", "Markdown", "the whole flow, for an issue or pull request", render_cell),
    Form(("u",), "url", "URL", "the address alone", _url),
    Form(("s",), "sentence", "sentence", "the verdict and the check that decided", sentence),
)
_FORM = {form.id: form for form in FORMS}
#: How a copy is called after the fact, where its name alone is no noun.
_NOUNS = {"curl": "curl command", "fetch()": "fetch() call", "HTML": "HTML element"}


class CopyScreen(SaysWhy[None], ModalScreen[None]):
    """Copies one cell in the form that somebody picks, and closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(",".join(form.keys), f"take('{form.id}')", form.name, id=f"copy.{form.id}", tooltip=form.about)
            for form in FORMS
        ),
        Binding("x", "secrets", "secrets", id="copy.secrets", tooltip="Copy with the secrets, or masked again"),
        Binding("escape,q", "dismiss", "back", id="copy.back", tooltip="Copy nothing"),
    ]

    DEFAULT_CSS = """
    CopyScreen {
        align: center middle;
        & > VerticalScroll {
            width: 68; max-width: 100%; height: auto; max-height: 100%; scrollbar-size-vertical: 1;
            border: round $primary; border-title-style: bold; padding: 0 1;
            background: $surface; color: $foreground;
            & > Static { width: 1fr; height: auto; }
        }
    }
    """

    def __init__(self, cell: Cell, *, ascii: bool = False) -> None:
        super().__init__()
        self._cell, self._ascii = cell, ascii
        self._secrets = False

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "Copy"
            yield Prose()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        self._write()

    def _write(self) -> None:
        columns = min(68, self.size.width) - 4
        lines = menu(self._cell, columns, self._key_of, secrets=self._secrets, ascii=self._ascii)
        self.query_one(Static).update(Content("\n").join(lines))

    def _key_of(self, action: str) -> str:
        """The keys of an action as they are now: they can be remapped."""
        keys = [
            self.app.get_key_display(active.binding)
            for active in self.active_bindings.values()
            if active.node is self and active.binding.action == action
        ]
        return " ".join(dict.fromkeys(keys))

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str | None:
        return _FORM[str(parameters[0])].why_not(self._cell) if action == "take" else None

    def action_take(self, id: str) -> None:
        form = _FORM[id]
        text = form.make(self._cell, Options(secrets=self._secrets, ascii=self._ascii))
        with_secrets = " with its secrets" if self._secrets else ""
        name = form.called(self._cell)[0]
        copy(self.app, text, f"{_NOUNS.get(name, name)}{with_secrets}")
        self.dismiss()

    def action_secrets(self) -> None:
        self._secrets = not self._secrets
        self._write()


def menu(
    cell: Cell, columns: int, key_of: Callable[[str], str], *, secrets: bool = False, ascii: bool = False
) -> list[Content]:
    """The lines of the menu: what can be copied, what cannot and why, and whether secrets go along."""
    view = View.of(cell.planned, ascii)
    lines = [Content.styled(view.short(names(cell.key, view), columns), "bold"), Content("")]
    for form in FORMS:
        name, about = form.called(cell)
        why_not = form.why_not(cell)
        keys = key_of(f"take('{form.id}')")
        said = Content.assemble((f"{keys:<5}", "bold"), f"{name:<11}", (about, MUTED))
        lines.append(said if why_not is None else Content.styled(f"{keys:<5}{name:<11}-- {why_not}", MUTED))
    lines.append(Content(""))
    x = key_of("secrets")
    if secrets:
        state, style = "WITH SECRETS: whoever gets the copy can read them", f"bold {BAD}"
    else:
        state, style = "secrets are masked", MUTED
    lines.append(Content.assemble((f"{x:<5}", "bold"), (state, style)))
    lines.append(Content.assemble((f"{key_of('dismiss').split(' ')[0]:<5}", "bold"), ("copy nothing", MUTED)))
    return lines
