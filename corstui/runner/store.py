"""Reading a run document back, as a baseline or as one side of a comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corstui.fetch.messages import HeaderList, NetworkError, Request, Timing
from corstui.fetch.result import VERDICTS, Check, Exchange, Flow, Response, ScriptResponse, Verdict
from corstui.profile.expectations import Expectation, parse_expectation
from corstui.profile.model import Deployment, Endpoint, Tls
from corstui.profile.problems import Location, Refusal, shown
from corstui.profile.waivers import waiver_note
from corstui.runner.lint import worst
from corstui.runner.plan import CellKey, Planned

SCHEMA = "corstui.run/1"


class StoreError(Exception):
    """A file is no run document that this version can read. The message names the file and the place in it."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredCell:
    """A cell as a run document tells it: what a :class:`~corstui.runner.cell.Cell` says, but for its dialogue.

    Its flow has no bodies, and masked values stay masked. ``planned`` holds what the document knows of the plan, and
    must never be run.
    """

    planned: Planned
    expected: str | None
    as_expected: bool | None
    findings: list[dict[str, Any]]
    duration_ms: float
    flow: Flow
    controls: tuple[Exchange, ...] = ()
    waiver_state: str | None = None
    waiver_note: str | None = None

    @property
    def key(self) -> CellKey:
        return self.planned.key

    @property
    def environment(self) -> str:
        return self.key.environment

    @property
    def origin(self) -> str:
        return self.key.origin

    @property
    def endpoint(self) -> str:
        return self.key.endpoint

    @property
    def engine(self) -> str:
        return self.key.engine

    @property
    def origin_value(self) -> str:
        return self.planned.origin_value

    @property
    def method(self) -> str:
        return self.planned.method

    @property
    def url(self) -> str:
        return self.planned.url

    @property
    def severity(self) -> str | None:
        """That of the gravest finding."""
        return worst(self.findings)

    @property
    def verdict(self) -> str:
        return self.flow.verdict

    @property
    def reason(self) -> str | None:
        return self.flow.reason

    @property
    def browser_error(self) -> str | None:
        return self.flow.browser_error

    @property
    def phase(self) -> str:
        return self.flow.phase

    @property
    def sent(self) -> bool:
        return self.flow.sent

    @property
    def inconclusive(self) -> bool:
        return self.flow.inconclusive

    @property
    def response(self) -> ScriptResponse | None:
        return self.flow.response

    @property
    def status(self) -> int | None:
        return self.flow.response.status if self.flow.response else None

    @property
    def exchanges(self) -> list[Exchange]:
        """Those of the flow, then the controls."""
        return [*self.flow.exchanges, *self.controls]

    @property
    def checks(self) -> list[Check]:
        return self.flow.checks


def is_stored(cell: object) -> bool:
    """Whether this is a cell as a document tells it, which lacks bodies, raw heads and what script asked for."""
    return isinstance(cell, StoredCell)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run document that was read. ``name`` is how a report calls it: the file's name."""

    name: str
    profile: str
    started: str
    interrupted: bool
    cells: tuple[StoredCell, ...]


