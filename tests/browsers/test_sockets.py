"""A sample of the recorded cases over real sockets: what the pure engine says, the whole browser does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pytest

from corstui import Browser, Flow
from corstui.fetch.context import FetchParams
from tests.browsers.comparison import Result, compared
from tests.browsers.excuses import excuse
from tests.browsers.record import RECORDINGS, UNKNOWN, hosts_of
from tests.browsers.replay import BROWSERS, SHARED_JAR, load, page_address, params_of
from tests.browsers.script import Answer, Case
from tests.browsers.server import PLAIN_PORTS, TLS_PORTS, ScriptedServer

#: Of the cases that one port can play, every so many; no multiple of the sizes in which cases come.
EVERY = 23
#: Groups of cases with heads of which libcurl itself refuses some.
ODD_HEADS = frozenset({"frame1", "hdrchars"})
#: How many run at once, each in a browser of its own.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a case and what came of it."""

    asked: dict[str, Any]
    params: FetchParams
    flow: Flow


class Clock:
    """Stands still but for what the case waits."""

    def __init__(self) -> None:
        self.time = 1_790_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.mark.parametrize("engine", BROWSERS)
async def test_the_browser_does_over_sockets_what_the_real_one_did(engine: str) -> None:
    sample = list(_sample(engine))
    assert len(sample) > 250
    async with ScriptedServer([case for case, _ in sample]) as server:
        free = asyncio.Semaphore(AT_ONCE)

        async def run(case: Case, result: Result) -> list[str]:
            async with free:
                asked = await _ask(case, engine, server.port)
                found = compared(case, result, engine, asked, server.wire.get(case["id"], []))
                return [f"{case['id']} ({case['what']}): {text}" for text in found]

        found = await asyncio.gather(*(run(case, result) for case, result in sample))
    assert [text for texts in found for text in texts] == []


async def _ask(case: Case, engine: str, port: int) -> list[Asked]:
    """Make the requests of a case in a browser of its own."""
    clock = Clock()
    resolve = dict.fromkeys(hosts_of([case]), f"127.0.0.1:{port}")
    async with Browser(engine, resolve=resolve, verify=False, clock=clock) as browser:
        if case.get("parallel"):
            return list(await asyncio.gather(*(_fetch(case, request, browser, clock) for request in case["requests"])))
        return [await _fetch(case, request, browser, clock) for request in case["requests"]]


async def _fetch(case: Case, request: dict[str, Any], browser: Browser, clock: Clock) -> Asked:
    clock.time += request.get("wait", 0) / 1000
    params = params_of(request)
    assert params is not None
    origin, url = page_address(case, request)
    headers = list(params.headers)
    body: bytes | str | None = params.body
    if params.body is not None and params.body_type == "text/plain;charset=UTF-8":
        body = params.body.decode()
    elif params.body_type is not None and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", params.body_type))
    flow = await browser.page(origin, url=url, top_level=case["top"]).fetch(
        params.url,
        method=params.method,
        headers=headers,
        body=body,
        mode=params.mode,
        credentials=params.credentials,
        redirect=params.redirect,
        cache=params.cache,
        referrer_policy=params.referrer_policy,
        keepalive=params.keepalive,
        initiator=params.initiator,
        upload_listener=params.upload_listener,
        crossorigin=params.crossorigin,
    )
    return Asked(request, params, flow)


def _sample(engine: str) -> Iterator[tuple[Case, Result]]:
    """Some of the recorded cases, others for each engine."""
    playable = (
        (case, result)
        for case, result in load(RECORDINGS, engine)
        if case["group"] not in SHARED_JAR | ODD_HEADS and not excuse(engine, case) and _one_port_will_do(case)
    )
    return islice(playable, BROWSERS.index(engine), None, EVERY)


def _one_port_will_do(case: Case) -> bool:
    """Whether the simulation covers the case, libcurl its heads, and no address in it is to be refused."""
    answers = [answer for answers in case["server"].values() for answer in answers]
    locations = [_locations(answer) for answer in answers]
    addresses = [request["url"] for request in case["requests"]] + [value for values in locations for value in values]
    return (
        all(params_of(request) is not None for request in case["requests"])
        and all(len(set(values)) <= 1 for values in locations)
        and not any(answer.get("abort") for answer in answers)  # libcurl tries a connection in use again
        and all(_is_played(address, case["top"]) for address in addresses)
    )


def _locations(answer: Answer) -> list[str]:
    return [value for name, value, *_ in answer.get("headers", []) if name.lower() == "location"]


def _is_played(address: str, top: str) -> bool:
    """Whether the one port plays what is at the address: it speaks plain text and TLS, whatever port was meant."""
    try:
        url = urlsplit(address)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    if url.scheme not in _PORTS:
        return not host
    upgraded = url.scheme == "http" and top.startswith("https:")
    return host.endswith(".test") and host not in UNKNOWN and port in _PORTS[url.scheme] and not upgraded


_PORTS = {"http": (*PLAIN_PORTS, None), "https": (*TLS_PORTS, None)}
