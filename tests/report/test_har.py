from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from haralyzer import HarParser
from referencing import Registry, Resource

from corstui.report import har
from corstui.report.formats import Options
from corstui.runner import Run, recorded
from tests.report.conftest import Finish
from tests.runner.shops import consent

PARTS = {path.name: json.loads(path.read_text("utf-8")) for path in Path(__file__).parent.glob("schemas/har/*.json")}
SCHEMAS: Registry[Any] = Registry().with_resources(
    (each["$id"].removesuffix("#"), Resource.from_contents(each)) for each in PARTS.values()
)

PROFILE = """
origins: {web: "https://web.example", shy: "https://shy.example"}
environments: {default: {writes: true}}
endpoints:
  save:
    request: PUT https://api.example/save?a=1&b=&key=${secret:TOKEN}
    json: {sku: "${secret:TOKEN}", note: plain words}
  away: GET https://api.example/away
  gone: {request: GET https://api.example/gone, headers: {Authorization: "Bearer ${secret:TOKEN}"}}
"""


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/gone" and request.method == "GET":
        raise httpx.ConnectError("refused")
    if request.url.path == "/away":
        return consent(request, 302, Location="https://api.example/read")
    return consent(request, content_type="text/plain", set_cookie="sid=topsecret; Path=/", x_odd="\x1b\xff")


@pytest.fixture
async def finished(finish: Finish) -> Run:
    return await finish(PROFILE, answer, TOKEN="s3cret-value")


def log_of(run: Run, options: Options = Options()) -> dict[str, Any]:  # noqa: B008
    """The archive after its schema has had its say."""
    text = har.render(run, options)
    assert text.isascii()
    archive = json.loads(text)
    jsonschema.Draft6Validator(PARTS["har.json"], registry=SCHEMAS).validate(archive)
    log = archive["log"]
    assert isinstance(log, dict)
    return log


def test_a_reader_of_archives_finds_a_page_for_each_cell_and_its_exchanges(finished: Run) -> None:
    log = log_of(finished)
    read = HarParser({"log": log})
    assert [page.title for page in read.pages] == [str(cell.key) for cell in finished.cells]
    save = read.pages[0]
    assert [entry.request.method for entry in save.entries[:2]] == ["OPTIONS", "PUT"]
    assert save.entries[1].response.status == 200
    kinds = [(entry["pageref"], entry["_resourceType"]) for entry in log["entries"]]
    assert kinds[:2] == [("page_1", "preflight"), ("page_1", "fetch")]
    assert {kind for _, kind in kinds} == {"preflight", "fetch", "control"}


def test_control_requests_are_written_once_for_an_endpoint(finished: Run) -> None:
    controls = [entry for entry in log_of(finished)["entries"] if entry["_phase"] == "control"]
    asked = [cell.controls for cell in finished.cells if cell.origin == "web"]
    assert len(controls) == sum(map(len, asked)) > 0


def test_an_entry_tells_query_cookies_and_where_a_redirect_leads(finished: Run) -> None:
    entries = log_of(finished)["entries"]
    put = next(entry for entry in entries if entry["request"]["method"] == "PUT")
    assert [(each["name"], each["value"]) for each in put["request"]["queryString"]][:2] == [("a", "1"), ("b", "")]
    (cookie,) = put["response"]["cookies"]
    assert cookie["name"] == "sid"
    away = next(entry for entry in entries if entry["request"]["url"].endswith("/away"))
    assert away["response"]["redirectURL"] == "https://api.example/read"
    assert {"name": "x-odd", "value": "\x1b\xff"} in [
        {"name": each["name"].lower(), "value": each["value"]} for each in put["response"]["headers"]
    ]


def test_times_add_up_and_entries_follow_each_other(finished: Run) -> None:
    for entry in log_of(finished)["entries"]:
        parts = [value for name, value in entry["timings"].items() if name != "ssl" and value > 0]
        assert entry["time"] == pytest.approx(sum(parts), abs=0.01)
    starts = [entry["startedDateTime"] for entry in log_of(finished)["entries"] if entry["pageref"] == "page_1"]
    assert starts == sorted(starts)


def test_a_request_without_an_answer_has_status_0_and_says_why(finished: Run) -> None:
    gone = [entry for entry in log_of(finished)["entries"] if entry["request"]["url"].endswith("/gone")]
    failed = [entry["response"] for entry in gone if entry["_phase"] == "actual"]
    assert [(each["status"], each["_error"]) for each in failed] == [(0, "connection-refused")] * 2


def test_no_secret_and_no_body_is_written_unasked(finished: Run) -> None:
    text = har.render(finished, Options())
    assert "s3cret-value" not in text
    assert "topsecret" not in text
    assert "plain words" not in text
    assert "s3cret-value" in har.render(finished, Options(secrets=True))


async def test_bodies_are_written_on_request_with_their_secrets_masked(finish: Finish) -> None:
    def told(request: httpx.Request) -> httpx.Response:
        plain = consent(request, content_type="text/plain")
        return httpx.Response(200, headers=plain.headers, content=b"told in full, s3cret-value")

    run = await finish(PROFILE, told, bodies=True, TOKEN="s3cret-value")
    assert "told in full" not in har.render(run, Options())
    put = next(entry for entry in log_of(run, Options(bodies=True))["entries"] if entry["request"]["method"] == "PUT")
    assert "plain words" in put["request"]["postData"]["text"]
    assert "s3cret-value" not in put["request"]["postData"]["text"]
    assert put["response"]["content"]["text"].startswith("told in full, ")
    assert "s3cret-value" not in put["response"]["content"]["text"]


async def test_an_interrupted_archive_says_so(finished: Run) -> None:
    partial = recorded(finished.plan, [finished.cells[0]], finished.started, 1.0, interrupted=True)
    assert log_of(partial)["comment"] == "interrupted; 5 cells did not run"
