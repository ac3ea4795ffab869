"""The page of a reason, lint rule or quirk, and the list of all of them, for a terminal."""

from __future__ import annotations

from corstui.analysis.explain import Explanation
from corstui.analysis.recipes import servers
from corstui.report.layout import columns, wrap


def render(explanation: Explanation, width: int | None) -> str:
    """One page. ``width`` None: as wide as it comes."""
    one = explanation
    kind = f"{one.kind}, {one.severity}" if one.severity else one.kind
    lines = [
        f"{one.code}  ({kind})",
        "",
        *wrap(one.title, width),
        "",
        *wrap(one.meaning, width),
    ]
    lines += ["", *wrap(one.why, width)] if one.why else []
    if one.fix:
        lines += ["", "What to change", *(line for advice in one.fix for line in wrap(advice, width, "    ", "  - "))]
    for part in one.parts:
        lines += ["", *wrap(f"{part.where[0].upper()}{part.where[1:]}:", width), ""]
        lines += [f"    {line}".rstrip() for line in part.text.replace("\t", "    ").split("\n")]
    facts = _facts(one)
    beside = max((len(name) for name, _ in facts), default=0) + 2
    lines += [""] if facts else []
    lines += [line for name, value in facts for line in wrap(value, width, " " * beside, f"{name:<{beside}}")]
    return "\n".join(lines)


#: Steps that response headers can mend.
_MENDED = ("cors.check.", "cors.preflight.")
_SERVERS = f"corstui explain {', '.join(servers())}"


def _facts(one: Explanation) -> list[tuple[str, str]]:
    facts = [
        ("matrix label", one.label),
        ("phases", ", ".join(one.phases)),
        ("chromium says", one.chromium),
        ("firefox says", one.firefox),
        ("webkit says", one.webkit),
        ("step", one.step.id if one.step else None),
        ("standard", one.step.link if one.step else None),
        ("documentation", one.mdn),
        ("related", one.related),
        ("in a server's words", _SERVERS if one.step is not None and one.step.id.startswith(_MENDED) else None),
        ("engines", "; ".join(map(", ".join, one.sides))),
        ("evidence", one.evidence),
    ]
    return [(name, value) for name, value in facts if value]


def render_index(explanations: list[Explanation]) -> str:
    """Every code with its title, a line each."""
    return "\n".join(columns([(one.code, one.kind, one.title) for one in explanations]))
