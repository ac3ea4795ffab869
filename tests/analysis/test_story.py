"""Sentences about flows: truthful, and never alike where the outcome is not."""

from __future__ import annotations

import pytest

from corstui.analysis.mend import fix
from corstui.analysis.story import answered_by, headline, outcome, script_view, where_error, why
from corstui.fetch.messages import Held, NetworkError
from tests.analysis.doubles import Cell
from tests.analysis.flows import API, APP, flow, ok, preflight
from tests.support.playbook import head

CREDENTIALS = ("Access-Control-Allow-Credentials", "true")


def test_an_allowed_flow_says_what_script_reads() -> None:
    done = flow(ok())
    assert headline(done) == "Allowed: script reads the answer, 200 OK"
    assert why(done) == f"The answer allows {APP} to read it."
    assert fix(done) == []


def test_a_wildcard_is_named_as_such() -> None:
    assert "every origin" in why(flow(ok(origin="*")))


def test_the_own_origin_needs_no_cors() -> None:
    assert "own origin" in why(flow(head(200), url=APP + "/data"))


def test_a_readable_401_does_not_sound_like_a_pass() -> None:
    done = flow(ok(status=401))
    assert headline(done).startswith("CORS lets script read it, but the answer is an error: 401")
    assert any("token" in line for line in fix(done))


def test_an_inconclusive_answer_does_not_sound_like_a_pass() -> None:
    done = flow(ok(status=503))
    assert "inconclusive" in headline(done)
    assert "its own policy was not seen" in why(done)


def test_bot_protection_is_named() -> None:
    done = flow(ok(("cf-mitigated", "challenge"), ("Server", "cloudflare")))
    assert "Bot protection" in why(done)
    assert answered_by(done) == "cloudflare, a challenge of bot protection"


def test_blocked_after_the_server_received_it_and_before_are_told_apart() -> None:
    received = flow(ok(origin="https://other.example"))
    kept_away = flow(preflight(status=401), method="PUT")
    local = flow(url="http://api.example/", origin=APP)
    assert headline(received) == "Blocked; the server received the request: it allows only https://other.example"
    assert headline(kept_away) == "Blocked before sending: the preflight was answered 401"
    assert headline(local) == "Blocked before anything was sent: mixed content: https page, http target"


def test_a_failed_preflight_after_a_redirect_admits_what_was_received() -> None:
    away = head(307, ("Location", "https://b.example/"), ("Access-Control-Allow-Origin", APP), reason="Moved")
    done = flow(preflight(("Access-Control-Allow-Methods", "PUT")), away, preflight(origin=None), method="PUT")
    assert done.phase == "preflight"
    assert headline(done).startswith(
        "Blocked at the preflight of a redirect; the server received the request before it"
    )
    assert why(done).startswith("The answer to the preflight of redirect 1 (204)")


def test_why_names_the_value_observed_and_the_value_required() -> None:
    said = why(flow(ok(origin="https://other.example")))
    assert "https://other.example" in said
    assert APP in said


def test_a_network_error_says_nothing_about_the_policy() -> None:
    lost = flow(NetworkError("connection-reset", "reset by peer", sent=True))
    never = flow(NetworkError("dns-failure", "no such name"))
    assert headline(lost).startswith("No answer, although the request left: ")
    assert headline(never) == "No answer; the request never left: api.example does not resolve"
    for done in (lost, never):
        assert "says nothing about the CORS policy" in why(done)
    assert where_error(lost) == "reset by peer"
    assert where_error(flow(ok())) == ""


def test_a_held_request_claims_only_that_it_would_be_sent() -> None:
    after = flow(preflight(("Access-Control-Allow-Methods", "DELETE")), Held("held-after-preflight"), method="DELETE")
    simple = flow(Held("held-no-preflight"), method="POST")
    assert headline(after) == "Held back by corstui: the preflight passed"
    assert "would send DELETE" in why(after)
    assert headline(simple) != headline(after)
    assert script_view(after) == ["Nothing is known: corstui held the request back."]
    assert any("writes: true" in line for line in fix(after))


def test_an_opaque_answer_is_explained() -> None:
    done = flow(head(200), mode="no-cors")
    assert headline(done).startswith("Sent; script sees nothing")
    assert "without CORS" in why(done)
    assert script_view(done) == ["type opaque, status 0, no headers, no body"]
    manual = flow(ok(("Location", "/next"), status=302), redirect="manual")
    assert "redirect: manual" in why(manual)


def test_sentences_never_change_with_markup_or_braces_in_the_answer() -> None:
    done = flow(ok(origin="https://{origin}[bold]"))
    assert "{origin}[bold]" in why(done)


def test_a_cell_fills_in_what_the_flow_alone_does_not_know() -> None:
    local = Cell(flow(url="http://api.example/"), origin_value=APP, method="DELETE", url="http://api.example:81/")
    assert headline(local).startswith("Blocked before anything was sent")
    held = Cell(flow(Held("held-no-preflight"), method="POST"), method="POST")
    assert "send POST at once" in why(held)


# -- what to change ----------------------------------------------------------------------------------------------------


def test_a_missing_header_is_given_verbatim() -> None:
    assert fix(flow(ok(origin=None))) == [
        f"Access-Control-Allow-Origin: {APP}",
        "Vary: Origin",
        "Or Access-Control-Allow-Origin: * if anybody may read it.",
    ]


