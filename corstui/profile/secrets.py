"""Keeps secrets out of what people and files get to see.

Masked are the secrets of a profile wherever they occur, in capitals or not, also percent-encoded as any part of a URL
is, in base64, escaped for JSON or HTML, or cut before an ellipsis; the values of headers and URL parameters whose name
says that they are secret; and passwords in URLs. The scheme, the host and the port of a URL are never masked: they say
who was asked.
"""

from __future__ import annotations

import base64
import html
import json
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, unquote

if TYPE_CHECKING:
    from corstui.fetch.url import Url

MASK = "***"

#: Words of a header or parameter name, split at - and _, that make its value a secret.
_SECRET_WORDS = frozenset(
    """authorization token accesstoken authtoken secret password passwd pwd passphrase credential credentials apikey
    apitoken apisecret jwt""".split()
)
#: Words before "key" that make it one.
_KEY_OWNERS = frozenset(
    "api access subscription functions function private auth secret master admin app account".split()
)
_COOKIES = frozenset({"cookie", "cookie2", "set-cookie", "set-cookie2"})
#: Names that hold such a word, or begin as if they did, and are no secret.
_OPEN = re.compile(r"(access-control-|sec-|www-authenticate$|proxy-(authenticate|connection|status|support)$)")

#: Authorization schemes, which stay readable before the credentials.
_SCHEME = re.compile(
    r"(basic|bearer|digest|dpop|negotiate|ntlm|token|apikey|key|hawk|hoba|mutual|scram-sha-\d+|aws4-hmac-sha256)\s+",
    re.IGNORECASE,
)
_SCHEME_CHARACTERS = frozenset(string.ascii_letters + string.digits + "+.-")
#: How far back the beginning of a scheme is looked for.
_LONGEST_SCHEME = 64
#: What follows ``://``: the host and port are the group. User name and password may hold all but what ends them.
_HOST = re.compile(r"(?:[^\s/?#\"<>]*@)?([^\s/?#@\"'<>]*)")
_PASSWORD = re.compile(r"(?<=://)([^\s/?#@:\"'<>]*):([^\s/?#\"<>]+)(?=@)")
_PARAMETER = re.compile(r"(?<=[?&;#])([A-Za-z][\w.%-]*)=([^&;#\s\"'<>]+)")


#: Secrets of no more bytes than this are not looked for in base64: alone, and within a longer text.
_SHORTEST_ENCODED = (3, 7)
#: Shorter credentials that no ``${secret:}`` marks are hidden by their header's name only: hiding every "1" hides all.
_SHORTEST_CREDENTIAL = 8
#: Of a longer secret, a file, each encoder's own form is looked for, but no mixture of them.
_LONGEST_MIXED = 1024
#: Of a secret that was cut, fewer characters may stay.
_SHORTEST_CUT = 4
_ELLIPSIS = "\u2026"


