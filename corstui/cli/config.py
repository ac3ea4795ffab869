"""``corstui config``: where things are looked for, and what is in force."""

from __future__ import annotations

import argparse
import os
from dataclasses import fields
from pathlib import Path

from corstui import __version__
from corstui.cli import exits
from corstui.cli.running import load
from corstui.cli.streams import complain, emit
from corstui.fetch.engines import ENGINES
from corstui.printable import printable
from corstui.report.layout import columns
from corstui.tui.places import KEEP_RUNS, user_profiles, user_runs
from corstui.tui.settings import Settings, SettingsError, load_settings, settings_file

#: Variables of the environment that change what corstui does.
_VARIABLES = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "NO_COLOR", "COLUMNS", "LINES", "CORSTUI_KEEP_RUNS", "VISUAL", "EDITOR",
    "HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
)  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print it as a table; with ``--keys`` the keys of the dashboard instead. Returns the exit code: 2 when the file of
    settings is wrong."""
    if arguments.keys:
        return _keys()
    settings, problems = _preferred()
    rows = [
        ("version", __version__),
        ("profiles here", str(Path("profiles").resolve())),
        ("your profiles", str(user_profiles(os.environ))),
        ("your settings", str(settings_file(os.environ))),
        ("kept runs", "off" if os.environ.get(KEEP_RUNS) == "0" else str(user_runs(os.environ))),
        *((each.name, str(getattr(settings, each.name))) for each in fields(settings) if each.name != "keys"),
        *((f"key {name}", keys) for name, keys in settings.keys.items()),
        *(("engine " + name, engine.version) for name, engine in ENGINES.items()),
        *((name, _without_password(os.environ[name])) for name in _VARIABLES if name in os.environ),
    ]
    if arguments.profiles:
        own = load(arguments.profiles).settings
        rows += [(f"settings.{each.name}", str(getattr(own, each.name))) for each in fields(own)]
    emit("\n".join(map(printable, columns(rows))))
    for problem in problems:
        complain(problem)
    return exits.USAGE if problems else exits.OK


def _preferred() -> tuple[Settings, tuple[str, ...]]:
    try:
        return load_settings(settings_file(os.environ)), ()
    except SettingsError as error:
        return Settings(), error.problems


def _keys() -> int:
    from corstui.tui.keys import places, spelled

    rows = [
        (str(binding.id), spelled(binding), binding.tooltip, place)
        for place, bindings in places()
        for binding in bindings
    ]
    emit("\n".join(columns(rows)))
    return exits.OK


def _without_password(value: str) -> str:
    """A proxy's URL without what stands before its host."""
    scheme, separator, rest = value.partition("://")
    return f"{scheme}://***@{rest.rpartition('@')[2]}" if separator and "@" in rest else value
