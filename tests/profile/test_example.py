"""The example that people start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from corstui.fetch.url import parse
from corstui.profile import load_profile, schema
from corstui.profile.tables import ENVIRONMENT, PROFILE, SETTINGS
from corstui.runner import plan

EXAMPLE = Path(__file__).parents[2] / "profiles" / "example.yaml"
SHIPPED = files("corstui.profile").joinpath("example.yaml")


def test_the_package_ships_the_same_file() -> None:
    assert SHIPPED.read_bytes() == EXAMPLE.read_bytes()


def test_it_loads_without_warnings_or_anything_set() -> None:
    profile = load_profile(EXAMPLE, process_env={})

    assert profile.warnings == []
    assert len(profile.resolve_all(profile.environments)) == 2


def test_it_is_valid_for_the_schema() -> None:
    Draft202012Validator(schema()).validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))


def test_it_names_nobody_who_exists() -> None:
    profile = load_profile(EXAMPLE, process_env={})

    for deployment in profile.resolve_all(profile.environments):
        urls = [parse(origin) for origin in deployment.named_origins]
        hosts = {url.host for url in urls if url is not None}
        assert {host for host in hosts if not host.endswith(".example")} == {"localhost"}


def test_it_shows_every_key_of_profiles_environments_and_settings() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    for name in {*PROFILE.names, *ENVIRONMENT.names, *SETTINGS.names} - {"include", "controls"}:
        assert f"{name}:" in text, name


def test_production_writes_nothing() -> None:
    chosen = plan(load_profile(EXAMPLE, process_env={}), environments=["production"])

    assert [cell.key for cell in chosen.cells if cell.writes] == []
