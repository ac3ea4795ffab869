"""Requests as curl commands: what a shell makes of them is what was sent."""

from __future__ import annotations

import subprocess

from hypothesis import given
from hypothesis import strategies as st

from corstui.fetch.messages import HeaderList, Request
from corstui.printable import printable
from corstui.profile.secrets import Masker
from corstui.report.curl import curl_command
from corstui.report.masking import Masked
from tests.support.hostile import BYTES_AS_TEXT, TEXTS

URL = "https://api.example/"
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
        " -H User-Agent: -H Accept:"
    )


def test_curl_adds_nothing_of_its_own() -> None:
    headers = [("accept", "*/*"), ("User-Agent", "x")]
    assert words(curl_command(Request("POST", URL, headers)))[-1] == b"User-Agent: x"
    assert words(curl_command(Request("POST", URL, headers, b"a=1")))[-4:-2] == [b"-H", b"Content-Type:"]
    assert words(curl_command(Request("POST", URL, [*headers, ("Content-Type", "x/y")], b"1"))).count(b"-H") == 3


@given(
    st.sampled_from(["GET", "PUT", "-x", "it's"]),
    st.builds(str.__add__, st.just(URL), TEXTS),
    st.lists(
        st.tuples(st.sampled_from(["X-A", "Host", "Accept", "Accept-Encoding", "`x`"]), BYTES_AS_TEXT), max_size=4
    ),
    st.binary(max_size=20) | TEXTS.map(lambda text: text.encode("utf-8", "replace")),
)
def test_a_shell_reads_just_what_was_sent_and_one_line_holds_it(
    method: str, url: str, headers: HeaderList, body: bytes
) -> None:
    command = curl_command(Request(method, url, headers, body))
    assert command == printable(command)
    told = iter(words(command))
    found: dict[bytes, list[bytes]] = {b"-H": [], b"-X": [], b"--data-raw": []}
    rest = [word if word not in found else found[word].append(next(told)) for word in told]
    sent = [f"{name}: {value}" if value else f"{name};" for name, value in headers if name != "Host"]
    kept = [field.encode("latin-1").replace(b"\0", b"") for field in sent]
    assert [field for field in found[b"-H"] if not field.endswith(b":") or field in kept] == kept
    assert found[b"-X"] == ([] if method == "GET" and not body else [method.encode()])
    assert found[b"--data-raw"] == ([body.replace(b"\0", b"")] if body else [])
    assert url.encode("utf-8", "replace").replace(b"\0", b"") in rest


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
