"""``corstui init``: write an example profile to start from."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

from corstui.cli import exits
from corstui.cli.streams import UsageError, narrate


def run(arguments: argparse.Namespace) -> int:
    """Write the example. A file that is there already is never touched."""
    path = Path(arguments.path)
    if path.is_dir():
        path /= "corstui.yaml"
    example = files("corstui.profile").joinpath("example.yaml").read_bytes()
    try:
        with path.open("xb") as file:
            file.write(example)
    except FileExistsError:
        raise UsageError(f"{path} is there already; name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    narrate(f"wrote {path}; next: corstui {path}, or corstui check {path}")
    return exits.OK
