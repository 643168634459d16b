"""Any change of the API's description changes the client's generated modules, so that `make check` fails."""

import copy
from functools import cache

import pytest

from functions.http.api.description import document
from tests.client_code.models import model_modules
from tests.client_code.operations import operation_modules
from tests.client_code.schemas import Schema, Schemas

PUBLISH = "/v1/publishes/{publish_id}"


def modules(described: Schema) -> dict[str, str]:
    schemas = Schemas(described)
    operations = {f"operations.{name}": text for name, text in operation_modules(schemas).items()}
    return {**model_modules(schemas), **operations}


@cache
def described_now() -> Schema:
    """The document without its examples. They are most of the document and have no effect on the modules."""
    plain = copy.deepcopy(document())
    for schema in plain["components"]["schemas"].values():
        schema.pop("examples", None)
    return plain


@cache
def modules_now() -> dict[str, str]:
    return modules(described_now())


def changed() -> Schema:
    return copy.deepcopy(described_now())


def with_a_field() -> Schema:
    described = changed()
    described["components"]["schemas"]["PublishView"]["properties"]["colour"] = {"type": "string"}
    return described


def without_a_field() -> Schema:
    described = changed()
    del described["components"]["schemas"]["PublishView"]["properties"]["bytes_sent"]
    return described


def with_another_type() -> Schema:
    described = changed()
    described["components"]["schemas"]["PublishView"]["properties"]["bytes_sent"] = {"type": "string"}
    return described


def with_an_optional_field() -> Schema:
    described = changed()
    described["components"]["schemas"]["PublishView"]["required"].remove("bytes_sent")
    return described


def with_an_enum_value() -> Schema:
    described = changed()
    described["components"]["schemas"]["State"]["enum"].append("paused")
    return described


def without_an_enum_value() -> Schema:
    described = changed()
    described["components"]["schemas"]["State"]["enum"].remove("held")
    return described


def with_a_parameter() -> Schema:
    described = changed()
    described["paths"]["/v1/publishes"]["get"]["parameters"].append(
        {"name": "colour", "in": "query", "required": False, "schema": {"type": "string"}}
    )
    return described


def with_a_key() -> Schema:
    described = changed()
    key = {"name": "idempotency-key", "in": "header", "required": False, "schema": {"type": "string"}}
    described["paths"][f"{PUBLISH}/restart"]["post"]["parameters"].append(key)
    return described


def with_a_route() -> Schema:
    described = changed()
    described["paths"]["/v1/paused"] = {"get": described["paths"]["/v1/publishes"]["get"] | {"operationId": "paused"}}
    return described


def without_a_route() -> Schema:
    described = changed()
    del described["paths"][PUBLISH]["patch"]
    return described


def with_another_method() -> Schema:
    described = changed()
    described["paths"][PUBLISH]["put"] = described["paths"][PUBLISH].pop("patch")
    return described


def with_another_answer() -> Schema:
    described = changed()
    answer = described["paths"][PUBLISH]["get"]["responses"]["200"]
    answer["content"]["application/json"]["schema"]["$ref"] = "#/components/schemas/ReportView"
    return described


@pytest.mark.parametrize(
    "change",
    [
        with_a_field,
        without_a_field,
        with_another_type,
        with_an_optional_field,
        with_an_enum_value,
        without_an_enum_value,
        with_a_parameter,
        with_a_key,
        with_a_route,
        without_a_route,
        with_another_method,
        with_another_answer,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_of_the_api_changes_the_client(change):
    assert modules(change()) != modules_now()


@pytest.mark.parametrize("part", ["parameters", "requestBody"])
def test_a_change_of_the_operation_that_is_written_by_hand_is_an_error(part):
    described = changed()
    described["paths"]["/v1/publishes"]["post"][part] = [] if part == "parameters" else {}

    with pytest.raises(ValueError, match="publish has changed"):
        modules(described)
