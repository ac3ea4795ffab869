"""The head of one request as an engine writes it over HTTP/1.1, field by field.

What the flow knows about a request is an :class:`Outgoing`; how the engine writes it is a table of
:mod:`corstui.fetch.wire_tables`. This module joins the two and knows no engine by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from corstui.fetch import headers as h
from corstui.fetch.messages import NO_HEADERS, HeaderList
from corstui.fetch.origin import is_potentially_trustworthy
from corstui.fetch.url import Url
from corstui.fetch.wire_tables import SOUP_FIELDS, TABLES, HeadTable, Layout

#: Cache modes of fetch() as HTTP knows them. https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
_CACHE_FIELDS = {
    "no-store": {"pragma": ("Pragma", "no-cache"), "cache-control": ("Cache-Control", "no-cache")},
    "reload": {"pragma": ("Pragma", "no-cache"), "cache-control": ("Cache-Control", "no-cache")},
    "no-cache": {"cache-control": ("Cache-Control", "max-age=0")},
}
_CONDITIONAL = frozenset({"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"})
_SINGLE_RANGE = re.compile(r"bytes\s*=[\s,]*\+?(\d*)\s*-\s*\+?(\d*)[\s,]*", re.IGNORECASE | re.ASCII)

#: The engine's fields of one head, by their place in the layout.
Fields = dict[str, tuple[str, str]]


class Outgoing(NamedTuple):
    """Everything about one request that its head tells.

    ``kind`` is ``preflight``, ``actual`` or ``navigation``; ``headers`` are script's own, Content-Type included, on a
    preflight those of the request that it asks for.
    ``origin``, ``referer`` and ``cookie`` are field values, None leaves the field out; so does ``fetch_site`` None for
    all of Sec-Fetch-*. ``body_length`` is None without a body. ``redirects`` counts the redirects before this request,
    ``crossed_origin`` says whether one of them led to another origin, ``late_origin`` whether one of them brought the
    Origin that the first request did not have, ``left_origin`` whether the latest one led to another origin;
    ``tainting`` is Fetch's response tainting.
    """

    kind: str
    method: str
    url: Url
    mode: str = "cors"
    destination: str = "empty"
    initiator: str = "fetch"
    headers: HeaderList = NO_HEADERS
    origin: str | None = None
    referer: str | None = None
    cookie: str | None = None
    body_length: int | None = None
    cache: str = "default"
    access_control_request_method: str | None = None
    access_control_request_headers: str | None = None
    fetch_site: str | None = "cross-site"
    user_agent: str | None = None
    keepalive: bool = False
    priority: str = "auto"
    tainting: str = "cors"
    redirects: int = 0
    crossed_origin: bool = False
    late_origin: bool = False
    left_origin: bool = False
    storage_access: str | None = None


class _Kind(NamedTuple):
    """What decides about a head, and is the same for many requests."""

    kind: str
    method: str
    mode: str
    destination: str
    initiator: str
    priority: str
    tls: bool
    trustworthy: bool
    asks_for_range: bool


def wire_headers(engine: str, outgoing: Outgoing) -> HeaderList:
    """The complete head of ``outgoing``, in the order in which ``engine`` writes it. KeyError for an unknown engine."""
    table, headers = TABLES[engine], outgoing.headers
    kind = _Kind(
        outgoing.kind,
        outgoing.method,
        outgoing.mode,
        outgoing.destination,
        outgoing.initiator,
        outgoing.priority,
        outgoing.url.scheme == "https",
        is_potentially_trustworthy(outgoing.url),
        h.get(headers, "range") is not None,
    )
    own = [] if outgoing.kind == "preflight" else h.combined(_lasting(table, headers))
    if table.writes_utf8:
        own = [(name, value.encode().decode("latin-1")) for name, value in own]
    fields = {
        **_cache_fields(engine, outgoing),
        **_standing_fields(engine, kind),
        **_changing_fields(table, outgoing, kind.trustworthy),
    }
    if table.appends_range and outgoing.method == "GET":
        own = _without_range(own, fields)
    layout = _layout(engine, _layout_keys(outgoing, kind.trustworthy))
    return list(_arranged(table, layout, _placed(engine, layout), fields, own))


def cache_mode(engine: str, mode: str, headers: HeaderList, initiator: str) -> str:
    """The cache mode of fetch() after script's conditional headers have had their say.

    https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch, step 8.15
    """
    table = TABLES[engine]
    conditional = mode == "default" and any(name.lower() in _CONDITIONAL for name, _ in headers)
    return table.conditional_cache_mode if conditional and initiator in table.conditional_initiators else mode


@lru_cache(maxsize=512)
def _placed(engine: str, layout: Layout) -> frozenset[str]:
    """The fields of script that the layout has places of their own for."""
    return frozenset(place[1:] for place in layout if place.startswith("+")) | TABLES[engine].replaced_in_place


def _arranged(
    table: HeadTable, layout: Layout, placed: frozenset[str], fields: Fields, own: HeaderList
) -> Iterator[tuple[str, str]]:
    """Fill the places of ``layout``: script's value of a field wins over the engine's."""
    by_name = {name.lower(): (name, value) for name, value in own}
    for place in layout:
        if place == "+soup":
            yield from (pair for pair in own if pair[0].lower() in SOUP_FIELDS and pair[0].lower() not in placed)
        elif place == "+":
            known = SOUP_FIELDS if "+soup" in layout else frozenset()
            yield from (pair for pair in own if pair[0].lower() not in placed and pair[0].lower() not in known)
        elif place.startswith("+"):
            if place[1:] in by_name:
                yield by_name[place[1:]]
        elif place not in by_name:
            if place in fields:
                yield fields[place]
        elif place in table.replaced_in_place:
            yield fields[place][0], by_name[place][1]


@lru_cache(maxsize=512)
def _standing_fields(engine: str, kind: _Kind) -> Fields:
    """The engine's own fields that all requests of a kind have alike, wherever its layout puts them."""
    table = TABLES[engine]
    return _present(
        {
            "connection": ("Connection", _chosen(table.connection, kind) or "keep-alive"),
            "accept": ("Accept", "*/*" if kind.kind == "preflight" else _chosen(table.accept, kind) or "*/*"),
            "accept-encoding": ("Accept-Encoding", _encodings(table, kind)),
            "accept-language": ("Accept-Language", table.accept_language),
            **table.constants,
            **(table.secure_constants if kind.trustworthy else {}),
            "priority": ("Priority", _priority(table, kind)),
            "range": ("Range", table.range.get(kind.initiator)),
            "upgrade-insecure-requests": ("Upgrade-Insecure-Requests", "1" if kind.kind == "navigation" else None),
            "cache-control": ("Cache-Control", _chosen(table.cache_control, kind)),
        }
    )


