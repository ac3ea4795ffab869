"""The figures as a Markdown table, and its place in the README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.figures import Figure, shown

README = Path(__file__).parents[1] / "README.md"
#: Between these the README's table stands.
BEGIN = "<!-- benchmarks: written by python -m benchmarks --write -->"
END = "<!-- end of benchmarks -->"


def line(figure: Figure) -> str:
    """A figure on one line of the terminal."""
    goal = f", goal {figure.goal.text(figure.unit)}: {figure.outcome}" if figure.goal is not None else ""
    detail = f" ({figure.detail})" if figure.detail else ""
    return f"{figure.title}: {shown(figure.value, figure.unit)} [{_spread(figure)}]{goal}{detail}"


def render(sections: Mapping[str, Iterable[Figure | str]], machine: str, *, short: bool = False) -> str:
    """The table, and below it where it was measured. What could not be measured is told in its place."""
    lines = ["| what | median | least - most | goal | |", "|---|---|---|---|---|"]
    told = []
    for section, found in sections.items():
        lines.append(f"| **{section}** | | | | |")
        for each in found:
            if isinstance(each, str):
                told.append(each)
            else:
                lines.append(_row(each))
    measured = f"Measured{' in short form' if short else ''} {machine}."
    return "\n".join([*lines, "", *told, measured])


def _row(figure: Figure) -> str:
    goal = figure.goal.text(figure.unit) if figure.goal is not None else ""
    title = f"{figure.title}: {figure.detail}" if figure.detail else figure.title
    cells = (title, shown(figure.value, figure.unit), _spread(figure), goal, figure.outcome)
    return "| " + " | ".join(cells) + " |"


def _spread(figure: Figure) -> str:
    return f"{shown(min(figure.values), '')} - {shown(max(figure.values), '')}" if len(figure.values) > 1 else ""


def write(text: str, readme: Path = README) -> None:
    """Put the table between the README's markers. Raises ValueError where they are missing."""
    before, begin, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} has no place for the table: {BEGIN} ... {END}")
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
