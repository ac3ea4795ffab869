"""One endpoint from what its file, its group and the defaults say about it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from corstui.fetch.engines import ENGINES
from corstui.fetch.headers import NO_CORS_SAFELISTED, is_forbidden, is_safelisted
from corstui.fetch.initiators import INITIATORS
from corstui.fetch.methods import normalize
from corstui.profile.expectations import ByOrigin
from corstui.profile.expectations import Expected as ExpectedFor
from corstui.profile.kinds import Values
from corstui.profile.model import OPTIONS, BodyKind, EndpointSpec
from corstui.profile.problems import Location, Problems, nearest, shown
from corstui.profile.requests import Expected, Header, Named
from corstui.profile.variables import Template, unknown_variable

_BODIES: tuple[BodyKind, ...] = ("body", "json", "form")
_METHOD_AND_URL = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s+")
#: A request that is nothing but one of these asks for the base of its group.
_BARE_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
#: Names that are safelisted at all; whether they force a preflight depends on their value.
_MAYBE_SAFE = NO_CORS_SAFELISTED | {"range"}

#: What to do about a header that the browser sets by itself.
_INSTEAD = {
    "origin": "pages are listed under origins",
    "cookie": "cookies belong to the environment",
    "cookie2": "cookies belong to the environment",
    "host": "resolve of the environment reaches another address",
    "referer": "referrer_policy decides it",
    "content-length": "the body decides it",
    "access-control-request-method": "the preflight sets it",
    "access-control-request-headers": "the preflight sets it",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What endpoints may refer to."""

    environments: Collection[str]
    origins: Collection[str]
    variables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Raw:
    """An endpoint as read, before its defaults are merged. ``defaults``: nearest first."""

    name: str
    group: str | None
    location: Location
    values: Values
    defaults: tuple[Values, ...]
    base: Template | None


def build(raw: Raw, names: Names, problems: Problems) -> EndpointSpec | None:
    """The endpoint with its defaults merged, or None when there is no telling what it asks for."""
    levels = (raw.values, *raw.defaults)
    options = {name: _nearest(levels, name, default) for name, default in OPTIONS.items()}
    request = _request(raw, str(options["initiator"]), problems)
    body_kind = _body_kind(raw, problems)
    headers = _headers(raw, options, problems)
    expect = tuple(_by_origin(level.get("expect", []), names, problems) for level in levels)
    restricted = "origins" in raw.values
    if request is None:
        return None
    method, url = request
    if body_kind is not None and normalize(method) in ("GET", "HEAD"):
        message = f"a {method.upper()} request cannot have a body: the browser refuses it"
        problems.warn(raw.values.places[body_kind], message)
    _check_variables((url, *((raw.base,) if raw.base else ()), *(header.value for header in headers)), names, problems)
    _check_variables(_templates(raw.values.get(body_kind) if body_kind else None), names, problems)
    return EndpointSpec(
        name=raw.name,
        group=raw.group,
        location=raw.location,
        method=method,
        url=url,
        base=raw.base,
        headers=headers,
        body_kind=body_kind,
        body=raw.values.get(body_kind) if body_kind else None,
        options=options,
        expect=expect,
        origins=_known(raw.values.get("origins"), names.origins, "origin", problems) if restricted else None,
        send=_send(_nearest(levels, "send", "auto"), names, problems),
        timeout=_nearest(levels, "timeout", None),
        repeat=_nearest(levels, "repeat", 1),
        tags=tuple(dict.fromkeys(tag.text for level in reversed(levels) for tag in level.get("tags", []))),
        notes=notes.text if (notes := _nearest(levels, "notes", None)) else "",
    )


def check_defaults(defaults: Values, problems: Problems) -> None:
    """Warn about what a profile's defaults do to every endpoint."""
    for header in defaults.get("headers", []):
        if header.is_null or _is_dropped(header):
            continue
        value, lower = header.value.literal, header.name.lower()
        safe = lower in _MAYBE_SAFE and (value is None or is_safelisted(header.name, value, ENGINES["standard"]))
        if not safe:
            problems.warn(
                header.location,
                f"the default header {header.name} forces a preflight for every endpoint",
                "set it where it is needed: at a group or an endpoint",
            )
    if defaults.get("upload_listener"):
        problems.warn(
            defaults.places["upload_listener"],
            "the default upload_listener forces a preflight for every xhr",
            "set it where it is needed: at a group or an endpoint",
        )


def _nearest(levels: tuple[Values, ...], name: str, default: Any) -> Any:
    return next((level.get(name) for level in levels if name in level), default)


def _request(raw: Raw, initiator: str, problems: Problems) -> tuple[str, Template] | None:
    values = raw.values
    if "request" in values.places and ("method" in values.places or "url" in values.places):
        extra = "method" if "method" in values.places else "url"
        problems.add(values.places[extra], f"both request and {extra}", "write request: METHOD URL, or method and url")
        return None
    if "request" in values:
        method, url = split_request(values.get("request"))
    elif "url" in values:
        given = values.get("method")
        method, url = (given.literal if given else None), values.get("url")
        if given and method is None:
            problems.add(given.location, "a method has no variables", "write the method itself")
            return None
    elif raw.base is not None and "request" not in values.places and "url" not in values.places:
        given = values.get("method")
        method, url = (given.literal if given else None), Template((), raw.location)
    else:
        if not {"request", "url"} & values.places.keys():
            problems.add(raw.location, f"the endpoint {shown(raw.name)} asks for nothing", "write request: METHOD URL")
        return None
    return _method(method, initiator, url.location, problems), url