def _changing_fields(table: HeadTable, outgoing: Outgoing, trustworthy: bool) -> Fields:
    """The engine's own fields that every request has its own values for."""
    return _present(
        {
            "host": ("Host", outgoing.url.authority),
            "user-agent": ("User-Agent", outgoing.user_agent or table.user_agent),
            "access-control-request-method": ("Access-Control-Request-Method", outgoing.access_control_request_method),
            "access-control-request-headers": (
                "Access-Control-Request-Headers",
                outgoing.access_control_request_headers,
            ),
            "origin": ("Origin", outgoing.origin),
            "referer": ("Referer", outgoing.referer),
            "cookie": ("Cookie", outgoing.cookie),
            **_length(table, outgoing),
            **_fetch_metadata(table, outgoing, trustworthy),
        }
    )


def _present(fields: Mapping[str, tuple[str, str | None]]) -> Fields:
    return {place: (name, value) for place, (name, value) in fields.items() if value is not None}


def _cache_fields(engine: str, outgoing: Outgoing) -> Fields:
    streams = outgoing.initiator == "eventsource"
    mode = "no-store" if streams else cache_mode(engine, outgoing.cache, outgoing.headers, outgoing.initiator)
    fields = _CACHE_FIELDS.get(mode, {})
    if outgoing.left_origin and TABLES[engine].forgets_cache_mode:
        return {name: pair for name, pair in fields.items() if streams and name == "cache-control"}
    return fields


