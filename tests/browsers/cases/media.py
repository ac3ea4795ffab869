"""Files small enough to write down, yet real: whoever loads one has nothing to object to but what CORS says."""

from __future__ import annotations

import base64
import struct

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
SUBTITLES = "WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"


def _silence(samples: int = 800) -> str:
    """A WAVE file, mono, 8 bits, 8 kHz."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    data = struct.pack("<4sI", b"data", samples) + b"\x80" * samples
    riff = struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE")
    return (riff + form + data).decode("latin-1")


SOUND = _silence()

#: A WOFF font of one empty glyph.
FONT = base64.b64decode(
    "d09GRgABAAAAAAHsAAoAAAAAAhAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAABPUy8yAAABXAAAACAAAABgQSY/lGNtYXAAAAGAAAAAJQAAACwA"
    "DABGZ2x5ZgAAAawAAAABAAAAAQAAAABoZWFkAAAA9AAAADYAAAA2DD2FOGhoZWEAAAEsAAAAGgAAACQAMgASaG10eAAAAXwAAAAEAAAABAAg"
    "AABsb2NhAAABqAAAAAQAAAAEAAAAAG1heHAAAAFIAAAAEwAAACAAAgACbmFtZQAAAbAAAAAuAAAALgG8Cd1wb3N0AAAB4AAAAAwAAAAgAAMA"
    "AAABAAAAAQAABpL/0F8PPPUAAwBAAAAAANaTpAAAAAAA1pOkAAAAAAAAAAAAAAAAAwACAAAAAAAAeJxjYGRgYDD4/wFIKjBAACMDKmAEAEJb"
    "AkMAAHicY2BkYGAAYQhgYkADAAB8AAUAeJxjYGZQYJzAwMrAwkAisAcCKNMAiUQGCgwMAHEQAjoAIAAAeJxjYGBgYmBgYAZiESDJCKZZGCQY"
    "QOIgGYb//8EYKAMAJmgETwAAAAAAAAAAAAAAAAAAAgAeAAMAAQQJAAEAAgAAAAMAAQQJAAIADgACAHgAUgBlAGcAdQBsAGEAcgAAeJxjYGbA"
    "CwAAfQAE"
).decode("latin-1")
