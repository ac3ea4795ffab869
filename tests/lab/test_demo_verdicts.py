"""The demo, whole: every cell's verdict as worked out from the shop's table, in three engines."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from corstui import load_profile, run
from corstui.lab import DEMO_PROFILE, Lab

ORIGINS = ("storefront", "admin", "app", "partner", "sandbox", "evil")

#: Words of the tables: (verdict, reason, whether the server received the request, status that script sees).
WORDS = {
    "200": ("allowed", None, True, 200),
    "201": ("allowed", None, True, 201),
    "204": ("allowed", None, True, 204),
    "401": ("allowed", None, True, 401),
    "404": ("allowed", None, True, 404),
    "none": ("blocked", "acao-missing", True, None),
    "PFnone": ("blocked", "acao-missing-preflight", False, None),
    "other": ("blocked", "acao-mismatch", True, None),
    "taint": ("blocked", "acao-mismatch-tainted", True, None),
    "twice": ("blocked", "acao-multiple", True, None),
    "*creds": ("blocked", "acao-wildcard-creds", True, None),
    "PF3xx": ("blocked", "preflight-redirect", False, None),
    "PF401": ("blocked", "preflight-status", False, None),
    "header": ("blocked", "header-not-allowed", False, None),
    "method": ("blocked", "method-not-allowed", False, None),
    "reset": ("error", "connection-reset", True, None),
    "held": ("unsent", "held-after-preflight", False, None),
}

#: By endpoint, for the origins in order.
STAGING = """
catalogue         200     200     200     200     200     200
newsletter        200     200     200     none    none    none
reviews           200     200     200     none    200     none
recommendations   200     200     200     none    none    none
search            PF3xx   PF3xx   PF3xx   PF3xx   PF3xx   PF3xx
stock of nothing  none    none    none    none    none    none
rates             200     200     200     none    none    none
invoice           taint   taint   taint   none    none    none
settings          200     200     200     PFnone  PFnone  PFnone
report (slow)     200     200     200     none    none    none
events            reset   reset   reset   reset   reset   reset
payments          200     200     200     none    none    none
profile           200     200     200     none    none    none
basket            *creds  *creds  *creds  *creds  *creds  *creds
session           200     200     200     PFnone  PFnone  PFnone
list orders       200     other   other   other   other   other
order by id       200     200     200     none    none    none
create order      201     201     201     PFnone  PFnone  PFnone
update order      header  header  header  PFnone  PFnone  PFnone
mend order        method  method  method  PFnone  PFnone  PFnone
cancel order      204     204     204     PFnone  PFnone  PFnone
"""
PRODUCTION = """
catalogue         200     200     200     200     200     200
newsletter        other   other   other   other   other   other
reviews           200     200     200     none    none    none
recommendations   200     200     200     200     200     200
search            200     200     200     PFnone  PFnone  PFnone
stock of nothing  404     404     404     none    none    none
rates             200     200     200     none    none    none
invoice           200     200     200     none    none    none
settings          200     200     200     PFnone  PFnone  PFnone
report (slow)     200     200     200     none    none    none
events            200     200     200     none    none    none
payments          none    none    none    none    none    none
profile           twice   twice   twice   none    none    none
basket            200     200     200     none    none    none
session           401     401     401     PFnone  PFnone  PFnone
list orders       200     200     200     200     none    none
order by id       200     200     200     none    none    none
create order      PF401   PF401   PF401   PFnone  PFnone  PFnone
update order      held    held    held    PFnone  PFnone  PFnone
mend order        held    held    held    PFnone  PFnone  PFnone
cancel order      held    held    held    PFnone  PFnone  PFnone
"""
TABLES = {"staging": STAGING, "production": PRODUCTION}

#: Rows that another engine reports differently, because it judges a preflight's response in another order.
DIFFERENT = {
    # the CORS check comes before the redirect
    "firefox": {("staging", "search"): "PF3xx PF3xx PF3xx PFnone PFnone PFnone"},
    # the status comes before the CORS check
    "webkit": {("production", "create order"): "PF401 PF401 PF401 PF401 PF401 PF401"},
}

Outcome = tuple[str, str | None, bool, int | None]


def expected(engine: str) -> dict[tuple[str, str, str], Outcome]:
    """Environment, endpoint and origin to what must come out."""
    rows = {
        (environment, name): words
        for environment, table in TABLES.items()
        for name, words in (re.split(r"\s{2,}", line, maxsplit=1) for line in table.split("\n") if line)
    } | DIFFERENT.get(engine, {})
    return {
        (environment, name, origin): WORDS[word]
        for (environment, name), words in rows.items()
        for origin, word in zip(ORIGINS, words.split(), strict=True)
    }


@pytest.mark.parametrize("engine", ["chromium", "firefox", "webkit"])
async def test_every_cell_comes_out_as_the_table_says(engine: str) -> None:
    async with Lab() as lab:
        profile = load_profile(DEMO_PROFILE, process_env=lab.process_env())
        cells = [cell async for cell in run(profile, engines=[engine])]
    found = {
        (cell.environment, cell.endpoint, cell.origin): (cell.verdict, cell.reason, cell.sent, cell.status)
        for cell in cells
    }
    assert found == expected(engine)
    assert {(cell.environment, cell.endpoint) for cell in cells if cell.inconclusive} == {("production", "payments")}


async def test_some_expectations_are_meant_to_be_missed() -> None:
    async with Lab() as lab:
        profile = load_profile(DEMO_PROFILE, process_env=lab.process_env())
        cells = [cell async for cell in run(profile)]
    missed = {
        (cell.environment, cell.endpoint) for cell in cells if cell.origin == "evil" and cell.as_expected is False
    }
    assert missed == {("production", "recommendations")}
    assert any(cell.as_expected is False for cell in cells if cell.environment == "staging")


async def test_production_receives_no_write() -> None:
    async with Lab() as lab:
        profile = load_profile(DEMO_PROFILE, process_env=lab.process_env())
        cells = [cell async for cell in run(profile, environments=["production"])]
    methods = {exchange.request.method for cell in cells for exchange in cell.exchanges if exchange.response}
    assert methods == {"GET", "OPTIONS"}


def test_the_copy_among_the_profiles_is_the_same_text() -> None:
    copy = Path(__file__).parents[2] / "profiles" / "demo.yaml"
    assert copy.read_bytes() == DEMO_PROFILE.read_bytes()


def test_the_demo_needs_no_network_and_its_profile_is_above_reproach() -> None:
    addresses = dict.fromkeys(("SHOP_STAGING_API", "SHOP_PRODUCTION_API"), "http://lab.localhost:1")
    profile = load_profile(DEMO_PROFILE, process_env=addresses)
    assert profile.warnings == []
    urls = [endpoint.url for name in profile.environments for endpoint in profile.resolve(name).endpoints]
    assert {urlsplit(url).hostname for url in urls} == {"lab.localhost"}
