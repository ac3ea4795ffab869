"""The cases that browsers are driven through: enough of them, of every kind, and all of them well-formed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browsers.cases import GROUPS, Case, all_cases, fresh
from tests.browsers.server import PLAIN_PORTS, TLS_PORTS

#: The least number of cases in each topic, with the groups that make it up.
TOPICS = {
    "the check of a response": (1000, ("acao", "hdrbyte")),
    "the check of a preflight": (500, ("pfacao", "pfactual")),
    "methods": (500, ("method", "acam")),
    "allowed headers": (270, ("acah",)),
    "what needs a preflight": (700, ("reqhdr", "safelist", "body", "keepalive")),
    "statuses": (300, ("pfstatus", "status", "pfodd")),
    "redirects": (1400, ("redir", "rediracao", "redirac", "redirpf", "redirauth", "redirwrong", "redirref")),
    "where redirects lead": (250, ("loc", "hops", "redirmode")),
    "the preflight cache": (150, ("maxage", "pfkey", "parallel", "pfcap", "cachemode")),
    "the HTTP cache": (15, ("httpcache",)),
    "exposed headers": (100, ("expose",)),
    "requests without CORS": (250, ("nocors", "orb", "mode", "corp")),
    "origins": (450, ("null", "frame", "origin")),
    "addresses": (200, ("scheme", "port", "mixed")),
    "referrers": (80, ("referrer",)),
    "other ways to ask": (650, ("sub", "xhr", "es", "beacon")),
    "bytes of responses": (120, ("frame1", "hdrchars")),
    "request heads": (100, ("canon",)),
    "cookies": (150, ("cookieset", "cookie")),
    "login": (20, ("auth",)),
}

MEMBERS = {
    *("url", "method", "via", "mode", "credentials", "redirect", "headers", "body", "cache", "keepalive", "wait"),
    *(
        "referrerPolicy",
        "uploadListener",
        "frame",
        "crossorigin",
        "module",
        "as",
        "rel",
        "priority",
        "enctype",
        "fields",
    ),
}
ANSWER = {"status", "headers", "body", "reason", "delay", "abort", "close", "early", "raw"}
FRAMES = {"sandbox", "data", "blob"}
#: Groups about addresses where nobody answers.
ADDRESSES = {"scheme", "port", "mixed"}
PATIENCE_MS, PATIENCE_S = 6000, 0.3

cases = cache(all_cases)


@pytest.fixture(params=["all_cases", "fresh"])
def some(request: pytest.FixtureRequest) -> list[Case]:
    return cases() if request.param == "all_cases" else fresh(seed=4, count=400)


def test_there_are_thousands_of_cases() -> None:
    assert len(cases()) >= 5000


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_cases(topic: str) -> None:
    least, groups = TOPICS[topic]
    counts = Counter(case["group"] for case in cases())
    assert all(counts[group] for group in groups)
    assert sum(counts[group] for group in groups) >= least


def test_every_group_belongs_to_a_topic() -> None:
    assert sorted(GROUPS) == sorted(group for _, groups in TOPICS.values() for group in groups)


def test_ids_are_unique_and_begin_with_the_group(some: list[Case]) -> None:
    assert len({case["id"] for case in some}) == len(some)
    assert all(case["id"].startswith(f"{case['group']}-") for case in some)


def test_cases_survive_json_and_carry_their_own_id(some: list[Case]) -> None:
    assert json.loads(json.dumps(some)) == some
    assert "{id}" not in json.dumps(some)


def test_no_two_cases_of_a_group_are_alike(some: list[Case]) -> None:
    alike = Counter(json.dumps({**case, "id": "", "what": ""}, sort_keys=True).replace(case["id"], "") for case in some)
    assert [content for content, count in alike.items() if count > 1] == []


def test_cases_are_the_same_every_time() -> None:
    assert all_cases() == all_cases()
    assert fresh(7, 50) == fresh(7, 50)
    assert fresh(7, 50) != fresh(8, 50)


def test_every_member_is_one_that_the_runner_or_the_server_knows(some: list[Case]) -> None:
    for case in some:
        assert case.keys() - {"frame", "parallel"} == {"id", "group", "what", "origin", "top", "requests", "server"}
        assert case["requests"]
        assert all(request.keys() <= MEMBERS and {"url", "method"} <= request.keys() for request in case["requests"])
        for answer in answers(case):
            assert answer.keys() <= ANSWER
            assert "status" in answer or "raw" in answer or answer == {"abort": True}


def test_scripts_name_a_method_and_a_path_and_are_latin_1(some: list[Case]) -> None:
    for case in some:
        for key, script in case["server"].items():
            method, path = key.split(" ")
            assert method and (path == "*" or path.startswith("/"))
            assert script
        for answer in answers(case):
            json.dumps(answer, ensure_ascii=False).encode("latin-1")


def test_pages_and_frames_are_served(some: list[Case]) -> None:
    for case in some:
        frames = [case.get("frame"), *(request.get("frame") for request in case["requests"])]
        pages = [case["top"], *(frame for frame in frames if frame and frame not in FRAMES)]
        assert all(is_served(page) for page in pages), case["id"]
        if case["origin"] == "null":
            assert case["frame"] in {"sandbox", "data"}


def test_requests_go_to_what_is_served(some: list[Case]) -> None:
    for case in some:
        if case["group"] not in ADDRESSES:
            assert all(is_served(request["url"]) for request in case["requests"]), case["id"]


def test_no_case_keeps_the_browser_waiting(some: list[Case]) -> None:
    waits = [request["wait"] for case in some for request in case["requests"] if "wait" in request]
    assert len(waits) <= 10
    assert all(wait <= PATIENCE_MS for wait in waits)
    assert all(answer.get("delay", 0) <= PATIENCE_S for case in some for answer in answers(case))


def test_first_party_visits_come_before_the_cookies_that_they_set() -> None:
    order = {case["id"]: number for number, case in enumerate(cases())}
    for case in cases():
        if case["group"] == "cookieset":
            visited = urlsplit(case["requests"][0]["url"]).path.split("/")[2]
            assert visited == case["id"].replace("cookieset", "cookie")
            assert order[case["id"]] < order[visited]


def test_fresh_cases_differ_in_everything_that_matters() -> None:
    drawn = fresh(seed=1, count=600)
    assert len(drawn) == 600
    requests = [request for case in drawn for request in case["requests"]]
    assert len({request["method"] for request in requests}) == 9
    assert len({request.get("via") for request in requests}) >= 5
    assert {request.get("credentials") for request in requests} == {None, "omit", "same-origin", "include"}
    assert {request.get("mode") for request in requests} == {None, "no-cors", "same-origin", "cors"}
    assert {case.get("frame") for case in drawn} >= {None, "sandbox", "data"}
    assert {sum(key.startswith("* ") for key in case["server"]) for case in drawn} == {1, 2, 3}
    assert len({case["what"] for case in drawn}) > 250


def test_fresh_cases_leave_out_what_differs_from_run_to_run() -> None:
    for case in fresh(seed=2, count=300):
        assert case["origin"].startswith("https:") <= all("http://" not in r["url"] for r in case["requests"])
        for answer in answers(case):
            names = {name for name, *_ in answer["headers"]}
            assert not names & {"Set-Cookie", "WWW-Authenticate"}
            assert answer.keys() == {"status", "headers", "body"}


def answers(case: Case) -> Iterator[dict[str, Any]]:
    return (answer for script in case["server"].values() for answer in script)


def is_served(url: str) -> bool:
    parts = urlsplit(url)
    ports = TLS_PORTS if parts.scheme == "https" else PLAIN_PORTS
    return parts.port in ports or (parts.port is None and parts.hostname in {"std.test", "stdapi.test"})
