from __future__ import annotations

import csv
import io
from dataclasses import replace

import httpx
import pytest

from corstui.analysis.text import width
from corstui.report import markdown, rows, table
from corstui.report.formats import Options
from corstui.report.rehearsal import render_table as rehearsed
from tests.report.conftest import Finish
from tests.runner.shops import consent

SHOP = """
settings: {controls: false}
environments: {staging: {}, production: {origins: {partner: null}}}
origins: {web: "https://web.example", partner: "https://partner.example", evil: "https://evil.example"}
defaults: {expect: {web: allow, evil: block}}
endpoints:
  list: GET https://api.example/list
  save: PUT https://api.example/save
  error: {request: GET https://api.example/gone, origins: [web]}
"""


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/gone":
        raise httpx.ConnectError("refused")
    if request.headers.get("origin") == "https://partner.example":
        return httpx.Response(200)
    return consent(request)


async def test_there_is_a_matrix_for_each_environment_with_a_mark_for_each_planned_cell(finish: Finish) -> None:
    lines = table.render(await finish(SHOP, answer), Options()).splitlines()
    staging, production = lines.index("Shop · staging · chromium"), lines.index("Shop · production · chromium")
    assert [line.split() for line in lines[staging + 2 : staging + 6]] == [
        ["web", "partner", "evil"],
        ["GET", "list", "✓", "200", "✗>", "no", "ACAO", "✓", "200", "*"],
        ["PUT", "save", "~", "held", "PF", "✗", "PF", "ACAO", "~", "held", "PF", "*"],
        ["GET", "error", "!", "refused"],
    ]
    assert lines[production + 2].split() == ["web", "evil"]


async def test_what_is_not_as_expected_comes_first_and_what_was_expected_of_nobody_is_quiet(finish: Finish) -> None:
    text = table.render(await finish(SHOP, answer), Options())
    assert text.index("Not as expected (4)") < text.index("Could not be judged (2)")
    assert "Blocked (" not in text
    assert "staging: list x evil: Allowed" in text
    assert "expected block (" in text


async def test_without_any_expectation_what_is_blocked_is_listed_with_its_remedy(finish: Finish) -> None:
    text = table.render(await finish(SHOP.replace("defaults:", "#"), answer), Options())
    assert "Blocked (2)" in text
    assert "staging: list x partner: Blocked; the server received the request" in text
    assert "     Access-Control-Allow-Origin: https://partner.example" in text
    assert text.splitlines()[-1] == "0 of 12 cells have an expectation"


async def test_origins_that_share_a_story_share_an_entry(finish: Finish) -> None:
    shop = 'origins: {a: "https://a.example", b: "https://b.example"}\nendpoints: {x: GET https://api.example/x}\n'
    text = table.render(await finish(shop, lambda _: httpx.Response(200), ["all"]), Options())
    assert text.count("Blocked; the server received the request") == 1
    assert "x x a, b in chromium, firefox, webkit, standard: Blocked" in text
    assert "All 4 engines agree." in text


PARTING = 'origins: {a: "https://a.example", b: "https://b.example"}\nendpoints: {x: PUT https://api.example/x}\n'


def unauthorised(request: httpx.Request) -> httpx.Response:
    return httpx.Response(401 if request.method == "OPTIONS" else 200)


async def test_engines_that_part_are_named_with_the_rule_that_does_it_and_each_rule_is_explained_once(
    finish: Finish,
) -> None:
    text = table.render(await finish(PARTING, unauthorised, ["all"]), Options())
    assert "Engines differ (2)" in text
    assert "  x x a, b: chromium, firefox, standard blocked (acao-missing-preflight; chromium: Preflight" in text
    assert "firefox: CORSMissingAllowOrigin2); webkit blocked (preflight-status)" in text
    assert "     webkit: quirk.preflight-status-first" in text
    assert text.count("WebKit reports an unsuccessful status first") == 1
    assert "measured with Chromium 156, Firefox ESR 153 and WebKitGTK 2.50.6" in text
    assert "    - Answer OPTIONS with 204 and the CORS headers" in text


async def test_markdown_tells_where_engines_differ_too(finish: Finish) -> None:
    text = markdown.render(await finish(PARTING, unauthorised, ["all"]), Options())
    assert "## Engines differ (2)" in text
    assert "  - webkit: quirk.preflight-status-first" in text
    assert "- `quirk.preflight-status-first`: Of a preflight" in text


