"""A first profile out of what somebody pastes: origins, and URLs or curl commands.

Secrets never reach the text: a header, parameter or field whose name says that it holds one becomes
``${secret:NAME}``, and the note says which variable to set.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from corstui.fetch.origin import origin_of
from corstui.fetch.url import parse
from corstui.profile.pasted import Pasted
from corstui.profile.secrets import is_secret_name

DEFAULT_ENVIRONMENT = "default"
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
#: Names and scalars that YAML reads as the text that they are, in every place where one stands here.
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./ -]*[A-Za-z0-9_/]|[A-Za-z_]")
_WORDS_OF_YAML = frozenset("null true false yes no on off y n".split())
#: The origin of an app's web view, such as ``capacitor://localhost``.
_APP = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s]+/?")
_PARAMETER = re.compile(r"(?<=[?&])([^=&#]+)=([^&#]+)")
_SCHEME = re.compile(r"(?i)(basic|bearer|token|apikey|key)\s+")

_HEAD = """\
# yaml-language-server: $schema=corstui-profile.schema.json
# corstui {file} opens it; corstui check {file} --dry-run shows what would be sent.
version: 1
name: {name}

environments:
  {environment}:
    vars:
      api: {api}
    # writes: true        # lets POST, PUT, PATCH and DELETE out; without it they stop after their preflight
    # confirm: true       # asks before the first request

# The pages that call: scheme://host[:port].
origins:
{origins}

# What they call. expect: allow, block, ... says what should happen: corstui explain tells of each outcome.
endpoints:
{endpoints}
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a profile, and what its author should know: what was left out, which secrets to set."""

    text: str
    notes: tuple[str, ...]


def origins_of(text: str) -> tuple[dict[str, str], list[str]]:
    """Origins by name, one a line: ``name: value`` or a value alone; and a line for each that is none."""
    found: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().strip(",").strip()
        if not line or line.startswith("#"):
            continue
        name, value = _named(line)
        value = value.strip().strip("\"'")
        origin = "null" if value == "null" else _origin(value)
        if origin is None:
            hint = "" if "://" in value else f"; write it in full: https://{value}"
            problems.append(f"line {number}: {value} is no origin{hint}")
            continue
        found[_unique(name.strip() or _host_name(origin), found)] = origin
    return found, problems


def _named(line: str) -> tuple[str, str]:
    match = re.match(r"([^:/]+):\s+(.+)", line)
    return (match[1], match[2]) if match else ("", line)


def _origin(value: str) -> str | None:
    """The origin of a URL, or of an app's scheme; None for what is neither."""
    if "://" not in value:
        return None
    url = parse(value)
    if url is None:
        return None
    origin = str(origin_of(url))
    if origin != "null":
        return origin
    return f"{url.scheme}://{url.host}" if url.host and _APP.fullmatch(value) else None


def _host_name(origin: str) -> str:
    """``shop`` of ``https://www.shop.example``: the first label that says something."""
    if origin == "null":
        return "sandbox"
    scheme, _, rest = origin.partition("://")
    if scheme not in ("http", "https"):
        return scheme
    host = rest.partition(":")[0]
    labels = [label for label in host.split(".") if label != "www"]
    return labels[0] if labels and not host.replace(".", "").isdigit() else host


def draft(
    name: str,
    origins: Mapping[str, str],
    requests: Sequence[Pasted],
    *,
    environment: str = DEFAULT_ENVIRONMENT,
    file: str = "PROFILE",
) -> Draft:
    """The profile that calls these requests from these origins. ``file`` is named in its first lines."""
    writer = _Writer(_most_common(requests))
    endpoints = [line for request in requests for line in writer.endpoint(request)]
    lines = [f"  {_scalar(key)}: {_scalar(_literal(value))}" for key, value in origins.items()]
    text = _HEAD.format(
        name=_scalar(name or "corstui"),
        file=file,
        environment=_scalar(environment),
        api=_scalar(writer.api or "https://api.example"),
        origins="\n".join(lines),
        endpoints="\n".join(endpoints),
    )
    return Draft(text, tuple(dict.fromkeys(writer.notes)))


def _most_common(requests: Iterable[Pasted]) -> str:
    """The scheme and host that most of them have."""
    counts = Counter(_base(request.url) for request in requests)
    return counts.most_common(1)[0][0] if counts else ""


def _base(url: str) -> str:
    parsed = parse(url)
    return f"{parsed.scheme}://{parsed.authority}" if parsed is not None else ""


