"""Whatever a server answers and script asks: the flow ends, never raises, and says why."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corstui.browser import page_context
from corstui.fetch.context import FetchParams, new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.initiators import INITIATORS
from corstui.fetch.messages import NetworkError, Request
from corstui.fetch.reasons import REASONS
from tests.support.playbook import Answer, Playbook

ORIGIN = "https://app.test"
URLS = [
    "https://api.test/",
    "https://app.test/x",
    "/relative",
    "http://127.0.0.1:9/",
    "data:,x",
    "ftp://x",
    "",
    "https://[",
]
NAMES = ["Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods"]
NAMES += ["Access-Control-Allow-Headers", "Access-Control-Max-Age", "Access-Control-Expose-Headers", "Location"]
NAMES += ["Set-Cookie", "WWW-Authenticate", "Cross-Origin-Resource-Policy", "Content-Length", "X-A"]
VALUES = [
    "*",
    "null",
    ORIGIN,
    "true",
    "PUT, x-a",
    "600",
    "https://b.test/",
    "/next",
    "data:,",
    "a=1; Secure",
    "Basic",
    "",
]

latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=12)
fields = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | latin), max_size=6)
statuses = st.sampled_from([200, 204, 301, 302, 303, 307, 308, 304, 401, 403, 407, 500, 502]) | st.integers(0, 1200)


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    lines = [f"HTTP/1.1 {draw(statuses)} X", *(f"{name}: {value}" for name, value in draw(fields)), "", ""]
    return "\r\n".join(lines).encode("latin-1")


sent = st.builds(NetworkError, st.sampled_from(["timeout", "tls-failure"]), st.just("why"), st.booleans())
replies: st.SearchStrategy[Answer] = heads() | st.binary(max_size=60) | sent
asked = st.builds(
    FetchParams,
    url=st.sampled_from(URLS) | st.text(max_size=20),
    method=st.sampled_from(["GET", "POST", "PUT", "patch", "TRACE", ""]) | st.text(max_size=5),
    headers=st.lists(
        st.tuples(st.sampled_from(["X-A", "Accept", "Range", "Authorization"]) | st.text(max_size=5), latin)
    ),
    body=st.none() | st.binary(max_size=5),
    mode=st.sampled_from(["cors", "no-cors", "same-origin"]),
    credentials=st.sampled_from(["omit", "same-origin", "include"]),
    redirect=st.sampled_from(["follow", "error", "manual"]),
    cache=st.sampled_from(["default", "no-store", "reload", "no-cache", "only-if-cached"]),
    initiator=st.sampled_from(sorted(INITIATORS)),
    crossorigin=st.sampled_from([None, "anonymous", "use-credentials"]),
    upload_listener=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(
    params=asked,
    engine=st.sampled_from(sorted(ENGINES)),
    origin=st.sampled_from([ORIGIN, "null", "http://app.test", "capacitor://localhost"]),
    script=st.lists(replies, min_size=1, max_size=4),
)
def test_every_flow_ends_and_its_verdict_follows_from_its_checks(
    params: FetchParams, engine: str, origin: str, script: list[Answer]
) -> None:
    def answer(request: Request) -> Answer:
        return script[len(playbook.requests) % len(script)]

    playbook = Playbook(answer)
    flow = playbook.play(params, page_context(origin), new_state(ENGINES[engine]))

    assert len(playbook.requests) <= 2 * 21
    assert (flow.reason is None) == (flow.verdict in ("allowed", "opaque"))
    if flow.reason is not None:
        assert REASONS[flow.reason].kind == flow.verdict
        assert flow.phase in REASONS[flow.reason].phases
    decisive = [check for check in flow.checks if check.decisive]
    assert len(decisive) == (flow.verdict == "blocked")
    assert all(not check.passed for check in decisive)
    assert (flow.response is not None) == (flow.verdict in ("allowed", "opaque"))


@settings(max_examples=100, deadline=None)
@given(params=asked, engine=st.sampled_from(sorted(ENGINES)), script=st.lists(replies, min_size=1, max_size=4))
def test_the_same_dialogue_gives_the_same_flow(params: FetchParams, engine: str, script: list[Answer]) -> None:
    def play() -> object:
        playbook = Playbook(lambda request: script[len(playbook.requests) % len(script)])
        return playbook.play(params, page_context(ORIGIN), new_state(ENGINES[engine]))

    assert play() == play()
