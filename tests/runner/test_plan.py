from __future__ import annotations

from pathlib import Path

import pytest

from corstui.fetch.engines import ENGINES
from corstui.profile import Profile
from corstui.runner import NothingSelected, plan
from tests.runner.shops import profile_of

SHOP = """
environments:
  staging: {vars: {api: "https://staging.example"}, writes: true}
  production:
    vars: {api: "https://api.example"}
    origins: {partner: null, web: "https://www.example"}
origins: {web: "https://web.example", partner: "https://partner.example", sandbox: "null"}
endpoints:
  list: {request: "GET ${api}/list", tags: [read]}
  save: {request: "PUT ${api}/save", tags: [write], origins: [web, partner]}
  log [v2]: POST ${api}/log
"""


@pytest.fixture
def shop(tmp_path: Path) -> Profile:
    return profile_of(tmp_path, SHOP)


def names(chosen: object) -> list[str]:
    return [f"{each.key.environment}/{each.key.endpoint}/{each.key.origin}" for each in chosen.cells]  # type: ignore[attr-defined]


def test_a_plan_holds_every_endpoint_for_every_origin_in_the_order_of_the_file(shop: Profile) -> None:
    chosen = plan(shop)
    assert names(chosen) == [
        "staging/list/web",
        "staging/list/partner",
        "staging/list/sandbox",
        "staging/save/web",
        "staging/save/partner",
        "staging/log [v2]/web",
        "staging/log [v2]/partner",
        "staging/log [v2]/sandbox",
        "production/list/web",
        "production/list/sandbox",
        "production/save/web",
        "production/log [v2]/web",
        "production/log [v2]/sandbox",
    ]
    assert chosen.environments == ("staging", "production")
    assert chosen.origins == ("web", "partner", "sandbox")
    assert chosen.endpoints == ("list", "save", "log [v2]")
    assert chosen.engines == ("chromium",)


def test_an_environment_gives_an_origin_its_own_value(shop: Profile) -> None:
    values = {each.origin_value for each in plan(shop, environments=["production"], origins=["web"]).cells}
    assert values == {"https://www.example"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (
            {"endpoints": ["l*"], "origins": ["web"], "environments": ["staging"]},
            ["staging/list/web", "staging/log [v2]/web"],
        ),
        ({"endpoints": ["log [v2]"], "origins": ["part*"]}, ["staging/log [v2]/partner"]),
        ({"tags": ["write"], "environments": ["prod*"]}, ["production/save/web"]),
        ({"endpoints": ["save", "list"], "origins": ["partner"]}, ["staging/list/partner", "staging/save/partner"]),
    ],
)
def test_filters_take_names_and_globs(shop: Profile, filters: dict[str, list[str]], expected: list[str]) -> None:
    assert names(plan(shop, **filters)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"environments": ["stagin"]}, "no environment matches 'stagin'; did you mean 'staging'?"),
        ({"origins": ["webb"]}, "did you mean 'web'?"),
        ({"endpoints": ["zzz"]}, "no endpoint matches 'zzz'; there is list, save, log [v2]"),
        ({"tags": ["reed"]}, "no tag matches 'reed'; did you mean 'read'?"),
        ({"engines": ["chrome"]}, "no engine matches 'chrome'"),
        ({"environments": ["production"], "origins": ["partner"]}, "the filters together leave no cell"),
        ({"endpoints": ["save"], "origins": ["sandbox"]}, "the filters together leave no cell"),
    ],
)
def test_a_filter_without_a_match_is_an_error_that_says_what_there_is(
    shop: Profile, filters: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(NothingSelected) as caught:
        plan(shop, **filters)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_all_engines_begin_with_that_of_the_profile(tmp_path: Path) -> None:
    shop = profile_of(tmp_path, SHOP + "settings: {engine: firefox}\n")
    assert plan(shop).engines == ("firefox",)
    every = plan(shop, engines=["all"]).engines
    assert every[0] == "firefox"
    assert set(every) == set(ENGINES)
    assert plan(shop, engines=["webkit", "webkit", "chromium"]).engines == ("webkit", "chromium")


def test_only_the_first_engine_sends_writes(shop: Profile) -> None:
    chosen = plan(shop, environments=["staging"], endpoints=["save"], origins=["web"], engines=["webkit", "chromium"])
    assert [(each.key.engine, each.sends) for each in chosen.cells] == [("webkit", True), ("chromium", False)]


def test_writes_leave_only_where_the_environment_or_the_endpoint_allows_it(tmp_path: Path) -> None:
    shop = profile_of(
        tmp_path,
        """
environments: {staging: {writes: true}, production: {}}
origins: {web: "https://web.example"}
endpoints:
  get: GET https://api.example/
  lower: {method: delete, url: "https://api.example/"}
  auto: POST https://api.example/
  named: {request: POST https://api.example/, send: [production]}
  never: {request: GET https://api.example/, send: never}
  options: OPTIONS https://api.example/
""",
    )
    sends = {f"{each.key.environment} {each.key.endpoint}": each.sends for each in plan(shop).cells}
    assert sends == {
        "staging get": True,
        "staging lower": True,
        "staging auto": True,
        "staging named": False,
        "staging never": False,
        "staging options": True,
        "production get": True,
        "production lower": False,
        "production auto": False,
        "production named": True,
        "production never": False,
        "production options": True,
    }
    held = {each.key.endpoint for each in plan(shop, allow_writes=False).cells if not each.sends}
    assert held == {"lower", "auto", "named", "never"}


def test_a_missing_variable_matters_only_where_its_environment_is_selected(tmp_path: Path) -> None:
    from corstui.profile import ProfileError

    shop = profile_of(
        tmp_path,
        """
environments:
  staging: {vars: {api: "https://staging.example"}}
  production: {vars: {api: "${env:API}"}}
origins: {web: "https://web.example"}
endpoints: {list: "${api}/list"}
""",
    )
    assert len(plan(shop, environments=["staging"]).cells) == 1
    with pytest.raises(ProfileError, match="API"):
        plan(shop)
