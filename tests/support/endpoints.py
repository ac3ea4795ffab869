"""Endpoints as a profile gives them, in few words."""

from __future__ import annotations

from typing import Any

from corstui.profile.model import Endpoint
from corstui.profile.problems import Location

URL = "https://api.example/orders?a=1&b=2"


def endpoint(**fields: Any) -> Endpoint:
    """An endpoint with the defaults of a profile."""
    plain: dict[str, Any] = {
        "name": "orders",
        "group": None,
        "method": "GET",
        "url": URL,
        "headers": (),
        "body": None,
        "mode": "cors",
        "credentials": "same-origin",
        "redirect": "follow",
        "cache": "default",
        "referrer_policy": "",
        "keepalive": False,
        "upload_listener": False,
        "crossorigin": None,
        "initiator": "fetch",
        "origins": None,
        "repeat": 1,
        "send": "auto",
        "timeout": None,
        "tags": (),
        "notes": "",
        "uses_secret": False,
        "expectations": {},
        "location": Location("shop.yaml", 3, 5),
    }
    return Endpoint(**{**plain, **fields})
