"""The JSON Schema comes from the tables that read profiles, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from corstui.profile import ProfileError, load_profile, schema
from corstui.profile.kinds import Record
from corstui.profile.tables import COOKIE, DEFAULTS, ENDPOINT, ENVIRONMENT, GROUP, PROFILE, SETTINGS, TLS
from tests.profile.conftest import Load

VALIDATOR = Draft202012Validator(schema())

WHOLE = """\
version: 1
name: Shop
include: []
environments:
  staging:
    vars: {a: 1, b: yes}
    writes: true
    confirm: false
    cookies: [{name: a, value: 1, domain: a.example, path: /, samesite: lax, secure: true, httponly: true, hostonly: true, partitioned: true}]
    resolve: {a.example: 192.0.2.1}
    proxy: none
    tls: {verify: true}
    origins: {app: null}
  empty:
origins: {app: https://app.example, sandbox: null}
settings: {engine: chromium, timeout: 500ms, concurrency: 1, per_host: 1, rate: 50/m, budget: 1, controls: false}
defaults:
  headers: {X-A: null, X-B: 1}
  mode: cors
  credentials: omit
  redirect: manual
  cache: no-store
  referrer_policy: no-referrer
  keepalive: true
  upload_listener: false
  crossorigin: anonymous
  initiator: xhr
  expect: {app: allow 401, "*": {staging: block acao-missing | acao-multiple, "*": block/preflight}}
  repeat: 2
  send: never
  timeout: 3
  tags: [a, 1]
  notes: x
endpoints:
  short: GET https://api.example
  long:
    request: POST https://api.example
    json: {a: [1, null]}
    origins: [app]
    send: [staging]
    headers: [[X-A, 1], {X-B: 2}]
  parts: {method: PUT, url: https://api.example, form: [[a, 1]]}
  text: {request: POST https://api.example, body: 1, expect: opaque}
groups:
  g: {base: https://api.example, defaults: {}, endpoints: {grouped: x}}
"""  # noqa: E501 - one cookie in one line


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema() is not schema()


def test_a_profile_with_every_key_is_valid_for_both(load: Load) -> None:
    assert load(WHOLE).resolve("staging").endpoints
    VALIDATOR.validate(yaml.safe_load(WHOLE))


def keys(record: Record, path: tuple[Any, ...]) -> Iterator[Any]:
    """Every key of a record that :data:`WHOLE` holds at ``path``."""
    for name in record.names:
        yield pytest.param(path, name, id=".".join(map(str, (*path, name))))


KEYS = [
    *keys(PROFILE, ()),
    *keys(ENVIRONMENT, ("environments", "staging")),
    *keys(COOKIE, ("environments", "staging", "cookies", 0)),
    *keys(TLS, ("environments", "staging", "tls")),
    *keys(SETTINGS, ("settings",)),
    *keys(DEFAULTS, ("defaults",)),
    *keys(ENDPOINT, ("endpoints", "long")),
    *keys(GROUP, ("groups", "g")),
]


@pytest.mark.parametrize(("path", "key"), KEYS)
def test_a_misspelt_key_fails_in_both_and_the_right_one_is_suggested(
    load: Load, path: tuple[Any, ...], key: str
) -> None:
    misspelt = key + "x"
    document = yaml.safe_load(WHOLE)
    record = document
    for step in path:
        record = record[step]
    record[misspelt] = record.pop(key, "x")

    errors = list(VALIDATOR.iter_errors(document))
    assert any(misspelt in leaf.message for error in errors for leaf in [error, *(error.context or [])])
    with pytest.raises(ProfileError) as caught:
        load(yaml.safe_dump(document, sort_keys=False))
    hints = [problem.hint for problem in caught.value.problems if problem.message.startswith(f"'{misspelt}' is no key")]
    assert len(hints) == 1
    assert f"did you mean '{key}'?" in hints[0]


#: Values that both refuse.
WRONG = [
    "version: 2",
    "settings: {engine: opera}",
    "settings: {timeout: soon}",
    "settings: {concurrency: 0}",
    "settings: {rate: 50}",
    "defaults: {mode: navigate}",
    "defaults: {initiator: websocket}",
    "defaults: {send: [staging]}",
    "defaults: {keepalive: 'true'}",
    "defaults: {repeat: 0}",
    "defaults: {tags: a}",
    "defaults: {expect: allowed}",
    "defaults: {expect: {app: {staging: never}}}",
    "environments: {staging: {cookies: [{name: a, value: b}]}}",
    "environments: {'*': {}}",
    "environments: {e: {vars: {'1a': b}}}",
    "environments: {e: {resolve: {'https://a': 192.0.2.1}}}",
    "endpoints: {x: {request: https://b.example, origins: []}}",
    "endpoints: {x: {request: https://b.example, send: sometimes}}",
    "endpoints: {x: [GET, https://b.example]}",
    "groups: {g: {base: https://b.example}}",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_value_fails_in_both(load: Load, text: str) -> None:
    document = yaml.safe_load("origins: {app: https://a.example}\nendpoints: {y: https://b.example}\n")
    document |= yaml.safe_load(text)

    assert list(VALIDATOR.iter_errors(document))
    with pytest.raises(ProfileError):
        load(yaml.safe_dump(document))


def test_every_key_has_a_description() -> None:
    def descriptions(node: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(node, dict):
            for name, value in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
                yield name, value.get("description")
            for value in node.values():
                yield from descriptions(value)
        elif isinstance(node, list):
            for value in node:
                yield from descriptions(value)

    found = list(descriptions(schema()))
    assert len(found) > 60
    assert [name for name, text in found if not text or not text.endswith(".")] == []


def test_a_profile_of_the_loader_alone_is_loaded(tmp_path: Any) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("origins: {a: https://a.example}\nendpoints: {x: https://b.example}\n")

    assert load_profile(path, process_env={}).name == "p"
