"""Plants secrets: in every place of a profile that takes one, and in every place of an answer that can repeat one."""

from __future__ import annotations

import base64
import html
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from corstui.fetch.messages import NetworkError, Reply
from corstui.fetch.url import parse
from corstui.profile import Profile, load_profile
from corstui.runner import Cell, Plan, Run, plan, recorded
from corstui.runner.controls import controls_of, exchange_of, place_of
from tests.secrets.finding import secret
from tests.support.hostile import ORIGIN, head_of
from tests.support.runs import STARTED, played, yaml_of

#: What people and generators make secrets of: tokens, passphrases, other scripts.
_TOKENS = st.text("abcXYZ0189-._~+/=", max_size=6)
_PHRASES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6)
_SCRIPTS = st.text("é ßñ日本\U0001f511'\"&<%", max_size=4)
_BETWEEN = _TOKENS | _PHRASES | _SCRIPTS
#: A number sign ends what a URL sends; what stands before it has to be long enough to be told from other text.
SECRETS = st.builds(secret, _BETWEEN.map(lambda text: text.replace("#", "$")), _BETWEEN)
#: What a person writes into a profile as it is, and its syntax leaves so.
LITERALS = SECRETS.map(lambda text: text.replace("$", "S"))


def url_part(text: str, before: str, after: str = "") -> str:
    """The text as the URL parser leaves it there."""
    url = parse(f"https://a.example/{before}{text}{after}")
    return url.href.partition(before or "example/")[2] if url is not None else ""


def in_header(text: str) -> bytes:
    """The bytes of a header's value: latin-1 where that has all of it."""
    return text.encode("latin-1" if max(text) <= "\xff" else "utf-8")


#: How a server says what it was told.
ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in lower case": str.lower,
    "in capitals": lambda text: "".join(char.upper() if len(char.upper()) == 1 else char for char in text),
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded in lower case": lambda text: quote(text, safe="").lower(),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "as a path": lambda text: url_part(text, "p/"),
    "as a query": lambda text: url_part(text, "?q="),
    "as a form": quote_plus,
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "as a password in base64": lambda text: base64.b64encode(f"me:{text}".encode()).decode(),
    "in base64, from a header": lambda text: base64.b64encode(in_header(text)).decode(),
    "percent-encoded, from a header": lambda text: quote(in_header(text), safe=""),
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(f"<{text}>".encode()).decode().rstrip("="),
    "in JSON": lambda text: json.dumps({"said": text}),
    "in JSON as UTF-8": lambda text: json.dumps({"said": text}, ensure_ascii=False),
    "in HTML": lambda text: html.escape(text),
    "among other words": lambda text: f"Bearer {text}; and more",
}

_CONSENT = (
    ("Access-Control-Allow-Origin", ORIGIN),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "PUT, DELETE"),
    ("Access-Control-Allow-Headers", "x-custom, x-api-key, authorization, content-type"),
    ("Access-Control-Expose-Headers", "X-Echo, X-More"),
)
#: The head of an answer in which ``{}`` repeats a secret. Where it stands in a URL it is never the host.
_ECHOES = (
    "X-Echo: {}",
    "x-echo: a{}z",
    "{}: name",
    "Set-Cookie: sid={}; Path=/",
    "Set-Cookie: {}",
    "Content-Type: text/{}",
    "Content-Length: {}",
    "Transfer-Encoding: {}",
    "Server: {}",
    "Via: 1.1 {}",
    "Vary: {}",
    "Date: {}",
    "X-Cache: {}",
    "Cross-Origin-Resource-Policy: {}",
    "WWW-Authenticate: Basic realm={}",
    "Access-Control-Allow-Origin: {}",
    "Access-Control-Allow-Origin: https://app.test/{}",
    "Access-Control-Allow-Methods: GET, {}",
    "Access-Control-Allow-Headers: X-A, {}",
    "Access-Control-Allow-Credentials: {}",
    "Access-Control-Expose-Headers: {}",
    "Access-Control-Max-Age: {}",
    "Location: https://api.test/next?said={}",
    "Location: https://elsewhere.test/{}",
    "Location: https://elsewhere.test/#{}",
    "Location: https://me:{}@elsewhere.test/",
    "Location: /{}",
    "Location: //app.test/{}",
    "Location: data:,{}",
    "Location: https://[/{}",
    "Refresh: 0; url=https://elsewhere.test/?{}",
)
_STATUS_LINES = ("HTTP/1.1 200 {}", "HTTP/1.1 404 {}", "{} 200 OK", "HTTP/1.1 {}", "HTTP/{} 200", "HTTP/1.1 2{}")
_SAYINGS = (
    "the server said {}",
    "a header line without a colon: {}",
    "could not resolve proxy me:{}",
    "{}",
)