def _method(method: str | None, initiator: str, location: Location, problems: Problems) -> str:
    """The method that goes out: what is written, else what the initiator sends."""
    row = INITIATORS[initiator]
    if method is None or row.scripted:
        return method or row.method
    allowed = ("GET", "POST") if initiator == "form" else (row.method,)
    if method.upper() not in allowed:
        article = "an" if initiator[0] in "aei" else "a"
        problems.add(location, f"{article} {initiator} cannot send {shown(method)}", f"allowed: {', '.join(allowed)}")
    return method.upper()


def split_request(template: Template) -> tuple[str | None, Template]:
    """Method and URL of ``METHOD URL``; None when there is no method."""
    first = template.parts[0] if template.parts else ""
    if not isinstance(first, str):
        return None, template
    bare = first.strip()
    if len(template.parts) == 1 and bare in _BARE_METHODS:
        return bare, Template((), template.location)
    match = _METHOD_AND_URL.match(first)
    if match is None:
        return None, template
    rest = first[match.end() :]
    return match[1], Template(((rest,) if rest else ()) + template.parts[1:], template.location)


def _body_kind(raw: Raw, problems: Problems) -> BodyKind | None:
    given = [kind for kind in _BODIES if kind in raw.values.places]
    for other in given[1:]:
        problems.add(raw.values.places[other], f"both {given[0]} and {other}", "a request has one body")
    return given[0] if given and given[0] in raw.values else None


def _headers(raw: Raw, options: dict[str, object], problems: Problems) -> tuple[Header, ...]:
    """Own headers after inherited ones of other names; elements inherit none, as markup cannot set any."""
    scripted = INITIATORS[str(options["initiator"])].scripted
    merged: list[Header] = []
    for level in reversed(raw.defaults if scripted else ()):
        merged = _merge_headers(merged, level.get("headers", []))
    own = raw.values.get("headers", [])
    for header in own:
        inherited = any(each.name.lower() == header.name.lower() for each in merged)
        _warn_about(header, inherited, options, scripted, problems)
    return tuple(_merge_headers(merged, own))


def _merge_headers(outer: list[Header], inner: list[Header]) -> list[Header]:
    """A null removes what is inherited, and is the text null where nothing is."""
    replaced = {header.name.lower() for header in inner}
    inherited = {header.name.lower() for header in outer}
    kept = [header for header in outer if header.name.lower() not in replaced]
    return kept + [header for header in inner if not (header.is_null and header.name.lower() in inherited)]


def _is_dropped(header: Header) -> bool:
    return is_forbidden(header.name, header.value.literal or "")


def _warn_about(
    header: Header, inherited: bool, options: dict[str, object], scripted: bool, problems: Problems
) -> None:
    name, lower = header.name, header.name.lower()
    if header.is_null:
        # elements inherit nothing, so a null that suits other initiators is no slip there
        if not inherited and header.value.parts and scripted:
            message = f"no {name} is inherited, so the text {shown(header.value.literal or '')} is sent"
            problems.warn(header.location, message, "quote it to mean the text")
        return
    if _is_dropped(header):
        _warn_dropped(header, problems)
    elif not scripted and not (lower == "content-type" and options["initiator"] in ("beacon", "form")):
        problems.warn(header.location, f"the header {name} is dropped: {options['initiator']} cannot set headers")
    elif scripted and options["mode"] == "no-cors" and lower not in NO_CORS_SAFELISTED:
        problems.warn(header.location, f"a browser drops the header {name} in mode no-cors")


def warn_about_dropped_defaults(defaults: Values, problems: Problems) -> None:
    """Warn about default headers that no script can set."""
    for header in defaults.get("headers", []):
        if not header.is_null and _is_dropped(header):
            _warn_dropped(header, problems)


def _warn_dropped(header: Header, problems: Problems) -> None:
    message = f"a browser drops the header {header.name}: script cannot set it"
    problems.warn(header.location, message, _INSTEAD.get(header.name.lower(), ""))


def _known(used: list[Named], names: Collection[str], what: str, problems: Problems) -> tuple[str, ...]:
    """The names that exist, each once; the others become problems."""
    for each in used:
        if each.name not in names:
            problems.add(each.location, f"there is no {what} {shown(each.name)}", nearest(each.name, names))
    return tuple(dict.fromkeys(each.name for each in used if each.name in names))


def _send(value: Any, names: Names, problems: Problems) -> Any:
    return value if isinstance(value, str) else frozenset(_known(value, names.environments, "environment", problems))


def _by_origin(expected: list[Expected], names: Names, problems: Problems) -> ByOrigin:
    """What one level expects, by origin. A mapping of nothing but environments speaks of every origin."""
    keys = {each.origin.name for each in expected} - {"*"}
    if keys and not keys & set(names.origins) and keys <= set(names.environments):
        everywhere = Named("*", expected[0].origin.location)
        expected = [Expected(everywhere, each.origin, each.expectation) for each in expected]
    found: dict[str, dict[str, Any]] = {}
    for each in expected:
        _known([name for name in (each.origin,) if name.name != "*"], names.origins, "origin", problems)
        _known([name for name in (each.environment,) if name.name != "*"], names.environments, "environment", problems)
        found.setdefault(each.origin.name, {})[each.environment.name] = each.expectation
    return {origin: ExpectedFor(by_environment) for origin, by_environment in found.items()}


def _templates(value: object) -> Iterator[Template]:
    """Every template in a body."""
    if isinstance(value, Template):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _templates(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _templates(item)


def _check_variables(templates: Any, names: Names, problems: Problems) -> None:
    """Report variables that no environment has, which is wrong whatever environment is chosen."""
    for template in templates:
        for reference in template.references:
            if not reference.source and reference.name not in names.variables:
                problems.refuse(unknown_variable(reference.name, template.location, names.variables))
