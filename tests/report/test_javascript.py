"""Endpoints as calls and elements: what is written, what is left out, and that no string gets out of its quotes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.profile import Endpoint
from corstui.profile.secrets import Masker
from corstui.report.javascript import is_script, literal, page_source
from corstui.report.masking import Masked
from tests.real_servers.servers import give_up
from tests.support.effort import examples
from tests.support.endpoints import URL, endpoint
from tests.support.hostile import BYTES_AS_TEXT, TEXTS

APP = "https://app.example"
EVIL = "\"'`</script><!--\\\n\r\u2028\u2029\ud83d\ude00 ${x} ü\x00"


def source(**fields: Any) -> str:
    return page_source(endpoint(**fields), APP)


def _whole(text: str) -> str:
    """The text without halves of characters."""
    return text.encode("utf-8", "replace").decode()


def call(**fields: Any) -> dict[str, Any]:
    """What a call of fetch() asks for: its URL and its second argument, whose JavaScript is nearly JSON."""
    comment, _, written = source(**fields).partition("\n")
    assert comment == f"// on a page of {APP}"
    given = re.fullmatch(r'fetch\(("(?:[^"\\]|\\.)*")(?:, (\{\n.*\n\}))?\);', written, re.DOTALL)
    assert given is not None
    members = re.sub(r"(?m)^  (\w+): ", r'"\1": ', given[2] or "{}")
    members = re.sub(r"new TextEncoder\(\)\.encode\((.*)\)", r'{"text": \1}', members)
    members = re.sub(r"new Uint8Array\((.*)\)", r'{"bytes": \1}', members)
    return {"url": json.loads(given[1]), **json.loads(re.sub(r",(\n *[\]}])", r"\1", members))}


def test_a_plain_get_has_no_second_argument() -> None:
    assert source() == f'// on a page of {APP}\nfetch("{URL}");'


def test_only_what_is_not_the_default_is_written() -> None:
    assert source(credentials="include", keepalive=True).splitlines()[1:] == [
        f'fetch("{URL}", {{',
        '  credentials: "include",',
        "  keepalive: true,",
        "});",
    ]


def test_every_option_arrives_under_the_name_that_fetch_knows() -> None:
    options = {"mode": "no-cors", "cache": "no-store", "redirect": "manual", "credentials": "omit"}
    asked = call(method="POST", referrer_policy="origin", body=b"{}", **options)
    assert asked == {"url": URL, "method": "POST", "referrerPolicy": "origin", "body": {"text": "{}"}, **options}


def test_headers_are_an_object_and_pairs_where_a_name_comes_twice() -> None:
    once, twice = (("X-Trace", "1"), ("X-Other", "2")), (("X-Trace", "1"), ("x-trace", "2"))
    assert call(headers=once)["headers"] == dict(once)
    assert call(headers=twice)["headers"] == [list(pair) for pair in twice]


@pytest.mark.parametrize(
    ("body", "kind", "given", "told"),
    [
        (b"text", "text/plain;charset=UTF-8", "text", None),
        (b'{"a": 1}', "application/json", '{"a": 1}', "application/json"),
        (b"text", None, {"text": "text"}, None),
        (b"\xff\x00", None, {"bytes": [255, 0]}, None),
        (b"\xff\x00", "text/plain;charset=UTF-8", {"bytes": [255, 0]}, "text/plain;charset=UTF-8"),
    ],
)
def test_a_body_brings_the_content_type_that_the_endpoint_has(
    body: bytes, kind: str | None, given: object, told: str | None
) -> None:
    headers = () if kind is None else (("Content-Type", kind),)
    asked = call(method="POST", body=body, headers=headers)
    assert asked["body"] == given
    assert asked.get("headers") == (None if told is None else {"Content-Type": told})


def test_an_xhr_is_opened_told_its_headers_and_sent() -> None:
    written = source(
        initiator="xhr",
        method="PUT",
        headers=(("X-A", "1"), ("Content-Type", "application/json")),
        body=b"{}",
        credentials="include",
        upload_listener=True,
    )
    assert written.splitlines()[1:] == [
        "{",
        "  const request = new XMLHttpRequest();",
        f'  request.open("PUT", "{URL}");',
        "  request.withCredentials = true;",
        '  request.setRequestHeader("X-A", "1");',
        '  request.setRequestHeader("Content-Type", "application/json");',
        "  request.upload.onprogress = () => {};",
        '  request.send("{}");',
        "}",
    ]


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"initiator": "eventsource"}, f'new EventSource("{URL}");'),
        (
            {"initiator": "eventsource", "crossorigin": "use-credentials"},
            f'new EventSource("{URL}", {{ withCredentials: true }});',
        ),
        ({"initiator": "beacon"}, f'navigator.sendBeacon("{URL}");'),
        (
            {"initiator": "beacon", "body": b"hi", "headers": (("Content-Type", "text/plain"),)},
            f'navigator.sendBeacon("{URL}", new Blob([new TextEncoder().encode("hi")], {{ type: "text/plain" }}));',
        ),
    ],
)
def test_other_callers_are_called_as_they_are(fields: dict[str, Any], written: str) -> None:
    assert source(**fields).splitlines()[1:] == [written]


def test_no_text_gets_out_of_its_quotes() -> None:
    body = EVIL.encode("utf-16", "surrogatepass").decode("utf-16")
    fields: dict[str, Any] = {"url": URL + EVIL, "headers": (("X", EVIL),), "method": "POST", "body": body.encode()}
    written = source(**fields)
    assert "</script" not in written
    assert "<!--" not in written
    assert re.sub("[\x20-\x7e\n]", "", written) == ""
    asked = call(**fields)
    assert (asked["url"], asked["headers"]["X"], asked["body"]["text"]) == (URL + body, body, body)


def test_an_engine_of_javascript_takes_every_kind_of_call() -> None:
    kinds: list[dict[str, Any]] = [
        {},
        {"credentials": "include", "headers": (("X", EVIL), ("X", "2")), "method": "POST", "body": b"\xff"},
        {"url": EVIL, "headers": (("X", EVIL),), "method": "PUT", "body": EVIL.encode("utf-8", "replace")},
        {"initiator": "xhr", "headers": (("X", EVIL),), "method": "PUT", "body": b"{}"},
        {"initiator": "eventsource", "credentials": "include"},
        {"initiator": "beacon", "body": b"hi"},
    ]
    script = "\n".join(source(**fields) for fields in kinds)
    subprocess.run([_node(), "--check", "-"], input=script, check=True, text=True, timeout=60)


_FETCHES = st.builds(
    endpoint,
    url=st.builds(str.__add__, st.just(URL), TEXTS.map(_whole)),
    method=st.sampled_from(["GET", "PUT", "patch"]),
    headers=st.lists(st.tuples(st.sampled_from(["X-A", "x-a", "Content-Type"]), BYTES_AS_TEXT), max_size=3).map(tuple),
    body=st.none() | st.binary(max_size=8) | TEXTS.map(_whole).map(str.encode),
    mode=st.sampled_from(["cors", "no-cors"]),
    credentials=st.sampled_from(["omit", "same-origin", "include"]),
    keepalive=st.booleans(),
)
#: Tells what each of the calls on stdin asks for, as JSON.
_LISTENER = """
const calls = [], bytes = (body) => body === undefined ? null : [...Buffer.from(body)];
const pairs = (headers = {}) => Array.isArray(headers) ? headers : Object.entries(headers);
globalThis.fetch = (url, { method = "GET", headers, body, credentials = "same-origin" } = {}) =>
  calls.push([url, method, pairs(headers), bytes(body), credentials]);
