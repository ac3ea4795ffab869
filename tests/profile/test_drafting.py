"""A first profile out of pasted text: what a script would send, nothing that a browser sets, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.fetch.url import parse
from corstui.profile import Endpoint, load_profile
from corstui.profile.drafting import draft, origins_of
from corstui.profile.pasted import Pasted, requests_of
from corstui.profile.shell import commands
from tests.support.effort import examples

CHROME = """\
curl 'https://api.shop.example/v1/orders?page=2' \\
  -H 'accept: */*' \\
  -H 'accept-language: en-US,en;q=0.9' \\
  -H 'authorization: Bearer s3cr3t-token' \\
  -H 'content-type: application/json' \\
  -b 'sid=4711; theme=dark' \\
  -H 'origin: https://shop.example' \\
  -H 'priority: u=1, i' \\
  -H 'sec-ch-ua: "Chromium";v="156"' \\
  -H 'user-agent: Mozilla/5.0' \\
  -H 'x-trace: 1' \\
  --data-raw $'{"sku":1,"note":"it\\'s\\u0021"}' ;
"""
FIREFOX = """\
curl --request PUT \\
  --url 'https://api.shop.example/v1/orders/7' --compressed -X PATCH -H 'Content-Type: application/json' \\
  --data-raw '{
  "count": 3
}'
"""
CMD = """\
curl ^"https://api.shop.example/a?b=1^&c=2^" ^
  -H ^"x-note: one ^\\^"two^\\^"^" ^
  --data-raw ^"^{^\\^"a^\\^":1^}^"
