"""The terminal may go away while the dashboard draws."""

from __future__ import annotations

import os
import pty
from pathlib import Path
from typing import IO, cast

import pytest
from textual.drivers._writer_thread import WriterThread

from corstui.tui.app import CorstuiApp
from corstui.tui.terminal import Unfailing


def test_drawing_goes_on_until_the_application_has_noticed_that_its_terminal_is_gone() -> None:
    screen, keyboard = pty.openpty()
    with os.fdopen(keyboard, "w") as stream:
        writer = WriterThread(cast(IO[str], Unfailing(stream)))
        writer.start()
        writer.write("there")
        assert os.read(screen, 100) == b"there"
        os.close(screen)
        for _ in range(200):
            writer.write("gone")
        writer.stop()
        with pytest.raises(OSError):
            stream.flush()
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


async def test_the_dashboard_draws_on_such_a_stream() -> None:
    app = CorstuiApp()
    driver = app.driver_class(app)
    assert isinstance(vars(driver)["_file"], Unfailing)
