"""Requests as curl commands: what a shell makes of them is what was sent."""

from __future__ import annotations

import subprocess

from corstui.fetch.messages import Request
from corstui.profile.secrets import Masker
from corstui.report.curl import curl_command
from corstui.report.masking import Masked

HEADERS = [("Host", "api.example"), ("Origin", "https://app.example"), ("X-Empty", ""), ("Content-Length", "2")]


def words(command: str) -> list[bytes]:
    """What bash makes of the command's words."""
    script = f'set -- {command}; for word in "$@"; do printf "%s\\0" "$word"; done'
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C"})
    return done.stdout.split(b"\0")[:-1]


def test_a_get_keeps_its_own_headers_only() -> None:
    command = curl_command(Request("GET", "https://api.example/orders?a=1&b=2", HEADERS))
    assert command == (
        "curl -i -g --path-as-is 'https://api.example/orders?a=1&b=2' -H 'Origin: https://app.example' -H 'X-Empty;'"
    )


def test_method_and_body_are_given() -> None:
    command = curl_command(Request("patch", "https://api.example/", [], b'{"a": "@file"}'))
    assert b"patch" in words(command)
    assert words(command)[-2:] == [b"--data-raw", b'{"a": "@file"}']


def test_head_does_not_wait_for_a_body() -> None:
    command = curl_command(Request("HEAD", "https://api.example/", []))
    assert "--head" in command
    assert "-X" not in command


def test_odd_bytes_survive_the_shell() -> None:
    header = [("X-Odd", "it's \\ \t caf\xe9 $(id) `id` \x1b[31m !")]
    body = b"line one\nline 'two' \xff\x80"
    command = curl_command(Request("POST", "https://api.example/", header, body))
    found = words(command)
    assert "\n" not in command
    assert header[0][1].encode("latin-1") in found[found.index(b"-H") + 1]
    assert found[-1] == body


def test_compression_is_asked_for_when_the_browser_did() -> None:
    request = Request("GET", "https://api.example/", [("Accept-Encoding", "gzip")])
    assert curl_command(request).endswith("--compressed")


def test_secrets_are_masked_in_url_headers_and_body() -> None:
    headers = [("Authorization", "Bearer hunter2hunter2"), ("X-Other", "hunter2hunter2")]
    request = Request("POST", "https://api.example/?t=hunter2hunter2", headers, b"t=hunter2hunter2")
    mask = Masked(Masker({"hunter2hunter2"}))
    assert "hunter2" not in curl_command(request, mask)
    assert "hunter2hunter2" in curl_command(request)
