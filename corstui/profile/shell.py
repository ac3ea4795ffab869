"""Words of pasted shell commands: quotes, escapes and continued lines, as bash, zsh and Windows' cmd write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SIMPLE_ESCAPES = dict(zip("ntrabfveE", "\n\t\r\a\b\f\v\x1b\x1b", strict=True))
_ANSI_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
#: What browsers' "Copy as cURL (cmd)" writes; no other shell has a caret there.
_CMD = re.compile(r'\^["\r\n]')
_CARET = re.compile(r"\^(\r?\n|.)", re.DOTALL)


@dataclass(slots=True)
class Command:
    """One command: the line on which it begins, from 1, and its words. ``unclosed``: it ends inside a quote."""

    line: int
    words: list[str] = field(default_factory=list)
    unclosed: bool = False


def commands(text: str) -> list[Command]:
    """The commands of the text, one a line unless quotes or a backslash carry one on. Comments are left out."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    if _CMD.search(text):
        text = _CARET.sub(lambda match: " " if "\n" in match[1] else match[1], text)
    return [command for command in _Lexer(text.replace("\r\n", "\n")).commands() if command.words]


@dataclass(slots=True)
class _Lexer:
    text: str
    at: int = 0

    def commands(self) -> Iterator[Command]:
        command, word = Command(1), None
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\n;":
                command.words += [word] if word is not None else []
                word = None
                self.at += 1
                if char in "\n;":
                    yield command
                    command = Command(self._line())
            elif char == "#" and word is None:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                if not command.words and word is None:
                    command.line = self._line()
                piece, closed = self._piece(char)
                command.unclosed = command.unclosed or not closed
                if piece is not None:
                    word = (word or "") + piece
        command.words += [word] if word is not None else []
        yield command

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _piece(self, char: str) -> tuple[str | None, bool]:
        """What begins here, with its quotes taken off, and whether those are closed. None for a continued line."""
        if self.text.startswith("$'", self.at):
            return self._quoted(2, "'", ansi=True)
        if char in "'\"":
            return self._quoted(1, char)
        if char == "\\":
            following = self.text[self.at + 1 : self.at + 2]
            self.at += 2
            return (None if following == "\n" else following), True
        self.at += 1
        return char, True

    def _quoted(self, opening: int, quote: str, *, ansi: bool = False) -> tuple[str, bool]:
        start = self.at + opening
        end = start
        while end < len(self.text) and self.text[end] != quote:
            end += 2 if self.text[end] == "\\" and (ansi or quote == '"') else 1
        raw, self.at = self.text[start:end], end + 1
        if ansi:
            raw = _ANSI_ESCAPE.sub(_unescaped, raw)
        elif quote == '"':
            raw = re.sub(r'\\(["\\$`\n])', lambda match: "" if match[1] == "\n" else match[1], raw)
        return raw, end < len(self.text)


def _unescaped(match: re.Match[str]) -> str:
    for digits, base in zip(match.groups()[:4], (16, 16, 16, 8), strict=True):
        if digits:
            return chr(min(int(digits, base), 0x10FFFF))
    return _SIMPLE_ESCAPES.get(match[5], match[5] or "")
