"""Scalars are their source text, nodes know their place, and nothing grows without bounds."""

from __future__ import annotations

import pytest

from corstui.profile.document import MAX_NODES, Mapping, Node, Scalar, Sequence, parse_document
from corstui.profile.problems import Problems


def parsed(text: str) -> tuple[Mapping | None, list[str]]:
    problems = Problems()
    root = parse_document(text, "p.yaml", problems)
    return root, [str(problem) for problem in problems.errors]


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


@pytest.mark.parametrize(
    "source", ["no", "yes", "on", "12:30", "1e3", "null", "~", "0x1F", "007", "2026-11-23", "1_000", ".inf", "=", "<<x"]
)
def test_a_plain_scalar_is_what_was_written(source: str) -> None:
    root, problems = parsed(f"key: {source}\n")

    assert root is not None
    assert problems == []
    assert plain(root) == {"key": source}


def test_quotes_and_blocks_are_undone() -> None:
    root, _ = parsed("a: \"x\\ty\"\nb: 'it''s'\nc: |\n  one\n  two\nd: >-\n  one\n  two\n")

    assert root is not None
    assert plain(root) == {"a": "x\ty", "b": "it's", "c": "one\ntwo\n", "d": "one two"}


def test_nodes_know_their_place() -> None:
    root, _ = parsed("# first\na:\n  - {b: ü, c: d}\n  -   e\n")

    assert root is not None
    items = root.pairs[0][1]
    assert isinstance(items, Sequence)
    inner = items.items[0]
    assert isinstance(inner, Mapping)
    assert [str(key.location) for key, _ in inner.pairs] == ["p.yaml:3:6", "p.yaml:3:12"]
    assert str(items.items[1].location) == "p.yaml:4:7"


def test_a_missing_value_stands_at_its_key() -> None:
    root, _ = parsed("a:\n  b:\n\n\nc: d\n")

    assert root is not None
    inner = root.pairs[0][1]
    assert isinstance(inner, Mapping)
    assert str(inner.pairs[0][1].location) == "p.yaml:2:3"


def test_aliases_and_merges_repeat_what_they_name() -> None:
    root, problems = parsed("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, {z: 4}]}\nd: *a\n")

    assert root is not None
    assert problems == []
    assert plain(root) == {
        "a": {"x": "1", "y": "2"},
        "b": {"y": "3", "x": "1"},
        "c": {"x": "1", "y": "2", "z": "4"},
        "d": {"x": "1", "y": "2"},
    }


def test_an_alias_bomb_is_refused_where_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    root, problems = parsed("\n".join(lines))

    assert root is None
    (problem,) = problems
    assert problem.startswith("p.yaml:6:")
    assert str(MAX_NODES) in problem


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_endless_nesting_is_refused(opening: str) -> None:
    root, problems = parsed(opening * 5000)

    assert root is None
    assert len(problems) == 1


def test_yaml_1_2_documents_with_directives_and_markers_are_read() -> None:
    root, problems = parsed("%YAML 1.2\n---\na: b\n...\n")

    assert root is not None
    assert problems == []


def test_half_a_character_is_refused() -> None:
    root, problems = parsed('a: "\\ud800"\n')

    assert root is None
    assert len(problems) == 1
