"""nginx with an allow list in a map: nginx/staging.conf, nginx/production.conf."""

from __future__ import annotations

from dataclasses import replace

from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import (
    HELD,
    NO_ACAO,
    NO_ACAO_PREFLIGHT,
    Outcome,
    Table,
    allowed,
    everywhere,
    kept_away,
    surprises,
)

EVERYBODY = "app admin preview lookalike foreign sandbox"
# The map of staging names app and admin and has a whole pattern for previews. That of production has a pattern for app
# and admin without "$", which fits the lookalike, too.
LISTED, OTHERS = "app admin preview", "lookalike foreign sandbox"
MATCHED, UNMATCHED = "app admin lookalike", "preview foreign sandbox"

METHOD = kept_away("method-not-allowed")
# WebKitGTK loads fonts without CORS; the status of an opaque response is 0.
UNSEEN = Outcome("opaque", None, "actual", sent=True, status=0)
FONT, NO_FONT = replace(allowed(200), webkit=UNSEEN), replace(NO_ACAO, webkit=UNSEEN)

EXPECTED: Table = {
    "nginx orders": {
        "staging": {allowed(200): LISTED, NO_ACAO: OTHERS},
        "production": {allowed(200): MATCHED, NO_ACAO: UNMATCHED},
    },
    # In production this location adds a header of its own and so inherits none.
    "nginx account": {
        "staging": {allowed(200): LISTED, NO_ACAO: OTHERS},
        "production": {NO_ACAO: EVERYBODY},
    },
    # Every preflight gets 204, so that what it lacks is ACAO, never a good status.
    "nginx create order": {
        "staging": {allowed(201): LISTED, NO_ACAO_PREFLIGHT: OTHERS},
        "production": {HELD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
    },
    "nginx change order": {
        "staging": {allowed(200): LISTED, NO_ACAO_PREFLIGHT: OTHERS},
        "production": {HELD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
    },
    # PATCH is in the list of staging, "patch" is another method; production lists neither.
    "nginx mend order": {
        "staging": {METHOD: LISTED, NO_ACAO_PREFLIGHT: OTHERS},
        "production": {METHOD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
    },
    # Production allows neither DELETE nor Authorization; all engines look for the method first.
    "nginx cancel order": {
        "staging": {allowed(204): LISTED, NO_ACAO_PREFLIGHT: OTHERS},
        "production": {METHOD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
    },
    # add_header without "always" is for good statuses only.
    "nginx lost order": {
        "staging": {allowed(404): LISTED, NO_ACAO: OTHERS},
        "production": {NO_ACAO: EVERYBODY},
    },
    "nginx crash": {
        "staging": {allowed(500): LISTED, NO_ACAO: OTHERS},
        "production": {NO_ACAO: EVERYBODY},
    },
    # A header of the location's own again.
    "nginx font": {
        "staging": {FONT: LISTED, NO_FONT: OTHERS},
        "production": {NO_FONT: EVERYBODY},
    },
}


@everywhere
async def test_every_cell_of_nginx_ends_as_its_configuration_says(farm: Farm, environment: str, engine: str) -> None:
    assert await surprises(farm, "nginx", EXPECTED, environment, engine) == []
