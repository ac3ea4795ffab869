"""What a reason, lint rule or quirk means, who reports it how, and how to mend it, also in the words of a server: one
lookup over all pages."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from corstui.analysis.facts import BLANKS
from corstui.analysis.pages import pages
from corstui.analysis.quirks import Quirk, quirks
from corstui.analysis.recipes import Part, Wanted, recipe, servers
from corstui.analysis.steps import Step, step
from corstui.fetch.reasons import REASONS

_MDN = "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/"


class UnknownCode(LookupError):
    """Nothing that has a page is called so. ``matches``: the nearest codes, best first."""

    def __init__(self, code: str, matches: list[str]) -> None:
        hint = f"; did you mean {' or '.join(matches)}?" if matches else ""
        super().__init__(f"no reason, lint rule, quirk or server is called {code!r}{hint}")
        self.code = code
        self.matches = matches


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row of the taxonomy.

    ``kind``: ``blocked``, ``error``, ``unsent``, ``lint``, ``quirk`` or ``server``. ``label`` has at most 8 columns;
    ``sentence`` has blanks such as ``<origin>``. ``fix``: sentences and header lines. ``chromium`` and ``firefox``: the
    name that the browser itself gives, ``mdn`` the page about it; ``webkit``: the subject of its console message.
    ``phases``: where a flow can end with this reason. ``severity`` and ``related`` are set for lint rules only,
    ``evidence`` and ``sides``, the engines that are alike, for quirks only; ``parts``, what to write where, for servers
    only.
    """

    code: str
    kind: str
    title: str
    label: str
    sentence: str
    meaning: str
    why: str
    fix: tuple[str, ...]
    phases: tuple[str, ...] = ()
    chromium: str | None = None
    firefox: str | None = None
    webkit: str = ""
    step: Step | None = None
    severity: str = ""
    related: str = ""
    evidence: str = ""
    sides: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def mdn(self) -> str | None:
        """MDN's page about Firefox's category: its name without the trailing digit."""
        if self.firefox is None or not self.firefox.startswith("CORS"):
            return None
        return _MDN + self.firefox.rstrip("0123456789")


def codes() -> list[str]:
    """Every code that :func:`explain` knows by its own name."""
    return [*pages(), *quirks(), *(f"server.{id}" for id in servers())]


def explain(code: str) -> Explanation:
    """The page of a reason, lint rule, quirk or server, also by a browser's name for it or by the step that decides.

    Raises UnknownCode with the nearest names.
    """
    wanted = code.strip().lower()
    known = pages()
    if (server := _server(wanted.removeprefix("server."))) is not None:
        return _told(server)
    quirk = quirks().get(wanted) or quirks().get(f"quirk.{wanted}")
    if quirk is not None and wanted not in known:
        return _about(quirk)
    page = known.get(wanted) or known.get(f"lint.{wanted}") or known.get(_alias(wanted))
    if page is None:
        raise UnknownCode(code, _nearest(wanted))
    row = REASONS.get(page.code)
    sentence = page.sentence.format_map(BLANKS)
    if row is None:
        return Explanation(
            page.code, "lint", page.title, page.label, sentence, page.meaning, page.why, page.fix,
            severity=page.severity, related=page.related,
        )  # fmt: skip
    return Explanation(
        page.code, row.kind, page.title, page.label, sentence, page.meaning, page.why, page.fix,
        row.phases, row.chromium, row.firefox, page.webkit, step(row.step),
    )  # fmt: skip


def _about(quirk: Quirk) -> Explanation:
    return Explanation(
        quirk.code, "quirk", quirk.title, "", quirk.sentence, quirk.sentence, "", quirk.fix,
        evidence=quirk.evidence, sides=quirk.sides,
    )  # fmt: skip


#: The policy that stands in the page of a server.
_EXAMPLE = Wanted("https://app.example", ("GET", "PUT"), ("authorization", "content-type"), credentials=True)


def _server(wanted: str) -> str | None:
    """The id of a server, also by a word that only its name has: ``fastapi``."""
    if wanted in servers():
        return wanted
    named = [id for id in servers() if wanted in recipe(id, _EXAMPLE).server.lower().split()]
    return named[0] if len(named) == 1 and wanted != "or" else None


def _told(id: str) -> Explanation:
    """How a server is told whom to let in."""
    written = recipe(id, _EXAMPLE)
    meaning = (
        f"What to write in {written.server} so that pages of {_EXAMPLE.origin} may send PUT with Authorization and "
        "Content-Type, and with credentials. Put in your own origins, methods and headers, and leave out what asks for "
        "credentials where none are sent. A blocked flow in the dashboard, and corstui try, have it with their own."
    )
    title = f"Letting a page in: {written.server}"
    return Explanation(f"server.{id}", "server", title, "", title, meaning, "", (), parts=written.parts)


def _alias(wanted: str) -> str:
    """The reason that a browser's own name or a step's id leads to; the first when several share it."""
    for row in REASONS.values():
        names = [name.lower() for name in (row.chromium, row.firefox) if name]
        if wanted in names or wanted.rstrip("0123456789") in [name.rstrip("0123456789") for name in names]:
            return row.code
    return next((row.code for row in REASONS.values() if row.step == wanted), "")


def _nearest(wanted: str) -> list[str]:
    bare = {
        code.removeprefix("lint.").removeprefix("quirk.").removeprefix("server."): code for code in reversed(codes())
    }
    close = get_close_matches(
        wanted.removeprefix("lint.").removeprefix("quirk.").removeprefix("server."), bare, n=3, cutoff=0.5
    )
    return [bare[name] for name in close] or [code for code in codes() if wanted and wanted in code][:3]
