"""One simulated browser profile, and pages that fetch: the public API, the pure flow driven over a transport."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from corstui.fetch.context import CACHE_MODES, CREDENTIALS, MODES, REDIRECTS, FetchParams, PageContext, new_state
from corstui.fetch.cookies import Cookie
from corstui.fetch.engines import ENGINES
from corstui.fetch.flow import fetch
from corstui.fetch.initiators import INITIATORS
from corstui.fetch.messages import Reply, Request
from corstui.fetch.origin import origin_of, parse_origin
from corstui.fetch.referrer import POLICIES
from corstui.fetch.result import Flow
from corstui.fetch.url import parse
from corstui.transport.content import decode
from corstui.transport.sender import Sender

if TYPE_CHECKING:
    import httpx

Send = Callable[[Request], Awaitable[Reply]]

#: What a string of script may hold and UTF-8 may not: https://webidl.spec.whatwg.org/#idl-USVString
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_CROSSORIGIN = (None, "", "anonymous", "use-credentials")
_LOCAL_NETWORK = ("granted", "denied")
_THIRD_PARTY_COOKIES = (None, "allowed", "blocked", "partitioned", "no-store")


async def drive(flow: Generator[Request, Reply, Flow], send: Send) -> Flow:
    """Carry the requests of a pure flow over ``send`` until it is done."""
    try:
        request = next(flow)
        while True:
            request = flow.send(await send(request))
    except StopIteration as done:
        result: Flow = done.value
        return result


class Browser:
    """One browser profile: cookie jar, preflight cache and connections. An async context manager.

    It runs on the caller's event loop, and so does ``transport``, any ``httpx.AsyncBaseTransport``; without one the
    requests go over the network. ``timeout``: seconds for a whole flow, redirects included. ``resolve`` maps host names
    to an address (``ip`` or ``ip:port``). ``cookies``: Cookie objects or mappings with their fields.
    ``third_party_cookies``: ``allowed``, ``blocked``, ``partitioned``, ``no-store``, or None for the engine's default.
    ``clock`` returns the Unix time in seconds and replaces the system's clocks in cookie and cache lifetimes.

    Raises ValueError for an engine or a choice that does not exist.
    """

    def __init__(
        self,
        engine: str = "chromium",
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 10.0,
        verify: bool = True,
        resolve: Mapping[str, str] | None = None,
        cookies: Iterable[Cookie | Mapping[str, object]] = (),
        local_network: str = "granted",
        third_party_cookies: str | None = None,
        user_agent: str | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        _one_of("engine", engine, tuple(ENGINES))
        _one_of("local_network", local_network, _LOCAL_NETWORK)
        _one_of("third_party_cookies", third_party_cookies, _THIRD_PARTY_COOKIES)
        self.engine = engine
        self.timeout = timeout
        self._clock = clock
        self._sender = Sender(transport, verify=verify, resolve=dict(resolve or {}))
        self._state = new_state(
            ENGINES[engine],
            cookies=[cookie if isinstance(cookie, Cookie) else Cookie(**cookie) for cookie in cookies],  # type: ignore[arg-type]
            third_party_cookies=third_party_cookies,
            local_network=local_network,
            user_agent=user_agent,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._sender.aclose()

    def page(self, origin: str, *, url: str | None = None, top_level: str | None = None) -> Page:
        """A page of ``origin`` (serialised, or ``null`` for an opaque one).

        ``url`` defaults to the origin with ``/``; it is the base of relative URLs and gives the Referer. For ``null``
        an http(s) ``url`` means a sandboxed frame of that URL, a ``data:`` URL a data frame. ``top_level``: the origin
        of the top-level page, by default the page's own. Raises ValueError for what is no origin or URL.
        """
        return Page(self, page_context(origin, url=url, top_level=top_level))

    async def visit(self, url: str) -> Flow:
        """Open ``url`` as a top-level page of its own, as somebody does who types it: its cookies are stored."""
        parsed = parse(url)
        if parsed is None:
            raise ValueError(f"not a URL: {url!r}")
        own = origin_of(parsed)
        params = FetchParams(url=url, mode="navigate", credentials="include", initiator="navigation")
        return await self._run(params, PageContext(own, None, own))

    async def _run(self, params: FetchParams, page: PageContext) -> Flow:
        deadline = time.monotonic() + self.timeout

        async def send(request: Request) -> Reply:
            reply = await self._sender.send(request, deadline=deadline)
            if self._clock is not None:
                moment = self._clock()
                reply = reply._replace(now=moment, wall=moment)
            return reply

        now = self._clock() if self._clock is not None else time.monotonic()
        wall = self._clock() if self._clock is not None else time.time()
        flow = await drive(fetch(params, page, self._state, now, wall), send)
        return _decoded(flow)


class Page:
    """A page whose script asks for things."""

    def __init__(self, browser: Browser, context: PageContext) -> None:
        self._browser = browser
        self.context = context

    @property
    def origin(self) -> str:
        return str(self.context.origin)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | str | None = None,
        mode: str = "cors",
        credentials: str = "same-origin",
        redirect: str = "follow",
        cache: str = "default",
        referrer_policy: str = "",
        keepalive: bool = False,
        initiator: str = "fetch",
        upload_listener: bool = False,
        crossorigin: str | None = None,
    ) -> Flow:
        """Do what the browser does for ``fetch(url, {...})``, or for another initiator of HTML.

        A ``str`` body goes out as UTF-8 with ``text/plain;charset=UTF-8`` unless a Content-Type is given, ``bytes``
        without one, as fetch() does. What a browser answers with a TypeError is ``blocked`` in phase ``local``.
        Raises ValueError for a mode, credentials mode or initiator that does not exist; never for a server's doing.
        """
        params = fetch_params(
            url,
            method=method,
            headers=headers,
            body=body,
            mode=mode,
            credentials=credentials,
            redirect=redirect,
            cache=cache,
            referrer_policy=referrer_policy,
            keepalive=keepalive,
            initiator=initiator,
            upload_listener=upload_listener,
            crossorigin=crossorigin,
        )
        return await self._browser._run(params, self.context)


def page_context(origin: str, *, url: str | None = None, top_level: str | None = None) -> PageContext:
    """The page of :meth:`Browser.page`, without a browser. Raises ValueError for what is no origin or URL."""
    own = parse_origin(origin)
    if own is None:
        raise ValueError(f"not an origin: {origin!r}; write scheme://host[:port] without a path, or null")
    text = url if url is not None else None if own.is_opaque else f"{own}/"
    address = parse(text) if text is not None else None
    if text is not None and address is None:
        raise ValueError(f"not a URL: {text!r}")
    if top_level is not None:
        top = parse_origin(top_level)
        if top is None:
            raise ValueError(f"not an origin: {top_level!r}")
    elif own.is_opaque and address is not None and address.scheme != "data":
        top = origin_of(address)
    else:
        top = own
    return PageContext(own, address, top)


def fetch_params(
    url: str,
    *,
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes | str | None = None,
    mode: str = "cors",
    credentials: str = "same-origin",
    redirect: str = "follow",
    cache: str = "default",
    referrer_policy: str = "",
    keepalive: bool = False,
    initiator: str = "fetch",
    upload_listener: bool = False,
    crossorigin: str | None = None,
) -> FetchParams:
    """The arguments of :meth:`Page.fetch`, checked. Raises ValueError for a choice that does not exist."""
    _one_of("mode", mode, MODES)
    _one_of("credentials", credentials, CREDENTIALS)
    _one_of("redirect", redirect, REDIRECTS)
    _one_of("cache", cache, CACHE_MODES)
    _one_of("referrer_policy", referrer_policy, ("", *POLICIES))
    _one_of("initiator", initiator, tuple(INITIATORS))
    _one_of("crossorigin", crossorigin, _CROSSORIGIN)
    return FetchParams(
        url=url,
        method=method,
        headers=[(name, value) for name, value in headers],
        body=_LONE_SURROGATE.sub("\ufffd", body).encode() if isinstance(body, str) else body,
        body_type="text/plain;charset=UTF-8" if isinstance(body, str) else None,
        mode=mode,
        credentials=credentials,
        redirect=redirect,
        cache=cache,
        referrer_policy=referrer_policy,
        keepalive=keepalive,
        initiator=initiator,
        upload_listener=upload_listener,
        crossorigin=crossorigin,
    )


def _one_of(name: str, value: str | None, allowed: Sequence[str | None]) -> None:
    if value not in allowed:
        choices = ", ".join(choice or '""' for choice in allowed if choice is not None)
        raise ValueError(f"{name} is {value!r}; it is one of {choices}")


def _decoded(flow: Flow) -> Flow:
    """The flow with its body content-decoded, as script reads it."""
    response = flow.response
    if response is None or not response.body or not flow.exchanges or flow.exchanges[-1].response is None:
        return flow
    fields = flow.exchanges[-1].response.headers
    codings = ", ".join(value for name, value in fields if name.lower() == "content-encoding")
    if not codings:
        return flow
    body, error = decode(response.body, codings)
    return replace(flow, response=replace(response, body=body, body_error=response.body_error or error))
