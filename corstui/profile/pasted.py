"""Requests out of pasted text: URLs, one a line, and curl commands as browsers' developer tools copy them.

Only what a script decides is kept. What a browser sets itself (Origin, Cookie, User-Agent ...) is left to it, and said.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from corstui.fetch.headers import is_forbidden, is_valid
from corstui.fetch.methods import is_forbidden as is_forbidden_method
from corstui.fetch.methods import is_token
from corstui.fetch.url import parse
from corstui.profile.shell import Command, commands

Pairs = list[tuple[str, str]]

#: Set by browsers, or by their developer tools, whatever a script says; lower case.
_BROWSERS_OWN = frozenset(
    "user-agent accept-language cache-control pragma priority dnt upgrade-insecure-requests".split()
)
_FORM = "application/x-www-form-urlencoded"

#: Short options that take a value, and the long names of those that matter.
_VALUE_LETTERS = frozenset("XHdFubAeomwxcDTrzEKYyCQtUP")
_LETTERS = {
    "X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "b": "cookie", "A": "user-agent",
    "e": "referer", "T": "upload-file", "I": "head", "G": "get", "r": "range",
}  # fmt: skip
#: Long options with a value that changes nothing about the request.
_IGNORED_VALUES = frozenset(
    """output max-time connect-timeout write-out proxy proxy-user noproxy cacert capath cert cert-type key key-type pass
    resolve connect-to interface cookie-jar dump-header retry retry-delay retry-max-time limit-rate max-redirs proto
    proto-redir ciphers tls-max tls13-ciphers curves config netrc-file stderr trace trace-ascii unix-socket dns-servers
    speed-limit speed-time keepalive-time local-port happy-eyeballs-timeout-ms max-filesize time-cond url-query
    aws-sigv4 doh-url pinnedpubkey engine random-file egd-file form-escape variable rate parallel-max""".split()
)
_DATA = frozenset({"data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json"})


@dataclass(slots=True)
class Pasted:
    """One request: what a script would ask for. ``line``: where it was pasted, from 1. ``notes``: what was left out.

    ``headers`` are in the order given. ``credentials``: cookies were sent, so a script would include them.
    """

    line: int
    method: str
    url: str
    headers: Pairs = field(default_factory=list)
    body: str | None = None
    credentials: bool = False
    notes: list[str] = field(default_factory=list)


class Misread(Exception):
    """A line is no request. The message says why and what helps."""


def requests_of(text: str) -> tuple[list[Pasted], list[str]]:
    """The requests, and a line for each thing that is none."""
    found, problems = [], []
    for command in commands(text):
        try:
            found.append(_request(command))
        except Misread as misread:
            problems.append(f"line {command.line}: {misread}")
    return found, problems


def _request(command: Command) -> Pasted:
    if command.unclosed:
        raise Misread("a quote is not closed; paste the whole command")
    words = command.words[1:] if command.words[0] in ("$", "%", ">") else command.words
    if words and words[0].rpartition("/")[2] in ("curl", "curl.exe"):
        request = _Curl(command.line).read(words[1:])
    elif len(words) == 1:
        request = Pasted(command.line, "GET", words[0])
    elif len(words) == 2 and is_token(words[0]):
        request = Pasted(command.line, words[0], words[1])
    else:
        raise Misread("this is no URL, no METHOD URL and no curl command")
    return _checked(request)


def _checked(request: Pasted) -> Pasted:
    if not is_token(request.method) or is_forbidden_method(request.method):
        raise Misread(f"no script may send the method {request.method}")
    if not re.match(r"https?://", request.url, re.IGNORECASE):
        raise Misread(f"{request.url} has no scheme; write it in full: https://{request.url.lstrip('/')}")
    url = parse(request.url)
    if url is None:
        raise Misread(f"{request.url} cannot be parsed as a URL")
    if url.username or url.password:
        request.notes.append("user name and password in the URL are left out: browsers refuse them in fetch()")
    request.url = url.wire_url
    return request


class _Curl:
    """One curl command, option by option."""

    def __init__(self, line: int) -> None:
        self._request = Pasted(line, "", "")
        self._data: list[str] = []
        self._flags: set[str] = set()
        self._left: dict[str, None] = {}

    def read(self, words: list[str]) -> Pasted:
        rest = iter(words)
        for word in rest:
            if word.startswith("--"):
                self._long(word[2:], rest)
            elif word.startswith("-") and len(word) > 1:
                self._short(word[1:], rest)
            elif not self._request.url:
                self._request.url = word
            else:
                self._note(f"{word!r} was not understood and is left out")
        return self._finished()

    def _short(self, letters: str, rest: Iterator[str]) -> None:
        for index, letter in enumerate(letters):
            if letter in _VALUE_LETTERS:
                self._option(_LETTERS.get(letter, ""), letters[index + 1 :] or self._value(letter, rest))
                return
            if letter in _LETTERS:
                self._flags.add(_LETTERS[letter])

    def _long(self, name: str, rest: Iterator[str]) -> None:
        name, equals, value = name.partition("=")
        if name in _TAKES or name in _IGNORED_VALUES:
            self._option(name, value if equals else self._value(name, rest))
        elif name in ("get", "head"):
            self._flags.add(name)

    @staticmethod
    def _value(name: str, rest: Iterator[str]) -> str:
        value = next(rest, None)
        if value is None:
            raise Misread(f"the option {name} has no value; paste the whole command")
        return value

    def _option(self, name: str, value: str) -> None:
        if name in _DATA:
            self._add_data(name, value)
        elif name in _TAKES:
            _TAKES[name](self, value)

    def _note(self, text: str) -> None:
        if text not in self._request.notes:
            self._request.notes.append(text)

    def _method(self, value: str) -> None:
        self._request.method = value

    def _url(self, value: str) -> None:
        self._request.url = self._request.url or value

    def _header(self, value: str) -> None:
        name, colon, content = value.partition(":")
        name, content = name.strip(), content.strip()
        if not colon:
            name, content = value.rstrip(";").strip(), ""
        if name.lower() == "cookie":
            self._cookie(content)
        elif (name.lower(), content) == ("accept", "*/*"):
            pass  # what fetch() sends by itself
        elif not is_valid(name, content):
            self._note(f"the header {name!r} is none that a script may send, and is left out")
        elif is_forbidden(name, content) or name.lower() in _BROWSERS_OWN:
            self._left[name] = None
        else:
            self._request.headers.append((name, content))

    def _user(self, value: str) -> None:
        encoded = base64.b64encode(value.encode()).decode()
        self._request.headers.append(("Authorization", f"Basic {encoded}"))

    def _bearer(self, value: str) -> None:
        self._request.headers.append(("Authorization", f"Bearer {value}"))

    def _cookie(self, value: str) -> None:
        self._request.credentials = True
        self._note("cookies are left out: name those that a browser has under `cookies` of the environment")

    def _browsers(self, value: str) -> None:
        self._left["User-Agent or Referer"] = None

    def _range(self, value: str) -> None:
        self._request.headers.append(("Range", f"bytes={value}"))

    def _form(self, value: str) -> None:
        self._request.method = self._request.method or "POST"
        self._note("a multipart form cannot be written in a profile; its body is left out")

    def _upload(self, value: str) -> None:
        self._request.method = self._request.method or "PUT"
        self._note(f"the body is in the file {value}; it is left out")

    def _add_data(self, name: str, value: str) -> None:
        if value.startswith("@") and name != "data-raw":
            self._request.method = self._request.method or "POST"
            self._note(f"the body is in the file {value[1:]}; it is left out")
            return
        if name == "json":
            self._request.headers += [("Content-Type", "application/json"), ("Accept", "application/json")]
        elif name == "data-urlencode":
            key, equals, content = value.partition("=")
            value = f"{key}{equals}{quote_plus(content)}" if equals else quote_plus(key)
        elif name in ("data", "data-ascii"):
            value = value.replace("\n", "").replace("\r", "")
        self._data.append(value)

    def _finished(self) -> Pasted:
        request, named = self._request, {name.lower() for name, _ in self._request.headers}
        body = "&".join(self._data)
        if not request.url:
            raise Misread("the curl command has no URL")
        if "get" in self._flags and self._data:
            request.url += ("&" if "?" in request.url else "?") + body
        elif self._data:
            request.body = body
            if "content-type" not in named:
                request.headers.append(("Content-Type", _FORM))
        posts = self._data and "get" not in self._flags
        request.method = request.method or ("HEAD" if "head" in self._flags else "POST" if posts else "GET")
        if request.body is not None and request.method in ("GET", "HEAD"):
            self._note(f"no script may send a body with {request.method}; it is left out")
            request.body = None
        if self._left:
            self._note(f"left to the browser: {', '.join(self._left)}")
        if not re.match(r"[a-z][a-z0-9+.-]*://", request.url, re.IGNORECASE):
            request.url = f"http://{request.url}"
        return request


_TAKES: dict[str, Callable[[_Curl, str], None]] = {
    "request": _Curl._method,
    "url": _Curl._url,
    "header": _Curl._header,
    "user": _Curl._user,
    "oauth2-bearer": _Curl._bearer,
    "cookie": _Curl._cookie,
    "user-agent": _Curl._browsers,
    "referer": _Curl._browsers,
    "range": _Curl._range,
    "form": _Curl._form,
    "form-string": _Curl._form,
    "upload-file": _Curl._upload,
    **dict.fromkeys(_DATA, lambda curl, value: None),
}
