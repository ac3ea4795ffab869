"""What to write into the configuration of the server that answered, so that a flow passes.

Servers are recognised by the headers of the answer that failed: an application, what stands in front of it, or both.
What is to be written names this flow's own origin, method and headers only; whoever deploys it adds the others.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from corstui.analysis.facts import HasFlow, field, flow_of
from corstui.analysis.mend import mendable
from corstui.fetch.messages import HeaderList
from corstui.fetch.result import Exchange, Flow

_PLACE = re.compile(r"@(origin|methods|headers|credentials)(?::(list|count|regex|python|when))?@")


@dataclass(frozen=True, slots=True)
class Part:
    """``where`` in the configuration, and the text that belongs there."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """``server`` as people call it."""

    server: str
    parts: tuple[Part, ...]

    def titled(self) -> Iterator[tuple[str, list[str]]]:
        """For each part a sentence, and the lines to write."""
        for part in self.parts:
            yield f"In {self.server}, {part.where}:", part.text.split("\n")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The policy that lets a flow pass."""

    origin: str
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    credentials: bool = False


def recipes(thing: Flow | HasFlow) -> list[Recipe]:
    """One for each server that the failing answer tells of, the application first.

    None where nobody is recognised, where response headers cannot mend the flow, where somebody sends too many of them
    already, and for the origin null, which every site can get.
    """
    return [recipe for _, recipe in _found(thing)]


def _found(thing: Flow | HasFlow) -> list[tuple[str, Recipe]]:
    flow = flow_of(thing)
    index = mendable(flow)
    exchange = flow.exchanges[index] if index is not None else None
    if exchange is None or exchange.response is None:
        return []
    wanted = wanted_by(flow, exchange)
    twice = any(check.id == "cors.check.acao-single" and not check.passed for check in flow.checks)
    if twice or wanted.origin == "null":
        return []
    return [(id, recipe(id, wanted)) for id in recognised(exchange.response.headers)]


def pointers(thing: Flow | HasFlow) -> list[str]:
    """Where what to write for the servers of :func:`recipes` can be read, in one sentence each."""
    return [f"corstui explain {id} tells where {recipe.server} is told so." for id, recipe in _found(thing)]


def recognised(headers: HeaderList) -> list[str]:
    """The ids of the servers that these response headers tell of, applications before what stands in front of them."""
    return [
        id
        for id, server in _servers().items()
        if any(re.search(pattern, field(headers, name) or "", re.IGNORECASE) for name, pattern in server.signs.items())
    ]


def servers() -> list[str]:
    """The ids of all servers that there is a recipe for."""
    return list(_servers())


def recipe(id: str, wanted: Wanted) -> Recipe:
    """What to write for one server. Raises KeyError for an id that is none."""
    server = _servers()[id]
    return Recipe(server.name, tuple(Part(part.where, _filled(part.text, wanted)) for part in server.parts))


def wanted_by(flow: Flow, exchange: Exchange) -> Wanted:
    """What the flow needs from whoever gave this answer."""
    request = exchange.request
    preflight = next((each.request for each in flow.exchanges if each.phase == "preflight"), request)
    method = field(preflight.headers, "access-control-request-method") or request.method
    asked = field(preflight.headers, "access-control-request-headers") or ""
    credentials = any(check.id == "cors.check.acac" for check in flow.checks)
    headers = tuple(name for each in asked.split(",") if (name := each.strip()))
    return Wanted(field(request.headers, "origin") or "null", (method,), headers, credentials)


# -- filling in --------------------------------------------------------------------------------------------------------


def _filled(text: str, wanted: Wanted) -> str:
    lines = (_line(line, wanted) for line in text.strip("\n").split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _line(line: str, wanted: Wanted) -> str | None:
    """The line with everything filled in; None when something on it is empty."""
    values: dict[str, Sequence[str]] = {
        "origin": (wanted.origin,),
        "methods": wanted.methods,
        "headers": wanted.headers,
        "credentials": ("true",) if wanted.credentials else (),
    }
    if any(not values[found[1]] for found in _PLACE.finditer(line)):
        return None
    return _PLACE.sub(lambda found: _FORMS[found[2]](values[found[1]]), line)


_FORMS: Mapping[str | None, Callable[[Sequence[str]], str]] = {
    None: ", ".join,
    "list": lambda values: ", ".join(map(json.dumps, values)),
    "count": lambda values: str(len(values)),
    "regex": lambda values: "|".join(map(re.escape, values)),
    "python": lambda values: "True",
    "when": lambda values: "",
}


# -- the servers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Server:
    """``signs``: patterns for the values of headers, by name."""

    name: str
    signs: Mapping[str, str]
    parts: tuple[Part, ...]


@cache
def _servers() -> dict[str, _Server]:
    text = resources.files("corstui.analysis.pages").joinpath("servers.toml").read_text(encoding="utf-8")
    return {
        id: _Server(given["name"], given["signs"], tuple(Part(**part) for part in given["part"]))
        for id, given in tomllib.loads(text).items()
    }
