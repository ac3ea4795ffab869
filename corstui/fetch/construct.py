"""The Request constructor, and what stands in for it when no script chooses: elements, EventSource, beacons.

https://fetch.spec.whatwg.org/#dom-request
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from corstui.fetch import headers as h
from corstui.fetch import methods
from corstui.fetch.context import FetchParams, PageContext
from corstui.fetch.engines import Engine
from corstui.fetch.initiators import INITIATORS, Initiator
from corstui.fetch.messages import HeaderList
from corstui.fetch.origin import origin_of, same_origin
from corstui.fetch.rules import Rule, failed
from corstui.fetch.url import Url, parse

#: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch: bodies of keepalive requests in flight, in bytes.
KEEPALIVE_LIMIT = 65_536

#: The Content-Type that a string as body brings.
TEXT = "text/plain;charset=UTF-8"


class Constructed(NamedTuple):
    """The request as it enters the fetch."""

    url: Url
    method: str
    headers: HeaderList
    body: bytes | None
    mode: str
    credentials: str


class Refused(Exception):
    """The browser refuses to construct the request; ``net_error`` is Chromium's name for it, if it has one."""

    def __init__(self, rule: Rule, net_error: str | None = None) -> None:
        super().__init__(rule.reason)
        self.rule = rule
        self.net_error = net_error


def construct(params: FetchParams, page: PageContext, engine: Engine) -> Constructed:
    """What enters the fetch. Raises :class:`Refused` for what a browser answers with a TypeError."""
    initiator = INITIATORS[params.initiator]
    url = _resolved(params.url, page.url)
    if url is None:
        _refuse("req.url.credentials", "a URL", params.url, "url-invalid")
    if url.includes_credentials and initiator.name == "fetch":
        _refuse("req.url.credentials", "a URL without user name and password", params.url, "url-credentials")
    if initiator.scripted:
        return _scripted(params, url, page, engine)
    return _element(params, url, initiator, engine)


def _resolved(text: str, base: Url | None) -> Url | None:
    """``text`` as the page reads it."""
    if base is None or base.scheme == "data" or text.startswith(("http://", "https://")):
        return parse(text)  # which says all by itself, so that all pages share what the parser makes of it
    return parse(text, base.href)


def _refuse(id: str, required: str, observed: str, reason: str, net_error: str | None = None) -> NoReturn:
    raise Refused(failed(id, required, observed, reason), net_error)


def _scripted(params: FetchParams, url: Url, page: PageContext, engine: Engine) -> Constructed:
    """fetch() and XHR: script chooses method, headers and body."""
    initiator = INITIATORS[params.initiator]
    method, mode, body = methods.normalize(params.method), initiator.mode or params.mode, params.body
    if not methods.is_token(params.method):
        _refuse("req.method.forbidden", "a token", params.method or "(empty)", "method-invalid")
    if methods.is_forbidden(params.method):
        _refuse("req.method.forbidden", "not CONNECT, TRACE or TRACK", params.method, "method-forbidden")
    if mode == "navigate":
        _refuse("req.mode", "cors, no-cors or same-origin", mode, "engine-refused")
    if mode == "no-cors" and method not in methods.SAFELISTED:
        _refuse("req.method.forbidden", "GET, HEAD or POST in no-cors mode", method, "method-no-cors")
    own = same_origin(origin_of(url), page.origin) or url.scheme == "data"
    if mode == "no-cors" and params.redirect != "follow" and not own:
        _refuse("main.no-cors", "redirect mode follow", params.redirect, "no-cors-redirect-mode")
    if params.cache == "only-if-cached" and not (engine.ignores_only_if_cached and params.mode == "same-origin"):
        required, observed = "something cached", "an empty HTTP cache"
        _refuse("req.cache.only-if-cached", required, observed, "engine-refused", _cache_miss(params))
    if body is not None and method in ("GET", "HEAD"):
        if initiator.name == "fetch":
            _refuse("req.method.forbidden", "no body", f"a body with {method}", "body-not-allowed")
        body = None  # XMLHttpRequest.send() ignores it
    if params.keepalive:
        _limit(body)
    kept: HeaderList = []
    for name, value in params.headers:
        kept += _kept(name, value, mode, engine, kept)
    if initiator.name == "xhr":
        kept = h.combined(kept)  # as setRequestHeader() does
    if initiator.name == "xhr" and body is not None and params.body_type == TEXT:
        kept = [_with_charset(name, value, engine) for name, value in kept]
    guarded = mode == "no-cors" and not engine.keeps_body_type_without_cors
    if not guarded or h.is_safelisted("content-type", params.body_type or "", engine):
        kept = _with_body_type(kept, body, params)
    return Constructed(url, method, kept, body, mode, params.credentials)


