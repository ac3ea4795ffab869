"""The keys of a profile: what each takes and what it is for.

Reading, error messages and the JSON Schema all come from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from corstui.fetch.context import CACHE_MODES, CREDENTIALS, REDIRECTS
from corstui.fetch.engines import ENGINES
from corstui.fetch.initiators import INITIATORS
from corstui.profile.document import Node, Scalar, kind_of
from corstui.profile.kinds import (
    TEXT_SCHEMA,
    Choice,
    Count,
    Duration,
    Field,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Plain,
    Rate,
    Record,
    Schema,
    Text,
    Value,
    Values,
)
from corstui.profile.origins import check_origin
from corstui.profile.problems import Problems, Refusal, nearest
from corstui.profile.requests import Expect, Form, Headers, Json, NameOf, Send
from corstui.profile.variables import NAME, Template, template_of

#: What script and markup can start a request with. Opening a page is no cell.
INITIATOR_NAMES = tuple(name for name in INITIATORS if name != "navigation")
#: A page's script cannot ask for mode ``navigate``; frames and forms do so by themselves.
MODE_NAMES = ("cors", "no-cors", "same-origin")
#: https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
REFERRER_POLICIES = (
    "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin",
    "strict-origin", "strict-origin-when-cross-origin", "unsafe-url",
)  # fmt: skip
SAME_SITE = ("unset", "lax", "strict", "none")

#: The longest run of repetitions of one cell.
MAX_REPEAT = 1000


@dataclass(frozen=True, slots=True)
class OriginValue:
    """The origin of a page as a template. ``removable``: an unquoted null takes the origin out instead, giving None."""

    removable: bool = False

    def read(self, node: Node, problems: Problems) -> Template | None:
        if not isinstance(node, Scalar):
            raise Refusal(node.location, f"{kind_of(node)} where an origin is expected", "write scheme://host[:port]")
        if node.is_null and node.text:
            return None if self.removable else Template(("null",), node.location)
        template = template_of(node)
        if template.literal is not None:
            check_origin(template.literal, template.location)
        return template

    def schema(self) -> Schema:
        return {"type": ["string", "null"]}


@dataclass(frozen=True, slots=True)
class Version:
    """The version of the format: 1."""

    def read(self, node: Node, problems: Problems) -> int:
        if isinstance(node, Scalar) and node.text == "1":
            return 1
        raise Refusal(node.location, f"version {kind_of(node)} is not known here", "this corstui reads version 1")

    def schema(self) -> Schema:
        return {"enum": [1, "1"]}


@dataclass(frozen=True, slots=True)
class Initiator:
    """One of the closed set of initiators."""

    def read(self, node: Node, problems: Problems) -> str:
        if isinstance(node, Scalar) and node.text in INITIATOR_NAMES:
            return node.text
        hint = nearest(node.text if isinstance(node, Scalar) else "", INITIATOR_NAMES)
        raise Refusal(node.location, f"{kind_of(node)} is not simulated", hint)

    def schema(self) -> Schema:
        return {"enum": list(INITIATOR_NAMES)}


_TEXT = Text("a text")
_PATH = Text("a path, relative to this file")

COOKIE = Record(
    "a cookie",
    (
        Field("name", _TEXT, "The cookie's name."),
        Field("value", Value(), "The cookie's value, sent as it stands; masked in output."),
        Field("domain", Text("a host name"), "The host that set it, or the domain that it spans."),
        Field("path", Text("a path, /"), "The path below which it is sent; / by default."),
        Field("samesite", Choice(SAME_SITE), "SameSite as the server set it; unset by default."),
        Field("secure", Flag(), "Sent to trustworthy hosts only."),
        Field("httponly", Flag(), "Out of reach of script; changes nothing on the wire."),
        Field("hostonly", Flag(), "Sent to exactly this host, not to those below it."),
        Field("partitioned", Flag(), "Kept apart by top-level site (CHIPS)."),
    ),
    required=("name", "value", "domain"),
)

TLS = Record(
    "tls",
    (
        Field("verify", Flag(), "false accepts any certificate, and adds a finding: a browser would refuse it."),
        Field("ca", _PATH, "A file or directory of authorities in place of the system's."),
        Field("cert", _PATH, "A client certificate; shown on credentialed requests only."),
        Field("key", _PATH, "The key of the client certificate, when it is not in the same file."),
    ),
)

_HOST = r"[^\s/?#@:*]+"

ENVIRONMENT = Record(
    "an environment",
    (
        Field(
            "vars",
            MapOf("a variable", Value(), NAME.pattern, "letters, digits, _ . and -"),
            "Texts for ${name}; they may use other variables.",
        ),
        Field("writes", Flag(), "true lets methods other than GET, HEAD and OPTIONS out here."),
        Field("confirm", Flag(), "true asks before the first request."),
        Field(
            "cookies",
            ListOf(COOKIE, "- {name: sid, value: x, domain: api.example}"),
            "Cookies that the browser holds already.",
        ),
        Field(
            "resolve",
            MapOf("a host", Text("an IP address, or address:port"), _HOST, "a host name"),
            "Host names pinned to an address or address:port; Host and SNI stay.",
        ),
        Field(
            "proxy", Text("a URL, or none"), "The URL of a proxy, or none; without it the process environment counts."
        ),
        Field("tls", TLS, "How certificates are checked and shown."),
        Field(
            "origins", MapOf("an origin", OriginValue(removable=True)), "Origins that differ here; null takes one out."
        ),
    ),
    elsewhere={
        "variables": "did you mean 'vars'?",
        "headers": "headers belong to defaults, groups and endpoints",
        "timeout": "timeout belongs to settings, defaults and endpoints",
        "send": "write writes: true to let unsafe methods out here",
    },
    aside="variables go under vars",
)

SETTINGS = Record(
    "settings",
    (
        Field("engine", Choice(tuple(ENGINES)), "The browser engine to simulate; chromium by default."),
        Field(
            "timeout", Duration(), "For one flow, redirects included, not counting time in the queue; 10s by default."
        ),
        Field("concurrency", Count(1, 1024), "Flows under way at a time; 32 by default."),
        Field("per_host", Count(1, 256), "Requests under way at a time to one host; 6 by default."),
        Field("rate", Rate(), "Requests per second or minute in all: 50/s, 50/m; no limit by default."),
        Field("budget", Count(1, 100_000_000), "Requests that a run may send in all; no limit by default."),
        Field("controls", Flag(), "false leaves out the control requests that tell an echoed origin from a fixed one."),
    ),
    elsewhere={
        "send": "only an endpoint's send or an environment's writes let requests out",
        "writes": "only an environment can say writes",
        "confirm": "only an environment can say confirm",
    },
)


def _shared(send: Kind) -> tuple[Field, ...]:
    """The keys that an endpoint shares with the defaults above it."""
    return (
        Field(
            "headers",
            Headers(),
            "Request headers, as a mapping or a list of [name, value]; null removes an inherited one.",
        ),
        Field("mode", Choice(MODE_NAMES), "The request's mode; cors by default."),
        Field("credentials", Choice(CREDENTIALS), "The credentials mode; same-origin by default."),
        Field("redirect", Choice(REDIRECTS), "What to do with redirects; follow by default."),
        Field("cache", Choice(CACHE_MODES), "The cache mode; default by default."),
        Field("referrer_policy", Choice(REFERRER_POLICIES), "The referrer policy; the browser's own by default."),
        Field("keepalive", Flag(), "Whether the request outlives its page."),
        Field("upload_listener", Flag(), "xhr with a listener for upload progress, which forces a preflight."),
        Field("crossorigin", Choice(("anonymous", "use-credentials")), "The crossorigin attribute of elements."),
        Field("initiator", Initiator(), "What starts the request; fetch by default."),
        Field("expect", Expect(), "What is expected: a value, or a mapping from origins."),
        Field("repeat", Count(1, MAX_REPEAT), "How often the flow runs in the same browser; once by default."),
        Field(
            "send",
            send,
            "auto: unsafe methods need writes; a list of environments lets them out there; never holds every request.",
        ),
        Field("timeout", Duration(), "For one flow of this endpoint."),
        Field("tags", ListOf(Plain(), "[smoke]"), "Words for choosing endpoints; they add to those of the defaults."),
        Field("notes", Plain(), "Anything worth knowing."),
    )


DEFAULTS = Record(
    "defaults",
    _shared(Send(grants=False)),
    elsewhere=dict.fromkeys(
        ("request", "method", "url", "body", "json", "form", "origins"), "it belongs to each endpoint alone"
    )
    | {"writes": "only an environment can say writes"},
)

ENDPOINT = Record(
    "an endpoint",
    (
        Field("request", Text("METHOD URL"), "METHOD URL; without a method GET, or what the initiator sends."),
        Field("method", Text("a method"), "The method, beside url."),
        Field("url", Text("a URL"), "The URL, beside method."),
        Field("body", Value(), "A text body; text/plain unless headers name a type."),
        Field("json", Json(), "Any value, sent as JSON; application/json unless headers name a type."),
        Field("form", Form(), "Form fields, URL-encoded, as a mapping or a list of [name, value]."),
        Field(
            "origins",
            ListOf(NameOf("an origin"), "[storefront]", minimum=1),
            "Call the endpoint from these origins only.",
        ),
        *_shared(Send(grants=True)),
    ),
    elsewhere={
        "header": "did you mean 'headers'?",
        "data": "write body, json or form",
        "environments": "expect and send take environments",
        "websocket": "WebSockets are not simulated",
    },
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The short form ``METHOD URL``, or a mapping."""

    def read(self, node: Node, problems: Problems) -> Values:
        if isinstance(node, Scalar) and not node.is_null:
            return Values(
                node.location, {"request": ENDPOINT.fields[0].kind.read(node, problems)}, {"request": node.location}
            )
        if isinstance(node, Scalar):
            raise Refusal(node.location, "no request here", "write METHOD URL, or a mapping with request")
        values: Values = ENDPOINT.read(node, problems)
        return values

    def schema(self) -> Schema:
        return {"anyOf": [TEXT_SCHEMA, {"$ref": "#/$defs/endpoint"}]}


