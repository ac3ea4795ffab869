"""What the tests do where a server is missing, and that no server outlives them."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from tests.real_servers import servers
from tests.real_servers.__main__ import main
from tests.real_servers.servers import Farm, Server, absent, started

MISSING = Farm(missing={"nginx": "nginx is not installed: apt-get install nginx-light"})


def test_a_missing_server_skips_with_a_sentence_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORSTUI_TEST_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="nginx is not installed: apt-get install nginx-light"):
        MISSING.require("express", "nginx")


def test_a_missing_server_fails_where_servers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORSTUI_TEST_SERVERS", "required")
    with pytest.raises(pytest.fail.Exception, match="nginx is not installed: apt-get install nginx-light"):
        MISSING.require("nginx")


def test_absent_modules_are_named() -> None:
    assert absent("json", "no_such_module") == "no_such_module cannot be imported: pip install 'corstui[servers]'"
    assert absent("json") == ""


def test_servers_are_gone_when_the_block_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SERVERS", {"small": _server("import http.server; http.server.test(port=PORT)")})
    with pytest.raises(ZeroDivisionError), started(tmp_path) as farm:
        ports = [one.port for one in farm.running]
        for port in ports:
            socket.create_connection(("127.0.0.1", port)).close()
        1 / 0  # noqa: B018
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_a_server_that_does_not_come_up_is_an_error_with_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "SERVERS", {"small": _server("raise SystemExit('no such option')")})
    with pytest.raises(RuntimeError, match=r"small \(staging\) did not start:\nno such option"), started(tmp_path):
        pass


def test_a_command_runs_with_the_urls_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SERVERS", {"small": _server("import http.server; http.server.test(port=PORT)")})
    program = "import os, sys; sys.exit(7 if os.environ['SMALL_STAGING'] != os.environ['SMALL_PRODUCTION'] else 0)"
    assert main([sys.executable, "-c", program]) == 7


def _server(program: str) -> Server:
    def command(deployment: str, port: int, directory: Path) -> list[str]:
        return [sys.executable, "-c", program.replace("PORT", f"{port}, bind='127.0.0.1'")]

    return Server("small", lambda: "", command)
