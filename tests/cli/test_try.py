from __future__ import annotations

import json

import pytest

from corstui.analysis.text import width
from corstui.lab import LabThread
from tests.cli.conftest import Api, Run

PAGE = "http://web.example"


def test_a_blocked_flow_says_what_happened_why_and_what_to_change(corstui: Run, api: Api) -> None:
    done = corstui("try", f"{api.url}/closed", "--origin", PAGE)
    assert done.code == 0
    assert "Blocked; the server received the request" in done.out
    assert "1 GET /closed -> 200 OK" in done.out
    assert "  > Origin: http://web.example" in done.out
    assert "cors.check.acao-present" in done.out
    assert "Access-Control-Allow-Origin: http://web.example" in done.out
    assert api.lines == ["GET /closed"]


def test_it_does_what_it_is_told(corstui: Run, api: Api) -> None:
    arguments = ["-X", "PUT", "-H", "X-Api-Key: abc", "--data", "x=1", "--credentials", "include"]
    done = corstui("try", f"{api.url}/open", "--origin", PAGE, *arguments)
    assert api.lines == ["OPTIONS /open"]
    assert "required true; observed absent" in done.out
    assert "2 PUT /open  not sent" in done.out
    corstui("try", f"{api.url}/open", "--origin", PAGE, "-X", "DELETE")
    assert api.lines[1:] == ["OPTIONS /open", "DELETE /open"]


def test_data_makes_it_a_post(corstui: Run, api: Api) -> None:
    corstui("try", f"{api.url}/open", "--origin", PAGE, "--data", "hello")
    assert api.lines == ["POST /open"]


def test_json_is_a_run_document(corstui: Run, api: Api) -> None:
    done = corstui("try", f"{api.url}/open", "--origin", "null", "--format", "json", "--engine", "firefox")
    document = json.loads(done.out)
    (cell,) = document["cells"]
    assert document["schema"] == "corstui.run/1"
    assert (cell["engine"], cell["origin_value"], cell["verdict"]) == ("firefox", "null", "allowed")


def test_all_engines_are_told_apart(corstui: Run, api: Api) -> None:
    done = corstui("try", f"{api.url}/open", "--origin", "https://web.example", "--engine", "all")
    rows = {line.split()[1]: line for line in done.out.splitlines() if line.startswith(("✓", "✗"))}
    assert rows.keys() >= {"chromium", "firefox", "webkit", "standard"}
    assert "mixed-content" in rows["webkit"]
    assert "<> differs" in rows["webkit"]
    assert "differs" not in rows["firefox"]
    same = corstui("try", f"{api.url}/open", "--origin", PAGE, "--engine", "all")
    assert "all engines agree" in same.out


