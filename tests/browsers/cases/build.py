"""The parts that cases are made of.

A case is written before it has a number: wherever its own id belongs, in URLs, Locations and cookie paths, it says
``{id}``, which :func:`numbered` fills in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Case = dict[str, Any]
Request = dict[str, Any]
Answer = dict[str, Any]
Script = dict[str, list[Answer]]
Headers = list[list[str]]

APP, API = "http://app.test:23080", "http://api.test:23081"
OTHER, THIRD = "http://other.test:23082", "http://third.test:23082"
SUB, SUB_API = "http://sub.app.test:23080", "http://sub.api.test:23081"
APP_OTHER_PORT = "http://app.test:23081"
APP_TLS, API_TLS, OTHER_TLS = "https://app.test:23443", "https://api.test:23443", "https://other.test:23443"
SUB_TLS = "https://sub.app.test:23443"

ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
ACAM, ACAH = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
ACEH, MAX_AGE = "Access-Control-Expose-Headers", "Access-Control-Max-Age"

TEXT: Headers = [["Content-Type", "text/plain"]]
X_A = [["X-A", "1"]]
JSON = [["Content-Type", "application/json"]]
AUTHORIZATION = [["Authorization", "Bearer t"]]

CREDENTIALS = ("omit", "same-origin", "include")


def at(origin: str, path: str = "r") -> str:
    """The URL of ``path`` among the case's own."""
    return f"{origin}/c/{{id}}/{path}"


def ask(url: str, method: str = "GET", **members: Any) -> Request:
    """A request; members that are None are left to fetch()'s defaults."""
    return {"url": url, "method": method} | {name: value for name, value in members.items() if value is not None}


def case(
    what: str,
    requests: Request | Sequence[Request],
    server: Script,
    *,
    origin: str = APP,
    top: str | None = None,
    **more: Any,
) -> Case:
    """A case yet without id and group. The page itself is of ``origin`` unless ``top`` differs from it."""
    asked = [requests] if isinstance(requests, Mapping) else list(requests)
    return {"what": what, "origin": origin, "top": top or origin} | more | {"requests": asked, "server": server}


def different(drafts: Iterable[Case]) -> Iterator[Case]:
    """The drafts without those that do what one before them does: axes meet at some points."""
    known: set[str] = set()
    for draft in drafts:
        content = json.dumps({**draft, "what": ""}, sort_keys=True)
        if content not in known:
            known.add(content)
            yield draft


def numbered(group: str, drafts: Iterable[Case]) -> Iterator[Case]:
    """The cases of a group, in order, each with an id."""
    for number, draft in enumerate(drafts, 1):
        name = f"{group}-{number:03d}"
        yield {"id": name, "group": group} | json.loads(json.dumps(draft).replace("{id}", name))


def field(name: str, *values: str) -> Headers:
    """A header sent once for every value; without values, not sent."""
    return [[name, value] for value in values]


def allow(
    origin: str | None = None,
    credentials: bool = False,
    methods: str | None = None,
    headers: str | None = None,
    max_age: str | None = None,
) -> Headers:
    """The Access-Control-Allow- headers of a response."""
    sent = {ACAO: origin, ACAC: "true" if credentials else None, ACAM: methods, ACAH: headers, MAX_AGE: max_age}
    return [[name, value] for name, value in sent.items() if value is not None]


def answer(*headers: Headers, status: int = 200, body: str = "ok", **more: Any) -> Answer:
    return {"status": status, "headers": [pair for part in headers for pair in part], "body": body} | more


def text(*headers: Headers, status: int = 200, **more: Any) -> Answer:
    return answer(TEXT, *headers, status=status, **more)


def preflight(*headers: Headers, status: int = 204, **more: Any) -> Answer:
    return answer(*headers, status=status, **more)


def raw(*lines: str, body: str = "ok") -> Answer:
    """An answer whose every byte is given."""
    return {"raw": "\r\n".join([*lines, "", body])}


def serves(actual: Answer, asked: Answer | None = None, path: str = "/r") -> Script:
    """A server that gives ``actual`` to whatever comes for ``path``, but ``asked`` to its preflights."""
    return ({} if asked is None else {f"OPTIONS {path}": [asked]}) | {f"* {path}": [actual]}


#: Who redirects to whom.
CHAINS = {
    "same>cross": (APP, API),
    "cross>same-host": (API, API),
    "cross>other": (API, OTHER),
    "cross>back": (API, APP),
    "cross>sub": (API, SUB_API),
    "same>same>cross": (APP, APP, API),
    "cross>cross>cross": (API, OTHER, THIRD),
    "same>cross>back": (APP, API, APP),
    "same>sub": (APP, SUB),
    "sub>cross": (SUB, API),
    "port>port": (APP_OTHER_PORT, APP_OTHER_PORT),
    "same>same": (APP, APP),
}

#: What a preflight needs to hear so that nothing but the origin can fail.
EVERYTHING = field(ACAM, "*, PUT, DELETE") + field(ACAH, "*, X-A, Content-Type, Authorization")


def chain(
    hosts: Sequence[str],
    status: int,
    *,
    hop: Headers,
    final: Answer,
    preflights: Sequence[Headers] = ([],),
) -> Script:
    """Redirects along ``hosts``, from /h0 to ``final``; the last of ``preflights`` repeats for further hosts."""
    script: Script = {}
    for number, following in enumerate([*hosts[1:], None]):
        asked = preflights[min(number, len(preflights) - 1)]
        script[f"OPTIONS /h{number}"] = [preflight(asked)]
        onward = [] if following is None else field("Location", at(following, f"h{number + 1}"))
        script[f"* /h{number}"] = [final if following is None else answer(hop, onward, status=status)]
    return script


def origin_sent_to_last(hosts: Sequence[str], origin: str = APP) -> str:
    """What the last host of a chain is told as Origin: ``null`` once a cross-origin host has sent it elsewhere."""
    return "null" if any(origin != here != there for here, there in pairwise(hosts)) else origin