def load_run(path: Path) -> StoredRun:
    """Read a run document. Raises StoreError for anything else."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise StoreError(f"{path} is no run document: it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise StoreError(f"{path}:{error.lineno}:{error.colno}: no JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # JSON by its grammar
        raise StoreError(f"{path} is no run document: a number too long, or nested too deep") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = shown(str(document.get("schema"))) if isinstance(document, dict) else type(document).__name__
        raise StoreError(
            f"{path} is no run document: its schema is {found}, not {SCHEMA!r} (check --format json writes one)"
        )
    reader = _Reader(path)
    cells = [
        reader.cell(cell, f"cells[{index}]")
        for index, cell in enumerate(reader.get(document, "cells", list, "the document"))
    ]
    return StoredRun(
        name=path.name,
        profile=str(document.get("profile") or ""),
        started=str(document.get("started") or ""),
        interrupted=document.get("interrupted") is True,
        cells=tuple(cells),
    )


_OPTIONAL_TEXT = (str, type(None))


class _Reader:
    """Takes values out of the document and says where one is missing or of the wrong type."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._origins: dict[str, dict[str, str]] = {}

    def get(self, value: Any, key: str, kind: type | tuple[type, ...], place: str) -> Any:
        if not isinstance(value, Mapping) or key not in value:
            raise StoreError(f"{self._path}: {place} has no {key!r}")
        found = value[key]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise StoreError(f"{self._path}: {place}.{key} is of type {type(found).__name__}")
        return found

    def verdict(self, cell: Any, place: str) -> Verdict:
        """The set of verdicts is closed: what tells another one is not what a run writes."""
        told = self.get(cell, "verdict", str, place)
        for known in VERDICTS:
            if told == known:
                return known
        raise StoreError(f"{self._path}: {place}.verdict is {shown(told)}, which is none of {', '.join(VERDICTS)}")

    def cell(self, cell: Any, place: str) -> StoredCell:
        names = [self.get(cell, name, str, place) for name in ("environment", "origin", "endpoint", "engine")]
        response = self.get(cell, "response", (dict, type(None)), place)
        exchanges = [
            self.exchange(each, f"{place}.exchanges[{index}]")
            for index, each in enumerate(self.get(cell, "exchanges", list, place))
        ]
        flow = Flow(
            engine=names[3],
            verdict=self.verdict(cell, place),
            reason=self.get(cell, "reason", _OPTIONAL_TEXT, place),
            phase=self.get(cell, "phase", str, place),
            sent=self.get(cell, "sent", bool, place),
            browser_error=self.get(cell, "browser_error", _OPTIONAL_TEXT, place),
            exchanges=[each for each in exchanges if each.phase != "control"],
            checks=[self.check(each, f"{place}.checks") for each in self.get(cell, "checks", list, place)],
            response=None if response is None else self.seen(response, f"{place}.response"),
            inconclusive=self.get(cell, "inconclusive", bool, place),
        )
        return StoredCell(
            planned=self.planned(cell, CellKey(*names), place),
            expected=self.get(cell, "expected", _OPTIONAL_TEXT, place),
            as_expected=self.get(cell, "as_expected", (bool, type(None)), place),
            findings=[
                self.finding(each, f"{place}.findings[{index}]")
                for index, each in enumerate(self.get(cell, "findings", list, place))
            ],
            duration_ms=self.get(cell, "duration_ms", (int, float), place),
            flow=flow,
            controls=tuple(each for each in exchanges if each.phase == "control"),
            waiver_state=_waiver(cell).get("state"),
            waiver_note=_waiver_note(_waiver(cell)),
        )

    def planned(self, cell: Any, key: CellKey, place: str) -> Planned:
        """What the document knows of the plan; it allows nothing to be sent."""
        origin_value = self.get(cell, "origin_value", str, place)
        origins = self._origins.setdefault(key.environment, {})
        origins[key.origin] = origin_value
        url = self.get(cell, "url", str, place)
        endpoint = _told_endpoint(key.endpoint, self.get(cell, "method", str, place), url, Location(str(self._path)))
        expected = self.get(cell, "expected", _OPTIONAL_TEXT, place)
        return Planned(
            key=key,
            origin_value=origin_value,
            endpoint=endpoint,
            deployment=_told_deployment(key.environment, origins),
            expectation=None if expected is None else _expectation(expected, endpoint.location),
            may_write=False,
        )

    def finding(self, finding: Any, place: str) -> dict[str, Any]:
        """The rule, its severity and message are text; what shows it may be unknown."""
        said = {name: self.get(finding, name, str, place) for name in ("rule", "severity", "message")}
        return {**said, "exchange": finding.get("exchange"), "header": finding.get("header")}

    def exchange(self, exchange: Any, place: str) -> Exchange:
        request = self.get(exchange, "request", dict, place)
        response = self.get(exchange, "response", (dict, type(None)), place)
        error = self.get(exchange, "error", (dict, type(None)), place)
        phase, hop = self.get(exchange, "phase", str, place), self.get(exchange, "hop", int, place)
        timing = exchange.get("timing")
        return Exchange(
            phase=phase,
            hop=hop,
            request=Request(
                method=self.get(request, "method", str, f"{place}.request"),
                url=self.get(request, "url", str, f"{place}.request"),
                headers=self.headers(request, f"{place}.request"),
                phase=phase,
                hop=hop,
            ),
            response=None if response is None else self.head(response, f"{place}.response"),
            error=None if error is None else NetworkError(str(error.get("code")), str(error.get("message"))),
            timing=_timing(timing) if isinstance(timing, Mapping) else Timing(),
        )

    def head(self, response: Any, place: str) -> Response:
        return Response(
            status=self.get(response, "status", int, place),
            reason=self.get(response, "reason", str, place),
            http_version=self.get(response, "http_version", str, place),
            headers=self.headers(response, place),
            body_length=self.get(response, "body_length", int, place),
        )

    def seen(self, response: Any, place: str) -> ScriptResponse:
        return ScriptResponse(
            type=self.get(response, "type", str, place),
            status=self.get(response, "status", int, place),
            url=self.get(response, "url", str, place),
            redirected=self.get(response, "redirected", bool, place),
            headers=self.headers(response, place),
            body_error=self.get(response, "body_error", _OPTIONAL_TEXT, place),
        )

    def check(self, check: Any, place: str) -> Check:
        return Check(
            id=self.get(check, "id", str, place),
            passed=self.get(check, "passed", bool, place),
            required=self.get(check, "required", str, place),
            observed=self.get(check, "observed", str, place),
            decisive=self.get(check, "decisive", bool, place),
            exchange=self.get(check, "exchange", (int, type(None)), place),
        )

    def headers(self, value: Any, place: str) -> HeaderList:
        pairs = self.get(value, "headers", list, place)
        for pair in pairs:
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)):
                raise StoreError(f"{self._path}: {place}.headers holds something that is no pair of name and value")
        return [(name, value) for name, value in pairs]


