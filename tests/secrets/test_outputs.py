"""Whatever is planted where, no report, no copy and no page of the drill-down tells it, unless somebody asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given

from corstui.analysis.compare import compare
from corstui.fetch.messages import Reply
from corstui.profile import ProfileError
from corstui.profile.secrets import Masker
from corstui.report import flow, rehearsal
from corstui.report.comparison import Side, Sides
from corstui.report.formats import CHECK_FORMATS, COMPARE_FORMATS, Options, check_renderer, compare_renderer
from corstui.report.masking import Masked
from corstui.runner import Cell, Run
from corstui.tui.flowpages import PAGES, tab_label
from corstui.tui.render import View, side_by_side
from corstui.tui.screens.copying import FORMS
from corstui.tui.sequence import sequence
from corstui.tui.titles import title
from tests.secrets.finding import leaks, secret
from tests.secrets.planting import ENCODINGS, PLANTED, Planted, answer, endpoints_of
from tests.support.effort import examples

#: Masked, and everything else that can be written.
MASKED = Options(bodies=True)


def reports(run: Run, options: Options) -> Iterator[tuple[str, str]]:
    """Every document about a run by name: check, dry run and try."""
    for name in CHECK_FORMATS:
        yield f"check --format {name}", check_renderer(name)(run, options)
    for name, render in rehearsal.RENDERERS.items():
        yield f"check --dry-run --format {name}", render(run.plan, options)
    yield "try", flow.render(run, options)


def comparisons(run: Run) -> Iterator[tuple[str, str]]:
    cells: dict[str, list[Side]] = {"here": [], "there": []}
    for cell in run.cells:
        cells[cell.environment].append(cell)
    secrets = frozenset().union(*(deployment.secrets for deployment in run.plan.deployments))
    compared = compare(cells["here"], cells["there"], name_a="here", name_b="there")
    sides = Sides("Shop", "here", "there", [(None, compared)], mask=Masked(Masker(secrets)))
    for name in COMPARE_FORMATS:
        yield f"compare --format {name}", compare_renderer(name)(sides, MASKED)


def pages(cell: Cell, other: Cell) -> Iterator[tuple[str, str]]:
    """What the dashboard shows of a cell, and beside another, and every copy."""
    view = View.of(cell.planned)
    for columns in (78, 158):
        for name, page in {"sequence": sequence, "title": title, **PAGES}.items():
            yield name, "\n".join(line.plain for line in page(cell, view, columns))
        yield "compared", "\n".join(line.plain for line in side_by_side(cell, other, columns))
    yield "tabs", " ".join(tab_label(name, cell, view) for name in PAGES)
    for form in FORMS:
        if form.why_not(cell) is None:
            yield f"copy as {form.name}", form.make(cell, Options())


@examples(0.4)
@given(PLANTED)
def test_no_secret_gets_out(planted: Planted) -> None:
    try:
        run = planted.run(planted.profile)
    except ProfileError as error:
        assert not leaks(str(error))
        return
    for name, text in (*reports(run, MASKED), *comparisons(run)):
        assert not leaks(text), name
    for cell in run.cells:
        for name, text in pages(cell, run.cells[-1]):
            assert not leaks(text), name


def planted(*endpoints: str, token: str = secret("", ""), literal: str = secret("-", "."), **echoes: str) -> Run:
    """A run of these endpoints whose answers repeat the secrets in these headers, ``_`` being ``-``."""
    fields = [(f"{name.replace('_', '-')}: {{}}", how) for name, how in echoes.items()]
    case = Planted(token, literal, endpoints, [[answer(200, "HTTP/1.1 200 {}", True, fields, "in JSON")]], "chromium")
    return case.run(case.profile)


def test_it_does_where_somebody_asks_for_it() -> None:
    run = planted(*endpoints_of(""), X_Echo="as it is")
    asked = Options(bodies=True, secrets=True)
    told = {name for name, text in reports(run, asked) if leaks(text)}
    assert {"json", "jsonl", "har", "html", "csv"} <= {name.rpartition(" ")[2] for name in told}
    assert "check --dry-run --format table" in told
    taken = [(form, cell) for form in FORMS for cell in run.cells if form.why_not(cell) is None]
    copies = {form.name for form, cell in taken if leaks(form.make(cell, asked))}
    assert {"curl", "fetch()", "HAR entry", "Markdown", "URL"} <= copies


@pytest.mark.parametrize("how", ENCODINGS)
def test_an_answer_that_repeats_it_is_shown_without_it(how: str) -> None:
    run = planted("bearer", "query", token=secret(' "<%', "é&'"), literal=secret("/+", "="), X_Echo=how)
    told = json.loads(check_renderer("json")(run, MASKED))
    headers = [headers for cell in told["cells"] for headers in cell["exchanges"][0]["response"]["headers"]]
    echoed = [value for name, value in headers if name == "X-Echo"]
    assert echoed
    assert all("***" in value and not leaks(value) for value in echoed)


@pytest.mark.parametrize("number", range(40, 80))
def test_a_secret_that_a_sentence_has_no_room_for_is_not_told_in_part(number: int) -> None:
    head = f"{'x' * number}{secret('', '')} 200 OK\r\n\r\n".encode()
    case = Planted(secret("", ""), secret("-", "."), ["query"], [[lambda hidden: Reply(head)]], "chromium")
    run = case.run(case.profile)
    assert run.cells[0].reason == "malformed-response"
    text = check_renderer("json")(run, MASKED)
    assert "Jq7x" not in text
    assert "x" * 20 in text