def _as_bytes(text: str) -> str:
    """Text as a head carries it, its bytes as latin-1."""
    return text.encode().decode("latin-1").replace("\r", " ").replace("\n", " ")


def answer(
    status: int, line: str, consents: bool, echoes: Sequence[tuple[str, str]], body: str
) -> Callable[[str], Reply]:
    """What a server answers that repeats a secret in these headers, each in its encoding, and in the body."""

    def reply(hidden: str) -> Reply:
        fields = [*(_CONSENT if consents else ())]
        for template, how in echoes:
            name, _, value = template.partition(": ")
            said = _as_bytes(ENCODINGS[how](hidden))
            # what ends the name of a cookie parts the secret
            said = quote(said) if template == "Set-Cookie: {}" else said
            fields.append((name.replace("{}", said), value.replace("{}", said)))
        head = head_of(line.replace("{}", _as_bytes(hidden)).replace(" 200", f" {status}"), fields)
        sent = ENCODINGS[body](hidden).encode()
        return Reply(head, sent, len(sent))

    return reply


def _failure(saying: str, how: str) -> Callable[[str], Reply]:
    def reply(hidden: str) -> Reply:
        return Reply(error=NetworkError("malformed-response", saying.replace("{}", ENCODINGS[how](hidden)), True))

    return reply


_HOW = st.sampled_from(list(ENCODINGS))
_ECHOED = st.lists(st.tuples(st.sampled_from(_ECHOES), _HOW), max_size=3)
_ANSWERS = st.builds(
    answer,
    st.sampled_from([200, 200, 204, 302, 307, 401, 403, 503]),
    st.just("HTTP/1.1 200 OK") | st.sampled_from(_STATUS_LINES),
    st.sampled_from([True, True, True, False]),
    _ECHOED,
    _HOW,
)
#: A well-meaning preflight comes first, so that flows go far.
SCRIPTS = st.tuples(st.booleans(), st.lists(_ANSWERS, min_size=1, max_size=3)).map(
    lambda drawn: [*[answer(204, "HTTP/1.1 200 OK", True, (), "as it is")] * drawn[0], *drawn[1]]
) | st.lists(st.builds(_failure, st.sampled_from(_SAYINGS), _HOW) | _ANSWERS, min_size=1, max_size=2)


@dataclass(frozen=True)
class Planted:
    """A profile that holds ``token`` by reference and ``literal`` as it is, and what its servers answer."""

    token: str
    literal: str
    endpoints: Sequence[str]
    scripts: Sequence[Sequence[Callable[[str], Reply]]]
    engine: str

    @property
    def profile(self) -> Profile:
        """Raises ProfileError where the secrets make something else of it than a profile."""
        return profile_of(tree(self.token, self.literal, self.endpoints), self.token)

    def run(self, profile: Profile) -> Run:
        """Every cell, the secrets being said in turn."""
        chosen = plan(profile, engines=[self.engine], today=date(2026, 11, 23))
        said = cycle([self.token, self.literal])
        scripts = [[say(next(said)) for say in script] for script in self.scripts]
        return recorded(chosen, list(_cells(chosen, scripts)), STARTED, 12.5)