_ENDPOINTS = MapOf("an endpoint", Endpoint())

GROUP = Record(
    "a group",
    (
        Field("base", Text("a URL"), "The folder that relative requests of this group start from."),
        Field("defaults", DEFAULTS, "Defaults for this group."),
        Field("endpoints", _ENDPOINTS, "The requests of this group by name."),
    ),
    required=("endpoints",),
)

PROFILE = Record(
    "a profile",
    (
        Field("version", Version(), "The version of this format: 1."),
        Field("name", Plain(), "What the profile is called; its file name by default."),
        Field("include", ListOf(Plain(), "[common.yaml]"), "Files that belong to this profile, relative to it."),
        Field(
            "environments",
            MapOf("an environment", ENVIRONMENT),
            "The deployments; without any there is one named default.",
        ),
        Field(
            "origins", MapOf("an origin", OriginValue()), "The pages that call: scheme://host[:port] or null, by name."
        ),
        Field("settings", SETTINGS, "How runs are done."),
        Field("defaults", DEFAULTS, "What holds for every endpoint that says nothing else."),
        Field("endpoints", _ENDPOINTS, "The requests by name."),
        Field("groups", MapOf("a group", GROUP), "Endpoints with a common base and defaults."),
    ),
    elsewhere={"vars": "variables go under environments: {NAME: {vars: ...}}", "requests": "did you mean 'endpoints'?"},
)