def _limit(body: bytes | None) -> None:
    """Refuse what is too much for a request that outlives its page."""
    if body is not None and len(body) > KEEPALIVE_LIMIT:
        required = f"at most {KEEPALIVE_LIMIT} bytes in flight"
        _refuse("actual.keepalive", required, f"{len(body)} bytes", "keepalive-limit")


def _cache_miss(params: FetchParams) -> str | None:
    """The constructor itself refuses this cache mode but in mode same-origin."""
    return "ERR_CACHE_MISS" if params.mode == "same-origin" else None


def _kept(name: str, raw: str, mode: str, engine: Engine, before: HeaderList) -> HeaderList:
    """Headers.append() with guard "request" or "request-no-cors": forbidden fields vanish without a word."""
    value, lower = h.normalize_value(raw), name.lower()
    if not h.is_valid(name, value):
        _refuse("req.header.forbidden", "a token and a byte string", f"{name}: {raw}", "header-invalid")
    if h.is_forbidden(name, value) or (engine.ignores_user_agent and lower == "user-agent"):
        return []
    if mode == "no-cors":
        together = ", ".join([*h.get_all(before, lower), value])
        if not (lower in h.NO_CORS_SAFELISTED and h.is_safelisted(name, together, engine)):
            return []
    if lower in engine.refused_headers:
        _refuse("engine.refused", f"no {name}", f"{name}: {value}", "engine-refused", "ERR_INVALID_ARGUMENT")
    return [(name, value)]


def _with_body_type(headers: HeaderList, body: bytes | None, params: FetchParams) -> HeaderList:
    if body is None or params.body_type is None or h.get(headers, "content-type") is not None:
        return headers
    return [*headers, ("Content-Type", params.body_type)]


def _with_charset(name: str, value: str, engine: Engine) -> tuple[str, str]:
    """A Content-Type that script gives to text has charset UTF-8, if any: https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send"""
    match = _CHARSET.search(value) if name.lower() == "content-type" else None
    if match is None or (match[1].lower() == "utf-8" and not engine.respells_charset):
        return name, value
    return name, value[: match.start(1)] + "UTF-8" + value[match.end(1) :]


#: The charset among the parameters of a MIME type.
_CHARSET = re.compile(r';\s*charset="?([^\s;"]+)', re.IGNORECASE)


def _is_type(value: str) -> bool:
    """Whether a Blob takes ``value`` for its type rather than none: https://w3c.github.io/FileAPI/#constructorBlob"""
    return value.isascii() and value.isprintable()


def _element(params: FetchParams, url: Url, initiator: Initiator, engine: Engine) -> Constructed:
    """Elements, EventSource and beacons choose for themselves; ``crossorigin`` turns them to CORS (HTML)."""
    method = "POST" if initiator.name == "form" and params.method.upper() == "POST" else initiator.method
    body = params.body if method == "POST" else None
    headers: HeaderList = []
    if initiator.name == "beacon" and not engine.sends_large_beacons:
        _limit(body)
    if initiator.name in ("beacon", "form"):
        content_type = [field for field in params.headers if field[0].lower() == "content-type" and _is_type(field[1])]
        headers = _with_body_type(content_type, body, params)
    built = Constructed(url, method, headers, body, initiator.mode or "cors", initiator.credentials or "same-origin")
    if initiator.takes_crossorigin and params.crossorigin is not None:
        credentials = "include" if params.crossorigin == "use-credentials" else "same-origin"
        return built._replace(mode="cors", credentials=credentials)
    if initiator.name == "eventsource" and params.credentials == "include":
        return built._replace(credentials="include")
    if initiator.name == "beacon" and h.unsafe_names(headers, engine):
        return built._replace(mode="cors")
    if initiator.name in engine.elements_without_cors:
        return built._replace(mode="no-cors", credentials="include")
    return built
