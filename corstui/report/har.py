"""A run as HTTP Archive 1.2, as browsers' developer tools save it: a page for each cell, an entry for each exchange.

Fields that begin with ``_`` are ours or the developer tools' own, as the format allows. Bodies are written on request
only; the format counts a handshake into ``connect``, and says -1 where a time does not apply.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from corstui import __version__
from corstui.analysis.facts import field
from corstui.analysis.story import headline
from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import HeaderList, NetworkError, Request
from corstui.fetch.result import Exchange, Response
from corstui.report.formats import Options
from corstui.report.masking import Mask, mask_for
from corstui.runner.cell import Cell
from corstui.runner.controls import Place, place_of
from corstui.runner.record import Run

#: What developer tools say of a type that nobody told.
_UNKNOWN_TYPE = "x-unknown"
_ABSENT = -1


def render(run: Run, options: Options) -> str:
    """The archive, in ASCII, a line an entry."""
    pages: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    controlled: set[Place] = set()
    for number, cell in enumerate(run.cells, 1):
        mask = mask_for(cell.planned.deployment, options)
        page = _page(f"page_{number}", cell, mask)
        pages.append(page)
        place = place_of(cell.planned)
        found = _entries(cell, mask, controls=place not in controlled, bodies=options.bodies)
        entries += ({"pageref": page["id"], **entry} for entry in found)
        controlled.add(place)
    log: dict[str, Any] = {"version": "1.2", "creator": {"name": "corstui", "version": __version__}}
    if len(run.plan.engines) == 1:
        (engine,) = run.plan.engines
        log["browser"] = {"name": f"{engine}, simulated", "version": ENGINES[engine].version}
    if run.interrupted:
        log["comment"] = f"interrupted; {run.summary['not_run']} cells did not run"
    head = json.dumps({**log, "pages": pages}, indent=1).removesuffix("\n}")
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in entries)
    return f'{{"log": {head},\n "entries": [\n{lines}\n ]\n}}}}'


def entry_text(cell: Cell, exchange: Exchange, options: Options) -> str:
    """One exchange of a cell as an entry of an archive, indented."""
    mask = mask_for(cell.planned.deployment, options)
    exchanges = [*cell.flow.exchanges, *cell.controls]
    entries = _entries(cell, mask, controls=True, bodies=options.bodies)
    found = next(entry for each, entry in zip(exchanges, entries, strict=True) if each is exchange)
    return json.dumps(found, indent=2)


def _page(name: str, cell: Cell, mask: Mask) -> dict[str, Any]:
    note = f"; {cell.waiver_note}" if cell.waiver_note else ""
    return {
        "id": name,
        "startedDateTime": _instant(_began(cell)),
        "title": str(cell.key),
        "pageTimings": {"onContentLoad": _ABSENT, "onLoad": _ABSENT},
        "comment": mask.text(f"{headline(cell)}{note}"),
        "_origin": cell.origin_value,
        "_verdict": cell.verdict,
        "_reason": cell.reason,
        "_expected": cell.expected,
        "_as_expected": cell.as_expected,
    }


def _entries(cell: Cell, mask: Mask, *, controls: bool, bodies: bool) -> Iterator[dict[str, Any]]:
    """The exchanges of a cell, one after the other. Control requests are an endpoint's: its first cell has them."""
    start = _began(cell)
    flow = cell.flow
    exchanges = [*flow.exchanges, *(cell.controls if controls else ())]
    for number, exchange in enumerate(exchanges, 1):
        seen = flow.response.body if bodies and flow.response and number == len(flow.exchanges) else None
        entry = _entry(exchange, start, mask, seen, bodies=bodies)
        kind = exchange.phase if exchange.phase in ("preflight", "control") else cell.planned.endpoint.initiator
        yield {**entry, "_resourceType": kind, "_phase": exchange.phase, "_hop": exchange.hop}
        start += timedelta(milliseconds=entry["time"])


