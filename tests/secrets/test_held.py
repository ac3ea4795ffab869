"""A request that would carry a secret to somebody whom the profile does not name stays here, however it is written."""

from __future__ import annotations

import pytest

from corstui.fetch.messages import Request
from corstui.runner import Planned, plan
from corstui.runner.guard import Guard
from tests.secrets.finding import secret
from tests.secrets.planting import ENCODINGS, in_header, profile_of, tree

TOKEN, LITERAL = secret(' "é<%', "&/'+"), secret("-_", "~.")
ENCODED = {name: encode(TOKEN) for name, encode in ENCODINGS.items()}


@pytest.fixture(scope="module")
def planned() -> Planned:
    return plan(profile_of(tree(TOKEN, LITERAL, ["bearer"]), TOKEN)).cells[0]


@pytest.mark.parametrize("carried", ENCODED.values(), ids=ENCODED)
def test_it_is_held_in_the_address_in_a_header_and_in_the_body(planned: Planned, carried: str) -> None:
    away = "https://elsewhere.test/"
    requests = [
        Request("GET", f"{away}?said={carried}", []),
        Request("GET", away, [("X-Said", in_header(carried).decode("latin-1"))]),
        Request("POST", away, [], body=carried.encode()),
        Request("GET", f"{away}{LITERAL.upper()}", []),
    ]
    assert [Guard(planned).hold(request) for request in requests] == ["held-secret"] * len(requests)
    assert Guard(planned).hold(Request("GET", f"{away}?said=nothing", [("X-Said", "***")], body=b"body")) is None


@pytest.mark.parametrize("carried", ENCODED.values(), ids=ENCODED)
def test_it_goes_where_the_profile_says(planned: Planned, carried: str) -> None:
    assert Guard(planned).hold(Request("GET", f"https://api.test/?said={carried}", [])) is None
