"""The flow as a dialogue: requests expected, responses given, verdict reached."""

from __future__ import annotations

import pytest

from corstui.browser import fetch_params, page_context
from corstui.fetch.context import FetchParams, new_state
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import Held, NetworkError
from corstui.fetch.reasons import REASONS
from corstui.fetch.result import Flow
from tests.support.playbook import Answer, Playbook, answers, head, values

ORIGIN, API, OTHER = "https://app.test", "https://api.test", "https://b.test"
ALLOW = ("Access-Control-Allow-Origin", ORIGIN)
ANY = ("Access-Control-Allow-Origin", "*")
CREDENTIALS = ("Access-Control-Allow-Credentials", "true")


def play(
    params: FetchParams, *sequence: Answer, engine: str = "chromium", origin: str = ORIGIN
) -> tuple[Flow, Playbook]:
    playbook = Playbook(answers(*sequence))
    flow = playbook.play(params, page_context(origin), new_state(ENGINES[engine]))
    return flow, playbook


def to(location: str, status: int = 302, *fields: tuple[str, str]) -> bytes:
    return head(status, ("Location", location), *(fields or (ANY,)))


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        (fetch_params("http://"), "url-invalid"),
        (fetch_params("https://u:p@api.test/"), "url-credentials"),
        (fetch_params(API, method="TRACE"), "method-forbidden"),
        (fetch_params(API, method="a b"), "method-invalid"),
        (fetch_params(API, method=""), "method-invalid"),
        (fetch_params(API, method="PUT", mode="no-cors"), "method-no-cors"),
        (fetch_params(API, mode="no-cors", redirect="manual"), "no-cors-redirect-mode"),
        (fetch_params(API, headers=[("a b", "1")]), "header-invalid"),
        (fetch_params(API, headers=[("A", "1\n2")]), "header-invalid"),
        (fetch_params(API, body="x"), "body-not-allowed"),
        (fetch_params(API, method="POST", keepalive=True, body=b"x" * 65_537), "keepalive-limit"),
        (fetch_params(API + ":6000/"), "bad-port"),
        (fetch_params("http://api.test/"), "mixed-content"),
        (fetch_params(API, mode="same-origin"), "mode-same-origin-blocked"),
        (fetch_params(API, mode="navigate"), "engine-refused"),
        (fetch_params("ftp://api.test/"), "scheme-not-cors"),
        (fetch_params(API, headers=[("Available-Dictionary", "x")]), "engine-refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_browser_refuses_before_anything_is_sent(params: FetchParams, reason: str) -> None:
    flow, playbook = play(params)
    assert (flow.verdict, flow.phase, flow.reason, flow.sent) == ("blocked", "local", reason, False)
    assert playbook.requests == []
    assert flow.deciding is not None


def test_a_blocked_simple_request_did_run_on_the_server() -> None:
    flow, _ = play(fetch_params(API), head(200))
    assert (flow.verdict, flow.phase, flow.reason, flow.sent) == ("blocked", "actual", "acao-missing", True)
    assert flow.browser_error == "MissingAllowOriginHeader"
    assert flow.response is None


def test_a_failed_preflight_keeps_the_request_away() -> None:
    flow, playbook = play(fetch_params(API, method="PUT"), head(204))
    assert (flow.verdict, flow.phase, flow.sent) == ("blocked", "preflight", False)
    assert playbook.lines == ["OPTIONS https://api.test/"]


def test_rules_after_the_deciding_one_are_applied_so_that_one_deployment_mends_all() -> None:
    params = fetch_params(API, method="PUT", headers=[("X-Trace", "1")], credentials="include")
    flow, _ = play(params, head(405))
    failed = [(check.id, check.decisive) for check in flow.checks if not check.passed]
    assert failed == [
        ("cors.check.acao-present", True),
        ("cors.check.acac", False),
        ("cors.preflight.status", False),
        ("cors.preflight.method", False),
        ("cors.preflight.headers", False),
    ]


def test_the_preflight_carries_no_credentials_and_names_what_is_asked() -> None:
    params = fetch_params(
        API + "/r?q#f", method="PUT", headers=[("Authorization", "t"), ("X-A", "1")], credentials="include"
    )
    flow, playbook = play(
        params,
        head(
            204,
            ALLOW,
            CREDENTIALS,
            ("Access-Control-Allow-Methods", "PUT"),
            ("Access-Control-Allow-Headers", "authorization, x-a"),
        ),
        head(200, ALLOW, CREDENTIALS),
    )
    assert flow.verdict == "allowed"
    preflight, actual = playbook.requests
    assert playbook.lines == ["OPTIONS https://api.test/r?q", "PUT https://api.test/r?q"]
    assert values(preflight, "Access-Control-Request-Headers") == ["authorization,x-a"]
    assert values(preflight, "Authorization") == [] and not preflight.credentials
    assert values(actual, "Authorization") == ["t"] and actual.credentials


def test_script_reads_only_safelisted_and_exposed_headers() -> None:
    fields = [ALLOW, ("ETag", "e"), ("X-A", "1"), ("Content-Type", "a/b"), ("Set-Cookie", "q=1")]
    flow, _ = play(fetch_params(API), head(404, *fields, ("Access-Control-Expose-Headers", "x-a, set-cookie")))
    assert flow.response is not None
    assert (flow.verdict, flow.response.status) == ("allowed", 404)
    assert flow.response.headers == [("X-A", "1"), ("Content-Type", "a/b")]


def test_no_cors_gives_an_opaque_response() -> None:
    flow, _ = play(fetch_params(API, mode="no-cors"), head(500))
    assert flow.response is not None
    assert (flow.verdict, flow.reason, flow.response.type, flow.response.status) == ("opaque", None, "opaque", 0)


def test_a_network_error_never_looks_like_a_verdict_about_the_policy() -> None:
    lost = NetworkError("connection-reset", "the server closed the connection", sent=True)
    flow, _ = play(fetch_params(API), lost)
    assert (flow.verdict, flow.reason, flow.phase, flow.sent) == ("error", "connection-reset", "actual", True)
    refused = NetworkError("connection-refused", "nothing listens")
    flow, _ = play(fetch_params(API, method="PUT"), refused)
    assert (flow.verdict, flow.reason, flow.phase, flow.sent) == ("error", "connection-refused", "preflight", False)


def test_a_head_that_no_browser_takes_is_a_malformed_response() -> None:
    flow, _ = play(fetch_params(API), b"SMTP ready\r\n\r\n")
    assert (flow.verdict, flow.reason, flow.sent) == ("error", "malformed-response", True)


def test_a_request_held_back_after_its_preflight_is_unsent() -> None:
    flow, _ = play(
        fetch_params(API, method="DELETE"),
        head(204, ALLOW, ("Access-Control-Allow-Methods", "DELETE")),
        Held("held-after-preflight"),
    )
    assert (flow.verdict, flow.reason, flow.sent) == ("unsent", "held-after-preflight", False)
    assert all(check.passed for check in flow.checks)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_gateway_that_answers_makes_the_flow_inconclusive(status: int) -> None:
    assert play(fetch_params(API), head(status))[0].inconclusive
    assert play(fetch_params(API), head(status, ALLOW))[0].inconclusive


def test_a_challenge_for_humans_makes_the_flow_inconclusive() -> None:
    assert play(fetch_params(API), head(403, ("cf-mitigated", "challenge")))[0].inconclusive
    assert not play(fetch_params(API), head(403))[0].inconclusive


def test_a_redirect_between_foreign_origins_taints_the_origin() -> None:
    flow, playbook = play(fetch_params(API), to(OTHER + "/"), head(200, ALLOW))
    assert values(playbook.requests[1], "Origin") == ["null"]
    assert (flow.reason, flow.phase) == ("acao-mismatch-tainted", "redirect")


def test_a_redirect_within_one_foreign_origin_does_not_taint() -> None:
    flow, playbook = play(fetch_params(API), to("/2"), head(200, ALLOW))
    assert values(playbook.requests[1], "Origin") == [ORIGIN]
    assert flow.response is not None and flow.response.redirected and flow.response.url == API + "/2"


def test_twenty_redirects_pass_and_the_next_fails() -> None:
    hops = [to(f"/{number}") for number in range(20)]
    assert play(fetch_params(API), *hops, head(200, ANY))[0].verdict == "allowed"
    flow, _ = play(fetch_params(API), *hops, to("/21"))
    assert (flow.verdict, flow.phase, flow.reason) == ("blocked", "redirect", "redirect-limit")


def test_authorization_stays_behind_when_a_redirect_leaves_its_origin() -> None:
    params = fetch_params(ORIGIN, headers=[("Authorization", "t"), ("X-Key", "k")])
    allowed = head(204, ANY, ("Access-Control-Allow-Headers", "x-key"))
    flow, playbook = play(params, to(API + "/"), allowed, head(200, ANY))
    assert flow.verdict == "allowed"
    assert playbook.lines == ["GET https://app.test/", "OPTIONS https://api.test/", "GET https://api.test/"]
    assert values(playbook.requests[0], "Authorization") == ["t"]
    assert values(playbook.requests[2], "Authorization") == [] and values(playbook.requests[2], "X-Key") == ["k"]


@pytest.mark.parametrize(("engine", "lines"), [("chromium", 3), ("standard", 3), ("firefox", 4), ("webkit", 4)])
def test_a_post_that_becomes_a_get_is_preflighted_again_by_firefox_and_webkit(engine: str, lines: int) -> None:
    params = fetch_params(API, method="POST", headers=[("Content-Type", "application/json")], body=b"{}")
    granted = head(204, ANY, ("Access-Control-Allow-Headers", "content-type"))
    sequence = [granted, to("/2"), *([granted] if lines == 4 else []), head(200, ANY)]
    flow, playbook = play(params, *sequence, engine=engine)
    assert (flow.verdict, len(playbook.requests)) == ("allowed", lines)
    assert playbook.requests[-1].method == "GET" and playbook.requests[-1].body == b""


def test_redirect_modes_other_than_follow() -> None:
    flow, _ = play(fetch_params(API, redirect="error"), to("/2"))
    assert (flow.verdict, flow.phase, flow.reason) == ("blocked", "redirect", "redirect-mode-error")
    flow, _ = play(fetch_params(API, redirect="manual"), to("/2"))
    assert flow.response is not None and (flow.verdict, flow.response.type) == ("opaque", "opaqueredirect")
    flow, _ = play(fetch_params(API, redirect="manual"), head(302, ("Location", "/2")))
    assert flow.reason == "acao-missing"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://", "redirect-bad-location"),
        ("data:text/plain,x", "redirect-bad-location"),
        ("javascript:1", "scheme-not-cors"),
        ("https://u:p@b.test/", "redirect-has-credentials"),
        ("https://b.test:6000/", "bad-port"),
        ("http://b.test/", "mixed-content"),
    ],
)
def test_targets_that_a_redirect_may_not_have(location: str, reason: str) -> None:
    flow, _ = play(fetch_params(API), to(location))
    assert (flow.verdict, flow.phase, flow.reason) == ("blocked", "redirect", reason)


