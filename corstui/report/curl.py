"""One request as a curl command that sends the same head."""

from __future__ import annotations

import shlex

from corstui.fetch.messages import Request
from corstui.report.masking import Mask, Unmasked

#: curl writes these itself, from the URL and the body.
_CURLS_OWN = frozenset({"host", "content-length", "connection"})
#: curl adds these where they are not given, the last one to a body.
_ADDED = ("User-Agent", "Accept", "Content-Type")


def curl_command(request: Request, mask: Mask | None = None) -> str:
    """The command for a shell that knows ``$'...'`` (bash, zsh), with secrets hidden by ``mask``.

    Redirects are not followed: a flow's every hop is a request of its own.
    """
    mask = mask or Unmasked()
    words = ["curl", "-i", "-g", "--path-as-is"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "GET" or request.body:
        words += ["-X", _quoted(request.method.encode("latin-1", "replace"))]
    words.append(_quoted(mask.text(request.url).encode("utf-8", "replace")))
    for name, value in mask.headers(request.headers):
        if name.lower() not in _CURLS_OWN:
            field = f"{name}: {value}" if value else f"{name};"
            words.append(f"-H {_quoted(field.encode('latin-1', 'replace'))}")
    given = {name.lower() for name, _ in request.headers}
    words += [f"-H {name}:" for name in _ADDED[: 3 if request.body else 2] if name.lower() not in given]
    if "accept-encoding" in given:
        words.append("--compressed")
    if request.body:
        body = mask.text(request.body.decode("utf-8", "surrogateescape"))
        words.append(f"--data-raw {_quoted(body.encode('utf-8', 'surrogateescape'))}")
    return " ".join(words)


def _quoted(raw: bytes) -> str:
    """One shell word of these bytes. NUL cannot be part of one and is left out."""
    raw = raw.replace(b"\0", b"")
    text = raw.decode("latin-1")
    if text.isascii() and (text.isprintable() or not text):
        return shlex.quote(text)
    return "$'" + "".join(_escaped(byte) for byte in raw) + "'"


def _escaped(byte: int) -> str:
    char = chr(byte)
    if char in "'\\":
        return f"\\{char}"
    # a space or newline spelled out keeps the word on one line
    return char if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"
