"""Compares the document's answers for accounts, connections and keys with the real answers of these routes."""

import base64
import gzip
from typing import Any

import pytest

from functions.http.api.description import document
from functions.http.api.handler import handler
from tests.openapi import Operation, operations
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.functions import context

DOCUMENT = document()
ANSWERS = {
    f"{method.upper()} {path}": operation["responses"]
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if path.startswith(("/v1/accounts", "/v1/connections", "/v1/keys"))
}
OPERATIONS = [one for one in operations(DOCUMENT) if one.route in ANSWERS]
every_route = pytest.mark.parametrize("route", ANSWERS)


def model_of(answer: dict[str, Any]) -> str:
    return answer["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]


@every_route
def test_a_route_has_one_success_and_its_model(route):
    [success] = [answer for status, answer in ANSWERS[route].items() if status.startswith("2")]

    assert DOCUMENT["components"]["schemas"][model_of(success)]["properties"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.route)
def test_every_answer_of_a_route_is_documented(tiktok, operation: Operation):
    status, body = call(operation, with_scopes("admin"))

    assert str(status) in ANSWERS[operation.route]
    assert status < 300 or {"code", "message", "fix", "next", "doc_url", "request_id"} <= body["error"].keys()


def test_the_docs_page_contains_the_whole_document_and_loads_nothing_else():
    answer = handler(event_of(Operation("GET", "GET /docs", "/docs", {}, None), None), context())

    page = gzip.decompress(base64.b64decode(answer["body"])).decode()
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Security-Policy"].startswith("default-src 'none'")
    assert "</script><" not in page.partition("spec:")[2].partition("presets:")[0]
    assert all(path in page for path in DOCUMENT["paths"])
    assert '"/openapi.json"' in page
    assert "<title>Dropcast API</title>" in page


def test_every_operation_has_a_unique_name_and_a_summary():
    told = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]

    assert len({operation["operationId"] for operation in told}) == len(told)
    assert [one["operationId"] for one in told if " " not in one["summary"] or "/" in one["summary"]] == []


def test_the_document_contains_nothing_of_the_framework():
    assert "ValidationError" not in str(DOCUMENT)
