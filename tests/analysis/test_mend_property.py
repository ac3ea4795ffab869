"""The advice works: a server that follows it verbatim lets the request pass, in every engine, at the first attempt."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from corstui.analysis.mend import fix
from corstui.analysis.story import headline, why
from corstui.browser import fetch_params, page_context
from corstui.fetch.context import new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import HeaderList, Request
from corstui.fetch.result import Flow
from tests.analysis.flows import API, APP
from tests.support.effort import examples
from tests.support.playbook import Playbook, head

ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"

origins = st.sampled_from(
    [None, "*", "null", APP, APP + "/", "https://other.example", "", "https://*.example", f"{APP}, *"]
)
credentials = st.sampled_from([None, "true", "True", "true, true", "false", ""])
methods = st.sampled_from([None, "*", "GET, POST", "PUT POST", '"PUT"', "patch, Delete", "PUT, DELETE, PATCH"])
names = st.sampled_from([None, "*", "X-Trace", "Content-Type, Authorization", "x-trace; content-type", ",,"])
varies = st.sampled_from([None, "Origin", "Accept-Encoding", "*"])


@st.composite
def heads(draw: st.DrawFn, *, preflight: bool) -> tuple[int, HeaderList]:
    """Status and headers of an answer that may get anything wrong."""
    status = draw(st.sampled_from([200, 204, 401, 404, 500] if preflight else [200, 201, 401, 500]))
    fields = [(ACAO, draw(origins)), (ACAC, draw(credentials)), ("Vary", draw(varies))]
    if preflight:
        fields += [("Access-Control-Allow-Methods", draw(methods)), ("Access-Control-Allow-Headers", draw(names))]
    if draw(st.booleans()):
        fields.append((ACAO, draw(origins)))
    return status, [(name, value) for name, value in fields if value is not None]


requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "patch", "PATCH"]),
        "credentials": st.sampled_from(["omit", "same-origin", "include"]),
        "headers": st.lists(
            st.sampled_from([("X-Trace", "1"), ("Content-Type", "application/json"), ("Authorization", "Bearer x")]),
            unique=True,
        ),
    }
)


def run(asked: dict[str, object], origin: str, engine: str, server: Callable[[Request], bytes]) -> Flow:
    """One fetch in a fresh browser."""
    params = fetch_params(API, **asked)  # type: ignore[arg-type]
    return Playbook(server).play(params, page_context(origin), new_state(ENGINES[engine]))


def obey(answer: tuple[int, HeaderList], advice: list[str]) -> tuple[int, HeaderList]:
    """The answer of a server that does what the advice says: header lines verbatim, and a status where one is named."""
    status, headers = answer
    for line in advice:
        name, colon, value = line.partition(": ")
        if line.startswith("Answer OPTIONS"):
            status = 204
        elif colon and " " not in name:
            headers = [(each, old) for each, old in headers if each.lower() != name.lower()] + [(name, value)]
    return status, headers


@examples(3)
@given(
    asked=requests,
    origin=st.sampled_from([APP, "null"]),
    engine=st.sampled_from(list(ENGINES)),
    before=heads(preflight=True),
    after=heads(preflight=False),
)
def test_a_server_that_follows_the_advice_is_allowed(
    asked: dict[str, object], origin: str, engine: str, before: tuple[int, HeaderList], after: tuple[int, HeaderList]
) -> None:
    def server(request: Request) -> bytes:
        status, headers = before if request.method == "OPTIONS" else after
        return head(status, *headers)

    flow = run(asked, origin, engine, server)
    assert "<" not in headline(flow) + why(flow), "a sentence with a blank in it"
    for _ in range(2):
        if flow.verdict == "allowed":
            break
        phase, advice = flow.phase, fix(flow)
        if phase == "preflight":
            before = obey(before, advice)
        else:
            after = obey(after, advice)
        flow = run(asked, origin, engine, server)
        assert flow.phase != "preflight", f"the preflight still fails: {flow.reason} after {advice}"
        if phase != "preflight":
            break
    assert flow.verdict == "allowed", f"{flow.reason} after {advice}"
