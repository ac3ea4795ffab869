"""Whatever stands in a file, loading it gives a profile or a ProfileError with places, and nothing else."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from corstui.profile import ProfileError, load_profile
from corstui.profile.problems import Problem
from tests.support.effort import examples

#: Pieces that have a meaning in a profile, so that the nonsense goes deep.
WORDS = st.sampled_from(
    """version name include environments origins settings defaults endpoints groups vars writes confirm cookies resolve
    proxy tls base request method url headers body json form mode credentials redirect cache initiator crossorigin
    expect repeat send timeout tags notes engine rate budget verify ca cert key domain value staging app * null ~ true
    allow block block/preflight GET ${a} ${env:A} ${secret:B} ${file:p.yaml} ${file:.} ${ $${ https://a.example
    https://a.example/x //a data:,x 1 0 -1 1e3 10s 50/s .nan . <<""".split()
)
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10))
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=20
)
PROFILES = st.fixed_dictionaries(
    {
        "origins": TREES | st.just({"app": "https://app.example"}),
        "endpoints": st.dictionaries(WORDS, TREES, max_size=3),
    },
    optional=dict.fromkeys(("include", "environments", "settings", "defaults", "groups", "name", "version"), TREES),
)
SYNTAX = st.sampled_from(
    [": ", "\n", "\n  ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a", "!x ", '"', "'", "#", "|\n", "\t", "? "]
)
SOUP = st.lists(WORDS | SYNTAX, max_size=40).map("".join)


def check(content: bytes) -> None:
    """Load and resolve whatever is in a file of this content."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "p.yaml")
        path.write_bytes(content)
        try:
            profile = load_profile(path, process_env={"A": "a.example", "B": "s3cret"})
            for environment in profile.environments:
                for endpoint in (deployment := profile.resolve(environment)).endpoints:
                    assert deployment.mask(endpoint.url)
        except ProfileError as error:
            assert error.problems
            for problem in error.problems:
                assert str(problem).isprintable()
                assert problem.message
                assert _is_inside(content, problem) or "larger" in problem.message


def _is_inside(content: bytes, problem: Problem) -> bool:
    """Whether the place exists in the file, or is just behind the end of a line or of all.

    What ends a line is counted as editors do, or as YAML 1.1 does, whose parser reads the file.
    """
    text = content.decode("utf-8", "replace")
    for ends in ("\n", "\r\n|[\r\n\x85\u2028\u2029]"):
        lines = [*re.split(ends, text), ""]
        if 1 <= problem.line <= len(lines) and 1 <= problem.column <= len(lines[problem.line - 1]) + 1:
            return True
    return False


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    check(content)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text.encode())


@given(SOUP)
@examples(2)
def test_any_soup_of_what_profiles_are_made_of(text: str) -> None:
    check(text.encode())


@given(PROFILES)
@examples(2)
def test_any_tree_in_the_place_of_a_profile(tree: Any) -> None:
    check(yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "replace"))
