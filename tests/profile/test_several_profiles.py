"""Several profiles in one command run side by side: they leak nothing, and agree in what they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from corstui.profile import Profile, ProfileError, load_profile

SHOP = """\
name: Shop
environments:
  staging: {vars: {api: https://shop.staging.example}, writes: true}
  production: {vars: {api: https://shop.example}, confirm: true}
origins: {web: https://web.example, partner: https://partner.example}
settings: {timeout: 2s, rate: 50/s, budget: 10, per_host: 2}
defaults: {credentials: include, expect: {"*": block}}
endpoints: {orders: "${api}/orders"}
"""
BILLING = """\
name: Billing
environments:
  staging: {vars: {api: https://billing.staging.example}, writes: true}
origins: {web: https://web.example, office: https://office.example}
settings: {timeout: 5s, rate: 20/s, budget: 5, controls: false}
endpoints: {bills: "${api}/bills"}
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(first: str, second: str) -> Profile:
    Path("first.yaml").write_text(first)
    Path("second.yaml").write_text(second)
    return load_profile("first.yaml", "second.yaml", process_env={})


def test_each_keeps_its_own_variables_defaults_origins_and_time() -> None:
    profile = loaded(SHOP, BILLING)

    assert profile.name == "Shop + Billing"
    assert profile.origins == ["web", "partner", "office"]
    assert profile.endpoint_names == ["orders", "bills"]
    orders, bills = profile.resolve("staging").endpoints
    assert (orders.url, bills.url) == ("https://shop.staging.example/orders", "https://billing.staging.example/bills")
    assert (orders.credentials, bills.credentials) == ("include", "same-origin")
    assert (orders.origins, bills.origins) == ({"web", "partner"}, {"web", "office"})
    assert (orders.timeout, bills.timeout) == (2.0, 5.0)
    assert orders.expectation_for("web") is not None
    assert bills.expectation_for("web") is None


def test_each_runs_in_its_own_environments() -> None:
    profile = loaded(SHOP, BILLING)

    assert list(profile.environments) == ["staging", "production"]
    production = profile.resolve("production")
    assert [endpoint.name for endpoint in production.endpoints] == ["orders"]
    assert list(production.origins) == ["web", "partner"]


def test_the_stricter_limit_counts() -> None:
    settings = loaded(SHOP, BILLING).settings

    assert (settings.rate, settings.per_host, settings.budget, settings.controls) == (20.0, 2, 15, False)


def test_a_profile_given_twice_is_one() -> None:
    Path("p.yaml").write_text(SHOP)

    profile = load_profile("p.yaml", Path("p.yaml").resolve(), ".", process_env={})

    assert profile.name == "Shop"


def test_confirmation_asked_by_one_is_asked() -> None:
    profile = loaded(SHOP, BILLING.replace("staging: {", "staging: {confirm: true, "))

    assert profile.environments["staging"].confirm
    assert profile.resolve("staging").confirm


def test_what_both_include_is_there_once() -> None:
    Path("common.yaml").write_text(
        "origins: {web: https://web.example}\nendpoints: {health: https://api.example/health}\n"
    )

    profile = loaded(
        "include: [common.yaml]\nendpoints: {a: https://a.example}\n",
        "include: [common.yaml]\nendpoints: {b: https://b.example}\n",
    )

    assert profile.endpoint_names == ["health", "a", "b"]
    assert [endpoint.name for endpoint in profile.resolve("default").endpoints] == ["health", "a", "b"]


#: What the second profile says otherwise, and the problem: at loading, or when staging is resolved.
CONFLICTS = [
    ("writes: true", "confirm: true", "3:3: the environment 'staging' has writes: false here and true elsewhere"),
    ("bills: ", "orders: ", "6:13: the endpoint 'orders' is defined differently in another profile"),
    ("https://web.example", "https://web2.example", "4:16: the origin 'web' is defined differently in another profile"),
    ("{timeout: 5s", "{engine: firefox, timeout: 5s", "5:12: the engine is firefox here and chromium elsewhere"),
]


@pytest.mark.parametrize(("old", "new", "message"), CONFLICTS, ids=["writes", "endpoint", "origin", "engine"])
def test_what_they_share_by_name_must_agree(old: str, new: str, message: str) -> None:
    first = SHOP.replace("{timeout: 2s", "{engine: chromium, timeout: 2s")

    with pytest.raises(ProfileError) as caught:
        loaded(first, BILLING.replace(old, new)).resolve("staging")

    (problem,) = map(str, caught.value.problems)
    assert problem.startswith(f"second.yaml:{message}")
    assert "see first.yaml:" in problem


def test_an_environment_is_connected_in_one_way() -> None:
    first = SHOP.replace("staging: {", "staging: {proxy: none, resolve: {a.example: 192.0.2.1}, ")
    second = BILLING.replace("staging: {", "staging: {proxy: 'http://proxy.example', resolve: {a.example: 192.0.2.2}, ")

    with pytest.raises(ProfileError) as caught:
        loaded(first, second).resolve("staging")

    assert [problem.message for problem in caught.value.problems] == [
        "in the environment 'staging' 'proxy' is defined differently in another profile",
        "the address of 'a.example' is defined differently in another profile",
    ]