def test_a_redirect_without_location_is_the_response() -> None:
    flow, _ = play(fetch_params(API), head(302, ANY))
    assert flow.response is not None and flow.response.status == 302


@pytest.mark.parametrize("engine", ENGINES)
def test_firefox_alone_preflights_with_the_real_origin_after_a_taint(engine: str) -> None:
    granted = head(204, ANY, ("Access-Control-Allow-Methods", "PUT"))
    sequence = [granted, to(OTHER + "/", 307), granted, head(200, ANY)]
    _, playbook = play(fetch_params(API, method="PUT"), *sequence, engine=engine)
    assert values(playbook.requests[2], "Origin") == [ORIGIN if engine == "firefox" else "null"]
    assert values(playbook.requests[3], "Origin") == ["null"]


@pytest.mark.parametrize(
    ("engine", "verdict"), [("chromium", "blocked"), ("firefox", "allowed"), ("webkit", "allowed")]
)
def test_a_login_dialog_opens_for_same_site_basic_challenges_in_chromium(engine: str, verdict: str) -> None:
    params = fetch_params("https://api.app.test/", credentials="include")
    flow, _ = play(params, head(401, ALLOW, CREDENTIALS, ("WWW-Authenticate", "Basic")), engine=engine)
    assert flow.verdict == verdict
    assert flow.reason == ("auth-prompt" if verdict == "blocked" else None)