def _fetch_metadata(table: HeadTable, outgoing: Outgoing, trustworthy: bool) -> dict[str, tuple[str, str | None]]:
    """https://w3c.github.io/webappsec-fetch-metadata/, told to potentially trustworthy URLs only."""
    preflight = outgoing.kind == "preflight"
    mode = ("Sec-Fetch-Mode", "cors" if preflight else outgoing.mode)
    if outgoing.fetch_site is None or not trustworthy:
        return {"sec-fetch-mode": mode} if preflight and table.preflight_always_tells_mode else {}
    return {
        "sec-fetch-site": ("Sec-Fetch-Site", outgoing.fetch_site),
        "sec-fetch-mode": mode,
        "sec-fetch-dest": ("Sec-Fetch-Dest", outgoing.destination),
        # only somebody's own doing carries it: here, a visit
        "sec-fetch-user": ("Sec-Fetch-User", "?1" if outgoing.initiator == "navigation" else None),
        "sec-fetch-storage-access": ("Sec-Fetch-Storage-Access", outgoing.storage_access),
    }


def _length(table: HeadTable, outgoing: Outgoing) -> dict[str, tuple[str, str | None]]:
    """Content-Length, 0 for a POST or PUT without a body."""
    if outgoing.body_length is not None:
        return {"content-length": ("Content-Length", str(outgoing.body_length))}
    if outgoing.method not in ("POST", "PUT"):
        return {}
    return {"content-length-0" if table.late_zero_length else "content-length": ("Content-Length", "0")}


def _encodings(table: HeadTable, kind: _Kind) -> str:
    if kind.kind != "preflight" and (kind.asks_for_range or kind.initiator in table.range):
        return "identity"
    secure = kind.tls if table.encodings_secure_needs_tls else kind.trustworthy
    return table.encodings_secure if secure else table.encodings


def _priority(table: HeadTable, kind: _Kind) -> str | None:
    if kind.kind == "preflight":
        return table.priority.get("preflight")
    if kind.priority in table.priority_hints:
        return table.priority_hints[kind.priority]
    return _chosen(table.priority, kind)


def _chosen(values: Mapping[str, str], kind: _Kind) -> str | None:
    """The most telling entry: by initiator and mode or method, by initiator, mode, destination, or the rest."""
    keys = (
        f"{kind.initiator}/{kind.mode}",
        f"{kind.initiator}/{kind.method}",
        kind.initiator,
        kind.mode,
        kind.destination,
        "*",
    )
    return next((values[key] for key in keys if key in values), None)


def _layout_keys(outgoing: Outgoing, trustworthy: bool) -> tuple[str, ...]:
    """Under which names the layout may stand, the most special first."""
    if outgoing.kind == "preflight":
        return ("preflight",)
    initiator = "navigation" if outgoing.kind == "navigation" else outgoing.initiator
    hops = [">>"] * outgoing.crossed_origin + [">"] * bool(outgoing.redirects) + [""]
    states = {
        "/keepalive": outgoing.keepalive,
        "/late": outgoing.late_origin,
        "/basic": outgoing.tainting != "cors",
        "/tls": trustworthy,
        "": True,
    }
    kinds = [kind for kind, applies in states.items() if applies]
    return tuple(name + hop + kind for name in (initiator, "*") for hop in hops for kind in kinds)


@lru_cache(maxsize=512)
def _layout(engine: str, keys: tuple[str, ...]) -> Layout:
    layouts = TABLES[engine].layouts
    return next(layouts[key] for key in keys if key in layouts)


def _lasting(table: HeadTable, headers: HeaderList) -> HeaderList:
    """The fields without those that a later one of the same name replaces."""
    last = {name.lower(): place for place, (name, _) in enumerate(headers)}
    replaced = table.last_one_counts
    return [
        pair for place, pair in enumerate(headers) if pair[0].lower() not in replaced or last[pair[0].lower()] == place
    ]


def _without_range(own: HeaderList, fields: Fields) -> HeaderList:
    """Move a single range from script's fields to the engine's, spelled as the engine spells it."""
    for pair in own:
        match = _SINGLE_RANGE.fullmatch(pair[1].strip()) if pair[0].lower() == "range" else None
        if match is not None and any(match.groups()) and all(len(bound) < 19 for bound in match.groups()):
            first, last = (str(int(bound)) if bound else "" for bound in match.groups())
            fields["range"] = ("Range", f"bytes={first}-{last}")
            return [other for other in own if other is not pair]
    return own
