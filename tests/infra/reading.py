"""Reads a synthesised template: resources by type, and the few intrinsic functions that CDK writes."""

import json
from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]
Resource = dict[str, Any]


def of_type(template: Template, kind: str) -> dict[str, Resource]:
    """The resources of an AWS type ("Lambda::Function") by logical id."""
    return {name: one for name, one in template["Resources"].items() if one["Type"] == f"AWS::{kind}"}


def the_one(template: Template, kind: str) -> Resource:
    """The only resource of its type."""
    [found] = of_type(template, kind).values()
    return found


def referred(value: Any) -> str:
    """The logical id in a Ref or GetAtt; any other value is returned unchanged."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
            return name
        case _:
            return json.dumps(value)


def functions(template: Template) -> dict[str, Resource]:
    """The functions by their place: "http-api" and so on."""
    return {
        one["Properties"]["FunctionName"].removeprefix("dropcast-dev-"): one
        for one in of_type(template, "Lambda::Function").values()
    }


def definition(template: Template) -> dict[str, Any]:
    """The state machine's definition; a function's ARN in it is the function's logical id."""
    parts = the_one(template, "StepFunctions::StateMachine")["Properties"]["DefinitionString"]["Fn::Join"][1]
    return json.loads("".join(part if isinstance(part, str) else referred(part) for part in parts))


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every role that a deployment always has, with the role's logical id."""
    for policy in (one for one in of_type(template, "IAM::Policy").values() if "Condition" not in one):
        [role] = policy["Properties"]["Roles"]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield referred(role), statement
    for name, role in of_type(template, "IAM::Role").items():
        for policy in role["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def many(value: Any) -> list[Any]:
    """The value as a list. IAM omits the list around a single value."""
    return value if isinstance(value, list) else [value]


def who_may(template: Template, action: str) -> set[str]:
    """The places of the functions whose role allows `action`."""
    roles = {role for role, statement in statements(template) if action in many(statement["Action"])}
    return {place for place, one in functions(template).items() if referred(one["Properties"]["Role"]) in roles}