def test_corp_counts_for_no_cors_only() -> None:
    policy = ("Cross-Origin-Resource-Policy", "same-origin")
    flow, _ = play(fetch_params(API, mode="no-cors"), head(200, policy))
    assert (flow.verdict, flow.reason, flow.browser_error) == (
        "blocked",
        "corp-blocked",
        "ERR_BLOCKED_BY_RESPONSE.NotSameOrigin",
    )
    assert play(fetch_params(API), head(200, policy, ANY))[0].verdict == "allowed"


def test_a_sandboxed_frame_sends_null_and_needs_null_or_a_wildcard() -> None:
    flow, playbook = play(fetch_params(API), head(200, ("Access-Control-Allow-Origin", "null")), origin="null")
    assert values(playbook.requests[0], "Origin") == ["null"]
    assert flow.verdict == "allowed"


def test_the_local_network_can_be_denied() -> None:
    page = page_context("https://app.example")
    playbook = Playbook(answers())
    flow = playbook.play(
        fetch_params("http://127.0.0.1:8080/"), page, new_state(ENGINES["chromium"], local_network="denied")
    )
    assert (flow.verdict, flow.reason, flow.phase) == ("blocked", "lna-denied", "local")
    playbook = Playbook(answers(head(200, ANY)))
    flow = playbook.play(fetch_params("http://127.0.0.1:8080/"), page, new_state(ENGINES["chromium"]))
    assert (flow.verdict, flow.notes) == ("allowed", ["local-network-prompt"])