def _told_endpoint(name: str, method: str, url: str, location: Location) -> Endpoint:
    """An endpoint of which only its name, method and address are known; it may never be sent."""
    return Endpoint(
        name=name,
        group=None,
        method=method,
        url=url,
        headers=(),
        body=None,
        mode="cors",
        credentials="same-origin",
        redirect="follow",
        cache="default",
        referrer_policy="",
        keepalive=False,
        upload_listener=False,
        crossorigin=None,
        initiator="fetch",
        origins=None,
        repeat=1,
        send="never",
        timeout=None,
        tags=(),
        notes="",
        uses_secret=False,
        expectations={},
        location=location,
    )


def _told_deployment(name: str, origins: Mapping[str, str]) -> Deployment:
    """An environment of which only the origins are known. What was secret in it was masked before."""
    return Deployment(
        name=name,
        writes=False,
        confirm=True,
        cookies=(),
        resolve={},
        proxy=None,
        tls=Tls(),
        origins=origins,
        endpoints=(),
        secrets=frozenset(),
        named_origins=frozenset(),
    )


def _expectation(text: str, location: Location) -> Expectation | None:
    """What was expected; None where a later version wrote what this one does not know."""
    try:
        return parse_expectation(text, location)
    except Refusal:
        return None


def _waiver(cell: Any) -> dict[str, str]:
    """What a document says of a waiver; earlier versions wrote none."""
    told = cell.get("waiver")
    return {name: text for name, text in told.items() if isinstance(text, str)} if isinstance(told, dict) else {}


def _waiver_note(waiver: Mapping[str, str]) -> str | None:
    return waiver_note(waiver.get("state"), waiver.get("reason", ""), waiver.get("expires"))


def _timing(timing: Mapping[str, Any]) -> Timing:
    return Timing(**{name: timing[name] for name in Timing._fields if isinstance(timing.get(name), int | float)})
