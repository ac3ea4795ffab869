"""HTTP authentication as far as it shows: when a login dialog opens (Fetch, HTTP-network-or-cache fetch)."""

from __future__ import annotations

from corstui.fetch import headers as h
from corstui.fetch.context import BrowserState, PageContext
from corstui.fetch.origin import origin_of, same_origin, same_site
from corstui.fetch.result import Response
from corstui.fetch.url import Url

_DIALOG_SCHEMES = ("basic", "digest", "ntlm")


def opens_login_dialog(response: Response, url: Url, page: PageContext, state: BrowserState) -> bool:
    """``actual.auth-401``: whether a credentialed request's 401 makes the engine ask the user, and script wait."""
    challenges = [value.lower() for value in h.get_all(response.headers, "www-authenticate")]
    if response.status != 401 or not any(value.startswith(_DIALOG_SCHEMES) for value in challenges):
        return False
    target = origin_of(url)
    if state.engine.auth_prompt == "same-origin":
        return same_origin(target, page.origin)
    # where third-party cookies are blocked, Chromium sends no other credentials to third parties either
    third_parties = state.third_party_cookies != "blocked"
    return state.engine.auth_prompt == "credentialed" and (third_parties or same_site(target, page.top_level))
