"""What a response's type rules out for scripts and style sheets (Fetch, section 2.2.6 "Responses" and below)."""

from __future__ import annotations

import re

from corstui.fetch import headers as h
from corstui.fetch.messages import HeaderList
from corstui.fetch.rules import Rule, failed, passed

#: https://mimesniff.spec.whatwg.org/#javascript-mime-type
JAVASCRIPT_TYPES = (
    "text/javascript", "application/ecmascript", "application/javascript", "application/x-ecmascript",
    "application/x-javascript", "text/ecmascript", "text/jscript", "text/livescript", "text/x-ecmascript",
    "text/x-javascript",
)  # fmt: skip

#: What nosniff demands of a destination.
_DEMANDED = {"script": JAVASCRIPT_TYPES, "style": ("text/css",)}

#: https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
_NEVER_SCRIPT = ("audio/", "image/", "video/")


#: https://whatpr.org/fetch/1442.html#opaque-blocklisted-mime-type
_OPAQUE_BLOCKLISTED = re.compile(r"text/(html|json|xml)\Z|application/(json|xml)\Z|\S+\+(json|xml)\Z")


def essence(headers: HeaderList) -> str:
    """The response's MIME type without parameters, in lower case; empty without one."""
    return (h.get(headers, "content-type") or "").partition(";")[0].strip().lower()


def mime_check(headers: HeaderList, destination: str, *, orb: bool) -> Rule | None:
    """``actual.nosniff``: whether the type forbids the use. None where the standard has nothing to say.

    ``orb``: an opaque response in an engine whose Opaque Response Blocking comes before that.
    """
    found = essence(headers)
    if destination == "script" and (found.startswith(_NEVER_SCRIPT) or found == "text/csv"):
        return failed("actual.nosniff", "a type that scripts may have", found, "mime-blocked")
    options = (h.get(headers, "x-content-type-options") or "").partition(",")[0].strip().lower()
    demanded = _DEMANDED.get(destination)
    if options != "nosniff" or demanded is None:
        return None
    required, observed = f"{demanded[0]}, as nosniff is set", found or "no type"
    if found in demanded:
        return passed("actual.nosniff", required, observed)
    if orb and _OPAQUE_BLOCKLISTED.match(found):
        return failed("actual.orb", required, observed, "orb-blocked")
    return failed("actual.nosniff", required, observed, "mime-blocked")
