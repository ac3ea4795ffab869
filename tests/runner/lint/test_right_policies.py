"""Policies that are right: nothing fires on them. What works and is still unwise is named."""

from __future__ import annotations

from typing import Any

import pytest

from corstui import load_profile, run
from corstui.lab import DEMO_PROFILE, LabThread
from tests.fetch.test_worked_examples import API, EXAMPLES, _server
from tests.runner.lint.scenes import fired, scene

#: What is said of worked examples that pass, beyond mere information.
UNWISE = {
    "x01": {"lint.wildcard-with-acac"},
    "x10": {"lint.null-trusted"},
    "x17": {"lint.authorization-wildcard"},
    "x25": {"lint.aceh-invalid-token"},
    "x28": {"lint.null-trusted", "lint.tainted-null"},
    "x31": {"lint.max-age-invalid"},
}
PASSING = [example for example in EXAMPLES if all(example.get(engine) == "pass" for engine in "cw")]


@pytest.mark.parametrize("example", PASSING, ids=lambda example: example["id"])
def test_nothing_but_information_about_worked_examples_that_pass(example: dict[str, Any]) -> None:
    origin, asked = example.get("origin", "https://app.test"), example["req"]
    server = _server(example, origin)
    told = scene(
        server=server,
        origin=origin,
        url=API + "/",
        method=asked["method"],
        headers=[(name, value) for name, value in asked.get("h", [])],
        credentials=asked.get("creds", "same-origin"),
        initiator="xhr" if asked.get("xhr") else "fetch",
        upload_listener=asked.get("upload_listener", False),
        body=b"x" if asked.get("upload_listener") else None,
    )
    assert {rule for rule, severity in fired(told).items() if severity != "info"} == UNWISE.get(example["id"], set())


#: What is wrong in the demo, by environment and endpoint; every other endpoint is as it should be.
DEMO = {
    ("staging", "basket"): {"lint.wildcard-with-acac"},
    ("staging", "list orders"): {"lint.origin-insensitive-acao"},
    ("staging", "reviews"): {"lint.null-trusted"},
    ("staging", "search"): {"lint.options-redirect"},
    ("staging", "settings"): {"lint.max-age-missing"},
    ("production", "create order"): {"lint.options-auth"},
    ("production", "newsletter"): {"lint.origin-insensitive-acao"},
    ("production", "profile"): {"lint.acao-multiple"},
    ("production", "recommendations"): {"lint.null-trusted", "lint.reflect-any-creds"},
    ("production", "settings"): {"lint.max-age-cap"},
}


async def test_nothing_fires_on_the_endpoints_of_the_demo_that_are_right() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    with LabThread() as lab:
        async for cell in run(load_profile(DEMO_PROFILE, process_env=lab.process_env())):
            for finding in cell.findings:
                if finding["rule"] == "lint.options-body-slow":
                    continue  # tells of the machine
                found.setdefault((cell.environment, cell.endpoint), set()).add(finding["rule"])
    assert found == DEMO
