"""Commas in query values, and repeated parameters: only a parameter that is declared as a list is split."""

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from functions.http.api.handler import handler
from functions.http.api.routes import ROUTES
from tests.openapi import Operation
from tests.unit.support.api import event_of, with_scopes
from tests.unit.support.functions import context

LISTS = {("/v1/publishes", "state")}
SCALARS = [
    (route, parameter.alias)
    for route in (*ROUTES.all._static_routes, *ROUTES.all._dynamic_routes)
    for parameter in route.dependant.query_params
    if (route.path, parameter.alias) not in LISTS
]


def taken(route: Any, name: str, raw: str) -> object:
    """The route's value for `name`, or "refused" for a 400 that names this parameter."""
    event = event_of(Operation(route.method, "", "/v1/x", {}, None), with_scopes("admin"))
    joined = {key: ",".join(values) for key, values in parse_qs(raw, keep_blank_values=True).items()}
    request: Any = SimpleNamespace(
        current_event=APIGatewayProxyEventV2(event | {"rawQueryString": raw, "queryStringParameters": joined}),
        context={"_route": route, "_route_args": {one.alias: "x" for one in route.dependant.path_params}},
    )
    [own] = [one.name for one in route.dependant.query_params if one.alias == name]
    refused: list[Any] = []
    try:
        OpenAPIRequestValidationMiddleware().handler(request, lambda found: found)
    except RequestValidationError as error:
        refused = [one for one in error.errors() if one["loc"] == ("query", name)]
    return "refused" if refused else request.context["_route_args"][own]


@pytest.mark.parametrize(("route", "name"), SCALARS, ids=lambda one: getattr(one, "path", one))
@pytest.mark.parametrize("comma", [",", "%2C"])
def test_a_value_with_a_comma_is_kept_whole_or_refused(route, name, comma):
    assert taken(route, name, f"{name}=1{comma}2") in ("1,2", "refused")


@pytest.mark.parametrize(("route", "name"), SCALARS, ids=lambda one: getattr(one, "path", one))
def test_a_repeated_value_is_refused(route, name):
    assert taken(route, name, f"{name}=1&{name}=2") == "refused"
    assert taken(route, name, f"{name}=&{name}=") == "refused"


def test_only_parameters_declared_as_lists_are_lists():
    declared = {
        (route.path, one.alias)
        for route in (*ROUTES.all._static_routes, *ROUTES.all._dynamic_routes)
        for one in route.dependant.query_params
        if "list[" in str(one.field_info.annotation)
    }

    assert declared == LISTS


def test_a_user_with_a_comma_is_not_read_as_two_users(cloud):
    event = event_of(Operation("GET", "", "/v1/accounts", {"user_id": "a,b"}, None), with_scopes("admin"))

    answer = handler(event, context())

    assert (answer["statusCode"], json.loads(answer["body"])["items"]) == (200, [])
