"""``corstui try`` with anything on its command line: a story that is harmless, and a document that fits its schema."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from corstui.fetch.messages import HeaderList, Reply
from corstui.report import document, flow
from corstui.report.formats import Options
from corstui.runner import Run, recorded
from corstui.runner.single import single
from tests.report.test_any_run import DOCUMENT, OPTIONS, SGR, assert_harmless
from tests.support.effort import examples
from tests.support.hostile import BYTES_AS_TEXT, ORIGIN, SCRIPTS, TEXTS
from tests.support.runs import STARTED, played

URL = "https://api.test/"


def attempt(
    url: str, method: str, headers: HeaderList, body: bytes | None, engines: Sequence[str], script: Sequence[Reply]
) -> Run:
    """The run of one request that was typed."""
    plan = single(url, ORIGIN, engines=engines, method=method, headers=headers, body=body)
    return recorded(plan, [played(each, script) for each in plan.cells], STARTED, 1.0)


RUNS = st.builds(
    attempt,
    st.just(URL) | st.builds(str.__add__, st.just(URL), TEXTS) | TEXTS,
    st.sampled_from(["GET", "PUT", "POST"]) | TEXTS,
    st.lists(st.tuples(st.sampled_from(["X-A", "Authorization"]) | TEXTS, BYTES_AS_TEXT | TEXTS), max_size=2),
    st.none() | st.binary(max_size=9),
    st.sampled_from([["chromium"], ["firefox"], ["webkit", "chromium", "standard"]]),
    SCRIPTS,
)


@examples(0.7)
@given(RUNS, OPTIONS)
@example(attempt("\udcff\x1b[2J", "G\x1b", [("\udcff", "\udcff")], None, ["chromium"], [Reply(head=b"")]), Options())
def test_anything_typed_is_told_harmlessly(run: Run, options: Options) -> None:
    assert_harmless(SGR.sub("", flow.render(run, options)))
    text = document.render(run, options)
    assert_harmless(text)
    DOCUMENT.validate(json.loads(text))
