"""Copying that also works over ssh: the terminal is asked (OSC 52), and the text is kept in a file besides.

No terminal tells whether it took the text, so the file is written every time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App

from corstui.report.files import make_private, refusal


def copy(app: App[Any], text: str, what: str) -> None:
    """Put ``text`` on the clipboard and into a file, and say so. ``what`` names it, e.g. ``curl command``.

    A lone surrogate, which no encoding can carry, becomes a question mark.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    app.copy_to_clipboard(text)
    try:
        path = keep(text, os.environ)
    except OSError as error:
        app.notify(f"Copied the {what}. No copy in a file: {refusal(kept_in(os.environ), error)}.", markup=False)
    else:
        app.notify(f"Copied the {what}; also in {path}", markup=False)


def kept_in(environ: Mapping[str, str]) -> Path:
    """The file that holds the latest copy."""
    base = environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "corstui" / "copied.txt"


def keep(text: str, environ: Mapping[str, str]) -> Path:
    """Write ``text`` to a file that only its owner can read, and return its path. Raises OSError."""
    path = kept_in(environ)
    make_private(path.parent)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    return path
