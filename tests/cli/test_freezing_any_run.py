"""Any run of any profile written back as its expectations: it loads, keeps what was there, and holds."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from unittest import mock

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from corstui.cli.freezing import Snapshot, observed, write_expectations
from corstui.fetch.messages import NetworkError, Reply
from corstui.profile import Profile, load_profile
from corstui.profile.document import LOADER
from corstui.runner import Cell, Run, plan, recorded
from tests.support.hostile import ORIGIN, head_of
from tests.support.runs import CASES, SECRET, STARTED, Case, played, yaml_of

_TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Written:
    """A profile as somebody wrote it, and what the servers say."""

    text: str
    engines: Sequence[str]
    scripts: Sequence[Sequence[Reply]]
    interrupted: bool

    def run(self, profile: Profile) -> Run:
        chosen = plan(profile, engines=self.engines, today=_TODAY)
        cells = [played(each, script) for each, script in zip(chosen.cells, cycle(self.scripts), strict=False)]
        kept = cells[: len(cells) // 2] if self.interrupted else cells
        return recorded(chosen, kept, STARTED, 1.0, interrupted=self.interrupted)


@st.composite
def profiles(draw: st.DrawFn) -> Written:
    """In flow style, or as people write it, with comments after every line or before it."""
    case: Case = draw(CASES)
    if draw(st.booleans()):
        text = yaml_of(case.tree)
    else:
        text = yaml.safe_dump(case.tree, allow_unicode=draw(st.booleans()), sort_keys=False, width=10_000)
        text = _commented(
            text, draw(st.lists(st.sampled_from(["", "", "  # why", "\n# between"]), min_size=1, max_size=9))
        )
    return Written(text, case.engines, case.scripts, case.interrupted)


def _commented(text: str, comments: Sequence[str]) -> str:
    """The text with comments behind its lines, but for lines where they would be text themselves."""
    meant = yaml.load(text, Loader=LOADER)
    lines = text.split("\n")
    for number, comment in zip(range(len(lines)), cycle(comments), strict=False):
        tried = [*lines[:number], lines[number] + comment, *lines[number + 1 :]]
        with suppress(yaml.YAMLError):
            lines = tried if yaml.load("\n".join(tried), Loader=LOADER) == meant else lines
    return "\n".join(lines)


@contextmanager
def saved(text: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory, mock.patch.dict(os.environ, {"TOKEN": SECRET}):
        path = Path(directory, "shop.yaml")
        path.write_bytes(text.encode())
        yield path


def load(path: Path) -> Profile:
    return load_profile(path, process_env={"TOKEN": SECRET})


_NUMBERED = Written(
    yaml_of({"version": 1, "origins": {"web": ORIGIN}, "endpoints": {"a": "https://api.test/"}}),
    ["chromium"],
    [[Reply(head=head_of("HTTP/1.1 999 Odd", [("Access-Control-Allow-Origin", "*")]))]],
    False,
)


_PARTLY = Written(
    yaml_of(
        {
            "version": 1,
            "origins": {"web": ORIGIN, "partner": "https://partner.test"},
            "endpoints": {"a": {"request": "https://api.test/", "expect": "block acao-missing"}},
        }
    ),
    ["chromium"],
    [
        [Reply(head=head_of("HTTP/1.1 200 X", [("Access-Control-Allow-Origin", "*")]))],
        [Reply(error=NetworkError("timeout", "no answer"))],
    ],
    False,
)


def test_a_word_for_all_stays_true_of_those_that_proved_nothing() -> None:
    with saved(_PARTLY.text) as path:
        profile = load(path)
        write_expectations(_PARTLY.run(profile), profile, Snapshot.of([str(path)], profile), diff=False)
        expected = '"expect": {web: allow, "*": block acao-missing}'
        assert path.read_bytes().decode() == _PARTLY.text.replace('"expect": "block acao-missing"', expected)


@given(profiles())
@example(_NUMBERED)
@example(_PARTLY)
def test_what_a_run_saw_holds_once_it_is_written(written: Written) -> None:
    with saved(written.text) as path:
        profile = load(path)
        before = Snapshot.of([str(path)], profile)
        run = written.run(profile)
        told = write_expectations(run, profile, before, diff=True)
        assert path.read_bytes() == written.text.encode()
        with redirect_stderr(io.StringIO()) as narration:
            write_expectations(run, profile, before, diff=False)
        after = path.read_bytes().decode()
        assert (after != written.text) == bool(told)
        again = written.run(load(path))
        for cell, was in zip(again.cells, run.cells, strict=True):
            assert cell.verdict == was.verdict
            if f"{was.planned.endpoint.location}: left as it is: " in narration.getvalue():
                assert cell.expected == was.expected
            elif _told(was, run):
                assert cell.as_expected is True or cell.waiver_state == "in-force"
            elif observed(was) is None:
                assert cell.expected == was.expected
        assert comments(written.text) <= comments(after)
        write_expectations(again, load(path), Snapshot.of([str(path)], profile), diff=False)
        assert path.read_bytes().decode() == after


def _told(cell: Cell, run: Run) -> bool:
    """Whether the cell proved something, and the same in every engine."""
    place = (cell.environment, cell.origin, cell.endpoint)
    words = {observed(each) for each in run.cells if (each.environment, each.origin, each.endpoint) == place}
    return observed(cell) is not None and len(words) == 1


def comments(text: str) -> int:
    return text.count("# why") + text.count("# between")
