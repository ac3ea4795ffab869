"""Reading a run document back, as a baseline or as one side of a comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from corstui.fetch.messages import HeaderList, NetworkError, Request, Timing
from corstui.fetch.result import Check, Exchange, Flow, Response, ScriptResponse
from corstui.runner.lint import worst
from corstui.runner.plan import CellKey

SCHEMA = "corstui.run/1"


class StoreError(Exception):
    """A file is no run document that this version can read. The message names the file and the place in it."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredCell:
    """A cell as a run document tells it. Its flow has no bodies, and masked values stay masked."""

    key: CellKey
    origin_value: str
    method: str
    url: str
    expected: str | None
    as_expected: bool | None
    severity: str | None
    flow: Flow
    controls: tuple[Exchange, ...] = ()

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
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = repr(document.get("schema")) if isinstance(document, dict) else type(document).__name__
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

    def get(self, value: Any, key: str, kind: type | tuple[type, ...], place: str) -> Any:
        if not isinstance(value, Mapping) or key not in value:
            raise StoreError(f"{self._path}: {place} has no {key!r}")
        found = value[key]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise StoreError(f"{self._path}: {place}.{key} is of type {type(found).__name__}")
        return found

    def cell(self, cell: Any, place: str) -> StoredCell:
        names = [self.get(cell, name, str, place) for name in ("environment", "origin", "endpoint", "engine")]
        response = self.get(cell, "response", (dict, type(None)), place)
        exchanges = [
            self.exchange(each, f"{place}.exchanges[{index}]")
            for index, each in enumerate(self.get(cell, "exchanges", list, place))
        ]
        flow = Flow(
            engine=names[3],
            verdict=self.get(cell, "verdict", str, place),
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
            key=CellKey(*names),
            origin_value=self.get(cell, "origin_value", str, place),
            method=self.get(cell, "method", str, place),
            url=self.get(cell, "url", str, place),
            expected=self.get(cell, "expected", _OPTIONAL_TEXT, place),
            as_expected=self.get(cell, "as_expected", (bool, type(None)), place),
            severity=self.severity(cell, place),
            flow=flow,
            controls=tuple(each for each in exchanges if each.phase == "control"),
        )

    def severity(self, cell: Any, place: str) -> str | None:
        """The gravest of the cell's findings."""
        findings = self.get(cell, "findings", list, place)
        return worst({"severity": self.get(each, "severity", str, f"{place}.findings")} for each in findings)

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


def _timing(timing: Mapping[str, Any]) -> Timing:
    names = (field.name for field in fields(Timing))
    return Timing(**{name: timing[name] for name in names if isinstance(timing.get(name), int | float)})
