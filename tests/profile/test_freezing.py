"""Expectations written into any layout: the rest of the text stays, and the endpoint means what was wished."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corstui.profile.document import Mapping, Node, Scalar, parse_document
from corstui.profile.freezing import Wish, Words, freeze
from corstui.profile.problems import Location, Problems

COMMENTS = st.sampled_from(["", "  # plain", "\t# behind a tab", " # \u00e9\u4e2d\U0001f600: {x} 'y\" &a *b"])
LINES = st.sampled_from(["", "\n", "    # between\n", "# at the edge\n", "  \n"])
NAMES = st.sampled_from(["a", "list orders", "\u00e9\u4e2d", '"quoted: name"', "'single'", "\U0001f600"])
REQUESTS = st.sampled_from(["GET https://x.example/", "'https://x.example/#it''s'", '"https://x.example/\\u00e9"'])
WORDS = st.sampled_from(["allow", "allow 201", "block acao-missing", "opaque"])
WHOLE: st.SearchStrategy[str | Words] = st.one_of(
    WORDS,
    st.dictionaries(
        st.sampled_from(["web", "*", "two words", 'q"uo\\te', "\u00e9", "null", "a: b", "x #y"]),
        st.one_of(WORDS, st.dictionaries(st.sampled_from(["one", "two: 2"]), WORDS, min_size=1)),
        min_size=1,
    ),
)


@st.composite
def endpoints(draw: st.DrawFn) -> str:
    """One endpoint in any of the layouts in which people write them."""
    name, request, comment, line = draw(NAMES), draw(REQUESTS), draw(COMMENTS), draw(LINES)
    flow = draw(st.sampled_from(["{request: R}", "{ request: R }", "{tags: [a], request: R, expect: block}"]))
    layouts = [
        f"  {name}: {request}{comment}\n",
        f"  {name}: {flow.replace('R', request)}{comment}\n",
        f"  {name}:{comment}\n{line}    request: {request}{comment}\n{line}    tags: [x]{comment}\n",
        f"  {name}:\n    notes: |\n      expect: nothing\n\n{line}    request: {request}{comment}\n",
        f"  {name}:\n    request: {request}\n{line}    expect:   block   {comment}\n    repeat: 2\n",
        f"  {name}:\n{line}    method: GET\n    notes: >-\n      folded\n      text\n    url: {request}{comment}\n",
    ]
    return draw(st.sampled_from(layouts))


@given(endpoints(), WHOLE, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans(), LINES)
def test_the_text_around_it_stays_and_it_says_what_was_wished(
    endpoint: str, whole: str | Words, newline: str, marked: bool, ended: bool, between: str
) -> None:
    after = f"{between}  last: https://y.example/  # end\n"
    text = f"# head\nname: \u00e9\nendpoints:\n{between}{endpoint}{after}".replace("\n", newline)
    text = text if ended else text.removesuffix(newline)
    where = next(key for key, _ in members(text) if key.text != "last").location
    bare = ("\ufeff" if marked else "") + text
    frozen, left = freeze(bare, [Wish(where, whole, {})])
    assert left == {}
    assert said(frozen.removeprefix("\ufeff")) == whole
    assert frozen.startswith("\ufeff") is marked
    assert newline == "\n" or "\n" not in frozen.replace("\r\n", "")
    kept = iter(frozen)
    assert all(char in kept for char in bare.replace("block", "")), "something else than the old word is gone"
    assert {each.text for key, value in members(frozen.removeprefix("\ufeff")) for each in [key]} == {
        key.text for key, _ in members(text)
    }


def members(text: str) -> list[tuple[Scalar, Node]]:
    problems = Problems()
    document = parse_document(text, "p.yaml", problems)
    problems.raise_errors()
    assert document is not None
    (found,) = [value for key, value in document.pairs if key.text == "endpoints"]
    assert isinstance(found, Mapping)
    return list(found.pairs)


def said(text: str) -> object:
    """What the first endpoint expects, as plain values."""
    _, endpoint = members(text)[0]
    assert isinstance(endpoint, Mapping)
    (expect,) = [value for key, value in endpoint.pairs if key.text == "expect"]
    return plain(expect)


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.pairs}
    assert isinstance(node, Scalar)
    return node.text


def test_an_alias_is_left_as_it_is() -> None:
    text = "endpoints:\n  a: &a {request: https://x.example/}\n  b: *a\n  c: {request: x, expect: &e allow}\n"
    wishes = [Wish(Location("p.yaml", line, 3), "block", {}) for line in (2, 3, 4)]
    frozen, left = freeze(text, wishes)
    assert frozen == text
    assert [reason.split(":")[0] for reason in left.values()] == [
        "other places may repeat it",
        "it is an alias of another place",
        "other places may repeat it",
    ]
