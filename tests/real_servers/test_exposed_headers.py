"""Which headers script may read, by the configurations: X-Request-Id is always sent, and not always exposed."""

from __future__ import annotations

import pytest

from corstui import run
from tests.real_servers.servers import Farm
from tests.real_servers.verdicts import profile_of


@pytest.mark.parametrize(
    ("server", "environment", "exposed"),
    [
        ("nginx", "staging", True),
        ("nginx", "production", False),
        ("starlette", "staging", False),
        ("starlette", "production", True),
        ("flask", "staging", False),
        ("flask", "production", True),
        ("django", "staging", True),
        ("django", "production", False),
        # expose_headers="*": the library names every header that the response has
        ("aiohttp", "staging", True),
        ("aiohttp", "production", False),
        ("express", "staging", True),
        ("express", "production", False),
    ],
)
async def test_script_reads_the_request_id_only_where_it_is_exposed(
    farm: Farm, server: str, environment: str, exposed: bool
) -> None:
    farm.require(server)
    profile = profile_of(farm)
    cells = run(
        profile, environments=[environment], origins=["app"], endpoints=[f"{server} orders"], engines=["chromium"]
    )
    (cell,) = [cell async for cell in cells]
    assert cell.response is not None
    received = cell.exchanges[-1].response
    assert received is not None
    assert "x-request-id" in {name.lower() for name, _ in received.headers}
    assert ("x-request-id" in {name.lower() for name, _ in cell.response.headers}) is exposed
