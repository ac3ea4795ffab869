"""Where engines disagree, from the command line, over real connections to a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from corstui.analysis.quirks import quirks
from tests.cli.conftest import Api, Run

Write = Callable[..., str]

#: The server lists authorization, x-api-key and content-type, and no User-Agent.
AGENT = "  agent: {request: GET API/open, headers: {User-Agent: mine}}\n"
PLAIN = "  plain: GET API/open\n"


def test_check_names_the_sides_the_rule_its_evidence_and_what_suits_all(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile(AGENT + PLAIN), "--engine", "all")
    text = " ".join(done.out.split())
    assert "Engines differ (2)" in text
    assert "agent x web, evil: chromium allowed 200; firefox, webkit, standard blocked (header-not-allowed;" in text
    assert "firefox: CORSMissingAllowHeaderFromPreflight2" in text
    assert "firefox, webkit, standard: quirk.user-agent-by-script" in text
    assert text.count("quirk.user-agent-by-script: Chromium drops a User-Agent header that script sets") == 1
    assert "measured with Chromium 156, Firefox ESR 153 and WebKitGTK 2.50.6" in text
    assert "Use a header of your own" in text
    assert "plain x" not in text.partition("Blocked (")[0]


def test_the_document_has_the_same(corstui: Run, profile: Write) -> None:
    done = corstui("check", profile(AGENT + PLAIN), "--engine", "all", "--format", "json")
    found = json.loads(done.out)["engine_differences"]
    assert [(each["endpoint"], each["origin"]) for each in found] == [("agent", "web"), ("agent", "evil")]
    assert [cause["quirks"] for each in found for cause in each["causes"]] == [["quirk.user-agent-by-script"]] * 2


@pytest.mark.parametrize("engine", ["all", "chromium"])
def test_try_says_which_rule_parts_the_engines(corstui: Run, api: Api, engine: str) -> None:
    wanted = ("--origin", "http://web.example", "-H", "User-Agent: mine", "--engine", engine)
    text = " ".join(corstui("try", f"{api.url}/open", *wanted).out.split())
    assert ("quirk.user-agent-by-script: Chromium drops a User-Agent" in text) is (engine == "all")
    assert ("<> differs" in text) is (engine == "all")


def test_a_mixed_content_block_of_webkit_alone_is_told(corstui: Run, api: Api) -> None:
    done = corstui("try", f"{api.url}/open", "--origin", "https://safe.example", "--engine", "all")
    assert "quirk.loopback-mixed-content: WebKit blocks every fetch" in done.out


def test_explain_lists_every_quirk_and_has_a_page_for_each(corstui: Run) -> None:
    listed = corstui("explain").out
    assert [code for code in quirks() if f"{code} " not in listed] == []
    page = corstui("explain", "tainted-preflight-origin").out
    assert "firefox; chromium, webkit, standard" in page
    assert "nsCORSListenerProxy.cpp" in page
    assert "Call the final URL directly" in page


def test_explain_prints_the_browsers_own_names_with_documentation_and_fix(corstui: Run) -> None:
    page = corstui("explain", "acac-not-true").out
    assert "InvalidAllowCredentials" in page
    assert "CORSMissingAllowCredentials" in page
    assert "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSMissingAllowCredentials" in page
    assert "Access-Control-Allow-Credentials: true" in page
