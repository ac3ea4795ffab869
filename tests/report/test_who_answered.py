"""Each report that tells what to change tells also who has to change it, and where that is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import httpx
import pytest

from corstui.report import cell_markdown, flow, junit, markdown, page, sarif, table
from corstui.report.formats import Options
from corstui.runner import Run
from tests.report.conftest import Finish
from tests.runner.shops import consent

PROFILE = """
environments: {here: {writes: true}}
origins: {web: "https://web.example"}
defaults: {expect: {web: allow}}
endpoints: {save: {request: PUT https://api.example/save}}
"""
WHO = "Something in front answered the preflight, 401 (nginx), and not the application"
WHERE = "corstui explain nginx tells where nginx is told so."


def gateway(request: httpx.Request) -> httpx.Response:
    """A login in front of Express that lets only those with an origin of their own pass."""
    if request.headers.get("origin") == "https://web.example":
        return httpx.Response(401, headers={"Server": "nginx"})
    return consent(request, Server="nginx", X_Powered_By="Express")


@pytest.mark.parametrize("report", [table, markdown, junit, sarif])
async def test_a_report_names_who_answered_and_the_page_with_the_remedy(finish: Finish, report: object) -> None:
    render: Callable[[Run, Options], str] = report.render  # type: ignore[attr-defined]
    text = render(await finish(PROFILE, gateway), Options()).replace("\\", "")
    assert WHO in text
    assert WHERE in text


@pytest.mark.parametrize("report", [flow, cell_markdown])
async def test_a_flow_says_who_answered_beside_what_to_write(finish: Finish, report: object) -> None:
    run = await finish(PROFILE, gateway)
    text = (
        flow.render(run, Options(height=500)) if report is flow else cell_markdown.render_cell(run.cells[0], Options())
    )
    assert WHO in text
    assert "add_header Access-Control-Allow-Origin $cors_origin always;" in text


async def test_the_page_has_what_to_write_in_the_words_of_the_server(finish: Finish) -> None:
    text = page.render(await finish(PROFILE, gateway), Options())
    told = json.loads(re.search(r'id="cells">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert told["recipes"][0][0] == "In nginx, in the http block:"
    assert told["server"][0] == "nginx"
    assert told["server"][1].startswith(WHO)