"""


def only(text: str) -> Pasted:
    (request,), problems = requests_of(text)
    assert problems == []
    return request


def loaded(folder: Path, text: str, **env: str) -> list[Endpoint]:
    path = folder / "drafted.yaml"
    path.write_text(text, encoding="utf-8")
    return list(load_profile(path, process_env=env).resolve("default").endpoints)


# -- reading what was pasted -------------------------------------------------------------------------------------------


def test_urls_are_get_unless_a_method_stands_before_them() -> None:
    requests, problems = requests_of("https://a.example/x\n\n# a comment\nPUT https://a.example/y\n")
    assert [(each.method, each.url, each.line) for each in requests] == [
        ("GET", "https://a.example/x", 1),
        ("PUT", "https://a.example/y", 4),
    ]
    assert problems == []


def test_what_chrome_copies_keeps_what_a_script_decides() -> None:
    request = only(CHROME)
    assert (request.method, request.url) == ("POST", "https://api.shop.example/v1/orders?page=2")
    assert [name for name, _ in request.headers] == ["authorization", "content-type", "x-trace"]
    assert request.body == '{"sku":1,"note":"it\'s!"}'
    assert request.credentials
    assert any("left to the browser: accept-language, origin, priority, sec-ch-ua" in note for note in request.notes)


def test_what_firefox_copies_over_several_lines_within_quotes() -> None:
    request = only(FIREFOX)
    assert (request.method, request.url) == ("PATCH", "https://api.shop.example/v1/orders/7")
    assert json.loads(request.body or "") == {"count": 3}


def test_what_chrome_copies_for_windows() -> None:
    request = only(CMD)
    assert request.url == "https://api.shop.example/a?b=1&c=2"
    assert ("x-note", 'one "two"') in request.headers
    assert request.body == '{"a":1}'


@pytest.mark.parametrize(
    ("command", "method", "url", "body"),
    [
        ("curl a.example", "GET", "http://a.example/", None),
        ("curl -sSLX DELETE https://a.example/1", "DELETE", "https://a.example/1", None),
        ("curl -XPUT https://a.example -d x", "PUT", "https://a.example/", "x"),
        ("curl -I https://a.example", "HEAD", "https://a.example/", None),
        ("curl -d a=1 -d b=2 https://a.example", "POST", "https://a.example/", "a=1&b=2"),
        ("curl -G -d a=1 --data-urlencode 'b=x y' https://a.example/?c", "GET", "https://a.example/?c&a=1&b=x+y", None),
        ("curl --json '{}' --url=https://a.example", "POST", "https://a.example/", "{}"),
        ("curl -o /dev/null --max-time 3 -w '%{time}' https://a.example", "GET", "https://a.example/", None),
        ("$ /usr/bin/curl -k https://a.example --some-new-flag", "GET", "https://a.example/", None),
        ("curl -F file=@x https://a.example", "POST", "https://a.example/", None),
        ("curl -T x https://a.example", "PUT", "https://a.example/", None),
        ("curl -d @body.json https://a.example", "POST", "https://a.example/", None),
        ("curl -d 1 -X GET https://a.example", "GET", "https://a.example/", None),
    ],
)
def test_options_of_curl(command: str, method: str, url: str, body: str | None) -> None:
    request = only(command)
    assert (request.method, request.url, request.body) == (method, url, body)


@pytest.mark.parametrize(
    ("command", "header"),
    [
        ("curl -u me:pw https://a.example", ("Authorization", "Basic bWU6cHc=")),
        ("curl --oauth2-bearer t https://a.example", ("Authorization", "Bearer t")),
        ("curl -r 0-9 https://a.example", ("Range", "bytes=0-9")),
        ("curl -d a=1 https://a.example", ("Content-Type", "application/x-www-form-urlencoded")),
        ("curl -H 'X-Empty;' https://a.example", ("X-Empty", "")),
    ],
)
def test_options_that_are_headers(command: str, header: tuple[str, str]) -> None:
    assert header in only(command).headers


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("api.example/x", "line 1: api.example/x has no scheme; write it in full: https://api.example/x"),
        ("\n\nftp://a.example", "line 3: ftp://a.example has no scheme"),
        ("https://a.example:99999/", "cannot be parsed"),
        ("curl -H", "the option H has no value"),
        ("curl -s", "has no URL"),
        ("curl 'https://a.example", "a quote is not closed"),
        ("TRACE https://a.example", "no script may send the method TRACE"),
        ("one two three", "no URL, no METHOD URL and no curl command"),
    ],
)
def test_what_is_no_request_is_told_with_its_line(text: str, problem: str) -> None:
    requests, problems = requests_of(text)
    assert requests == []
    assert problem in problems[0]


def test_one_bad_line_spoils_no_other() -> None:
    requests, problems = requests_of("nonsense\nhttps://a.example/\n'open")
    assert len(requests) == 1
    assert len(problems) == 2


def test_what_cannot_be_kept_is_noted() -> None:
    assert "multipart" in only("curl -F a=b https://a.example").notes[0]
    assert "in the file x.json" in only("curl -d @x.json https://a.example").notes[0]
    assert "user name and password" in only("https://me:pw@a.example/").notes[0]
    assert "no script may send a body" in only("curl -X GET -d 1 https://a.example").notes[0]


@given(st.text(max_size=200))
@examples(2)
def test_no_text_breaks_the_reader(text: str) -> None:
    requests, problems = requests_of(text)
    assert len(requests) + len(problems) == len(commands(text))
    origins_of(text)


# -- origins -----------------------------------------------------------------------------------------------------------


def test_origins_get_names_from_their_hosts() -> None:
    text = (
        "https://www.shop.example/cart\nhttps://shop.example\npartner: https://p.example\nnull\ncapacitor://localhost"
    )
    found, problems = origins_of(text)
    assert found == {
        "shop": "https://www.shop.example",
        "shop 2": "https://shop.example",
        "partner": "https://p.example",
        "sandbox": "null",
        "capacitor": "capacitor://localhost",
    }
    assert problems == []


def test_what_is_no_origin_is_told_with_its_line() -> None:
    _, problems = origins_of("https://a.example\nshop.example\nhttps://")
    assert problems[0] == "line 2: shop.example is no origin; write it in full: https://shop.example"
    assert problems[1].startswith("line 3: https://")


# -- the profile -------------------------------------------------------------------------------------------------------


def test_a_draft_means_what_was_pasted(tmp_path: Path) -> None:
    requests, _ = requests_of(CHROME + FIREFOX + "https://cdn.example/logo.svg\n")
    made = draft("Shop", {"web": "https://shop.example"}, requests)
    post, patch, get = loaded(tmp_path, made.text, API_AUTHORIZATION="s3cr3t-token")
    assert (post.method, post.url, post.credentials) == ("POST", requests[0].url, "include")
    assert ("authorization", "Bearer s3cr3t-token") in post.headers
    assert json.loads(post.body or b"") == {"sku": 1, "note": "it's!"}
    assert (patch.method, json.loads(patch.body or b"")) == ("PATCH", {"count": 3})
    assert get.url == "https://cdn.example/logo.svg"
    assert "s3cr3t" not in made.text
    assert any("set API_AUTHORIZATION" in note for note in made.notes)


@pytest.mark.parametrize(
    "pasted",
    [
        "curl -H 'X-Api-Key: topsecret' https://a.example",
        "https://a.example/x?access_token=topsecret",
        'curl --json \'{"user": {"password": "topsecret"}}\' https://a.example',
        "curl -d user=me -d password=topsecret https://a.example",
        "curl -u me:topsecret https://a.example",
        "curl -b sid=topsecret https://a.example",
        "curl -H 'Cookie: sid=topsecret' https://a.example",
        "https://me:topsecret@a.example/",
    ],
)
def test_a_secret_never_reaches_the_profile(pasted: str) -> None:
    requests, _ = requests_of(pasted)
    made = draft("Shop", {"web": "https://shop.example"}, requests)
    everything = made.text + "".join(made.notes)
    assert "topsecret" not in everything
    assert "bWU6dG9wc2VjcmV0" not in everything


def test_one_secret_has_one_name_and_two_have_two(tmp_path: Path) -> None:
    requests, _ = requests_of(
        "".join(f"curl -H 'Authorization: Bearer {token}' https://a.example/{n}\n" for n, token in enumerate("aab"))
    )
    text = draft("x", {"w": "https://w.example"}, requests).text
    assert text.count("${secret:API_AUTHORIZATION}") == 2
    assert text.count("${secret:API_AUTHORIZATION_2}") == 1


_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).map(str.strip)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_BODIES = st.none() | st.text(max_size=20) | _JSON.map(json.dumps)


@st.composite
def pasted(draw: st.DrawFn) -> Pasted:
    path = draw(st.text("abc/-_.~0123456789${}", max_size=15))
    body = draw(_BODIES)
    method = draw(st.sampled_from(["GET", "DELETE"] if body is None else ["POST", "PUT", "patch"]))
    headers = [
        ("X-Value", draw(st.text(st.characters(codec="latin-1", exclude_characters="\0\r\n"), max_size=10)).strip())
    ]
    if body is not None:
        headers.append(("Content-Type", draw(st.sampled_from(["application/json", "text/plain", "x/y"]))))
    return Pasted(1, method, f"https://a.example/{path}", headers, body, draw(st.booleans()))


@given(st.lists(pasted(), min_size=1, max_size=4), _NAMES)
@examples(1.5)
def test_whatever_is_drafted_loads_and_means_the_same(
    tmp_path_factory: pytest.TempPathFactory, requests: list[Pasted], name: str
) -> None:
    made = draft(name, {"web": "https://shop.example"}, requests)
    found = loaded(tmp_path_factory.getbasetemp(), made.text)
    for request, endpoint in zip(requests, found, strict=True):
        assert endpoint.method == request.method
        assert parse(endpoint.url) == parse(request.url)
        assert (endpoint.credentials == "include") is request.credentials
        assert ("X-Value", request.headers[0][1]) in endpoint.headers
        kept = endpoint.body.decode() if endpoint.body is not None else None
        if request.body is None or ("Content-Type", "application/json") not in request.headers:
            assert kept == request.body
        else:
            try:
                meant = json.loads(request.body)
            except ValueError:
                assert kept == request.body
            else:
                assert json.loads(kept or "") == meant
