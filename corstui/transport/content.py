"""Undoing content codings (RFC 9110, section 8.4.1) of a body that was kept in part, however hostile it is.

Every decoder is stopped at a fixed amount of output, so a few kilobytes that would inflate to gigabytes cost nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
import zstandard

from corstui.transport.body import BODY_KEPT

#: Bytes of output kept of the last decoder, and of those before it.
_OUTPUT = BODY_KEPT
_BETWEEN = 1024 * 1024
#: More codings than any server applies on purpose.
_MOST_CODINGS = 5
#: What a browser's decoder takes for a zstd window (RFC 9659).
_ZSTD_WINDOW = 8 * 1024 * 1024
#: This decoder cannot be told to stop; four bytes may make a block of 128 KiB, so it is fed this many at a time.
_ZSTD_STEP = 32


def decode(body: bytes, encodings: str) -> tuple[bytes, str | None]:
    """The beginning of ``body`` with the codings of a Content-Encoding value undone, last applied first.

    Returns at most 64 KiB, and what is wrong: None, ``capped`` (there is more), ``truncated`` (the coded data ends too
    early, as a body kept in part does), ``malformed``, or ``unknown coding NAME``.
    """
    names = [name.strip(" \t").lower() for name in encodings.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > _MOST_CODINGS:
        return body[:_OUTPUT], f"{len(names)} codings"
    trouble = None
    for position, name in reversed(list(enumerate(names))):
        decoder = _DECODERS.get(name)
        if decoder is None:
            return body[:_OUTPUT], f"unknown coding {name}"
        limit = _BETWEEN if position else _OUTPUT
        body, error = decoder(body, limit + 1) if body else (b"", None)
        if len(body) > limit:
            body, error = body[:limit], "capped"
        trouble = trouble or error
    return body[:_OUTPUT], trouble


def _gzip(body: bytes, limit: int) -> tuple[bytes, str | None]:
    out, error, rest = _inflate(body, limit, 16 + zlib.MAX_WBITS)
    while rest.startswith(b"\x1f\x8b") and len(out) < limit:  # a file may have several members; other bytes are ignored
        more, error, rest = _inflate(rest, limit - len(out), 16 + zlib.MAX_WBITS)
        out += more
    return out, error


def _deflate(body: bytes, limit: int) -> tuple[bytes, str | None]:
    """zlib's format as the standard says, or bare deflate data as some servers send."""
    has_zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflate(body, limit, zlib.MAX_WBITS if has_zlib_header else -zlib.MAX_WBITS)[:2]


def _inflate(body: bytes, limit: int, window: int) -> tuple[bytes, str | None, bytes]:
    """At most ``limit`` bytes, what is wrong, and what follows the end of the data."""
    decoder = zlib.decompressobj(window)
    try:
        out = decoder.decompress(body, limit)
    except zlib.error:
        return b"", "malformed", b""
    return out, None if decoder.eof else "truncated", decoder.unused_data


def _brotli(body: bytes, limit: int) -> tuple[bytes, str | None]:
    decoder = brotli.Decompressor()
    out = b""
    try:
        while len(out) < limit and not decoder.is_finished():
            part = decoder.process(body, output_buffer_limit=limit - len(out))
            if not part and decoder.can_accept_more_data():
                break
            out += part
            body = b""
    except brotli.error:
        return out, "malformed"
    return out, None if decoder.is_finished() else "truncated"


def _zstd(body: bytes, limit: int) -> tuple[bytes, str | None]:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    out = b""
    try:
        for start in range(0, len(body), _ZSTD_STEP):
            out += decoder.decompress(body[start : start + _ZSTD_STEP])
            if decoder.eof or len(out) >= limit:
                break
    except zstandard.ZstdError:
        return out[:limit], "malformed"
    return out[:limit], None if decoder.eof else "truncated"


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, str | None]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
