"""aiohttp-cors: apps/aiohttp_app.py."""

from __future__ import annotations

from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import (
    HELD,
    NO_ACAO,
    REFUSED_PREFLIGHT,
    Row,
    Table,
    allowed,
    blocked,
    everywhere,
    surprises,
)

EVERYBODY = "app admin preview lookalike foreign sandbox"
# Staging echoes everybody. Production has options for app, with credentials, and for admin, without.
NOT_APP, OTHERS = "admin preview lookalike foreign sandbox", "preview lookalike foreign sandbox"


def readable(status: int) -> Row:
    return {
        "staging": {allowed(status): EVERYBODY},
        "production": {allowed(status): "app admin", NO_ACAO: OTHERS},
    }


def written(status: int) -> Row:
    """With a JSON body, whose content type the options of admin do not allow."""
    return {
        "staging": {allowed(status): EVERYBODY},
        "production": {HELD: "app", REFUSED_PREFLIGHT: NOT_APP},
    }


# The library refuses a preflight with 403 and no CORS header, whatever it refuses it for.
EXPECTED: Table = {
    "aiohttp orders": readable(200),
    "aiohttp account": {
        "staging": {allowed(200): EVERYBODY},
        "production": {allowed(200): "app", blocked("acac-not-true"): "admin", NO_ACAO: OTHERS},
    },
    "aiohttp create order": written(201),
    "aiohttp change order": written(200),
    # It has a policy for the route of PATCH and none for "patch".
    "aiohttp mend order": {
        "staging": {REFUSED_PREFLIGHT: EVERYBODY},
        "production": {REFUSED_PREFLIGHT: EVERYBODY},
    },
    # The route of DELETE has a policy in staging only.
    "aiohttp cancel order": {
        "staging": {allowed(204): EVERYBODY},
        "production": {REFUSED_PREFLIGHT: EVERYBODY},
    },
    # A handler's errors are responses of its route ...
    "aiohttp lost order": readable(404),
    "aiohttp crash": readable(500),
    # ... where there is a route.
    "aiohttp no such page": {
        "staging": {NO_ACAO: EVERYBODY},
        "production": {NO_ACAO: EVERYBODY},
    },
}


@everywhere
async def test_every_cell_of_aiohttp_cors_ends_as_its_configuration_says(
    farm: Farm, environment: str, engine: str
) -> None:
    assert await surprises(farm, "aiohttp", EXPECTED, environment, engine) == []
