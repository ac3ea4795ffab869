"""django-cors-headers: apps/django_app.py."""

from __future__ import annotations

from dataclasses import replace

from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import (
    HELD,
    NO_ACAO,
    NO_ACAO_PREFLIGHT,
    Row,
    Table,
    allowed,
    blocked,
    everywhere,
    kept_away,
    surprises,
)

EVERYBODY = "app admin preview lookalike foreign sandbox"
# The pattern of staging has no "$" and fits the lookalike; no pattern fits "null". Production has a list of two.
MATCHED, UNMATCHED = "app admin preview lookalike", "foreign sandbox"
LISTED, OTHERS = "app admin", "preview lookalike foreign sandbox"

METHOD = kept_away("method-not-allowed")


def readable(status: int) -> Row:
    return {
        "staging": {allowed(status): MATCHED, NO_ACAO: UNMATCHED},
        "production": {allowed(status): LISTED, NO_ACAO: OTHERS},
    }


# The middleware answers every preflight with 200, and leaves the headers out where the origin is not allowed.
EXPECTED: Table = {
    "django orders": readable(200),
    # CommonMiddleware turns the 404 into a redirect to the slash. In production it is outside of the CORS middleware.
    "django orders without slash": {
        "staging": {replace(allowed(200), phase="redirect"): MATCHED, NO_ACAO: UNMATCHED},
        "production": {NO_ACAO: EVERYBODY},
    },
    # Credentials are off in production.
    "django account": {
        "staging": {allowed(200): MATCHED, NO_ACAO: UNMATCHED},
        "production": {blocked("acac-not-true"): LISTED, NO_ACAO: OTHERS},
    },
    # X-Trace is not among the library's own headers.
    "django create order": {
        "staging": {allowed(201): MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
        "production": {kept_away("header-not-allowed"): LISTED, NO_ACAO_PREFLIGHT: OTHERS},
    },
    "django change order": {
        "staging": {allowed(200): MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
        "production": {HELD: LISTED, NO_ACAO_PREFLIGHT: OTHERS},
    },
    # The library's own methods have PATCH, not "patch".
    "django mend order": {
        "staging": {METHOD: MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
        "production": {METHOD: LISTED, NO_ACAO_PREFLIGHT: OTHERS},
    },
    # With credentials the preflight has to say so, too.
    "django cancel order": {
        "staging": {allowed(204): MATCHED, NO_ACAO_PREFLIGHT: UNMATCHED},
        "production": {kept_away("acac-not-true-preflight"): LISTED, NO_ACAO_PREFLIGHT: OTHERS},
    },
    # Django makes responses of exceptions before they reach any middleware.
    "django lost order": readable(404),
    "django crash": readable(500),
}


@everywhere
async def test_every_cell_of_django_cors_headers_ends_as_its_configuration_says(
    farm: Farm, environment: str, engine: str
) -> None:
    assert await surprises(farm, "django", EXPECTED, environment, engine) == []
