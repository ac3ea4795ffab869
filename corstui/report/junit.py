"""A run as JUnit's XML, as far as Jenkins and GitLab agree on it: a suite for each environment and engine.

A cell is a case: not as expected is a failure, could not be judged an error. A cell without an expectation tests
nothing: it is skipped, as are a deviation that a waiver accepts and the cells that an interrupted run did not reach.
`printable` leaves no character for which XML has no place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from corstui import __version__
from corstui.analysis.story import headline
from corstui.printable import printable
from corstui.report.attention import advice
from corstui.report.formats import Options
from corstui.report.masking import Mask, mask_for
from corstui.report.standing import standing
from corstui.runner.cell import Cell
from corstui.runner.plan import CellKey, Planned
from corstui.runner.record import Run

_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render(run: Run, options: Options) -> str:
    """The document, in ASCII; whatever is not is a character reference."""
    root = Element("testsuites", {"name": printable(run.plan.name)})
    cells = {cell.key: cell for cell in run.cells}
    suites: dict[tuple[str, str], list[Planned]] = {}
    for planned in run.plan.cells:
        suites.setdefault((planned.key.environment, planned.key.engine), []).append(planned)
    totals: Counter[str] = Counter()
    for (environment, engine), members in suites.items():
        totals += _suite(root, f"{environment}, {engine}", members, cells, run, options)
    root.attrib.update(_attributes(totals), time=_seconds(run.duration_ms))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode("ascii")


def _suite(
    root: Element, name: str, members: Sequence[Planned], cells: dict[CellKey, Cell], run: Run, options: Options
) -> Counter[str]:
    """Add a suite. Returns its counts."""
    began = run.started.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    suite = SubElement(root, "testsuite", {"name": printable(name), "timestamp": began})
    properties = SubElement(suite, "properties")
    for key, value in (("corstui", __version__), ("interrupted", str(run.interrupted).lower())):
        SubElement(properties, "property", {"name": key, "value": value})
    counts: Counter[str] = Counter(tests=len(members))
    duration = 0.0
    for planned in members:
        cell = cells.get(planned.key)
        case = _case(suite, run, planned, cell)
        duration += cell.duration_ms if cell else 0.0
        outcome = _outcome(planned, cell, options)
        if outcome is not None:
            case.append(outcome)
            counts.update([_COUNTED[outcome.tag]] if outcome.tag in _COUNTED else [])
    suite.attrib.update(_attributes(counts), time=_seconds(duration))
    return counts


def _attributes(counts: Counter[str]) -> dict[str, str]:
    return {name: str(counts[name]) for name in ("tests", *_COUNTED.values())}


def _case(suite: Element, run: Run, planned: Planned, cell: Cell | None) -> Element:
    """Readers tell cases apart by class and name, and take the last dot of the class for the end of a package."""
    key = planned.key
    names = [printable(part).replace(".", "\u2024") for part in (run.plan.name, key.environment, key.endpoint)]
    several = len(run.plan.engines) > 1
    attributes = {
        "name": printable(f"{key.origin} in {key.engine}" if several else key.origin),
        "classname": ".".join(names),
        "time": _seconds(cell.duration_ms if cell else 0.0),
        "file": printable(planned.endpoint.location.path),
    }
    return SubElement(suite, "testcase", attributes)


def _outcome(planned: Planned, cell: Cell | None, options: Options) -> Element | None:
    if cell is None:
        return Element("skipped", {"message": "not run"})
    mask = mask_for(planned.deployment, options)
    told = mask.text(headline(cell))
    stands = standing(cell)
    if stands == "passed":
        return _note(cell, mask)
    if stands == "free":
        return Element("skipped", {"message": printable(f"nothing is expected. {told}")})
    expectation, note = planned.expectation, cell.waiver_note
    message = told if expectation is None else f"expected {expectation.text}. {told}"
    if note:
        message = f"{mask.text(note)}. {message}"
    if stands == "waived":
        return Element("skipped", {"message": printable(message)})
    kind = "failure" if stands == "failed" else "error"
    element = Element(kind, {"type": cell.reason or cell.verdict, "message": printable(message)})
    element.text = "\n".join(map(printable, _details(cell, message, mask)))
    return element


def _note(cell: Cell, mask: Mask) -> Element | None:
    """What a passed case has to say: its waiver is no longer needed."""
    if not cell.waiver_note:
        return None
    element = Element("system-out")
    element.text = printable(mask.text(cell.waiver_note))
    return element


def _details(cell: Cell, message: str, mask: Mask) -> Iterable[str]:
    """What a reader unfolds: the story, what was exchanged, where the expectation stands, what to change."""
    yield message
    yield f"origin {cell.origin_value}"
    for exchange in cell.flow.exchanges:
        answer = exchange.response
        came = (
            f"{answer.status} {answer.reason}" if answer else exchange.error.message if exchange.error else "no answer"
        )
        yield mask.text(f"{exchange.phase}: {exchange.request.method} {exchange.request.url} -> {came}")
    if cell.planned.expectation is not None:
        yield f"expectation: {cell.planned.expectation.location}"
    for said in advice(cell):
        yield mask.text(f"fix: {said}")


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"
