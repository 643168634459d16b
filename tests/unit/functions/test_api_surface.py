"""The check that an API change does not break callers."""

import copy
from typing import Any

import pytest

from tests.api_surface import broken, surface

BODY = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "size": {"type": "integer"}, "kind": {"enum": ["a", "b"]}},
}
ANSWER = {
    "type": "object",
    "required": ["id", "items"],
    "properties": {"id": {"type": "string"}, "items": {"type": "array", "items": {"$ref": "#/components/schemas/One"}}},
}


def content(schema: Any) -> Any:
    return {"content": {"application/json": {"schema": schema}}}


@pytest.fixture
def document() -> Any:
    make = {"requestBody": content(BODY), "responses": {"201": content(ANSWER)}}
    look = {
        "parameters": [{"name": "limit", "schema": {"type": "integer"}}],
        "responses": {"200": content(ANSWER), "404": content({"$ref": "#/components/schemas/Error"})},
    }
    one = {"type": "object", "required": ["state"], "properties": {"state": {"enum": ["on", "off"]}}}
    error = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
    return copy.deepcopy(
        {
            "paths": {"/things": {"get": look, "post": make}},
            "components": {"schemas": {"One": one, "Error": error}},
        }
    )


def body(document: Any) -> Any:
    return document["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"]


def answer(document: Any) -> Any:
    return document["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


TAKES_AWAY = {
    "an operation": lambda d: d["paths"]["/things"].pop("post"),
    "a path": lambda d: d["paths"].pop("/things"),
    "a parameter": lambda d: d["paths"]["/things"]["get"]["parameters"].clear(),
    "a parameter's freedom": lambda d: d["paths"]["/things"]["get"]["parameters"][0].update(required=True),
    "a field that was taken": lambda d: body(d)["properties"].pop("size"),
    "the type of a field": lambda d: body(d)["properties"].update(size={"type": "string"}),
    "a choice": lambda d: body(d)["properties"]["kind"]["enum"].remove("b"),
    "not having to say it": lambda d: body(d)["required"].append("size"),
    "not knowing of a field": lambda d: (body(d)["properties"].update(new={}), body(d)["required"].append("new")),
    "a field of an answer": lambda d: answer(d)["properties"].pop("id"),
    "that a field is always there": lambda d: answer(d)["required"].remove("id"),
    "that a field is never null": lambda d: answer(d)["properties"].update(
        id={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "a field deep in an answer": lambda d: d["components"]["schemas"]["One"]["properties"].clear(),
    "a success": lambda d: d["paths"]["/things"]["post"]["responses"].pop("201"),
    "a field of a refusal": lambda d: d["components"]["schemas"]["Error"]["properties"].clear(),
}
GIVES = {
    "an operation": lambda d: d["paths"].update({"/more": {"post": copy.deepcopy(d["paths"]["/things"]["post"])}}),
    "a field that may be sent": lambda d: body(d)["properties"].update(new={"type": "string"}),
    "a choice": lambda d: body(d)["properties"]["kind"]["enum"].append("c"),
    "not having to say it": lambda d: body(d)["required"].clear(),
    "a field of an answer": lambda d: (answer(d)["properties"].update(new={}), answer(d)["required"].append("new")),
    "a state": lambda d: d["components"]["schemas"]["One"]["properties"]["state"]["enum"].append("new"),
    "a name for an enum": lambda d: (
        d["components"]["schemas"].update(On={"enum": ["on", "off"]}),
        d["components"]["schemas"]["One"]["properties"].update(state={"$ref": "#/components/schemas/On"}),
    ),
    "another success": lambda d: d["paths"]["/things"]["post"]["responses"].update({"200": content(ANSWER)}),
}


@pytest.mark.parametrize("what", TAKES_AWAY)
def test_a_breaking_change_is_named(document, what):
    promised = surface(document)

    TAKES_AWAY[what](document)

    assert broken(promised, surface(document)) != []


@pytest.mark.parametrize("what", GIVES)
def test_an_addition_is_accepted(document, what):
    promised = surface(document)

    GIVES[what](document)

    assert what == "a name for an enum" or surface(document) != promised
    assert broken(promised, surface(document)) == []
