"""Content codings are undone within bounds."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corstui.transport.body import BODY_KEPT
from corstui.transport.content import decode


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


def quick_brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=1))


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": quick_brotli,
    "zstd": zstandard.compress,
}
DATA = b"some data, some more data" * 40
coded = pytest.mark.parametrize(("name", "code"), CODERS.items(), ids=CODERS.keys())


@coded
def test_each_coding_is_undone(name: str, code: Callable[[bytes], bytes]) -> None:
    assert decode(code(DATA), name) == (DATA, None)
    assert decode(code(DATA), f" {name.upper()}\t") == (DATA, None)
    assert decode(code(b""), name) == (b"", None)


@coded
def test_an_empty_body_needs_no_decoding(name: str, code: Callable[[bytes], bytes]) -> None:
    assert decode(b"", name) == (b"", None)


@coded
def test_a_bomb_is_harmless(name: str, code: Callable[[bytes], bytes]) -> None:
    bomb = code(bytes(64 * 1024 * 1024))[:BODY_KEPT]
    assert decode(bomb, name) == (bytes(BODY_KEPT), "capped")


@coded
def test_what_just_fits_is_whole(name: str, code: Callable[[bytes], bytes]) -> None:
    assert decode(code(b"x" * BODY_KEPT), name) == (b"x" * BODY_KEPT, None)
    assert decode(code(b"x" * (BODY_KEPT + 1)), name) == (b"x" * BODY_KEPT, "capped")


@coded
def test_cut_off_data_is_said_to_be(name: str, code: Callable[[bytes], bytes]) -> None:
    assert decode(code(DATA)[:-3], name)[1] == "truncated"


@coded
def test_other_data_is_malformed(name: str, code: Callable[[bytes], bytes]) -> None:
    assert decode(b"\xff\xfe<html>this is plain text</html>", name)[1] == "malformed"


def test_deflate_may_lack_its_zlib_header() -> None:
    assert decode(raw_deflate(DATA), "deflate") == (DATA, None)


def test_gzip_may_have_several_members_and_bytes_behind() -> None:
    assert decode(gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0", "gzip") == (b"onetwo", None)


def test_several_codings_are_undone_from_the_last() -> None:
    assert decode(brotli.compress(gzip.compress(DATA)), "gzip, br") == (DATA, None)
    assert decode(zstandard.compress(DATA), "identity,, zstd") == (DATA, None)
    assert decode(DATA, "") == (DATA, None)


def test_a_bomb_within_a_bomb_is_harmless() -> None:
    bomb = gzip.compress(gzip.compress(gzip.compress(bytes(64 * 1024 * 1024))))
    assert decode(bomb, "gzip, gzip, gzip") == (bytes(BODY_KEPT), "capped")


def test_unknown_and_too_many_codings_leave_the_body() -> None:
    assert decode(DATA, "compress") == (DATA, "unknown coding compress")
    assert decode(DATA, ",".join(["gzip"] * 6)) == (DATA, "6 codings")


@given(st.binary(max_size=300), st.lists(st.sampled_from([*CODERS, "identity"]), max_size=3).map(",".join))
def test_no_bytes_crash_a_decoder(data: bytes, names: str) -> None:
    body, _ = decode(data, names)
    assert len(body) <= BODY_KEPT
