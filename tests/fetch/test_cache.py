from __future__ import annotations

import pytest

from corstui.browser import fetch_params, page_context
from corstui.fetch.cache import PreflightCache
from corstui.fetch.context import BrowserState, FetchParams, new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import Request
from tests.support.playbook import Playbook, head

ORIGIN, URL = "https://app.test", "https://api.test/r"
PAGE = page_context(ORIGIN)


def server(max_age: str | None, *, methods: str = "PUT, DELETE", names: str = "X-A", readable: bool = True) -> Playbook:
    fields = [
        ("Access-Control-Allow-Origin", ORIGIN),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", methods),
        ("Access-Control-Allow-Headers", names),
    ]
    if max_age is not None:
        fields.append(("Access-Control-Max-Age", max_age))

    def answer(request: Request) -> bytes:
        if request.method == "OPTIONS":
            return head(204, *fields)
        return head(200, *(fields[:2] if readable else []))

    return Playbook(answer)


def preflights(playbook: Playbook, state: BrowserState, *asked: FetchParams, pause: float = 0.0) -> int:
    """How many preflights the requests cost, one after the other."""
    before = len(playbook.requests)
    for params in asked:
        playbook.play(params, PAGE, state)
        playbook.now += pause
    return sum(request.method == "OPTIONS" for request in playbook.requests[before:])


def put(**more: str) -> FetchParams:
    return fetch_params(URL, method="PUT", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("max_age", "seconds"),
    [
        (None, {"chromium": 5, "firefox": 5, "webkit": 5}),
        ("", {"chromium": 5, "firefox": 5, "webkit": 5}),
        ("60", {"chromium": 60, "firefox": 60, "webkit": 60}),
        ("0", {"chromium": None, "firefox": None, "webkit": None}),
        ("-1", {"chromium": None, "firefox": None, "webkit": None}),
        ("60s", {"chromium": 5, "firefox": None, "webkit": 5}),
        ("1.5", {"chromium": 5, "firefox": None, "webkit": 5}),
        ("100000", {"chromium": 7200, "firefox": 86400, "webkit": 600}),
        ("9" * 30, {"chromium": 5, "firefox": 86400, "webkit": 5}),
    ],
)
def test_max_age_is_read_and_capped_by_each_engine(max_age: str | None, seconds: dict[str, int | None]) -> None:
    fields = [] if max_age is None else [("Access-Control-Max-Age", max_age)]
    found = {name: PreflightCache(ENGINES[name].cache).max_age(fields) for name in seconds}
    assert found == seconds


@pytest.mark.parametrize("engine", ENGINES)
def test_a_kept_result_spares_the_preflight_until_it_expires(engine: str) -> None:
    playbook, state = server("60"), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(), put(), pause=30) == 1
    playbook.now += 60
    assert preflights(playbook, state, put()) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_another_query_is_another_url(engine: str) -> None:
    playbook, state = server("60"), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(), fetch_params(URL + "?q", method="PUT")) == 2


@pytest.mark.parametrize(("engine", "cost"), [("chromium", 1), ("firefox", 2), ("webkit", 1), ("standard", 1)])
def test_an_entry_with_credentials_serves_requests_without_except_in_firefox(engine: str, cost: int) -> None:
    playbook, state = server("60"), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(credentials="include"), put()) == cost


@pytest.mark.parametrize("engine", ENGINES)
def test_an_entry_without_credentials_never_serves_requests_with(engine: str) -> None:
    playbook, state = server("60"), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(), put(credentials="include")) == 2


@pytest.mark.parametrize(("engine", "cost"), [("chromium", 1), ("firefox", 2), ("webkit", 1), ("standard", 1)])
def test_a_wildcard_is_never_a_hit_in_firefox(engine: str, cost: int) -> None:
    playbook, state = server("60", methods="*", names="*"), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(), put()) == cost


@pytest.mark.parametrize(("engine", "cost"), [("chromium", 2), ("firefox", 2), ("webkit", 1)])
def test_cache_mode_no_store_bypasses_except_in_webkit(engine: str, cost: int) -> None:
    playbook, state = server("60"), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(), put(cache="no-store")) == cost


@pytest.mark.parametrize(("engine", "cost"), [("chromium", 1), ("firefox", 2), ("webkit", 1)])
def test_a_failed_cors_check_drops_the_entry_in_firefox(engine: str, cost: int) -> None:
    playbook, state = server("60", readable=False), new_state(ENGINES[engine])
    assert preflights(playbook, state, put(), put()) == cost


def test_firefox_keeps_a_hundred_entries_and_forgets_the_least_recently_used() -> None:
    playbook, state = server("600"), new_state(ENGINES["firefox"])
    others = [fetch_params(f"{URL}{number}", method="PUT") for number in range(100)]
    assert preflights(playbook, state, *others) == 100
    assert preflights(playbook, state, others[0]) == 0
    assert preflights(playbook, state, put()) == 1
    assert preflights(playbook, state, others[0]) == 0
    assert preflights(playbook, state, others[1]) == 1


def test_firefox_lets_each_name_expire_by_itself() -> None:
    playbook, state = server("600", names="X-A"), new_state(ENGINES["firefox"])
    assert preflights(playbook, state, fetch_params(URL, headers=[("X-A", "1")])) == 1
    brief = server("1", names="X-B")
    brief.now = playbook.now
    assert preflights(brief, state, fetch_params(URL, headers=[("X-B", "1")]), pause=2.5) == 1
    playbook.now = brief.now
    assert preflights(playbook, state, fetch_params(URL, headers=[("X-A", "1")])) == 0
