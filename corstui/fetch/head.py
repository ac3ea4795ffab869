"""Reading a raw response head as each engine does (RFC 9112, sections 4 and 5, and the liberties that engines take)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corstui.fetch import headers as h
from corstui.fetch.engines import Engine
from corstui.fetch.messages import HeaderList
from corstui.fetch.methods import is_token
from corstui.fetch.result import Response

_NUL_IN_NAME = re.compile(rb"\n[^:\n]*\0[^\n]*\n")
_STATUS_LINE = re.compile(r"(HTTP)/(\d+(?:\.\d+)?)[ \t]*(-?\d+)(.*)\Z", re.IGNORECASE | re.DOTALL)
#: Digits that make a number which engines can read.
_DIGITS = 9
#: Characters of a line that a sentence repeats.
_SHOWN = 60
_CONTENT_LENGTH = re.compile(r"[+-]?\d+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class BadHead:
    """The engine does not take the head for a response. ``why`` is a sentence; ``net_error`` Chromium's own name."""

    why: str
    net_error: str = "ERR_INVALID_HTTP_RESPONSE"


def parse_head(head: bytes, engine: Engine) -> Response | BadHead:
    """The head as ``engine`` understands it, or why it refuses it."""
    if engine.drops_names_with_nul:
        head = _NUL_IN_NAME.sub(b"\n", head)
    if b"\0" in head:
        return BadHead("the response head holds a NUL byte")
    if len(head) > engine.max_head:
        return BadHead(
            f"the response head has {len(head)} bytes, more than {engine.name} accepts", "ERR_RESPONSE_HEADERS_TOO_BIG"
        )
    text = head.decode("latin-1").replace("\r\n", "\n")
    if engine.bare_cr_ends_line:
        text = text.replace("\r", "\n")
    if text.startswith("ICY ") and engine.shoutcast != "refused":
        text = text.replace("ICY", "HTTP/1.0", 1)
        if engine.shoutcast == "bare":
            text = text.partition("\n")[0]
    lines = text.rstrip("\n").split("\n")
    if engine.reads_http09 and text and not text.startswith("HTTP/"):
        return Response(200, "OK", "HTTP/0.9", [])
    status = _status_line(lines[0], engine)
    if isinstance(status, BadHead):
        return status
    version, code, reason = status
    headers = _fields(lines[1:], engine)
    refusal = _framing(headers, engine)
    return refusal or Response(code, reason, version, _merged(headers) if engine.merges_equal_lengths else headers)


def _shown(line: str) -> str:
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}\u2026"


def _status_line(line: str, engine: Engine) -> BadHead | tuple[str, int, str]:
    match = _STATUS_LINE.match(line)
    if match is None:
        return BadHead(f"the answer does not begin with an HTTP status line: {_shown(line)!r}")
    name, version, digits, rest = match.groups()
    if name != "HTTP" and not engine.accepts_lower_case_version:
        return BadHead(f"the status line begins with {name!r}")
    if version not in ("1.1", "1.0", "2", "3") and not engine.accepts_any_http_version:
        return BadHead(f"the status line names HTTP/{version}")
    if rest and not rest[0].isspace() and not engine.accepts_status_without_space:
        return BadHead(f"no space after the status code: {_shown(line)!r}")
    code = int(digits) if len(digits) <= _DIGITS else -1
    if engine.wraps_status and code >= 0:
        code %= 0x10000
    if not engine.min_status <= code <= engine.max_status:
        return BadHead(f"the status code {digits} is none")
    if code == 101 and not engine.accepts_switching_protocols:
        return BadHead("101 Switching Protocols answers a request that asked for no upgrade")
    return f"HTTP/{version}", code, rest.strip(" \t")


def _fields(lines: list[str], engine: Engine) -> HeaderList:
    fields: HeaderList = []
    blank = " \t\r" if engine.drops_bare_cr_at_end else " \t"
    kept = False
    for line in lines:
        if line[:1] in (" ", "\t"):
            if kept:  # obs-fold (RFC 9112, section 5.2); one of a line that was dropped goes with it
                name, value = fields[-1]
                fields[-1] = (name, _fold(value, line))
            continue
        read = _field if len(line) < h.REPEATED else _field.__wrapped__
        field = read(line, engine.accepts_space_before_colon, blank)
        kept = field is not None
        if field is not None:
            fields.append(field)
    return fields


@lru_cache(maxsize=4096)
def _field(line: str, accepts_space_before_colon: bool, blank: str) -> tuple[str, str] | None:
    """Name and value; None for a line that is no field."""
    name, colon, value = line.partition(":")
    if accepts_space_before_colon:
        name = name.rstrip(" \t")
    return (name, value.strip(blank)) if colon and is_token(name) else None


def _fold(value: str, line: str) -> str:
    return (value + " " + line.strip(" \t")).strip(" \t")


def _merged(headers: HeaderList) -> HeaderList:
    """The fields with one Content-Length, which are equal by now."""
    lengths = [place for place, (name, _) in enumerate(headers) if name.lower() == "content-length"]
    return [field for place, field in enumerate(headers) if place not in lengths[1:]]


def _framing(headers: HeaderList, engine: Engine) -> BadHead | None:
    lengths = h.get_all(headers, "content-length")
    different = {part.strip(" \t") for value in lengths for part in value.split(",")}
    if len(different) > 1 and not engine.accepts_differing_content_lengths:
        return BadHead("two Content-Length fields differ", "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH")
    if not engine.accepts_bad_content_length and not all(map(_CONTENT_LENGTH.match, lengths)):
        return BadHead("Content-Length is not a number")
    codings = h.get(headers, "transfer-encoding")
    if codings and codings.lower() not in ("chunked", "identity") and not engine.accepts_unknown_transfer_coding:
        return BadHead(f"Transfer-Encoding {codings!r} is not known")
    return None