def is_secret_name(name: str) -> bool:
    """Whether a header or URL parameter of this name holds a secret: Authorization, Cookie, Proxy-*, X-Api-Key ..."""
    lower = name.strip().lower()
    if _OPEN.match(lower):
        return False
    if lower in _COOKIES or lower.startswith("proxy-"):
        return True
    words = re.split(r"[-_.]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    if _SECRET_WORDS.intersection(words) or lower.replace("-", "").replace("_", "").endswith(("apikey", "accesstoken")):
        return True
    return any(word == "key" and owner in _KEY_OWNERS for owner, word in pairwise(words))


def findable(credential: str) -> frozenset[str]:
    """The credential, when it is long enough to be told from other text."""
    return frozenset({credential} if len(credential) >= _SHORTEST_CREDENTIAL else ())


def credentials_in(value: str) -> frozenset[str]:
    """What to hide wherever it comes back, of the value of a secret header: what stands behind the scheme, the last of
    it, and the password that it encodes."""
    scheme, _, credentials = value.strip().partition(" ")
    found = findable(credentials.strip()) | findable(value.strip().rpartition(" ")[2])
    return found | findable(_basic_password(credentials)) if scheme.lower() == "basic" else found


def _basic_password(credentials: str) -> str:
    """RFC 7617, section 2; empty where it is none."""
    try:
        return base64.b64decode(credentials).decode().partition(":")[2]
    except ValueError:
        return ""


def credentials_of(url: Url) -> frozenset[str]:
    """What to hide wherever it comes back, of a URL: the password, and parameters that are secret by name."""
    return findable(unquote(url.password)) | secret_fields(parse_qsl(url.query.removeprefix("?")))


def secret_fields(fields: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The values of those fields whose name says that they are secret."""
    return frozenset().union(*(findable(value) for name, value in fields if is_secret_name(name)))


#: What this process has come to know, for what it has to say when it breaks.
_known: set[str] = set()


def remember(secrets: Iterable[str]) -> None:
    """Have :func:`without_secrets` hide these."""
    _known.update(secrets)


def without_secrets(text: str) -> str:
    """``text`` without any secret that this process has come across: for the words of an exception, which may hold
    anything, where nobody knows which environment it is about."""
    return Masker(_known).mask(text)


class Masker:
    """Masks a given set of secrets. Masking what is masked changes nothing."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        parts = {part for secret in secrets for part in _parts(secret.strip() or secret)}
        short = [part for part in parts if len(part) <= _LONGEST_MIXED]
        forms = dict(form for part in short for form in _forms(part))
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._secrets = re.compile("|".join(forms[form] for form in longest_first)) if forms else None
        self._long = sorted({form for part in parts.difference(short) for form in _long_forms(part)}, key=len)[::-1]
        self._beginnings = [form.lower() for part in parts for form in (part, quote(_bytes(part), safe=""))]

    def holds(self, text: str) -> bool:
        """Whether a secret is in ``text``, in whatever form."""
        if self._secrets is not None and self._secrets.search(text) is not None:
            return True
        return any(form in text for form in self._long)

    def mask(self, text: str) -> str:
        """``text`` with every secret replaced."""
        if self.holds(text):
            text = self._mask_secrets(text)
        if _ELLIPSIS in text:
            text = self._mask_beginnings(text)
        if "://" in text:
            text = _PASSWORD.sub(rf"\1:{MASK}", text)
        return _PARAMETER.sub(_masked_parameter, text) if "=" in text else text

    def mask_headers(self, headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The fields with secret values replaced: by name, and by what they hold. A name may hold a secret too."""
        return [(self.mask(name), self.mask_header(name, value)) for name, value in headers]

    def mask_header(self, name: str, value: str) -> str:
        """One field's value as it may be shown. Cookies keep their names, Set-Cookie its attributes too."""
        lower = name.strip().lower()
        if lower in _COOKIES:
            value = self.mask(value)
        if lower in ("set-cookie", "set-cookie2"):
            pair, semicolon, attributes = value.partition(";")
            return _masked_cookie(pair) + semicolon + attributes
        if lower in _COOKIES:
            return ";".join(map(_masked_cookie, value.split(";")))
        if not is_secret_name(name):
            return self.mask(value)
        scheme = _SCHEME.match(value)
        return (scheme[0] if scheme else "") + MASK if value.strip() else value

    def _mask_secrets(self, text: str) -> str:
        """Replace secrets, but for what overlaps the scheme, host or port of a URL."""
        for form in self._long:
            text = text.replace(form, MASK)
        if self._secrets is None:
            return text
        kept = list(_kept(text))
        pieces: list[str] = []
        end = 0
        for match in self._secrets.finditer(text):
            pieces.append(text[end : match.start()])
            end = match.start()
            for start, stop in kept:
                if start < match.end() and stop > end:
                    pieces += [MASK] if start > end else []
                    pieces.append(text[max(start, end) : min(stop, match.end())])
                    end = min(stop, match.end())
            pieces += [MASK] if end < match.end() else []
            end = match.end()
        return "".join(pieces) + text[end:]

    def _mask_beginnings(self, text: str) -> str:
        """Replace what is left of a secret that was cut."""
        *parts, last = text.split(_ELLIPSIS)
        return "".join(f"{self._without_beginning(part)}{_ELLIPSIS}" for part in parts) + last

    def _without_beginning(self, part: str) -> str:
        lower = part.lower()
        for secret in self._beginnings:
            for size in range(min(len(secret), len(part)), _SHORTEST_CUT - 1, -1):
                if lower.endswith(secret[:size]):
                    return part[:-size] + MASK
        return part


def _kept(text: str) -> Iterator[tuple[int, int]]:
    """Where schemes, and hosts with their ports, stand in ``text``."""
    colon = text.find("://")
    while colon >= 0:
        start = colon
        while start > 0 and colon - start < _LONGEST_SCHEME and text[start - 1] in _SCHEME_CHARACTERS:
            start -= 1
        host = _HOST.match(text, colon + 3)
        yield start, colon + 3
        if host is not None:
            yield host.span(1)
        colon = text.find("://", colon + 3)


def _masked_cookie(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if equals:
        return f"{name}={MASK}" if value.strip() else pair
    return MASK if pair.strip() else pair


def _masked_parameter(match: re.Match[str]) -> str:
    return f"{match[1]}={MASK}" if is_secret_name(match[1]) else match[0]


def _parts(secret: str) -> Iterator[str]:
    """The secret, and what is left of it in a URL that is sent, which loses what follows the first number sign."""
    if secret:
        yield secret
        yield from findable(secret.partition("#")[0])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _forms(secret: str) -> Iterator[tuple[str, str]]:
    """The secret as it may come back from servers and encoders: how it looks, and a regular expression for it."""
    raw = _bytes(secret)
    for text in {secret} | findable(unquote(secret)):
        yield text, f"(?i:{''.join(map(_character, text))})"
    for form in _base64_forms(raw) | _base64_forms(secret.encode("latin-1", "ignore")):
        yield form, re.escape(form)


def _long_forms(secret: str) -> Iterator[str]:
    """A long secret as it may come back: literally, as looking for it by an expression takes too long."""
    raw = _bytes(secret)
    yield from (secret, quote(raw, safe=""), quote(raw), quote_plus(raw), html.escape(secret), raw.decode("latin-1"))
    yield from (json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    yield from _base64_forms(raw)


#: What every encoder leaves as it is.
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._")


def _character(char: str) -> str:
    """A regular expression for a character that each encoder may have written in its own way."""
    if char in _PLAIN:
        return re.escape(char)
    code = ord(char)
    forms = [char, json.dumps(char)[1:-1], html.escape(char), f"&#{code};", f"&#x{code:x};", f"\\{char}"]
    forms.append(char.encode("unicode_escape").decode())
    # the parser of URLs takes \\ for / and removes tabs and line breaks
    forms += {" ": ["+"], "\\": ["/"]}.get(char, [])
    cases = sorted({char, char.lower(), char.upper()})
    encoded = [form for case in cases for form in (_percent_encoded(case), _as_latin(case))]
    # as a byte of its own it goes out in a header
    encoded += [f"%(?:25)*{code:02x}"] if code <= 0xFF else []
    either = "|".join([*encoded, *map(re.escape, sorted(set(forms), key=len, reverse=True))])
    return f"(?:{either}){'?' if char in _DROPPED else ''}"


def _percent_encoded(text: str) -> str:
    return "".join(f"%(?:25)*{byte:02x}" for byte in _bytes(text))


def _as_latin(text: str) -> str:
    """The bytes as they look in a header, whose text is latin-1."""
    return "".join(rf"(?:{re.escape(chr(byte))}|\\x{byte:02x}|{_percent_encoded(chr(byte))})" for byte in _bytes(text))


_DROPPED = frozenset("\t\n\r")
_URL_SAFE = str.maketrans("+/", "-_")


def _base64_forms(raw: bytes) -> set[str]:
    """The base64 of the secret alone, and what is always the same in that of any longer text around it; with both
    alphabets.

    Each character stands for 6 bits, so the text before the secret shifts it in one of three ways, and its first and
    last character there may hold bits of a neighbour too.
    """
    found = []
    if len(raw) > _SHORTEST_ENCODED[0]:
        found.append(base64.b64encode(raw).decode().rstrip("="))
    if len(raw) > _SHORTEST_ENCODED[1]:
        for before, mixed in enumerate((0, 2, 3)):
            encoded = base64.b64encode(bytes(before) + raw).decode().rstrip("=")[mixed:]
            found += [encoded, encoded if (before + len(raw)) % 3 == 0 else encoded[:-1]]
    return {alike for form in found for alike in (form, form.translate(_URL_SAFE))}
