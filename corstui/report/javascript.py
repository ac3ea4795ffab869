"""What a page would write to make the request of an endpoint: a call in JavaScript, or an element in HTML.

Only what differs from the defaults is written, and nothing that the browser adds itself. Strings are escaped so that
they stay strings wherever the text is pasted: in a console, a script file or a script element.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from corstui.printable import printable
from corstui.report.masking import Mask, Unmasked

if TYPE_CHECKING:
    from corstui.profile import Endpoint

#: The content type that a string as body brings with it (Fetch, section 5.2).
_TEXT = "text/plain;charset=utf-8"
#: Members of fetch()'s second argument, with the endpoint's name for them and their defaults, in the standard's order.
_OPTIONS = (
    ("referrerPolicy", "referrer_policy", ""),
    ("mode", "mode", "cors"),
    ("credentials", "credentials", "same-origin"),
    ("cache", "cache", "default"),
    ("redirect", "redirect", "follow"),
    ("keepalive", "keepalive", False),
)


def page_source(endpoint: Endpoint, origin: str, mask: Mask | None = None) -> str:
    """The call or element that makes the request on a page of ``origin``, with secrets hidden by ``mask``."""
    write = _WRITERS.get(endpoint.initiator)
    mask = mask or Unmasked()
    if write is None:
        return _element(endpoint, mask)
    return f"// on a page of {printable(origin)}\n{write(endpoint, mask)}"


def is_script(endpoint: Endpoint) -> bool:
    """Whether the request is made by a call, not by an element."""
    return endpoint.initiator in _WRITERS


# -- JavaScript --------------------------------------------------------------------------------------------------------


def fetch_call(endpoint: Endpoint, mask: Mask) -> str:
    """``fetch("...", {...});``"""
    members = [("method", literal(endpoint.method))] if endpoint.method != "GET" else []
    headers = mask.headers(_set_by_script(endpoint))
    if headers:
        members.append(("headers", _headers(headers)))
    if endpoint.body is not None:
        members.append(("body", _body(endpoint, endpoint.body, mask)))
    for name, ours, default in _OPTIONS:
        value = getattr(endpoint, ours)
        if value != default:
            members.append((name, literal(value)))
    url = literal(mask.text(endpoint.url))
    if not members:
        return f"fetch({url});"
    lines = "".join(f"  {name}: {value},\n" for name, value in members)
    return f"fetch({url}, {{\n{lines}}});"


def _xhr(endpoint: Endpoint, mask: Mask) -> str:
    lines = ["const request = new XMLHttpRequest();"]
    lines.append(f"request.open({literal(endpoint.method)}, {literal(mask.text(endpoint.url))});")
    if endpoint.credentials == "include":
        lines.append("request.withCredentials = true;")
    for name, value in mask.headers(_set_by_script(endpoint)):
        lines.append(f"request.setRequestHeader({literal(name)}, {literal(value)});")
    if endpoint.upload_listener:
        lines.append("request.upload.onprogress = () => {};")
    body = "" if endpoint.body is None else _body(endpoint, endpoint.body, mask)
    inner = "".join(f"  {line}\n" for line in [*lines, f"request.send({body});"])
    return f"{{\n{inner}}}"


def _event_source(endpoint: Endpoint, mask: Mask) -> str:
    with_cookies = "include" in (endpoint.credentials, _mode_of(endpoint.crossorigin))
    options = ", { withCredentials: true }" if with_cookies else ""
    return f"new EventSource({literal(mask.text(endpoint.url))}{options});"


def _beacon(endpoint: Endpoint, mask: Mask) -> str:
    url = literal(mask.text(endpoint.url))
    if endpoint.body is None:
        return f"navigator.sendBeacon({url});"
    kind = next((value for name, value in endpoint.headers if name.lower() == "content-type"), "")
    return f"navigator.sendBeacon({url}, new Blob([{_bytes(endpoint.body, mask)}], {{ type: {literal(kind)} }}));"


def _mode_of(crossorigin: str | None) -> str:
    return "include" if crossorigin == "use-credentials" else "same-origin"


_WRITERS: dict[str, Callable[[Endpoint, Mask], str]] = {
    "fetch": fetch_call,
    "xhr": _xhr,
    "eventsource": _event_source,
    "beacon": _beacon,
}


def _set_by_script(endpoint: Endpoint) -> list[tuple[str, str]]:
    """The headers without the content type that the body brings by itself."""
    own = _brings_text_type(endpoint)
    return [
        (name, value)
        for name, value in endpoint.headers
        if not (own and name.lower() == "content-type" and value.lower() == _TEXT)
    ]


def _brings_text_type(endpoint: Endpoint) -> bool:
    """Whether the body is text that is called so."""
    kinds = [value.lower() for name, value in endpoint.headers if name.lower() == "content-type"]
    return endpoint.body is not None and _is_text(endpoint.body) and kinds == [_TEXT]


def _headers(headers: list[tuple[str, str]]) -> str:
    """An object; a list of pairs where a name comes twice."""
    names = [name.lower() for name, _ in headers]
    if len(set(names)) == len(names):
        inner = "".join(f"    {literal(name)}: {literal(value)},\n" for name, value in headers)
        return f"{{\n{inner}  }}"
    inner = "".join(f"    [{literal(name)}, {literal(value)}],\n" for name, value in headers)
    return f"[\n{inner}  ]"


def _body(endpoint: Endpoint, body: bytes, mask: Mask) -> str:
    """The bytes as a string where that brings no content type of its own, else as bytes."""
    typed = any(name.lower() == "content-type" for name, _ in endpoint.headers)
    return literal(mask.text(body.decode())) if typed and _is_text(body) else _bytes(body, mask)


def _bytes(body: bytes, mask: Mask) -> str:
    if _is_text(body):
        return f"new TextEncoder().encode({literal(mask.text(body.decode()))})"
    text = mask.text(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return f"new Uint8Array([{', '.join(map(str, text))}])"


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def literal(value: str | bool) -> str:
    """A literal of JavaScript in ASCII, which ends no script element and opens no comment of HTML in one."""
    return json.dumps(value).replace("<", "\\u003c")


# -- HTML --------------------------------------------------------------------------------------------------------------

#: The element of each initiator; ``{url}`` and ``{more}`` are attributes, ``{css}`` is a string of CSS.
_ELEMENTS = {
    "img": '<img{more} src="{url}">',
    "script": '<script{more} src="{url}"></script>',
    "module": '<script type="module"{more} src="{url}"></script>',
    "stylesheet": '<link rel="stylesheet"{more} href="{url}">',
    "font": "<style>@font-face {{ font-family: f; src: url({css}); }}</style>\n<p style='font-family: f'>text</p>",
    "video": '<video{more} src="{url}"></video>',
    "audio": '<audio{more} src="{url}"></audio>',
    "track": '<video{more} controls>\n  <track default src="{url}">\n</video>',
    "preload": '<link rel="preload" as="fetch"{more} href="{url}">',
    "iframe": '<iframe{more} src="{url}"></iframe>',
}
#: Those that have the attribute (HTML, "referrerpolicy").
_TAKE_POLICY = frozenset({"img", "script", "module", "stylesheet", "preload", "iframe"})
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")


def _element(endpoint: Endpoint, mask: Mask) -> str:
    url = mask.text(endpoint.url)
    if endpoint.initiator == "form":
        return _form(endpoint, url, mask)
    more = ""
    if endpoint.crossorigin is not None and endpoint.initiator not in ("font", "iframe"):
        more += f' crossorigin="{attribute(endpoint.crossorigin or "anonymous")}"'
    if endpoint.referrer_policy and endpoint.initiator in _TAKE_POLICY:
        more += f' referrerpolicy="{attribute(endpoint.referrer_policy)}"'
    return _ELEMENTS[endpoint.initiator].format(url=attribute(url), more=more, css=_css(url))


def _form(endpoint: Endpoint, url: str, mask: Mask) -> str:
    """A form with the body's fields, as far as a form can have them."""
    if endpoint.method.upper() != "POST":
        return f'<form action="{attribute(url)}">\n  <button>send</button>\n</form>'
    kind = next((value for name, value in endpoint.headers if name.lower() == "content-type"), _FORM_TYPES[0])
    kind = kind.partition(";")[0].strip().lower()
    coded = f' enctype="{kind}"' if kind in _FORM_TYPES[1:] else ""
    text = mask.text((endpoint.body or b"").decode("utf-8", "replace")) if kind == _FORM_TYPES[0] else ""
    fields = "".join(
        f'  <input type="hidden" name="{attribute(name)}" value="{attribute(value)}">\n'
        for name, value in parse_qsl(text, keep_blank_values=True)
    )
    return f'<form method="post"{coded} action="{attribute(url)}">\n{fields}  <button>send</button>\n</form>'


def attribute(text: str) -> str:
    """The inside of a quoted attribute, in ASCII."""
    return _NOT_PLAIN.sub(lambda match: f"&#{ord(match[0])};", html.escape(text))


_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")


def _css(text: str) -> str:
    """A string of CSS (CSS Syntax, section 4.3.7) that cannot end a style element."""
    return '"' + re.sub(r"[^\x20-\x7e]|[\"\\<]", lambda match: f"\\{ord(match[0]):x} ", text) + '"'
