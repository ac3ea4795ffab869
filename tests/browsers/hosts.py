"""Host names for one program alone, for browsers that ask the system."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path


def knowing(hosts: Mapping[str, str], directory: Path) -> tuple[str, ...]:
    """The beginning of a command line under which a program finds ``hosts`` (name to address) in its /etc/hosts.

    The file lies in ``directory`` and is mounted for that program only. Raises FileNotFoundError without ``unshare``.
    """
    if shutil.which("unshare") is None:
        raise FileNotFoundError("no unshare: install util-linux")
    file = directory / "hosts"
    lines = ["127.0.0.1 localhost", "::1 localhost", *(f"{address} {name}" for name, address in hosts.items())]
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    return ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(file))
