"""Where engines disagree: real cells of every engine against one server in memory, and the rule that is found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import httpx
import pytest

from corstui.analysis.engines import Cause, Disagreement, disagreement
from corstui.runner import Cell, execute, plan
from tests.runner.shops import Answer, Shop, consent, profile_of

Judge = Callable[..., Disagreement | None]
HEAD = (
    "environments: {{here: {{writes: {writes}, {more}}}}}\norigins: {{web: '{origin}'}}\nendpoints:\n  it: {request}\n"
)


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """What all engines make of one endpoint, Chromium first."""

    def run(
        request: str, answer: Answer, origin: str = "https://web.example", writes: str = "true", more: str = ""
    ) -> Disagreement | None:
        text = HEAD.format(request=request, origin=origin, writes=writes, more=more)
        chosen = plan(profile_of(tmp_path, text), engines=["all"])

        async def cells() -> list[Cell]:
            return [cell async for cell in execute(chosen, transport=Shop(answer))]

        position = {name: index for index, name in enumerate(chosen.engines)}
        return disagreement(sorted(asyncio.run(cells()), key=lambda cell: position[cell.engine]))

    return run


def policy(status: int = 200, **headers: str) -> httpx.Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers={"Access-Control-Allow-Origin": "*", **fields})


def told(found: Disagreement | None) -> tuple[list[tuple[tuple[str, ...], str]], list[tuple[tuple[str, ...], str]]]:
    """Parties by verdict or reason, and causes by their quirks."""
    assert found is not None
    parties = [(party.engines, party.cell.reason or party.cell.verdict) for party in found.parties]
    return parties, [(cause.engines, _name(cause)) for cause in found.causes]


def _name(cause: Cause) -> str:
    return "+".join(quirk.code.removeprefix("quirk.") for quirk in cause.quirks) or cause.kind


def tainting(request: httpx.Request) -> httpx.Response:
    """The API redirects to a CDN that allows the origin null."""
    if request.url.host == "api.example":
        return (
            consent(request) if request.method == "OPTIONS" else consent(request, 302, location="https://cdn.example/x")
        )
    return httpx.Response(200, headers={"Access-Control-Allow-Origin": "null", "Access-Control-Allow-Headers": "x-a"})


def test_firefox_names_the_page_in_the_preflight_after_a_tainting_redirect(judge: Judge) -> None:
    found = judge('{request: GET https://api.example/x, headers: {X-A: "1"}}', tainting)
    assert told(found) == (
        [(("chromium", "webkit", "standard"), "allowed"), (("firefox",), "acao-mismatch-preflight")],
        [(("firefox",), "tainted-preflight-origin")],
    )
    assert found is not None
    (cause,) = found.causes
    assert cause.kind == "rule"
    assert cause.sentence.startswith("After a redirect between two foreign origins Firefox still names")
    assert "Firefox ESR 153" in cause.evidence
    assert cause.fix


def test_webkit_judges_later_redirects_as_if_credentials_were_sent(judge: Judge) -> None:
    chain = {"https://web.example/1": "https://other.example/2", "https://other.example/2": "https://web.example/3"}

    def around(request: httpx.Request) -> httpx.Response:
        target = chain.get(str(request.url))
        return policy(302, Location=target) if target else policy()

    assert told(judge("GET https://web.example/1", around)) == (
        [(("chromium", "firefox", "standard"), "allowed"), (("webkit",), "acao-wildcard-creds")],
        [(("webkit",), "hops-judged-as-first")],
    )


def test_chromium_refuses_407_and_others_read_it(judge: Judge) -> None:
    assert told(judge("GET https://api.example/x", lambda request: consent(request, 407))) == (
        [(("chromium", "standard"), "engine-refused"), (("firefox", "webkit"), "allowed")],
        [(("firefox", "webkit"), "proxy-authentication-status")],
    )


@pytest.mark.parametrize(
    ("headers", "quirk"),
    [
        ('{User-Agent: "mine"}', "user-agent-by-script"),
        ('{Save-Data: "on"}', "client-hints"),
        ('{Save-Data: "on", User-Agent: "mine"}', "user-agent-by-script+client-hints"),
    ],
)
def test_a_header_that_only_some_ask_for_is_named_as_the_cause(judge: Judge, headers: str, quirk: str) -> None:
    found = judge(f"{{request: GET https://api.example/x, headers: {headers}}}", lambda _: policy())
    assert told(found) == (
        [(("chromium",), "allowed"), (("firefox", "webkit", "standard"), "header-not-allowed")],
        [(("firefox", "webkit", "standard"), quirk)],
    )


def test_what_parted_engines_before_is_not_blamed_where_it_has_no_part(judge: Judge) -> None:
    request = "{{request: GET https://api.example/x, headers: {{{}}}}}"
    both = judge(request.format("DPR: 1, User-Agent: mine"), lambda _: policy(204))
    one = judge(request.format("DPR: 1"), lambda _: policy(204))
    assert told(both)[1] == [(("firefox", "webkit", "standard"), "user-agent-by-script+client-hints")]
    assert told(one)[1] == [(("firefox", "webkit", "standard"), "client-hints")]


def test_the_standard_alone_wants_authorization_by_name(judge: Judge) -> None:
    request = "{request: GET https://api.example/x, headers: {Authorization: Bearer x}}"
    found = judge(request, lambda _: policy(Access_Control_Allow_Headers="*"))
    assert told(found)[1] == [(("standard",), "authorization-by-wildcard")]


def test_webkit_blocks_loopback_as_mixed_content(judge: Judge) -> None:
    assert told(judge("GET http://127.0.0.1/x", consent)) == (
        [(("chromium", "firefox", "standard"), "allowed"), (("webkit",), "mixed-content")],
        [(("webkit",), "loopback-mixed-content")],
    )


def test_each_engine_that_reports_another_thing_first_has_its_own_cause(judge: Judge) -> None:
    def wrong(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "/x"})

    parties, causes = told(judge("PUT https://api.example/x", wrong))
    assert parties[1] == (("firefox", "standard"), "acao-missing-preflight")
    assert causes == [(("firefox", "standard"), "preflight-redirect-order")]
    parties, causes = told(judge("PUT https://api.example/x", lambda _: httpx.Response(404)))
    assert (parties[1], causes) == (
        (("webkit",), "preflight-status"),
        [(("webkit",), "preflight-status-first")],
    )


def test_cookies_that_only_some_send_are_the_cause_of_another_status(judge: Judge) -> None:
    def session(request: httpx.Request) -> httpx.Response:
        return consent(request, 200 if "cookie" in request.headers else 401)

    cookie = "cookies: [{name: sid, value: a, domain: api.example, path: /, secure: true}]"
    found = judge("{request: GET https://api.example/x, credentials: include}", session, more=cookie)
    assert found is not None
    assert [(party.engines, party.cell.status) for party in found.parties] == [
        (("chromium", "firefox", "standard"), 401),
        (("webkit",), 200),
    ]
    assert told(found)[1] == [(("webkit",), "cookie-rules")]


def test_a_server_that_answers_engines_differently_is_said_to_do_so(judge: Judge) -> None:
    def sniffing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if "Firefox" in request.headers["user-agent"] else consent(request)

    found = judge("GET https://api.example/x", sniffing)
    assert told(found)[1] == [(("firefox",), "server")]
    assert found is not None
    (cause,) = found.causes
    assert cause.sentence == "The server answered the same request differently."
    assert cause.evidence.startswith("GET https://api.example/x: chromium 200, firefox 403")
    assert cause.fix == ()


def test_a_network_that_failed_for_one_engine_says_nothing_about_engines(judge: Judge) -> None:
    def flaky(request: httpx.Request) -> httpx.Response:
        if "Firefox" in request.headers["user-agent"]:
            raise httpx.ConnectError("refused")
        return consent(request)

    found = judge("GET https://api.example/x", flaky)
    assert told(found)[1] == [(("firefox",), "network")]


def test_a_kept_preflight_result_is_the_cause_when_the_second_one_fails(judge: Judge) -> None:
    asked: dict[str, int] = {}

    def once(request: httpx.Request) -> httpx.Response:
        agent = request.headers["user-agent"]
        asked[agent] = asked.get(agent, 0) + (request.method == "OPTIONS")
        status = 500 if request.method == "OPTIONS" and asked[agent] > 1 else 200
        return policy(status, Access_Control_Allow_Headers="x-a", Access_Control_Max_Age="often")

    found = judge('{request: GET https://api.example/x, headers: {X-A: "1"}, repeat: 2}', once)
    assert told(found) == (
        [(("chromium", "webkit", "standard"), "allowed"), (("firefox",), "preflight-status")],
        [(("firefox",), "preflight-cache-lifetime")],
    )


def test_engines_that_agree_or_are_only_held_back_do_not_disagree(judge: Judge) -> None:
    assert judge("GET https://api.example/x", consent) is None
    assert judge("PUT https://api.example/x", consent) is None
    assert judge("PUT https://api.example/x", consent, writes="false") is None
    assert judge("GET https://api.example/x", lambda _: httpx.Response(200)) is None
    assert disagreement([]) is None


def test_a_preflight_that_fails_in_one_engine_parts_it_from_those_that_were_held_back(judge: Judge) -> None:
    request = "{request: PUT https://api.example/x, headers: {User-Agent: mine}}"
    found = judge(request, lambda _: policy(Access_Control_Allow_Methods="PUT"), writes="false")
    assert told(found) == (
        [(("chromium",), "held-after-preflight"), (("firefox", "webkit", "standard"), "header-not-allowed")],
        [(("firefox", "webkit", "standard"), "user-agent-by-script")],
    )


HEADERS = {
    "X-A": "1",
    "User-Agent": "mine",
    "DPR": "1",
    "Authorization": "Bearer x",
    "Content-Type": "text/plain;a=b,c",
}
HOSTS = ("https://web.example", "https://api.example", "https://other.example", "http://127.0.0.1")
ALLOWED = ("ECHO", "ECHO", "ECHO", "*", "null", "https://web.example", "https://web.example, https://b.example", "")
STATUSES = (200, 200, 200, 204, 401, 404, 407, 302, 303, 307)
LISTED = ("x-a, content-type, authorization, user-agent, dpr", "*", "x-a", "a(")


def erratic(seed: int) -> Answer:
    """A server whose policy is drawn by lot for each URL, the same for every engine."""

    def answer(request: httpx.Request) -> httpx.Response:
        lot = Random(f"{seed} {request.method == 'OPTIONS'} {request.url}")
        allowed = lot.choice(ALLOWED).replace("ECHO", request.headers.get("origin", "*"))
        fields = {"Access-Control-Allow-Origin": allowed, "Access-Control-Allow-Headers": lot.choice(LISTED)}
        fields |= {"Access-Control-Allow-Credentials": "true"} if lot.random() < 0.7 else {}
        fields |= {"Access-Control-Allow-Methods": lot.choice(("PUT, DELETE", "*", "GET"))}
        status = lot.choice(STATUSES)
        if 300 <= status < 400:
            fields["Location"] = f"{lot.choice(HOSTS)}/{lot.randrange(4)}" if lot.random() < 0.9 else ""
        return httpx.Response(status, headers=fields)

    return answer


@pytest.mark.parametrize("seed", range(60))
def test_of_a_server_that_is_the_same_to_all_a_rule_is_always_found(judge: Judge, seed: int) -> None:
    lot = Random(seed)
    request = {
        "request": f"{lot.choice(('GET', 'POST', 'PUT', 'DELETE'))} {lot.choice(HOSTS)}/{lot.randrange(4)}",
        "headers": {name: value for name, value in HEADERS.items() if lot.random() < 0.3},
        "credentials": lot.choice(("include", "omit", "same-origin")),
    }
    found = judge(json.dumps(request), erratic(seed), origin=lot.choice(("https://web.example", "http://web.example")))
    if found is not None:
        assert [cause.sentence for cause in found.causes if cause.kind != "rule"] == []
        parting = [engine for party in found.parties[1:] for engine in party.engines]
        assert sorted(engine for cause in found.causes for engine in cause.engines) == sorted(parting)
