"""``corstui config``: where things are looked for, and what is in force."""

from __future__ import annotations

import argparse
import os
from dataclasses import fields
from pathlib import Path

from corstui import __version__
from corstui.cli import exits
from corstui.cli.running import load
from corstui.cli.streams import emit
from corstui.fetch.engines import ENGINES
from corstui.report.layout import columns
from corstui.tui.places import user_profiles

#: Variables of the environment that change what corstui does.
_VARIABLES = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "NO_COLOR", "COLUMNS", "LINES",
    "HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
)  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    rows = [
        ("version", __version__),
        ("profiles here", str(Path("profiles").resolve())),
        ("your profiles", str(user_profiles(os.environ))),
        *(("engine " + name, engine.version) for name, engine in ENGINES.items()),
        *((name, _without_password(os.environ[name])) for name in _VARIABLES if name in os.environ),
    ]
    if arguments.profiles:
        settings = load(arguments.profiles).settings
        rows += [(f"settings.{field.name}", str(getattr(settings, field.name))) for field in fields(settings)]
    emit("\n".join(columns(rows)))
    return exits.OK


def _without_password(value: str) -> str:
    """A proxy's URL without what stands before its host."""
    scheme, separator, rest = value.partition("://")
    return f"{scheme}://***@{rest.rpartition('@')[2]}" if separator and "@" in rest else value
