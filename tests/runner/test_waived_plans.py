"""On which days a waiver holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corstui.runner import plan
from tests.runner.shops import profile_of

TEXT = """
origins: {web: "https://web.example"}
endpoints:
  a:
    request: https://api.example/
    expect: {expect: allow, waiver: {reason: old, expires: 2026-11-30}}
"""


@pytest.mark.parametrize(("today", "holds"), [("2026-11-29", True), ("2026-11-30", True), ("2026-12-01", False)])
def test_a_waiver_holds_through_its_last_day(tmp_path: Path, today: str, holds: bool) -> None:
    (planned,) = plan(profile_of(tmp_path, TEXT), today=date.fromisoformat(today)).cells
    assert planned.waived is holds
