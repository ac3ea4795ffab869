"""``corstui schema``: the JSON Schema of profiles, for editors."""

from __future__ import annotations

import argparse
import json

from corstui.cli import exits
from corstui.cli.streams import emit
from corstui.profile.schema import schema


def run(arguments: argparse.Namespace) -> int:
    emit(json.dumps(schema(), indent=2))
    return exits.OK
