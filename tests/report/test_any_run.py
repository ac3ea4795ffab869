"""Whatever servers say and whatever profiles call things: each format stays readable for whoever reads it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import xmlschema
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from referencing import Registry, Resource

from corstui.analysis.text import width
from corstui.fetch.messages import Reply
from corstui.printable import printable
from corstui.report import document, har, junit, lines, markdown, page, rows, sarif
from corstui.report import flow as story
from corstui.report.cell_markdown import render_cell
from corstui.report.formats import CHECK_FORMATS, Options, check_renderer
from corstui.runner import Cell
from corstui.runner import cell as cells_of
from corstui.runner.record import Tally
from tests.support.effort import examples
from tests.support.hostile import ORIGIN
from tests.support.runs import CASES, HOSTILE, Case

SCHEMAS = Path(__file__).with_name("schemas")
DOCUMENT = jsonschema.Draft202012Validator(document.schema())
SARIF = jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")))
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
_PARTS = {path.name: json.loads(path.read_text("utf-8")) for path in (SCHEMAS / "har").glob("*.json")}
_REGISTRY: Registry[Any] = Registry().with_resources(
    (each["$id"].removesuffix("#"), Resource.from_contents(each)) for each in _PARTS.values()
)
# an address is of version 4 or 6 and not both, which takes a checker of formats
HAR = jsonschema.Draft6Validator(
    _PARTS["har.json"], registry=_REGISTRY, format_checker=jsonschema.Draft6Validator.FORMAT_CHECKER
)

OPTIONS = st.builds(
    Options,
    width=st.none() | st.integers(40, 200),
    color=st.booleans(),
    ascii=st.booleans(),
    secrets=st.booleans(),
    bodies=st.booleans(),
)
SGR = re.compile(r"\x1b\[\d*m")
UNMASKED = Options(secrets=True)


def assert_harmless(text: str) -> None:
    """Nothing in it acts on a terminal, hides, or turns the direction of writing."""
    for line in text.split("\n"):
        assert line == printable(line)


_LONG = {"version": 1, "name": "A name " * 9, "origins": {"web": ORIGIN}, "endpoints": {"all": "https://api.test/"}}


@examples(0.5)
@given(CASES, OPTIONS)
@example(HOSTILE, Options(width=80))
@example(Case(_LONG, ["chromium"], [[Reply(head=b"")]], False), Options(width=40))
def test_every_format_is_harmless_and_the_same_again(case: Case, options: Options) -> None:
    run = case.run()
    texts = {name: check_renderer(name)(run, options) for name in CHECK_FORMATS}
    cells_of._replayed.cache_clear()
    cells_of._linted.cache_clear()
    assert {name: check_renderer(name)(run, options) for name in CHECK_FORMATS} == texts
    texts["html"] = "".join(parsed(texts["html"]).data)
    if options.color:
        texts["table"] = SGR.sub("", texts["table"])
    for text in texts.values():
        assert_harmless(text)
    if options.width:
        assert all(width(line) <= options.width for line in texts["table"].split("\n"))


@examples(0.3)
@given(CASES, OPTIONS)
@example(HOSTILE, Options())
def test_the_story_of_a_cell_is_harmless(case: Case, options: Options) -> None:
    run = case.run()
    for cell in run.cells:
        assert_harmless(render_cell(cell, options))
    by_place: dict[tuple[str, ...], list[Cell]] = {}
    for cell in run.cells:
        by_place.setdefault((cell.environment, cell.origin, cell.endpoint), []).append(cell)
    for together in by_place.values():
        assert_harmless(SGR.sub("", story.render(replace(run, cells=tuple(together)), options)))


@examples(0.6)
@given(CASES)
@example(HOSTILE)
def test_a_run_document_tells_every_byte_of_every_cell(case: Case) -> None:
    run = case.run()
    text = document.render(run, UNMASKED)
    assert text.isascii()
    told = json.loads(text)
    DOCUMENT.validate(told)
    assert told["profile"] == run.plan.name
    assert told["summary"]["not_run"] == len(run.plan.cells) - len(told["cells"])
    for cell, found in zip(run.cells, told["cells"], strict=True):
        assert [found[name] for name in ("environment", "origin", "endpoint", "engine")] == [
            cell.environment,
            cell.origin,
            cell.endpoint,
            cell.engine,
        ]
        for exchange, shown in zip(cell.exchanges, found["exchanges"], strict=True):
            assert shown["request"]["headers"] == [list(pair) for pair in exchange.request.headers]
            if exchange.response is not None:
                assert shown["response"]["headers"] == [list(pair) for pair in exchange.response.headers]
                assert shown["response"]["reason"] == exchange.response.reason


@examples(0.3)
@given(CASES, OPTIONS)
@example(HOSTILE, Options())
def test_json_lines_tell_the_same_cells_while_they_come_and_at_the_end(case: Case, options: Options) -> None:
    run = case.run()
    whole = json.loads(document.render(run, options))
    told = [json.loads(line) for line in lines.render(run, options).split("\n")]
    assert [{key: line[key] for key in line if key != "type"} for line in told if line["type"] == "cell"] == whole[
        "cells"
    ]
    tally = Tally()
    streamed = [lines.first(run.plan, run.started)]
    for cell in run.cells:
        tally.add(cell)
        streamed.append(lines.of_cell(cell, options))
    summary = tally.summary(len(run.plan.cells))
    streamed.append(lines.last(summary, run.duration_ms, interrupted=run.interrupted))
    assert [json.loads(line) for line in streamed] == [line for line in told if line["type"] != "engine_difference"]


@examples(0.6)
@given(CASES)
@example(HOSTILE)
def test_a_spreadsheet_reads_the_printable_form_and_no_formula(case: Case) -> None:
    run = case.run()
    titles, *found = csv.reader(io.StringIO(rows.render(run, UNMASKED), newline=""), strict=True)
    reached = [row for row in found if row[titles.index("verdict")]]
    for cell, row in zip(run.cells, reached, strict=True):
        told = dict(zip(titles, row, strict=True))
        for name in ("environment", "endpoint", "origin", "url", "method", "waiver_note"):
            said = printable(getattr(cell, name) or "")
            assert told[name] == (f"'{said}" if said.startswith(("=", "+", "-", "@")) else said)
        assert told["sent"] == str(cell.sent).lower()
        assert told["status"] == ("" if cell.status is None else str(cell.status))


@examples(0.3)
@given(CASES)
@example(HOSTILE)
def test_junit_fits_its_schema_and_counts_every_cell_once(case: Case) -> None:
    run = case.run()
    text = junit.render(run, UNMASKED)
    JUNIT.validate(text)
    root = ElementTree.fromstring(text)
    cases = root.findall("testsuite/testcase")
    several = len(run.plan.engines) > 1
    expected = [
        printable(f"{each.key.origin} in {each.key.engine}" if several else each.key.origin) for each in run.plan.cells
    ]
    assert sorted(each.attrib["name"] for each in cases) == sorted(expected)
    assert root.attrib["name"] == printable(run.plan.name)
    for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.attrib[counted]) == len(root.findall(f"testsuite/testcase/{tag}"))
    assert int(root.attrib["failures"]) == run.summary["unexpected"]


@examples(0.3)
@given(CASES)
@example(HOSTILE)
def test_code_scanning_gets_a_log_by_its_schema_with_a_rule_for_each_result(case: Case) -> None:
    run = case.run()
    log = json.loads(sarif.render(run, UNMASKED))
    SARIF.validate(log)
    (told,) = log["runs"]
    ids = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    for result in told["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"] == printable(result["message"]["text"])
    failed = [result for result in told["results"] if "relatedLocations" in result and "suppressions" not in result]
    assert len(failed) == run.summary["unexpected"]


@examples(0.3)
@given(CASES, st.booleans())
@example(HOSTILE, True)
def test_an_archive_fits_its_schema_and_has_every_exchange(case: Case, bodies: bool) -> None:
    run = case.run()
    log = json.loads(har.render(run, Options(secrets=True, bodies=bodies)))
    HAR.validate(log)
    pages = {each["id"]: cell for each, cell in zip(log["log"]["pages"], run.cells, strict=True)}
    for name, cell in pages.items():
        entries = [each for each in log["log"]["entries"] if each["pageref"] == name and each["_phase"] != "control"]
        assert [each["request"]["url"] for each in entries] == [each.request.url for each in cell.flow.exchanges]
        for entry, exchange in zip(entries, cell.flow.exchanges, strict=True):
            told = exchange.response.headers if exchange.response else []
            assert [(each["name"], each["value"]) for each in entry["response"]["headers"]] == told
            assert entry["time"] >= 0
            assert all(taken >= 0 or taken == -1 for taken in entry["timings"].values())


@examples(0.4)
@given(CASES, OPTIONS)
@example(HOSTILE, Options())
def test_markdown_has_no_markup_of_anybody_else(case: Case, options: Options) -> None:
    run = case.run()
    told = [markdown.render(run, options), *(render_cell(cell, options) for cell in run.cells)]
    for text in told:
        assert_tables_and_words_only(text)
    for line in ("# ", "| "):
        assert any(each.startswith(line) for each in told[0].split("\n"))


def assert_tables_and_words_only(text: str) -> None:
    """No raw HTML but our own fold, no link, no image, and as many fields in each row as in its head."""
    tokens = list(flat(MarkdownIt("commonmark").enable("table").parse(text)))
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "html_inline", "hr", "s_open"}
    for token in tokens:
        if token.type == "html_block":
            assert re.sub(r"</?(details|summary)>", "", token.content).strip() in ("", "The deciding request as curl")
    columns: list[int] = []
    for token in tokens:
        if token.type == "table_open":
            columns = []
        elif token.type == "tr_open":
            columns.append(0)
        elif token.type in ("th_open", "td_open"):
            columns[-1] += 1
        elif token.type == "table_close":
            assert len(set(columns)) == 1
    # the parser fills and cuts rows, so the bars are counted too
    for block in re.findall(r"(?m)(?:^\|.*\n?)+", text):
        counts = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in block.strip().split("\n")}
        assert len(counts) == 1, block


def flat(tokens: Any) -> Iterator[Any]:
    for token in tokens:
        yield token
        yield from flat(token.children or ())


class _Markup(HTMLParser):
    """The elements of a page, and the text of its data blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.data: list[str] = []
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_data = tag == "script" and ("type", "application/json") in attrs
        if self._in_data:
            self.data.append("")
        else:
            self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data[-1] += data


def parsed(text: str) -> _Markup:
    markup = _Markup()
    markup.feed(text)
    markup.close()
    return markup


_OWN_TAGS = parsed(page._part("page.html")).tags


@examples(0.4)
@given(CASES)
@example(HOSTILE)
def test_a_page_holds_its_data_and_no_element_of_anybody_else(case: Case) -> None:
    run = case.run()
    markup = parsed(page.render(run, UNMASKED))
    assert markup.tags == _OWN_TAGS
    assert not any("<" in block for block in markup.data), "browsers end a script at more than Python does"
    values = [json.loads(line) for block in markup.data for line in block.strip().split("\n") if line]
    overview, *stories = values
    assert overview["title"] == run.plan.name
    told = json.loads(document.render(run, UNMASKED))["cells"]
    assert [story["exchanges"] for story in stories] == [cell["exchanges"] for cell in told]
