"""One environment of one profile with every variable replaced: its part of a deployment."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from corstui.fetch.cookies import Cookie
from corstui.fetch.url import Url, parse
from corstui.profile.expectations import Expectation, choose
from corstui.profile.kinds import Values
from corstui.profile.model import Endpoint, EndpointSpec, EnvironmentSpec, Part, Tls
from corstui.profile.origins import check_origin, scheme_hint
from corstui.profile.problems import Location, Problems, Refusal, shown
from corstui.profile.secrets import (
    Masker,
    credentials_in,
    credentials_of,
    findable,
    is_secret_name,
    remember,
    secret_fields,
)
from corstui.profile.variables import Scope, Template

_CONTENT_TYPES = {
    "body": "text/plain;charset=UTF-8",
    "json": "application/json",
    "form": "application/x-www-form-urlencoded;charset=UTF-8",
}


@dataclass(slots=True)
class Resolved:
    """What one profile says about one environment. Places tell where two profiles disagree."""

    environment: EnvironmentSpec
    writes: bool
    confirm: bool
    cookies: list[Cookie] = field(default_factory=list)
    resolve: dict[str, str] = field(default_factory=dict)
    proxy: str | None = None
    tls: Tls | None = None
    origins: dict[str, tuple[str, Location]] = field(default_factory=dict)
    endpoints: list[Endpoint] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def place(self, key: str) -> Location:
        """Where the environment says ``key``."""
        return self.environment.options.places.get(key, self.environment.location)


class Resolver:
    """Resolves one environment of one profile. Whatever cannot be resolved goes to ``problems`` and is left out."""

    def __init__(self, part: Part, environment: str, process: Mapping[str, str], problems: Problems) -> None:
        self._part = part
        self._spec = part.environments[environment]
        self._scope = Scope(environment, self._spec.variables, part.known_variables, process)
        self._problems = problems
        self._secrets: set[str] = set()

    def resolve(self) -> Resolved:
        options = self._spec.options
        found = Resolved(self._spec, bool(options.get("writes")), bool(options.get("confirm")), secrets=self._secrets)
        for name, template in self._origin_templates().items():
            with self._collecting():
                found.origins[name] = (check_origin(self._text(template), template.location), template.location)
        for cookie in options.get("cookies", []):
            with self._collecting():
                found.cookies.append(self._cookie(cookie))
        for entry in options.get("resolve", []):
            with self._collecting():
                found.resolve[entry.name.lower()] = _address(self._text(entry.value), entry.value.location)
        with self._collecting():
            found.proxy = self._proxy(options.get("proxy"))
        with self._collecting():
            found.tls = self._tls(options.get("tls"))
        for spec in self._part.endpoints:
            endpoint = self._endpoint(spec, list(found.origins))
            if endpoint is not None:
                found.endpoints.append(endpoint)
        remember(self._secrets)
        return found

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        """Within, a Refusal becomes a problem, without the secrets that the refused value is made of."""
        try:
            yield
        except Refusal as refusal:
            location, message, hint = refusal.problem.location, refusal.problem.message, refusal.problem.hint
            mask = Masker(self._secrets).mask
            self._problems.add(location, mask(message), mask(hint))

    def _text(self, template: Template) -> str:
        expanded = self._scope.expand(template)
        self._secrets |= expanded.secrets
        return expanded.text

    def _origin_templates(self) -> dict[str, Template]:
        """The origins of the profile, with what the environment overrides and without what it takes out."""
        templates = dict(self._part.origins)
        for name, entry in self._spec.origins.items():
            if entry.value is None:
                templates.pop(name, None)
            else:
                templates[name] = entry.value
        return templates

    def _cookie(self, values: Values) -> Cookie:
        texts = {name: self._text(value) for name, value in values.values.items() if isinstance(value, Template)}
        plain = {name: value for name, value in values.values.items() if not isinstance(value, Template)}
        self._secrets |= findable(texts["value"])
        if _NO_COOKIE.search(texts["value"]):
            raise Refusal(values.places["value"], "the value of a cookie holds no ; and no control character")
        url = parse(f"http://{texts['domain'].lstrip('.')}/")
        if url is None or url.path != "/" or url.port is not None:
            raise Refusal(
                values.places["domain"],
                f"{shown(texts['domain'])} is no host",
                "write api.example, without scheme and port",
            )
        if not texts.get("path", "/").startswith("/"):
            raise Refusal(values.places["path"], f"the path {shown(texts['path'])} does not begin with /")
        return Cookie(**{**texts, **plain, "domain": url.host})

    def _proxy(self, template: Template | None) -> str | None:
        if template is None:
            return None
        text = self._text(template)
        url = parse(text)
        if text != "none" and (url is None or url.scheme not in _PROXY_SCHEMES or not url.host):
            allowed = ", ".join(f"{scheme}://host:port" for scheme in _PROXY_SCHEMES)
            raise Refusal(template.location, f"{shown(text)} is no proxy", f"allowed: none, {allowed}")
        if url is not None and url.password:
            self._secrets |= findable(unquote(url.password))
        return text

    def _tls(self, values: Values | None) -> Tls | None:
        if values is None:
            return None
        paths = {name: self._path(values.get(name)) for name in ("ca", "cert", "key") if name in values}
        if "key" in paths and "cert" not in paths:
            raise Refusal(values.places["key"], "a key without a certificate", "add cert")
        return Tls(verify=values.get("verify", True), **paths)

    def _path(self, template: Template) -> str:
        """A path relative to the file that names it, which must exist."""
        path = Path(template.location.path).parent / self._text(template)
        with_location = Refusal(template.location, f"the file {shown(str(path))} does not exist")
        try:
            if path.exists():
                return str(path)
        except (OSError, ValueError):
            raise with_location from None
        raise with_location

    def _endpoint(self, spec: EndpointSpec, origins: list[str]) -> Endpoint | None:
        """The endpoint; None when its URL, a header or its body has a problem."""
        outer, self._secrets = self._secrets, set()
        before = len(self._problems.errors)
        url: Url | None = None
        headers: list[tuple[str, str]] = []
        body: bytes | None = None
        with self._collecting():
            url = self._url(spec)
        for header in spec.headers:
            with self._collecting():
                headers.append((header.name, self._text(header.value)))
        with self._collecting():
            body = self._body(spec)
        own, self._secrets = self._secrets, outer
        self._secrets |= own
        if url is None or len(self._problems.errors) > before:
            return None
        if spec.body_kind is not None and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", _CONTENT_TYPES[spec.body_kind]))
        for name, value in headers:
            if is_secret_name(name):
                self._secrets |= credentials_in(value)
        self._secrets |= credentials_of(url)
        return Endpoint(
            name=spec.name,
            group=spec.group,
            method=spec.method,
            url=url.href,
            headers=tuple(headers),
            body=body,
            **spec.options,
            origins=None if spec.origins is None else frozenset(spec.origins),
            repeat=spec.repeat,
            send=spec.send,
            timeout=spec.timeout,
            tags=spec.tags,
            notes=spec.notes,
            uses_secret=bool(own) or any(is_secret_name(name) for name, _ in headers),
            expectations=self._expectations(spec, origins),
            location=spec.location,
        )

    def _expectations(self, spec: EndpointSpec, origins: list[str]) -> dict[str, Expectation]:
        chosen = {origin: choose(spec.expect, origin, self._spec.name) for origin in origins}
        return {origin: expectation for origin, expectation in chosen.items() if expectation is not None}

    def _url(self, spec: EndpointSpec) -> Url:
        text, location = self._text(spec.url).strip(), spec.url.location
        if spec.base is None:
            url = parse(text)
        else:
            base = parse(self._text(spec.base).strip())
            if base is None or base.scheme not in ("http", "https"):
                raise Refusal(spec.base.location, f"the base {shown(self._text(spec.base))} is no http or https URL")
            url = _within(base, text)
        if url is None or (url.scheme not in _SCHEMES and "://" not in text):
            raise Refusal(location, f"{shown(text)} is no URL", _url_hint(text, spec))
        return url

    def _body(self, spec: EndpointSpec) -> bytes | None:
        match spec.body_kind:
            case "json":
                return json.dumps(self._json(spec.body), ensure_ascii=False, separators=(",", ":")).encode()
            case "form":
                fields = [(self._text(name), self._text(value)) for name, value in spec.body]
                self._secrets |= secret_fields(fields)
                return _form_encoded(fields).encode()
            case "body":
                return self._plain_body(spec.body)
            case _:
                return None

    def _plain_body(self, template: Template) -> bytes:
        """A text as UTF-8. A body that is one ``${file:}`` is the file's exact bytes."""
        text = "" if (exact := self._scope.file_bytes(template)) is not None else self._text(template)
        if exact is None:
            return text.encode("utf-8", "surrogateescape")
        if hidden := exact.decode("utf-8", "replace").strip():
            self._secrets.add(hidden)
        return exact

    def _json(self, value: Any) -> Any:
        if isinstance(value, Template):
            return self._text(value)
        if isinstance(value, list):
            return [self._json(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {key: self._json(item) for key, item in value.items()}
        self._secrets |= secret_fields((key, item) for key, item in found.items() if isinstance(item, str))
        return found


#: Schemes whose URLs are meant. Others need ``://``: the URL standard takes ``localhost:8080/x`` for one of localhost.
_SCHEMES = frozenset({"http", "https", "data", "blob"})
#: What no browser keeps in a cookie (RFC 6265bis, section 5.6).
_NO_COOKIE = re.compile("[;\0-\x08\x0a-\x1f\x7f]")
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def _form_encoded(fields: list[tuple[str, str]]) -> str:
    """https://url.spec.whatwg.org/#concept-urlencoded-serializer"""

    def encoded(text: str) -> str:
        return quote(text, safe="* ").replace("~", "%7E").replace(" ", "+")

    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in fields)


def _within(base: Url, text: str) -> Url | None:
    """``text`` resolved against ``base``, which is a folder: ``5`` and ``./5`` are below it, ``?page=2`` is itself.

    Otherwise as the URL standard resolves: ``/5`` starts from the host, and an absolute URL is itself.
    """
    if not text or text[0] in "?#/" or base.path.endswith("/"):
        return parse(text, base.href)
    return parse(text, f"{base.scheme}://{base.authority}{base.path}/")


def _url_hint(text: str, spec: EndpointSpec) -> str:
    if not text:
        return "write METHOD URL"
    if text.startswith("//"):
        return f"write {shown('https:' + text)}"
    start = re.match(r"([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(:\d+)?(?![^/?#])", text)
    if start and ("." in start[1] or start[2]):
        return scheme_hint(text)
    return "" if spec.base or "://" in text else "write the whole URL, or give its group a base"


def _address(text: str, location: Location) -> str:
    """An IP address, or one with a port, IPv6 in brackets then."""
    match = re.fullmatch(r"\[(.*)\](?::(\d{1,5}))?|([\d.]+):(\d{1,5})|(.*)", text)
    bare, port = (match[1] or match[3] or match[5] or "", match[2] or match[4]) if match else ("", None)
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        hint = "allowed: 192.0.2.1, 192.0.2.1:8443, 2001:db8::1, [2001:db8::1]:8443"
        raise Refusal(location, f"{shown(text)} is no IP address", hint) from None
    if port is None:
        return str(address)
    if not 0 < int(port) < 65_536:
        raise Refusal(location, f"{port} is no port", "a port is 1 to 65535")
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