for (const source of JSON.parse(require("fs").readFileSync(0))) (0, eval)(source);
console.log(JSON.stringify(calls));
"""


@examples(0.2)
@given(st.lists(_FETCHES, min_size=1, max_size=30))
def test_an_engine_of_javascript_hears_just_what_the_endpoint_asks_for(asked: list[Endpoint]) -> None:
    sources = json.dumps([page_source(each, APP) for each in asked])
    done = subprocess.run(
        [_node(), "-e", _LISTENER], input=sources, capture_output=True, check=True, text=True, timeout=60
    )
    for each, (url, method, headers, body, credentials) in zip(asked, json.loads(done.stdout), strict=True):
        assert (url, method, credentials) == (each.url, each.method, each.credentials)
        assert body == (None if each.body is None else list(each.body))
        own = [list(pair) for pair in each.headers if pair[1].lower() != "text/plain;charset=utf-8"]
        assert sorted(headers) == sorted(own)


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        give_up("Node.js is not installed: apt-get install nodejs")
    return node


def test_an_origin_cannot_leave_its_comment() -> None:
    assert len(page_source(endpoint(), "https://a\n\u2028alert(1)").splitlines()) == 2


@given(st.text())
def test_every_literal_reads_back_as_what_it_was(text: str) -> None:
    written = literal(text)
    assert json.loads(written) == text
    assert written.isascii()
    assert "<" not in written


def test_secrets_are_masked() -> None:
    mask = Masked(Masker({"sk-live-123456"}))
    written = page_source(
        endpoint(
            url=f"{URL}&k=sk-live-123456",
            method="POST",
            headers=(("Authorization", "Bearer sk-live-123456"), ("Content-Type", "application/json")),
            body=b'{"token": "sk-live-123456"}',
        ),
        APP,
        mask,
    )
    assert "sk-live" not in written
    assert '"Authorization": "Bearer ***"' in written
    assert "sk-live" in page_source(endpoint(url=f"{URL}&k=sk-live-123456"), APP)


# -- elements ----------------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Collects every start tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("initiator", "tag", "attributes"),
    [
        ("img", "img", {"src": URL}),
        ("script", "script", {"src": URL}),
        ("module", "script", {"src": URL, "type": "module"}),
        ("stylesheet", "link", {"href": URL, "rel": "stylesheet"}),
        ("video", "video", {"src": URL}),
        ("audio", "audio", {"src": URL}),
        ("preload", "link", {"href": URL, "rel": "preload", "as": "fetch"}),
        ("iframe", "iframe", {"src": URL}),
        ("form", "form", {"action": URL}),
    ],
)
def test_an_element_initiator_is_written_as_its_element(
    initiator: str, tag: str, attributes: dict[str, str | None]
) -> None:
    written = source(initiator=initiator)
    assert Tags(written).found[0] == (tag, attributes)
    assert not is_script(endpoint(initiator=initiator))


def test_crossorigin_and_referrer_policy_are_attributes() -> None:
    (tag,) = Tags(source(initiator="img", crossorigin="use-credentials", referrer_policy="no-referrer")).found
    assert tag == ("img", {"crossorigin": "use-credentials", "referrerpolicy": "no-referrer", "src": URL})
    (tag,) = Tags(source(initiator="script", crossorigin="")).found
    assert tag[1]["crossorigin"] == "anonymous"


def test_a_track_hangs_on_a_video_and_a_font_on_its_css() -> None:
    video, track = Tags(source(initiator="track", crossorigin="anonymous")).found
    assert video[1]["crossorigin"] == "anonymous"
    assert track[1]["src"] == URL
    assert f'src: url("{URL}")' in source(initiator="font")


def test_a_form_has_the_fields_of_its_body() -> None:
    body = b"sku=1&note=a%26b"
    form, sku, note, button = Tags(source(initiator="form", method="POST", body=body)).found
    assert form == ("form", {"method": "post", "action": URL})
    assert (sku[1]["name"], sku[1]["value"]) == ("sku", "1")
    assert (note[1]["name"], note[1]["value"]) == ("note", "a&b")
    assert button[0] == "button"
    headers = (("Content-Type", "text/plain;charset=UTF-8"),)
    assert (
        Tags(source(initiator="form", method="POST", body=b"x", headers=headers)).found[0][1]["enctype"] == "text/plain"
    )


@pytest.mark.parametrize("initiator", ["img", "font", "track", "form"])
def test_no_url_gets_out_of_its_element(initiator: str) -> None:
    evil = 'https://a.example/"><script>alert(1)</script></style><img src=x onerror=y>\n'
    written = source(initiator=initiator, url=evil)
    assert "alert" in written
    assert [tag for tag, _ in Tags(written).found if tag == "script"] == []
    assert not any("onerror" in attributes for _, attributes in Tags(written).found)
