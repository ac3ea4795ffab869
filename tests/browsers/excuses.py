"""Differences between the engine and the recordings that remain, each with its reason: ``excused.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from tests.browsers.script import Case

EXCUSED = Path(__file__).with_name("excused.toml")


@cache
def excuses(engine: str) -> dict[str, str]:
    """The group or the id of cases, and why they differ in that engine."""
    table: dict[str, dict[str, str]] = tomllib.loads(EXCUSED.read_text(encoding="utf-8"))
    return table.get(engine, {})


def excuse(engine: str, case: Case) -> str | None:
    """The group or id by which a case is excused, if it is."""
    return next((name for name in (case["id"], case["group"]) if name in excuses(engine)), None)
