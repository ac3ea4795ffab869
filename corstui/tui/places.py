"""Where profiles are looked for when none is named."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

_SUFFIXES = (".yaml", ".yml")


def user_config(env: Mapping[str, str]) -> Path:
    """Where the user keeps what they prefer: ``$XDG_CONFIG_HOME/corstui``, by default under ``~/.config``."""
    base = env.get("XDG_CONFIG_HOME") or str(Path(env.get("HOME") or Path.home()) / ".config")
    return Path(base) / "corstui"


def user_profiles(env: Mapping[str, str]) -> Path:
    """The user's own profiles."""
    return user_config(env) / "profiles"


def new_profile(folder: Path, env: Mapping[str, str], name: str) -> Path:
    """Where a new profile of this name would be found again: ``folder/profiles``, or the user's own where that cannot
    be written."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "corstui"
    here = folder / "profiles"
    nearest = here if here.is_dir() else folder
    return (here if os.access(nearest, os.W_OK) else user_profiles(env)) / f"{stem}.yaml"


def find_profiles(folder: Path, env: Mapping[str, str]) -> list[Path]:
    """The profiles in ``folder/profiles`` and then the user's own, each group by name. A missing folder has none."""
    found: list[Path] = []
    for place in (folder / "profiles", user_profiles(env)):
        try:
            files = sorted(path for path in place.iterdir() if path.suffix in _SUFFIXES and path.is_file())
        except OSError:
            continue
        found += files
    return found


#: Set to 0, no run is kept.
KEEP_RUNS = "CORSTUI_KEEP_RUNS"


def user_runs(env: Mapping[str, str]) -> Path:
    """Where runs are kept: ``$XDG_DATA_HOME/corstui/runs``, by default under ``~/.local/share``."""
    base = env.get("XDG_DATA_HOME") or ""
    home = Path(env.get("HOME") or Path.home())
    return (Path(base) if Path(base).is_absolute() else home / ".local" / "share") / "corstui" / "runs"
