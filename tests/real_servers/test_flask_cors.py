"""Flask-CORS: apps/flask_app.py."""

from __future__ import annotations

from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import (
    HELD,
    NO_ACAO,
    NO_ACAO_PREFLIGHT,
    Row,
    Table,
    allowed,
    everywhere,
    kept_away,
    surprises,
)

EVERYBODY = "app admin preview lookalike foreign sandbox"
# Staging has the defaults: every origin is echoed. Production allows shop.localhost and one label below it.
MATCHED, UNMATCHED = "app admin preview", "lookalike foreign sandbox"

METHOD = kept_away("method-not-allowed")

READ: Row = {
    "staging": {allowed(200): EVERYBODY},
    "production": {allowed(200): MATCHED, NO_ACAO: UNMATCHED},
}
# Where the method is not in the list the extension sends ACAO and no list at all.
REFUSED: Row = {
    "staging": {allowed(200): EVERYBODY},
    "production": {METHOD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
}

# Flask answers OPTIONS for every route with 200, whoever asks.
EXPECTED: Table = {
    "flask orders": READ,
    "flask account": READ,
    "flask create order": {
        "staging": {allowed(201): EVERYBODY},
        "production": {HELD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
    },
    "flask change order": REFUSED,
    # The extension compares methods in upper case and takes "patch" for PATCH; browsers do not.
    "flask mend order": {
        "staging": {METHOD: EVERYBODY},
        "production": {METHOD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
    },
    "flask cancel order": {
        "staging": {allowed(204): EVERYBODY},
        "production": REFUSED["production"],
    },
    # What the extension does after each request is done for errors, too, crashes included.
    "flask lost order": {
        "staging": {allowed(404): EVERYBODY},
        "production": {allowed(404): MATCHED, NO_ACAO: UNMATCHED},
    },
    "flask crash": {
        "staging": {allowed(500): EVERYBODY},
        "production": {allowed(500): MATCHED, NO_ACAO: UNMATCHED},
    },
    # In production the policy ends at /api.
    "flask status": {
        "staging": {allowed(200): EVERYBODY},
        "production": {NO_ACAO: EVERYBODY},
    },
}


@everywhere
async def test_every_cell_of_flask_cors_ends_as_its_configuration_says(
    farm: Farm, environment: str, engine: str
) -> None:
    assert await surprises(farm, "flask", EXPECTED, environment, engine) == []
