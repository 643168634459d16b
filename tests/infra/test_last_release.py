"""An upgrade from the last release replaces no resource that holds data, and old executions find their functions."""

import ast
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from dropcast.publishing.model.step_results import Outcome, StepResult
from local.synth import ROOT
from tests.infra.last_release import breaks, definition_of, read_definition, read_resources, resources_of
from tests.infra.reading import functions, of_type

TABLE = "PublishingPublishesTable04F6AC12"


@pytest.fixture
def changed(template) -> dict[str, Any]:
    """A copy of the template, to change."""
    return deepcopy(template)


def table(template: dict[str, Any]) -> dict[str, Any]:
    return template["Resources"][TABLE]["Properties"]


def index(name: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


def test_an_upgrade_from_the_last_release_breaks_nothing(template):
    assert list(breaks(read_resources(), resources_of(template))) == []


def test_one_new_index_of_a_table_is_fine(template, changed):
    table(changed)["GlobalSecondaryIndexes"].append(index("by_a"))

    assert list(breaks(resources_of(template), resources_of(changed))) == []


def test_two_new_indexes_of_a_table_at_once_are_refused(template, changed):
    table(changed)["GlobalSecondaryIndexes"] += [index("by_a"), index("by_b")]

    [said] = breaks(resources_of(template), resources_of(changed))
    assert said.startswith(f"{TABLE}: by_a and by_b are added or removed at once")
    assert "Release them one after the other" in said


def test_a_renamed_index_counts_twice(template, changed):
    table(changed)["GlobalSecondaryIndexes"][0]["IndexName"] = "by_another_name"

    [said] = breaks(resources_of(template), resources_of(changed))
    assert "by_account and by_another_name are added or removed at once" in said


def test_an_index_with_other_keys_is_refused(template, changed):
    one = table(changed)["GlobalSecondaryIndexes"][0]
    one["KeySchema"][0]["AttributeName"] = "another"

    [said] = breaks(resources_of(template), resources_of(changed))
    assert said.startswith(f"{TABLE}: the index {one['IndexName']} has other keys")


@pytest.mark.parametrize(
    ("path", "value"),
    [("KeySchema", [{"AttributeName": "another", "KeyType": "HASH"}]), ("TableName", "dropcast-publishes")],
)
def test_a_change_that_replaces_a_table_is_refused(template, changed, path, value):
    table(changed)[path] = value

    [said] = breaks(resources_of(template), resources_of(changed))
    assert said.startswith(f"{TABLE}: /properties/{path} changed, so CloudFormation would replace it")


def test_a_queue_with_another_name_is_refused(template, changed):
    name, queue = next(iter(of_type(changed, "SQS::Queue").items()))
    queue["Properties"]["QueueName"] = "another"

    [said] = breaks(resources_of(template), resources_of(changed))
    assert said.startswith(f"{name}: /properties/QueueName changed")


def test_a_resource_that_is_gone_is_refused(template, changed):
    del changed["Resources"][TABLE]

    [said] = breaks(resources_of(template), resources_of(changed))
    assert said.startswith(f"{TABLE} (DynamoDB::Table) is gone")


def test_the_functions_of_the_last_definition_still_exist(template):
    assert set(called(read_definition())) <= set(functions(template))


def test_todays_definition_calls_functions_that_exist(template):
    assert set(called(definition_of(template))) <= set(functions(template))


def test_every_task_of_the_last_definition_gives_the_handler_what_it_reads():
    for place, payload in called(read_definition()).items():
        assert read_by(place) - payload == set(), place


def test_every_choice_of_the_last_definition_reads_what_todays_steps_return():
    fields = set(StepResult.__dataclass_fields__)

    rules = [rule for one in read_definition()["States"].values() for rule in flat(one.get("Choices", []))]
    assert {rule["Variable"].removeprefix("$.step.") for rule in rules} <= fields
    assert {rule["StringEquals"] for rule in rules if "StringEquals" in rule} <= set(Outcome)
    waits = [one for one in read_definition()["States"].values() if one["Type"] == "Wait"]
    assert {one["TimestampPath"].removeprefix("$.step.") for one in waits} <= fields


def called(definition: dict[str, Any]) -> dict[str, set[str]]:
    """For each function's place: the fields that every task of the function passes."""
    passed: dict[str, set[str]] = {}
    for state in definition["States"].values():
        if state["Type"] == "Task":
            waits = "FunctionName" in state["Parameters"]
            place = state["Parameters"]["FunctionName"] if waits else state["Resource"]
            payload = state["Parameters"]["Payload"] if waits else state["Parameters"]
            names = {name.removesuffix(".$") for name in payload}
            passed[place] = passed.get(place, names) & names
    return passed


def flat(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for rule in rules for one in rule.get("And", [rule])]


def read_by(place: str) -> set[str]:
    """The fields of its event that a handler reads."""
    tree = ast.parse((Path(ROOT) / "functions" / place.replace("-", "/", 1) / "handler.py").read_text())
    return {
        str(node.slice.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "event"
        and isinstance(node.slice, ast.Constant)
    }
