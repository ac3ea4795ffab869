"""Every misbehaving server in one profile beside healthy ones, through the installed program."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from corstui import load_profile
from corstui.runner import execute, plan
from tests.end_to_end.test_wire_safety import PROGRAM, corstui
from tests.hostile.conftest import HEALTHY, Street
from tests.hostile.misbehaviours import SOON

#: Bytes of resident memory that a check of all of them may take at its highest. The interpreter, libcurl and the
#: reports take about 90 MB; each of the bombs alone would take 300.
MEMORY = 250_000_000

SCHEMA = Path(__file__).parents[2] / "corstui" / "report" / "run.schema.json"


#: Runs what it is given, and prints its exit code and the most resident memory that it took, in bytes. A process of
#: its own, because the figure of a process that was forked begins with that of its parent.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def run_measured(*arguments: str) -> tuple[int, int]:
    """Run the program; its exit code, and the most resident memory that it took, in bytes."""
    said = subprocess.check_output([sys.executable, "-c", MEASURE, str(PROGRAM), *arguments], text=True)
    code, memory = map(int, said.split())
    return code, memory


def without_times(cell: dict[str, Any]) -> dict[str, Any]:
    exchanges = [{**each, "timing": None} for each in cell["exchanges"]]
    return {**cell, "duration_ms": None, "exchanges": exchanges}


def healthy(document: dict[str, Any]) -> list[str]:
    """The cells of the healthy servers, a line for each value, so that a difference shows as one line."""
    cells = [without_times(cell) for cell in document["cells"] if cell["endpoint"].startswith("fine")]
    return json.dumps(cells, indent=1).splitlines()


def told(cell: dict[str, Any]) -> str:
    """The sentences that say why."""
    errors = [each["error"]["message"] for each in cell["exchanges"] if each["error"]]
    rules = [f"{check['required']}, {check['observed']}" for check in cell["checks"] if check["decisive"]]
    return "; ".join(errors or rules)


async def test_each_gives_its_own_reason_and_the_healthy_come_out_as_alone(street: Street, tmp_path: Path) -> None:
    together, alone = tmp_path / "together.json", tmp_path / "alone.json"
    arguments = ("--format", "json", "--bodies", "--output")
    code, memory = await asyncio.to_thread(run_measured, "check", street.everything, *arguments, str(together))
    assert code == 3  # errors could not be judged, and all else is as expected
    assert memory < MEMORY
    document = json.loads(together.read_text())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    cells = {cell["endpoint"]: cell for cell in document["cells"]}
    for name, wrong in street.misbehaviours.items():
        cell = cells[name]
        body_error = cell["response"]["body_error"] if cell["response"] else None
        assert (name, cell["reason"], body_error) == (name, wrong.reason, wrong.body_error)
        verdict = "allowed" if wrong.reason is None else "blocked" if wrong.reason == "redirect-limit" else "error"
        assert (name, cell["verdict"]) == (name, verdict)
        assert wrong.words in told(cell), f"{name}: {told(cell)}"
        assert wrong.net_error in (None, cell["browser_error"]), name
    assert await corstui("check", street.healthy, *arguments, str(alone)) == (0, "")
    assert healthy(document) == healthy(json.loads(alone.read_text()))
    assert [cell["as_expected"] for name, cell in cells.items() if name.startswith("fine")] == [True] * HEALTHY


async def test_no_healthy_cell_waits_for_one_that_never_ends(street: Street) -> None:
    profile = Path(street.everything)
    profile.write_text(profile.read_text().replace(SOON, "60m"))
    waiting = {f"fine {number}" for number in range(HEALTHY)}
    cells = execute(plan(load_profile(profile)))
    async with aclosing(cells):
        async for cell in cells:
            waiting.discard(cell.endpoint)
            if not waiting:
                break
    assert not waiting


READERS: dict[str, Callable[[str], object]] = {
    "table": str,
    "markdown": str,
    "html": str,
    "junit": ElementTree.fromstring,
    "sarif": json.loads,
    "har": json.loads,
    "csv": lambda text: list(csv.reader(io.StringIO(text), strict=True)),
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
}


@pytest.mark.parametrize("form", READERS)
async def test_no_report_passes_their_controls_on(street: Street, tmp_path: Path, form: str) -> None:
    report = tmp_path / "report"
    code, _ = await corstui("check", street.everything, "--format", form, "--bodies", "--output", str(report))
    assert code == 3
    text = report.read_bytes().decode()
    READERS[form](text)
    raw = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs")} - set("\r\n\t")
    assert raw == set()
    assert "<script>alert(1)" not in text or form != "html"
