"""``corstui init``: write an example profile to start from."""

from __future__ import annotations

import argparse
from importlib.resources import files
from io import FileIO
from pathlib import Path

from corstui.cli import exits
from corstui.cli.streams import UsageError, narrate
from corstui.report.files import refusal


def run(arguments: argparse.Namespace) -> int:
    """Write the example. A file that is there already is never touched."""
    path = Path(arguments.path)
    if path.is_dir():
        path /= "corstui.yaml"
    example = files("corstui.profile").joinpath("example.yaml").read_bytes()
    try:
        with path.open("xb", buffering=0) as file:
            _write(file, example, path)
    except FileExistsError:
        raise UsageError(f"{path} is there already; name another file") from None
    except OSError as error:
        raise UsageError(refusal(path, error)) from None
    narrate(f"wrote {path}; next: corstui {path}, or corstui check {path}")
    return exits.OK


def _write(file: FileIO, content: bytes, path: Path) -> None:
    """All of it or nothing: half a profile would be in the way of the next try."""
    try:
        while content:
            content = content[file.write(content) :]
    except OSError:
        path.unlink()
        raise