def _began(cell: Cell) -> datetime:
    return datetime.fromtimestamp(cell.dialogue[0].wall, UTC)


def _entry(exchange: Exchange, start: datetime, mask: Mask, seen: bytes | None, *, bodies: bool) -> dict[str, Any]:
    timings = _timings(exchange)
    version = exchange.response.http_version if exchange.response else ""
    entry = {
        "startedDateTime": _instant(start),
        "time": round(sum(value for name, value in timings.items() if name != "ssl" and value > 0), 3),
        "request": _request(exchange.request, version, mask, bodies=bodies),
        "response": _failed(exchange.error, mask)
        if exchange.response is None
        else _response(exchange.response, mask, seen),
        "cache": {},
        "timings": timings,
    }
    return {**entry, "serverIPAddress": exchange.address} if exchange.address else entry


def _timings(exchange: Exchange) -> dict[str, float]:
    taken = exchange.timing
    connecting = [value for value in (taken.connect, taken.tls) if value is not None]
    before = sum(value or 0.0 for value in (taken.dns, taken.connect, taken.tls, taken.first_byte))
    return {
        "blocked": _known(taken.queue),
        "dns": _known(taken.dns),
        "connect": _known(sum(connecting) if connecting else None),
        "ssl": _known(taken.tls),
        "send": 0.0,
        "wait": max(_known(taken.first_byte), 0.0),
        "receive": round(max((taken.total or 0.0) - before, 0.0), 3),
    }


def _known(value: float | None) -> float:
    return _ABSENT if value is None else round(value, 3)


def _request(request: Request, version: str, mask: Mask, *, bodies: bool) -> dict[str, Any]:
    url = mask.text(request.url)
    made: dict[str, Any] = {
        "method": request.method,
        "url": url,
        "httpVersion": version,
        "cookies": [
            _pair(pair)
            for name, value in mask.headers(request.headers)
            if name.lower() == "cookie"
            for pair in value.split(";")
        ],
        "headers": _headers(request.headers, mask),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        ],
        "headersSize": _ABSENT,
        "bodySize": len(request.body),
    }
    if bodies and request.body:
        text = mask.text(request.body.decode("utf-8", "replace"))
        made["postData"] = {"mimeType": _type(request.headers, mask), "text": text}
    return made


def _response(response: Response, mask: Mask, seen: bytes | None) -> dict[str, Any]:
    content: dict[str, Any] = {
        "size": response.body_length,
        "mimeType": _type(response.headers, mask),
    }
    if seen is not None:
        content["text"] = mask.text(seen.decode("utf-8", "replace"))
    return {
        "status": response.status,
        "statusText": mask.text(response.reason),
        "httpVersion": response.http_version,
        "cookies": [
            _pair(value.partition(";")[0])
            for name, value in mask.headers(response.headers)
            if name.lower() == "set-cookie"
        ],
        "headers": _headers(response.headers, mask),
        "content": content,
        "redirectURL": mask.text(field(response.headers, "location") or ""),
        "headersSize": _ABSENT,
        "bodySize": response.body_length,
    }


def _type(headers: HeaderList, mask: Mask) -> str:
    return mask.text(field(headers, "content-type") or "") or _UNKNOWN_TYPE


def _failed(error: NetworkError | None, mask: Mask) -> dict[str, Any]:
    """What developer tools save where no answer came: status 0, and why."""
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": _UNKNOWN_TYPE},
        "redirectURL": "",
        "headersSize": _ABSENT,
        "bodySize": _ABSENT,
        **({} if error is None else {"_error": error.net_error or error.code, "comment": mask.text(error.message)}),
    }


def _headers(headers: HeaderList, mask: Mask) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in mask.headers(headers)]


def _pair(text: str) -> dict[str, str]:
    name, _, value = text.partition("=")
    return {"name": name.strip(), "value": value.strip()}


def _instant(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
