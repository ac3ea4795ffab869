"""Profiles of any size, every cell of which is a preflight and a request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

#: A port where nobody listens, and which browsers do not block: for what is not about the network.
NOWHERE = "http://127.0.0.1:2"


def profile_text(rows: int, columns: int, api: str = NOWHERE, settings: str = "", refused: int = 0) -> str:
    """``rows`` endpoints called from ``columns`` origins, the last ``refused`` of which the servers let in nowhere."""
    allowed = columns - refused
    lines = ["version: 1", "name: Benchmark", "environments: {bench: {writes: true}}"]
    lines += [f"settings: {{controls: false{settings and ', '}{settings}}}", "origins:"]
    lines += [f"  origin{n}: https://{'o' if n < allowed else 'refused'}{n}.example" for n in range(columns)]
    lines += ["defaults: {headers: {X-Trace: benchmark}, expect: {'*': allow}}", "endpoints:"]
    lines += [f"  endpoint {n}: PUT {api}/items/{n}" for n in range(rows)]
    return "\n".join(lines) + "\n"


@contextmanager
def profile_file(rows: int, columns: int, api: str = NOWHERE, settings: str = "", refused: int = 0) -> Iterator[Path]:
    """The same in a file, in a folder of its own."""
    with TemporaryDirectory(prefix="corstui-benchmark-") as folder:
        path = Path(folder) / "profile.yaml"
        path.write_text(profile_text(rows, columns, api, settings, refused), encoding="utf-8")
        yield path


def environment(home: Path) -> dict[str, str]:
    """The process environment of a program under measurement: nobody's settings, no runs kept, nothing inherited that
    changes what is drawn."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "TEXTUAL", "NO_COLOR"))}
    return {**kept, "HOME": str(home), "CORSTUI_KEEP_RUNS": "0", "COLORTERM": "truecolor"}
