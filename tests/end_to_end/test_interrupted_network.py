"""A server that dies in the middle of a check makes errors, which are no verdict; a rerun heals them."""

from __future__ import annotations

import json
from pathlib import Path

from corstui.cli import exits
from tests.end_to_end.test_wire_safety import corstui
from tests.support.rawserver import RawServer
from tests.tui.test_trouble import consent, die_in_the_middle, written


async def verdicts(path: Path, name: str) -> tuple[int, list[str]]:
    report = path.with_name(name)
    code, said = await corstui("check", str(path), "--require-expectations", "--format", "json", "-o", str(report))
    cells = json.loads(report.read_text())["cells"] if report.exists() else [said]
    return code, [cell["verdict"] for cell in cells]


async def test_errors_are_neither_passes_nor_failures_and_a_rerun_heals_them(tmp_path: Path) -> None:
    async with RawServer(die_in_the_middle) as server:
        path = written(tmp_path, server.url("").rstrip("/"))
        path.write_text(path.read_text() + "defaults: {expect: allow}\n")
        assert await verdicts(path, "first.json") == (exits.UNJUDGED, ["allowed"] * 3 + ["error"] * 5)
        async with RawServer(consent, port=server.port):
            assert await verdicts(path, "second.json") == (exits.OK, ["allowed"] * 8)
    code, said = await corstui("compare", str(tmp_path / "first.json"), str(tmp_path / "second.json"))
    assert code == exits.UNJUDGED
    assert "5 not comparable" in said
