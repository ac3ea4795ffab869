"""Any two runs side by side: nothing breaks, a run is like itself, and neither side is the better one."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corstui.analysis.compare import Comparison, compare
from corstui.analysis.text import width
from corstui.fetch.messages import NetworkError, Reply
from corstui.report import document
from corstui.report.archive import Archive
from corstui.report.comparison import Side, Sides, pair_of
from corstui.report.formats import COMPARE_FORMATS, NotInDocuments, Options, compare_renderer
from corstui.runner import Planned, Run
from corstui.runner.store import StoredRun, StoreError, load_run
from tests.report.test_any_run import HAR, JUNIT, OPTIONS, SARIF, SGR, UNMASKED, assert_harmless, parsed
from tests.report.test_any_run import assert_tables_and_words_only as assert_words_only
from tests.support.effort import examples
from tests.support.hostile import ORIGIN, SCRIPTS, head_of
from tests.support.runs import CASES, HOSTILE, STARTED, Case

_WAIVED = {"*": {"expect": "allow", "waiver": {"reason": "later", "expires": "2099-01-01"}}}
_TREE = {
    "version": 1,
    "name": "Shop",
    "environments": {"one": {"writes": True}},
    "origins": {"web": ORIGIN},
    "endpoints": {"save": {"request": "PUT https://api.test/x", "expect": _WAIVED}, "read": "https://api.test/"},
}


@dataclass(frozen=True)
class Two:
    """The same cells twice, with other answers."""

    case: Case
    other: Sequence[Sequence[Reply]]

    def runs(self) -> tuple[Run, Run]:
        return self.case.run(), Case(self.case.tree, self.case.engines, self.other, self.case.interrupted).run()


TWO = st.builds(Two, CASES, st.lists(SCRIPTS, min_size=1, max_size=3))


def stored(run: Run, options: Options = UNMASKED) -> StoredRun:
    """The run as its document tells it."""
    return load(document.render(run, options))


def load(text: str) -> StoredRun:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "run.json")
        path.write_text(text, encoding="utf-8")
        return load_run(path)


def sides(first: Sequence[Side], second: Sequence[Side], missing: Sequence[Planned] = ()) -> Sides:
    """One comparison for each environment; pairs of which a side did not run are left out."""
    gaps = {pair_of(planned.key) for planned in missing}
    left, right = ([cell for cell in cells if pair_of(cell.key) not in gaps] for cells in (first, second))
    names = dict.fromkeys(cell.environment for cell in [*left, *right])
    parts = [(name, between(name, left, right)) for name in names]
    return Sides("Shop", "A", "B", parts, made=STARTED, missing=missing, interrupted=bool(missing))


def between(name: str, first: Sequence[Side], second: Sequence[Side]) -> Comparison[Side]:
    left, right = ([cell for cell in cells if cell.environment == name] for cells in (first, second))
    return compare(left, right, name_a="A", name_b="B")


@examples(0.5)
@given(TWO)
def test_a_run_does_not_differ_from_itself_nor_from_its_document(two: Two) -> None:
    run, _ = two.runs()
    kept = stored(run).cells
    for other in (run.cells, kept):
        found = sides(run.cells, other)
        assert found.counts["differ"] == found.counts["only_a"] == found.counts["only_b"] == 0
        assert found.counts["policies"] == 0
        assert not [
            sentence for _, part in found.parts for sentence in part.summary if "not comparable" not in sentence
        ]


_ALLOWED, _MISSING = (
    [[Reply(head=head_of(f"HTTP/1.1 {status} X", [("Access-Control-Allow-Origin", "*")]))]] for status in (200, 404)
)


@examples(0.5)
@given(TWO)
@example(Two(Case(_TREE, ["chromium"], _ALLOWED, False), _MISSING))
def test_what_differs_does_so_from_both_sides(two: Two) -> None:
    first, second = two.runs()
    there, back = sides(first.cells, second.cells), sides(second.cells, first.cells)
    for (_, one), (_, other) in zip(there.pairs, back.pairs, strict=True):
        assert (one.endpoint, one.origin, one.engine) == (other.endpoint, other.origin, other.engine)
        assert (one.differs, one.comparable) == (other.differs, other.comparable)
    swapped = {"only_a": "only_b", "only_b": "only_a"}
    assert there.counts == {name: back.counts[swapped.get(name, name)] for name in back.counts}
    turned = [{**row, "a": row["b"], "b": row["a"]} for row in back.policies]
    assert sorted(map(_text, there.policies)) == sorted(map(_text, turned))


def _text(row: object) -> str:
    return json.dumps(row, sort_keys=True)


@examples(0.3)
@given(TWO, OPTIONS, st.booleans())
@example(Two(HOSTILE, HOSTILE.scripts[1:]), Options(width=80), True)
def test_every_format_of_a_comparison_is_harmless_and_read_by_its_reader(two: Two, options: Options, old: bool) -> None:
    first, second = two.runs()
    ran = {cell.key for cell in first.cells}
    missing = [planned for planned in first.plan.cells if planned.key not in ran]
    found = sides(first.cells, stored(second, options).cells if old else second.cells, missing)
    counted = found.counts["cells"] + found.counts["not_run"]
    texts = {}
    for name in COMPARE_FORMATS:
        try:
            texts[name] = compare_renderer(name)(found, options)
            assert compare_renderer(name)(found, options) == texts[name]
        except NotInDocuments:
            assert (name, old) == ("har", True)
    JUNIT.validate(texts["junit"])
    assert len(ElementTree.fromstring(texts["junit"]).findall("testsuite/testcase")) == counted
    SARIF.validate(json.loads(texts["sarif"]))
    if "har" in texts:
        HAR.validate(json.loads(texts["har"]))
    assert_words_only(texts["markdown"])
    assert len(list(csv.reader(io.StringIO(texts["csv"], newline="")))) == 1 + counted
    told = json.loads(texts["json"])
    lines = [json.loads(line) for line in texts["jsonl"].split("\n")]
    for kind, members in (("cell", told["cells"]), ("policy", told["policies"]), ("summary", [told["summary"]])):
        assert [line for line in lines if line["type"] == kind] == [{"type": kind, **each} for each in members]
    texts["html"] = "".join(parsed(texts["html"]).data)
    texts["table"] = SGR.sub("", texts["table"])
    for text in texts.values():
        assert_harmless(text)
    if options.width:
        assert all(width(line) <= options.width for line in texts["table"].split("\n"))


_ANSWERS = [
    [Reply(head=head_of("HTTP/1.1 204 No", [("Access-Control-Allow-Origin", "*")]))],
    [Reply(error=NetworkError("timeout", "no answer in 10 s", sent=True))],
]
#: A run document with every kind of member.
_DOCUMENT = document.render(Case(_TREE, ["chromium"], _ANSWERS, False).run(), UNMASKED)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@examples(2)
@given(st.data())
def test_a_document_in_which_anything_was_changed_is_read_or_refused_with_a_place(data: st.DataObject) -> None:
    told = json.loads(_DOCUMENT)
    node, keys = told, []
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not places or (keys and data.draw(st.integers(0, 4)) == 0):
            break
        keys.append(data.draw(st.sampled_from(places)))
        above, node = node, node[keys[-1]]
    above[keys[-1]] = data.draw(_JSON)
    try:
        run = load(json.dumps(told))
    except StoreError as error:
        assert "run.json" in str(error)
    else:
        found = sides(run.cells, load(_DOCUMENT).cells)
        for name in COMPARE_FORMATS:
            if name != "har":
                assert compare_renderer(name)(found, Options())


def test_a_verdict_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(StoreError, match=r"cells\[0\].verdict is 'maybe', which is none of allowed, opaque"):
        load(_DOCUMENT.replace('"verdict": "blocked"', '"verdict": "maybe"'))


def test_a_waiver_in_a_state_of_another_kind_says_nothing() -> None:
    (cell, _) = load(_DOCUMENT.replace('"state": "in-force"', '"state": ["in-force"]')).cells
    assert (cell.waiver_state, cell.waiver_note) == (None, None)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@example(b"[" * 200_000)
@example(b'{"schema": ' + b"9" * 5_000 + b"}")
@example(b'{"schema": ' + b"[" * 200_000 + b', "cells": [')
def test_any_bytes_are_no_run_document_and_a_sentence_says_so(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "20261123T010203.000000Z-run.json")
        path.write_bytes(content)
        with pytest.raises(StoreError, match=re.escape(path.name)):
            load_run(path)
        (entry,) = Archive(Path(directory)).entries()
        assert entry.problem
