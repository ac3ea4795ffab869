"""A comparison as JUnit's XML: a suite for each environment and engine, a case for each pair of cells.

A pair that differs is a failure, one that cannot be compared an error; a cell on one side only is skipped, and so is a
pair that did not run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from corstui import __version__
from corstui.analysis.compare import Pair
from corstui.analysis.story import headline
from corstui.printable import printable
from corstui.report.comparison import Side, Sides, pair_of
from corstui.report.formats import Options

_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render(sides: Sides, options: Options) -> str:
    """The document, in ASCII; whatever is not is a character reference."""
    root = Element("testsuites", {"name": printable(f"{sides.title}: {sides.a} | {sides.b}")})
    both = f"{sides.a} | {sides.b}"
    suites: dict[tuple[str, str], list[Pair[Side]]] = {}
    for environment, pair in sides.pairs:
        suites.setdefault((environment or both, pair.engine), []).append(pair)
    for endpoint, origin, engine in dict.fromkeys(pair_of(planned.key) for planned in sides.missing):
        suites.setdefault((both, engine), []).append(Pair(origin, endpoint, engine, None, None, comparable=False))
    totals: Counter[str] = Counter()
    for (name, engine), pairs in suites.items():
        totals += _suite(root, f"{name}, {engine}", pairs, sides)
    root.attrib.update(_attributes(totals), time=_seconds(pair for _, pair in sides.pairs))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode("ascii")


def _suite(root: Element, name: str, pairs: Sequence[Pair[Side]], sides: Sides) -> Counter[str]:
    """Add a suite. Returns its counts."""
    made = sides.made.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    suite = SubElement(root, "testsuite", {"name": printable(name), "timestamp": made})
    properties = SubElement(suite, "properties")
    for key, value in (("corstui", __version__), ("interrupted", str(sides.interrupted).lower())):
        SubElement(properties, "property", {"name": key, "value": value})
    counts: Counter[str] = Counter(tests=len(pairs))
    for pair in pairs:
        # readers take the last dot of the class for the end of a package
        names = [printable(part).replace(".", "\u2024") for part in (sides.title, name, pair.endpoint)]
        attributes = {"name": printable(pair.origin), "classname": ".".join(names), "time": _seconds([pair])}
        case = SubElement(suite, "testcase", attributes)
        outcome = _outcome(pair, sides)
        if outcome is not None:
            case.append(outcome)
            counts[_COUNTED[outcome.tag]] += 1
    suite.attrib.update(_attributes(counts), time=_seconds(pairs))
    return counts


def _attributes(counts: Counter[str]) -> dict[str, str]:
    return {name: str(counts[name]) for name in ("tests", *_COUNTED.values())}


def _seconds(pairs: Iterable[Pair[Side]]) -> str:
    """What both sides took together."""
    cells = (cell for pair in pairs for cell in (pair.a, pair.b) if cell is not None)
    return f"{sum(cell.duration_ms for cell in cells) / 1000:.3f}"


def _outcome(pair: Pair[Side], sides: Sides) -> Element | None:
    if pair.a is None and pair.b is None:
        return Element("skipped", {"message": "not run"})
    if pair.a is None or pair.b is None:
        return Element("skipped", {"message": f"only {printable(sides.b if pair.a is None else sides.a)} has it"})
    if pair.comparable and not pair.differs:
        return None
    kind = "failure" if pair.comparable else "error"
    said = f"differs in {', '.join(pair.differs)}" if pair.comparable else "cannot be compared"
    element = Element(kind, {"type": " ".join(pair.differs) or "not comparable", "message": said})
    told = (f"{name}: {sides.mask.text(headline(cell))}" for name, cell in ((sides.a, pair.a), (sides.b, pair.b)))
    element.text = "\n".join(map(printable, told))
    return element
