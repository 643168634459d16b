"""Properties that generated clients rely on, checked over the whole OpenAPI document."""

import re
from typing import Any

import jsonschema_rs
import pytest

from dropcast.errors.problem import CATALOGUE, http_status
from dropcast.events.models import SHAPES
from functions.http.api.description import document
from functions.http.api.document_walk import asked_of, components, named, operations, schemas
from functions.http.api.routes import ROUTES
from tests.reachable_codes import reachable, stale_exceptions

DOCUMENT = document()
COMPONENTS = components(DOCUMENT)
OPERATIONS = {f"{method} {path}": operation for method, path, operation in operations(DOCUMENT)}
EVERY_ROUTE = {"invalid_request", "scope_missing", "internal_error", "busy"}
TIME = re.compile(r"(?:^|_)(?:at|until|since|before)$")
every_component = pytest.mark.parametrize("name", COMPONENTS)
every_operation = pytest.mark.parametrize("route", OPERATIONS)


def choices(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return schema.get("anyOf", [schema])


def functions() -> dict[str, Any]:
    routes = [*ROUTES.all._static_routes, *ROUTES.all._dynamic_routes]
    found = {f"{one.method} {one.path.replace('<', '{').replace('>', '}')}": one.func for one in routes}
    return {route: function for route, function in found.items() if "/v1/" in route}


def test_no_request_schema_has_a_default_that_a_client_would_send():
    asked = asked_of(DOCUMENT, "POST") | asked_of(DOCUMENT, "PATCH") | asked_of(DOCUMENT, "PUT")

    assert {"PublishEdit", "EndpointChange", "DropDefaults", "PublishRequest"} <= asked
    assert [name for name in asked if '"default"' in str(COMPONENTS[name]).replace("'", '"')] == []


def test_no_field_of_a_patch_is_required():
    bodies = [one["requestBody"] for route, one in OPERATIONS.items() if route.startswith("PATCH")]

    names = [named(body["content"]["application/json"]["schema"]) for body in bodies]
    assert len(names) == 2
    assert [COMPONENTS[name].get("required") for name in names] == [None, None]


def test_every_schema_has_a_name_without_its_module():
    assert [name for name in COMPONENTS if not re.fullmatch("[A-Z][A-Za-z0-9]+", name)] == []
    assert [name for name, one in COMPONENTS.items() if one["title"] != name] == []


def test_every_enum_has_a_name():
    inline = [one["enum"] for one in schemas(DOCUMENT) if "enum" in one and one not in COMPONENTS.values()]

    assert inline == [], "name it in document_enums.py"


def test_every_time_is_a_date_time():
    fields = [(name, one) for schema in schemas(DOCUMENT) for name, one in schema.get("properties", {}).items()]
    times = [(name, kind) for name, one in fields if TIME.search(name) for kind in choices(one)]

    assert len({name for name, _ in times}) > 20
    assert [name for name, kind in times if kind.get("type") == "string" and kind.get("format") != "date-time"] == []


def test_every_error_code_is_one_of_the_catalogue_or_a_later_one():
    errors = [one for one in COMPONENTS.values() if {"code", "message", "fix"} <= one.get("properties", {}).keys()]

    assert len(errors) >= 4
    assert COMPONENTS["ErrorCode"]["enum"] == list(CATALOGUE)
    for error in errors:
        known, later = error["properties"]["code"]["anyOf"]
        assert (named(known), later) == ("ErrorCode", {"type": "string"})


@every_component
def test_a_schema_has_a_description_and_a_valid_example(name):
    component = COMPONENTS[name]

    assert component["description"]
    [example] = component["examples"]
    whole = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema_rs.validate(whole, example, validate_formats=True)


def test_the_exceptions_of_the_code_search_still_exist():
    assert stale_exceptions() == []


@every_operation
def test_an_operation_lists_exactly_the_codes_that_its_function_can_reach(route):
    function = functions()[route]
    codes = reachable(function.__module__, function.__name__) | EVERY_ROUTE

    told = {
        code: int(status)
        for status, answer in OPERATIONS[route]["responses"].items()
        for code in answer.get("x-error-codes", [])
    }

    lacks, beyond = sorted(codes - told.keys()), sorted(told.keys() - codes)
    assert told.keys() == codes, f"documented(…) of {route} lacks {lacks}; no code of the route leads to {beyond}"
    assert told == {code: http_status(code) for code in codes}


@every_operation
def test_an_operation_lists_the_gateways_refusals_too(route):
    answers = OPERATIONS[route]["responses"]

    def shapes_of(status: str) -> list[str]:
        return [named(one) for one in choices(answers[status]["content"]["application/json"]["schema"])]

    assert shapes_of("401") == ["GatewayAnswer"]
    assert shapes_of("403") == shapes_of("429") == ["ErrorAnswer", "GatewayAnswer"]
    assert all(
        shapes_of(status) == ["ErrorAnswer"]
        for status in answers
        if status[0] in "45" and status not in ("401", "403", "429")
    )


@every_operation
def test_an_operation_lists_the_headers_of_its_answers(route):
    answers = OPERATIONS[route]["responses"]

    assert all("X-Request-Id" in answer["headers"] for status, answer in answers.items() if status != "401")
    assert answers["429"]["headers"].keys() >= {"Retry-After", "RateLimit-Limit", "RateLimit-Reset"}


@every_operation
def test_an_operation_and_its_parameters_are_described(route):
    operation = OPERATIONS[route]

    assert operation["tags"][0] in [tag["name"] for tag in DOCUMENT["tags"]]
    assert [one["name"] for one in operation.get("parameters", []) if not one.get("description")] == []


def test_every_event_is_a_webhook_with_a_schema_of_its_own():
    assert DOCUMENT["webhooks"].keys() == SHAPES.keys()
    for name, hook in DOCUMENT["webhooks"].items():
        body = COMPONENTS[named(hook["post"]["requestBody"]["content"]["application/json"]["schema"])]
        assert body["properties"]["event"]["const"] == name
        assert named(body["properties"]["data"]) in COMPONENTS