def test_the_answer_fits_one_screen(corstui: Run, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corstui.cli.running.columns", lambda output: 80)
    headers = ["-H", "Authorization: Bearer abc", "-H", "X-Trace: 1"]
    done = corstui("try", f"{api.url}/closed", "--origin", PAGE, "-X", "PATCH", *headers, "--credentials", "include")
    lines = done.out.splitlines()
    assert all(width(line) <= 80 for line in lines)
    assert len(lines) <= 23, done.out


def test_secrets_are_masked_unless_asked_for(corstui: Run, api: Api) -> None:
    arguments = ["try", f"{api.url}/open?token=in-the-url", "--origin", PAGE, "-H", "Authorization: Bearer abcdefgh"]
    for form in ("table", "json"):
        out = corstui(*arguments, "--format", form).out
        assert "abcdefgh" not in out
        assert "in-the-url" not in out
    assert "Bearer abcdefgh" in corstui(*arguments, "--format", "json", "--show-secrets").out


@pytest.mark.parametrize("deployment", ["staging", "production"])
def test_incidents_fit_a_terminal_of_24_lines(corstui: Run, monkeypatch: pytest.MonkeyPatch, deployment: str) -> None:
    monkeypatch.setattr("corstui.cli.running.columns", lambda output: 80)
    monkeypatch.setattr("corstui.cli.running.lines", lambda output: 24)
    page = "http://staging.shop.localhost" if deployment == "staging" else "http://shop.localhost"
    token = ["-H", "Authorization: Bearer demo"]
    with LabThread() as lab:
        api = lab.urls[deployment, "api"]
        for path, *flags in (
            ["invoices/7"],
            ["search", "-H", "X-Trace: 1"],
            ["basket", "--credentials", "include"],
            ["session", "--credentials", "include", *token],
            ["orders", "-X", "POST", "--data", "{}", "-H", "Content-Type: application/json", *token],
            ["orders/7", "-X", "PUT", "-H", "X-Trace: 1"],
            ["orders/7", "-X", "patch"],
            ["payments"],
            ["events"],
        ):
            lines = corstui("try", f"{api}/{path}", "--origin", page, *flags).out.splitlines()
            assert len(lines) <= 23, lines
            assert all(width(line) <= 80 for line in lines)


def test_nothing_is_left_out_where_there_is_room(corstui: Run, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["try", f"{api.url}/open", "--origin", PAGE, "-X", "PUT"]
    assert corstui(*arguments).out.count("< Access-Control-Allow-Methods: PUT, DELETE") == 2
    monkeypatch.setattr("corstui.cli.running.lines", lambda output: 10)
    assert corstui(*arguments).out.count("< Access-Control-Allow-Methods: PUT, DELETE") == 1


def test_engines_that_differ_say_why(corstui: Run, api: Api) -> None:
    done = corstui("try", f"{api.url}/open", "--origin", "https://web.example", "--engine", "all")
    assert "\nwebkit: " in done.out
    assert "\nfirefox: " not in done.out


def test_a_credential_is_masked_wherever_it_comes_back(corstui: Run, api: Api) -> None:
    url = f"{api.url}/open/abcdefgh-token"
    for form in ("table", "json"):
        done = corstui("try", url, "--origin", PAGE, "-H", "Authorization: Bearer abcdefgh-token", "--format", form)
        assert "abcdefgh-token" not in done.out


def test_a_password_in_the_url_is_masked(corstui: Run) -> None:
    for form in ("table", "json"):
        out = corstui("try", "http://me:pass-word@api.example/x#a", "--origin", PAGE, "--format", form).out
        assert "pass-word" not in out
        assert "api.example" in out


def test_a_short_credential_hides_nothing_else(corstui: Run, api: Api) -> None:
    out = corstui("try", f"{api.url}/open", "--origin", PAGE, "-H", "Authorization: x").out
    assert "Access-Control-Allow-Headers: authorization, x-api-key, content-type" in out
    assert "> Authorization: ***" in out


def test_hostile_headers_reach_no_terminal(corstui: Run, api: Api) -> None:
    out = corstui("try", f"{api.url}/hostile", "--origin", PAGE).out
    assert "\x1b" not in out
    assert "\\x1b]0;title\\x07" in out


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("http://127.0.0.1:2/", 3, "connection-refused"),
        ("http://no-such-name.invalid/", 3, "dns-failure"),
        ("http://127.0.0.1:6000/", 0, "net.bad-port"),
        ("ftp://example.com/", 0, "main.scheme"),
    ],
)
def test_what_the_network_or_the_browser_refuses_is_told(corstui: Run, url: str, code: int, said: str) -> None:
    done = corstui("try", url, "--origin", PAGE)
    assert done.code == code
    assert said in done.out


def test_names_can_be_pinned(corstui: Run, api: Api) -> None:
    url = f"http://api.shop.example:{api.port}/open"
    done = corstui("try", url, "--origin", PAGE, "--resolve", "api.shop.example=127.0.0.1")
    assert done.code == 0
    assert api.lines == ["GET /open"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["api.example/x", "--origin", PAGE], "'api.example/x' is not a URL; write https://api.example/x"),
        (["localhost:80/x", "--origin", PAGE], "'localhost:80/x' is not a URL; write http://localhost:80/x"),
        (["https://", "--origin", PAGE], "'https://' is not a URL"),
        (["https://a.example", "--origin", "web.example"], "write 'https://web.example'"),
        (["https://a.example", "--origin", "https://web.example/x"], "write 'https://web.example'"),
        (["https://a.example"], "the following arguments are required: --origin"),
        (["https://a.example", "--origin", PAGE, "-H", "nothing"], "'nothing' is not a header; write 'Name: value'"),
        (["https://a.example", "--origin", PAGE, "--timeout", "soon"], "'soon' is no number of seconds above 0"),
        (["https://a.example", "--origin", PAGE, "--resolve", "a"], "'a' is not HOST=IP or HOST=IP:PORT"),
        (["https://a.example", "--origin", PAGE, "--engine", "opera"], "invalid choice: 'opera'"),
        (["https://a.example", "--origin", PAGE, "--mode", "websocket"], "invalid choice: 'websocket'"),
    ],
)
def test_wrong_usage_is_2_with_a_sentence(corstui: Run, arguments: list[str], said: str) -> None:
    done = corstui("try", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_header_that_no_script_can_set_is_warned_about(corstui: Run, api: Api) -> None:
    done = corstui("try", f"{api.url}/open", "--origin", PAGE, "-H", "Cookie: a=b")
    assert "Cookie: a browser lets no script set this header" in done.err
    assert "a=b" not in done.out