def profile_of(tree: Any, token: str) -> Profile:
    """The profile of this tree; raises ProfileError where it is none."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "shop.yaml")
        path.write_text(yaml_of(tree), encoding="utf-8")
        return load_profile(path, process_env={"TOKEN": token})


def endpoints_of(literal: str) -> dict[str, dict[str, Any]]:
    """Every place of a request that can hold a secret."""
    basic = base64.b64encode(f"me:{literal}".encode()).decode()
    return {
        "variable": {"method": "POST", "url": "${api}/v/${token}", "body": "a ${token} b", "mode": "no-cors"},
        "header": {"url": "${api}/h", "headers": {"X-Custom": "before ${token} after"}, "repeat": 2},
        "bearer": {"url": "${api}/b", "headers": {"Authorization": f"Bearer {literal}"}},
        "basic": {"url": "${api}/b", "headers": {"Authorization": f"Basic {basic}"}, "redirect": "manual"},
        "key": {"method": "PUT", "url": "${api}/k", "headers": {"X-Api-Key": literal}, "credentials": "include"},
        "query": {"url": "${api}/q?x=${secret:TOKEN}&y=2", "credentials": "include"},
        "parameter": {"url": f"${{api}}/q?page=1&api_key={quote(literal, safe='')}"},
        "password": {"url": f"https://me:{quote(literal, safe='')}@api.test/p"},
        "json": {"method": "POST", "url": "${api}/j", "json": {"deep": [{"a": "${token}", "password": literal}]}},
        "form": {"method": "POST", "url": "${api}/f", "form": {"a": "${token}", "client_secret": literal}},
        "image": {"url": "${api}/i?${token}", "initiator": "img"},
        "font": {"url": "${api}/i/${token}", "initiator": "font"},
        "page": {"method": "POST", "url": "${api}/p", "initiator": "form", "form": {"a": "${token}"}},
        "beacon": {"method": "POST", "url": "${api}/${token}", "initiator": "beacon", "body": "${token}"},
    }


def tree(token: str, literal: str, endpoints: Sequence[str]) -> dict[str, Any]:
    """A profile of these endpoints, and one that holds the token, in two environments that are alike."""
    cookies = [
        *([] if ";" in token else [{"name": "sid", "value": "${token}", "domain": "api.test"}]),
        {"name": "own", "value": "".join(char for char in literal if char.isalnum()), "domain": "api.test"},
    ]
    here = {
        "vars": {"api": "https://api.test", "token": "${secret:TOKEN}"},
        "proxy": f"http://me:{quote(literal, safe='')}@proxy.test",
        "cookies": cookies,
        "writes": True,
    }
    return {
        "version": 1,
        "name": "Shop",
        "environments": {"here": here, "there": here},
        "origins": {"web": ORIGIN, "same": "https://api.test"},
        "endpoints": {
            name: {**endpoints_of(literal)[name], "expect": {"web": "allow", "same": "block"}}
            for name in dict.fromkeys(["header", *endpoints])
        },
    }


def _cells(chosen: Plan, scripts: Sequence[Sequence[Reply]]) -> list[Cell]:
    controls = {
        place: tuple(exchange_of(request, scripts[0][-1], "chromium") for request in requests)
        for place, requests in controls_of(chosen).items()
    }
    return [
        played(planned, script, controls.get(place_of(planned), ()), bodies=True)
        for planned, script in zip(chosen.cells, cycle(scripts), strict=False)
    ]


PLANTED = st.builds(
    Planted,
    SECRETS,
    LITERALS,
    st.lists(st.sampled_from(list(endpoints_of(""))), min_size=1, max_size=2, unique=True),
    st.lists(SCRIPTS, min_size=1, max_size=3),
    st.sampled_from(["chromium", "chromium", "firefox", "webkit", "standard"]),
)
