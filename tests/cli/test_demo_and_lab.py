"""The built-in shop from the command line: in a terminal, in a pipe, and on its own."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from corstui.lab import DEMO_PROFILE
from corstui.lab.lab import PORTS
from tests.cli.conftest import PROGRAM, Run
from tests.support.terminal import Terminal

EXPORT = re.compile(r"export (SHOP_\w+)=(http://[\w.]+:(\d+))")
ALTERNATE_SCREEN_OFF = "\x1b[?1049l"


def test_in_a_pipe_the_demo_prints_its_table_and_succeeds(program: Run) -> None:
    done = program("demo")
    assert done.code == 0
    assert done.err == ""
    assert "Shop · staging · chromium" in done.out
    assert "Shop · production · chromium" in done.out
    assert re.search(r"\d+ of \d+ cells have an expectation", done.out)


def test_the_demo_plays_the_engine_that_is_named(program: Run) -> None:
    done = program("demo", "--engine", "firefox")
    assert done.code == 0
    assert "Shop · staging · firefox" in done.out
    assert "chromium" not in done.out


def test_the_demo_ignores_what_the_shell_says_of_another_lab(program: Run) -> None:
    done = program("demo", SHOP_STAGING_API="http://127.0.0.1:1", SHOP_PRODUCTION_API="http://127.0.0.1:1")
    assert "refused" not in done.out


def test_in_a_terminal_the_demo_fills_its_matrix_and_q_leaves_no_trace(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with Terminal([str(PROGRAM), "demo"], env=environment, cwd=tmp_path) as terminal:
        terminal.until("126 cells in")
        terminal.type("q")
        assert terminal.wait() == 0
        assert "storefront" in terminal.output
        assert terminal.output.rstrip().endswith("\x1b[?25h") or ALTERNATE_SCREEN_OFF in terminal.output
        assert terminal.as_before


def test_without_any_profile_the_program_opens_the_demo(tmp_path: Path, environment: dict[str, str]) -> None:
    with Terminal([str(PROGRAM)], env=environment, cwd=tmp_path) as terminal:
        terminal.until("126 cells in")
        terminal.type("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_the_lab_serves_until_it_is_told_to_stop(tmp_path: Path, environment: dict[str, str], number: int) -> None:
    with subprocess.Popen(
        [str(PROGRAM), "lab"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(2 * PORTS)]
        ports = [int(found[3]) for line in lines if (found := EXPORT.fullmatch(line))]
        for port in ports:
            socket.create_connection(("127.0.0.1", port)).close()
        process.send_signal(number)
        rest, err = process.communicate(timeout=60)
    assert len(ports) == PORTS
    assert process.returncode == 0
    assert (rest, err) == ("", f"These are for {DEMO_PROFILE}. Ctrl+C stops the lab.\n")
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_the_lab_says_what_each_address_plays(tmp_path: Path, environment: dict[str, str]) -> None:
    first = free_ports()
    with Terminal([str(PROGRAM), "lab", "--port", str(first)], env=environment, cwd=tmp_path) as terminal:
        terminal.until("stops the lab")
        terminal.type("\x03")
        assert terminal.wait() == 0
    told = dict(
        zip(*[iter(line.strip() for line in terminal.output.splitlines() if line[:1] in "#e")] * 2, strict=True)
    )
    assert told == {
        "# staging: the CDN that downloads are redirected to": (
            f"export SHOP_STAGING_CDN=http://cdn.staging.shop.localhost:{first}"
        ),
        "# staging: the shop's API": f"export SHOP_STAGING_API=http://api.staging.shop.localhost:{first + 1}",
        "# production: the CDN that downloads are redirected to": (
            f"export SHOP_PRODUCTION_CDN=http://cdn.shop.localhost:{first + 2}"
        ),
        "# production: the shop's API": f"export SHOP_PRODUCTION_API=http://api.shop.localhost:{first + 3}",
    }


def test_what_the_lab_exports_is_what_its_profile_needs(tmp_path: Path, environment: dict[str, str]) -> None:
    with running_lab(environment) as exports:
        command = [str(PROGRAM), "check", str(DEMO_PROFILE), "--endpoint", "catalogue", "--env", "staging"]
        done = subprocess.run(command, env={**environment, **exports}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "6 allowed" in done.stdout


@pytest.mark.parametrize("which", range(PORTS))
def test_a_port_that_is_taken_is_told_in_a_sentence(corstui: Run, which: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        first = taken.getsockname()[1] - which
        done = corstui("lab", "--port", str(first))
    assert done.code == 2
    assert done.out == ""
    assert re.fullmatch(rf"corstui: one of the ports {first} to {first + PORTS - 1} is taken; .*\n", done.err)


def test_ports_that_do_not_exist_are_told_in_a_sentence(corstui: Run) -> None:
    done = corstui("lab", "--port", "65534")
    assert (done.code, done.err) == (2, "corstui: ports end at 65535, and the lab needs 65534 to 65537\n")


@contextmanager
def running_lab(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The lab as a process; yields what it tells a shell to export."""
    with subprocess.Popen(
        [str(PROGRAM), "lab"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(2 * PORTS)]
        yield {found[1]: found[2] for line in lines if (found := EXPORT.fullmatch(line))}
        process.terminate()


def free_ports() -> int:
    """The first of as many consecutive free ports as the lab takes."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            try:
                for port in range(first + 1, first + PORTS):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except (OSError, OverflowError):
                continue
            return int(first)
