"""The CORS-preflight cache of one browser: https://fetch.spec.whatwg.org/#cors-preflight-cache

Keys, lifetimes and what an entry serves differ per engine: see :class:`~corstui.fetch.engines.PreflightCacheRules`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corstui.fetch import headers as h
from corstui.fetch.engines import PreflightCacheRules
from corstui.fetch.messages import HeaderList
from corstui.fetch.methods import SAFELISTED
from corstui.fetch.preflight import Judgement, PreflightRequest

MAX_AGE = "access-control-max-age"
_SIGNED = re.compile(r"-?\d+\Z", re.ASCII)
_DIGITS = re.compile(r"\d+\Z", re.ASCII)

#: What names a partition, the origin and the URL (with query and fragment).
CacheKey = tuple[str, str, str]

#: Characters of a Max-Age that decide: enough to see that a number is beyond 64 bits, few enough for Python to read.
_DECISIVE = 24


@dataclass(slots=True)
class _Entry:
    credentials: bool
    expires: dict[str, float] = field(default_factory=dict)
    """Methods as they are, header names with a trailing colon; the value is when each expires."""


class PreflightCache:
    """Results of successful preflights. Times are the ``now`` of replies, in seconds."""

    def __init__(self, rules: PreflightCacheRules) -> None:
        self._rules = rules
        self._entries: dict[tuple[object, ...], _Entry] = {}

    def max_age(self, headers: HeaderList) -> float | None:
        """Seconds that a preflight response is kept; None when it is not."""
        rules = self._rules
        values = h.get_all(headers, MAX_AGE)
        text = ", ".join(values).strip()
        if not text:
            return rules.default_age
        if not (_SIGNED if rules.signed else _DIGITS).match(text):
            return rules.default_age if rules.keeps_unparsable else None
        age = int(text[:_DECISIVE])
        if age.bit_length() > 63:
            return rules.default_age if rules.overflow == "default" else rules.cap
        return min(age, rules.cap) if age > 0 else None

    def store(
        self, key: CacheKey, request: PreflightRequest, judgement: Judgement, headers: HeaderList, now: float
    ) -> None:
        """Keep what the preflight response lists and what was asked for and granted."""
        rules = self._rules
        age = self.max_age(headers)
        if rules.max_url_length is not None and len(key[2]) >= rules.max_url_length:
            return
        storage = self._storage_key(key, request.credentials)
        if age is None:
            if rules.replaces:
                self._entries.pop(storage, None)
            return
        names = set(judgement.methods) | {name + ":" for name in judgement.names}
        entry = None if rules.replaces else self._entries.pop(storage, None)
        entry = entry or _Entry(request.credentials)
        entry.expires.update(dict.fromkeys(names, now + age))
        entry.expires[""] = max(now + age, entry.expires.get("", now))
        self._entries.pop(storage, None)
        self._entries[storage] = entry
        if rules.capacity is not None and len(self._entries) > rules.capacity:
            self._entries.pop(next(iter(self._entries)))

    def matches(self, key: CacheKey, request: PreflightRequest, now: float) -> bool:
        """Whether a kept result spares this preflight."""
        storage = self._storage_key(key, request.credentials)
        entry = self._entries.get(storage)
        if entry is None or (request.credentials and not entry.credentials):
            return False
        if not self._covers(entry, request, now):
            if self._rules.erased_by_miss:
                del self._entries[storage]
            return False
        self._entries[storage] = self._entries.pop(storage)  # most recently used last
        return True

    def drop(self, key: CacheKey) -> None:
        """Forget what is kept for the URL: https://fetch.spec.whatwg.org/#concept-cache-clear"""
        for credentials in (False, True):
            self._entries.pop(self._storage_key(key, credentials), None)

    def _storage_key(self, key: CacheKey, credentials: bool) -> tuple[object, ...]:
        return key if self._rules.shares_credentialed else (*key, credentials)

    def _covers(self, entry: _Entry, request: PreflightRequest, now: float) -> bool:
        rules = self._rules
        fresh = {name for name, expires in entry.expires.items() if expires > now}
        if "" not in fresh:
            return False
        wildcard = rules.wildcard_hits and not request.credentials
        safelisted = SAFELISTED if rules.head_is_safelisted else SAFELISTED - {"HEAD"}
        if request.method not in safelisted and request.method not in fresh and not (wildcard and "*" in fresh):
            return False
        for name in request.names:
            if name + ":" in fresh:
                continue
            covered = name != "authorization" or rules.wildcard_covers_authorization
            if not (wildcard and covered and "*:" in fresh):
                return False
        return True
