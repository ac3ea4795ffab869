"""Reading what a profile names from disk: profile files, directories of them, and the files of ``${file:}``."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from corstui.profile.problems import Location, Refusal, shown

#: Largest profile, in bytes: some 20 000 lines.
MAX_PROFILE = 1 << 20
#: Largest file that a profile may take in as a value, in bytes.
MAX_VALUE = 1 << 20

SUFFIXES = (".yaml", ".yml")

#: What YAML 1.2 counts as printable, negated.
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def files_of(path: str) -> list[str]:
    """The profile at ``path``, or those in the directory ``path`` by name. Raises Refusal when there is none."""
    if not path:
        raise Refusal(Location(shown(path)), "an empty path", "name a profile, or a directory of them")
    try:
        if not Path(path).is_dir():
            return [path]
        found = sorted(Path(path).iterdir())
    except OSError as error:
        raise Refusal(Location(path), f"it cannot be read: {error.strerror}") from None
    files = [str(file) for file in found if file.suffix in SUFFIXES and file.name[0] != "." and not file.is_dir()]
    if not files:
        raise Refusal(Location(path), "the directory holds no profile", "profiles end in .yaml or .yml")
    return files


def read_bytes(path: str, location: Location, limit: int, what: str) -> bytes:
    """The content of a regular file. Raises Refusal at ``location`` for what is none, or is larger than ``limit``."""
    try:
        # without O_NONBLOCK a pipe that nobody writes to would be waited for
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise Refusal(location, f"{what} is {'a directory' if stat.S_ISDIR(mode) else 'no regular file'}")
            with open(descriptor, "rb", closefd=False) as file:
                content = file.read(limit + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise Refusal(location, f"{what} does not exist", _near(path)) from None
    except OSError as error:
        raise Refusal(location, f"{what} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise Refusal(location, f"{what} has no name that a file can have") from None
    if len(content) > limit:
        raise Refusal(location, f"{what} is larger than {limit >> 10} KiB")
    return content


def read_text(path: str, location: Location, what: str) -> str:
    """The text of a profile, which messages call ``what``.

    Raises Refusal for bytes that are no UTF-8 or no text, at their place in the file.
    """
    content = read_bytes(path, location, MAX_PROFILE, what).removeprefix(b"\xef\xbb\xbf")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal(Location(path, 1, 1), "the file is UTF-16", "save it as UTF-8")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise Refusal(_place(path, before), message, "save it as UTF-8") from None
    control = _CONTROL.search(text)
    if control is not None:
        place = _place(path, text[: control.start()])
        raise Refusal(place, f"the character {shown(control[0])} is not text", "is this a binary file?")
    return text


def _place(path: str, before: str) -> Location:
    return Location(path, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _near(path: str) -> str:
    """A hint with the names of files that differ in their ending only."""
    given = Path(path)
    try:
        others = [str(other) for other in map(given.with_suffix, SUFFIXES) if other != given and other.is_file()]
    except (OSError, ValueError):
        return ""
    return f"did you mean {shown(others[0])}?" if others else ""
