"""The lab's server on raw sockets: framing, keep-alive, refusals, clients that mean harm, and shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator

import pytest

from corstui.lab.server import MAX_BODY, MAX_HEAD, Answer, Asked, Server
from tests.lab.wire import connection, everything, head

OK = b"HTTP/1.1 200 OK\r\nX-Target: /\r\nContent-Length: 2\r\n\r\nhi"
LAST = b"HTTP/1.1 200 OK\r\nX-Target: /\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


def told(asked: Asked) -> Answer:
    """Answers that show what the server understood."""
    if asked.path == "/reset":
        return Answer(200, reset=True)
    if asked.path == "/empty":
        return Answer(204)
    if asked.path == "/slow":
        return Answer(200, delay=3600.0)
    return Answer(200, (("X-Target", asked.target),), b"hi")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server(told)
    await served.start()
    yield served
    await served.close()


async def still_serves(server: Server) -> bool:
    return await everything(server.port, head("GET", "/", "Connection: close")) == LAST


async def test_an_answer_is_its_status_its_fields_as_spelled_and_its_length(server: Server) -> None:
    async with connection(server.port) as (reader, writer):
        writer.write(head("GET", "/"))
        assert await reader.readexactly(len(OK)) == OK


@pytest.mark.parametrize(
    "raw", [head("GET", "/", "Connection: Close"), head("GET", "/", version="HTTP/1.0")], ids=["close", "HTTP/1.0"]
)
async def test_the_last_answer_of_a_connection_says_so(server: Server, raw: bytes) -> None:
    assert await everything(server.port, raw) == LAST


async def test_a_head_request_is_answered_without_the_body_that_it_announces(server: Server) -> None:
    raw = await everything(server.port, head("HEAD", "/", "Connection: close"))
    assert raw == LAST.removesuffix(b"hi")


async def test_a_204_has_neither_body_nor_length(server: Server) -> None:
    raw = await everything(server.port, head("GET", "/empty", "Connection: close"))
    assert raw == b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


async def test_one_connection_carries_many_requests_and_their_bodies_are_read(server: Server) -> None:
    first = head("POST", "/a", "Content-Length: 5") + b"GET /"
    second = head("GET", "/b?q=1", "Connection: close")
    raw = await everything(server.port, first + second)
    assert raw.count(b"HTTP/1.1 200 OK") == 2
    assert raw.index(b"X-Target: /a\r\n") < raw.index(b"X-Target: /b?q=1\r\n")


async def test_a_request_may_arrive_byte_by_byte(server: Server) -> None:
    async with connection(server.port) as (reader, writer):
        for byte in head("GET", "/"):
            writer.write(bytes([byte]))
            await writer.drain()
        assert await reader.readexactly(len(OK)) == OK


async def test_a_reset_is_a_tcp_reset_and_no_byte_of_an_answer(server: Server) -> None:
    async with connection(server.port) as (reader, writer):
        writer.write(head("GET", "/reset"))
        with pytest.raises(ConnectionResetError):
            await reader.read()


REFUSED = {
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    "two words": (b"GET /\r\n\r\n", 400),
    "another protocol": (b"GET / RTSP/1.0\r\n\r\n", 400),
    "a header without a colon": (head("GET", "/", "nonsense"), 400),
    "a header without a name": (head("GET", "/", ": value"), 400),
    "a folded header": (head("GET", "/", "X-A: 1", " 2"), 400),
    "a length that is no number": (head("POST", "/", "Content-Length: ten"), 400),
    "two lengths": (head("POST", "/", "Content-Length: 1", "Content-Length: 2"), 400),
    "a control character": (head("GET", "/", "Origin: a\nX-Injected: 1"), 400),
    "a target with a space": (head("GET", "/a b"), 400),
    "a length beyond all numbers": (head("POST", "/", "Content-Length: " + "9" * 5000), 413),
    "a negative length": (head("POST", "/", "Content-Length: -1"), 400),
    "chunks": (head("POST", "/", "Transfer-Encoding: chunked"), 400),
    "too much body": (head("POST", "/", f"Content-Length: {MAX_BODY + 1}"), 413),
}


@pytest.mark.parametrize(("raw", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_is_no_request_is_refused_and_the_connection_closed(server: Server, raw: bytes, status: int) -> None:
    answer = await everything(server.port, raw)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nConnection: close\r\n" in answer
    assert await still_serves(server)


async def test_a_head_beyond_all_bounds_is_refused_in_a_way_that_its_client_can_read(server: Server) -> None:
    answer = await everything(server.port, head("GET", "/", "X: " + "x" * 40 * MAX_HEAD))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert await still_serves(server)


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\nHost: sh", head("POST", "/", "Content-Length: 10") + b"half"])
async def test_a_client_that_stops_in_the_middle_is_given_up(raw: bytes) -> None:
    server = Server(told, patience=0.01)
    await server.start()
    assert await everything(server.port, raw) == b""
    await server.close()


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(server: Server) -> None:
    for raw in (b"", b"GET / HT", head("POST", "/", "Content-Length: 10") + b"half"):
        async with connection(server.port) as (_, writer):
            writer.write(raw)
            await writer.drain()
    assert await still_serves(server)


async def test_many_clients_are_served_at_once(server: Server) -> None:
    async with contextlib.AsyncExitStack() as stack:
        pairs = [await stack.enter_async_context(connection(server.port)) for _ in range(200)]
        for _, writer in pairs:
            writer.write(head("GET", "/"))
        answers = await asyncio.gather(*(reader.readexactly(len(OK)) for reader, _ in pairs))
    assert set(answers) == {OK}


async def test_closing_drops_idle_half_read_and_waiting_connections_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    server = Server(told)
    await server.start()
    async with contextlib.AsyncExitStack() as stack:
        readers = []
        for raw in (b"", b"GET / HT", head("GET", "/slow")):
            reader, writer = await stack.enter_async_context(connection(server.port))
            writer.write(raw)
            await writer.drain()
            readers.append(reader)
        assert await still_serves(server)  # so that the connections before it have been accepted
        await server.close()
        for reader in readers:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
    assert asyncio.all_tasks() == before


async def test_closing_frees_the_port() -> None:
    server = Server(told)
    await server.start()
    await server.close()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", server.port))


async def test_a_port_that_is_taken_is_an_error_of_the_caller() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(told)
        with pytest.raises(OSError, match="in use"):
            await server.start(port=taken.getsockname()[1])
        await server.close()


@pytest.mark.parametrize("turns", range(4))
async def test_a_client_that_comes_while_the_server_closes_is_dropped_too(turns: int) -> None:
    server = Server(told)
    await server.start()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(3)]
        for _ in range(turns):  # of the loop: accepted or not, with a transport or not
            await asyncio.sleep(0)
        await server.close()
        for client in clients:
            with contextlib.suppress(ConnectionError):
                assert client.recv(1) == b""
    gc.collect()  # a socket that nobody closed would complain now
