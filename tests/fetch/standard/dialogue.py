"""Small dialogues, written as text, that every engine can be put through, and what is to be seen of them.

An answer is ``204 | ACAO=* | ACAM=PUT``: a status and fields. ``O`` in Access-Control-Allow-Origin is the page's
origin, ``echo`` whatever Origin was sent, or else the page's. URLs are a letter of :data:`PLACES`, with a path or
without: ``A/2``. A server is a mapping of such places, with ``preflight `` before them for the preflights, to one
answer or a list of them, the last of which repeats. ``reset`` is a connection that ends without an answer,
``| !truncated`` a body that does, ``| !malformed`` one of broken chunks, ``| !body=text`` a body, and what begins with
``raw:`` goes out as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from corstui.browser import page_context
from corstui.fetch.context import FetchParams, PageContext, new_state
from corstui.fetch.cookies import Cookie
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import NetworkError, Reply, Request
from corstui.fetch.result import Flow
from tests.support.playbook import Answer, Playbook, head

BROWSERS = ("chromium", "firefox", "webkit")

PLACES = {
    "O": "https://app.test",
    "S": "https://api.app.test",  # of the page's site
    "A": "https://api.test",
    "B": "https://b.test",
    "P": "http://app.test",
    "H": "http://api.test",
    "L": "http://127.0.0.1:8080",
}

_SHORT = {
    "ACAO": "Access-Control-Allow-Origin",
    "ACAC": "Access-Control-Allow-Credentials",
    "ACAM": "Access-Control-Allow-Methods",
    "ACAH": "Access-Control-Allow-Headers",
    "ACEH": "Access-Control-Expose-Headers",
    "Max-Age": "Access-Control-Max-Age",
}

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """Requests that one page makes one after another in a fresh browser. ``pause``: seconds before each of them."""

    what: str
    asks: tuple[FetchParams, ...]
    server: Mapping[str, str | Sequence[str]]
    page: str = PLACES["O"]
    page_url: str | None = None
    top_level: str | None = None
    cookies: tuple[Cookie, ...] = ()
    local_network: str = "granted"
    pause: float = 0.0

    @cached_property
    def context(self) -> PageContext:
        return page_context(self.page, url=self.page_url, top_level=self.top_level)

    @cached_property
    def said(self) -> dict[str, list[tuple[int, Fields]]]:
        """Every answer of the server, read: status and fields by place."""
        return {place: [parsed(text, self.page) for text in _listed(given)] for place, given in self.server.items()}

    def fields(self, name: str, *, preflight: bool | None = None) -> list[str]:
        """Every value that the server has for a field, whether or not it comes to be sent."""
        return [
            value
            for place, answers in self.said.items()
            if preflight is None or place.startswith("preflight ") == preflight
            for _, fields in answers
            for key, value in fields
            if key.lower() == name.lower()
        ]

    def asked(self, name: str) -> list[str]:
        """Every value that script gives a request header."""
        return [value for ask in self.asks for key, value in ask.headers if key.lower() == name.lower()]


@dataclass(frozen=True)
class Seen:
    """What one engine made of a case: a flow for each request, and everything that went out."""

    engine: str
    flows: list[Flow]
    requests: list[Request] = field(default_factory=list)

    @property
    def ends(self) -> list[str]:
        """``allowed``, ``blocked acao-missing`` ... of every flow."""
        return [flow.verdict if flow.reason is None else f"{flow.verdict} {flow.reason}" for flow in self.flows]

    @property
    def lines(self) -> list[str]:
        """``preflight A``, ``PUT A`` ... of every request."""
        return [
            f"{'preflight' if request.phase == 'preflight' else request.method} {shortened(request.url)}"
            for request in self.requests
        ]


class _Server(Playbook):
    """Gives the answers of a case."""

    def __init__(self, case: Case) -> None:
        super().__init__(self._next)
        self._case = case
        self._hits: dict[str, int] = {}
        self._body: dict[str, str] = {}

    def _next(self, request: Request) -> Answer:
        place = ("preflight " if request.phase == "preflight" else "") + shortened(request.url)
        given = _listed(self._case.server.get(place, "404"))
        number = self._hits[place] = self._hits.get(place, -1) + 1
        text = given[min(number, len(given) - 1)]
        self._body = {}
        if text.startswith("raw:"):
            return text.removeprefix("raw:").encode("latin-1")
        told = (value for name, value in request.headers if name == "Origin")
        status, fields = parsed(text, self._case.page, next(told, self._case.page))
        if not status:
            return NetworkError("connection-reset", "the server closed the connection", sent=True)
        self._body = {name: value for name, value in fields if name.startswith("!")}
        return head(status, *(pair for pair in fields if pair[0] not in self._body))

    def reply(self, request: Request) -> Reply:
        reply = super().reply(request)
        body = self._body.get("!body", "").encode()
        error = next((name[1:] for name in self._body if name in ("!truncated", "!malformed")), None)
        return reply._replace(body=body, body_length=len(body), body_error=error)


def play(case: Case, engine: str) -> Seen:
    """Put ``engine`` through the case."""
    playbook = _Server(case)
    state = new_state(ENGINES[engine], cookies=case.cookies, local_network=case.local_network)
    flows = []
    for ask in case.asks:
        playbook.now += case.pause
        playbook.wall += case.pause
        flows.append(playbook.play(ask, case.context, state))
    return Seen(engine, flows, playbook.requests)


def place(text: str) -> str:
    """The URL that a place is short for; any other text is itself."""
    letter, slash, path = text.partition("/")
    return f"{PLACES[letter]}/{path}" if letter in PLACES and (slash or text == letter) else text


def shortened(url: str) -> str:
    """The shortest way to write a URL: the other way of :func:`place`."""
    for letter, start in PLACES.items():
        if url.startswith(start + "/"):
            return (letter + url[len(start) :]).removesuffix("/") if url == start + "/" else letter + url[len(start) :]
    return url


def parsed(text: str, page: str, sent_origin: str = "echo") -> tuple[int, Fields]:
    """Status and fields of an answer; status 0 for one that never comes."""
    status, *fields = (part.strip(" ") for part in text.split("|"))
    pairs = []
    for one in fields:
        name, _, value = one.partition("=")
        if name == "ACAO":
            value = sent_origin if value == "echo" else re.sub(r"\bO\b", page, value)
        elif name == "Location":
            value = place(value)
        pairs.append((_SHORT.get(name, name), value))
    return (int(status) if status.isdigit() else 0), tuple(pairs)


def _listed(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given
