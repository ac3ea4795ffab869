"""Servers are recognised by what they say of themselves, and what they are told is well formed."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from importlib import resources

import pytest
import yaml

from corstui.analysis.recipes import Wanted, recipe, recipes, recognised, servers
from tests.analysis.flows import flow, ok, preflight

WANTED = Wanted("https://app.example", ("PUT",), ("x-trace", "x-more"), credentials=True)
SPRING = ("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers")
BARE = Wanted("https://app.example", ("GET",))


@pytest.mark.parametrize(
    ("headers", "ids"),
    [
        ([("Server", "nginx/1.27.1")], ["nginx"]),
        ([("server", "openresty")], ["nginx"]),
        ([("Server", "nginx"), ("X-Powered-By", "Express")], ["express", "nginx"]),
        ([("Server", "Apache/2.4.62 (Debian)")], ["apache"]),
        ([("Server", "Caddy")], ["caddy"]),
        ([("Server", "uvicorn")], ["starlette"]),
        ([("Server", "Werkzeug/3.1 Python/3.13")], ["flask"]),
        ([("Server", "WSGIServer/0.2 CPython/3.13")], ["django"]),
        ([("Server", "Python/3.13 aiohttp/3.12")], ["aiohttp"]),
        ([("Vary", name) for name in SPRING], ["spring"]),
        ([("Server", "Kestrel")], ["aspnet"]),
        ([("X-Powered-By", "ASP.NET")], ["aspnet"]),
        ([("Server", "AmazonS3"), ("Via", "1.1 abc.cloudfront.net (CloudFront)")], ["s3", "cloudfront"]),
        ([("Apigw-Requestid", "abc=")], ["apigateway"]),
        ([("server", "istio-envoy")], ["envoy"]),
        ([("Server", "Traefik")], ["traefik"]),
        ([("Server", "my-nginx-like")], ["nginx"]),
        ([("Server", "teapot"), ("Vary", "Origin")], []),
        ([], []),
    ],
)
def test_servers_are_recognised_by_their_headers(headers: list[tuple[str, str]], ids: list[str]) -> None:
    assert recognised(headers) == ids


@pytest.mark.parametrize("id", servers())
@pytest.mark.parametrize("wanted", [WANTED, BARE], ids=["all", "bare"])
def test_every_recipe_is_filled_in(id: str, wanted: Wanted) -> None:
    told = recipe(id, wanted)
    text = "\n".join(part.text for part in told.parts)
    assert "@origin" not in text and "@methods" not in text and "@headers" not in text and "@credentials" not in text
    assert wanted.origin in text.replace("\\", "")
    assert ("x-trace" in text) == bool(wanted.headers)
    assert all(title.startswith(f"In {told.server}, ") and lines for title, lines in told.titled())


def test_without_credentials_nothing_is_said_of_them() -> None:
    for id in servers():
        assert "redentials" not in "".join(part.text for part in recipe(id, BARE).parts).replace("withCredentials", "")


@pytest.mark.parametrize("wanted", [WANTED, BARE], ids=["all", "bare"])
def test_what_is_json_or_yaml_can_be_read_as_such(wanted: Wanted) -> None:
    (rules,) = json.loads(recipe("s3", wanted).parts[0].text)
    assert rules["AllowedOrigins"] == [wanted.origin]
    policy = json.loads("{" + recipe("cloudfront", wanted).parts[0].text + "}")["CorsConfig"]
    assert policy["AccessControlAllowMethods"] == {"Quantity": 1, "Items": list(wanted.methods)}
    for id in ("apigateway", "envoy", "traefik"):
        assert isinstance(yaml.safe_load(recipe(id, wanted).parts[0].text), dict)


def test_an_origin_in_a_pattern_means_itself() -> None:
    assert '"^https://app\\.example$"' in recipe("apache", WANTED).parts[0].text


def test_a_flow_asks_for_what_it_needs() -> None:
    refused = flow(preflight(("Server", "nginx"), origin=None), method="PUT", headers=[("X-Trace", "1")])
    (told,) = recipes(refused)
    assert told == recipe("nginx", replace(WANTED, headers=("x-trace",), credentials=False))


def test_no_recipe_where_nothing_is_to_be_mended_or_nobody_is_known() -> None:
    assert recipes(flow(ok())) == []
    assert recipes(flow(ok(origin=None))) == []


def test_the_file_of_recipes_holds_nothing_that_is_not_read() -> None:
    text = resources.files("corstui.analysis.pages").joinpath("servers.toml").read_text(encoding="utf-8")
    for given in tomllib.loads(text).values():
        assert given.keys() == {"name", "signs", "part"}
        assert all(part.keys() == {"where", "text"} for part in given["part"])