def test_an_event_source_needs_its_own_type() -> None:
    params = fetch_params(API, initiator="eventsource")
    assert play(params, head(200, ANY, ("Content-Type", "text/event-stream")))[0].verdict == "allowed"
    assert play(params, head(200, ANY, ("Content-Type", "text/html")))[0].reason == "mime-blocked"


@pytest.mark.parametrize(("crossorigin", "verdict"), [(None, "opaque"), ("anonymous", "blocked")])
def test_crossorigin_turns_an_element_to_cors(crossorigin: str | None, verdict: str) -> None:
    flow, _ = play(fetch_params(API, initiator="script", crossorigin=crossorigin), head(200))
    assert flow.verdict == verdict


def test_a_data_url_answers_by_itself() -> None:
    flow, playbook = play(fetch_params("data:text/plain;base64,aGk="))
    assert flow.response is not None
    assert (flow.verdict, flow.response.body, playbook.requests) == ("allowed", b"hi", [])


def test_every_reason_is_named_once_and_belongs_to_a_verdict() -> None:
    assert {row.kind for row in REASONS.values()} == {"blocked", "error", "unsent"}
    assert all(row.phases for row in REASONS.values())


def test_rules_that_went_through_are_recorded_too() -> None:
    params = fetch_params(
        "https://app.test/", method="put", headers=[("Authorization", "t"), ("Cookie", "a=1")], credentials="include"
    )
    granted = head(204, ALLOW, CREDENTIALS, ("Access-Control-Allow-Methods", "PUT"))
    flow, _ = play(params, to(API + "/2", 307), granted, head(200, ALLOW, CREDENTIALS))
    assert flow.verdict == "allowed"
    assert [(check.id, check.exchange) for check in flow.checks if not check.id.startswith("cors.check")] == [
        ("req.method.normalize", None),
        ("req.header.forbidden", None),
        ("net.mixed-content", None),
        ("main.same-origin", None),
        ("redirect.location", 0),
        ("redirect.limit", 0),
        ("redirect.auth-strip", 0),
        ("net.mixed-content", 0),
        ("main.cors", 0),
        ("cors.preflight.needed", 0),
        ("cors.preflight.status", 1),
        ("cors.preflight.method", 1),
    ]
    assert all(check.passed for check in flow.checks)


