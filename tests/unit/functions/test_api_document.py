"""What the document says of the answers of accounts, connections and keys, against what these routes really answer."""

import base64
import gzip
from typing import Any

import pytest

from description import document
from dropcast.catalogue_accounts import ACCOUNTS
from dropcast.errors import CATALOGUE
from functions.http.api.handler import app, handler
from tests.openapi import Operation, operations
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.functions import context

DOCUMENT = document(app)
ANSWERS = {
    f"{method.upper()} {path}": operation["responses"]
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if path.startswith(("/v1/accounts", "/v1/connections", "/v1/keys"))
}
OPERATIONS = [one for one in operations(DOCUMENT) if one.route in ANSWERS]
# These are shown on pages, not by the API.
OF_PAGES = {"app_not_set", "connection_expired", "connection_not_started_here", "connection_other_browser"}
every_route = pytest.mark.parametrize("route", ANSWERS)


def model_of(answer: dict[str, Any]) -> str:
    return answer["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]


@every_route
def test_a_route_has_one_success_and_its_model(route):
    [success] = [answer for status, answer in ANSWERS[route].items() if status.startswith("2")]

    assert DOCUMENT["components"]["schemas"][model_of(success)]["properties"]


@every_route
def test_a_route_names_every_way_of_being_refused(route):
    ours = {str(entry.status) for code, entry in ACCOUNTS.items() if code not in OF_PAGES}
    ours |= {
        str(CATALOGUE[code].status) for code in ("invalid_request", "scope_missing", "not_found", "internal_error")
    }
    ours |= {str(CATALOGUE[code].status) for code in ("rate_limit_exceeded", "tiktok_unanswered")}

    told = {status for status in ANSWERS[route] if status[0] in "45"} - {"401"}

    assert ours <= told
    assert {model_of(ANSWERS[route][status]) for status in told} == {"ErrorAnswer"}
    assert model_of(ANSWERS[route]["401"]) == "GatewayAnswer"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.route)
def test_what_a_route_answers_is_documented(tiktok, operation: Operation):
    status, body = call(operation, with_scopes("admin"))

    assert str(status) in ANSWERS[operation.route]
    assert status < 300 or {"code", "message", "fix", "next", "request_id"} <= body["error"].keys()


def test_the_page_holds_the_whole_document_and_asks_nobody_else():
    answer = handler(event_of(Operation("GET", "GET /docs", "/docs", {}, None), None), context())

    page = gzip.decompress(base64.b64decode(answer["body"])).decode()
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Security-Policy"].startswith("default-src 'none'")
    assert "</script><" not in page.partition("spec:")[2].partition("presets:")[0]
    assert all(path in page for path in DOCUMENT["paths"])
    assert '"/openapi.json"' in page
    assert "<title>Dropcast API</title>" in page


def test_the_document_names_every_error_code():
    code = DOCUMENT["components"]["schemas"]["ErrorView"]["properties"]["code"]

    assert set(code["anyOf"][0]["enum"]) == set(CATALOGUE)


def test_every_operation_has_a_name_of_its_own_and_a_line_that_tells_what_it_does():
    told = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]

    assert len({operation["operationId"] for operation in told}) == len(told)
    assert [one["operationId"] for one in told if " " not in one["summary"] or "/" in one["summary"]] == []


def test_nothing_in_the_document_is_of_the_framework():
    assert "422" not in str(
        [operation["responses"] for item in DOCUMENT["paths"].values() for operation in item.values()]
    )
    assert not {"HTTPValidationError", "ValidationError"} & DOCUMENT["components"]["schemas"].keys()
