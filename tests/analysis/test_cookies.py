"""The fate of every cookie of a flow, in words."""

from __future__ import annotations

import pytest

from corstui.analysis.cookies import Fate, fates
from corstui.fetch.cookies import Cookie
from tests.analysis.flows import flow, ok, preflight
from tests.support.playbook import head

CREDENTIALS = ("Access-Control-Allow-Credentials", "true")


def cookie(name: str, **fields: object) -> Cookie:
    plain = {"value": "hidden", "domain": "api.example", "samesite": "none", "secure": True}
    return Cookie(name=name, **{**plain, **fields})  # type: ignore[arg-type]


def test_cookies_are_told_by_name_and_fate_without_their_value() -> None:
    jar = (cookie("session"), cookie("csrf", samesite="strict"), cookie("old"))
    answer = ok(CREDENTIALS, ("Set-Cookie", "seen=hidden; Secure; SameSite=None"), ("Set-Cookie", "no=hidden"))
    found = fates(flow(answer, credentials="include", cookies=jar), jar)
    assert [(fate.name, fate.kind) for fate in found] == [
        ("session", "sent"),
        ("old", "sent"),
        ("csrf", "withheld"),
        ("seen", "stored"),
        ("no", "refused"),
    ]
    assert "SameSite=Strict" in found[2].why
    assert "hidden" not in str(found)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"path": "/other"}, "Path does not cover"),
        ({"samesite": "lax"}, "SameSite=Lax"),
        ({"samesite": "unset"}, "without SameSite"),
        ({"domain": "other.example"}, "of no host of this flow"),
        ({"domain": "example", "hostonly": True}, "of no host of this flow"),
    ],
)
def test_a_cookie_that_stays_at_home_says_why(fields: dict[str, object], why: str) -> None:
    jar = (cookie("c", **fields),)
    (fate,) = fates(flow(ok(CREDENTIALS), credentials="include", cookies=jar), jar)
    assert (fate.name, fate.kind) == ("c", "withheld")
    assert why in fate.why


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a=1; SameSite=None; Secure; Domain=other.example", "Domain"),
        ("a=1; SameSite=None", "needs Secure"),
        ("a=1; SameSite=Lax", "SameSite keeps it"),
        ("a=1; Partitioned; SameSite=None", "Secure"),
        ("__Host-a=1; Secure; SameSite=None; Path=/x", "promises"),
        ("a=\x01", "malformed"),
    ],
)
def test_an_answers_cookie_that_is_refused_says_why(value: str, why: str) -> None:
    (fate,) = fates(flow(ok(CREDENTIALS, ("Set-Cookie", value)), credentials="include"))
    assert fate.kind == "refused"
    assert why in fate.why


def test_a_cookie_can_be_removed_stored_apart_or_refused_to_third_parties() -> None:
    gone = ("Set-Cookie", "a=1; SameSite=None; Secure; Max-Age=0")
    kept = ("Set-Cookie", "a=1; SameSite=None; Secure")
    (removed,) = fates(flow(ok(CREDENTIALS, gone), credentials="include"))
    assert removed.kind == "removed"
    (apart,) = fates(flow(ok(CREDENTIALS, kept), credentials="include", engine="firefox"))
    assert (apart.kind, apart.why) == ("stored", "in a jar of its own for this top-level site")
    (third,) = fates(flow(ok(CREDENTIALS, kept), credentials="include", engine="webkit"))
    assert (third.kind, third.why) == ("refused", "cookies of third parties are not stored")


def test_without_credentials_nothing_goes_and_nothing_is_taken() -> None:
    jar = (cookie("session"),)
    found = fates(flow(ok(("Set-Cookie", "seen=1")), cookies=jar), jar)
    assert [(fate.name, fate.kind) for fate in found] == [("session", "withheld"), ("seen", "refused")]
    assert all("without credentials" in fate.why for fate in found)


def test_a_preflight_says_nothing_of_cookies() -> None:
    jar = (cookie("session"),)
    answers = preflight(CREDENTIALS, ("Access-Control-Allow-Methods", "PUT")), ok(CREDENTIALS)
    done = flow(*answers, method="PUT", credentials="include", cookies=jar)
    assert fates(done, jar) == [Fate(1, "session", "sent")]


def test_where_credentials_are_unknown_only_what_is_seen_is_told() -> None:
    done = flow(head(200, ("Set-Cookie", "seen=1")))
    assert fates(done, (cookie("session"),), known=False) == [Fate(0, "seen", "in the answer")]