@pytest.mark.parametrize(
    ("params", "answer", "category"),
    [
        (fetch_params(API + ":6000/"), None, None),
        (fetch_params(API), NetworkError("connection-refused", "nobody listens"), "CORSDidNotSucceed2"),
        (fetch_params(API), NetworkError("connection-reset", "gone", sent=True), "CORSDidNotSucceed2"),
        (fetch_params(API), to("data:,x"), "CORSDidNotSucceed2"),
        (fetch_params(ORIGIN), to("data:,x"), None),
        (fetch_params(API, redirect="error"), to("/2"), None),
    ],
)
def test_firefox_names_its_catch_all_only_where_cors_had_a_part(
    params: FetchParams, answer: Answer | None, category: str | None
) -> None:
    flow, _ = play(params, *([] if answer is None else [answer]), engine="firefox")
    assert flow.verdict in ("blocked", "error")
    assert flow.browser_error == category


@pytest.mark.parametrize("middle", [API, OTHER])
@pytest.mark.parametrize(
    ("engine", "credentials", "fields", "reason"),
    [
        ("webkit", "same-origin", (ANY,), "acao-wildcard-creds"),
        ("webkit", "same-origin", (ALLOW,), "acac-not-true"),
        ("webkit", "same-origin", (ALLOW, CREDENTIALS), None),
        ("webkit", "omit", (ANY,), None),
        ("chromium", "same-origin", (ANY,), None),
        ("firefox", "same-origin", (ANY,), None),
    ],
)
def test_webkit_judges_later_hops_of_a_chain_from_home_as_with_credentials(
    engine: str, credentials: str, fields: tuple[tuple[str, str], ...], reason: str | None, middle: str
) -> None:
    answers = (to(f"{API}/1"), to(f"{middle}/2", 302, *fields), head(200, ANY))
    flow, playbook = play(fetch_params(f"{ORIGIN}/0", credentials=credentials), *answers, engine=engine)
    assert flow.reason == reason
    assert len(playbook.requests) == (2 if reason else 3)


def test_webkit_preflights_the_next_url_before_it_judges_the_hop_once_more() -> None:
    params = fetch_params(f"{ORIGIN}/0", headers=[("X-A", "1")])
    preflight = head(204, ANY, ("Access-Control-Allow-Headers", "X-A"))
    answers = (to(f"{API}/1"), preflight, to(f"{OTHER}/2"), preflight)
    flow, playbook = play(params, *answers, engine="webkit")
    assert (flow.reason, flow.phase) == ("acao-wildcard-creds", "redirect")
    assert [request.method for request in playbook.requests] == ["GET", "OPTIONS", "GET", "OPTIONS"]


@pytest.mark.parametrize(("redirect", "verdict"), [("manual", "opaque"), ("error", "blocked")])
def test_a_no_cors_request_to_the_own_origin_may_choose_its_redirect_mode(redirect: str, verdict: str) -> None:
    params = fetch_params(f"{ORIGIN}/x", mode="no-cors", redirect=redirect)
    assert play(params, head(200))[0].verdict == "allowed"
    assert play(params, to(API))[0].verdict == verdict


