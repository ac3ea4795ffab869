"""Where and with what the figures were measured."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version

_PACKAGES = ("corstui", "textual", "httpx", "pycurl")


def told() -> str:
    """One sentence: the date, the processors, the versions of everything that has a part in it."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in _PACKAGES)]
    versions += [f"libcurl {_libcurl()}", f"nginx {_version('nginx', '-v')}", f"wrk {_version('wrk', '-v')}"]
    return f"{datetime.now(UTC):%Y-%m-%d}, {cores()} cores ({_processor()}), {platform.system()}; {', '.join(versions)}"


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def program(name: str) -> str | None:
    """Debian puts servers where only root's PATH looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _libcurl() -> str:
    import pycurl

    return str(pycurl.version_info()[1])


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            found = re.search(r"model name\s*:\s*(.+)", file.read())
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def _version(name: str, flag: str) -> str:
    path = program(name)
    if path is None:
        return "not installed"
    done = subprocess.run([path, flag], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"
