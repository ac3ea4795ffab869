"""References: what they can be, where their values come from, and when a missing one matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from corstui.profile import ProfileError
from tests.profile.conftest import Load

PROFILE = """\
environments:
  staging:
    vars:
      host: staging.example
      api: https://${host}/${env:VERSION:-v1}
      odd: "no"
      time: 12:30
  production:
    vars: {host: shop.example}
origins: {app: "https://app.example"}
endpoints:
  list:
    request: GET ${api}/orders
    headers: {X-Odd: "${odd} ${time}", X-Literal: "$${api} $5 $$ ${env:EMPTY:-none}"}
"""


def test_variables_are_made_of_variables_and_of_the_process_environment(load: Load) -> None:
    (endpoint,) = load(PROFILE, {"VERSION": "v2", "EMPTY": ""}).resolve("staging").endpoints

    assert endpoint.url == "https://staging.example/v2/orders"
    assert endpoint.headers == (("X-Odd", "no 12:30"), ("X-Literal", "${api} $5 $$ none"))


def test_a_default_stands_in_for_what_is_not_set(load: Load) -> None:
    (endpoint,) = load(PROFILE).resolve("staging").endpoints

    assert endpoint.url == "https://staging.example/v1/orders"


def test_a_missing_variable_matters_only_to_the_environment_that_misses_it(load: Load) -> None:
    profile = load(PROFILE)

    assert profile.resolve("staging").endpoints
    with pytest.raises(ProfileError) as caught:
        profile.resolve("production")
    assert [problem.message for problem in caught.value.problems] == [
        "the environment production has no variable api",
        "the environment production has no variable odd",
    ]


def test_a_variable_that_nothing_uses_need_not_have_a_value(load: Load) -> None:
    profile = load(
        """\
        environments: {e: {vars: {unused: "${env:UNSET}", api: "https://a.example"}}}
        origins: {app: "https://app.example"}
        endpoints: {x: "${api}"}
        """
    )

    assert profile.resolve("e").endpoints[0].url == "https://a.example/"


def test_an_environment_variable_may_be_empty_but_a_secret_may_not(load: Load) -> None:
    text = """\
        origins: {app: "https://app.example"}
        endpoints:
          x: {request: "https://a.example/?${env:QUERY}", headers: {Authorization: "${secret:TOKEN}"}}
        """

    assert load(text, {"QUERY": "", "TOKEN": "t"}).resolve("default").endpoints[0].url == "https://a.example/?"
    with pytest.raises(ProfileError, match="the secret TOKEN is empty"):
        load(text, {"QUERY": "", "TOKEN": ""}).resolve("default")


def test_secrets_pass_through_variables(load: Load) -> None:
    deployment = load(
        """\
        environments: {e: {vars: {token: "${secret:TOKEN}", auth: "Bearer ${token}"}}}
        origins: {app: "https://app.example"}
        endpoints:
          with: {request: "https://a.example", headers: {X-Trace: "${auth}"}}
          without: https://a.example
        """,
        {"TOKEN": "s3cret"},
    ).resolve("e")

    assert deployment.secrets == {"s3cret"}
    assert [endpoint.uses_secret for endpoint in deployment.endpoints] == [True, False]


def test_a_file_is_read_beside_the_profile_without_its_last_line_break_and_is_secret(load: Load) -> None:
    deployment = load(
        """\
        origins: {app: "https://app.example"}
        endpoints: {x: {request: "https://a.example", headers: {X-A: "Bearer ${file:token.txt}"}}}
        """,
        token_txt="abc\n",
    ).resolve("default")

    assert deployment.endpoints[0].headers == (("X-A", "Bearer abc"),)
    assert deployment.secrets == {"abc"}


def test_a_body_that_is_one_file_is_its_exact_bytes(load: Load) -> None:
    (endpoint,) = (
        load(
            """\
        origins: {app: "https://app.example"}
        endpoints: {x: {request: "POST https://a.example", body: "${file:body.bin}"}}
        """,
            body_bin=b"\x00\xff\r\n",
        )
        .resolve("default")
        .endpoints
    )

    assert endpoint.body == b"\x00\xff\r\n"


def test_a_file_within_a_header_must_be_text(load: Load) -> None:
    profile = load(
        """\
        origins: {app: "https://app.example"}
        endpoints: {x: {request: "https://a.example", headers: {X-A: "${file:body.bin}"}}}
        """,
        body_bin=b"\xff",
    )

    with pytest.raises(ProfileError, match=r"p\.yaml:2:62: the file 'body\.bin' is not UTF-8"):
        profile.resolve("default")


def test_a_device_or_a_directory_is_no_file(load: Load) -> None:
    profile = load(
        """\
        origins: {app: "https://app.example"}
        endpoints:
          x: https://a.example/${file:/dev/zero}
          y: https://a.example/${file:.}
        """
    )

    with pytest.raises(ProfileError) as caught:
        profile.resolve("default")
    assert [problem.message for problem in caught.value.problems] == [
        "the file '/dev/zero' is no regular file",
        "the file '.' is a directory",
    ]


def test_a_process_variable_that_is_no_text_is_refused(load: Load) -> None:
    profile = load('origins: {a: "https://a.example"}\nendpoints: {x: "https://b.example/${env:A}"}\n', {"A": "\udcff"})

    with pytest.raises(ProfileError, match="the environment variable A is not UTF-8"):
        profile.resolve("default")


def test_variables_that_double_themselves_are_stopped(load: Load) -> None:
    doubling = "".join(f'      v{n}: "${{v{n - 1}}}${{v{n - 1}}}"\n' for n in range(1, 40))
    text = (
        f"environments:\n  e:\n    vars:\n      v0: xxxxxxxxxx\n{doubling}"
        'origins: {a: "https://a.example"}\nendpoints: {x: "https://b.example/${v39}"}\n'
    )

    with pytest.raises(ProfileError, match="too long"):
        load(text).resolve("e")


def test_files_of_an_include_are_relative_to_the_include(load: Load) -> None:
    Path("parts").mkdir()
    Path("parts/more.yaml").write_text('endpoints: {x: "https://a.example/${file:path.txt}"}\n')
    Path("parts/path.txt").write_text("deep\n")

    profile = load('include: [parts/more.yaml]\norigins: {a: "https://a.example"}\n')

    assert profile.resolve("default").endpoints[0].url == "https://a.example/deep"
