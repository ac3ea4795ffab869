"""All servers in one run: through the command line and through the dashboard."""

from __future__ import annotations

import asyncio
import json

import pytest

from corstui import load_profile
from corstui.cli import main
from tests.real_servers import (
    test_aiohttp_cors,
    test_django_cors_headers,
    test_express,
    test_flask_cors,
    test_nginx,
    test_starlette,
)
from tests.real_servers.servers import DEPLOYMENTS, SERVERS, Farm
from tests.real_servers.verdicts import PROFILE, Outcome, expected
from tests.tui.test_same_verdicts import FIELDS, on_screen

TABLES = {
    "nginx": test_nginx.EXPECTED,
    "starlette": test_starlette.EXPECTED,
    "flask": test_flask_cors.EXPECTED,
    "django": test_django_cors_headers.EXPECTED,
    "aiohttp": test_aiohttp_cors.EXPECTED,
    "express": test_express.EXPECTED,
}


def test_check_tells_of_all_servers_at_once_and_finds_all_as_expected(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    farm.require(*SERVERS)
    for name, value in farm.variables.items():
        monkeypatch.setenv(name, value)
    code = main(["check", str(PROFILE), "--format", "json"])
    run = json.loads(capsys.readouterr().out)
    told = {
        (cell["environment"], cell["endpoint"], cell["origin"]): Outcome(
            cell["verdict"],
            cell["reason"],
            cell["phase"],
            cell["sent"],
            cell["response"] and cell["response"]["status"],
        )
        for cell in run["cells"]
    }
    assert told == {
        (environment, *names): outcome
        for table in TABLES.values()
        for environment in DEPLOYMENTS
        for names, outcome in expected(table, environment, "chromium").items()
    }
    assert code == 0
    assert (run["summary"]["unexpected"], run["summary"]["unproven"], run["summary"]["error"]) == (0, 0, 0)
    assert all(cell["as_expected"] for cell in run["cells"])


def test_the_dashboard_and_check_agree_on_every_cell_of_the_real_servers(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    farm.require(*SERVERS)
    for name, value in farm.variables.items():
        monkeypatch.setenv(name, value)
    shown = asyncio.run(on_screen(PROFILE, farm.variables))
    main(["check", str(PROFILE), "--format", "json"])
    told = {
        (cell["environment"], cell["endpoint"], cell["origin"]): tuple(cell[each] for each in FIELDS)
        for cell in json.loads(capsys.readouterr().out)["cells"]
    }
    assert shown == told


def test_the_profile_is_read_without_a_warning_and_without_any_variable() -> None:
    profile = load_profile(PROFILE, process_env={})
    assert [str(problem) for problem in profile.warnings] == []
    assert [profile.resolve(name).name for name in profile.environments] == list(DEPLOYMENTS)
