"""Starlette's CORSMiddleware under uvicorn: apps/starlette_app.py."""

from __future__ import annotations

from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import (
    BAD_STATUS_PREFLIGHT,
    HELD,
    NO_ACAO,
    REFUSED_PREFLIGHT,
    Row,
    Table,
    allowed,
    everywhere,
    surprises,
)

EVERYBODY = "app admin preview lookalike foreign sandbox"
# Staging echoes everybody, "null" included. The pattern of production has to match as a whole.
MATCHED, UNMATCHED = "app admin", "preview lookalike foreign sandbox"

READ: Row = {
    "staging": {allowed(200): EVERYBODY},
    "production": {allowed(200): MATCHED, NO_ACAO: UNMATCHED},
}

# The middleware answers a preflight that it refuses with 400: without ACAO where the origin is refused, with ACAO where
# the origin is fine and something else is not.
EXPECTED: Table = {
    "starlette orders": READ,
    "starlette account": READ,
    "starlette create order": {
        "staging": {allowed(201): EVERYBODY},
        "production": {HELD: MATCHED, REFUSED_PREFLIGHT: UNMATCHED},
    },
    "starlette change order": {
        "staging": {allowed(200): EVERYBODY},
        "production": {HELD: MATCHED, REFUSED_PREFLIGHT: UNMATCHED},
    },
    # "patch" is not PATCH, which is what "*" stands for in staging.
    "starlette mend order": {
        "staging": {BAD_STATUS_PREFLIGHT: EVERYBODY},
        "production": {BAD_STATUS_PREFLIGHT: MATCHED, REFUSED_PREFLIGHT: UNMATCHED},
    },
    # allow_headers=["*"] repeats the names that were asked for, so that Authorization is named.
    "starlette cancel order": {
        "staging": {allowed(204): EVERYBODY},
        "production": {BAD_STATUS_PREFLIGHT: MATCHED, REFUSED_PREFLIGHT: UNMATCHED},
    },
    # An HTTPException is answered inside of the middleware ...
    "starlette lost order": {
        "staging": {allowed(404): EVERYBODY},
        "production": {allowed(404): MATCHED, NO_ACAO: UNMATCHED},
    },
    # ... and any other exception outside of it, where nobody adds headers.
    "starlette crash": {
        "staging": {NO_ACAO: EVERYBODY},
        "production": {NO_ACAO: EVERYBODY},
    },
}


@everywhere
async def test_every_cell_of_starlette_ends_as_its_configuration_says(
    farm: Farm, environment: str, engine: str
) -> None:
    assert await surprises(farm, "starlette", EXPECTED, environment, engine) == []
