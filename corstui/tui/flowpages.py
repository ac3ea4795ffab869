"""The pages of the drill-down by name, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from corstui.analysis.story import fix
from corstui.tui.flowlines import advice, checks, cookie_lines, cookies_of, findings, script
from corstui.tui.headerlines import headers
from corstui.tui.rawlines import raw
from corstui.tui.render import BAD, View

if TYPE_CHECKING:
    from corstui.runner import Cell

Page = Callable[["Cell", View, int], list[Content]]

FINDINGS = "Findings"
PAGES: dict[str, Page] = {
    "Headers": headers,
    "Checks": checks,
    "Script sees": script,
    "Cookies": cookie_lines,
    "Fix": advice,
    "Raw": raw,
    FINDINGS: findings,
}


def deciding_line(lines: Sequence[Content]) -> int:
    """The first line that is set as what decided; 0 where none is."""
    decided = f"bold {BAD}"
    return next((at for at, line in enumerate(lines) if any(span.style == decided for span in line.spans)), 0)


def tab_label(name: str, cell: Cell, view: View) -> str:
    """The tab's name, with how much there is behind it."""
    if name == "Checks":
        passed = sum(check.passed for check in cell.flow.checks)
        return f"Checks {passed}{view.passed} {len(cell.flow.checks) - passed}{view.failed}"
    if name == "Cookies":
        return f"Cookies {len(cookies_of(cell)) or ''}".rstrip()
    if name == FINDINGS:
        return f"{name} {len(cell.findings) or ''}".rstrip()
    return f"Fix {len(fix(cell)) or ''}".rstrip() if name == "Fix" else name
