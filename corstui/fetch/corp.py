"""Cross-Origin-Resource-Policy: https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"""

from __future__ import annotations

from corstui.fetch import headers as h
from corstui.fetch.messages import HeaderList
from corstui.fetch.origin import Origin, origin_of, same_origin, same_site
from corstui.fetch.rules import Rule, failed, passed
from corstui.fetch.url import Url

_STEP = "actual.corp"


def corp_check(headers: HeaderList, url: Url, origin: Origin) -> Rule | None:
    """``actual.corp``: the rule applied to a no-cors response, or None when the policy says nothing.

    Values are exact and case-sensitive; an unknown or combined one counts as absent.
    """
    policy = h.get(headers, "cross-origin-resource-policy")
    target = origin_of(url)
    if policy == "same-origin":
        if same_origin(origin, target):
            return passed(_STEP, "the page's own origin", policy)
        return failed(_STEP, f"not same-origin, as {target} is not {origin}", policy, "corp-blocked", "NotSameOrigin")
    if policy == "same-site":
        near = same_site(origin, target, schemeful=False)
        if near and (origin.scheme == "https" or url.scheme != "https"):
            return passed(_STEP, "the page's own site", policy)
        return failed(_STEP, f"not same-site, as {target} is of another site", policy, "corp-blocked", "NotSameSite")
    return None
