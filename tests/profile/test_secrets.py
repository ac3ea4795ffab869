"""Secrets are masked in every form in which they come back, and who was asked stays readable."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corstui.fetch.url import Url, parse
from corstui.profile import ProfileError, load_profile
from corstui.profile.secrets import Masker, is_secret_name
from tests.profile.conftest import Load


def parsed(text: str) -> Url:
    url = parse(text)
    assert url is not None
    return url


#: In lower case, so that its percent-encoding can be lower-cased as a whole.
SECRET = 'p@ss w/rd+"é'

FORMS = {
    "itself": SECRET,
    "percent-encoded": quote(SECRET, safe=""),
    "percent-encoded in lower case": quote(SECRET, safe="").lower(),
    "percent-encoded as a path": quote(SECRET),
    "form-encoded": quote_plus(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 for URLs": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    "in JSON": json.dumps({"token": SECRET}),
    "in JSON as UTF-8": json.dumps({"token": SECRET}, ensure_ascii=False),
    "in HTML": html.escape(SECRET),
    "as the bytes of a header": SECRET.encode().decode("latin-1"),
    "in capitals": SECRET.upper(),
    "in the path of a URL": parsed(f"https://a.example/{SECRET}").path,
    "in the query of a URL": parsed(f"https://a.example/?{SECRET}").query,
    "percent-encoded twice": quote(quote(SECRET, safe=""), safe=""),
    "with escapes of HTML by number": "".join(char if char.isalnum() else f"&#{ord(char)};" for char in SECRET),
    "with an escaped slash, as PHP writes JSON": SECRET.replace("/", "\\/"),
    "cut before an ellipsis": SECRET[:6] + "\u2026",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=list(FORMS))
def test_a_secret_is_masked_in_every_form(text: str) -> None:
    masked = Masker([SECRET]).mask(f"before {text} after")

    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "***" in masked
    assert "ss" not in masked.replace("***", "").lower()


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "Bearer "])
@pytest.mark.parametrize("after", ["", "!", "!!", "!!!"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_masked_in_the_base64_of_a_longer_text(
    before: str, after: str, encode: Callable[[bytes], bytes]
) -> None:
    secret = "s3cr3t/+~Token?>"
    masked = Masker([secret]).mask(encode((before + secret + after).encode()).decode())

    assert "***" in masked
    # at most one character at each end, which holds bits of a neighbour
    kept = masked.partition("***")[0] + masked.rpartition("***")[2].rstrip("=")
    assert len(kept) <= len(encode((before + after).encode()).decode().rstrip("=")) + 2


def test_scheme_host_and_port_are_never_masked() -> None:
    masker = Masker(["https", "api.example", "8443", "shop"])

    assert masker.mask("GET https://api.example:8443/shop?api.example") == "GET https://api.example:8443/***?***"
    assert masker.mask("at https://shop.api.example:8443") == "at https://shop.api.example:8443"


def test_a_secret_that_is_a_url_leaves_its_host_readable() -> None:
    masker = Masker(["https://hooks.example/T000/B000/xyz"])

    assert masker.mask("POST https://hooks.example/T000/B000/xyz now") == "POST https://hooks.example*** now"


def test_passwords_and_secret_parameters_of_urls_are_masked() -> None:
    masker = Masker()

    assert masker.mask("https://me:pw@api.example/") == "https://me:***@api.example/"
    assert masker.mask("https://me:p'w@x@api.example/") == "https://me:***@api.example/"
    assert masker.mask("https://app.example/#access_token=abc") == "https://app.example/#access_token=***"
    assert (
        masker.mask("https://api.example/?api_key=abc&page=2&access_token=x&accessToken=y#z")
        == "https://api.example/?api_key=***&page=2&access_token=***&accessToken=***#z"
    )


def test_a_secret_in_user_name_or_password_is_no_host() -> None:
    masker = Masker(["hunter2'hunter2"])

    assert masker.mask("https://me:hunter2'hunter2@api.example/") == "https://me:***@api.example/"
    assert masker.mask("https://hunter2'hunter2@api.example/") == "https://***@api.example/"


def test_a_secret_as_large_as_a_file_is_masked_whole() -> None:
    secret = "".join(f'{number} & "{number}"\n' for number in range(20_000)).strip()

    for text in (secret, quote(secret), json.dumps(secret), base64.b64encode(secret.encode()).decode()):
        assert Masker([secret]).mask(f"<{text}>").replace('"', "").replace("=", "") == "<***>"


def test_masking_long_text_takes_no_longer_than_reading_it() -> None:
    masker = Masker(["s3cret"])

    # each of these takes minutes where the beginning of a URL is looked for from every character
    for text in ("a" * 400_000, "a://" * 100_000, "?a" * 200_000, "://a:" * 80_000, "=" * 400_000):
        assert masker.mask(text) == text


def test_nothing_else_changes() -> None:
    text = "GET https://api.example/orders?page=2&key=a&author=b 200 application/json; charset=utf-8"

    assert Masker(["s3cret"]).mask(text) == text


@pytest.mark.parametrize(
    "name",
    """Authorization authorization Proxy-Authorization Cookie Set-Cookie X-Api-Key apikey API_KEY X-Auth-Token
    X-Access-Token X-CSRF-Token X-Amz-Security-Token Ocp-Apim-Subscription-Key X-Functions-Key X-Goog-Api-Key
    Private-Token X-Client-Secret password X-Vault-Token access_token accessToken X-Admin-Key Proxy-Custom
    X-Shopify-Access-Token""".split(),
)
def test_names_that_hold_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    """Access-Control-Allow-Credentials Access-Control-Request-Headers Sec-WebSocket-Key Sec-Fetch-Site Host Origin
    WWW-Authenticate Proxy-Authenticate Idempotency-Key Surrogate-Key Content-Type ETag X-Request-Id X-Author Key
    X-Tokenizer Vary Proxy-Connection""".split(),
)
def test_names_that_hold_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("Authorization", "Bearer abc", "Bearer ***"),
        ("authorization", "Basic bWU6cHc=", "Basic ***"),
        ("Authorization", "abc", "***"),
        ("Authorization", "Unknown abc", "***"),
        ("Authorization", "", ""),
        ("Cookie", "a=1; b=2", "a=***; b=***"),
        ("Cookie", "bare", "***"),
        ("Set-Cookie", "sid=abc; Path=/; Secure; SameSite=None", "sid=***; Path=/; Secure; SameSite=None"),
        ("Set-Cookie", "sid=; Max-Age=0", "sid=; Max-Age=0"),
        ("X-Api-Key", "abc", "***"),
        ("X-Echo", "you sent s3cret!", "you sent ***!"),
        ("Location", "https://api.example/?token=x", "https://api.example/?token=***"),
        ("Access-Control-Allow-Credentials", "true", "true"),
        ("Access-Control-Allow-Origin", "https://s3cret", "https://s3cret"),
    ],
)
def test_header_values_are_masked_by_name_and_by_what_they_hold(name: str, value: str, masked: str) -> None:
    masker = Masker(["s3cret"])

    assert masker.mask_headers([(name, value)]) == [(name, masked)]
    assert masker.mask_headers([(name, masked)]) == [(name, masked)]


@given(st.text(min_size=1, max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_a_secret_outside_of_a_host_never_survives(secret: str, before: str, after: str) -> None:
    masked = Masker([secret]).mask(before + secret + after)

    if "://" not in before + secret + after and not set(secret) <= set("*"):
        assert secret not in masked.replace("***", "\0")


@given(st.lists(st.text(max_size=5), max_size=3), st.text(alphabet="ab:/@?=&.* ", max_size=60))
def test_masking_never_fails(secrets: list[str], text: str) -> None:
    masker = Masker(secrets)
    masker.mask(text)
    masker.mask_headers([("Cookie", text), ("Set-Cookie", text), ("Authorization", text), ("X-A", text)])


def test_a_deployment_masks_its_own_secrets_and_a_profile_those_of_all(load: Load) -> None:
    profile = load(
        """\
        environments:
          a: {vars: {t: "${secret:A}"}}
          b: {vars: {t: "${secret:B}"}}
          c: {vars: {t: "${secret:UNSET}"}}
        origins: {app: "https://app.example"}
        endpoints: {x: "https://api.example/${t}"}
        """,
        {"A": "alpha", "B": "beta"},
    )

    assert profile.resolve("a").mask("alpha beta") == "*** beta"
    assert profile.mask("alpha beta") == "*** ***"
    assert profile.resolve("a").masker.mask_headers([("X-A", "alpha")]) == [("X-A", "***")]


def test_what_a_profile_itself_writes_as_secret_is_masked_wherever_it_comes_back(load: Load) -> None:
    profile = load(
        """\
        origins: {app: "https://app.example"}
        environments: {here: {cookies: [{name: sid, value: cookie-value, domain: api.example}]}}
        endpoints:
          bearer: {request: GET https://api.example/, headers: {Authorization: Bearer bearer-value}}
          basic: {request: GET https://api.example/, headers: {Authorization: Basic bWU6YmFzaWMtdmFsdWU=}}
          query: GET https://api.example/?api_key=query%2Dvalue;
          user: GET https://me:user%2Dvalue@api.example/
          form: {request: POST https://api.example/, form: {password: form-value}}
          json: {request: POST https://api.example/, json: {user: [{clientSecret: json-value}]}}
        """
    )

    kinds = "cookie bearer basic query user form json".split()
    masked = profile.resolve("here").mask(" ".join(f"{kind}-value;" for kind in kinds))
    assert masked == "***; ***; ***; *** ***; ***; ***;"


def test_an_error_about_a_value_does_not_show_the_secret_in_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        """
environments: {here: {proxy: "${secret:TOKEN}", resolve: {api.example: "${secret:TOKEN}"}}}
origins: {web: "web://x/${secret:TOKEN}"}
endpoints: {list: "GET ${secret:TOKEN}"}
"""
    )

    with pytest.raises(ProfileError) as caught:
        load_profile(path, process_env={"TOKEN": "s3cret-value"}).resolve("here")

    assert len(caught.value.problems) == 4
    assert "'***' is no URL" in str(caught.value)
    assert "s3cret-value" not in str(caught.value)


@pytest.mark.parametrize("value", ["hunter22; Secure", "hunter22\\n", "hunter\\x0022"])
def test_a_cookie_that_no_browser_keeps_is_refused_without_its_value(load: Load, value: str) -> None:
    profile = load(
        f"""\
        environments: {{here: {{cookies: [{{name: sid, value: "{value}", domain: api.example}}]}}}}
        origins: {{app: "https://app.example"}}
        endpoints: {{x: "https://api.example/"}}
        """
    )

    with pytest.raises(ProfileError, match="the value of a cookie holds no ; and no control character") as caught:
        profile.resolve("here")
    assert "hunter" not in str(caught.value)
