"""What a program paints, and when: a terminal that keeps the time of everything that comes out of it."""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Iterator

from tests.support.terminal import Terminal

#: Control sequences (ECMA-48): those with parameters, operating system commands, the others, and plain text.
_TOKENS = re.compile(r"\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^\[\]]|([^\x1b]+)")
#: What may be the beginning of one at the end of a chunk.
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9;:?<=>]*[ -/]*|\][^\x07\x1b]*)?\Z")


class TimedTerminal(Terminal):
    """Keeps every piece of output with the time when it came (``time.perf_counter()`` seconds)."""

    pieces: list[tuple[float, bytes]]

    @property
    def pid(self) -> int:
        return self._process.pid

    def follow(self, until: float) -> None:
        """Take in what is written until that time."""
        while (left := until - time.perf_counter()) > 0:
            self._read(left)

    def _read(self, seconds: float = 0.05) -> bool:
        before = len(self._received)
        more = super()._read(seconds)
        if more:
            self.pieces.append((time.perf_counter(), bytes(self._received[before:])))
        return more

    def __enter__(self) -> TimedTerminal:
        self.pieces = []
        super().__enter__()
        return self


class Painter:
    """Follows output just far enough to tell where text was painted in reverse video."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._x = self._y = 0
        self._reverse = False

    def reversed(self, piece: bytes) -> Iterator[tuple[int, int]]:
        """(line, column), from 0, of each stretch of reverse video in the next piece of output."""
        text = self._rest + self._decode(piece)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished[0] if unfinished else ""
        for parameters, final, plain in _TOKENS.findall(text[: len(text) - len(self._rest)]):
            if plain:
                if self._reverse:
                    yield self._y, self._x
                self._x += len(plain)
            elif final == "H":
                line, _, column = parameters.partition(";")
                self._y, self._x = int(line or 1) - 1, int(column or 1) - 1
            elif final == "m":
                self._reverse = _reverses(parameters, self._reverse)


def _reverses(parameters: str, before: bool) -> bool:
    """Whether SGR leaves reverse video on: 7 sets it, 27 and 0 take it back; colours take parameters of their own."""
    numbers = iter(int(number or 0) for number in parameters.split(";"))
    for number in numbers:
        if number in (38, 48):
            for _ in range({5: 1, 2: 3}.get(next(numbers, 0), 0)):
                next(numbers, 0)
        elif number in (0, 27):
            before = False
        elif number == 7:
            before = True
    return before
