"""What is wrong is said with its place, what is allowed and the nearest right word, and all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from corstui.profile import document
from corstui.profile.problems import MOST_ERRORS, Location, Problem
from tests.profile.conftest import Complain

DATA = Path(__file__).parent / "data" / "problems.txt"


def cases() -> Iterator[Any]:
    """The cases of the data file: the profile, and for each problem its beginning and words that it holds."""
    for case in DATA.read_text(encoding="utf-8").split("\n=== ")[1:]:
        title, _, rest = case.partition("\n")
        text, _, problems = rest.rpartition("---\n")
        yield pytest.param(text, [line.split(" | ") for line in problems.splitlines()], id=title)


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_a_problem_says_where_it_is_and_what_would_be_right(
    complaints: Complain, text: str, expected: list[list[str]]
) -> None:
    found = complaints(text)

    assert len(found) == len(expected), found
    for line, (start, *words) in zip(found, expected, strict=True):
        assert line.startswith(start), line
        assert all(word in line for word in words), line


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_the_parser_without_libyaml_leads_to_the_same_problems(
    complaints: Complain, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[list[str]]
) -> None:
    monkeypatch.setattr(document, "LOADER", yaml.SafeLoader)

    assert [line.startswith(start) for line, (start, *_) in zip(complaints(text), expected, strict=True)] == [
        True for _ in expected
    ]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(complaints: Complain) -> None:
    found = complaints(
        """\
        nmae: x
        origins: {app: https://app.example/, b: '*'}
        settings: {engine: opera, rate: fast}
        endpoints:
          a: {request: "GET ${api}/x", expect: maybe}
          b: GET ${secert:X}
        """
    )

    assert [line.partition(": ")[0] for line in found] == ["1:1", "2:16", "2:41", "3:20", "3:33", "5:16", "5:40", "6:6"]


def test_reading_stops_where_nothing_but_errors_is_left(complaints: Complain) -> None:
    found = complaints("".join(f"nonsense{n}: x\n" for n in range(5000)))

    assert len(found) == MOST_ERRORS + 1
    assert found[-1].endswith("more than 500 problems, the rest is not looked for")


def test_the_message_repeats_no_control_characters_and_no_endless_text(complaints: Complain) -> None:
    origin = '"\\e[31m' + "x" * 500 + '"'

    (found,) = complaints(f"origins: {{app: {origin}}}\nendpoints: {{list: https://api.example}}\n")

    assert "\\x1b[31mxxx" in found
    assert found.isprintable()
    assert len(found) < 250


def test_a_problem_shows_what_would_not_be_seen() -> None:
    problem = Problem(Location("a\ufe0f.yaml", 3, 1), "no origin 'sh\u3164op'", "did you mean 'sh\U000e0100op'?")
    assert str(problem) == r"a\ufe0f.yaml:3:1: no origin 'sh\u3164op' (did you mean 'sh\U000e0100op'?)"
