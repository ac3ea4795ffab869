"""The servers, started once for all tests of this directory; a failed test shows what those printed that it names."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.real_servers.servers import Farm, started


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with started(tmp_path_factory.mktemp("servers")) as farm:
        yield farm


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    farm = getattr(item, "funcargs", {}).get("farm")
    if report.when == "call" and report.failed and isinstance(farm, Farm):
        for one in farm.running:
            if one.server.name in item.nodeid:
                report.sections.append((f"output of {one.server.name}, {one.deployment}", one.output[-4000:]))
    return report