async def test_a_server_that_tells_engines_apart_is_blamed_and_its_url_is_masked(finish: Finish) -> None:
    def sniffing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if "Firefox" in request.headers["user-agent"] else consent(request)

    shop = 'origins: {a: "https://a.example"}\nendpoints: {x: "GET https://api.example/?key=${secret:KEY}"}\n'
    run = await finish(shop, sniffing, ["all"], KEY="s3cret-value")
    for text in (table.render(run, Options()), markdown.render(run, Options())):
        assert "The server answered the same request differently" in text
        assert "chromium 200, firefox 403" in text
        assert "s3cret-value" not in text


async def test_the_table_fits_its_terminal_and_is_plain_without_colour(finish: Finish) -> None:
    run = await finish(SHOP, answer)
    narrow = table.render(run, Options(width=60))
    assert [line for line in narrow.splitlines() if width(line) > 60] == []
    assert "\x1b[" not in narrow
    assert "\x1b[31m" in table.render(run, Options(color=True))
    assert table.render(run, Options(ascii=True)).isascii()


async def test_long_names_give_way_to_the_columns_of_a_narrow_terminal(finish: Finish) -> None:
    name = "an endpoint with a name that goes on and on"
    run = await finish(f"origins: {{web: 'https://web.example'}}\nendpoints: {{{name}: GET https://api.example/x}}\n")
    for width_of_terminal in (30, 40):
        lines = table.render(run, Options(width=width_of_terminal)).splitlines()
        assert [line for line in lines if width(line) > width_of_terminal] == []
    assert not any("…" in line for line in table.render(run, Options(width=40, ascii=True)).splitlines())


async def test_an_interrupted_run_says_so(finish: Finish) -> None:
    run = await finish(SHOP, answer)
    partial = replace(run, cells=run.cells[:3], interrupted=True)
    text = table.render(partial, Options())
    assert "9 not run" in text
    assert text.endswith("; interrupted")


async def test_csv_has_a_row_a_cell_and_no_formula(finish: Finish) -> None:
    shop = 'origins: {a: "https://a.example"}\nendpoints: {"=cmd()": GET https://api.example/x}\n'
    (row,) = csv.DictReader(io.StringIO(rows.render(await finish(shop), Options())))
    assert row["endpoint"] == "'=cmd()"
    assert (row["verdict"], row["status"], row["sent"], row["reason"], row["as_expected"]) == (
        "allowed",
        "200",
        "true",
        "",
        "",
    )


async def test_markdown_shows_names_as_they_are(finish: Finish) -> None:
    shop = 'origins: {"a|b": "https://a.example"}\nendpoints: {"<script> *x*": GET https://api.example/x}\n'
    text = markdown.render(await finish(shop, lambda _: httpx.Response(200)), Options())
    assert "|  | a\\|b |" in text
    assert "| \\<script\\> \\*x\\* | ✗\\> no ACAO |" in text


async def test_flawed_policies_are_listed_the_gravest_first_and_mere_warnings_are_not(finish: Finish) -> None:
    shop = """
origins: {a: "https://a.example", b: "https://b.example"}
endpoints: {slash: GET https://api.example/slash, echo: GET https://api.example/echo}
"""

    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/echo":
            allowed = {"Access-Control-Allow-Origin": request.headers.get("origin", "https://a.example")}
            return httpx.Response(
                200, headers={**allowed, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}
            )
        return httpx.Response(200, headers={"Access-Control-Allow-Origin": "https://a.example/"})

    run = await finish(shop, reply)
    text = table.render(run, Options())
    listed = text[text.index("Findings (2)") :].splitlines()
    assert listed[1].startswith("  critical: echo x a, b: The answer echoes https://canary-")
    assert listed[1].endswith("with Access-Control-Allow-Credentials: true. (lint.reflect-any-creds)")
    assert listed[2].startswith(
        "  error: slash x a, b: The answer has Access-Control-Allow-Origin: https://a.example/;"
    )
    assert listed[2].endswith(" (lint.acao-slash)")
    shown = markdown.render(run, Options())
    assert "## Findings (2)" in shown
    assert "`lint.acao-slash`" in shown
    assert "Findings" not in table.render(
        await finish(shop.replace("/slash", "/echo"), lambda _: httpx.Response(200)), Options()
    )


@pytest.mark.parametrize("engine", ["chromium", "firefox", "webkit", "standard"])
async def test_a_rehearsal_lists_the_requests_of_every_cell(finish: Finish, engine: str) -> None:
    run = await finish(SHOP.replace("controls: false", "controls: true"), answer, [engine])
    text = rehearsed(run.plan, Options())
    assert text.count("held back: held-after-preflight") == 5
    assert text.count(" OPTIONS ") == 5 + 2 * 2
    assert text.count(" control, ") == 2 * 2 * 3
    assert "24 requests would be sent, 5 held back" in text