@pytest.mark.parametrize("engine", ENGINES)
def test_only_firefox_sends_a_beacon_beyond_64_kib(engine: str) -> None:
    flow, playbook = play(fetch_params(API, initiator="beacon", body=b"x" * 65_537), head(200), engine=engine)
    assert (flow.reason, len(playbook.requests)) == ((None, 1) if engine == "firefox" else ("keepalive-limit", 0))
    assert play(fetch_params(API, initiator="beacon", body=b"x" * 65_536), head(200), engine=engine)[0].reason is None


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_of_any_length_bring_no_engine_down(engine: str) -> None:
    digits = "9" * 5_000
    flow, _ = play(fetch_params(API), f"HTTP/1.1 {digits} X\r\n\r\n".encode(), engine=engine)
    assert (flow.verdict, flow.reason) == ("error", "malformed-response")
    preflight = head(204, ANY, ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", digits))
    assert play(fetch_params(API, method="PUT"), preflight, head(200, ANY), engine=engine)[0].verdict == "allowed"


@pytest.mark.parametrize(("status", "verdict"), [(200, "allowed"), (201, "allowed"), (404, "blocked")])
def test_a_module_runs_with_any_ok_status(status: int, verdict: str) -> None:
    script = head(status, ANY, ("Content-Type", "text/javascript"))
    assert play(fetch_params(API, initiator="module"), script)[0].verdict == verdict


def test_an_event_source_wants_a_200() -> None:
    stream = head(201, ANY, ("Content-Type", "text/event-stream"))
    assert play(fetch_params(API, initiator="eventsource"), stream)[0].reason == "mime-blocked"


def test_a_manual_redirect_shows_its_url_without_fragment() -> None:
    flow, _ = play(fetch_params(f"{ORIGIN}/a#b", redirect="manual"), to(API))
    assert flow.response is not None
    assert (flow.response.type, flow.response.url) == ("opaqueredirect", f"{ORIGIN}/a")


def test_only_fetch_chooses_a_redirect_mode() -> None:
    params = fetch_params(API, redirect="manual", initiator="xhr")
    assert play(params, to("/2"), head(200, ANY))[0].verdict == "allowed"


def test_a_repeated_field_without_cors_is_measured_with_what_stands_before() -> None:
    long = ("Accept", "a" * 100)
    _, playbook = play(fetch_params(API, mode="no-cors", headers=[long, long]), head(200))
    assert values(playbook.requests[0], "accept") == ["a" * 100]


@pytest.mark.parametrize("url", [None, "data:text/html,"])
def test_a_frame_without_an_address_is_as_secure_as_its_top_level_page(url: str | None) -> None:
    page = page_context("null", url=url, top_level=ORIGIN)
    flow = Playbook(answers()).play(fetch_params("http://api.test/"), page, new_state(ENGINES["chromium"]))
    assert flow.reason == "mixed-content"


def test_a_form_sends_get_or_post() -> None:
    _, playbook = play(fetch_params(API, method="PUT", initiator="form"), head(200))
    assert playbook.lines == ["GET https://api.test/"]


@pytest.mark.parametrize(("target", "origin"), [("https://app.test/x", ["null"]), ("https://api.test/x", [])])
def test_firefox_names_the_origin_where_a_frame_could_ask_for_storage(target: str, origin: list[str]) -> None:
    playbook = Playbook(answers(head(200)))
    page = page_context("null", url="data:text/html,", top_level="http://app.test")
    playbook.play(fetch_params(target, initiator="img"), page, new_state(ENGINES["firefox"]))
    assert values(playbook.requests[0], "origin") == origin


@pytest.mark.parametrize(("engine", "seen"), [("webkit", "\xef\xbf\xbd"), ("chromium", "\xe9"), ("firefox", "\xe9")])
def test_webkit_mangles_bytes_that_are_no_utf_8_in_what_script_reads(engine: str, seen: str) -> None:
    flow, _ = play(fetch_params(ORIGIN), head(200, ("X-A", "\xe9")), engine=engine)
    assert flow.response is not None
    assert flow.response.headers == [("X-A", seen)]


@pytest.mark.parametrize(("first", "origin"), [(f"{API}/2", [ORIGIN]), (f"{OTHER}/2", [])])
def test_webkit_tells_origin_after_a_rewrite_until_a_redirect_leaves(first: str, origin: list[str]) -> None:
    params = fetch_params(f"{API}/1", method="POST", mode="no-cors", body="x")
    _, playbook = play(params, to(first, 303), head(200), engine="webkit")
    assert values(playbook.requests[1], "origin") == origin


def test_webkit_brings_back_every_field_of_the_body_with_the_next_redirect() -> None:
    params = fetch_params(f"{API}/1", method="POST", headers=[("Content-Language", "en")], body="x")
    _, playbook = play(params, to(f"{API}/2"), to(f"{API}/3"), head(200, ANY), engine="webkit")
    assert [values(request, "content-language") for request in playbook.requests] == [["en"], [], ["en"]]
