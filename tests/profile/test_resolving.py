"""An environment resolved: origins, cookies, addresses, proxy, certificates, and what may be sent to whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from corstui.profile import Deployment, ProfileError, Tls
from tests.profile.conftest import Load

ENDPOINTS = "endpoints: {x: https://api.example}\n"
APP = 'origins: {app: "https://app.example"}\n'


def test_a_profile_without_environments_has_one(load: Load) -> None:
    profile = load(APP + ENDPOINTS)

    assert list(profile.environments) == ["default"]
    deployment = profile.resolve("default")
    assert (deployment.writes, deployment.confirm, deployment.cookies, deployment.resolve, deployment.proxy) == (
        False, False, (), {}, None,
    )  # fmt: skip
    assert deployment.tls == Tls()


def test_an_environment_may_say_nothing(load: Load) -> None:
    assert load("environments:\n  staging:\n" + APP + ENDPOINTS).resolve("staging").endpoints


def test_an_unknown_environment_is_an_error_with_the_nearest_name(load: Load) -> None:
    with pytest.raises(ProfileError, match=r"there is no environment 'stagin' \(did you mean 'staging'\?"):
        load("environments: {staging: {}}\n" + APP + ENDPOINTS).resolve("stagin")


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:8080",
        "capacitor://localhost",
        "tauri://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "file://",
        "null",
    ],
)
@pytest.mark.parametrize("quotes", ["", '"'])
def test_whatever_can_be_the_origin_of_a_page_is_one(load: Load, origin: str, quotes: str) -> None:
    profile = load(f"origins:\n  a: {quotes}{origin}{quotes}\n{ENDPOINTS}")

    assert profile.resolve("default").origins == {"a": origin}


def test_an_environment_overrides_and_removes_origins(load: Load) -> None:
    profile = load(
        """\
        environments:
          staging: {origins: {b: https://b.staging.example, c: "null"}}
          production: {origins: {c: null}}
        origins: {a: https://a.example, b: https://b.example, c: https://c.example}
        endpoints: {x: {request: https://api.example, expect: {c: block}}}
        """
    )

    assert profile.origins == ["a", "b", "c"]
    assert profile.resolve("staging").origins == {
        "a": "https://a.example", "b": "https://b.staging.example", "c": "null",
    }  # fmt: skip
    assert profile.resolve("production").origins == {"a": "https://a.example", "b": "https://b.example"}


def deployment_of(load: Load, environment: str, process_env: dict[str, str] | None = None) -> Deployment:
    return load(f"environments:\n  e: {environment}\n{APP}{ENDPOINTS}", process_env).resolve("e")


def test_cookies_are_as_the_browser_stored_them(load: Load) -> None:
    plain, full = deployment_of(
        load,
        "{cookies: [{name: a, value: 1, domain: Api.Example},"
        " {name: sid, value: '${secret:SID}', domain: .shop.example,"
        " path: /api, samesite: none, secure: true, httponly: true, hostonly: true, partitioned: true}]}",
        {"SID": "abc"},
    ).cookies

    assert (plain.name, plain.value, plain.domain, plain.path, plain.samesite) == (
        "a",
        "1",
        "api.example",
        "/",
        "unset",
    )
    assert not (plain.secure or plain.httponly or plain.hostonly or plain.partitioned)
    assert (full.value, full.domain, full.path, full.samesite) == ("abc", "shop.example", "/api", "none")
    assert full.secure and full.httponly and full.hostonly and full.partitioned


@pytest.mark.parametrize(
    ("cookie", "message"),
    [
        ("{name: a, value: b, domain: 'https://api.example'}", "is no host"),
        ("{name: a, value: b, domain: 'api.example:8080'}", "is no host"),
        ("{name: a, value: b, domain: api.example, path: api}", "does not begin with /"),
        ("{name: a, value: b, domain: api.example, samesite: Lax}", "did you mean 'lax'?"),
    ],
)
def test_a_cookie_that_no_browser_holds_is_refused(load: Load, cookie: str, message: str) -> None:
    with pytest.raises(ProfileError) as caught:
        deployment_of(load, f"{{cookies: [{cookie}]}}")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:8443", "192.0.2.1:8443"),
        ("'::1'", "::1"),
        ("'[::1]'", "::1"),
        ("'[::1]:8443'", "[::1]:8443"),
        ("'${env:ADDRESS:-192.0.2.9}'", "192.0.2.9"),
    ],
)
def test_hosts_are_pinned_to_addresses(load: Load, written: str, address: str) -> None:
    assert deployment_of(load, f"{{resolve: {{Api.Example: {written}}}}}").resolve == {"api.example": address}


@pytest.mark.parametrize("written", ["300.0.0.1", "api.other", "'[::1'", "192.0.2.1:0", "192.0.2.1:70000", "'::1:x'"])
def test_what_is_no_address_is_refused(load: Load, written: str) -> None:
    with pytest.raises(ProfileError, match=r"p\.yaml:2:"):
        deployment_of(load, f"{{resolve: {{api.example: {written}}}}}")


def test_a_proxy_is_a_url_or_none_at_all(load: Load) -> None:
    assert deployment_of(load, "{proxy: 'http://proxy.example:3128'}").proxy == "http://proxy.example:3128"
    assert deployment_of(load, "{proxy: none}").proxy == "none"
    assert deployment_of(load, "{}").proxy is None


def test_the_password_of_a_proxy_is_a_secret(load: Load) -> None:
    assert deployment_of(load, "{proxy: 'http://me:longsecret@proxy.example:3128'}").secrets == {"longsecret"}


def test_certificates_are_files_beside_the_profile(load: Load) -> None:
    Path("ca.pem").write_text("")
    Path("client.pem").write_text("")

    tls = deployment_of(load, "{tls: {verify: false, ca: ca.pem, cert: client.pem, key: '${env:KEY:-ca.pem}'}}").tls

    assert tls == Tls(verify=False, ca="ca.pem", cert="client.pem", key="ca.pem")


def test_a_secret_may_go_only_to_origins_that_the_profile_names(load: Load) -> None:
    deployment = load(
        """\
        origins: {app: "https://app.example", sandbox: null, mobile: "capacitor://localhost"}
        endpoints: {x: https://api.example:8443/x, y: http://API.example/y, z: "data:,z"}
        """
    ).resolve("default")

    assert deployment.named_origins == {
        "https://app.example", "capacitor://localhost", "https://api.example:8443", "http://api.example",
    }  # fmt: skip


def test_credentials_that_stand_in_the_profile_are_secrets_too_unless_they_are_short(load: Load) -> None:
    deployment = load(
        """\
        environments:
          default:
            cookies: [{name: sid, value: long-session-id, domain: a.example}, {name: t, value: 1, domain: a.example}]
        origins: {app: "https://app.example"}
        endpoints:
          x: {request: "https://a.example", headers: {Authorization: "Bearer abcdefgh", X-Api-Key: k, X-O: 12345678}}
        """
    ).resolve("default")

    assert deployment.secrets == {"abcdefgh", "long-session-id"}
    assert deployment.endpoints[0].uses_secret


def test_secrets_are_not_in_the_representation(load: Load) -> None:
    assert "longsecret" not in repr(deployment_of(load, "{vars: {x: '${secret:S}'}}", {"S": "longsecret"}))


def test_problems_of_several_environments_are_told_together(load: Load) -> None:
    profile = load(
        """\
        environments: {a: {vars: {h: "${env:A}"}}, b: {vars: {h: "${env:B}"}}, c: {vars: {h: "${env:C}"}}}
        origins: {app: "https://app.example"}
        endpoints: {x: "https://${h}/"}
        """,
        {"C": "c.example"},
    )

    with pytest.raises(ProfileError) as caught:
        profile.resolve_all(profile.environments)
    assert [str(problem).partition(" (")[0] for problem in caught.value.problems] == [
        "p.yaml:1:30: the environment variable A is not set",
        "p.yaml:1:58: the environment variable B is not set",
    ]
    (deployment,) = profile.resolve_all(["c"])
    assert deployment.endpoints[0].url == "https://c.example/"
