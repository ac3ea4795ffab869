from __future__ import annotations

import pytest

from corstui.fetch.engines import ENGINES
from corstui.fetch.head import BadHead, parse_head
from corstui.fetch.result import Response


def accepted_by(raw: bytes) -> set[str]:
    return {name for name, engine in ENGINES.items() if isinstance(parse_head(raw, engine), Response)}


ALL = set(ENGINES)


@pytest.mark.parametrize(
    ("raw", "engines"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", ALL),
        (b"HTTP/1.1 200\r\n\r\n", ALL),
        (b"HTTP/1.0 200 OK\n\n", ALL),
        (b"HTTP/2 200\r\n\r\n", ALL),
        (b"HTTP/1.1 200OK\r\n\r\n", ALL - {"firefox"}),
        (b"http/1.1 200 OK\r\n\r\n", {"chromium", "firefox"}),
        (b"HTTP/1.1 1000 X\r\n\r\n", {"chromium"}),
        (b"HTTP/1.1 999999999 X\r\n\r\n", {"chromium"}),
        (b"HTTP/1.1 1000000000 X\r\n\r\n", set()),
        (b"HTTP/1.1 -1 X\r\n\r\n", set()),
        (b"HTTP/1.1 101 Switching\r\n\r\n", {"firefox"}),
        (b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", set()),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", {"webkit"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ALL - {"webkit"}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ALL - {"webkit"}),
        (b"HTTP/1.1 200 OK\r\nA: " + b"a" * 300_000 + b"\r\n\r\n", {"firefox"}),
        (b"SSH-2.0-OpenSSH\r\n", {"firefox"}),
        (b"", set()),
    ],
)
def test_which_engines_take_a_head(raw: bytes, engines: set[str]) -> None:
    assert accepted_by(raw) == engines


@pytest.mark.parametrize(("digits", "status"), [("10000", 10_000), ("65736", 200), ("99999", 34_463)])
def test_chromium_reads_statuses_modulo_65536(digits: str, status: int) -> None:
    response = parse_head(f"HTTP/1.1 {digits} X\r\n\r\n".encode(), ENGINES["chromium"])
    assert isinstance(response, Response)
    assert response.status == status


def fields(raw: bytes, engine: str = "chromium") -> list[tuple[str, str]]:
    response = parse_head(b"HTTP/1.1 200 OK\r\n" + raw + b"\r\n", ENGINES[engine])
    assert not isinstance(response, BadHead)
    return response.headers


def test_fields_keep_order_duplicates_and_bytes() -> None:
    assert fields(b"B: 1\r\na: \xe9\r\nB: 2\r\n") == [("B", "1"), ("a", "\xe9"), ("B", "2")]


def test_blanks_around_a_value_go_and_those_within_stay() -> None:
    assert fields(b"A:\t x  y \t\r\n") == [("A", "x  y")]


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_only_a_head_that_begins_with_it_is_a_shoutcast(engine: str) -> None:
    assert fields(b"Server: ICY 2\r\nX-Next: 1\r\n", engine) == [("Server", "ICY 2"), ("X-Next", "1")]


def test_a_folded_line_joins_the_one_before_by_a_space() -> None:
    assert fields(b"A: x\r\n  y\r\nB:\r\n z\r\n") == [("A", "x y"), ("B", "z")]


def test_only_chromium_takes_a_name_with_a_space_before_its_colon() -> None:
    assert fields(b"A : x\r\n") == [("A", "x")]
    assert fields(b"A : x\r\n", "firefox") == []
    assert fields(b"A : x\r\n", "webkit") == []


def test_lines_that_are_no_fields_are_skipped() -> None:
    assert fields(b" A: x\r\nno colon\r\n@: y\r\nB: 1\r\n") == [("B", "1")]


def test_a_folded_line_goes_with_the_line_that_was_dropped() -> None:
    assert fields(b"A: x\r\nB C: y\r\n z\r\nno colon\r\n z\r\n") == [("A", "x")]
