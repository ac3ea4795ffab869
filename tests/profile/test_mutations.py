"""Real profiles with something changed in them, and files that include each other: a profile, or errors at places."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corstui.profile import ProfileError, load_profile
from tests.profile.test_anything import SOUP, WORDS, check
from tests.support.effort import examples

ROOT = Path(__file__).parents[2]
#: Every key of a profile, in both layouts.
_EVERYTHING = """version: 1
name: Shop
settings: {engine: firefox, timeout: 10s, concurrency: 4, per_host: 2, rate: 5/s, budget: 50, controls: false}
environments:
  staging: &base
    vars: {api: https://api.example, web: "https://${env:A}"}
    writes: true
    cookies:
      - {name: a, value: "${secret:B}", domain: api.example, path: /, samesite: lax, secure: true, httponly: true}
    resolve: {api.example: "127.0.0.1:8443"}
    proxy: none
    tls: {verify: false}
    origins: {partner: null}
  production:
    <<: *base
    confirm: true
origins: {web: "${web}", partner: https://partner.example, sandbox: "null"}
defaults: {credentials: include, headers: {X-A: "1"}, expect: {sandbox: block}, tags: [all]}
endpoints:
  list: GET ${api}/list  # short
  save:
    request: POST ${api}/save
    json: {sku: 1, list: [a, null, 1e3]}
    headers: [[X-B, "1"], [X-B, "2"]]
    send: [staging]
    expect:
      web: allow 201
      partner: {production: block acao-missing|acao-mismatch, "*": preflight}
      "*": {expect: block/preflight, waiver: {reason: later, expires: 2030-01-01}}
  form: {method: PUT, url: "${api}/form", form: {a: b}, origins: [web], repeat: 2, timeout: 500ms}
  noted:
    url: https://api.example/
    notes: |-
      two
      lines
  picture: {url: "${api}/x.png", initiator: img, crossorigin: anonymous, headers: {}}
groups:
  orders:
    base: ${api}/orders
    defaults: {mode: cors, redirect: manual, cache: no-store, referrer_policy: origin, keepalive: true}
    endpoints: {one: GET 1, all: GET /}
"""
FILES = [*sorted((ROOT / "profiles").glob("*.yaml")), *sorted((ROOT / "corstui").rglob("*.yaml"))]
SEEDS = [_EVERYTHING.replace('all: ""', "all: GET /"), *(path.read_text("utf-8") for path in FILES)]
_TOKEN = re.compile(r"\w+|[ ]+|\n|.", re.DOTALL)


@pytest.mark.parametrize("text", SEEDS)
def test_the_seeds_themselves_are_profiles(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    load_profile(tmp_path / "p.yaml", process_env={"A": "a.example", "B": "s3cret"})


@st.composite
def with_other_bytes(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(SEEDS)).encode()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 8)))
        content = content[:start] + draw(st.binary(max_size=4)) + content[end:]
    return content


@st.composite
def with_other_tokens(draw: st.DrawFn) -> bytes:
    tokens = _TOKEN.findall(draw(st.sampled_from(SEEDS)))
    known = (
        st.sampled_from(sorted(set(tokens)))
        | WORDS
        | st.sampled_from(["&a ", "*a", "<<: ", "? ", "- ", "\n", "  ", "{", "]"])
    )
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(tokens) - 1))
        change = draw(st.sampled_from(["replace", "insert", "remove", "swap"]))
        if change == "swap":
            other = draw(st.integers(0, len(tokens) - 1))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        else:
            tokens[place : place + (change != "insert")] = [] if change == "remove" else [draw(known)]
    return "".join(tokens).encode()


@st.composite
def with_other_lines(draw: st.DrawFn) -> bytes:
    lines = draw(st.sampled_from(SEEDS)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        place, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        indent = draw(st.sampled_from(["", " ", "  ", "      ", "\t"]))
        lines.insert(place, draw(st.sampled_from([lines[other], indent + lines[other].lstrip(), "", "# x"])))
        if draw(st.booleans()):
            del lines[other]
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode()


_ESCAPE = b'origins: {a: https://a.example}\nendpoints: {a: "https://${env:A\\e[31m}/"}\n'


@given(with_other_bytes())
@example(_ESCAPE)
def test_a_profile_with_other_bytes(content: bytes) -> None:
    check(content)


@examples(2)
@given(with_other_tokens())
def test_a_profile_with_other_tokens(content: bytes) -> None:
    check(content)


@given(with_other_lines())
def test_a_profile_with_other_lines(content: bytes) -> None:
    check(content)


_INCLUDES = st.sampled_from(
    ["a.yaml", "b.yaml", "c.yaml", "./a.yaml", "../x/b.yaml", "none.yaml", ".", "", "/dev/null", "\\0"]
)


@given(
    st.lists(st.tuples(st.lists(_INCLUDES, max_size=3), st.just("") | SOUP), min_size=3, max_size=3),
    st.lists(st.sampled_from(["a.yaml", "b.yaml", "c.yaml", "", "none.yaml"]), min_size=1, max_size=3),
)
def test_files_that_include_each_other_in_any_way(files: list[tuple[list[str], str]], wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        for name, (included, soup) in zip("abc", files, strict=True):
            parts = f"origins: {{{name}: https://{name}.example}}\nendpoints: {{{name}: https://{name}.example/}}\n"
            listed = "".join(f'  - "{each}"\n' for each in included)
            text = (f"include:\n{listed}" if listed else "") + parts + soup
            Path(directory, f"{name}.yaml").write_text(text, encoding="utf-8")
        try:
            profile = load_profile(*(str(Path(directory, name)) for name in wanted), process_env={})
        except ProfileError as error:
            assert error.problems
            assert all(problem.path.startswith(directory) for problem in error.problems)
        else:
            assert set(profile.endpoint_names) <= {"a", "b", "c"}
            assert {name[0] for name in wanted if name} <= set(profile.endpoint_names) | {"."}
