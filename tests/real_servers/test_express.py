"""Express with the cors package: express/server.mjs."""

from __future__ import annotations

from dataclasses import replace

from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import (
    NO_ACAO,
    NO_ACAO_PREFLIGHT,
    REFUSED_PREFLIGHT,
    Table,
    allowed,
    blocked,
    everywhere,
    kept_away,
    surprises,
)

EVERYBODY = "app admin preview lookalike foreign sandbox"
# Staging echoes everybody. Production sends the origin of app to everybody.
NOT_APP = "admin preview lookalike foreign sandbox"
MISMATCH = blocked("acao-mismatch")

EXPECTED: Table = {
    "express orders": {
        "staging": {allowed(200): EVERYBODY},
        "production": {allowed(200): "app", MISMATCH: NOT_APP},
    },
    # Credentials are off in production.
    "express account": {
        "staging": {allowed(200): EVERYBODY},
        "production": {blocked("acac-not-true"): "app", MISMATCH: NOT_APP},
    },
    # The cookie has no SameSite: Lax in Chromium, partitioned in Firefox, sent by WebKitGTK. Production forgot cors.
    "express session": {
        "staging": {replace(allowed(401), webkit=allowed(200)): EVERYBODY},
        "production": {NO_ACAO: EVERYBODY},
    },
    # Without app.options Express answers OPTIONS itself, with 200 and no CORS header.
    "express create order": {
        "staging": {allowed(201): EVERYBODY},
        "production": {NO_ACAO_PREFLIGHT: EVERYBODY},
    },
    # In production the login comes before cors: 401 for preflights, which never carry one.
    "express change order": {
        "staging": {allowed(200): EVERYBODY},
        "production": {REFUSED_PREFLIGHT: EVERYBODY},
    },
    # The package's own methods have PATCH, not "patch".
    "express mend order": {
        "staging": {kept_away("method-not-allowed"): EVERYBODY},
        "production": {REFUSED_PREFLIGHT: EVERYBODY},
    },
    "express cancel order": {
        "staging": {allowed(204): EVERYBODY},
        "production": {REFUSED_PREFLIGHT: EVERYBODY},
    },
    "express lost order": {
        "staging": {allowed(404): EVERYBODY},
        "production": {NO_ACAO: EVERYBODY},
    },
    # Express keeps the headers that are set when a handler throws.
    "express crash": {
        "staging": {allowed(500): EVERYBODY},
        "production": {allowed(500): "app", MISMATCH: NOT_APP},
    },
}


@everywhere
async def test_every_cell_of_express_ends_as_its_configuration_says(farm: Farm, environment: str, engine: str) -> None:
    assert await surprises(farm, "express", EXPECTED, environment, engine) == []
