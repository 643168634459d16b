"""Budgets: the functions that may count or release uses, the settings of deployments, and the alarm on the
app's cap.
"""

import re

import pytest

from tests.infra.reading import functions, many, of_type, referred, statements

COUNT = {
    "http-api",
    "http-console",
    "http-connect",
    "queue-webhook",
    "workflow-start",
    "workflow-transfer",
    "workflow-watch",
}
# Of these functions, the ones whose publishes wait for a slot.
QUEUE = {"http-api", "http-console", "queue-webhook", "workflow-start"}
FREE = {"workflow-decide", "workflow-settle", "workflow-ended", "schedule-sweep", "queue-disconnected"}


@pytest.fixture(scope="module")
def rights(template):
    """By place: the actions on the budgets table, and the attributes these may touch."""
    [table] = [name for name in of_type(template, "DynamoDB::Table") if name.startswith("AccountsBudgets")]
    roles = {referred(one["Properties"]["Role"]): place for place, one in functions(template).items()}
    found: dict[str, dict[str, object]] = {}
    for role, statement in statements(template):
        if table in {referred(resource) for resource in many(statement["Resource"])}:
            limits = statement.get("Condition", {}).get("ForAllValues:StringEquals", {}).get("dynamodb:Attributes")
            for action in many(statement["Action"]):
                found.setdefault(roles[role], {})[action] = limits
    return found


def test_functions_that_call_tiktok_count_and_functions_that_end_publishes_free(rights):
    assert set(rights) == COUNT | FREE
    for place in FREE:
        assert rights[place] == {
            "dynamodb:GetItem": None,
            "dynamodb:UpdateItem": ["pk", "sk", "revision", "queue", "used", "back", "write_id"],
            "dynamodb:DeleteItem": None,
        }
    for place in COUNT:
        assert {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"} <= set(rights[place])
    for action in ("dynamodb:UpdateItem", "dynamodb:DeleteItem"):
        assert {place for place in COUNT if action in rights[place]} == QUEUE


def test_a_deployment_can_set_its_budgets(template):
    pattern = template["Parameters"]["Budgets"]["AllowedPattern"]

    assert re.fullmatch(pattern, "")
    assert re.fullmatch(pattern, "video_init=6/20,direct_posts=15/90")
    assert not re.fullmatch(pattern, "video_init=6")
    for place in COUNT:
        assert functions(template)[place]["Properties"]["Environment"]["Variables"]["BUDGETS"] == {"Ref": "Budgets"}


def test_the_apps_cap_alerts_the_operator(template):
    [alarm] = [
        one["Properties"]
        for one in of_type(template, "CloudWatch::Alarm").values()
        if one["Properties"].get("MetricName") == "ActiveUserCapReached"
    ]

    assert alarm["Namespace"] == "Dropcast"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "workflow-start"}]
    assert {referred(action) for action in alarm["AlarmActions"]} == set(of_type(template, "SNS::Topic"))
