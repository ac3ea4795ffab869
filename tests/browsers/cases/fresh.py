"""Cases that nobody has seen before, for a live run: the axes of all groups, combined at random.

Left out is what no two runs share: broken connections, cookies, HTTP caches, login dialogs, loads that are upgraded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from random import Random
from typing import Any

from tests.browsers.cases.build import (
    ACAC,
    ACAH,
    ACAM,
    ACAO,
    ACEH,
    API,
    API_TLS,
    APP,
    APP_OTHER_PORT,
    APP_TLS,
    MAX_AGE,
    OTHER,
    OTHER_TLS,
    SUB,
    SUB_API,
    SUB_TLS,
    THIRD,
    Answer,
    Case,
    Headers,
    Request,
    Script,
    answer,
    ask,
    at,
    case,
    different,
    field,
    numbered,
    origin_sent_to_last,
    preflight,
    text,
)
from tests.browsers.cases.initiators import ELEMENTS
from tests.browsers.cases.redirects import STATUSES as REDIRECTS
from tests.browsers.cases.spellings import (
    EXPOSED_LISTS,
    HEADER_LISTS,
    METHOD_LISTS,
    ODD_CREDENTIALS,
    ORIGINS,
    headers_listed,
    methods_listed,
)

#: Origin, top and frame.
_PAGES: tuple[tuple[str, str, str | None], ...] = (
    *((APP, APP, None),) * 5,
    *((APP_TLS, APP_TLS, None), (SUB, SUB, None), ("http://localhost:23080", "http://localhost:23080", None)),
    *(("null", APP, "sandbox"), ("null", APP, "data"), (SUB, APP, SUB), (OTHER, APP, OTHER)),
)
_PLAIN_HOSTS = (API, API, API, OTHER, THIRD, SUB, SUB_API, APP, APP_OTHER_PORT)
_TLS_HOSTS = (API_TLS, API_TLS, OTHER_TLS, SUB_TLS, APP_TLS)

_METHODS = ("GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PUT", "DELETE", "PATCH", "patch", "QUERY", "x-y")
_HEADERS: Headers = [
    *(["X-A", "1"], ["X-B", "2"], ["x-c", ""], ["X-Requested-With", "XMLHttpRequest"], ["Authorization", "Bearer t"]),
    *(
        ["Content-Type", "application/json"],
        ["Content-Type", "text/plain;charset=utf-8"],
        ["Content-Type", "TEXT/PLAIN"],
    ),
    *(["Accept", "a/b;q=0.5"], ["Accept", 'a/b;v="1"'], ["Accept-Language", "de"], ["Accept-Language", "en_US"]),
    *(["Range", "bytes=0-9"], ["Range", "bytes=-9"], ["Cookie", "a=b"], ["X-HTTP-Method-Override", "TRACE"]),
    *(["If-Match", "*"], ["Content-Language", "en"], ["Accept", "a" * 129], ["Sec-Mine", "1"]),
]
_POLICIES = ("no-referrer", "origin", "unsafe-url", "same-origin", "strict-origin")
_ELEMENTS = ("img", "script", "module", "css")
_AGES = ("0", "600", "-1", "abc", "86400")
_STATUSES = (201, 204, 206, 400, 403, 404, 410, 500, 503, 599)
_NOT_KEPT: Headers = [["Cache-Control", "no-store"]]


def fresh(seed: int, count: int) -> list[Case]:
    """``count`` cases, no two alike, the same for the same ``seed``; those of one top-level page follow each other."""
    random = Random(seed)
    drafts = islice(different(_Draft(random).case() for _ in repeat(None)), count)
    together = sorted(drafts, key=lambda draft: str(draft["top"]))
    return [{**one, "group": "fresh"} for one in numbered(f"fresh-{seed}", together)]


class _Draft:
    """One case in the making. Its server does everything right, but for some of the values that it sends."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._flaws = random.choice((0.0, 0.05, 0.15, 0.4))
        self._origin, self._top, self._frame = random.choice(_PAGES)
        tls = self._top.startswith("https:")
        pool = _TLS_HOSTS if tls else (*_PLAIN_HOSTS, random.choice(_TLS_HOSTS))
        self._hosts = random.choices(pool, k=random.choice((1, 1, 1, 1, 2, 2, 3)))
        if not tls:  # once on https, a chain stays there
            self._hosts.sort(key=lambda host: host.startswith("https:"))

    def case(self) -> Case:
        kind = self._random.choices(("fetch", "xhr", "eventsource", "element"), (10, 3, 1, 2))[0]
        request, good = getattr(self, f"_{kind}")()
        requests = [request, *self._again(request)]
        what = f"{kind} {request['method']} {'>'.join(self._hosts)}"
        page = {"frame": self._frame} if self._frame else {}
        return case(what, requests, self._server(requests, good), origin=self._origin, top=self._top, **page)

    def _fetch(self) -> tuple[Request, Answer]:
        members: dict[str, Any] = {
            "credentials": self._random.choice((None, "omit", "same-origin", "include", "include")),
            "mode": self._seldom("no-cors", "no-cors", "same-origin", "cors"),
            "redirect": self._seldom("error", "manual", "follow"),
            "referrerPolicy": self._seldom(*_POLICIES),
        }
        return self._scripted(**members)

    def _xhr(self) -> tuple[Request, Answer]:
        credentials = self._random.choice(("same-origin", "include"))
        return self._scripted(via="xhr", credentials=credentials, uploadListener=self._seldom(True))

    def _scripted(self, **members: Any) -> tuple[Request, Answer]:
        method = self._random.choice(_METHODS)
        picked = self._random.sample(_HEADERS, self._random.choice((0, 0, 1, 2, 3)))
        headers = {name.lower(): [name, value] for name, value in picked}
        body = "{}" if method not in ("GET", "HEAD") and self._random.random() < 0.7 else None
        request = ask(at(self._hosts[0], "h0"), method, headers=list(headers.values()) or None, body=body, **members)
        listed = self._random.choice([*EXPOSED_LISTS.values()])
        exposed = field("X-A", "1") + field("X-B", "2") + field(ACEH, *listed)
        status = 200 if self._random.random() < 0.75 else self._random.choice(_STATUSES)
        return request, text(exposed, status=status)

    def _eventsource(self) -> tuple[Request, Answer]:
        credentials = self._random.choice(("same-origin", "include"))
        request = ask(at(self._hosts[0], "h0"), via="eventsource", credentials=credentials)
        return request, answer(field("Content-Type", "text/event-stream"), body="data: hi\n\n")

    def _element(self) -> tuple[Request, Answer]:
        element = ELEMENTS[self._random.choice(_ELEMENTS)]
        crossorigin = self._random.choice((None, "", "anonymous", "use-credentials"))
        return ask(at(self._hosts[0], "h0"), **element.members, crossorigin=crossorigin), element.answer()

    def _again(self, first: Request) -> Iterator[Request]:
        """Sometimes a second request to the same URL, which may find the first one's preflight remembered."""
        if len(self._hosts) == 1 and "via" not in first and self._random.random() < 0.4:
            changed = self._random.choice(({}, {"method": self._random.choice(_METHODS)}, {"headers": [["X-A", "2"]]}))
            later = first | changed
            if later["method"] in ("GET", "HEAD"):
                later.pop("body", None)
            yield later

    def _server(self, requests: Sequence[Request], good: Answer) -> Script:
        script: Script = {}
        methods = dict.fromkeys(str(request["method"]) for request in requests)
        names = dict.fromkeys(name for request in requests for name, _ in request.get("headers", [])) or {"X-A": None}
        for number in range(len(self._hosts)):
            origin = origin_sent_to_last(self._hosts[: number + 1], self._origin)
            lists = self._methods(list(methods)) + self._names(list(names))
            lists += field(MAX_AGE, *self._flawed((), *((age,) for age in _AGES)))
            status = self._flawed(204, 200, 299, 302, 403, 404, 500)
            script[f"OPTIONS /h{number}"] = [preflight(self._allowed(origin), lists, status=status)]
            onward = self._hosts[number + 1 :]
            if onward:
                location = field("Location", at(onward[0], f"h{number + 1}"))
                reply = answer(self._allowed(origin), _NOT_KEPT, location, status=self._random.choice(REDIRECTS))
            else:
                reply = good | {"headers": [*good["headers"], *_NOT_KEPT, *self._allowed(origin)]}
            script[f"* /h{number}"] = [reply]
        return script

    def _allowed(self, origin: str) -> Headers:
        odd = [values for label, values in ORIGINS.items() if label != "exact"]
        acao = self._flawed((origin,), ("*",), ("*",), (self._origin,), ("null",), (), *odd)
        return field(ACAO, *acao) + field(ACAC, *self._flawed(("true",), (), (), *ODD_CREDENTIALS.values()))

    def _methods(self, methods: list[str]) -> Headers:
        odd = (methods_listed(how, methods[-1]) for how in METHOD_LISTS)
        return field(ACAM, *self._flawed((", ".join(methods),), (), ("*",), *odd))

    def _names(self, names: list[str]) -> Headers:
        odd = (headers_listed(how, names) for how in HEADER_LISTS)
        return field(ACAH, *self._flawed((", ".join(names),), ("*",), *odd))

    def _flawed(self, right: Any, *wrong: Any) -> Any:
        return self._random.choice(wrong) if self._random.random() < self._flaws else right

    def _seldom(self, *values: Any) -> Any:
        return self._random.choice(values) if self._random.random() < 0.2 else None
