"""Every recorded case through the pure engine: it does what the browser did."""

from __future__ import annotations

import gzip
import json
from functools import cache

import pytest

from tests.browsers.excuses import excuse, excuses
from tests.browsers.record import RECORDINGS
from tests.browsers.replay import BROWSERS, Replay, load
from tests.browsers.script import Case


@cache
def _cases() -> list[Case]:
    with gzip.open(RECORDINGS / "cases.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def _differences(engine: str) -> list[tuple[Case, list[str]]]:
    """Every case with what the engine does otherwise; most do nothing otherwise."""
    recorded = load(RECORDINGS, engine)
    replay = Replay(engine, [case for case, _ in recorded])
    return [(case, replay.differences(case, result)) for case, result in recorded]


@pytest.mark.parametrize("group", sorted({case["group"] for case in _cases()}))
@pytest.mark.parametrize("engine", BROWSERS)
def test_the_engine_does_what_the_browser_did(engine: str, group: str) -> None:
    cases = [(case, found) for case, found in _differences(engine) if case["group"] == group]
    assert cases
    assert [
        f"{case['id']} ({case['what']}): {found}" for case, found in cases if found and not excuse(engine, case)
    ] == []


@pytest.mark.parametrize("engine", BROWSERS)
def test_every_case_was_recorded(engine: str) -> None:
    assert [case["id"] for case, _ in _differences(engine)] == [case["id"] for case in _cases()]


@pytest.mark.parametrize("engine", BROWSERS)
def test_every_excuse_is_needed(engine: str) -> None:
    needed = {excuse(engine, case) for case, found in _differences(engine) if found}
    assert set(excuses(engine)) - needed == set()