def test_an_existing_vary_is_extended() -> None:
    assert "Vary: Accept-Encoding, Origin" in fix(flow(ok(("Vary", "Accept-Encoding"), origin=None)))
    assert not any(line.startswith("Vary") for line in fix(flow(ok(("Vary", "Origin"), origin=None))))


def test_all_that_failed_is_mended_at_once() -> None:
    done = flow(
        preflight(("Access-Control-Allow-Methods", "GET, POST"), status=401, origin=None),
        method="DELETE",
        credentials="include",
        headers=[("X-Trace", "1"), ("Content-Type", "application/json")],
    )
    assert fix(done) == [
        "Answer OPTIONS /orders with 204 instead of 401: let preflights pass before authentication.",
        f"Access-Control-Allow-Origin: {APP}",
        "Vary: Origin",
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Methods: GET, POST, DELETE",
        "Access-Control-Allow-Headers: content-type, x-trace",
        "The answer to the DELETE itself needs Access-Control-Allow-Origin and Access-Control-Allow-Credentials too.",
    ]


def test_what_is_listed_already_is_kept() -> None:
    lists = ("Access-Control-Allow-Headers", "Authorization, X-Other")
    done = flow(preflight(lists), headers=[("X-Trace", "1")])
    assert "Access-Control-Allow-Headers: Authorization, X-Other, x-trace" in fix(done)


@pytest.mark.parametrize("broken", ["PUT POST", '"PUT"', "*"])
def test_a_list_that_says_nothing_is_written_anew(broken: str) -> None:
    done = flow(preflight(("Access-Control-Allow-Methods", broken), CREDENTIALS), method="PUT", credentials="include")
    assert "Access-Control-Allow-Methods: PUT" in fix(done)


def test_a_wildcard_with_credentials_becomes_the_origin() -> None:
    done = flow(ok(CREDENTIALS, origin="*"), credentials="include")
    assert fix(done) == [f"Access-Control-Allow-Origin: {APP}", "Vary: Origin"]


def test_the_origin_null_is_not_recommended_lightly() -> None:
    assert any("null" in line and "every site" in line for line in fix(flow(ok(origin=None), origin="null")))


def test_a_redirected_preflight_names_the_url_to_call() -> None:
    done = flow(head(301, ("Location", "/orders/"), reason="Moved"), method="PUT")
    assert fix(done)[0] == (
        "Call https://api.example/orders/ in the first place, or answer OPTIONS /orders without redirecting it."
    )


@pytest.mark.parametrize(
    ("status", "advice"), [(405, "route OPTIONS"), (403, "before authentication"), (500, "instead of 500.")]
)
def test_advice_about_a_status_fits_the_status(status: int, advice: str) -> None:
    assert advice in fix(flow(preflight(status=status), method="PUT"))[0]


def test_a_tainted_redirect_is_to_be_avoided() -> None:
    away = head(302, ("Location", "https://b.example/x"), ("Access-Control-Allow-Origin", APP), reason="Found")
    done = flow(away, ok())
    assert done.reason == "acao-mismatch-tainted"
    assert fix(done)[0].startswith("Call https://b.example/x directly")


def test_hidden_headers_are_named_for_exposure() -> None:
    done = flow(ok(("Access-Control-Expose-Headers", "x-a, bad token"), ("X-Total", "3"), ("Date", "now")))
    assert fix(done) == ["Access-Control-Expose-Headers: X-Total"]


def test_a_local_refusal_gets_the_advice_of_its_page() -> None:
    assert any("https" in line for line in fix(flow(url="http://api.example/")))


# -- who answered, what script sees ---------------------------------------------------------------------------


def test_the_answer_tells_who_gave_it() -> None:
    done = flow(ok(("Server", "nginx"), ("Via", "1.1 gateway"), ("X-Cache", "HIT"), ("Age", "30")))
    assert answered_by(done) == "nginx, via 1.1 gateway, cache HIT, age 30 s"
    assert answered_by(flow(ok())) == ""
    assert answered_by(flow(NetworkError("dns-failure", ""))) == ""


def test_script_sees_readable_headers_and_is_told_what_is_hidden() -> None:
    lines = script_view(flow(ok(("Content-Type", "text/plain"), ("X-Total", "3"))))
    assert lines[0] == "type cors, status 200"
    assert lines[1] == f"url {API}"
    assert "Content-Type: text/plain" in lines
    assert "hidden: Access-Control-Allow-Origin, X-Total" in lines
    assert lines[-1] == "body 0 bytes"


def test_script_sees_nothing_of_a_blocked_answer() -> None:
    assert script_view(flow(ok(origin=None)))[0].startswith("Nothing")


def test_a_gateway_that_blocks_does_not_speak_for_the_application() -> None:
    done = flow(ok(status=502, origin=None))
    assert outcome(done).startswith("Blocked, but inconclusive")
    assert "in front of it" in fix(done)[0]
    assert f"Access-Control-Allow-Origin: {APP}" in fix(done)


def test_outcomes_of_different_kind_never_read_alike() -> None:
    said = [
        outcome(each)
        for each in (
            flow(ok()),
            flow(ok(status=401)),
            flow(ok(status=502)),
            flow(ok(origin=None)),
            flow(preflight(origin=None), method="PUT"),
            flow(url="http://api.example/"),
            flow(NetworkError("timeout", "", sent=True)),
            flow(NetworkError("dns-failure", "")),
            flow(Held("held-no-preflight"), method="POST"),
            flow(head(200), mode="no-cors"),
        )
    ]
    assert len(set(said)) == len(said)
