"""Methods (Fetch, section 2.2.1, "Methods")."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_NORMALIZED = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})
_FORBIDDEN = frozenset({"CONNECT", "TRACE", "TRACK"})

#: CORS-safelisted methods: they need no preflight and no Access-Control-Allow-Methods.
SAFELISTED = frozenset({"GET", "HEAD", "POST"})


@lru_cache(maxsize=4096)
def is_token(text: str) -> bool:
    """RFC 9110, section 5.6.2: a token."""
    return _TOKEN.match(text) is not None


def normalize(method: str) -> str:
    """``req.method.normalize``: six methods are upper-cased, ``patch`` is not. https://fetch.spec.whatwg.org/#concept-method-normalize"""
    upper = method.upper()
    return upper if upper in _NORMALIZED else method


def is_forbidden(method: str) -> bool:
    """``req.method.forbidden``. https://fetch.spec.whatwg.org/#forbidden-method"""
    return method.upper() in _FORBIDDEN
