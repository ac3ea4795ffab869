"""Whatever a server answers and script asks: the flow ends, never raises, and says why."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corstui.browser import fetch_params, page_context
from corstui.fetch.context import (
    CACHE_MODES,
    CREDENTIALS,
    MODES,
    REDIRECTS,
    BrowserState,
    FetchParams,
    PageContext,
    new_state,
)
from corstui.fetch.cookies import Cookie
from corstui.fetch.engines import ENGINES
from corstui.fetch.flow import fetch
from corstui.fetch.initiators import INITIATORS
from corstui.fetch.messages import Reply, Request
from corstui.fetch.reasons import REASONS
from corstui.fetch.referrer import POLICIES
from corstui.fetch.result import Exchange, Flow
from tests.support.effort import examples
from tests.support.hostile import BYTES_AS_TEXT, CONSENT, GUARDED, ORIGIN, SCRIPTS, TEXTS, head_of, mostly, timed

#: Requests of the longest flow: 21 of them, each with its preflight.
MOST_REQUESTS = 2 * 21
#: When script asks, in seconds.
_BEGAN = 5.0
#: No engine keeps a preflight for longer, in seconds.
_LONGEST_KEPT = 90_000.0

_HOSTS = [
    "https://api.test/",
    "https://app.test/x",
    "https://api.test:8080/?q#f",
    "/relative",
    "http://127.0.0.1:8080/",
]
_METHODS = ["GET", "POST", "PUT", "get", "HEAD", "patch", "DELETE", "OPTIONS", "x-own"]
_HEADERS = [("X-A", "1"), ("x-a", ""), ("Accept", "*/*"), ("Range", "bytes=0-9"), ("Authorization", "Basic eDp5")]
_HEADERS += [("Content-Type", "application/json"), ("Content-Type", "text/plain"), ("Cookie", "a=1"), ("DPR", "2")]
_CHOICES = {
    "credentials": st.sampled_from(CREDENTIALS),
    "referrer_policy": st.sampled_from(["", *POLICIES]),
    "upload_listener": st.booleans(),
    "crossorigin": st.sampled_from([None, "", "anonymous", "use-credentials"]),
}
#: Requests that leave.
proper = st.builds(
    fetch_params,
    st.sampled_from(_HOSTS),
    method=st.sampled_from(_METHODS),
    headers=st.lists(st.sampled_from(_HEADERS), max_size=3),
    redirect=mostly(st.just("follow"), st.sampled_from(REDIRECTS)),
    initiator=mostly(st.sampled_from(["fetch", "xhr"]), st.sampled_from(sorted(INITIATORS))),
    **_CHOICES,
)

_URLS = ["http://app.test/", "?q#f", "data:,x", "data:x", "ftp://x", "blob:https://app.test/1", "", "https://["]
_URLS += [
    "https://api.test:6000/",
    "https://u:p@api.test/",
    "https://a b.test/",
    "http://0.0.0.0/",
    "https://a.test/%41%7e",
]
_NAMES = ["X-A", "Content-Type", "Sec-X", "X-HTTP-Method", "Proxy-X", ""]
_VALUES = ["1", "a" * 129, "TRACE", "\u0100", "\ud800", "a\r\nb"]
#: Requests of any kind.
wild = st.builds(
    fetch_params,
    st.sampled_from(_URLS) | TEXTS | st.builds(str.__add__, st.sampled_from(_HOSTS), TEXTS),
    method=st.sampled_from([*_METHODS, "TRACE", "connect", "", "A B"]) | TEXTS,
    headers=st.lists(st.tuples(st.sampled_from(_NAMES) | TEXTS, st.sampled_from(_VALUES) | BYTES_AS_TEXT), max_size=3),
    body=st.none() | st.binary(max_size=5) | TEXTS | st.just(65_537).map(bytes),
    mode=st.sampled_from(MODES),
    redirect=st.sampled_from(REDIRECTS),
    cache=st.sampled_from(CACHE_MODES),
    keepalive=st.booleans(),
    initiator=st.sampled_from(sorted(INITIATORS)),
    **_CHOICES,
)
#: Requests that are wild in one way only, and get further.
bent = st.builds(
    lambda params, name, other: params._replace(**{name: getattr(other, name)}),
    proper,
    st.sampled_from(["url", "method", "headers", "body", "mode", "cache", "initiator"]),
    wild,
)
asked = proper | mostly(proper, wild) | bent
pages = mostly(
    st.just(page_context(ORIGIN)),
    st.sampled_from(
        [
            *map(page_context, ("null", "http://app.test", "capacitor://localhost", "http://localhost:1")),
            page_context(ORIGIN, top_level="https://top.test"),
            page_context("null", url="https://app.test/frame"),
            page_context("null", url="data:text/html,x"),
        ]
    ),
)
jars = st.sampled_from(
    [(), (Cookie("sid", "1", "api.test"), Cookie("own", "2", "app.test", samesite="lax"), Cookie("p", "3", "b.test"))]
)
engines = st.sampled_from(sorted(ENGINES))


@dataclass(frozen=True)
class Played:
    """A flow with what passed its seam."""

    flow: Flow
    requests: tuple[Request, ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class Scene:
    """Who asks for what, and what the network says."""

    params: FetchParams
    page: PageContext
    engine: str
    jar: Sequence[Cookie]
    script: Sequence[Reply]

    def browser(self) -> BrowserState:
        """A fresh one."""
        return new_state(ENGINES[self.engine], cookies=tuple(self.jar))

    def begin(self) -> Generator[Request, Reply, Flow]:
        """The flow in a fresh browser."""
        return fetch(self.params, self.page, self.browser(), _BEGAN, _BEGAN)

    def play(self, browser: BrowserState | None = None, now: float = _BEGAN) -> Played:
        """Every request is answered by the script, over and over again."""
        flow = fetch(self.params, self.page, browser or self.browser(), now, now)
        requests: list[Request] = []
        replies: list[Reply] = []
        try:
            requests.append(next(flow))
            while True:
                replies.append(timed(self.script[len(replies) % len(self.script)], now, now))
                now = replies[-1].now
                requests.append(flow.send(replies[-1]))
                assert len(requests) <= MOST_REQUESTS
        except StopIteration as done:
            return Played(done.value, tuple(requests), tuple(replies))

    def again(self, replies: Iterable[Reply]) -> Flow:
        """The flow that a recorded dialogue gives."""
        flow = self.begin()
        try:
            next(flow)
            for reply in replies:
                flow.send(reply)
        except StopIteration as done:
            result: Flow = done.value
            return result
        raise AssertionError("the dialogue ended before the flow did")


scenes = st.builds(Scene, asked, pages, engines, jars, SCRIPTS)
#: Those in which corstui holds a request back, too.
guarded = st.builds(Scene, asked, pages, engines, jars, st.lists(GUARDED, min_size=1, max_size=5))


#: Firefox tells a preload nothing of what CORS refused.
_HIDDEN = Scene(
    fetch_params("https://api.test/", initiator="preload", crossorigin="anonymous"),
    page_context(ORIGIN),
    "firefox",
    (),
    [Reply(head=head_of("HTTP/1.1 200 X", []))],
)


@examples(2.5)
@given(guarded)
@example(_HIDDEN)
def test_the_verdict_follows_from_the_checks(scene: Scene) -> None:
    played = scene.play()
    flow = played.flow
    decisive = [check for check in flow.checks if check.decisive]
    assert len(decisive) == (flow.verdict == "blocked")
    assert (flow.reason is None) == (flow.verdict in ("allowed", "opaque")) == (flow.response is not None)
    if flow.reason is not None:
        assert REASONS[flow.reason].kind == flow.verdict
        assert flow.phase in REASONS[flow.reason].phases
    for check in decisive:
        assert not check.passed
    if flow.verdict == "allowed":
        assert {check.id.split(".")[0] for check in flow.checks if not check.passed} <= {"expose"}
    for check in flow.checks:
        assert check.exchange is None or 0 <= check.exchange < len(flow.exchanges)


@examples(1.5)
@given(guarded)
def test_every_request_has_its_exchange_and_the_last_one_its_phase(scene: Scene) -> None:
    played = scene.play()
    flow, last = played.flow, played.replies[-1] if played.replies else None
    held = [reply for reply in played.replies if reply.held is not None]
    assert (flow.verdict == "unsent") == bool(held)
    assert [each.request for each in flow.exchanges] == list(played.requests[: len(played.requests) - len(held)])
    assert flow.sent == any(each.phase != "preflight" and _left(each) for each in flow.exchanges)
    if last is not None and last.error is not None:
        assert (flow.verdict, flow.reason) == ("error", last.error.code)
    if flow.verdict in ("allowed", "opaque") and flow.exchanges:
        assert flow.phase == flow.exchanges[-1].phase
    if flow.phase == "local":
        assert not flow.exchanges


def _left(exchange: Exchange) -> bool:
    return exchange.error is None or exchange.error.sent


_URL = re.compile(r"https?://[!-~]+\Z")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")


def _asking(url: str = "https://api.test/", **choices: object) -> Scene:
    """A scene with a server that allows what is asked for."""
    params = fetch_params(url, **choices)  # type: ignore[arg-type]
    return Scene(params, page_context(ORIGIN), "webkit", (), [Reply(head=head_of("HTTP/1.1 200 X", CONSENT))])


@examples(1.5)
@given(scenes)
@example(_asking(initiator="beacon", headers=[("Content-Type", "\ud800")]))
@example(_asking(initiator="beacon", headers=[("Content-Type", "a/b\r\nX: y")], body=b""))
@example(_asking(method="POST", body="\ud800"))
@example(Scene(fetch_params("/x"), page_context("capacitor://localhost"), "chromium", (), []))
def test_no_request_can_be_split_or_leaves_without_a_head_that_is_one(scene: Scene) -> None:
    played = scene.play()
    for request in played.requests:
        assert _URL.match(request.url), request.url
        assert _TOKEN.match(request.method)
        for name, value in request.headers:
            assert _TOKEN.match(name)
            assert not re.search(r"[\0\r\n]|[^\0-\xff]", value)


@examples(1.5)
@given(scenes)
def test_credentials_go_only_where_the_request_has_them(scene: Scene) -> None:
    played = scene.play()
    for exchange in played.flow.exchanges:
        request, names = exchange.request, {name.lower() for name, _ in exchange.request.headers}
        if request.phase == "preflight":
            assert request.method == "OPTIONS"
            assert not request.credentials
            assert request.body == b""
            assert "access-control-request-method" in names
            assert not names & {"authorization", "content-type"}
        if not request.credentials:
            assert "cookie" not in names
            assert not exchange.set_cookies


_OMITTED = asked.map(lambda params: params._replace(credentials="omit", initiator="fetch"))


@given(st.builds(Scene, _OMITTED, pages, engines, jars, SCRIPTS))
def test_who_omits_credentials_sends_none(scene: Scene) -> None:
    played = scene.play()
    assert not any(request.credentials for request in played.requests)


_SAFELIST = {
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
}


@examples(2.5)
@given(scenes)
def test_what_script_reads_of_another_origin_was_granted(scene: Scene) -> None:
    played = scene.play()
    """Told from the bytes of the answer alone, and not by what the engine thought of them."""
    flow = played.flow
    response = flow.response
    if response is None or response.type != "cors":
        return
    fields = flow.exchanges[-1].response.headers if flow.exchanges[-1].response else []
    (origin,) = [value for name, value in flow.exchanges[-1].request.headers if name.lower() == "origin"]
    granted = [value for name, value in fields if name.lower() == "access-control-allow-origin"]
    if _includes(scene.params):
        assert granted == [origin]
        assert "true" in [value for name, value in fields if name.lower() == "access-control-allow-credentials"]
    else:
        assert granted in ([origin], ["*"])
    listed = ",".join(value for name, value in fields if name.lower() == "access-control-expose-headers").lower()
    exposed = {part.strip(" \t") for part in listed.split(",")}
    for name, _ in response.headers:
        assert name.lower() not in ("set-cookie", "set-cookie2")
        assert name.lower() in _SAFELIST | exposed or "*" in exposed


@given(guarded)
def test_the_same_dialogue_gives_the_same_flow(scene: Scene) -> None:
    played = scene.play()
    assert scene.again(played.replies) == played.flow


_KEPT = [Reply(head=head_of("HTTP/1.1 204 X", [*CONSENT, ("Access-Control-Max-Age", "999999")]))]


@examples(1.5)
@given(scenes)
@example(Scene(fetch_params("https://api.test/", method="PUT"), page_context(ORIGIN), "chromium", (), _KEPT))
@example(Scene(fetch_params("https://api.test/", method="PUT"), page_context(ORIGIN), "webkit", (), _KEPT))
def test_a_kept_preflight_spares_only_what_one_has_allowed_and_not_for_ever(scene: Scene) -> None:
    browser = scene.browser()
    first = scene.play(browser)
    if not first.requests or first.requests[0].phase != "preflight":
        return
    second = scene.play(browser, first.replies[-1].now)
    failed = first.flow.phase == "preflight" and len(first.requests) == 1
    if failed and not ENGINES[scene.engine].cache.stores_failed_match:
        assert second.requests[0].phase == "preflight"
    third = scene.play(browser, second.replies[-1].now + _LONGEST_KEPT)
    assert third.requests[0].phase == "preflight"


@given(guarded)
def test_no_rule_reads_the_bytes_of_a_body(scene: Scene) -> None:
    """A run keeps dialogues without bodies, and works everything out from them."""
    played = scene.play()
    flow = scene.again([reply._replace(body=b"") for reply in played.replies])
    assert _without_body(flow) == _without_body(played.flow)


def _without_body(flow: Flow) -> Flow:
    """The flow as it is without the bytes that script reads; a data: URL has its own."""
    return replace(flow, response=flow.response and replace(flow.response, body=b""))


@given(guarded, st.data())
def test_a_dialogue_that_breaks_off_ends_quietly(scene: Scene, data: st.DataObject) -> None:
    played = scene.play()
    count = data.draw(st.integers(0, len(played.replies)))
    flow = scene.begin()
    try:
        next(flow)
        for reply in played.replies[:count]:
            flow.send(reply)
    except StopIteration:
        assert count == len(played.replies)
    else:
        assert count < len(played.replies)
    flow.close()


def _includes(params: FetchParams) -> bool:
    """Whether script asks for cookies of another origin."""
    return params.credentials == "include" and params.initiator in ("fetch", "xhr")


@pytest.mark.parametrize("wrong", ["mode", "credentials", "redirect", "cache", "referrer_policy", "initiator"])
def test_a_choice_that_does_not_exist_is_an_error_of_the_caller(wrong: str) -> None:
    with pytest.raises(ValueError, match=f"{wrong} is 'x'; it is one of"):
        fetch_params("https://api.test/", **{wrong: "x"})  # type: ignore[arg-type]