@dataclass(slots=True)
class _Writer:
    """Writes endpoints; ``api`` is the scheme and host that ``${api}`` stands for."""

    api: str
    notes: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _secrets: dict[str, str] = field(default_factory=dict)

    def endpoint(self, request: Pasted) -> list[str]:
        """The lines of one endpoint, in the short form where that says all."""
        name = _unique(_endpoint_name(request), self._names)
        self._names[name] = name
        self.notes += [f"{name}: {note}" for note in request.notes]
        headers, kind, body = self._parts(request)
        called = f"{request.method} {self._url(request.url)}"
        plain = request.method.isupper() or request.method.islower()
        if not headers and kind is None and not request.credentials and plain:
            return [f"  {_scalar(name)}: {_scalar(called)}"]
        lines = [f"  {_scalar(name)}:", f"    request: {_scalar(called)}"]
        lines += [f"    {kind}: {body}"] if kind is not None else []
        lines += ["    headers:"] * bool(headers)
        lines += [f"      - [{_quoted(key)}, {_quoted(value)}]" for key, value in headers]
        return [*lines, *(["    credentials: include"] if request.credentials else [])]

    def _url(self, url: str) -> str:
        """With ``${api}`` before its path, and its secrets as variables."""
        base = _base(url)
        rest = _PARAMETER.sub(self._parameter, _literal(url.removeprefix(base)))
        return ("${api}" if base == self.api else _literal(base)) + rest

    def _parameter(self, match: re.Match[str]) -> str:
        if not is_secret_name(unquote_plus(match[1])):
            return match[0]
        return f"{match[1]}={self._secret(match[1], match[2])}"

    def _parts(self, request: Pasted) -> tuple[list[tuple[str, str]], str | None, str]:
        """Headers, and the body with the key that it stands under."""
        content_type = next((value for key, value in request.headers if key.lower() == "content-type"), "")
        kind, body = self._body(request.body, content_type) if request.body is not None else (None, "")
        implied = {"json": _JSON, "form": _FORM}.get(kind or "")
        headers = [
            (key, self._header(key, value))
            for key, value in request.headers
            if not (key.lower() == "content-type" and value == implied)
        ]
        return headers, kind, body

    def _header(self, name: str, value: str) -> str:
        if not is_secret_name(name) or not value:
            return _literal(value)
        scheme = _SCHEME.match(value)
        before = scheme[0] if scheme else ""
        return before + self._secret(name, value[len(before) :])

    def _body(self, body: str, content_type: str) -> tuple[str, str]:
        kind = content_type.partition(";")[0].strip().lower()
        if kind == _JSON:
            try:
                return "json", _flow(self._veiled(json.loads(body)))
            except (ValueError, RecursionError):
                pass
        if content_type == _FORM:
            pairs = parse_qsl(body, keep_blank_values=True)
            if dict(pairs) and len(dict(pairs)) == len(pairs) and urlencode(pairs) == body:
                return "form", _flow(self._veiled(dict(pairs)))
        return "body", _quoted(_literal(body))

    def _veiled(self, value: Any, name: str = "") -> Any:
        """The value with its strings as a profile writes them, secrets as variables."""
        if isinstance(value, dict):
            return {key: self._veiled(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._veiled(each, name) for each in value]
        if not isinstance(value, str):
            return value
        return self._secret(name, value) if value and name and is_secret_name(name) else _literal(value)

    def _secret(self, name: str, value: str) -> str:
        """``${secret:NAME}`` for a value; the same value has the same name."""
        if value not in self._secrets:
            wanted = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "SECRET"
            wanted = f"API_{wanted}" if wanted in ("AUTHORIZATION", "TOKEN", "PASSWORD", "KEY") else wanted
            wanted = f"_{wanted}" if wanted[0].isdigit() else wanted
            taken = set(self._secrets.values())
            number = 1
            while (free := wanted if number == 1 else f"{wanted}_{number}") in taken:
                number += 1
            self._secrets[value] = free
            self.notes.append(f"the {name} is a secret: set {free} in the environment before you run corstui")
        return f"${{secret:{self._secrets[value]}}}"


def _endpoint_name(request: Pasted) -> str:
    """``get orders 7`` of ``GET /api/orders/7``: the method and the end of the path."""
    parsed = parse(request.url)
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", parsed.path if parsed is not None else "") if part]
    return " ".join([request.method.lower(), *parts[-3:]]) if parts else f"{request.method.lower()} root"


def _unique(name: str, taken: Mapping[str, str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} {number}"
    return found


def _literal(text: str) -> str:
    """Text that means itself in a profile, variables or not."""
    return text.replace("${", "$${")


def _scalar(text: str) -> str:
    """A YAML scalar that is this text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    r"""A double-quoted YAML scalar. JSON's escapes are YAML's, but for characters beyond ``\uffff``."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _flow(value: Any) -> str:
    """YAML on one line that reads as this JSON value. Raises ValueError for what YAML cannot hold."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value, allow_nan=False)


def _escaped(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        raise ValueError("half of a character")
    if char in '"\\':
        return f"\\{char}"
    if " " <= char <= "~":
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
