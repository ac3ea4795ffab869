"""Looks for planted secrets in what the program says.

Every secret holds marks that no encoder but base64 changes: letters and digits. So a secret that got out is found
whatever was done to the characters between them, and so is most of a secret that got out in part.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator

#: The first stands at the beginning of every secret, the others within and at the end.
MARKS = ("Jq7xWv", "wZ3kQp", "Kv5gXj")
_TAG = re.compile(r"<[^>]*>")


def _in_base64(mark: str) -> Iterator[str]:
    """What is in any base64 of a text that holds the mark, whatever stands before and behind it."""
    for before, mixed in enumerate((0, 2, 3)):
        raw = bytes(before) + mark.encode()
        yield base64.b64encode(raw).decode().rstrip("=")[mixed : len(raw) * 8 // 6]


#: A mark as it is, or out of base64, whose small letters and capitals differ.
_FOUND = re.compile(
    "|".join([f"(?i:{mark})" for mark in MARKS] + [each for mark in MARKS for each in _in_base64(mark)])
)


def secret(first: str, second: str) -> str:
    """A secret with any text between its marks."""
    return MARKS[0] + first + MARKS[1] + second + MARKS[2]


def leaks(text: str) -> list[str]:
    """What of a planted secret is in ``text``, with what stands around it."""
    return [
        f"{found[0]}: {view[max(0, found.start() - 80) : found.end() + 80]!r}"
        for view in _views(text)
        for found in _FOUND.finditer(view)
    ]


def _views(text: str) -> Iterator[str]:
    """The text as it is, without line breaks and margins that may part a secret, and without markup."""
    yield text
    yield re.sub(r"\s+", "", text)
    if "<" in text:
        yield re.sub(r"\s+", "", html.unescape(_TAG.sub("", text)))
