"""What may leave: nothing unsafe without a word of the environment or the endpoint, and nothing where it says never."""

from __future__ import annotations

import pytest

from corstui.profile.model import SAFE_METHODS, may_send
from tests.profile.conftest import Load

PROFILE = """\
environments: {staging: {writes: true}, production: {writes: false}, canary: {}}
origins: {app: "https://app.example"}
endpoints:
  read: https://api.example
  write: POST https://api.example
  odd: patch https://api.example
  beacon: {url: https://api.example, initiator: beacon}
  here: {request: POST https://api.example, send: [production]}
  nowhere: {request: GET https://api.example, send: never}
groups:
  held:
    defaults: {send: never}
    endpoints:
      held read: https://api.example
      freed: {request: DELETE https://api.example, send: auto}
"""

#: What each environment lets out.
SENT = {
    "staging": {"read", "write", "odd", "beacon", "freed"},
    "production": {"read", "here"},
    "canary": {"read"},
}


@pytest.mark.parametrize("environment", SENT)
def test_only_what_an_environment_or_an_endpoint_allows_may_leave(load: Load, environment: str) -> None:
    deployment = load(PROFILE).resolve(environment)

    assert {
        each.name
        for each in deployment.endpoints
        if may_send(each.method, each.send, deployment.name, writes=deployment.writes)
    } == SENT[environment]


@pytest.mark.parametrize("method", ["get", "GET", "head", "OPTIONS"])
def test_safe_methods_leave_everywhere_but_where_send_is_never(method: str) -> None:
    assert may_send(method, "auto", "e", writes=False)
    assert may_send(method, frozenset({"other"}), "e", writes=False)
    assert not may_send(method, "never", "e", writes=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "delete", "PATCH", "patch", "PROPFIND", "QUERY", "gEt2", ""])
def test_every_other_method_needs_a_grant(method: str) -> None:
    assert not may_send(method, "auto", "e", writes=False)
    assert may_send(method, "auto", "e", writes=True)
    assert may_send(method, frozenset({"e"}), "e", writes=False)
    assert not may_send(method, frozenset({"other"}), "e", writes=True)
    assert not may_send(method, "never", "e", writes=True)
    assert method not in SAFE_METHODS
