"""The JSON Schema of profiles, from the tables that read them."""

from __future__ import annotations

from corstui.profile.kinds import Schema
from corstui.profile.tables import ENDPOINT, PROFILE

#: What a profile names in its first line, so that editors complete and check it.
FILE_NAME = "corstui-profile.schema.json"


def schema() -> Schema:
    """A new copy of the schema (draft 2020-12). What needs several places to judge is left to loading."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": FILE_NAME,
        "title": "corstui profile",
        **PROFILE.schema(),
        "type": "object",
        "$defs": {"endpoint": ENDPOINT.schema()},
    }
