"""CORScanner from PyPI, in an environment of its own that is thrown away afterwards."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.effort import Effort
from benchmarks.figures import Missing

#: Its own function, called as its README shows. What starting takes is left out.
_SCAN = """\
import json, sys, time
from CORScanner.cors_scan import cors_check
url, times = sys.argv[1], int(sys.argv[2])
cors_check(url + "/items/0")
cpu = time.process_time()
for number in range(times):
    cors_check(f"{url}/items/{number}")
print(json.dumps(time.process_time() - cpu))
"""


def a_request(api: str, effort: Effort) -> tuple[float, ...]:
    """The processor seconds of one of its requests, as nginx counts them. Raises Missing when pip cannot install it."""
    times = effort.of(30, 5)
    with TemporaryDirectory(prefix="corstui-corscanner-") as folder:
        python = _installed(Path(folder))
        return effort.in_turn(effort.of(7, 2), lambda: _scanned(python, api, times))[0]


def _installed(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "corscanner"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Missing("corscanner could not be installed from PyPI")
    return python


def _scanned(python: Path, api: str, times: int) -> float:
    before = served(api)
    done = subprocess.run([python, "-c", _SCAN, api, str(times)], capture_output=True, text=True, check=True)
    # asking for the count is a request, too, and so are those before its clock starts, a share of one in times + 1
    requests = (served(api) - before - 1) * times / (times + 1)
    return float(json.loads(done.stdout.splitlines()[-1])) / requests


def served(api: str) -> int:
    """How many requests nginx has answered (ngx_http_stub_status_module)."""
    with urllib.request.urlopen(f"{api}/served", timeout=10) as answer:
        found = re.search(r"\n\s*(\d+) (\d+) (\d+)", answer.read().decode("ascii"))
    assert found is not None
    return int(found[3])
