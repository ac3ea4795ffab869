"""Opening a file in somebody's editor at the right line, and coming back.

The editor is that of ``$VISUAL`` or ``$EDITOR``, started without a shell: a file name is one argument, whatever it
holds.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App, SuspendNotSupported

from corstui.printable import printable

if TYPE_CHECKING:
    from corstui.profile.problems import Location

#: How an editor takes a place, by its program's name: words with ``{path}``, ``{line}`` and ``{column}``.
_WAYS = {
    ("+{line}", "{path}"): "vi vim nvim gvim view nvi elvis ex joe jmacs jstar jed mg pico mcedit pluma xed",
    ("+{line},{column}", "{path}"): "nano rnano ne",
    ("+{line}:{column}", "{path}"): "emacs emacsclient micro kak gedit gnome-text-editor",
    ("{path}:{line}:{column}",): "hx helix subl sublime_text zed zeditor atom lapce",
    ("-g", "{path}:{line}:{column}"): "code code-insiders code-oss codium vscodium cursor windsurf",
    ("--line", "{line}", "--column", "{column}", "{path}"): "kate idea pycharm webstorm goland clion rubymine phpstorm",
    ("--line", "{line}", "{path}"): "kwrite mousepad",
    ("--line", "{line}:{column}", "{path}"): "mate",
}
_WAY_OF = {name: way for way, names in _WAYS.items() for name in names.split()}
#: What most other editors take, as POSIX has it for vi and ex.
_USUAL = ("+{line}", "{path}")
#: Tried in this order where the environment names none.
_FALLBACKS = ("sensible-editor", "nano", "vim", "vi")


def command(environ: Mapping[str, str], path: str, line: int, column: int) -> list[str] | None:
    """The words that open ``path`` at ``line`` and ``column`` (from 1; line 0 is the whole file).

    None when the environment names no editor and none is found on its ``PATH``.
    """
    editor = _editor(environ)
    if editor is None:
        return None
    # a relative name must not pass for an option or a place
    path = path if path.startswith("/") else f"./{path}"
    if line < 1:
        return [*editor, path]
    way = _WAY_OF.get(Path(editor[0]).name.lower(), _USUAL)
    return [*editor, *(_filled(word, path, line, max(1, column)) for word in way)]


def _filled(word: str, path: str, line: int, column: int) -> str:
    """The path goes in last: it may hold braces."""
    return word.replace("{line}", str(line)).replace("{column}", str(column)).replace("{path}", path)


def _editor(environ: Mapping[str, str]) -> list[str] | None:
    for name in ("VISUAL", "EDITOR"):
        words = _words(environ.get(name, ""))
        if words:
            return words
    search = environ.get("PATH", "")
    return next(([name] for name in _FALLBACKS if shutil.which(name, path=search)), None)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote that nothing closes
        return text.split()


def open_at(app: App[Any], location: Location) -> None:
    """Hand the terminal to the editor until it is left; whatever goes wrong is told in a notification."""
    trouble = _open(app, location)
    if trouble is not None:
        app.notify(printable(trouble), severity="warning", markup=False)


def _open(app: App[Any], location: Location) -> str | None:
    """What went wrong, as a sentence."""
    if not Path(location.path).is_file():
        return f"{_name(location)} is no longer there to be edited."
    words = command(os.environ, *location)
    if words is None:
        return f"No editor was found for {_name(location)}. Set EDITOR, for example to nano."
    try:
        with app.suspend():
            return _run(words)
    except SuspendNotSupported:
        return f"An editor cannot take over this terminal. The place is {_name(location)}."


def _name(location: Location) -> str:
    """``shop.yaml:31:5``"""
    return str(location._replace(path=Path(location.path).name))


def _run(words: list[str]) -> str | None:
    """Run the editor to its end. It never raises: the terminal has to be taken back."""
    program = Path(words[0]).name
    try:
        with _signals_are_the_editors():
            code = subprocess.run(words, check=False).returncode
    except (OSError, ValueError) as error:  # ValueError: NUL in a word
        reason = getattr(error, "strerror", None) or str(error)
        return f"{program} cannot be started: {reason}. VISUAL and EDITOR name the editor."
    if code < 0:
        return f"{program} was ended by signal {-code}."
    return f"{program} ended with exit code {code}." if code else None


@contextmanager
def _signals_are_the_editors() -> Iterator[None]:
    """Interrupts from the keyboard are meant for the editor; a wish that corstui ends is fulfilled when it is back.

    The event loop learns of signals through the wake-up file, which is why that is taken away too.
    """
    late: list[int] = []
    wake_up = signal.set_wakeup_fd(-1)
    handlers = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    for number in (signal.SIGTERM, signal.SIGHUP):
        handlers[number] = signal.signal(number, lambda number, _: late.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wake_up)
        for wanted in late:
            signal.raise_signal(wanted)
